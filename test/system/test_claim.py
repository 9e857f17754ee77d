"""The claim of a code is atomic by itself: of two presses that both found the draft, one alone reaches smppd."""

import pytest
from between import Between
from stack.stack import watched
from stack.visitor import Visitor
from test_limits_walls import Machine


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
    with watched(Slow(tmp_path_factory.mktemp("slow"), stack, store_wait="2s")) as running:
        yield running


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
