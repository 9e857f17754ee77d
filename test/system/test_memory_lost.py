"""memcached dies or hangs between the claim of a code and its message: nothing is sent twice, and no draft is lost."""

import re
import signal
import threading

import pytest
from stack.part import wait_until
from stack.visitor import Visitor
from test_limits_walls import memcached

MOBILE, TEXT, KEY = "8495580001", "una sola vez", "k" * 20


@pytest.fixture
def fresh(own_stack):
    own_stack.expect("SI0101", "SI0103", "SD")
    return own_stack


class Press(threading.Thread):
    """The right code, pressed in a browser without scripts while smppd is stopped: claimed, and not yet sent."""

    def __init__(self, stack, already_writes=False):
        super().__init__()
        self.stack, self.visitor, self.answer = stack, Visitor(stack), None
        self.visitor.open()
        if already_writes:
            self.visitor.write("8495580002", "ya conversa")
        self.pending = self.visitor.send(MOBILE, TEXT, KEY)[1]["pending"]
        self.code = self.visitor.code_of(self.pending)
        stack.part["smppd"].signal(signal.SIGSTOP)
        self.start()
        wait_until(lambda: memcached(stack, f"get smsi:p:{self.pending}") == b"END\r\n", 2, "the claim")

    def run(self):
        self.answer = self.visitor.request("POST", "verify", {"pending": self.pending, "code": self.code},
                                           headers={"Accept": "text/html"})

    def answered(self):
        self.join(10)
        return self.answer


def memcached_back(stack, way):
    if way == signal.SIGKILL:
        stack.start_memcached()
    else:
        stack.part["memcached"].signal(signal.SIGCONT)


def memcached_lost(stack, way):
    if way == signal.SIGKILL:
        stack.part["memcached"].kill()
    else:
        stack.part["memcached"].signal(signal.SIGSTOP)


def key_of(page):
    """Of the form that shows the draft again."""
    return re.search(rb'name="key" value="([^"]*)"', page)[1].decode()


def sent_again(press, key):
    """What the page does, by itself or pressed again: the kept draft once more, under its key."""

    def asked():
        status, answer = press.visitor.send(MOBILE, TEXT, key)
        if answer.get("state") == "captcha":
            status, answer = press.visitor.verify(answer["pending"])
        return (status, answer) if status != 503 else None

    return wait_until(asked, 20, "httpd and smppd both to reach memcached again")


def one_message(stack):
    """All that the mobile got, once something later has arrived too."""
    other = Visitor(stack)
    wait_until(lambda: other.request("GET", "")[0] == 200, 20, "the page")
    other.write(MOBILE, "de otra persona")
    wait_until(lambda: any("de otra persona" in sms["text"] for sms in stack.handset(MOBILE)), 10, "the later message")
    return sum(TEXT in sms["text"] for sms in stack.handset(MOBILE)) == 1


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
def test_memcached_lost_after_the_claim_keeps_the_draft_and_sends_once(fresh, way):
    press = Press(fresh)
    memcached_lost(fresh, way)
    fresh.part["smppd"].signal(signal.SIGCONT)
    status, headers, page = press.answered()
    assert status == 503 and int(headers["Retry-After"]) > 0
    assert TEXT in page.decode() and MOBILE in page.decode()
    memcached_back(fresh, way)
    status, answer = sent_again(press, key_of(page))
    assert status == 202, answer
    assert one_message(fresh)
    assert press.visitor.event_wait("sent", text=TEXT)


@pytest.mark.parametrize("already_writes", [False, True])
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
def test_memcached_lost_while_smppd_has_the_message_sends_once(fresh, way, already_writes):
    press = Press(fresh, already_writes)
    memcached_lost(fresh, way)
    status, _, page = press.answered()
    assert status == 503
    memcached_back(fresh, way)
    fresh.part["smppd"].signal(signal.SIGCONT)
    status, answer = sent_again(press, key_of(page))
    assert status == 202, answer
    assert one_message(fresh)
    assert press.visitor.event_wait("sent", text=TEXT)
