"""Who a visitor is: the cookie, its change at the first code, and forms of other sites."""

import re
import socket
import time
import urllib.parse

import pytest
from stack.visitor import Visitor

COOKIE = re.compile(r"^smsi=([0-9a-f]{44}); Path=/sms/; HttpOnly; SameSite=Lax$")


@pytest.fixture(scope="module")
def options():
    return {"httpd": "SmsLimitConversations 0"}


@pytest.fixture
def visitor(stack):
    fresh = Visitor(stack)
    fresh.open()
    return fresh


def test_the_page_gives_a_cookie_of_128_bits_once(stack, visitor):
    status, headers, _ = Visitor(stack).request("GET", "", headers={"Accept": "text/html"})
    assert status == 200 and COOKIE.match(headers["Set-Cookie"])
    assert headers["Cache-Control"] == "no-store"
    _, headers, _ = visitor.request("GET", "", headers={"Accept": "text/html"})
    assert headers["Set-Cookie"] is None


def test_the_cookie_changes_with_the_first_code_and_the_old_one_sees_nothing(stack, visitor):
    planted = visitor.twin()
    before = dict(visitor.cookies)
    visitor.write("8295551001", "secreto")
    assert visitor.cookies["smsi"] != before["smsi"]
    assert planted.poll(after=0)[0] == 410
    assert visitor.poll(after=0)[0] == 200
    after = dict(visitor.cookies)
    visitor.write("8295551002", "otro")
    assert visitor.cookies == after  # once


def test_who_planted_a_cookie_gets_another_heir_by_a_code_of_his_own(stack, visitor):
    planted = visitor.twin()
    mine, his = visitor.send("8295551005", "hola")[1]["pending"], planted.send("8295551005", "hola")[1]["pending"]
    assert visitor.verify(mine)[0] == planted.verify(his)[0] == 202
    assert visitor.cookies["smsi"] != planted.cookies["smsi"]
    for each in (visitor, planted):
        assert len(each.poll(after=0)[1]["conversations"]) == 1


def test_a_cookie_of_our_form_that_nobody_has_is_nobody(stack):
    for cookie in ("0" * 44, "f" * 44, "x" * 44, "0" * 43, "0" * 32, "../../x", "a b", "%0d%0a"):
        guess = Visitor(stack)
        guess.cookies = {"smsi": cookie}
        status, answer = guess.poll(after=0)
        assert (status, answer["type"]) == (410, "session-over"), cookie


def remembered(stack):
    """Of each key of memcached: seconds it has left (-1: for ever) and its value."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(stack.memcached_socket))
        stream, left = line.makefile("rb"), {}
        line.sendall(b"lru_crawler metadump all\r\n")
        for entry in iter(stream.readline, b"END\r\n"):
            told = dict(w.split("=", 1) for w in entry.decode().split())
            left[urllib.parse.unquote(told["key"])] = int(told["exp"]) - (int(told["exp"]) > 0 and time.time())
        for key in left:
            line.sendall(f"get {key}\r\n".encode())
            yield key, left[key], b"".join(iter(stream.readline, b"END\r\n"))


def test_memcached_holds_neither_cookie_nor_code(stack, visitor):
    asked = visitor.send("8295551003", "hola")[1]
    code = visitor.code_of(asked["pending"])
    visitor.verify(asked["pending"])
    keys = 0
    for key, _, value in remembered(stack):
        assert visitor.cookies["smsi"].encode() not in value and code.encode() not in value, key
        assert visitor.cookies["smsi"] not in key
        keys += 1
    assert keys


LIVES = {"p": 301, "x": 301, "u": 301, "k": 301, "h": 301, "a": 301, "f": 3600, "t": 301, "m": 601, "l": 7201, "y": 86400}


def test_nothing_of_a_visitor_is_remembered_longer_than_it_is_needed(stack, visitor):
    asked = visitor.send("8295551008", "hola, y todo lo que se guarda")[1]
    assert visitor.request("GET", asked["audio"].removeprefix("/sms/"))[0] == 200
    visitor.verify(asked["pending"], "mal")
    visitor.call("POST", "report", {"conversation": visitor.verify(asked["pending"])[1]["conversation"]})
    assert visitor.send("8295551008", "otra sin código")[1]["state"] == "queued"
    visitor.send("8295551009", "y una que espera")
    found = {}
    for key, left, _ in remembered(stack):
        kind = key.removeprefix("smsi:").split(":")[0]
        if kind in LIVES:
            found.setdefault(kind, []).append(left)
    assert found.keys() == LIVES.keys()
    for kind, lives in found.items():
        assert 0 < min(lives) and max(lives) <= LIVES[kind] + 1, kind


@pytest.mark.parametrize("headers, allowed", [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "{ours}"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "{ours}"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({}, False),
])
def test_forms_of_other_sites_are_refused(stack, visitor, headers, allowed):
    visitor.origin = False
    ours = stack.url.removesuffix("/sms/")
    status, answer = visitor.call("POST", "extend", {"conversation": "x"},
                                  headers={k: v.format(ours=ours) for k, v in headers.items()})
    assert (status, answer["type"]) == ((404, "no-conversation") if allowed else (403, "foreign-form"))


def test_an_old_browser_proves_itself_by_the_forms_token(stack, visitor):
    visitor.origin = False
    token = re.search(r'name="token" value="([0-9a-f]{32})"', visitor.open())[1]
    assert visitor.call("POST", "extend", {"conversation": "x", "token": token})[0] == 404
    other = Visitor(stack, origin=False)
    other.open()
    assert other.call("POST", "extend", {"conversation": "x", "token": token})[0] == 403


@pytest.mark.parametrize("n, path", enumerate(["send", "verify", "captcha", "extend", "end", "report"]))
def test_no_form_of_another_site_does_anything(stack, visitor, n, path):
    """It comes with the visitor's cookie and all that could be guessed of his doings."""
    live = visitor.write(f"829555102{n}", "mío")["conversation"]
    asked = visitor.send(f"829555103{n}", f"espera {path}")[1]
    fields = {"name": "Ana", "number": f"829555102{n}", "message": "ajeno", "pending": asked["pending"],
              "code": visitor.code_of(asked["pending"]), "conversation": live}
    before = dict(visitor.cookies)
    visitor.origin = False
    for heads in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        assert visitor.call("POST", path, fields | {"token": "0" * 32}, headers=heads)[1]["type"] == "foreign-form"
    visitor.origin = True
    assert visitor.cookies == before and len(visitor.event_wait("sent")) == 1
    assert visitor.poll(after=0)[1]["conversations"][0]["state"] == "live"
    assert visitor.verify(asked["pending"])[0] == 202


def test_another_sites_form_makes_nobody_a_visitor(stack):
    stranger = Visitor(stack, origin=False)
    status, headers, _ = stranger.request("POST", "send", {"name": "Ana", "number": "8095551234", "message": "x"})
    assert status == 403 and headers["Set-Cookie"] is None


def test_end_forgets_and_gives_a_new_cookie(stack, visitor):
    visitor.write("8295551004", "adiós")
    before = visitor.twin()
    assert visitor.call("POST", "end", {})[0] == 200
    assert visitor.cookies["smsi"] != before.cookies["smsi"]
    assert before.poll(after=0)[0] == 410 and visitor.poll(after=0)[0] == 410
