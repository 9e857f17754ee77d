"""What becomes of letters outside GSM-7 on a link that says so itself, and in notices."""

import json

import pytest
from daemon_stack import Session, mobiles, running
from stack.configuration import smppd_configuration
from stack.stack import fetch


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("letters"), codes="2333 2024", smppd={"letters": "translit"},
                 link={"letters": "unicode"}) as stack:
        yield stack


def write_configuration(daemon, **link):
    daemon.options["link"] = link
    (daemon.state / "conf" / "smppd-stack.conf").write_text(smppd_configuration(daemon))


def submitted(daemon, mobile):
    """data_coding and text of each submit_sm to a mobile."""
    entries = json.loads(fetch(f"{daemon.handset_url}control/log?limit=1000")[1])
    return [(e["data_coding"], e["text"]) for e in entries if e["destination"].endswith(mobile)]


def test_a_link_sends_the_letters_it_was_told_to_and_the_page_counts_with_them(daemon):
    door, mobile = daemon.client(), next(mobiles)
    assert door.greeting["policy"] == "unicode"
    sent = Session(door, "José").send(mobile, "mañana será otro día")
    daemon.handset_wait(mobile, 1)
    (first, *more) = submitted(daemon, mobile)
    assert first[0] == 8 and int(sent["parts"]) == len(more) + 1 == 2
    door.close()


@pytest.mark.parametrize("letters", ["translit", "spanish", "unicode"])
@pytest.mark.parametrize("way", ["udh", "sar", "payload"])
def test_a_long_message_arrives_whole_however_its_parts_are_marked(daemon, way, letters):
    write_configuration(daemon, letters=letters, long_messages=way)
    door, mobile, text = daemon.client(role="ctl"), next(mobiles), "¿Qué pasó, mamá? " * 8
    door.ask("reload")
    sent = Session(door).send(mobile, text)
    received = daemon.handset_wait(mobile, 1)[0]["text"]
    assert received.startswith("Ana (web): " + (text if letters != "translit" else text.replace("ó", "o").replace("á", "a")))
    assert len(submitted(daemon, mobile)) == int(sent["parts"]) and (sent["parts"] == "1") == (way == "payload")
    write_configuration(daemon, letters="unicode")
    door.ask("reload")
    door.close()


@pytest.mark.parametrize("coding", [0, 3])
def test_a_link_whose_default_alphabet_is_latin1_writes_and_reads_it(tmp_path, coding):
    with running(tmp_path, link={"alphabet": "latin1", "data_coding": coding}) as daemon:
        daemon.control(alphabet="latin1")
        door, mobile = daemon.client(), next(mobiles)
        ana = Session(door)
        code = ana.send(mobile, "¿qué, ñandú?")["code"]
        daemon.handset_wait(mobile, 1)
        (sent, text), = submitted(daemon, mobile)
        assert (sent, text.split("\n")[0]) == (coding, "Ana (web): ¿qué, ñandu?")
        daemon.handset_answer(mobile, code, "", hex="¡así, ñandú!".encode("latin1").hex(), data_coding=0)
        assert daemon.events_wait(ana.sid, "reply")[0]["text"] == "¡así, ñandú!"
        door.close()


def test_a_notice_is_one_sms_in_the_default_alphabet_whatever_the_visitor_is_called(daemon):
    door, mobile = daemon.client(), next(mobiles)
    ana = Session(door, "Ánge1 ‰‰‰‰‰‰‰‰‰‰‰‰ 😀")
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    before = len(submitted(daemon, mobile))
    daemon.handset_answer(mobile, sent["code"], "hola")
    daemon.handset_wait(mobile, 2)
    (notice,) = submitted(daemon, mobile)[before:]
    assert notice[0] == 0 and notice[1].startswith("Claro: tu respuesta fue entregada a Ange1 o/oo")
    door.close()
