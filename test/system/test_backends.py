"""A back end that is down: httpd starts, says so once, answers 503, and goes on by itself."""

import signal
import socket
import time

import pytest
from stack.configuration import HTTPD, httpd_configuration
from stack.part import wait_until
from stack.stack import Stack, fetch
from stack.visitor import Visitor


@pytest.fixture
def options():
    return {"captcha": "off", "httpd": "SmsLimitConversations 0\nSmsLimitSameText 0"}


def lines(stack, log_id):
    """Those logged with this id, once there is one: what httpd wrote may still be on its way to the file."""
    return wait_until(lambda: [line for line in stack.log("httpd").splitlines() if log_id in line], 5, log_id)


def flush(stack):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(stack.memcached_socket))
        line.sendall(b"flush_all\r\n")
        assert line.recv(64) == b"OK\r\n"


def test_smppd_gone_is_503_with_retry_after_and_one_line_each_way(own_stack):
    own_stack.expect("SI0101", "SD0007")
    visitor = Visitor(own_stack)
    visitor.write("8095553001", "uno")
    own_stack.part["smppd"].kill()
    for n in range(5):
        status, headers, _ = visitor.request("POST", "send", {"name": "Ana", "number": "8095553001", "message": f"m{n}"})
        assert status == 503 and int(headers["Retry-After"]) > 0
    assert visitor.poll(after=0)[0] == 200  # what was said can still be read
    assert fetch(own_stack.url + "health")[0] == 503
    assert len(lines(own_stack, "SI0101")) == 1
    own_stack.start_smppd()
    wait_until(lambda: visitor.send("8095553001", "dos")[0] == 202, 10, "the module to find smppd")
    assert len(lines(own_stack, "SI0102")) == 1


def test_memcached_gone_is_503_and_comes_back_with_the_conversation(own_stack):
    own_stack.expect("SI0103", "SD")
    visitor = Visitor(own_stack)
    visitor.write("8095553002", "uno")
    visitor.poll()
    own_stack.part["memcached"].kill()
    for _ in range(3):
        assert visitor.poll()[0] == 503
        assert visitor.send("8095553003", "x")[0] == 503
    status, _, page = visitor.request("GET", "", headers={"Accept": "text/html"})
    assert status == 503 and b"compose" in page
    assert len(lines(own_stack, "SI0103")) == 1
    own_stack.start_memcached()
    wait_until(lambda: visitor.poll(after=0)[0] == 200, 20, "the conversation to be refilled")
    assert len(lines(own_stack, "SI0104")) == 1


def test_a_hung_memcached_has_the_time_that_the_administrator_gives_it(own_stack):
    own_stack.expect("SI0103", "SD")
    visitor = Visitor(own_stack)
    visitor.write("8095553005", "uno")
    own_stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        assert visitor.poll()[0] == 503
        assert 0.9 < time.monotonic() - begun < 2.5  # SmsStoreWait 1s; by default it is a tenth of that
    finally:
        own_stack.part["memcached"].signal(signal.SIGCONT)


def test_a_flush_ends_no_session(own_stack):
    own_stack.expect("SD")
    visitor = Visitor(own_stack)
    visitor.write("8095553004", "uno")
    visitor.poll()
    flush(own_stack)

    def answered():
        status, _ = visitor.poll(after=visitor.cursor)
        assert status in (200, 503), status
        return status == 200

    wait_until(answered, 20, "smppd to refill")


def test_memcached_and_httpd_restarted_together_end_no_session(own_stack):
    """smppd is stopped meanwhile, so that what it puts back comes late."""
    own_stack.expect("SI0101", "SI0103", "SD")
    visitor = Visitor(own_stack)
    conversation = visitor.write("8095553006", "uno")["conversation"]
    visitor.poll()
    screen = {"Accept": "text/html"}
    own_stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        own_stack.part["memcached"].kill()
        own_stack.start_memcached()
        own_stack.httpd_signal("restart")
        wait_until(lambda: "resuming" in own_stack.log("httpd").split("SIGHUP")[-1], 10, "httpd after the restart")
        begun = time.monotonic()
        while time.monotonic() - begun < 6:  # nobody knows how long smppd needs
            assert [visitor.poll()[0], visitor.poll(after=0)[0], visitor.call("POST", "extend", {})[0]] == [503, 503, 503]
            assert visitor.request("GET", f"?c={conversation}", headers=screen)[0] == 503
    finally:
        own_stack.part["smppd"].signal(signal.SIGCONT)

    def answered():
        status, _ = visitor.poll()
        assert status in (200, 503), status
        return status == 200

    wait_until(answered, 20, "smppd to refill")
    wait_until(lambda: visitor.call("POST", "end", {})[0] == 200, 10, "httpd to find smppd")
    assert visitor.poll(after=1)[0] == 410


def test_a_deaf_smppd_costs_two_seconds_and_no_other_page(own_stack):
    own_stack.expect("SI0101")
    visitor = Visitor(own_stack)
    visitor.write("8095553005", "uno")
    own_stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        status, answer = visitor.send("8095553005", "dos", key="k" * 20)
        assert status == 503 and time.monotonic() - begun < 4
        assert visitor.poll(after=0)[0] == 200
    finally:
        own_stack.part["smppd"].signal(signal.SIGCONT)
    wait_until(lambda: visitor.send("8095553005", "dos", key="k" * 20)[0] == 202, 10, "smppd to hear again")
    assert len([e for e in visitor.event_wait("sent") if e["text"] == "dos"]) == 1


def test_httpd_starts_and_reloads_while_both_are_down(tmp_path_factory, options):
    stack = Stack(tmp_path_factory.mktemp("stack"), only=(), **options)
    with stack:
        path = stack.state / "conf" / "httpd.conf"
        path.write_text(httpd_configuration(stack))
        stack._start("httpd", [HTTPD, "-DFOREGROUND", "-f", path, "-E", "/dev/stderr"],
                     lambda: fetch(stack.url + "health")[0] == 503, user=False)
        stack.httpd_signal("graceful")
        wait_until(lambda: "resuming" in stack.log("httpd").split("SIGUSR1")[-1] and fetch(stack.url + "health")[0] == 503,
                   10, "httpd after a graceful restart")
        status, body = fetch(stack.url)
        assert status == 503 and b"compose" in body
