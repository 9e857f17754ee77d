"""What a mobile answers: long, in parts, empty, repeated, from a number written in any way; and what each costs."""

import csv

import pytest
from daemon_stack import Session, counters, mobiles, running
from esme import DELIVER_SM, Pdu, submit_body
from stack.part import wait_until

CONFIRMATION, NOBODY, HELP = "fue entregada a", "no hay ninguna conversacion", "SMS Interactivo Claro:"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("answers"), codes="2333 2024", smppd={"parts_wait": "1s"}) as stack:
        yield stack


@pytest.mark.parametrize("data_sm", ["off", "on"])
@pytest.mark.parametrize("concat, order, parts", [("udh8", "3,1,2", 3), ("udh16", "2,3,1", 3), ("sar", "1,3,2", 3), ("payload", "1", 1)])
def test_a_long_answer_is_shown_once_and_whole(daemon, door, mobile, concat, order, parts, data_sm):
    ana, text = Session(door), "Esta respuesta es larga, muy larga. " * 10
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.control(deliver_data_sm=data_sm)
    daemon.handset_answer(mobile, sent["code"], text, concat=concat, order=order)
    daemon.control(deliver_data_sm="off")
    (reply,) = daemon.events_wait(ana.sid, "reply")
    assert (reply["text"], reply.get("parts", "1")) == (text, str(parts))
    assert told(daemon, mobile, sent["code"], CONFIRMATION) == 1


def test_a_long_answer_whose_last_part_is_a_word_to_the_service_is_a_message(daemon, door, mobile):
    ana, text = Session(door), "x" * 306 + "BAJA"
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], text, concat="udh8")
    assert daemon.events_wait(ana.sid, "reply")[0]["text"] == text
    ana.send(mobile, "sigues ahí")


def test_a_long_answer_to_nobody_is_told_once_to_be_for_nobody(daemon, door, mobile):
    daemon.handset_answer(mobile, "2333", "Esta respuesta es larga, muy larga. " * 10, concat="udh8")
    assert told(daemon, mobile, "2333", NOBODY) == 1


def test_what_one_of_our_own_codes_writes_is_recorded_and_told_to_nobody(tmp_path, mobile):
    ours = "8095560000"
    with running(tmp_path, codes=f"2333 {ours}") as daemon:
        door = daemon.client()
        daemon.handset_answer(ours, "2333", "hola?")
        wait_until(lambda: counters(door)["cdrs"] == 1, 10, "its record")
        assert told(daemon, mobile, "2333", HELP) == 1  # what was told before is not behind this
        assert daemon.handset(ours) == []
        door.close()


def told(daemon, mobile, code, what):
    """How often a mobile was told it: what it is told keeps its order, and help, which it asks for now, comes last."""
    daemon.handset_answer(mobile, code, "AYUDA")
    texts = wait_until(lambda: [t for t in [[m["text"] for m in daemon.handset(mobile)]] if any(HELP in text for text in t)], 10, "help")[0]
    return sum(what in text for text in texts)


def test_an_answer_with_a_missing_part_is_shown_and_marked(daemon, door, mobile):
    ana, text = Session(door), "x" * 320
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], text, concat="udh8", order="1,3")
    (reply,) = daemon.events_wait(ana.sid, "reply")
    assert reply["missing"] == "yes" and reply["text"].startswith("xxx") and "[...]" in reply["text"]


def test_a_reference_used_again_at_once_loses_no_part(daemon, door, mobile):
    """Some handsets give all their long messages the same one."""
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "x" * 300, concat="udh8", reference=7, order="1")
    daemon.handset_answer(mobile, sent["code"], "y" * 300, concat="udh8", reference=7)
    first, second = daemon.events_wait(ana.sid, "reply", 2)
    assert first["missing"] == "yes" and first["text"].startswith("xxx")
    assert (second["text"], second.get("missing")) == ("y" * 300, None)


