"""Walls behind walls: smppd's own quota, several machines, lists reloaded, memcached emptied at the worst moment."""

import signal
import socket
import threading
import time
from itertools import count

import pytest
from stack.part import wait_until
from stack.stack import Stack, watched
from stack.visitor import Visitor

NUMBERS = (f"849557{n:04d}" for n in count(1))
LIMITS = "SmsLimitConversations 4\nSmsLimitMobile 0\nSmsLimitMessages 0\nSmsLimitSameText 0\n"


@pytest.fixture(scope="module")
def options():
    return {"httpd": LIMITS, "smppd": {"mobile_hourly": 4}}


class Machine(Stack):
    """A further httpd of the same site."""

    def __init__(self, state, first, **options):
        super().__init__(state, only=("httpd",), **options)
        self.first, self.expected = first, first.expected
        (self.state / "secret").write_text((first.state / "secret").read_text())

    memcached_socket = property(lambda self: self.first.memcached_socket)
    socket = property(lambda self: self.first.socket)


@pytest.fixture(scope="module")
def machine(stack, tmp_path_factory):
    state = tmp_path_factory.mktemp("machine")
    with watched(Machine(state, stack, captcha="off", httpd=LIMITS + "SmsLinks on\n")) as running:
        yield running


def memcached(stack, line):
    with socket.socket(socket.AF_UNIX) as store:
        store.connect(str(stack.memcached_socket))
        store.sendall(line.encode() + b"\r\n")
        return store.recv(200)


@pytest.fixture(autouse=True)
def nobody_has_written_yet(stack):
    """All visitors here come from one address."""
    for counter in ("ac:127.0.0.1", "nc:127.0.0"):
        for window in (int(time.time()) // 3600, int(time.time()) // 3600 - 1):
            memcached(stack, f"delete smsi:l:{counter}:{window}")


def visitor_of(stack, address=None):
    visitor = Visitor(stack, address=address)
    visitor.open()
    return visitor


def test_smppd_refuses_what_the_modules_limits_let_through(stack):
    visitor, mobile = visitor_of(stack), next(NUMBERS)
    for n in range(4):
        visitor.write(mobile, f"mensaje {n}")
    asked = visitor.send(mobile, "uno de más")[1]
    status, headers, octets = visitor.request("POST", "verify", {"pending": asked["pending"], "code": visitor.code_of(asked["pending"])})
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 3600
    assert b"too-many-to-mobile" in octets and "Espera" in octets.decode()
    assert len(stack.handset_wait(mobile, 4)) == 4


def test_machines_of_one_site_count_together(stack, machine):
    for n in range(2):
        visitor_of(stack).write(next(NUMBERS), f"aquí {n}")
    told = [visitor_of(machine).send(next(NUMBERS), f"allá {n}")[0] for n in range(3)]
    assert told == [202, 202, 429]
    assert visitor_of(stack).send(next(NUMBERS), "aquí otra vez")[0] == 429


def test_a_session_of_one_machine_goes_on_at_another(stack, machine):
    visitor, mobile = visitor_of(stack), next(NUMBERS)
    first = visitor.write(mobile, "aquí")
    other = Visitor(machine)
    other.cookies = dict(visitor.cookies)
    status, second = other.send(mobile, "allá")
    assert (status, second["conversation"]) == (202, first["conversation"])


def test_an_address_that_no_proxy_vouches_for_is_ignored(machine):
    told = [visitor_of(machine, f"203.0.113.{n}").send(next(NUMBERS), f"Hola {n}")[0] for n in range(6)]
    assert told == [202] * 4 + [429] * 2
    assert "203.0.113" not in (machine.state / "log" / "audit.log").read_text()


def test_web_addresses_are_let_through_where_links_are_on(stack, machine):
    assert visitor_of(machine).send(next(NUMBERS), "mira ejemplo.com/x")[0] == 202
    status, answer = visitor_of(stack).send(next(NUMBERS), "mira ejemplo.com/x")
    assert (status, answer["field"]) == (422, "message")


def test_names_and_words_are_read_again_at_a_graceful_restart(stack):
    visitor = visitor_of(stack)

    def refused():
        visitor.close()
        visitor.name = "Zoraida"
        by_name = visitor.send(next(NUMBERS), "Hola")[1]
        visitor.close()  # a graceful restart ends kept connections
        visitor.name = "Ana"
        by_word = visitor.send(next(NUMBERS), "quiero marañones")[1]
        return by_name.get("field"), by_word.get("field")

    assert refused() == (None, None)
    for file, word in (("names.txt", "zoraida"), ("words.txt", "marañones")):
        with open(stack.state / "conf" / file, "a", encoding="utf-8") as text:
            text.write(f"\n{word}\n")
    stack.httpd_signal("graceful")
    wait_until(lambda: refused() == ("name", "message"), 10, "the new lists")


@pytest.mark.parametrize("writes_for_the_first_time", [True, False])
def test_memcached_emptied_between_claim_and_send_sends_once(stack, writes_for_the_first_time):
    """smppd answers too late: the same press once more must not send twice, in whose session ever it was."""
    stack.expect("SI0101", "SD0")
    visitor, mobile = visitor_of(stack), next(NUMBERS)
    if not writes_for_the_first_time:
        visitor.write(next(NUMBERS), "ya conversa")
    asked = visitor.send(mobile, "una sola vez")[1]
    code, answers = visitor.code_of(asked["pending"]), []
    press = threading.Thread(target=lambda: answers.append(visitor.verify(asked["pending"], code)))
    stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        press.start()
        wait_until(lambda: memcached(stack, f"get smsi:p:{asked['pending']}") == b"END\r\n", 2, "the claim")
        assert memcached(stack, "flush_all") == b"OK\r\n"
        press.join(10)
    finally:
        stack.part["smppd"].signal(signal.SIGCONT)
    status, answer = answers[0]
    assert status == 503 and answer["pending"] != asked["pending"]
    again = wait_until(lambda: (told := visitor.verify(answer["pending"], "")) and told[0] != 503 and told, 10, "smppd to hear again")
    assert again[0] == 202
    assert again[1]["conversation"] in [each["id"] for each in visitor.poll(after=0)[1]["conversations"]]
    assert visitor.verify(asked["pending"], code)[0] == 410
    assert visitor.write(mobile, "y otra")["message"] != again[1]["message"]
    assert sum("una sola vez" in sms["text"] for sms in stack.handset_wait(mobile, 2)) == 1
