"""The SMSC misbehaves exactly as told."""

import time

import pytest
from esme import DELIVER_SM, ENQUIRE_LINK, GENERIC_NACK, RESPONSE, SUBMIT_SM, UNBIND, Esme, submit_body
from smsc import MOBILE, esme, one, smsc  # noqa: F401

ACK = DELIVER_SM | RESPONSE


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
