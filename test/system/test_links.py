"""Several links to SMSCs: who sends what, and what becomes of it when one of them goes away, is paused or is taken out."""

import sqlite3

import pytest
from daemon_stack import Session, mobiles, running
from operating import ctl, rows, smsc_asked
from smsc import Smsc
from stack.configuration import smppd_configuration
from stack.part import wait_until

SUBMITTED = 4  # enum spool_state


@pytest.fixture(scope="module")
def other():
    """The SMSC of the second link."""
    with Smsc() as smsc:
        yield smsc


@pytest.fixture(scope="module")
def daemon(tmp_path_factory, other):
    quick = {"retry_min": "50ms", "retry_max": "200ms"}
    with running(tmp_path_factory.mktemp("links"), codes="2333 2024", link=quick,
                 links={"other": {"port": other.port, "codes": "2025 2026"}}) as stack:
        wait_until(lambda: stack.ask("health")["links-up"] == "2", 10, "both links")
        yield stack


def codes_given(door, count=6):
    return {Session(door).send(next(mobiles))["code"] for _ in range(count)}


def paused(daemon):
    assert daemon.ask("link-pause name=smsc")["answer"] == "ok"
    assert daemon.troubles() == {}, "it was wanted so"
    yield
    assert daemon.ask("link-resume name=smsc")["answer"] == "ok"


def shut(daemon):
    """The SMSC takes no connection."""
    daemon.expect("no connection", "ended: ")
    daemon.provoke("listen", open=0)
    daemon.cut()
    wait_until(lambda: daemon.ask("health")["links-up"] == "1", 10, "a link to be down")
    assert daemon.troubles() == {"link": "smsc"}
    yield
    daemon.provoke("listen", open=1)


@pytest.mark.parametrize("trouble", [paused, shut])
def test_a_new_conversation_gets_a_code_of_a_link_that_takes_messages(daemon, other, door, trouble):
    assert codes_given(door) <= {"2333", "2024", "2025", "2026"}
    for _ in trouble(daemon):
        before = other.stats()["submits_ok"]
        assert codes_given(door) <= {"2025", "2026"}
        wait_until(lambda: other.stats()["submits_ok"] - before >= 6, 10, "all over the other link")
    wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")


def test_smppctl_tells_why_a_link_was_lost_whichever_it_is(daemon, other):
    other.post("control/cut", how="reset")
    wait_until(lambda: "Connection reset" in {row["name"]: row.get("error", "") for row in rows(ctl(daemon, "links")[1])}["other"], 10, "the reason")
    wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")


def test_what_waits_for_one_link_holds_up_nothing_of_another(daemon, door):
    waiting = [Session(door) for _ in range(4)]
    theirs = [next(mobiles) for _ in waiting]
    for ana, mobile in zip(waiting, theirs):
        assert ana.send(mobile)["code"] in ("2333", "2024")
        daemon.handset_wait(mobile, 1)
    for _ in paused(daemon):
        for ana, mobile in zip(waiting, theirs):
            ana.send(mobile, "espera")
        for _ in range(4):
            luis = Session(door)
            assert luis.send(next(mobiles))["code"] in ("2025", "2026")
            daemon.events_wait(luis.sid, "state")
        assert [(item["state"], item["count"]) for _, item in daemon.asked("queue") if "state" in item] == [("waiting", "4")]
    for mobile in theirs:
        daemon.handset_wait(mobile, 2)


def test_what_waits_for_a_mobile_that_opts_out_is_not_sent_and_the_rest_is(daemon, door):
    mobile, other = next(mobiles), next(mobiles)
    ana, luis, eva = Session(door), Session(door), Session(door)
    for visitor, theirs in ((ana, mobile), (luis, mobile), (eva, other)):
        assert visitor.send(theirs)["code"] in ("2333", "2024")
    daemon.handset_wait(mobile, 2), daemon.handset_wait(other, 1)
    for _ in paused(daemon):
        for visitor, theirs in ((ana, mobile), (ana, mobile), (luis, mobile), (eva, other)):
            visitor.send(theirs, "espera")
        daemon.handset_answer(mobile, "2333", "BAJA")
        for visitor, count in ((ana, 2), (luis, 1)):
            wait_until(lambda: [e["reason"] for e in daemon.events(visitor.sid, "state") if e["state"] == "failed"] == count * ["opted-out"],
                       10, "what waits to be refused")
    daemon.handset_wait(other, 2)
    assert [m["text"] for m in daemon.handset_wait(mobile, 3) if "espera" in m["text"]] == []


