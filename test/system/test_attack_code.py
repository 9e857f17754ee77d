"""What an abuser tries to get a message out without its code, or out of another's session. Each visitor has an address of his own."""

import hashlib
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from stack.part import wait_until
from stack.octets import answer_of, posted, together
from stack.visitor import Visitor

NUMBERS = (f"829556{n:04d}" for n in count(1))
ADDRESSES = (f"198.52.{n // 200}.{n % 200 + 1}" for n in count(1))


@pytest.fixture(scope="module")
def options():
    return {"codes": " ".join(str(n) for n in range(2001, 2009)),
            "httpd": "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nSmsLimitSameText 0\n"
                     "SmsLimitPictures 12\nSmsLimitRecordings 3\nSmsLimitProofs 1"}


@pytest.fixture
def visitor(stack):
    return visitor_at(stack, next(ADDRESSES))


def visitor_at(stack, address):
    visitor = Visitor(stack, address=address)
    visitor.open()
    return visitor


def pending_of(visitor, text="Hola", number=None):
    status, answer = visitor.send(number or next(NUMBERS), text)
    assert status == 202 and answer["state"] == "captcha", (status, answer)
    return answer


def memcached(stack, line):
    with socket.socket(socket.AF_UNIX) as store:
        store.connect(str(stack.memcached_socket))
        store.sendall(line.encode() + b"\r\n")
        return store.recv(200)


def path_of(url):
    return url.removeprefix("/sms/")


def solve(pending, bits):
    begin, nonce = hashlib.sha256(f"{pending}:".encode()), 0
    while True:
        nonce += 1
        hash_ = begin.copy()
        hash_.update(str(nonce).encode())
        if int.from_bytes(hash_.digest()[:8], "big") >> (64 - bits) == 0:
            return nonce


# -- memcached emptied, races

def test_memcached_emptied_before_the_code_sends_nothing(stack, visitor):
    mobile = next(NUMBERS)
    asked = pending_of(visitor, "antes", mobile)
    code = visitor.code_of(asked["pending"])
    assert memcached(stack, "flush_all") == b"OK\r\n"
    assert visitor.request("GET", path_of(asked["image"]))[0] == 404
    assert visitor.call("POST", "captcha", {"pending": asked["pending"]})[0] == 410
    assert visitor.verify(asked["pending"], code)[1]["type"] == "captcha-gone"
    again = pending_of(visitor, "antes", mobile)  # and the form sent once more goes out once
    assert again["pending"] != asked["pending"] and visitor.verify(again["pending"])[0] == 202
    assert len(stack.handset_wait(mobile, 1)) == 1


def test_a_code_and_its_renewal_at_once_send_one_sms(stack):
    for _ in range(4):
        visitor = visitor_at(stack, next(ADDRESSES))
        mobile = next(NUMBERS)
        asked = pending_of(visitor, "carrera", mobile)
        code = visitor.code_of(asked["pending"])
        told = [answer_of(a) for a in together(stack, [
            posted(visitor, path, fields) for path, fields in
            [("verify", {"pending": asked["pending"], "code": code}), ("captcha", {"pending": asked["pending"]})] * 8])]
        renewed = [answer for status, answer in told if status == 200]
        sent = {answer["message"] for status, answer in told if status == 202}
        assert len(renewed) + len(sent) == 1, told
        if renewed:
            assert visitor.verify(renewed[0]["pending"])[0] == 202
        stack.handset_wait(mobile, 1)
        assert len(stack.handset(mobile)) == 1


def test_of_many_messages_at_once_only_two_go_without_a_code(stack, visitor):
    mobile = next(NUMBERS)
    visitor.write(mobile, "con código")
    told = [answer_of(a)[1].get("state") for a in together(stack, [
        posted(visitor, "send", {"name": "Ana", "number": mobile, "message": f"sin código {n}"}) for n in range(24)])]
    assert Counter(told)["queued"] == 2, told


def test_memcached_emptied_gives_no_messages_without_a_code(stack, visitor):
    mobile = next(NUMBERS)
    visitor.write(mobile, "con código")
    assert [visitor.send(mobile, f"sin código {n}")[1]["state"] for n in range(2)] == ["queued"] * 2
    visitor.event_wait("state", 3, state="delivered")  # what is under way is no longer put back
    assert memcached(stack, "flush_all") == b"OK\r\n"
    wait_until(lambda: visitor.poll(after=0)[0] == 200, 10, "smppd to put the conversation back")
    assert visitor.send(mobile, "tres sin respuesta")[1]["state"] == "captcha"


def test_an_answer_gives_three_messages_more_without_a_code(stack, visitor):
    mobile = next(NUMBERS)
    queued = visitor.write(mobile, "con código")
    stack.handset_wait(mobile, 1)
    stack.handset_answer(mobile, queued["code"], "dime")
    visitor.event_wait("reply")
    states = [visitor.send(mobile, f"sigo {n}")[1]["state"] for n in range(4)]
    assert states == ["queued"] * 3 + ["captcha"]


# -- one draft, several windows

