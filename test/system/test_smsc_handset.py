"""The SMSC's handsets: what they show, answer and are switched to."""

import json
import re
import struct

import pytest
from esme import DATA_SM, ENQUIRE_LINK
from smsc import MOBILE, esme, one, smsc  # noqa: F401


# -- what a conversation needs


def test_a_message_is_shown_on_its_handset_and_receipted(smsc, esme):
    answer = esme.submit("2333", "1" + MOBILE, b"\x60C\x08mo est\x7fs?", registered=1)
    assert answer.status == 0 and answer.message_id()
    receipt = esme.deliver()
    assert receipt["esm_class"] == 4
    assert receipt["text"].startswith(f"id:{answer.message_id()} sub:001 dlvrd:001 ".encode())
    assert b"stat:DELIVRD" in receipt["text"]
    assert receipt["tlvs"] == {0x1E: answer.message_id().encode() + b"\0", 0x427: b"\x02"}
    (message,) = smsc.get("handsets/" + MOBILE)
    assert set(message) == {"from", "text", "time", "parts"}
    assert (message["from"], message["text"], message["parts"]) == ("2333", "¿Còmo estàs?", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["time"])


def test_no_receipt_is_sent_where_none_was_asked_for(smsc, esme):
    esme.submit("2333", MOBILE, b"x")
    esme.ask(ENQUIRE_LINK)
    assert esme.pdus == [] and smsc.stats()["receipts"] == smsc.stats()["delivers_sent"]


@pytest.mark.parametrize("number", ["8095551234", "18095551234", "+18095551234"])
def test_a_number_names_one_handset_however_it_is_written(smsc, esme, number):
    esme.submit("2333", number, b"x")
    assert len(smsc.get("handsets/" + MOBILE)) == 1


def test_an_answer_goes_out_as_deliver_sm_and_is_acked_on_the_page(smsc, esme):
    status, answer = smsc.post("handsets/" + MOBILE, to="2333", text="Sí, señor")
    assert (status, answer["parts"]) == (202, 1)
    deliver = esme.deliver()
    assert (deliver["source"], deliver["destination"], deliver["data_coding"]) == (b"18095551234", b"2333", 8)
    assert deliver["text"].decode("utf-16-be") == "Sí, señor"
    smsc.until(lambda: smsc.get(f"handsets/{MOBILE}/thread")["messages"][0]["state"] == "acked")


def test_an_answer_as_json_is_the_same_as_a_form(smsc, esme):
    body = json.dumps({"to": "2333", "text": "línea 1\n\"2\" 😀"}).encode()
    assert smsc.request("handsets/" + MOBILE, body, Content_Type="application/json")[0] == 202
    assert esme.deliver()["text"].decode("utf-16-be") == "línea 1\n\"2\" 😀"


@pytest.mark.parametrize("coding, octets, data_coding, esm_class", [
    ("gsm7", b"se\x7dor \x1b\x65", 0, 0), ("latin1", None, 3, 0), ("ucs2", "señor €".encode("utf-16-be"), 8, 0),
    ("spanish", b"\x03\x24\x01\x02se\x7dor \x1b\x65", 0, 0x40)])
def test_an_answer_has_the_coding_its_writer_chose(smsc, esme, coding, octets, data_coding, esm_class):
    text = "señor €" if octets else "señor"
    smsc.post("handsets/" + MOBILE, to="2333", text=text, coding=coding)
    deliver = esme.deliver()
    assert deliver["text"] == (octets or "señor".encode("latin-1"))
    assert (deliver["data_coding"], deliver["esm_class"]) == (data_coding, esm_class)


@pytest.mark.parametrize("concat", ["udh8", "udh16", "sar", "payload"])
def test_a_long_answer_comes_in_the_parts_its_writer_chose(smsc, esme, concat):
    text = "a" * 152 + "€" + "b" * 40
    assert smsc.post("handsets/" + MOBILE, to="2333", text=text, concat=concat, reference=0x1234)[0] == 202
    first = esme.deliver()
    if concat == "payload":
        assert first["tlvs"][0x424] == b"a" * 152 + b"\x1b\x65" + b"b" * 40
        return
    second = esme.deliver()
    if concat == "sar":
        parts = [(p["tlvs"][0x20C], p["tlvs"][0x20E], p["tlvs"][0x20F]) for p in (first, second)]
        assert parts == [(b"\x12\x34", b"\x02", b"\x01"), (b"\x12\x34", b"\x02", b"\x02")]
        assert first["text"] + second["text"] == b"a" * 152 + b"\x1b\x65" + b"b" * 40
        return
    header = {"udh8": b"\x05\x00\x03\x34\x02", "udh16": b"\x06\x08\x04\x12\x34\x02"}[concat]
    assert first["text"] == header + b"\x01" + b"a" * 152  # the euro's two septets stay together
    assert second["text"] == header + b"\x02" + b"\x1b\x65" + b"b" * 40
    assert first["esm_class"] == 0x40


def test_parts_of_an_answer_come_in_the_order_wished(smsc, esme):
    smsc.post("handsets/" + MOBILE, to="2333", text="a" * 400, order="3,1")
    assert [esme.deliver()["text"][5] for _ in range(2)] == [3, 1]


def test_raw_octets_are_sent_as_they_are(smsc, esme):
    smsc.post("handsets/" + MOBILE, to="2333", hex="00ff1b", data_coding=4, esm_class="0x40")
    deliver = esme.deliver()
    assert (deliver["text"], deliver["data_coding"], deliver["esm_class"]) == (b"\0\xff\x1b", 4, 0x40)


