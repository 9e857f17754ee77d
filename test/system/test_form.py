"""What comes in by a form: clear errors, nothing lost, nothing dead."""

import http.client
import socket
import time

import pytest
from stack.stack import fetch
from stack.visitor import Visitor

GOOD = {"name": "Ana", "number": "8095551234", "message": "Hola"}


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "httpd": "SmsLimitConversations 0\nSmsLimitSameText 0\nSmsLimitMobile 0"}


@pytest.fixture
def visitor(stack):
    fresh = Visitor(stack)
    fresh.open()
    return fresh


@pytest.mark.parametrize("field, value", [
    ("number", ""), ("number", "5551234"), ("number", "2125551234"), ("number", "809555123"), ("number", "8091551234"),
    ("number", "8095551234\r\nset x 0 0 1"), ("name", ""), ("name", "x" * 21), ("name", "C1aro"), ("name", "Ana 2333"),
    ("name", "ana.com"), ("message", ""), ("message", " \n "), ("message", "x" * 151), ("message", "mira evil.com"),
    ("message", "tu código de verificación"), ("message", "mira evil.\u0188om"), ("name", "\u0187laro"),
])
def test_a_wrong_field_is_named_with_what_to_do(visitor, field, value):
    status, answer = visitor.call("POST", "send", GOOD | {field: value})
    assert (status, answer["status"], answer["field"]) == (422, 422, field)
    assert answer["type"] == f"{field}-refused" and answer["title"] and len(answer["detail"]) > 15


def test_problems_are_told_as_rfc_9457_in_the_visitors_language(visitor):
    status, headers, octets = visitor.request("POST", "send", GOOD | {"number": "1"})
    assert headers["Content-Type"] == "application/problem+json" and "dígitos" in octets.decode()
    visitor.request("GET", "?lang=en")
    _, _, octets = visitor.request("POST", "send", GOOD | {"number": "1"})
    assert "digits" in octets.decode()


@pytest.mark.parametrize("body, status", [
    ("name=%GG", 400), ("name=%00", 400), ("name=%FF", 400), ("name=a&name=b", 400), ("name", 400), ("", 422),
    ("a=" + "x" * 4094, 422), ("a=" + "x" * 4095, 413), ("x" * 100000, 413), ("{}", 400), ("name=\0", 400),
])
def test_a_body_that_is_no_form_is_refused(stack, visitor, body, status):
    assert visitor.request("POST", "send", body=body)[0] == status
    assert fetch(stack.url + "health")[0] == 200


def test_another_content_type_is_refused(visitor):
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", ""):
        assert visitor.request("POST", "send", body="a=b", headers={"Content-Type": kind})[0] == 415


def chunked(stack, chunks):
    connection = http.client.HTTPConnection("127.0.0.1", stack.options["port"], timeout=30)
    connection.request("POST", "/sms/send", iter(chunks), {
        "Accept": "application/json", "Sec-Fetch-Site": "same-origin", "Transfer-Encoding": "chunked",
        "Content-Type": "application/x-www-form-urlencoded"}, encode_chunked=True)
    return connection.getresponse().status


def test_a_chunked_body_is_read_up_to_4_kib(stack):
    assert chunked(stack, [b"name=Ana&num", b"ber=809555", b"1234&message=Hola"]) == 202
    assert chunked(stack, [b"name="] + [b"a" * 1000] * 5) == 413


def test_a_slow_body_is_given_up_and_others_are_served(stack):
    with socket.create_connection(("127.0.0.1", stack.options["port"]), timeout=40) as slow:
        slow.sendall(b"POST /sms/send HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                     b"Content-Length: 100\r\n\r\nname=")
        begun = time.monotonic()
        assert fetch(stack.url + "health")[0] == 200
        assert b" 408 " in slow.recv(200)
        assert time.monotonic() - begun < 25


@pytest.mark.parametrize("method, path, status", [
    ("GET", "send", 405), ("GET", "verify", 405), ("POST", "poll", 405), ("POST", "", 405), ("PUT", "send", 405),
    ("GET", "nothing", 404), ("GET", "captcha/x.png", 404), ("GET", "captcha/" + "0" * 32 + ".gif", 404),
    ("GET", "static/page.html", 404), ("GET", "static/../page.html", 404), ("GET", "static/", 404),
])
def test_other_requests_are_refused(visitor, method, path, status):
    assert visitor.request(method, path)[0] == status


def test_what_a_person_writes_is_never_markup(stack, visitor):
    evil = "<script>alert(1)</script>&\"'"
    fields = GOOD | {"name": "<b>Ana</b>", "message": evil, "number": "8495551234"}
    visitor.name = fields["name"]
    queued = visitor.write(fields["number"], evil)
    stack.handset_wait(fields["number"], 1)
    stack.handset_answer(fields["number"], queued["code"], "<img src=x onerror=alert(2)>")
    visitor.event_wait("reply")
    _, _, octets = visitor.request("GET", "?c=" + queued["conversation"], headers={"Accept": "text/html"})
    page = octets.decode()
    for markup in ("<script>alert", "<b>Ana", "<img src=x"):
        assert markup not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&lt;img src=x" in page
    _, _, octets = visitor.request("POST", "send", fields | {"number": "\"><script>"}, headers={"Accept": "text/html"})
    assert b"\"><script>" not in octets


def test_what_may_be_a_sentence_or_an_address_arrives_as_no_link(stack, visitor):
    visitor.name = "Ana.no"
    visitor.write("8495551235", "Ya voy.me llamas. evil.no")
    visitor.name = "Ana"
    (sms,) = stack.handset_wait("8495551235", 1)
    assert sms["text"].startswith("Ana no (web): Ya voy,me llamas. evil,no\n")
    assert visitor.event_wait("sent", to="8495551235")[0]["text"] == "Ya voy,me llamas. evil,no"


def test_the_page_forbids_inline_code_and_third_parties(visitor):
    _, headers, octets = visitor.request("GET", "", headers={"Accept": "text/html"})
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert "http://" not in octets.decode().replace("http://www.w3.org", "")


def test_an_idempotency_key_sends_once(stack, visitor):
    fields = GOOD | {"number": "8095559001", "key": "k" * 32}
    answers = [visitor.call("POST", "send", fields)[1] for _ in range(3)]
    assert len({a["message"] for a in answers}) == 1
    other = visitor.call("POST", "send", fields | {"message": "otra cosa"})[1]
    assert other["message"] != answers[0]["message"]
    assert len(stack.handset_wait("8095559001", 2)) == 2