def test_parts_of_two_answers_are_told_apart_by_the_width_of_one_reference(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    for text, concat, order in (("x" * 300, "udh8", "1"), ("y" * 300, "udh16", "1,2"), ("x" * 300, "udh8", "2")):
        daemon.handset_answer(mobile, sent["code"], text, concat=concat, reference=7, order=order)
    assert [(e["text"][0], e.get("missing")) for e in daemon.events_wait(ana.sid, "reply", 2)] == [("y", None), ("x", None)]


def test_more_answers_than_may_wait_stay_with_the_smsc_until_they_may_come(tmp_path, mobile):
    with running(tmp_path, smppd={"answers": 1}) as daemon:
        door = daemon.client()
        ana = Session(door)
        code = ana.send(mobile)["code"]
        wait_until(lambda: len(daemon.events(ana.sid, "state")) == 2, 10, "its receipt")
        daemon.control(hold_delivers="on", deliver_retry_ms=20)
        texts = {f"respuesta {n}" for n in range(10)}
        for text in texts:
            daemon.handset_answer(mobile, code, text)
        daemon.control(hold_delivers="off")
        assert {e["text"] for e in daemon.events_wait(ana.sid, "reply", 10)} == texts
        assert counters(door)["delivers-shed"] > 0 and counters(door)["cdrs"] == 10
        door.close()


def test_of_more_unfinished_answers_than_are_waited_for_the_oldest_is_shown_as_it_is(tmp_path, mobile):
    with running(tmp_path, smppd={"parts_wait": "10min"}) as daemon:
        door = daemon.client()
        ana = Session(door)
        code = ana.send(mobile)["code"]
        daemon.handset_wait(mobile, 1)
        first_parts = [Pdu(DELIVER_SM, 0, 100000 + ref, submit_body(mobile, code, bytes([6, 8, 4, ref >> 8, ref & 255, 2, 1]) + b"x%d" % ref, esm_class=0x40))
                       for ref in range(4097)]
        daemon.provoke("raw", hex=b"".join(part.octets() for part in first_parts).hex())
        shown, = daemon.events_wait(ana.sid, "reply")
        assert (shown["text"], shown["missing"]) == ("x0[...]", "yes")
        door.close()


def test_two_long_answers_that_end_alike_under_one_reference_are_both_shown_whole(daemon, door, mobile):
    ana, texts = Session(door), ["x" * 153 + "hasta luego", "y" * 153 + "hasta luego"]
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    for n, text in enumerate(texts):
        daemon.handset_answer(mobile, sent["code"], text, concat="udh8", reference=7)
        shown = daemon.events_wait(ana.sid, "reply", n + 1)
    assert [(e["text"], e.get("missing")) for e in shown] == [(text, None) for text in texts]


def delivered(daemon, mobile, code, octets, sequence=100000, **more):
    """An answer as no handset of ours gives it."""
    daemon.provoke("raw", hex=Pdu(DELIVER_SM, 0, sequence, submit_body(mobile, code, octets, **more)).octets().hex())


@pytest.mark.parametrize("octets, told, shown", [
    (b"\x00\xff\x10", {"data_coding": 4}, "(mensaje no compatible)"),
    (b"", {}, "(mensaje vacío)"),
    (b"\5\0\3\7\1\1", {"esm_class": 0x40}, "(mensaje vacío)"),
    (b"\x40hola", {"esm_class": 0x40}, "¡hola"),
    (b"\7\0\3\7\2\1\5\5hola", {"esm_class": 0x40}, "ì@¥ì$£ééhola"),
    ("ho\u202ela\x1b[1m\u200b!".encode("utf-16-be"), {"data_coding": 8}, "hola[1m!"),
], ids=["binary", "empty", "only a header", "a header that does not end", "one of which a part does not end", "what steers a terminal or turns the line"])
def test_an_answer_that_is_no_proper_text_is_told_all_the_same(daemon, door, mobile, octets, told, shown):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    delivered(daemon, mobile, sent["code"], octets, **told)
    assert daemon.events_wait(ana.sid, "reply")[0]["text"] == shown


@pytest.mark.parametrize("form", ["national", "international", "plus"])
def test_an_answer_is_its_conversations_however_the_smsc_writes_numbers(daemon, door, mobile, form):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.control(number_form=form)
    daemon.handset_answer(mobile, sent["code"] if form == "national" else "+" + sent["code"], "hola")
    assert daemon.events_wait(ana.sid, "reply")[0]["text"] == "hola"
    daemon.control(number_form="mirror")


def test_an_answer_repeated_after_a_lost_response_is_shown_and_billed_once(daemon, door, mobile):
    ana, before = Session(door), counters(door)
    sent = ana.send(mobile)
    wait_until(lambda: any(e["state"] == "delivered" for e in daemon.events(ana.sid, "state")), 5, "the receipt")
    daemon.control(deliver_deaf_next=1)
    daemon.handset_answer(mobile, sent["code"], "una vez")
    wait_until(lambda: counters(door)["delivers-kept"] == before["delivers-kept"] + 1, 5, "the first delivery")
    daemon.cut()
    wait_until(lambda: counters(door)["delivers-duplicate"] == before["delivers-duplicate"] + 1, 10, "the second one")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["una vez"]


def test_the_same_text_written_twice_is_shown_twice(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    for _ in range(2):
        daemon.handset_answer(mobile, sent["code"], "sí")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply", 2)] == ["sí", "sí"]


@pytest.mark.parametrize("text", ["hola", "¿cómo está mamá? " * 8])
def test_a_message_that_comes_back_as_it_was_sent_is_confirmed_to_nobody(daemon, door, mobile, text):
    ana, before = Session(door), counters(door)["notices-held"]
    sent = ana.send(mobile, text)
    daemon.handset_answer(mobile, sent["code"], daemon.handset_wait(mobile, 1)[0]["text"], concat="udh8")
    daemon.events_wait(ana.sid, "reply")
    wait_until(lambda: counters(door)["notices-held"] > before, 5, "the confirmation to be held back")
    assert len(daemon.handset(mobile)) == 1


def test_an_answer_as_long_as_an_smsc_can_carry_is_shown_in_pieces_of_whole_characters(daemon, door, mobile):
    ana, text = Session(door), "x" + "ñ" * 1999
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    delivered(daemon, mobile, sent["code"], b"", data_coding=8, tlvs=[(0x0424, text.encode("utf-16-be"))])
    replies = daemon.events_wait(ana.sid, "reply", 2)
    assert "".join(e["text"] for e in replies) == text
    assert len({e["message"] for e in replies}) == len(replies)


@pytest.mark.parametrize("source", ["CLARO", "2024", "2333"])
def test_what_comes_from_no_mobile_is_recorded_and_nobody_is_told(daemon, door, mobile, source):
    before = counters(door)
    delivered(daemon, source, "2333", b"AYUDA")
    daemon.handset_answer(mobile, "2333", "hola?")
    daemon.handset_wait(mobile, 1)
    wait_until(lambda: counters(door)["cdrs"] == before["cdrs"] + 2, 5, "both records")
    after = counters(door)
    assert after["notices"] + after["notices-held"] == before["notices"] + before["notices-held"] + 1


@pytest.mark.parametrize("word, notice", [
    ("BAJA", "no recibiras mas mensajes de SMS Interactivo"), ("ALTA", "recibiras de nuevo"), ("AYUDA", "mensajes desde claro.com.do"),
    ("BLOQUEAR", "no recibiras mas mensajes de Ana"), ("hola", "fue entregada a Ana")])
def test_each_word_has_a_notice_of_its_own(daemon, door, mobile, word, notice):
    code = Session(door).send(mobile)["code"]
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, code, word)
    assert notice in daemon.handset_wait(mobile, 2)[1]["text"]


def held_wait(daemon, count):
    wait_until(lambda: daemon.counter("notices-held") == count, 5, f"{count} notices to be held back")


def test_the_third_equal_answer_and_our_own_words_bring_no_notice(daemon, mobile):
    held = daemon.counter("notices-held")
    for _ in range(3):
        daemon.handset_answer(mobile, "2333", "hola?")
    held_wait(daemon, held + 1)
    notices = daemon.handset_wait(mobile, 2)
    assert NOBODY in notices[0]["text"]
    daemon.handset_answer(mobile, "2333", notices[0]["text"])
    held_wait(daemon, held + 2)
    assert len(daemon.handset(mobile)) == 2


def test_five_notices_an_hour_are_enough_for_a_mobile_also_over_a_restart(tmp_path, mobile):
    with running(tmp_path) as daemon:
        for n in range(6):
            daemon.handset_answer(mobile, "2333", f"hola {n}")
        held_wait(daemon, 1)
        daemon.handset_wait(mobile, 5)
        daemon.restart("smppd")
        daemon.handset_answer(mobile, "2333", "hola 6")
        held_wait(daemon, 1)
        assert len(daemon.handset(mobile)) == 5


def records(daemon, mobile):
    """What the file of charging records that is closed now says of a mobile."""
    with open(daemon.ask("cdr-export")["file"], newline="") as file:
        return [record for record in csv.DictReader(file) if record["mobile"] == mobile]


def test_an_answer_costs_what_became_of_it(daemon, door, mobile):
    ana, other = Session(door), next(mobiles)
    sent = ana.send(mobile)
    code = sent["code"]
    daemon.handset_wait(mobile, 1)
    ana.send(other)  # her session lives on
    delivered(daemon, mobile, code, b"hola", tlvs=[(0x001e, b"6E6F\0")])
    delivered(daemon, mobile, code, b"hola", tlvs=[(0x001e, b"6E6F\0")], sequence=100001)
    daemon.handset_answer(mobile, code, "y" * 200, concat="udh8")
    daemon.events_wait(ana.sid, "reply", 2)
    daemon.handset_answer(mobile, code, "AYUDA")
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    daemon.handset_answer(mobile, code, "tarde")
    daemon.events_wait(ana.sid, "late")
    daemon.handset_answer(mobile, "2333" if code == "2024" else "2024", "a nadie")
    daemon.handset_answer(mobile, code, "BAJA")
    wait_until(lambda: mobile in daemon.optouts(), 5, "the last of them")
    found = records(daemon, mobile)
    assert [(r["outcome"], int(r["price_centavos"]), int(r["total_centavos"])) for r in found] == [
        ("delivered", 100, 130), ("duplicate", 0, 0), ("delivered", 100, 130), ("delivered", 100, 130), ("opt-out", 0, 0),
        ("late", 100, 130), ("undeliverable", 0, 0), ("opt-out", 0, 0)]
    assert [(r["part"], r["parts"]) for r in found[2:4]] == [("1", "2"), ("2", "2")]
    assert [r["short_code"] for r in found].count(code) == 7
    charged = [r["conversation"] for r in found if r["total_centavos"] != "0"]
    assert set(charged) == {sent["conversation"]}
    assert [r["smsc_message_id"] for r in found[:3]] == ["6E6F", "6E6F", ""]
