"""Beside mod_qos as its package ships it and mod_evasive as the manual says, visitors wait and chat; who is refused for a while is not sent home."""

import re
from pathlib import Path

import pytest
from stack.configuration import NO_LIMITS, module_directory
from stack.visitor import Visitor
from waiting import MPM, Waiting, replies

# Debian 12 ships a mod_qos that does not name a library it needs.
PCRE = "".join(f"LoadFile {path}\n" for path in Path("/usr/lib").glob("*/libpcre.so.3"))
QOS = re.sub(r"^ *#(?=QS_)", "", Path("/etc/apache2/mods-available/qos.conf").read_text(), flags=re.M)
MANUAL = (Path(__file__).parents[2] / "mod_smsinteractivo" / "README.md").read_text()
EVASIVE = re.search(r"`(DOSPageCount \d+)` and `(DOSSiteCount \d+)`", MANUAL).groups()
# A guard of the site's own, as strict as mod_evasive is to a whole address, for as long as the test likes.
REFUSING = "RewriteEngine on\nRewriteCond %{DOCUMENT_ROOT}/refusing -f\nRewriteRule ^/sms/poll - [F]\n"
LOOKED = 12  # seconds; mod_qos looks after slow connections every 5


@pytest.fixture(scope="module")
def options():
    limits = "\n".join([f"{PCRE}LoadModule qos_module {module_directory()}/mod_qos.so", QOS, *EVASIVE, REFUSING])
    return {"captcha": "off", "mpm_lines": MPM, "modules": ("unique_id", "evasive20"), "httpd": NO_LIMITS + limits}


def delivered(visitor, mobile):
    """A conversation whose message is there. By held polls: tests that ask many times a second are what mod_evasive is for."""
    queued = visitor.write(mobile, "Hola")
    for _ in range(9):
        if any(event.get("state") == "delivered" for event in visitor.poll(wait=10)[1]["events"]):
            return queued
    raise AssertionError("the message was not delivered")


def test_mod_qos_lets_a_poll_be_held_and_answered(stack):
    assert "QS_SrvRequestRate" in QOS and "QS_SrvMaxConnPerIP" in QOS
    visitor = Visitor(stack)
    queued = delivered(visitor, "8095670001")
    waiting = Waiting(visitor, wait=50)
    waiting.join(LOOKED)
    stack.handset_answer("8095670001", queued["code"], "uno")
    assert replies(waiting.over()[1]) == ["uno"] and waiting.seconds >= LOOKED


def test_mod_evasive_lets_a_lively_chat_pass(stack):
    visitor = Visitor(stack)
    queued = delivered(visitor, "8095670002")
    for nth in range(8):
        waiting = Waiting(visitor)
        stack.handset_answer("8095670002", queued["code"], f"rápido {nth}")
        assert waiting.over()[0] == 200


def test_a_page_that_was_refused_for_a_while_comes_back(stack, browser):
    refusing = stack.state / "htdocs" / "refusing"
    browser.open("?new=1")
    browser.fill("8095670003", "hola")
    browser.press("#compose .primary")
    code = stack.handset_wait("8095670003", 1)[0]["from"]
    browser.wait(lambda: browser.text(".bubble .state") == "Entregado", "the message delivered")
    refusing.touch()
    stack.handset_answer("8095670003", code, "uno")  # its poll is answered, the next one refused
    browser.wait_for("#banner", "conexión")
    refusing.unlink()
    stack.handset_answer("8095670003", code, "dos")
    browser.wait(lambda: browser.text(".theirs .text").split() == ["uno", "dos"], "both answers", 30)
