"""Beside mod_security, which reads every body and every answer, everything works and its rules hold; the old address leads to the page."""

import http.client

import pytest
from stack.configuration import NO_LIMITS
from stack.stack import ROOT, free_port
from stack.visitor import Visitor
from waiting import MPM, Waiting, held, replies, settled

SECURITY = """SecRuleEngine On
SecDataDir /tmp
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType application/json text/html
SecRule ARGS:message "@contains prohibido" "id:1,phase:2,deny,status:406"
SecRule RESPONSE_BODY "@contains secreto" "id:2,phase:4,deny,status:502"
"""


@pytest.fixture(scope="module")
def options():
    port = free_port()
    snippet = (ROOT / "conf" / "vhost-snippet.conf").read_text().replace("*:80>", f"*:{port}>").split("<VirtualHost *:443>")[0]
    return {"captcha": "off", "mpm_lines": MPM, "modules": ("unique_id", "security2"), "old": port,
            "httpd": NO_LIMITS + SECURITY + f"Listen 127.0.0.1:{port}\n{snippet}"}


def test_an_answer_wakes_a_held_poll(stack):
    visitor, queued = settled(stack, "8095660001")
    for text in ("uno", "dos"):
        waiting = Waiting(visitor)
        held(stack, 1)
        stack.handset_answer("8095660001", queued["code"], text)
        assert replies(waiting.over()[1]) == [text]


def test_a_rule_on_the_form_holds_for_a_message(stack):
    stack.expect("ModSecurity: Access denied")
    visitor = Visitor(stack)
    visitor.open()
    assert visitor.send("8095660002", "algo prohibido")[0] == 406
    assert visitor.send("8095660002", "algo permitido")[0] == 202


def test_a_rule_on_the_answer_holds_for_a_held_poll(stack):
    stack.expect("ModSecurity: Access denied")
    visitor, queued = settled(stack, "8095660003")
    waiting = Waiting(visitor)
    held(stack, 1)
    stack.handset_answer("8095660003", queued["code"], "un secreto")
    assert waiting.over()[0] == 502
    held(stack, 0)


def test_the_old_address_leads_to_the_page(stack):
    connection = http.client.HTTPConnection("127.0.0.1", stack.options["old"])
    connection.request("GET", "/", headers={"Host": "www.ideasclaro.com.do"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://www.claro.com.do/sms/")
