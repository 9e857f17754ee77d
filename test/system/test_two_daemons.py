"""Two smppd on one memcached and one SMSC, which gives what comes from mobiles and network to either of them."""

import random
import signal
import sqlite3
import threading
import time

import pytest
from between import Between
from daemon_stack import Refused, Session, counters, mobiles, running
from stack.part import wait_until


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


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_receipt_that_reached_an_smppd_about_to_end_still_says_delivered(pair, end):
    first, second = pair
    here, there = first.client(), second.client()
    ana, before = Session(here), counters(there)["receipts"]
    for _ in range(6):
        ana.send(next(mobiles))
    wait_until(lambda: counters(there)["receipts"] > before, 10, "the other one to be given some")
    there.close()
    getattr(second.part["smppd"], end)()
    second.start_smppd()
    wait_until(lambda: delivered(first, ana, 6), 10, "all six to be delivered")
    here.close()


@pytest.mark.parametrize("emptied", [False, True])
def test_a_receipt_left_while_its_smppd_was_down_is_found_at_the_next_start(pair, emptied):
    """Also in a memcached that was emptied meanwhile, where as many have been left since as it had read before."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled")
    here, there = first.client(), second.client()
    ana, mobile = Session(here), next(mobiles)
    first.switches(mobile, off=1)
    ana.send(mobile)
    wait_until(lambda: first.events(ana.sid, "state"), 5, "the message to be taken")
    before = counters(there)["receipts-unknown"]
    first.part["smppd"].kill()
    if emptied:
        first.store("flush_all")
    first.switches(mobile, off=0)
    wait_until(lambda: counters(there)["receipts-unknown"] > before, 10, "the other one to leave the receipt")
    if emptied:
        wait_until(lambda: len(first.store("get smsi:strays")) > 1, 5, "it to be there")
        with sqlite3.connect(first.state / "spool" / "spool.db") as db:
            db.execute("REPLACE INTO meta VALUES('strays', ?)", first.store("get smsi:strays")[1:2])
        db.close()
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


def test_a_late_answer_that_reaches_the_other_smppd_is_shown(pair):
    first, second = pair
    here, there = first.client(), second.client()
    ana, mobile, texts = Session(here), next(mobiles), [f"tarde {n}" for n in range(4)]
    sent = ana.send(mobile)
    ana.send(next(mobiles))
    first.handset_wait(mobile, 1)
    here.ask("stop", session=ana.sid, conversation=sent["conversation"])
    before = counters(there)["delivers-kept"]
    for text in texts:
        first.handset_answer(mobile, sent["code"], text)
    late = first.events_wait(ana.sid, "late", len(texts))
    assert counters(there)["delivers-kept"] > before, "the SMSC gave the other one none: this proves nothing"
    assert sorted(e["text"] for e in late) == texts
    here.close()
    there.close()


def kept(stack, sid):
    """What a spool holds of a session: its events' lines, and the names in its conversations."""
    with sqlite3.connect(f"file:{stack.state / 'spool' / 'spool.db'}?mode=ro", uri=True) as db:
        lines = db.execute("SELECT line FROM event WHERE session=?", (sid,)).fetchall()
        names = db.execute("SELECT name FROM conversation WHERE session=? AND name<>''", (sid,)).fetchall()
    db.close()
    return lines + names


