"""What nobody knows to have arrived: a message goes once more at most, and not where that is known to be needless; an answer that comes again counts once."""

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


def test_of_what_is_never_answered_a_message_goes_twice_and_a_notice_once(daemon, door):
    mobile, strangers, ana = next(mobiles), next(mobiles), Session(door)
    daemon.control(response_drop_next=-1, receipts="none")
    daemon.handset_answer(strangers, "2333", "hola?")
    ana.send(mobile, "en duda")
    wait_until(lambda: [e for e in daemon.events(ana.sid, "state") if e["state"] == "unknown"], 15, "it to be given up")
    wait_until(lambda: door.ask("health")["queue"] == "0", 5, "an empty queue")
    assert len(submits(daemon, mobile)) == 2 and len(submits(daemon, strangers)) == 1


def test_of_what_was_under_way_at_a_kill_a_message_goes_once_more_and_a_notice_does_not(daemon, door):
    daemon.expect("memcached is filled")
    mobile, stranger = next(mobiles), next(mobiles)
    daemon.control(response_drop_next=-1, receipts="none")
    daemon.handset_answer(stranger, "2333", "hola?")
    Session(door).send(mobile, "en duda")
    wait_until(lambda: submits(daemon, mobile) and submits(daemon, stranger), 10, "both submits")
    for _ in range(2):
        daemon.restart("smppd")
        door, later = daemon.client(), next(mobiles)
        Session(door).send(later)
        daemon.handset_wait(later, 1)  # what has to go again is not behind this
        door.close()
    assert len(submits(daemon, mobile)) == 2 and len(submits(daemon, stranger)) == 1


def answered_and_unheard(daemon, door):
    """A visitor whose mobile has answered; the SMSC has not heard the response."""
    mobile, ana = next(mobiles), Session(door)
    code = ana.send(mobile)["code"]
    wait_until(lambda: [e for e in daemon.events(ana.sid, "state") if e["state"] == "delivered"], 10, "its receipt")
    daemon.control(deliver_deaf_next=1)
    daemon.handset_answer(mobile, code, "una vez")
    daemon.events_wait(ana.sid, "reply")
    return ana


def comes_once(daemon, door, ana):
    wait_until(lambda: daemon.counts()["delivers_pending"] == 0, 10, "the answer to be acknowledged")
    wait_until(lambda: counters(door)["delivers-duplicate"] == 1, 5, "the repetition to be known")
    assert [e["text"] for e in daemon.events(ana.sid, "reply")] == ["una vez"]


def test_an_answer_whose_receiver_was_lost_comes_again_and_counts_once(tmp_path):
    with running(tmp_path, link={"bind": "transmitter+receiver", "retry_min": "50ms", "retry_max": "100ms"}) as daemon:
        daemon.expect("SD0102")
        door = daemon.client()
        ana = answered_and_unheard(daemon, door)
        receiver, = (s["id"] for s in json.loads(fetch(f"{daemon.handset_url}control/sessions")[1]) if s["receives"] and not s["transmits"])
        daemon.provoke("cut", session=receiver, how="reset")
        comes_once(daemon, door, ana)
        door.close()


def test_an_answer_of_just_before_a_stop_that_could_not_wait_comes_again_and_counts_once(tmp_path):
    with running(tmp_path, smppd={"drain": "100ms"}) as daemon:
        daemon.expect("SD0007")
        door = daemon.client()
        daemon.control(deliver_timeout_ms=60000)
        ana = answered_and_unheard(daemon, door)
        daemon.control(response_drop_next=-1)
        Session(door).send(next(mobiles))  # this is what it waits for
        door.close()
        daemon.part["smppd"].stop()
        daemon.control(response_drop_next=0)
        daemon.start_smppd()
        door = daemon.client()
        comes_once(daemon, door, ana)
        door.close()