def test_a_form_sent_again_after_its_code_sends_nothing(stack, visitor):
    fields = {"name": "Ana", "number": next(NUMBERS), "message": "una vez", "key": "k" * 32}
    first = visitor.verify(visitor.call("POST", "send", fields)[1]["pending"])[1]
    status, again = visitor.call("POST", "send", fields)
    assert (status, again["message"]) == (202, first["message"])
    stack.handset_wait(fields["number"], 1)
    assert len(visitor.event_wait("sent")) == 1


def test_another_windows_draft_outlives_the_change_of_session(stack, visitor):
    first, second = next(NUMBERS), next(NUMBERS)
    asked, waiting = pending_of(visitor, "primera ventana", first), pending_of(visitor, "segunda ventana", second)
    before = dict(visitor.cookies)
    assert visitor.verify(asked["pending"])[0] == 202 and visitor.cookies != before
    assert visitor.request("GET", path_of(waiting["image"]))[0] == 200
    status, queued = visitor.verify(waiting["pending"])
    assert (status, queued["state"]) == (202, "queued")
    assert len(visitor.poll(after=0)[1]["conversations"]) == 2


def test_drafts_that_waited_together_open_no_more_than_a_session_may(visitor):
    asked = [pending_of(visitor, f"ventana {n}", next(NUMBERS)) for n in range(6)]
    told = [visitor.verify(each["pending"]) for each in asked]
    assert [status for status, _ in told] == [202] * 5 + [429]
    refused = told[5][1]
    assert refused["paid"] and "conversaciones abiertas" in refused["detail"] and 0 < refused["retry_in"] <= 300
    assert visitor.verify(refused["pending"], "-")[0] == 429
    assert len(visitor.poll(after=0)[1]["conversations"]) == 5


# -- guessing and harvesting

def test_fresh_pictures_gain_no_tries_beyond_the_limit(visitor):
    asked = pending_of(visitor)
    for _ in range(12 * 5):
        status, answer = visitor.verify(asked["pending"], "!")
        if status == 429:
            break
        asked = answer if answer["type"] == "captcha-tries" else asked
    assert status == 429 and int(answer["retry_in"]) > 0


def test_pictures_drawn_anew_are_counted_and_the_last_one_stays_good(visitor):
    asked = pending_of(visitor)
    for _ in range(11):
        status, asked = visitor.call("POST", "captcha", {"pending": asked["pending"]})
        assert status == 200
    status, headers, _ = visitor.request("POST", "captcha", {"pending": asked["pending"]})
    assert status == 429 and int(headers["Retry-After"]) > 0
    assert visitor.verify(asked["pending"])[0] == 202


def test_pictures_of_one_ipv6_network_are_counted_together(stack):
    told = [visitor_at(stack, f"2001:db8:5:6::{n:x}").send(next(NUMBERS), f"foto {n}")[0] for n in range(1, 15)]
    assert told == [202] * 12 + [429] * 2


def test_recordings_are_the_same_octets_and_few(visitor):
    asked = pending_of(visitor)
    heard = [visitor.request("GET", path_of(asked["audio"])) for _ in range(4)]
    assert [status for status, _, _ in heard] == [200] * 3 + [429]
    assert len({octets for _, _, octets in heard[:3]}) == 1 and int(heard[3][1]["Retry-After"]) > 0


def test_a_proof_of_work_pays_one_draft_once_and_few_an_hour(stack, visitor):
    asked, other = pending_of(visitor, "trabajo", next(NUMBERS)), pending_of(visitor, "otro", next(NUMBERS))
    nonce = solve(asked["pending"], asked["work"])
    for wrong in (f"w0{nonce}", f"w{nonce} ", f"x{nonce}"):
        assert visitor.verify(asked["pending"], wrong)[1]["type"] == "captcha-wrong", wrong
    assert visitor.verify(other["pending"], f"w{nonce}")[1]["type"] == "captcha-wrong"
    counter = f"smsi:l:pw:{visitor.address}:{int(time.time()) // 3600}"
    assert memcached(stack, f"set {counter} 0 600 1\r\n1") == b"STORED\r\n"
    status, headers, octets = visitor.request("POST", "verify", {"pending": asked["pending"], "code": f"w{nonce}"})
    assert status == 429 and int(headers["Retry-After"]) > 0 and b"too-many" in octets
    assert memcached(stack, f"delete {counter}") == b"DELETED\r\n"
    status, first = visitor.verify(asked["pending"], f"w{nonce}")
    assert status == 202
    assert visitor.verify(asked["pending"], f"w{nonce}")[1]["message"] == first["message"]
    assert pending_of(visitor)["work"] == asked["work"] + 1
    assert visitor.call("POST", "captcha", {"pending": other["pending"]})[1]["work"] == asked["work"] + 1


# -- others' sessions

@pytest.mark.parametrize("path", ["extend", "end", "report"])
def test_anothers_conversation_is_answered_as_an_unknown_one(stack, visitor, path):
    theirs = visitor.write(next(NUMBERS), "mío")["conversation"]
    thief = visitor_at(stack, next(ADDRESSES))
    thief.write(next(NUMBERS), "otro")
    assert thief.call("POST", path, {"conversation": theirs}) == thief.call("POST", path, {"conversation": "0" * 16})
    assert visitor.poll(after=0)[1]["conversations"][0]["state"] == "live"


