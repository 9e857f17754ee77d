"""Two machines, one memcached: an answer that came in at the other machine's smppd is on the screen within two seconds."""

import time

import pytest
from daemon_stack import DaemonStack
from stack.configuration import NO_LIMITS
from waiting import MPM, Waiting, held, replies, settled


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "httpd": NO_LIMITS, "mpm_lines": MPM}


@pytest.fixture(scope="module")
def talk(stack):
    """A visitor whose message was delivered while one machine was there, for its receipt might come in at the other."""
    return settled(stack, "8095590001")


@pytest.fixture(scope="module")
def other(stack, talk, tmp_path_factory):
    """The other machine's smppd, bound to the same SMSC."""
    state = tmp_path_factory.mktemp("other")
    with DaemonStack(state, beside=stack, codes=stack.options["codes"], smppd={"instance": "other"}) as running:
        yield running


def test_an_answer_that_came_in_elsewhere_is_seen_within_two_seconds(stack, talk, other):
    stack.expect("SD")
    visitor, queued = talk
    came = {stack: 0, other: 0}
    for number in range(8):
        waiting = Waiting(visitor, wait=20)
        held(stack, 1)
        before = {one: one.counter("delivers-kept") for one in came}
        begun = time.monotonic()
        stack.handset_answer("8095590001", queued["code"], f"respuesta {number}")
        status, answer = waiting.over()
        assert status == 200 and replies(answer) == [f"respuesta {number}"] and time.monotonic() - begun < 2
        for one in came:
            came[one] += one.counter("delivers-kept") > before[one]
    assert came[other] > 0, f"the SMSC gave every answer to the one machine: {list(came.values())}"
