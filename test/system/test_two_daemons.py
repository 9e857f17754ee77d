"""Two smppd on one memcached and one SMSC, which gives what comes from mobiles and network to either of them."""

import pytest
from daemon_stack import Session, counters, mobiles, running
from stack.part import wait_until


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with running(tmp_path_factory.mktemp("first"), codes="2333 2024", smppd={"mobile_hourly": 1000}) as first:
        with first.beside_it(tmp_path_factory.mktemp("second")) as second:
            yield first, second


def delivered(stack, session, count):
    return [e["state"] for e in stack.events(session.sid, "state")].count("delivered") == count


def test_a_receipt_that_reaches_the_other_smppd_still_says_delivered(pair):
    first, second = pair
    here, there = first.client(), second.client()
    ana = Session(here)
    for _ in range(6):
        ana.send(next(mobiles))
    wait_until(lambda: delivered(first, ana, 6), 10, "all six to be delivered")
    assert counters(there)["receipts"] > 0, "the SMSC gave the other one none: this proves nothing"
    assert counters(here)["receipts-taken"] == counters(there)["receipts"]
    here.close()
    there.close()


def test_a_receipt_left_while_its_smppd_was_down_is_found_at_the_next_start(pair):
    first, second = pair
    first.expect("memcached is filled")
    here, there = first.client(), second.client()
    ana, mobile = Session(here), next(mobiles)
    first.switches(mobile, off=1)
    ana.send(mobile)
    wait_until(lambda: first.events(ana.sid, "state"), 5, "the message to be taken")
    before = counters(there)["receipts-unknown"]
    first.part["smppd"].kill()
    first.switches(mobile, off=0)
    wait_until(lambda: counters(there)["receipts-unknown"] > before, 10, "the other one to leave the receipt")
    first.start_smppd()
    wait_until(lambda: delivered(first, ana, 1), 10, "the message to be delivered")
    there.close()


def test_a_lone_smppd_leaves_no_receipt_that_came_before_its_response(tmp_path):
    with running(tmp_path, codes="2333") as lone:
        door, stranger = lone.client(), next(mobiles)
        lone.control(receipts="before")
        ana = Session(door)
        for _ in range(4):
            ana.send(next(mobiles))
        wait_until(lambda: delivered(lone, ana, 4), 10, "all four to be delivered")
        lone.handset_answer(stranger, "2333", "id:ffffff00 stat:DELIVRD err:000 text:", esm_class=4)
        wait_until(lambda: counters(door)["receipts-unknown"] > 0, 10, "the stranger's receipt to be left")
        assert counters(door)["receipts-unknown"] == 1
        door.close()


@pytest.mark.parametrize("order", ["1,2,3", "3,1,2"])
def test_an_answer_whose_parts_reach_both_smppd_is_shown_once_and_whole(pair, order):
    first, second = pair
    here, there = first.client(), second.client()
    ana, mobile, text = Session(here), next(mobiles), "Esta respuesta es larga, muy larga. " * 10
    sent = ana.send(mobile)
    first.handset_wait(mobile, 1)
    before = [counters(door)["delivers-kept"] for door in (here, there)]
    first.handset_answer(mobile, sent["code"], text, concat="udh8", order=order)
    (reply,) = first.events_wait(ana.sid, "reply")
    assert all(counters(door)["delivers-kept"] > n for door, n in zip((here, there), before)), "one smppd got all parts: this proves nothing"
    assert (reply["text"], reply["parts"], reply.get("missing")) == (text, "3", None)
    here.close()
    there.close()