@pytest.mark.parametrize("down, emptied", [(False, False), (True, False), (True, True)])
def test_what_a_visitor_wipes_is_wiped_by_both(pair, down, emptied):
    """Also by one that was down, and where memcached lost meanwhile what it was told."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")
    here, there = first.client(), second.client()
    ana, mobile = Session(here), next(mobiles)
    ana.send(mobile)
    there.ask("send", session=ana.sid, mobile=mobile, name="Ana", text="otra", key=f"key-{ana.sid}", nonce=f"nonce-{ana.sid}")
    wait_until(lambda: kept(second, ana.sid), 5, "the other one to know of her")
    there.close()
    if down:
        second.part["smppd"].kill()
    here.ask("end", session=ana.sid)
    filled = first.counter("refills")
    if emptied:
        wait_until(lambda: first.store("flush_all") and first.counter("refills") > filled, 10, "memcached to be filled", pause=1)
    if down:
        second.start_smppd()
    for stack in pair:
        wait_until(lambda: not kept(stack, ana.sid), 20, "all of it to be wiped")
    here.close()


def test_a_receipt_that_memcached_loses_before_its_smppd_reads_it_is_left_again(pair):
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled")
    here, there = first.client(), second.client()
    ana = Session(here)
    for turn in range(1, 4):
        before = counters(there)["receipts-unknown"]
        for _ in range(4):
            ana.send(next(mobiles))
        wait_until(lambda: counters(there)["receipts-unknown"] > before, 10, "the other one to leave some")
        first.store("flush_all")
        wait_until(lambda: delivered(first, ana, 4 * turn), 20, "all of them to be delivered")
    here.close()
    there.close()


def remembered(stack):
    """The other smppd that one will know of at its next start."""
    with sqlite3.connect(f"file:{stack.state / 'spool' / 'spool.db'}?mode=ro", uri=True) as db:
        found = db.execute("SELECT value FROM meta WHERE name='smppds'").fetchone()
    db.close()
    return found[0] if found else ""


@pytest.mark.parametrize("again", [False, True])
def test_one_that_starts_with_an_emptied_memcached_waits_for_the_one_it_knew(pair, again):
    """Also where it was killed while it waited."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")
    door, mobile = second.client(), next(mobiles)
    code = Session(door).send(mobile)["code"]
    wait_until(lambda: "second" in remembered(first), 10, "the first one to remember the second")
    filled = first.log("smppd").count("SD0345")
    first.part["smppd"].kill()
    second.part["smppd"].signal(signal.SIGSTOP)
    try:
        first.store("flush_all")
        first.start_smppd()
        if again:
            wait_until(lambda: first.log("smppd").count("SD0345") > filled, 5, "its own to be put back")
            first.part["smppd"].kill()
            filled = first.log("smppd").count("SD0345")
            first.start_smppd()
        there = first.client()
        asked = {"session": Session(there, "Luis").sid, "mobile": mobile, "name": "Luis", "text": "hola"}
        tag = there.put("send", key=f"key-of-one-that-waits-{again}", nonce=f"nonce-of-one-that-waits-{again}", **asked)
        wait_until(lambda: first.log("smppd").count("SD0345") > filled, 5, "its own to be put back")
    finally:
        second.part["smppd"].signal(signal.SIGCONT)
    assert there.take(tag)[0]["code"] != code
    door.close()
    there.close()


def test_memcached_is_whole_again_when_both_have_put_back_what_they_hold(pair):
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")

    def said():
        return len(first.store("get smsi:alive:*")) > 1

    wait_until(said, 10, "both to have put back all")
    filled, given_up = first.counter("refills"), first.log("smppd").count("SD0354")
    second.part["smppd"].signal(signal.SIGSTOP)
    try:
        for name in first.store("get smsi:smppds")[1].split() + ["*"]:  # flush_all leaves what was set within the same second
            first.store(f"delete smsi:alive:{name}")
        wait_until(lambda: first.counter("refills") > filled, 5, "its own to be put back")
        assert not said() or first.log("smppd").count("SD0354") > given_up  # it waits 3 s, no more
    finally:
        second.part["smppd"].signal(signal.SIGCONT)
    wait_until(said, 10, "the other one to have put back its own too")


def test_two_of_one_name_say_so(pair, tmp_path):
    first, second = pair
    with second.beside_it(tmp_path, instance="second") as double:
        for stack in (second, double):
            stack.expect("SD0355", "SD03", "memcached is filled")
            wait_until(lambda: "SD0355" in stack.log("smppd"), 10, f"the log of {stack.state.name} to say so")
            wait_until(lambda: stack.troubles() == {"instance": "second"}, 5, f"{stack.state.name} to tell its operator")


@pytest.fixture(scope="module")
def between(pair, tmp_path_factory):
    """A third smppd, whose way to memcached is troubled."""
    first, _ = pair
    way = Between(first.memcached_socket.with_name("between"), first.memcached_socket)
    with first.beside_it(tmp_path_factory.mktemp("third"), through=way.path, instance="third") as third:
        third.expect("SD03")
        yield way, third
    way.close()


def routes(stack, mobile):
    return [stack.parse(line) for line in stack.store(f"get smsi:r:{mobile}") if line.startswith("route ")]


def live_routes(stack, mobile):
    return [r for r in routes(stack, mobile) if int(r["until"]) > time.time() * 1000]


def test_a_claim_of_which_memcached_did_not_tell_leaves_no_live_pair(pair, between):
    way, third = between
    door, mobile = third.client(), next(mobiles)

    def claimed():  # a loaded machine may refuse before
        with pytest.raises(Refused, match="store-down"):
            Session(door).send(mobile, patient=False)
        return way.cuts

    way.cut = b"add smsi:r:"
    wait_until(claimed, 10, "a claim to be made")
    assert routes(third, mobile), "the claim was not made: this proves nothing"
    wait_until(lambda: not live_routes(third, mobile), 5, "the code to be free again")
    door.close()


