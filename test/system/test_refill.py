"""memcached and smppd: what is lost there comes back, what two daemons do there agrees."""

import os
import signal
import socket
import sqlite3
import threading
import time

import pytest
from daemon_stack import Refused, Session, mobiles, running
from stack.part import wait_until
from stack.stack import ROOT

CONFIRMATION = "fue entregada a"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("refill"), codes="2333 2024",
                 smppd={"conversation": "40s", "parts_wait": "1s", "mobile_hourly": 1000}) as stack:
        yield stack


def test_a_flushed_memcached_is_filled_within_two_seconds(daemon, mobile):
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "antes")
    daemon.events_wait(ana.sid, "reply")
    head, conversations, events = wait_until(
        lambda: (t := daemon.transcript(ana.sid)) and len(t[2]) >= 4 and t, 5, "all events")
    assert daemon.store("flush_all") == ["OK"]
    filled = wait_until(lambda: (t := daemon.transcript(ana.sid)) and len(t[2]) >= len(events) and t[1] and t, 2,
                        "the refill")
    assert [(e["n"], e["type"]) for e in filled[2]] == [(e["n"], e["type"]) for e in events]
    assert filled[0]["last"] == head["last"]
    assert filled[1][0]["id"] == conversations[0]["id"]
    assert filled[1][0]["unanswered"] == "0"
    again = ana.send(mobile, "después")
    assert daemon.transcript(ana.sid)[1][0]["unanswered"] == "1"
    assert (again["conversation"], again["code"]) == (sent["conversation"], sent["code"])
    assert int(again["event"]) > int(head["last"])
    assert daemon.store("flush_all") == ["OK"]
    filled = wait_until(lambda: (t := daemon.transcript(ana.sid)) and t[1] and t, 2, "the second refill")
    assert filled[1][0]["unanswered"] == "1"
    door.close()


def test_a_message_said_ok_is_shown_though_smppd_and_memcached_died_at_once(daemon, mobile):
    """Its event was in memcached alone: bookkeeping waits a moment for a commit that somebody waits for."""
    daemon.expect("memcached is filled")
    daemon.control(response_delay_ms=500)
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile, "a salvo")
    daemon.part["smppd"].kill()
    daemon.control(response_delay_ms=0)
    daemon.store("flush_all")
    daemon.start_smppd()
    shown = daemon.events_wait(ana.sid, "sent")
    assert [(e["message"], e["text"]) for e in shown] == [(sent["message"], "a salvo")]
    door.close()


@pytest.mark.parametrize("restarted", [False, True])
def test_an_answer_to_the_visitor_before_reaches_nobody_though_memcached_was_emptied(daemon, mobile, restarted):
    """Both codes were used; the new visitor's message has not reached the mobile when the answer comes."""
    daemon.expect("memcached is filled")
    door = daemon.client()
    for before in (Session(door, "Ana"), Session(door, "Luis")):
        sent = before.send(mobile)
        door.ask("stop", session=before.sid, conversation=sent["conversation"])
    daemon.handset_wait(mobile, 2)
    daemon.switches(mobile, off=1)
    eva = Session(door, "Eva")
    taken, filled = eva.send(mobile), 0 if restarted else daemon.counter("refills")
    if restarted:
        daemon.part["smppd"].kill()
    daemon.store("flush_all")
    if restarted:
        daemon.start_smppd()
    wait_until(lambda: daemon.counter("refills") > filled and daemon.transcript(eva.sid), 10, "the refill")
    daemon.handset_answer(mobile, taken["code"], "esto era para Ana")
    daemon.switches(mobile, off=0)
    wait_until(lambda: any("con Ana ya termino" in sms["text"] for sms in daemon.handset(mobile)), 10, "the notice")
    assert daemon.events(eva.sid, "reply") == []
    door.close()


