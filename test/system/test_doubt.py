"""A submit whose response came late or not at all: the message goes once more at most, and not where that is known to be needless."""

import json

import pytest
from daemon_stack import Session, counters, mobiles, running
from stack.part import wait_until
from stack.stack import fetch


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("doubt"), link={"response_timeout": "2s"}) as stack:
        yield stack


@pytest.fixture
def door(daemon, door):
    yield door
    fetch(f"{daemon.handset_url}control/reset", b"")


def submits(daemon, mobile):
    """The command_status of each submit to a mobile."""
    found = json.loads(fetch(f"{daemon.handset_url}control/log")[1])
    return [s["status"] for s in found if s["destination"].endswith(mobile)]


@pytest.mark.parametrize("status", ["RTHROTTLED", "RINVDSTADR"])
def test_what_a_late_response_settles_the_refusal_of_its_second_submit_does_not_undo(daemon, door, status):
    """Both are under way: the first is taken, as is heard too late, and the second refused."""
    mobile, ana = next(mobiles), Session(door)
    daemon.control(response_delay_ms=3000, receipts="none")
    before = counters(door)["submits"]
    ana.send(mobile, "en duda")
    wait_until(lambda: submits(daemon, mobile), 5, "the first submit")
    daemon.control(submit_status=status, submit_next=1, response_delay_ms=1500)
    wait_until(lambda: len(submits(daemon, mobile)) == 2, 10, "the second submit")
    daemon.control(response_delay_ms=0, receipts="after")
    wait_until(lambda: door.ask("health")["queue"] == "0", 10, "an empty queue")
    bea = Session(door)
    bea.send(next(mobiles), "hola")  # whatever had to go again is not behind this
    wait_until(lambda: [e for e in daemon.events(bea.sid, "state") if e["state"] == "delivered"], 5, "a receipt")
    assert submits(daemon, mobile)[0] == 0 and len(submits(daemon, mobile)) == 2
    assert counters(door)["submits"] - before == 3
    assert daemon.events(ana.sid, "state")[-1]["state"] == "accepted"
