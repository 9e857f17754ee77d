"""Fixtures: a private stack for each test file, and the rule that an undeclared warning in any log fails the test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from stack.stack import Stack, watched  # noqa: E402


@pytest.fixture(scope="module")
def options():
    """What a test file wants otherwise than the default; it overrides this fixture."""
    return {}


@pytest.fixture(scope="module")
def stack(tmp_path_factory, options):
    with watched(Stack(tmp_path_factory.mktemp("stack"), **options)) as running:
        yield running


@pytest.fixture
def own_stack(tmp_path_factory, options):
    """A stack of this test alone, for it breaks it."""
    with watched(Stack(tmp_path_factory.mktemp("stack"), **options)) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(stack):
    from stack.browser import Browser  # only the tests that have a browser need its driver
    with Browser(stack) as running:
        yield running


@pytest.fixture
def browser(chromium):
    """A visitor nobody has seen before."""
    return chromium.fresh()
