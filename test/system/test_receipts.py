"""Receipts find their message, however the SMSC writes ids and whenever it sends them."""

import json
import sqlite3

import pytest
from daemon_stack import Session, counters, mobiles, running
from stack.part import wait_until
from stack.stack import fetch

MESSAGES = 20


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("receipts"), codes="2333 2024", smppd={"mobile_hourly": 1000}) as stack:
        yield stack


@pytest.mark.parametrize("receipts", ["before", "after"])
@pytest.mark.parametrize("response, receipt", [("decimal", "same"), ("hex", "same"), ("hex", "decimal"), ("upper", "decimal"), ("decimal", "hex")])
def test_each_of_many_messages_gets_its_own_receipt(daemon, receipts, response, receipt):
    door = daemon.client()
    daemon.control(id_style=response, receipt_id=receipt, receipts=receipts)
    visitors = [Session(door) for _ in range(MESSAGES // 10)]
    for visitor in visitors:
        for _ in range(10):
            visitor.send(next(mobiles))
    for visitor in visitors:
        wait_until(lambda: delivered(daemon, visitor) == 10, 10, f"ten to be delivered, not {delivered(daemon, visitor)}")
    assert counters(door)["receipts-unknown"] == 0
    door.close()


def test_over_each_link_come_the_receipts_of_all_to_the_same_smsc(tmp_path):
    same = {"smsc": "claro", "codes": "2333 2024"}
    with running(tmp_path, link=same, links={"other": same | {"host": "localhost", "priority": 1}}) as daemon:
        door, visitors = daemon.client(), []
        wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")
        for _ in range(MESSAGES):
            visitors.append(Session(door))
            visitors[-1].send(next(mobiles))
            daemon.events_wait(visitors[-1].sid, "state")  # the first link has room again
        for visitor in visitors:
            wait_until(lambda: delivered(daemon, visitor), 10, "a receipt")
        received = [int(item["received"]) for _, item in daemon.asked("links") if "received" in item]
        assert len(received) == 2 and all(received) and counters(door)["receipts-unknown"] == 0
        door.close()


LIKE_A_RECEIPT = "id:424242424242 sub:001 dlvrd:001 submit date:2611231200 done date:2611231200 stat:UNDELIV err:000 text:hola"


def test_a_text_like_a_receipt_is_a_persons_where_the_smsc_marks_its_own(daemon):
    door, mobile = daemon.client(), next(mobiles)
    daemon.control(id_style="decimal", receipt_id="same", receipts="after")
    ana = Session(door)
    code = ana.send(mobile)["code"]
    wait_until(lambda: delivered(daemon, ana), 10, "it to be delivered")
    before = counters(door)
    daemon.handset_answer(mobile, code, LIKE_A_RECEIPT)
    shown, = daemon.events_wait(ana.sid, "reply")
    after = counters(door)
    assert shown["text"] == LIKE_A_RECEIPT
    assert after["cdrs"] == before["cdrs"] + 1 and after["receipts"] == before["receipts"]
    door.close()


@pytest.mark.parametrize("receipts", ["before", "after"])
def test_a_receipt_that_the_smsc_does_not_mark_is_one(tmp_path, receipts):
    with running(tmp_path, codes="2333 2024") as daemon:
        door, visitors = daemon.client(), []
        daemon.control(receipts=receipts, receipt_form="text", receipt_bare=1)
        for _ in range(MESSAGES):
            visitors.append(Session(door))
            visitors[-1].send(next(mobiles))
        for visitor in visitors:
            wait_until(lambda: delivered(daemon, visitor), 10, "a receipt")
        assert counters(door)["receipts"] == MESSAGES and counters(door)["cdrs"] == 0
        door.close()


def test_an_attempt_that_failed_is_not_the_end(daemon):
    door, mobile = daemon.client(), next(mobiles)
    daemon.control(id_style="decimal", receipt_id="same", receipts="none")
    ana = Session(door)
    code = ana.send(mobile)["code"]
    daemon.events_wait(ana.sid, "state")
    submits = json.loads(fetch(f"{daemon.handset_url}control/log?limit=1000")[1])
    sent, = (submit for submit in submits if submit["destination"].endswith(mobile))
    for esm_class, stat in (0x20, "UNDELIV"), (0x20, "EXPIRED"), (0x04, "DELIVRD"):
        daemon.handset_answer(mobile, code, f"id:{sent['message_id']} stat:{stat} err:000 text:", esm_class=esm_class)
    wait_until(lambda: delivered(daemon, ana), 10, "it to be delivered")
    assert [e["state"] for e in daemon.events(ana.sid, "state")] == ["accepted", "waiting", "delivered"]
    door.close()


@pytest.mark.parametrize("asked", ["yes", "no"])
def test_the_ids_of_an_smsc_are_kept_where_receipts_are_asked_for(tmp_path, asked):
    with running(tmp_path, codes="2333", link={"receipts": asked}) as daemon:
        door = daemon.client()
        ana = Session(door)
        ana.send(next(mobiles))
        assert daemon.events_wait(ana.sid, "state")[0]["state"] == "accepted"
        door.close()
        daemon.part["smppd"].stop()
        with sqlite3.connect(tmp_path / "spool" / "spool.db") as db:
            assert db.execute("SELECT count(*) FROM submitted").fetchone()[0] == (asked == "yes")
        db.close()
        daemon.start_smppd()


def delivered(daemon, visitor):
    return [e["state"] for e in daemon.events(visitor.sid, "state")].count("delivered")
