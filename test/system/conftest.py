"""Fixtures: a private stack for each test file, and the rule that an undeclared warning in any log fails the test."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from stack.stack import Stack  # noqa: E402


@pytest.fixture(scope="module")
def options():
    """What a test file wants otherwise than the default; it overrides this fixture."""
    return {}


def let_others_in(folder):
    """The parts run as another user where we are root: every folder of ours on the way must let them pass."""
    for each in (folder, *folder.parents):
        if os.geteuid() == 0 and each.is_relative_to(tempfile.gettempdir()) and each != Path(tempfile.gettempdir()):
            each.chmod(each.stat().st_mode | 0o055)


@pytest.fixture(scope="module")
def stack(tmp_path_factory, options):
    state = tmp_path_factory.mktemp("stack")
    let_others_in(state)
    with Stack(state, **options) as running:
        yield running
    unexpected = running.unexpected()
    assert not unexpected, "undeclared warnings:\n" + "\n".join(unexpected)