def test_a_state_that_died_on_its_way_to_the_page_is_told_after_the_restart(daemon, mobile):
    """The receipt was kept and its SMSC told so; memcached was away, so only smppd's memory knew that the page had to be told."""
    daemon.expect("SD03")
    daemon.control(receipt_delay_ms=700)
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.events_wait(ana.sid, "state")
    acked = daemon.counts()["delivers_acked"]
    daemon.part["memcached"].kill()
    wait_until(lambda: daemon.counts()["delivers_acked"] > acked, 5, "the receipt to be kept")
    daemon.part["smppd"].kill()
    daemon.control(receipt_delay_ms=0)
    daemon.start_memcached()
    daemon.start_smppd()
    states = daemon.events_wait(ana.sid, "state", 2)
    assert [(e["message"], e["state"]) for e in states] == [(sent["message"], "accepted"), (sent["message"], "delivered")]
    door.close()


@pytest.mark.parametrize("version", [1, 2])
def test_a_spool_of_a_version_before_gives_back_what_it_held(daemon, mobile, version, tmp_path):
    daemon.control(receipt_delay_ms=1500)
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile, key=f"before-{mobile}")
    daemon.events_wait(ana.sid, "state")
    daemon.control(deliver_deaf_next=1, deliver_timeout_ms=60000)  # an older one stops without a doubt about this
    daemon.handset_answer(mobile, sent["code"], "una vez")
    before = daemon.events_wait(ana.sid, "reply") and daemon.events(ana.sid)
    daemon.expect("memcached is filled")
    daemon.part["smppd"].stop()
    with sqlite3.connect(daemon.state / "spool" / "spool.db") as db:
        for before_it in range(2, version - 1, -1):
            db.executescript((ROOT / f"test/unit/spool_version_{before_it}.sql").read_text())
        db.execute("UPDATE reply SET doubt=0")
    db.close()
    daemon.store("flush_all")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{tmp_path}")
        manager.settimeout(10)
        daemon.start_smppd(env=os.environ | {"NOTIFY_SOCKET": f"@{tmp_path}"})
        told = [manager.recv(4096), manager.recv(4096)]
    assert told == [b"EXTEND_TIMEOUT_USEC=3600000000", b"READY=1"]  # a large one takes longer than TimeoutStartSec=
    delivered = daemon.events_wait(ana.sid, "state", 2)[1]
    assert (delivered["message"], delivered["state"]) == (sent["message"], "delivered")  # its receipt came to the new version
    assert daemon.events(ana.sid)[:len(before)] == before
    wait_until(lambda: daemon.counts()["delivers_pending"] == 0, 10, "the answer to be acknowledged again")
    assert len(daemon.events(ana.sid, "reply")) == 1
    daemon.control(receipt_delay_ms=0, deliver_timeout_ms=10000)
    door.close()
    door = daemon.client()
    ana.client = door
    assert ana.send(mobile, key=f"before-{mobile}")["message"] == sent["message"]
    assert ana.send(mobile, "sigue")["conversation"] == sent["conversation"]
    door.close()


def test_a_refill_of_long_conversations_loses_no_event(daemon):
    """More events than the spool reads in one page, and more than one memcached value holds."""
    door = daemon.client()
    visitors = [Session(door, name) for name in ("Ana", "Luis", "Eva")]
    theirs = [next(mobiles) for _ in visitors]
    for turn in range(150):
        for visitor, mobile in zip(visitors, theirs):
            visitor.send(mobile, f"mensaje {turn} " + "x" * 100)
    before = [wait_until(lambda: settled(daemon, v.sid), 30, f"all states of {v.sid}") for v in visitors]
    daemon.store("flush_all")
    after = [wait_until(lambda: settled(daemon, v.sid), 3, "the refill") for v in visitors]
    assert after == before
    door.close()


def settled(daemon, sid):
    """All events once the last of 150 messages is delivered."""
    events = daemon.transcript(sid) and every_event(daemon, sid)
    return events if events and [e["state"] for e in events if e["type"] == "state"].count("delivered") == 150 else None