@pytest.mark.parametrize("wrong", [{"text": "x"}, {"to": "2333"}, {"to": "2" * 21, "text": "x"},
                                   {"to": "2333", "text": "x", "coding": "ebcdic"},
                                   {"to": "2333", "text": "sí", "coding": "gsm7"},
                                   {"to": "2333", "hex": "abc"}, {"to": "2333", "text": "x", "order": "2"},
                                   {"to": "2333", "text": "x", "data_coding": "256"}])
def test_an_answer_that_makes_no_sense_is_refused_with_a_reason(smsc, wrong):
    status, answer = smsc.post("handsets/" + MOBILE, **wrong)
    assert status == 422 and answer["error"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
@pytest.mark.parametrize("way", ["udh8", "udh16", "sar"])
def test_parts_sent_in_any_order_are_shown_as_one_message(smsc, esme, way, order):
    texts = {1: "uno ".encode("utf-16-be"), 2: "dos 😀".encode("utf-16-be")[:-2], 3: "😀".encode("utf-16-be")[2:]}
    for n in order:
        if way == "sar":
            esme.submit("2333", MOBILE, texts[n], data_coding=8,
                        tlvs=[(0x20C, b"\0\7"), (0x20E, b"\3"), (0x20F, bytes([n]))])
        else:
            header = bytes([5, 0, 3, 7, 3, n]) if way == "udh8" else bytes([6, 8, 4, 0, 7, 3, n])
            esme.submit("2333", MOBILE, header + texts[n], esm_class=0x40, data_coding=8)
    (message,) = smsc.get("handsets/" + MOBILE)
    assert (message["text"], message["parts"]) == ("uno dos 😀", 3)


def test_two_long_messages_at_once_are_not_mixed(smsc, esme):
    for reference, source, part in ((1, "2333", 1), (2, "2333", 1), (1, "2024", 1), (2, "2333", 2), (1, "2024", 2), (1, "2333", 2)):
        header = bytes([5, 0, 3, reference, 2, part])
        esme.submit(source, MOBILE, header + f"{source[3]}{reference}{part} ".encode(), esm_class=0x40)
    shown = [(m["from"], m["text"]) for m in smsc.get("handsets/" + MOBILE)]
    assert shown == [("2333", "321 322 "), ("2024", "411 412 "), ("2333", "311 312 ")]


def test_a_message_with_a_missing_part_is_shown_with_its_gap_after_the_wait(smsc, esme):
    smsc.told(part_wait_ms=50)
    esme.submit("2333", MOBILE, b"\x05\x00\x03\x01\x03\x01uno", esm_class=0x40)
    esme.submit("2333", MOBILE, b"\x05\x00\x03\x01\x03\x03tres", esm_class=0x40)
    (message,) = smsc.until(lambda: smsc.get(f"handsets/{MOBILE}/thread")["messages"])
    assert (message["text"], message["missing"], message["state"]) == ("uno[...]tres", 1, "incomplete")


def test_a_payload_and_data_sm_are_shown(smsc, esme):
    esme.submit("2333", MOBILE, b"", tlvs=[(0x424, b"x" * 700)])
    body = b"\0\0\1" + b"2024\0" + b"\1\1" + MOBILE.encode() + b"\0\0\0\0" + struct.pack(">HH", 0x424, 3) + b"dos"
    assert esme.ask(DATA_SM, body).status == 0
    assert [(m["from"], m["text"]) for m in smsc.get("handsets/" + MOBILE)] == [("2333", "x" * 700), ("2024", "dos")]

# -- switches


def test_a_message_waits_for_a_handset_that_is_off(smsc, esme):
    smsc.post(f"handsets/{MOBILE}/switches", off=1)
    esme.submit("2333", MOBILE, b"hola", registered=0x11)
    assert esme.deliver()["tlvs"][0x427] == b"\x01"  # en route
    assert smsc.get("handsets/" + MOBILE) == []
    assert smsc.get(f"handsets/{MOBILE}/thread")["waiting"] == 1
    smsc.post(f"handsets/{MOBILE}/switches", off=0)
    assert esme.deliver()["tlvs"][0x427] == b"\x02"
    assert smsc.get("handsets/" + MOBILE)[0]["text"] == "hola"


def test_a_message_whose_validity_ends_before_the_handset_is_on_expires(smsc, esme):
    smsc.post(f"handsets/{MOBILE}/switches", off=1)
    esme.submit("2333", MOBILE, b"hola", registered=1, validity=b"000000000001000R")
    assert esme.deliver()["tlvs"][0x427] == b"\x03"
    smsc.post(f"handsets/{MOBILE}/switches", off=0)
    assert smsc.get("handsets/" + MOBILE) == []


def test_a_number_that_is_not_claros_is_refused(smsc, esme):
    smsc.post(f"handsets/{MOBILE}/switches", not_claro=1)
    assert esme.submit("2333", MOBILE, b"x").status == 0x0B
    assert esme.submit("2333", "8095550000", b"x").status == 0


def test_a_handset_without_receipts_gets_its_message_all_the_same(smsc, esme):
    smsc.post(f"handsets/{MOBILE}/switches", no_receipts=1)
    esme.submit("2333", MOBILE, b"x", registered=1)
    esme.ask(ENQUIRE_LINK)
    assert esme.pdus == [] and len(smsc.get("handsets/" + MOBILE)) == 1
