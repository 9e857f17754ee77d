"""The embedded SMSC itself: what it takes, shows, sends, and how it misbehaves when told to."""

import json
import os
import re
import socket
import ssl
import struct
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from esme import (BIND_RECEIVER, BIND_TRANSMITTER, DATA_SM, DELIVER_SM, ENQUIRE_LINK, GENERIC_NACK, RESPONSE, SUBMIT_SM,
                  UNBIND, Esme, submit_body)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SMSC", ROOT / "build" / "smsc")  # SMSC=build/asan/smsc looks closer
MOBILE = "8095551234"
ACK = DELIVER_SM | RESPONSE


class Smsc:
    """A private one on free ports."""

    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"smsc: smpp 127\.0\.0\.1:(\d+) handsets (http://127\.0\.0\.1:\d+/)(?: smpps (\d+))?\n", line)
        assert found, (line, self.process.stderr.read())
        self.port, self.url, self.tls_port = int(found[1]), found[2], int(found[3] or 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(10) == 0
        assert self.process.stderr.read() == ""

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path, **form):
        return self.request(path, urllib.parse.urlencode(form).encode())

    def request(self, path, body, **headers):
        """The status and JSON of a POST."""
        try:
            request = urllib.request.Request(self.url + path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def told(self, **faults):
        status, answer = self.post("control", **faults)
        assert status == 200, answer

    def stats(self):
        return self.get("control/stats")

    def until(self, holds, seconds=10):
        """Asks until it holds, and returns what it then was."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = holds()
            if value:
                return value
        raise AssertionError("never held")


@pytest.fixture(scope="module")
def one():
    with Smsc() as running:
        yield running


@pytest.fixture
def smsc(one):
    one.post("control/cut")
    one.post("control/reset")
    one.post("control/forget")
    one.until(lambda: one.get("control/sessions") == [])
    return one


@pytest.fixture
def esme(smsc):
    with Esme(smsc.port) as connected:
        assert connected.bind().status == 0
        yield connected


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


# -- binds and windows


def test_a_wrong_name_or_password_is_refused():
    with Smsc("--system-id", "web", "--password", "geheim") as smsc, Esme(smsc.port) as esme:
        assert esme.bind(system_id="other").status == 0x0F
        assert esme.bind(system_id="web").status == 0x0E
        assert esme.bind(system_id="web", password="geheim").status == 0
        assert esme.bind(system_id="web", password="geheim").status == 0x05


def test_who_is_not_bound_to_transmit_cannot_submit(smsc):
    with Esme(smsc.port) as esme:
        assert esme.submit("2333", MOBILE, b"x").status == 0x04
        esme.bind(BIND_RECEIVER)
        assert esme.submit("2333", MOBILE, b"x").status == 0x04
    assert smsc.get("handsets/" + MOBILE) == []


def test_answers_go_to_receivers_in_turn_and_never_to_a_transmitter(smsc):
    with Esme(smsc.port) as first, Esme(smsc.port) as second, Esme(smsc.port) as sender:
        for esme, command in ((first, BIND_RECEIVER), (second, BIND_RECEIVER), (sender, BIND_TRANSMITTER)):
            assert esme.bind(command).status == 0
        for n in range(4):
            smsc.post("handsets/" + MOBILE, to="2333", text=f"{n}")
        assert sorted(e.deliver()["text"] for e in (first, second) for _ in range(2)) == [b"0", b"1", b"2", b"3"]
        sender.ask(ENQUIRE_LINK)
        assert sender.pdus == []


def test_a_receipt_goes_to_the_system_id_that_submitted(smsc):
    with Esme(smsc.port) as ana, Esme(smsc.port) as luis:
        ana.bind(system_id="ana")
        luis.bind(system_id="luis")
        for _ in range(3):
            ana.submit("2333", MOBILE, b"x", registered=1)
            ana.deliver()
        luis.ask(ENQUIRE_LINK)
        assert luis.pdus == []


def test_no_more_than_the_window_is_outstanding(smsc, esme):
    smsc.told(window=3)
    for n in range(5):
        smsc.post("handsets/" + MOBILE, to="2333", text=str(n))
    pdus = [esme.await_pdu(DELIVER_SM) for _ in range(3)]
    assert (smsc.stats()["delivers_outstanding"], smsc.stats()["delivers_pending"]) == (3, 5)
    esme.send(ACK, b"\0", 0, pdus[0].sequence)
    assert esme.await_pdu(DELIVER_SM).message()["text"] == b"3"


def test_an_answer_comes_again_after_a_temporary_error_and_not_after_a_permanent_one(smsc, esme):
    smsc.told(deliver_retry_ms=1)
    smsc.post("handsets/" + MOBILE, to="2333", text="uno")
    for status in (0x64, 0x08, 0x14, 0x58):
        assert esme.deliver(status)["text"] == b"uno"
    assert esme.deliver(0x65)["text"] == b"uno"
    smsc.until(lambda: smsc.stats()["delivers_pending"] == 0)
    assert smsc.get(f"handsets/{MOBILE}/thread")["messages"][0]["state"] == "refused"


def test_an_answer_comes_again_where_none_was_acknowledged_in_time(smsc, esme):
    smsc.told(deliver_timeout_ms=50)
    smsc.post("handsets/" + MOBILE, to="2333", text="uno")
    first, second = esme.await_pdu(DELIVER_SM), esme.await_pdu(DELIVER_SM)
    assert first.sequence != second.sequence and first.body == second.body


def test_an_answer_outlives_its_connection(smsc):
    smsc.post("handsets/" + MOBILE, to="2333", text="uno")
    with Esme(smsc.port) as esme:
        esme.bind()
        assert esme.await_pdu(DELIVER_SM)
    with Esme(smsc.port) as esme:
        esme.bind()
        assert esme.deliver()["text"] == b"uno"
    assert smsc.until(lambda: smsc.stats()["delivers_pending"] == 0)


# -- told to misbehave


@pytest.mark.parametrize("word, status", [("RTHROTTLED", 0x58), ("ESME_RSYSERR", 8), ("0x400", 0x400), ("1025", 1025)])
def test_the_next_submits_get_the_status_ordered(smsc, esme, word, status):
    smsc.told(submit_status=word, submit_next=2)
    assert [esme.submit("2333", MOBILE, b"x").status for _ in range(3)] == [status, status, 0]


def test_a_throttle_lets_no_more_through_than_its_rate(smsc, esme):
    smsc.told(throttle=50, throttle_burst=5)
    start = time.monotonic()
    statuses = [esme.submit("2333", MOBILE, b"x").status for _ in range(300)]
    passed, took = statuses.count(0), time.monotonic() - start
    assert set(statuses) == {0, 0x58} and 5 <= passed <= 5 + 50 * took + 1


def test_a_full_queue_is_said_as_often_as_ordered(smsc, esme):
    smsc.told(queue_full=1)
    assert [esme.submit("2333", MOBILE, b"x").status for _ in range(2)] == [0x14, 0]


def test_binds_are_refused_as_often_as_ordered(smsc):
    smsc.told(bind_status="RALYBND", bind_next=1)
    with Esme(smsc.port) as esme:
        assert [esme.bind().status, esme.bind().status] == [5, 0]


def test_responses_are_late_by_the_delay(smsc, esme):
    smsc.told(response_delay_ms=150)
    start = time.monotonic()
    assert esme.submit("2333", MOBILE, b"x").status == 0
    assert time.monotonic() - start >= 0.15


def test_a_dropped_response_leaves_the_message_delivered(smsc, esme):
    smsc.told(response_drop_next=1)
    lost = esme.send(SUBMIT_SM, submit_body("2333", MOBILE, b"uno"))
    esme.submit("2333", MOBILE, b"dos")
    assert all(pdu.sequence != lost for pdu in esme.pdus)
    assert [m["text"] for m in smsc.get("handsets/" + MOBILE)] == ["uno", "dos"]


def test_responses_come_out_of_order_when_shuffled(smsc, esme):
    smsc.told(response_shuffle=8)
    asked = [esme.send(SUBMIT_SM, submit_body("2333", MOBILE, b"x")) for _ in range(64)]
    answered = [esme.await_pdu(SUBMIT_SM | RESPONSE).sequence for _ in asked]
    assert sorted(answered) == asked and answered != asked


def test_the_connection_is_cut_instead_of_an_answer(smsc, esme):
    smsc.told(cut_on_submit=2)
    assert esme.submit("2333", MOBILE, b"uno").status == 0
    esme.send(SUBMIT_SM, submit_body("2333", MOBILE, b"dos"))
    assert esme.receive() is None
    assert [m["text"] for m in smsc.get("handsets/" + MOBILE)] == ["uno", "dos"]


def test_the_connection_is_cut_in_the_middle_of_an_answer(smsc, esme):
    smsc.told(cut_on_submit=1, cut_at="half")
    esme.send(SUBMIT_SM, submit_body("2333", MOBILE, b"x"))
    assert esme.receive() is None and 0 < len(esme.waiting) < 30


@pytest.mark.parametrize("how, error", [("fin", None), ("reset", ConnectionResetError)])
def test_a_connection_is_cut_by_fin_or_reset(smsc, esme, how, error):
    assert smsc.post("control/cut", how=how) == (200, {"done": 1})
    if error:
        with pytest.raises(error):
            esme.receive()
    else:
        assert esme.receive() is None


@pytest.mark.parametrize("order", ["silent", "mute_all", "stop_reading", "mute_enquire"])
def test_a_silent_smsc_keeps_the_connection_and_answers_nothing(smsc, esme, order):
    if order == "silent":
        smsc.post("control/cut", how="silent")
    else:
        smsc.told(**{order: 1})
    esme.send(ENQUIRE_LINK)
    esme.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        esme.receive()


def test_a_shut_door_refuses_and_opens_on_the_same_port(smsc):
    smsc.post("control/listen", open=0)
    with pytest.raises(ConnectionRefusedError):
        Esme(smsc.port)
    smsc.post("control/listen", open=1)
    with Esme(smsc.port) as esme:
        assert esme.bind().status == 0


def test_pdus_split_at_every_octet_are_the_same_pdus(smsc, esme):
    smsc.told(split=1, split_gap_ms=1)
    start = time.monotonic()
    answer = esme.submit("2333", MOBILE, b"x", registered=1)
    assert esme.deliver()["tlvs"][0x1E] == answer.message_id().encode() + b"\0"
    assert time.monotonic() - start > 0.15  # 200 octets, one a millisecond


def test_merged_pdus_come_in_one_segment(smsc, esme):
    smsc.told(merge=5, merge_ms=5000)
    for _ in range(5):
        esme.send(ENQUIRE_LINK)
    assert len(esme.socket.recv(65536)) == 5 * 16


def test_deliver_sm_comes_twice_when_told(smsc, esme):
    smsc.told(deliver_twice_next=1)
    smsc.post("handsets/" + MOBILE, to="2333", text="uno")
    first, second = esme.await_pdu(DELIVER_SM), esme.await_pdu(DELIVER_SM)
    assert first.body == second.body and first.sequence != second.sequence
    for pdu in (first, second):
        esme.send(ACK, b"\0", 0, pdu.sequence)
    smsc.until(lambda: smsc.stats()["delivers_pending"] == 0)
    assert smsc.get(f"handsets/{MOBILE}/thread")["messages"][0]["state"] == "acked"


def test_a_lost_acknowledgement_brings_the_answer_again(smsc, esme):
    smsc.told(deliver_deaf_next=1, deliver_timeout_ms=50)
    smsc.post("handsets/" + MOBILE, to="2333", text="uno")
    assert [esme.deliver()["text"], esme.deliver()["text"]] == [b"uno", b"uno"]


def test_raw_octets_and_garbage_reach_the_esme(smsc, esme):
    smsc.post("control/raw", hex="00000010 80000000 00000003 00000000")
    assert esme.receive().command == GENERIC_NACK
    smsc.post("control/garbage", octets=100)
    assert len(esme.socket.recv(65536)) == 100


def test_the_smsc_unbinds_and_hangs_up_when_answered(smsc, esme):
    smsc.post("control/unbind")
    unbind = esme.await_pdu(UNBIND)
    esme.send(UNBIND | RESPONSE, sequence=unbind.sequence)
    assert esme.receive() is None


@pytest.mark.parametrize("form, text, tlvs", [("text", True, False), ("tlv", False, True), ("both", True, True)])
def test_receipts_have_the_form_ordered(smsc, esme, form, text, tlvs):
    smsc.told(receipt_form=form, receipt_state="UNDELIV", receipt_error=34, id_style="hex", receipt_id="decimal")
    answer = esme.submit("2333", MOBILE, b"x", registered=1)
    number = str(int(answer.message_id(), 16)).encode()
    receipt = esme.deliver()
    assert (f"id:{number.decode()} ".encode() in receipt["text"] and b"stat:UNDELIV err:034" in receipt["text"]) == text
    assert (receipt["tlvs"] == {0x1E: number + b"\0", 0x427: b"\5"}) == tlvs
    assert smsc.get("handsets/" + MOBILE) == []


def test_a_receipt_comes_before_its_response_when_told(smsc, esme):
    smsc.told(receipts="before")
    esme.send(SUBMIT_SM, submit_body("2333", MOBILE, b"x", registered=1))
    assert [esme.receive().command, esme.receive().command] == [DELIVER_SM, SUBMIT_SM | RESPONSE]


@pytest.mark.parametrize("body, octets", [("none", b""), ("nul", b"\0"), ("tlv", None)])
def test_a_response_has_the_body_ordered(smsc, esme, body, octets):
    smsc.told(response_body=body)
    answer = esme.submit("2333", MOBILE, b"x")
    assert answer.body == octets if octets is not None else b"\0\x00\x1d" in answer.body


def test_sequence_numbers_begin_again_after_the_last(smsc, esme):
    smsc.told(sequence="0x7fffffff")
    for _ in range(2):
        smsc.post("control/enquire")
    assert [esme.await_pdu(ENQUIRE_LINK).sequence for _ in range(2)] == [0x7FFFFFFF, 1]


def test_a_wrong_fault_changes_none(smsc):
    before = smsc.get("control")
    for wrong in ({"throttle": 5, "nonsense": 1}, {"throttle": 5, "window": 0}, {"throttle": 5, "cut_at": "never"}):
        status, answer = smsc.post("control", **wrong)
        assert status == 400 and answer["error"]
    assert smsc.get("control") == before


# -- what it is sent that is not SMPP


@pytest.mark.parametrize("length", [0, 15, 70001, 0xFFFFFFFF])
def test_an_impossible_length_is_nacked_and_ends_the_connection(smsc, esme, length):
    esme.socket.sendall(struct.pack(">IIII", length, SUBMIT_SM, 0, 77))
    nack = esme.receive()
    assert (nack.command, nack.status, nack.sequence) == (GENERIC_NACK, 2, 77)
    assert esme.receive() is None


def test_an_unknown_command_is_nacked_and_the_connection_goes_on(smsc, esme):
    sequence = esme.send(0x00000ABC)
    nack = esme.await_pdu(GENERIC_NACK)
    assert (nack.status, nack.sequence) == (3, sequence)
    assert esme.ask(ENQUIRE_LINK).status == 0


@pytest.mark.parametrize("body, status", [(b"\0" * 5, 2), (b"x" * 300, 2), (submit_body("2333", MOBILE, b"x") + b"\4", 0xC0)])
def test_a_malformed_submit_is_answered_with_its_error(smsc, esme, body, status):
    assert esme.ask(SUBMIT_SM, body).status == status
    assert smsc.get("handsets/" + MOBILE) == []


@pytest.mark.parametrize("body", [b"{", b'{"to": }', b'{"to": "1", "text": "\\ud8"}', b"\0", b'["to"]', b'{"a":"b"}x'])
def test_malformed_json_is_refused(smsc, body):
    assert smsc.request("handsets/" + MOBILE, body, Content_Type="application/json")[0] == 400


def test_another_sites_page_cannot_write_sms(smsc):
    assert smsc.request("handsets/" + MOBILE, b"to=2333&text=x", Sec_Fetch_Site="cross-site")[0] == 403


# -- what it remembers


def test_the_log_has_every_field_of_a_submit(smsc, esme):
    last = smsc.stats()["log_last"]
    answer = esme.submit("2333", MOBILE, b"hola", registered=1, data_coding=0, validity=b"000000001500000R",
                         tlvs=[(0x1400, b"\1\2")])
    (entry,) = smsc.get(f"control/log?since={last}")
    expected = {"n": last + 1, "status": 0, "message_id": answer.message_id(), "system_id": "esme", "command": "submit_sm",
                "source": "2333", "destination": MOBILE, "short_message": b"hola".hex(), "text": "hola", "esm_class": 0,
                "validity_period": "000000001500000R", "registered_delivery": 1, "data_coding": 0,
                "tlvs": [{"tag": 0x1400, "value": "0102"}]}
    assert {name: entry[name] for name in expected} == expected


def test_a_handset_keeps_its_last_two_hundred_messages(smsc, esme):
    for n in range(203):
        esme.send(SUBMIT_SM, submit_body("2333", MOBILE, str(n).encode()))
    for _ in range(203):
        esme.await_pdu(SUBMIT_SM | RESPONSE)
    texts = [m["text"] for m in smsc.get("handsets/" + MOBILE)]
    assert texts == [str(n) for n in range(3, 203)]


def test_the_longest_untouched_handset_gives_way_and_a_switched_one_stays():
    with Smsc("--handsets", "3") as smsc, Esme(smsc.port) as esme:
        esme.bind()
        smsc.post("handsets/8090000001/switches", not_claro=1)
        for n in range(2, 10):
            esme.submit("2333", f"809000000{n}", b"x")
        assert {h["number"] for h in smsc.get("handsets")} == {"8090000001", "8090000008", "8090000009"}


def test_a_sink_counts_and_keeps_no_text(smsc, esme):
    smsc.told(sink="on")
    before = smsc.stats()["submits_ok"]
    assert esme.submit("2333", MOBILE, b"x", registered=1).status == 0
    assert b"stat:DELIVRD" in esme.deliver()["text"]
    assert smsc.get("handsets") == [] and smsc.stats()["submits_ok"] == before + 1


def test_a_load_is_acknowledged_and_measured(smsc, esme):
    status, _ = smsc.post("control/load", count=500, to="2333", numbers=10, rate=0, window=50, text="n {n}")
    assert status == 200
    deliveries = [esme.deliver() for _ in range(500)]
    assert [d["text"] for d in deliveries[:2]] == [b"n 1", b"n 2"] and len({d["source"] for d in deliveries}) == 10
    load = smsc.until(lambda: (lambda l: not l["running"] and l)(smsc.get("control/load")))
    assert load["acked"] == 500 and load["per_second"] > 0 and load["p50_us"] <= load["p99_us"] <= load["max_us"]


# -- others' clients, TLS, the command line


def net_smpp(smsc, *arguments):
    """What Net::SMPP saw: a list of (step, fields)."""
    process = subprocess.Popen(["perl", Path(__file__).with_name("net_smpp.pl"), str(smsc.port), *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process


def steps(output):
    for line in output.splitlines():
        step, *words = line.split(" ")
        yield step, {k: urllib.parse.unquote(v, "latin-1") for k, v in (word.split("=", 1) for word in words)}


def test_net_smpp_binds_submits_and_reads_its_receipt(smsc):
    output, errors = net_smpp(smsc, "transceiver", "1", "18095551234", "hola").communicate(timeout=30)
    said = dict(steps(output))
    assert errors == "" and [said[s]["status"] for s in ("bound", "submitted", "alive", "unbound")] == ["0"] * 4
    assert said["bound"]["system_id"] == "smsc"
    receipt, message_id = said["delivered"], said["submitted"]["message_id"]
    assert receipt["text"].startswith(f"id:{message_id} ") and "stat:DELIVRD" in receipt["text"]
    assert receipt["receipted_message_id"].rstrip("\0") == message_id
    assert smsc.get("handsets/" + MOBILE)[0]["text"] == "hola"


def test_net_smpp_receives_an_answer(smsc):
    smsc.post("handsets/" + MOBILE, to="2333", text="respuesta")
    output, errors = net_smpp(smsc, "receiver", "1").communicate(timeout=30)
    said = dict(steps(output))
    assert errors == ""
    assert (said["delivered"]["source"], said["delivered"]["destination"]) == ("18095551234", "2333")
    assert (said["delivered"]["text"], said["delivered"]["esm_class"]) == ("respuesta", "0")


def test_an_esme_binds_over_tls(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    with Smsc("--smpps", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key) as smsc:
        with Esme(smsc.tls_port) as esme:
            esme.socket = ssl.create_default_context(cafile=certificate).wrap_socket(esme.socket, server_hostname="localhost")
            assert esme.bind().status == 0
            assert esme.submit("2333", MOBILE, b"x" * 150).status == 0
            assert smsc.get("control/sessions")[0]["tls"] is True


def test_an_outbind_calls_an_esme(smsc):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        assert smsc.post("control/outbind", to=f"127.0.0.1:{server.getsockname()[1]}", system_id="smsc")[0] == 200
        called, _ = server.accept()
        with called:
            assert called.recv(100) == struct.pack(">IIII", 22, 0x0B, 0, 1) + b"smsc\0\0"


@pytest.mark.parametrize("options", [["--smpp", "nonsense"], ["--http", "127.0.0.1:99999"], ["--fault", "x=1"], ["--nothing"],
                                     ["--smpps", "127.0.0.1:0"], ["word"], ["--handsets", "-1"]])
def test_a_wrong_option_is_named(options):
    done = subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=10)
    assert done.returncode in (1, 2) and done.stderr


def test_the_readme_tells_every_fault_and_no_other():
    listed = subprocess.run([PROGRAM, "--faults"], capture_output=True, text=True, timeout=10).stdout
    told = (ROOT / "test" / "smsc" / "README.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.*) \|$", told.split("## Faults")[1], re.M)
    assert [list(row) for row in rows] == [line.split(None, 2) for line in listed.splitlines()]


def test_a_busy_port_is_said(smsc):
    done = subprocess.run([PROGRAM, "--smpp", f"127.0.0.1:{smsc.port}"], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 1 and "Address already in use" in done.stderr


def test_the_page_is_served_under_a_strict_policy(smsc):
    with urllib.request.urlopen(smsc.url, timeout=10) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for word in ("Apagado", "No es Claro", "Sin acuses", "Enviar SMS"):
        assert word in page


def test_the_direct_client_measures_submits_and_deliveries(smsc):
    done = subprocess.run([ROOT / "build" / "smsc-load", "--connect", f"127.0.0.1:{smsc.port}", "--submit", "2000",
                           "--receipts", "--receive", "2000"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^submit count=2000 .* refused=0 unanswered=0 ", done.stdout, re.M)
    assert re.search(r"^deliver count=2000 ", done.stdout, re.M)