def test_anothers_draft_can_neither_be_seen_nor_heard_nor_renewed(stack, visitor):
    asked = pending_of(visitor, "privado")
    thief = visitor_at(stack, next(ADDRESSES))
    thief.write(next(NUMBERS), "otro")  # he continues a session as well
    for ending in (".png", "-dark.png", ".wav"):
        told = [thief.request("GET", f"captcha/{pid}{ending}")[::2] for pid in (asked["pending"], "0" * 32)]
        assert told[0] == told[1] and told[0][0] == 404
    told = [thief.call("POST", "captcha", {"pending": pid}) for pid in (asked["pending"], "0" * 32)]
    assert told[0] == told[1] and told[0][0] == 410
    page = thief.request("GET", f"?p={asked['pending']}", headers={"Accept": "text/html"})[2]
    assert b"privado" not in page


def test_whether_a_number_opted_out_is_told_only_for_a_code(stack, visitor):
    mobile = next(NUMBERS)
    assert stack.ask(f"optout-add mobile={mobile}")["answer"] == "ok"
    asked, usual = pending_of(visitor, "hola", mobile), pending_of(visitor, "hola")
    assert asked.keys() == usual.keys()
    assert visitor.verify(asked["pending"])[1]["type"] == "opted-out"


def test_whether_others_write_to_a_number_is_told_only_for_a_code(stack, visitor):
    mobile = next(NUMBERS)
    for n in range(6):
        visitor_at(stack, next(ADDRESSES)).write(mobile, f"soy {n}")
    asked, usual = pending_of(visitor, "hola", mobile), pending_of(visitor, "hola")
    assert asked.keys() == usual.keys()
    status, answer = visitor.verify(asked["pending"])
    assert (status, answer["type"]) == (429, "too-many-to-mobile") and answer["retry_in"] > 0
    again = visitor.verify(answer["pending"], "no")  # the text waits, and its code is paid
    assert (again[0], again[1]["type"]) == (429, "too-many-to-mobile")
    assert len(stack.handset(mobile)) == 6


def test_a_planted_cookie_beside_ours_shows_nothing(stack, visitor):
    visitor.write(next(NUMBERS), "mío")
    ours = visitor.cookies["smsi"]
    for planted in (f"smsi={'0' * 32}; smsi={ours}", f"smsi=; smsi={ours}", f'smsi="{ours}"', f"SMSI={ours}", f"smsi={ours}x"):
        other = Visitor(stack, address=next(ADDRESSES))
        assert other.call("GET", "poll?after=0", headers={"Cookie": planted})[0] == 410, planted
    other = Visitor(stack, address=next(ADDRESSES))
    assert other.call("GET", "poll?after=0", headers={"Cookie": f"x=smsi={'0' * 32}; smsi={ours}"})[0] == 200


# -- the audit trail and the logs

def test_nobody_fills_the_audit_trail_for_nothing(stack, visitor):
    trail = stack.state / "log" / "audit.log"
    queued = visitor.write(next(NUMBERS), "mío")
    lines = len(trail.read_text().splitlines())
    for _ in range(5):
        stranger = Visitor(stack, address=next(ADDRESSES))
        assert stranger.call("POST", "end", {})[0] == 200
        assert visitor.call("POST", "report", {"conversation": queued["conversation"]})[0] == 202
    assert len(trail.read_text().splitlines()) == lines + 1


def test_no_log_holds_a_text_or_a_whole_number(stack, visitor):
    mobile = next(NUMBERS)
    queued = visitor.write(mobile, "palabra-del-visitante")
    stack.handset_wait(mobile, 1)
    stack.handset_answer(mobile, queued["code"], "palabra-del-movil")
    visitor.event_wait("reply")
    visitor.call("POST", "report", {"conversation": queued["conversation"]})
    wait_until(lambda: queued["conversation"] in stack.log("httpd"), 10, "the report in the log")
    logs = {name: stack.log(name) for name in ("httpd", "smppd", "access", "audit")}
    logs["metrics"] = visitor.request("GET", "metrics", headers={"X-Forwarded-For": "127.0.0.1"})[2].decode()
    assert "smsinteractivo_" in logs["metrics"]
    for name, text in logs.items():
        assert "palabra-del" not in text, name
        assert (mobile in text) == (name == "audit"), name
    assert (stack.state / "log" / "audit.log").stat().st_mode & 0o777 == 0o600


def test_posts_of_many_visitors_at_once_each_send_their_own(stack):
    def write(n):
        mobile = next(NUMBERS)
        visitor_at(stack, f"198.53.0.{n + 1}").write(mobile, f"de {n}")
        return mobile

    with ThreadPoolExecutor(16) as pool:
        mobiles = list(pool.map(write, range(16)))
    for n, mobile in enumerate(mobiles):
        assert [f"de {n}" in message["text"] for message in stack.handset_wait(mobile, 1)] == [True]
