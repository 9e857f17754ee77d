"""memcached loses all while one of two smppd is down: what that one alone knows is guessed by nobody."""

import pytest
from daemon_stack import Refused, Session, mobiles, running
from stack.part import wait_until


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """One code, so that each visitor has it after the other."""
    with running(tmp_path_factory.mktemp("first"), codes="2333") as first:
        first.expect("memcached is filled", "SD03")
        with first.beside_it(tmp_path_factory.mktemp("second")) as second:
            second.expect("memcached is filled", "SD03")
            yield first, second


@pytest.fixture
def door(pair):
    client = pair[1].client()
    yield client
    client.close()


def lost_without(down, up):
    """memcached has lost all, and `up` waits no longer for the one that is down."""
    filled = up.counter("refills")
    down.part["smppd"].kill()
    # It leaves what was set within the same second.
    wait_until(lambda: up.store("flush_all") and up.counter("refills") > filled, 10, "memcached to be filled", pause=1)
    wait_until(lambda: len(up.store("get smsi:alive:*")) > 1, 10, "the one that is down to be given up")


def answered(up, mobile, code, text):
    """It has come to the one that is up."""
    came = up.counter("delivers")
    up.handset_answer(mobile, code, text)
    wait_until(lambda: up.counter("delivers") > came, 10, "the answer to come")


def conversation(stack, mobile, name="Ana"):
    client = stack.client()
    visitor = Session(client, name)
    visitor.sent = visitor.send(mobile)
    client.close()
    return visitor


def waits(pair, door, visitor, mobile):
    """An answer to a visitor of the first comes to the second alone, and is theirs when the first is back."""
    first, second = pair
    lost_without(first, second)
    answered(second, mobile, "2333", f"para {visitor.name}")
    with pytest.raises(Refused, match="codes-busy"):
        Session(door, "Eva").send(mobile)
    first.start_smppd()
    (shown,) = first.events_wait(visitor.sid, "reply")
    assert visitor.name in shown["text"]


def test_an_answer_waits_for_the_smppd_that_alone_may_know_whose_it_is(pair, door, mobile):
    """It is not lost to its visitor, and finds no other one who was given the code meanwhile."""
    ana = conversation(pair[0], mobile)
    pair[0].handset_wait(mobile, 1)
    waits(pair, door, ana, mobile)


def test_nor_is_it_shown_as_late_to_whoever_had_the_code_before(pair, door, mobile):
    first, _ = pair
    ana = Session(door)
    sent = ana.send(mobile)
    ana.send(next(mobiles))  # her session lives on
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    luis = conversation(first, mobile, "Luis")
    wait_until(lambda: "delivered" in [e["state"] for e in first.events(luis.sid, "state")], 10, "his message to be on the handset")
    waits(pair, door, luis, mobile)
    assert not first.events(ana.sid, "late")


def test_bloquear_waits_for_the_one_that_knows_whom_it_stops_and_baja_does_not(pair, mobile):
    first, second = pair
    ana, other = conversation(first, mobile), next(mobiles)
    wait_until(lambda: "delivered" in [e["state"] for e in first.events(ana.sid, "state")], 10, "her message to be on the handset")
    lost_without(first, second)
    answered(second, mobile, "2333", "BLOQUEAR")
    answered(second, other, "2333", "BAJA")
    assert "no recibiras mas" in first.handset_wait(other, 1)[0]["text"]
    assert len(first.handset(mobile)) == 1, "nothing is told yet"
    first.start_smppd()
    first.handset_wait(mobile, 2)
    ana.client = first.client()
    with pytest.raises(Refused, match="opted-out"):
        ana.send(mobile)
    ana.client.close()


def test_who_gets_a_code_that_may_be_anothers_is_shown_no_answer_before_their_message_is_read(pair, door, mobile):
    first, second = pair
    conversation(first, mobile)
    first.handset_wait(mobile, 1)
    lost_without(first, second)
    first.switches(mobile, off=1)
    eva, nobodys = Session(door, "Eva"), second.counter("replies-undeliverable")
    assert eva.send(mobile)["code"] == "2333"
    answered(second, mobile, "2333", "para Ana")
    wait_until(lambda: second.counter("replies-undeliverable") > nobodys, 10, "the answer to be nobody's")
    assert not second.events(eva.sid, "reply")
    first.switches(mobile, off=0)
    first.start_smppd()
