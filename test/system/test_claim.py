"""A code is spent once on all machines of a site, and whatever of memcached's answers is missing nothing goes out unpaid or twice."""

from collections import Counter
from itertools import count

import pytest
from between import Between
from stack.octets import answer_of, posted, together
from stack.part import wait_until
from stack.stack import watched
from stack.visitor import Visitor
from test_limits_walls import Machine

NUMBERS = (f"849559{n:04d}" for n in count(1))
FEW_LIMITS = "SmsLimitConversations 1000\nSmsLimitPictures 1000\nSmsLimitMessages 1000\n"


@pytest.fixture(scope="module")
def options():
    return {"httpd": FEW_LIMITS}


@pytest.fixture(scope="module")
def way(stack):
    """What another machine of the site speaks to memcached through."""
    between = Between(stack.memcached_socket.with_name("between"), stack.memcached_socket)
    yield between
    between.close()


class Slow(Machine):
    memcached_socket = property(lambda self: self.first.memcached_socket.with_name("between"))


@pytest.fixture(scope="module")
def slow(stack, way, tmp_path_factory):
    with watched(Slow(tmp_path_factory.mktemp("slow"), stack, store_wait="2s", httpd=FEW_LIMITS)) as running:
        yield running


@pytest.fixture
def visitor(stack):
    fresh = Visitor(stack)
    fresh.open()
    return fresh


def asked(visitor, text="una sola vez"):
    """(mobile, pending, right code) of a new draft."""
    mobile = next(NUMBERS)
    pending = visitor.send(mobile, text + " " + mobile)[1]["pending"]
    return mobile, pending, visitor.code_of(pending)


@pytest.mark.parametrize("round", range(4))
def test_32_presses_at_two_machines_send_one_sms(stack, slow, visitor, round):
    mobile, pending, code = asked(visitor)
    before, told = stack.counter("sends"), Counter()
    press = posted(visitor, "verify", {"pending": pending, "code": code})
    for octets in together(stack, [press] * 32, slow):
        status, answer = answer_of(octets)
        told[status, answer.get("message")] += 1
    assert {status for status, _ in told} <= {202, 409, 410} and len([1 for status, _ in told if status == 202]) == 1, told
    assert stack.counter("sends") == before + 1
    assert len(stack.handset_wait(mobile, 1)) == 1


def test_32_wrong_presses_at_two_machines_use_up_the_tries(stack, slow, visitor):
    _, pending, code = asked(visitor)
    press = posted(visitor, "verify", {"pending": pending, "code": "!"})
    told = Counter(answer_of(octets)[1]["type"] for octets in together(stack, [press] * 32, slow))
    assert told["captcha-wrong"] == 4 and told["captcha-tries"] == 1 and sum(told.values()) == 32, told
    assert visitor.verify(pending, code)[0] == 410


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("lost, status", [(each, 503) for each in (
    "p:{pending}", "x:{pending}", "smsi:t:", "delete smsi:p:{pending}", "add smsi:m:", "smsi:l:st:", "smsi:l:am:", "smsi:l:nm:", "smsi:l:ac:", "smsi:l:nc:",
    "smsi:l:mc:{mobile}")] + [("set smsi:u:{pending}", 202), ("set smsi:h:", 202)])
def test_an_answer_of_memcached_that_is_missing_sends_nothing_unpaid_or_twice(stack, slow, way, visitor, lost, status, is_done):
    slow.expect("SI0103")
    mobile, pending, code = asked(visitor)
    elsewhere, before = visitor.twin(), stack.counter("sends")
    elsewhere.stack = slow
    way.drop, way.cut = not is_done, lost.format(pending=pending, mobile=mobile).encode()
    told, answer = elsewhere.verify(pending, code)
    for _ in range(5):
        if told == 503 and way.cut:  # a loaded machine did not come as far as that question
            told, answer = elsewhere.verify(answer.get("pending") or pending, code)
    assert way.cut is None and told == status, answer
    assert stack.counter("sends") == before + (status == 202)
    wait_until(lambda: elsewhere.call("GET", "health")[1]["memcached"] == "up", 10, "memcached to be found again")
    again, _ = elsewhere.verify(answer.get("pending") or pending, code)
    assert again == 202 or (again == 410 and ("p:" in lost or "u:" in lost))  # it was claimed, by nobody knows whom
    assert stack.counter("sends") == before + (202 in (told, again))


@pytest.mark.parametrize("faster, status, kind, sends", [
    (("verify", "{code}"), 202, "queued", 1),
    (("captcha", ""), 409, "in-progress", 0),
])
def test_of_two_that_found_a_draft_one_takes_it(stack, slow, way, faster, status, kind, sends):
    visitor = Visitor(stack)
    visitor.open()
    pending = visitor.send(f"849559000{sends}", "una sola vez")[1]["pending"]
    code, before, answers = visitor.code_of(pending), stack.counter("sends"), []
    late, soon = Visitor(slow), visitor.twin()
    late.cookies = dict(visitor.cookies)
    path, typed = faster
    way.before = lambda: answers.append(soon.call("POST", path, {"pending": pending, "code": typed.format(code=code)}))
    way.cut = b"delete smsi:p:" + pending.encode()
    told, answer = late.verify(pending, code)  # found the draft, and is about to claim it
    assert answers[0][0] in (200, 202)
    assert (told, answer.get("state") or answer["type"]) == (status, kind)
    assert stack.counter("sends") == before + sends