def every_event(daemon, sid):
    """Those in the pieces too, in order."""
    head, _, events = daemon.transcript(sid)
    pieces = [daemon.store(f"get smsi:o:{sid}:{nth}")[1:-1] for nth in range(1, int(head.get("pieces", 0)) + 1)]
    older = [daemon.parse(line) for piece in pieces for line in piece if line]
    return older + events


def test_a_transcript_that_vanishes_alone_is_put_back(daemon, mobile):
    door = daemon.client()
    ana = Session(door)
    ana.send(mobile)
    wait_until(lambda: len(daemon.events(ana.sid)) >= 3, 5, "all events")
    assert daemon.store(f"delete smsi:t:{ana.sid}") == ["DELETED"]
    more = ana.send(mobile, "otra")
    events = wait_until(lambda: (e := daemon.events(ana.sid)) and len(e) >= 6 and e, 5, "the events")
    assert [int(e["n"]) for e in events] == list(range(1, len(events) + 1))
    assert [e["text"] for e in events if e["type"] == "sent"] == ["hola", "otra"]
    assert int(more["event"]) == 4 if "event" in more else True


def test_with_memcached_away_sends_are_refused_and_known_answers_kept(daemon, mobile):
    daemon.expect("SD03")
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile, key="asked-twice-00001")
    daemon.handset_wait(mobile, 1)
    daemon.part["memcached"].kill()
    with pytest.raises(Refused) as refused:
        Session(door).send(mobile, patient=False)
    assert refused.value.reason == "store-down"
    assert ana.send(mobile, key="asked-twice-00001")["message"] == sent["message"]
    daemon.handset_answer(mobile, sent["code"], "sin memcached")
    assert CONFIRMATION in daemon.handset_wait(mobile, 2)[1]["text"]
    daemon.start_memcached()
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["sin memcached"]
    door.close()


@pytest.mark.parametrize("text, more", [("sin memcached", {}), ("sin memcached, " * 20, {"concat": "udh8"})], ids=["short", "long"])
def test_an_answer_confirmed_before_a_crash_is_shown_after_it_and_not_confirmed_again(daemon, mobile, text, more):
    daemon.expect("SD03", "memcached is filled")
    door = daemon.client()
    ana = Session(door)
    code = ana.send(mobile)["code"]
    daemon.handset_wait(mobile, 1)
    daemon.part["memcached"].kill()
    daemon.handset_answer(mobile, code, text, **more)
    assert CONFIRMATION in daemon.handset_wait(mobile, 2)[1]["text"]
    door.close()
    daemon.part["smppd"].kill()
    daemon.start_memcached()
    daemon.start_smppd()
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == [text]
    daemon.handset_answer(mobile, code, "AYUDA")
    texts = [sms["text"] for sms in daemon.handset_wait(mobile, 3)]
    assert len(texts) == 3 and CONFIRMATION not in texts[2]
    wait_until(lambda: kept_words(daemon, mobile) == [], 5, "its words to be forgotten where nobody needs them any more")


def kept_words(daemon, mobile):
    with sqlite3.connect(daemon.state / "spool" / "spool.db") as spool:
        return [octets for octets, in spool.execute("SELECT octets FROM reply WHERE mobile=? AND length(octets)>0", (mobile,))]


def test_an_answer_that_may_be_nobodys_waits_for_a_memcached_that_is_away(daemon, mobile):
    """Its conversation is over, as far as smppd knows; another one may have gone on with it."""
    daemon.expect("SD03", "memcached is filled")
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    daemon.part["memcached"].kill()
    shed = daemon.counter("delivers-shed")
    daemon.handset_answer(mobile, sent["code"], "¿sigues ahí?")
    wait_until(lambda: daemon.counter("delivers-shed") > shed, 5, "the SMSC to be asked to keep it")
    assert len(daemon.handset(mobile)) == 1
    daemon.start_memcached()
    daemon.handset_wait(mobile, 2)
    door.close()