@pytest.mark.parametrize("counted, sent", [("udh", "payload"), ("payload", "udh"), ("udh", "sar"), ("sar", "payload"), ("payload", "sar")])
def test_a_long_message_counted_for_one_link_goes_over_another_that_marks_parts_in_its_own_way(tmp_path, other, counted, sent):
    with running(tmp_path, link={"long_messages": counted}, links={"other": {"port": other.port, "long_messages": sent}}) as daemon:
        wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")
        door, ana, mobile, text = daemon.client(), Session(daemon.client(), "Ana Maria Dominguez"), next(mobiles), "a" * 75 + "b" * 75
        for _ in paused(daemon):
            ana.send(mobile, text)
            arrived = wait_until(lambda: other.get(f"handsets/{mobile}"), 10, "the message")
        assert [m["text"].split("\n")[0] for m in arrived] == [f"Ana Maria Dominguez (web): {text}"]
        door.close()


@pytest.mark.parametrize("one, two", [({}, {"long_messages": "sar"}), ({"letters": "spanish"}, {"letters": "translit"}), ({"reference": "16"}, {"reference": "8"})], ids=str)
def test_parts_that_go_over_two_links_make_one_message(tmp_path, one, two):
    """The first link takes one part a second, so that the other one has room before it."""
    with running(tmp_path, link=one | {"rate": 1}, links={"other": {"rate": 0, "priority": 9} | two}) as daemon:
        wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")
        door, mobile, text = daemon.client(), next(mobiles), "".join(f"{n} áéíóú " for n in range(10, 26))
        Session(door, "Ana").send(mobile, text)
        arrived = daemon.handset_wait(mobile, 1)
        assert [len(m["text"].split("\n")[0]) for m in arrived] == [len("Ana (web): ") + len(text)], arrived
        assert len({submit["session"] for submit in smsc_asked(daemon, "log")}) == 2, "both parts over one link: this proves nothing"
        door.close()


def first_part(daemon):
    """Its state on disk; 0 before it is there."""
    with sqlite3.connect(f"file:{daemon.state / 'spool' / 'spool.db'}?mode=ro", uri=True) as db:
        found = db.execute("SELECT states & 15 FROM message").fetchone()
    db.close()
    return found[0] if found else 0


@pytest.mark.parametrize("answered", [True, False], ids=["taken", "in doubt"])
@pytest.mark.parametrize("one, two", [({}, {"long_messages": "sar"}), ({"letters": "spanish"}, {"letters": "translit"}), ({"reference": "16"}, {"reference": "8"})], ids=str)
def test_parts_that_leave_before_and_after_a_restart_make_one_message(tmp_path, one, two, answered):
    with running(tmp_path, link=one | {"rate": 1}) as daemon:
        door, mobile, text = daemon.client(), next(mobiles), "".join(f"{n} áéíóú " for n in range(10, 26))
        daemon.control(response_drop_next=0 if answered else 1)
        Session(door, "Ana").send(mobile, text)
        wait_until(lambda: (first_part(daemon) >= SUBMITTED) == answered and smsc_asked(daemon, "log"), 5, "the first part to be there", pause=0.01)
        daemon.part["smppd"].kill()
        door.close()
        before = smsc_asked(daemon, "log")
        assert len(before) == 1, "both parts before the restart: this proves nothing"
        daemon.options["link"] = two
        daemon.start_smppd()
        arrived = daemon.handset_wait(mobile, 1)
        assert [len(m["text"].split("\n")[0]) for m in arrived] == [len("Ana (web): ") + len(text)], arrived
        again = smsc_asked(daemon, "log")[1]
        assert (again["short_message"] == before[0]["short_message"]) != answered, "the same octets again where they are in doubt"


USUAL = {"service_type": "", "source_ton": 0, "source_npi": 1, "destination_ton": 1, "destination_npi": 1}
OTHER = {"service_type": "WEB", "source_ton": 5, "source_npi": 0, "destination_ton": 2, "destination_npi": 8}


