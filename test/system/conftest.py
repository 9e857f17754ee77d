"""Fixtures: a private stack for each test file, and the rule that an undeclared warning in any log fails the test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from daemon_stack import mobiles, running  # noqa: E402
from stack.stack import Stack, watched  # noqa: E402


# Files that take long, by waiting or by a browser, the longest first: begun last they would keep the others' cores idle.
LONG = ("browser_way", "browser_access", "chaos", "wait", "two_daemons", "browser_time", "known_elsewhere", "browser_plain", "wait_trouble", "memory_lost", "beside_limits",
        "trouble", "backends", "soak", "repeated_elsewhere", "refill", "audit", "run", "wait_http", "switch", "form", "smsc_page", "link_pace")


def pytest_collection_modifyitems(items):
    order = {f"test_{name}": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


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


@pytest.fixture
def door(daemon):
    """The socket of the `daemon` that a test file has: smppd without httpd."""
    client = daemon.client()
    yield client
    client.close()


@pytest.fixture
def mobile():
    """One that no other test writes to."""
    return next(mobiles)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two smppd on one memcached and one SMSC; a test file that needs more overrides this fixture."""
    with running(tmp_path_factory.mktemp("first"), codes="2333 2024", smppd={"mobile_hourly": 1000}) as first:
        with first.beside_it(tmp_path_factory.mktemp("second")) as second:
            yield first, second


@pytest.fixture(scope="module")
def chromium(stack):
    from stack.browser import Browser  # only the tests that have a browser need its driver
    with Browser(stack) as running:
        yield running


@pytest.fixture
def browser(chromium):
    """A visitor nobody has seen before."""
    return chromium.fresh()
