"""Receipts find their message, however the SMSC writes ids and whenever it sends them."""

import pytest
from daemon_stack import Session, counters, mobiles, running
from stack.part import wait_until

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


def delivered(daemon, visitor):
    return [e["state"] for e in daemon.events(visitor.sid, "state")].count("delivered")