def test_a_hung_memcached_delays_nobody_and_loses_nothing(daemon, mobile):
    daemon.expect("SD03")
    door = daemon.client()
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.part["memcached"].signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(Refused) as refused:
            Session(door).send(mobile, patient=False)
        assert refused.value.reason in ("store-down", "timeout")
        door.ask("health")
        assert time.monotonic() - begun < 2.5
        daemon.handset_answer(mobile, sent["code"], "mientras duerme")
        daemon.handset_wait(mobile, 2)
    finally:
        daemon.part["memcached"].signal(signal.SIGCONT)
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["mientras duerme"]
    door.close()


def test_two_daemons_never_give_one_pair_away_twice(daemon, tmp_path):
    with daemon.beside_it(tmp_path) as second:
        wanted = [next(mobiles) for _ in range(10)]
        taken = []

        def visitor(stack):
            client = stack.client()
            for number in wanted:
                session = Session(client)
                try:
                    taken.append((number, session.send(number)["code"]))
                except Refused as refused:
                    assert refused.reason in ("codes-busy", "quota")
            client.close()

        threads = [threading.Thread(target=visitor, args=(s,)) for s in (daemon, second) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == len(set(taken)) == 2 * len(wanted)


def test_two_daemons_put_back_what_each_of_them_knows(daemon, mobile, tmp_path):
    with daemon.beside_it(tmp_path) as second:
        here, there = daemon.client(), second.client()
        ana = Session(here)
        ana.send(mobile, "por la una")
        wait_until(lambda: len(daemon.events(ana.sid)) >= 3, 5, "the first events")
        ana.client = there
        ana.send(mobile, "por la otra")
        events = wait_until(lambda: (e := daemon.events(ana.sid)) and len(e) >= 6 and e, 5, "the other events")
        daemon.store("flush_all")
        filled = wait_until(lambda: (e := daemon.events(ana.sid)) and len(e) >= 6 and e, 3, "the refill")
        assert [(e["n"], e["type"], e.get("text")) for e in filled] == [(e["n"], e["type"], e.get("text")) for e in events]
        here.close()
        there.close()


def test_codes_of_another_smppds_visitors_are_not_given_away_after_a_flush(daemon, tmp_path):
    with daemon.beside_it(tmp_path) as second:
        daemon.expect("memcached is filled")
        second.expect("memcached is filled")
        wait_until(lambda: "memcached: instance=second" in daemon.log("smppd"), 5, "the first to have met the second")
        here, there = daemon.client(), second.client()
        wanted = [next(mobiles) for _ in range(6)]
        anas = [Session(there) for _ in wanted]
        sent = [ana.send(number) for ana, number in zip(anas, wanted)]
        for number in wanted:
            daemon.handset_wait(number, 1)
        daemon.store("flush_all")
        for number, message in zip(wanted[:3], sent):
            assert Session(here, "Luis").send(number)["code"] != message["code"]
        daemon.store("flush_all")
        for number, message in zip(wanted[3:], sent[3:]):
            daemon.handset_answer(number, message["code"], "para Ana")
        for ana in anas[3:]:
            assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["para Ana"]
        here.close()
        there.close()


def test_a_smppd_that_is_down_is_waited_for_only_once(daemon, tmp_path):
    daemon.expect("memcached is filled", "SD0354")
    with daemon.beside_it(tmp_path) as second:
        wait_until(lambda: "memcached: instance=second" in daemon.log("smppd"), 5, "the first to have met the second")
        assert second.store("get smsi:smppds")[1].split().count("second") == 1
    door = daemon.client()
    daemon.store("flush_all")
    Session(door).send(next(mobiles))
    wait_until(lambda: "SD0354" in daemon.log("smppd"), 5, "the first to have given the second up")
    daemon.store("flush_all")
    assert Session(door).send(next(mobiles), patient=False), "held longer than the 2 s a send may take"
    door.close()