@pytest.mark.parametrize("told, prefix, receipt, minutes", [
    ({}, "1", 0x11, 15), ({"numbers": "national", "receipts": "no"} | OTHER, "", 0, 5),
], ids=["usual", "other"])
def test_what_a_link_is_told_of_addresses_receipts_and_time_stands_in_its_submits(tmp_path, told, prefix, receipt, minutes):
    with running(tmp_path, link=told, smppd={"validity": f"{minutes}min"}) as daemon:
        door, mobile = daemon.client(), next(mobiles)
        Session(door).send(mobile)
        daemon.handset_wait(mobile, 1)
        submit, = smsc_asked(daemon, "log")
        assert {key: submit[key] for key in USUAL} == (OTHER if told else USUAL)
        assert (submit["destination"], submit["registered_delivery"]) == (prefix + mobile, receipt)
        left = int(submit["validity_period"][8:10]) * 60 + int(submit["validity_period"][10:12])
        assert minutes * 60 - 20 <= left <= minutes * 60
        daemon.handset_answer(mobile, submit["source"], "hola")
        daemon.handset_wait(mobile, 2)
        assert smsc_asked(daemon, "log")[-1]["registered_delivery"] == 0, "a notice wants no receipt"
        door.close()


def write(daemon, codes):
    daemon.options["codes"] = codes
    (daemon.state / "conf" / "smppd-stack.conf").write_text(smppd_configuration(daemon))


def test_what_lives_on_a_code_that_a_reload_takes_out_goes_on_there(tmp_path):
    with running(tmp_path, codes="2333") as daemon:
        door, mobile = daemon.client(), next(mobiles)
        ana, luis = Session(door, "Ana"), Session(door, "Luis")
        assert ana.send(mobile)["code"] == "2333"
        write(daemon, "2024")
        for _ in range(2):  # what was retired before stays so
            assert daemon.ask("reload")["answer"] == "ok"
        assert luis.send(mobile)["code"] == "2024"
        assert ana.send(mobile, "otra vez")["code"] == "2333"
        daemon.handset_wait(mobile, 3)
        daemon.handset_answer(mobile, "2333", "hola Ana")
        assert daemon.events_wait(ana.sid, "reply")[0]["text"] == "hola Ana"
        assert [m["from"] for m in daemon.handset_wait(mobile, 4)].count("2333") == 3, "the answer is confirmed from there"
        door.close()


def test_a_code_that_a_reload_gives_to_another_link_is_sent_from_over_that_one_alone(tmp_path, other):
    with running(tmp_path, codes="2333 2024", links={"other": {"port": other.port, "codes": "2025"}}) as daemon:
        wait_until(lambda: daemon.ask("health")["links-up"] == "2", 10, "both links")
        door, mobile = daemon.client(), next(mobiles)
        ana = Session(door)
        assert ana.send(mobile)["code"] == "2333"
        daemon.handset_wait(mobile, 1)
        daemon.options["links"]["other"]["codes"] = "2333"
        write(daemon, "2024")
        assert daemon.ask("reload")["answer"] == "ok"
        for count in range(1, 9):
            ana.send(mobile, "otra vez")
            wait_until(lambda: len(other.get(f"handsets/{mobile}")) >= count, 10, "the message over the other link")
        assert len(daemon.handset_wait(mobile, 1)) == 1
        door.close()


def test_what_waits_on_a_code_that_a_restart_takes_out_fails_and_the_visitor_gets_another(tmp_path):
    with running(tmp_path, codes="2333") as daemon:
        daemon.expect("SD0306")
        door, mobile = daemon.client(), next(mobiles)
        ana = Session(door)
        list(daemon.asked("link-pause name=smsc"))
        assert ana.send(mobile)["code"] == "2333"
        door.close()
        daemon.part["smppd"].stop()
        daemon.options["codes"] = "2024"
        daemon.start_smppd()
        assert [e["reason"] for e in daemon.events_wait(ana.sid, "state") if e["state"] == "failed"] == ["network"]
        ana.client = daemon.client()
        assert ana.send(mobile, "otra vez")["code"] == "2024"
        assert [m["from"] for m in daemon.handset_wait(mobile, 1)] == ["2024"]
        ana.client.close()