@pytest.mark.parametrize("over", [False, True], ids=["", "behind-a-line-whose-time-is-over"])
def test_what_a_visitor_wiped_meanwhile_is_not_put_back_by_an_smppd_that_starts(pair, between, over):
    """Not even for a moment: it is told so late, as all else it asks memcached."""
    way, third = between
    here, there = pair[0].client(), third.client()
    ana = Session(there)
    ana.send(next(mobiles))
    wait_until(lambda: len(kept(third, ana.sid)) == 4, 10, "three events and a name to be kept")
    there.close()
    third.part["smppd"].kill()
    if over:
        pair[0].store("set smsi:strays 0 0 2\r\n50")  # more than were left
    here.ask("end", session=ana.sid)
    way.cut, way.before = b"stray:", lambda: time.sleep(0.08)
    third.start_smppd()
    way.before = None
    wait_until(lambda: not kept(third, ana.sid), 20, "all of it to be wiped")
    assert pair[0].transcript(ana.sid) is None
    here.close()


def test_a_message_refused_after_a_claim_that_was_made_still_brings_the_notice_when_sent_again(pair, between):
    way, third = between
    door, mobile, cuts = third.client(), next(mobiles), way.cuts
    ana = Session(door)
    way.cut = b"add smsi:r:"
    ana.send(mobile)
    assert way.cuts == cuts + 1
    assert "BAJA" in third.handset_wait(mobile, 1)[0]["text"]
    ana.send(mobile, "otra")
    assert "BAJA" not in third.handset_wait(mobile, 2)[1]["text"]
    door.close()


def test_the_notice_is_not_forgotten_when_smppd_dies_between_the_claim_and_the_disk(pair, between):
    way, third = between
    door, mobile = third.client(), next(mobiles)
    ana = Session(door)
    way.before, way.cut = third.part["smppd"].kill, b"add smsi:r:"
    with pytest.raises((EOFError, ConnectionError)):
        ana.send(mobile)
    way.before = None
    third.start_smppd()
    assert live_routes(third, mobile), "the claim was not made: this proves nothing"
    ana.client = door = third.client()
    ana.send(mobile)
    assert "BAJA" in third.handset_wait(mobile, 1)[0]["text"]
    ana.send(mobile, "otra")
    assert "BAJA" not in third.handset_wait(mobile, 2)[1]["text"]
    door.close()


def test_messages_that_begin_a_conversation_at_once_bring_one_notice(pair):
    first, _ = pair
    door = first.client()
    for _ in range(5):
        ana, mobile = Session(door), next(mobiles)
        asked = {"session": ana.sid, "mobile": mobile, "name": "Ana", "text": "hola"}
        tags = [door.put("send", key=f"key-{ana.sid[-8:]}-{n:06d}", nonce=f"non-{ana.sid[-8:]}-{n:06d}", **asked) for n in range(4)]
        assert len({door.take(tag)[0]["conversation"] for tag in tags}) == 1
        assert ["BAJA" in m["text"] for m in first.handset_wait(mobile, 4)].count(True) == 1
    door.close()


def test_a_claim_that_meets_a_flush_takes_no_code_of_another_smppds_visitor(pair, between):
    first, second = pair
    way, third = between
    for stack in (first, second, third):
        stack.expect("SD03", "memcached is filled")
    wait_until(lambda: third.log("smppd").count("SD0353") >= 2, 15, "the third to have met both others")
    here, there = first.client(), third.client()
    for _ in range(4):
        mobile, ana, luis = next(mobiles), Session(here), Session(there, "Luis")
        code = ana.send(mobile)["code"]
        way.before, way.cut = lambda: first.store("flush_all"), b"cas smsi:r:"
        assert luis.send(mobile)["code"] != code
        assert way.cut is None
    way.before = None
    here.close()
    there.close()


def test_no_code_is_live_twice_whatever_becomes_of_the_way_to_memcached(pair, between):
    first, second = pair
    way, third = between
    wanted = [next(mobiles) for _ in range(5)]
    taken, chance = [], random.Random(1)

    def visitor(stack, name):
        client = stack.client()
        for mobile in wanted:
            session = Session(client, name)
            try:
                taken.append((mobile, session.send(mobile)["code"], name))
                session.send(mobile, "otra")
            except Refused as refused:
                assert refused.reason == "codes-busy"
        client.close()

    threads = [threading.Thread(target=visitor, args=(stack, f"{nth} {letter}"))
               for nth, stack in enumerate((first, second, third)) for letter in "ABC"]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            way.late = chance.choice([0, 0, 0.03, 0.12])
            way.cut = chance.choice([None, b"add smsi:r:", b"cas smsi:r:", b"cas smsi:t:"])
            thread.join(0.05)
    way.late, way.cut = 0, None
    assert len(taken) == len({(mobile, code) for mobile, code, _ in taken}) == 2 * len(wanted)
    for mobile in wanted:
        texts = [m["text"] for m in first.handset_wait(mobile, 4)]
        assert len([t for t in texts if "BAJA" in t]) == 2, texts
        assert len({t.partition(" (web)")[0] for t in texts}) == 2, texts
        assert len(live_routes(first, mobile)) == 2
