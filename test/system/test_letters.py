"""What becomes of letters outside GSM-7 on a link that says so itself, and in notices."""

import json

import pytest
from daemon_stack import Session, mobiles, running
from stack.stack import fetch


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("letters"), codes="2333 2024", smppd={"letters": "translit"},
                 link={"letters": "unicode"}) as stack:
        yield stack


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
