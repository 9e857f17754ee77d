"""Beside mod_qos as its package ships it and mod_evasive as the manual says, visitors wait and chat; who is refused for a while is not sent home."""

import re
from pathlib import Path

import pytest
from stack.configuration import NO_LIMITS, module_directory
from stack.visitor import Visitor
from waiting import MPM, Waiting, replies, settled

# Debian 12 ships a mod_qos that does not name a library it needs.
PCRE = "".join(f"LoadFile {path}\n" for path in Path("/usr/lib").glob("*/libpcre.so.3"))
QOS = re.sub(r"^ *#(?=QS_)", "", Path("/etc/apache2/mods-available/qos.conf").read_text(), flags=re.M)
MANUAL = (Path(__file__).parents[2] / "mod_smsinteractivo" / "README.md").read_text()
EVASIVE = re.search(r"`(DOSPageCount \d+)` and `(DOSSiteCount \d+)`", MANUAL).groups()
LOOKED = 12  # seconds; mod_qos looks after slow connections every 5


@pytest.fixture(scope="module")
def options():
    limits = "\n".join([f"{PCRE}LoadModule qos_module {module_directory()}/mod_qos.so", QOS, *EVASIVE, "DOSBlockingPeriod 2\n"])
    return {"captcha": "off", "mpm_lines": MPM, "modules": ("unique_id", "evasive20"), "httpd": NO_LIMITS + limits}


def test_mod_qos_lets_a_poll_be_held_and_answered(stack):
    assert "QS_SrvRequestRate" in QOS and "QS_SrvMaxConnPerIP" in QOS
    visitor, queued = settled(stack, "8095670001")
    waiting = Waiting(visitor, wait=50)
    waiting.join(LOOKED)
    stack.handset_answer("8095670001", queued["code"], "uno")
    assert replies(waiting.over()[1]) == ["uno"] and waiting.seconds >= LOOKED


def test_mod_evasive_lets_a_lively_chat_pass(stack):
    visitor, queued = settled(stack, "8095670002")
    for nth in range(8):
        waiting = Waiting(visitor)
        stack.handset_answer("8095670002", queued["code"], f"rápido {nth}")
        assert waiting.over()[0] == 200


def refuse(stack, visitor):
    """Asks until mod_evasive holds off the whole address."""
    stack.expect("client denied by server configuration")
    for _ in range(1000):
        if visitor.poll(after=0)[0] == 403:
            return
    raise AssertionError("mod_evasive is not at work")


def test_a_page_that_was_refused_for_a_while_comes_back(stack, browser):
    browser.open("?new=1")
    browser.fill("8095670003", "hola")
    browser.press("#compose .primary")
    code = stack.handset_wait("8095670003", 1)[0]["from"]
    browser.wait(lambda: browser.text(".bubble .state") == "Entregado", "the message delivered")
    refuse(stack, Visitor(stack))
    stack.handset_answer("8095670003", code, "uno")
    browser.wait_for("#banner", "conexión")
    stack.handset_answer("8095670003", code, "dos")
    browser.wait(lambda: browser.text(".theirs .text").split() == ["uno", "dos"], "both answers", 30)
