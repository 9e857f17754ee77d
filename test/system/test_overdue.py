"""What becomes of messages as time passes: smppd's clock, which no step of the wall clock moves, is moved."""

import pytest
from daemon_stack import Session, running
from stack.part import wait_until

NEARLY = 0.5  # seconds


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("overdue")) as stack:
        stack.expect("memcached is filled")
        (stack.state / "clock").write_text("0")
        smppd_start(stack)
        yield stack


def smppd_start(daemon):
    daemon.start_smppd_under("moved-clocks.so", BOOT_CLOCK=daemon.state / "clock")


@pytest.fixture(autouse=True)
def as_usual(daemon):
    yield
    daemon.control(hold_delivers="off", queue_full=0)


def pass_by(daemon, seconds):
    clock = daemon.state / "clock"
    fresh = clock.with_suffix(".new")
    fresh.write_text(str(float(clock.read_text()) + seconds))
    fresh.replace(clock)


def state_wait(daemon, ana, state):
    """The event that tells it."""
    return wait_until(lambda: [e for e in daemon.events(ana.sid, "state") if e["state"] == state], 10, f"{state}; there are {daemon.events(ana.sid)}")[0]


def seconds_between(one, other):
    return (int(other["time"]) - int(one["time"])) / 1000


def test_without_a_receipt_for_two_minutes_a_message_is_unconfirmed_and_one_that_comes_then_is_believed(daemon, door, mobile):
    ana = Session(door)
    daemon.control(hold_delivers="on")
    ana.send(mobile)
    taken = state_wait(daemon, ana, "accepted")
    pass_by(daemon, 120 - NEARLY)
    assert seconds_between(taken, state_wait(daemon, ana, "unknown")) >= 120
    daemon.control(hold_delivers="off")
    state_wait(daemon, ana, "delivered")


def test_what_the_smsc_has_no_room_for_until_its_time_is_over_has_failed_and_never_arrives(daemon, door, mobile):
    ana = Session(door)
    daemon.control(queue_full=-1)
    ana.send(mobile, "a tiempo")
    queued, = daemon.events(ana.sid, "sent")
    wait_until(lambda: daemon.counts()["submits_refused"], 10, "a refusal")
    pass_by(daemon, 15 * 60 - NEARLY)
    failed = state_wait(daemon, ana, "failed")
    assert failed["reason"] == "expired" and seconds_between(queued, failed) >= 15 * 60
    daemon.control(queue_full=0)
    ana.send(mobile, "tarde")
    assert ["tarde" in m["text"] for m in daemon.handset_wait(mobile, 1)] == [True]


def test_what_is_said_again_after_a_stop_is_said_twice(daemon, mobile):
    """No response is in doubt: the first one has arrived long before."""
    door = daemon.client()
    ana = Session(door)
    code = ana.send(mobile)["code"]
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, code, "sí")
    daemon.events_wait(ana.sid, "reply")
    pass_by(daemon, 30)
    door.close()
    daemon.part["smppd"].stop()
    smppd_start(daemon)
    daemon.handset_answer(mobile, code, "sí")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply", 2)] == ["sí", "sí"]
