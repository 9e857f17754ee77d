"""Requests no honest browser makes: other sites' forms, broken heads and bodies, injected lines."""

import html
import json
import re
import socket
import threading
import time

import pytest
from stack.octets import connected, exchange
from stack.stack import fetch
from stack.visitor import Visitor

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
OURS = b"Sec-Fetch-Site: same-origin\r\n"


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off",
            "httpd": "SmsLimitConversations 0\nSmsLimitSameText 0\nSmsLimitMobile 0\nSmsLimitMessages 0\n"
                     "<Location /tls>\nSetHandler smsinteractivo\nSmsSecureCookie on\n</Location>"}


class Trickle(threading.Thread):
    """A form that comes an octet at a time: each wait is short, the whole endless."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.connection, self.answer, self.begun = connected(stack), b"", time.monotonic()
        self.connection.sendall(b"POST /sms/send HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 4000\r\n\r\n")
        self.start()

    def run(self):
        self.connection.settimeout(0.3)
        while time.monotonic() - self.begun < 25 and not self.answer:
            try:
                self.connection.sendall(b"a")
                self.answer = self.connection.recv(200)
            except socket.timeout:
                continue
            except OSError:
                break
        self.took = time.monotonic() - self.begun
        self.connection.close()


@pytest.fixture(scope="module", autouse=True)
def trickles(stack):
    """They come while the other tests run."""
    return [Trickle(stack) for _ in range(20)]


@pytest.fixture(scope="module")
def visitor(stack):
    fresh = Visitor(stack)
    fresh.open()
    return fresh


def status_of(octets):
    return int(octets.split()[1])


def post(stack, head=b"", body=b"", path=b"/sms/send", length=True):
    told = b"Content-Length: %d\r\n" % len(body) if length else b""
    return exchange(stack, b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + FORM + head + told + b"\r\n" + body)


@pytest.mark.parametrize("head", [
    b"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Site: same-origin\r\n", b"Sec-Fetch-Site: same-origin, cross-site\r\n",
    b"Sec-Fetch-Site: SAME-ORIGIN\r\n", b"Origin: http://x.evil\r\n", b"Origin: http://evil\r\n", b"Origin: http://x:81\r\n",
    b"Origin: http://evil@x\r\n", b"Origin: http://x http://evil\r\n", b"Origin: http://evil/x\r\n", b"Origin: ftp://x\r\n",
    b"Origin: x\r\n", b"Referer: http://x/sms/\r\n",
])
def test_no_head_of_another_site_passes_for_ours(stack, head):
    assert status_of(post(stack, head, b"conversation=x", b"/sms/extend")) == 403


def test_under_tls_an_origin_without_it_is_foreign(stack):
    told = [status_of(post(stack, b"Origin: %s://x\r\n" % scheme, b"conversation=x", b"/tls/extend"))
            for scheme in (b"http", b"https")]
    assert told == [403, 404]


def test_under_tls_only_the_cookie_no_other_host_can_plant_counts(stack):
    page = exchange(stack, b"GET /tls/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: smsi=%s\r\n\r\n" % (b"a" * 44))
    assert re.search(rb"\r\nSet-Cookie: __Host-smsi=[0-9a-f]{44}; Path=/; HttpOnly; SameSite=Lax; Secure\r\n", page)


@pytest.mark.parametrize("head, status", [
    (b"X-Forwarded-For: 1.2.3.4\0\r\n", 400), (b"Cookie: smsi=a\0b\r\n", 400), (b"Cookie: smsi=\x01\r\n", 400),
    (b"Content-Length: -1\r\n", 400), (b"Content-Length: 3\r\nContent-Length: 4\r\n", 400),
    (b"Content-Length: 99999999999999999999\r\n", 400), (b"Content-Length: 4097\r\nExpect: 100-continue\r\n", 413),
    (b"Transfer-Encoding: chunked, identity\r\n", 400), (b"Transfer-Encoding: x\r\n", 400),
])
def test_a_broken_head_is_refused_without_waiting_for_a_body(stack, head, status):
    assert status_of(post(stack, OURS + head, length=False)) == status


@pytest.mark.parametrize("body, status", [
    (b"ffffffffffffffff\r\n", (400, 413)), (b"zz\r\n", (400,)), (b"1001\r\n" + b"a" * 4097 + b"\r\n0\r\n\r\n", (413,)),
    (b"3;" + b"x" * 9000 + b"\r\na=b\r\n0\r\n\r\n", (400, 413)),
])
def test_a_broken_chunk_is_refused(stack, body, status):
    assert status_of(post(stack, OURS + b"Transfer-Encoding: chunked\r\n", body, length=False)) in status


def test_a_length_beside_chunks_smuggles_no_second_request(stack):
    smuggled = b"0\r\n\r\nGET /sms/health HTTP/1.1\r\nHost: x\r\n\r\n"
    octets = exchange(stack, b"POST /sms/send HTTP/1.1\r\nHost: x\r\n" + FORM + OURS +
                      b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
    assert octets.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("value", ["%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "%00", "%0", "%FE"])
def test_what_is_no_utf8_is_refused(stack, value):
    assert status_of(post(stack, OURS, b"name=" + value.encode())) == 400


def test_a_field_twice_is_refused_however_it_is_written(stack):
    assert status_of(post(stack, OURS, b"name=a&na%6De=b")) == 400


@pytest.mark.parametrize("field", ["conversation", "pending"])
@pytest.mark.parametrize("value", ["x\r\nnews session=a", "\n", "a b", "%", "../x", "é", "x" * 3000, "a=b", "0" * 32 + "\r\n"])
def test_nothing_typed_breaks_out_of_its_field(visitor, field, value):
    told = {path: visitor.call("POST", path, {field: value})[0] for path in
            (("extend", "end", "report") if field == "conversation" else ("verify", "captcha"))}
    assert set(told.values()) <= {404, 410}, told


def test_a_key_of_any_octets_is_only_a_key(visitor):
    visitor.write("8095557001", "uno")
    for n, key in enumerate(("a\r\nset x 0 0 1", " ", "é" * 20, "x" * 200, "%", "a=b c=d")):
        status, answer = visitor.send("8095557001", f"clave {n}", key)
        assert (status, answer["state"]) == (202, "queued"), key


EVIL = ["<script>alert(1)</script>", "</textarea><script>", "]]>-->\"'`", "{{token}}{{{texts}}}", "a\r\nSet-Cookie: x=y",
        "\u202eltr\u2066", "\x1b[31m", "&lt;b&gt;", "</script><img src=x onerror=alert(1)>", "\u2028\u2029"]


def test_the_mobiles_answer_is_text_wherever_it_is_shown(stack, visitor):
    mobile = "8095557002"
    queued = visitor.write(mobile, "¿qué dices?")
    stack.handset_wait(mobile, 1)
    for text in EVIL:
        stack.handset_answer(mobile, queued["code"], text)
    stack.handset_answer(mobile, queued["code"], "", hex="003c00000042d800", data_coding=8)
    events = visitor.event_wait("reply", len(EVIL) + 1)
    shown = "".join(event["text"] for event in events)
    assert not set(shown) & set("\0\x1b\r\u202e\u2066\u2028") and "<script>alert(1)</script>" in shown
    _, headers, octets = visitor.request("GET", "poll?after=0")
    assert headers["X-Content-Type-Options"] == "nosniff" and not re.search(rb"[<>&]", octets)
    _, headers, octets = visitor.request("GET", "?c=" + queued["conversation"], headers={"Accept": "text/html"})
    page = octets.decode()
    assert headers["Set-Cookie"] is None and "x=y" not in str(headers)
    for mark in ("<script>alert", "</textarea><script>", "<img", "\x1b", "\u202e"):
        assert mark not in page, mark
    assert html.escape(EVIL[0]) in page and "{{token}}" in page


def test_data_blocks_hold_no_text_of_anybody(stack, visitor):
    page = visitor.open()
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert blocks
    for block in blocks:
        assert "<" not in block and isinstance(json.loads(block), dict)


@pytest.mark.parametrize("where", ["?c=\"><script>", "?p='><script>", "?lang=\"><script>", "?to=<script>", "?new=\"><script>",
                                   "?reported=<script>", "poll?after=<script>", "captcha/<script>.png", "static/<script>"])
def test_nothing_of_the_address_is_echoed(visitor, where):
    _, _, octets = visitor.request("GET", where.replace("<", "%3C").replace(">", "%3E").replace('"', "%22"),
                                   headers={"Accept": "text/html"})
    assert b"><script>" not in octets and b"=<script" not in octets


def test_forms_that_trickle_are_given_up_and_others_are_served(stack, trickles):
    assert fetch(stack.url + "health")[0] == 200
    for trickle in trickles:
        trickle.join(25)
        assert b" 408 " in trickle.answer and trickle.took < 20, (trickle.answer, trickle.took)
