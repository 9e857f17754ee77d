"""The SMSC and its ESMEs: binds, windows, what is sent that is not SMPP."""

import struct

import pytest
from esme import BIND_RECEIVER, BIND_TRANSMITTER, DELIVER_SM, ENQUIRE_LINK, GENERIC_NACK, RESPONSE, SUBMIT_SM, Esme, submit_body
from smsc import MOBILE, Smsc, esme, one, smsc  # noqa: F401

ACK = DELIVER_SM | RESPONSE


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
