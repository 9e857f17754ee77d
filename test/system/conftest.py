"""Fixtures: a private stack for each test file, and the rule that an undeclared warning in any log fails the test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from stack.stack import Stack  # noqa: E402


@pytest.fixture(scope="module")
def options():
    """What a test file wants otherwise than the default; it overrides this fixture."""
    return {}


@pytest.fixture(scope="module")
def stack(tmp_path_factory, options):
    state = tmp_path_factory.mktemp("stack")
    for folder in (state, *state.parents):
        if folder.name.startswith("pytest-"):
            folder.chmod(0o755)  # httpd's children run as another user
    with Stack(state, **options) as running:
        yield running
    unexpected = running.unexpected()
    assert not unexpected, "undeclared warnings:\n" + "\n".join(unexpected)
