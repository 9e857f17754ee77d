"""Children, daemons and httpd itself end and hang under held polls: nobody is stuck, no answer is lost or shown twice."""

import http.client
import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.stack import fetch
from test_limits_walls import memcached
from waiting import MPM, Waiting, held, metric, replies, settled

DIED = ("AH00052", "AH00051", "AH00056", "AH00050", "AH00045", "AH00046")


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "store_wait": None, "httpd": NO_LIMITS + "MaxConnectionsPerChild 30\n",
            "mpm_lines": MPM.replace("ServerLimit 1", "ServerLimit 6").replace("MaxRequestWorkers 8", "MaxRequestWorkers 48")}


def number():
    number.last += 1
    return f"80955800{number.last:02d}"


number.last = 0


class Listener:
    """A visitor whose page polls again and again, as the script does; `seen` is every answer in order."""

    def __init__(self, stack):
        self.stack, self.mobile = stack, number()
        self.visitor, self.queued = settled(stack, self.mobile)
        self.seen, self.sent = [], 0

    def say(self):
        self.sent += 1
        self.stack.handset_answer(self.mobile, self.queued["code"], f"m{self.sent}")

    def poll(self, wait=5):
        try:
            status, answer = self.visitor.poll(wait=wait)
        except (OSError, http.client.HTTPException, ValueError):
            self.visitor.close()  # its connection went with its child: the page asks again
            return
        if status == 200:
            self.seen += replies(answer)

    def catches_up(self, seconds=15):
        def all_seen():
            self.poll(wait=1)
            return len(self.seen) >= self.sent

        wait_until(all_seen, seconds, f"{self.sent} answers; there are {self.seen}")
        assert self.seen == [f"m{n}" for n in range(1, self.sent + 1)]


def children(stack):
    pid = stack.part["httpd"].pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def back(stack):
    wait_until(lambda: fetch(stack.url + "health")[0] == 200, 20, "everything to be well")


def waiting(stack, listeners, **more):
    """All of them wait, each in a thread of its own; some may be answered already, for children end after 30 connections."""
    polls = [Waiting(listener.visitor, **more) for listener in listeners]
    for poll, listener in zip(polls, listeners):
        poll.listener = listener
    wait_until(lambda: metric(stack, "waiting") >= sum(poll.is_alive() for poll in polls) or None, 10, "the polls to be held")
    return polls


def take(polls):
    """What the polls brought is what their visitors have seen."""
    for poll in polls:
        poll.join(20)
        assert not poll.is_alive(), "a poll is stuck"
        if poll.status == 200:
            poll.listener.seen += replies(poll.answer)
        poll.listener.visitor.close()


@contextmanager
def nothing_lost(stack):
    """What happens inside happens while three wait; then each is answered and has got everything."""
    listeners = [Listener(stack) for _ in range(3)]
    polls = waiting(stack, listeners)
    yield
    for listener in listeners:
        listener.say()
    take(polls)
    back(stack)
    for listener in listeners:
        listener.catches_up()
    held(stack, 0)


def test_graceful_restarts_and_short_lived_children_lose_nothing(stack):
    listeners = [Listener(stack) for _ in range(4)]
    for _ in range(5):
        polls = waiting(stack, listeners)
        stack.httpd_signal("graceful")
        for listener in listeners:
            listener.say()
        take(polls)
        back(stack)
        assert all(poll.status == 200 for poll in polls)
    for listener in listeners:
        listener.catches_up()
    held(stack, 0)


@pytest.mark.parametrize("number_of_signal", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_dies_takes_only_its_connections(stack, number_of_signal):
    stack.expect(*DIED)
    with nothing_lost(stack):
        for child in children(stack):
            os.kill(child, number_of_signal)


def test_a_hard_restart_in_the_middle_loses_nothing(stack):
    with nothing_lost(stack):
        stack.httpd_signal("restart")


def test_memcached_killed_in_the_middle_wakes_everybody_and_loses_nothing(stack):
    stack.expect("SI0103", "SD")
    listeners = [Listener(stack) for _ in range(3)]
    polls = waiting(stack, listeners, wait=20)
    stack.part["memcached"].kill()
    stack.start_memcached()
    for listener in listeners:
        listener.say()
    take(polls)
    back(stack)
    for listener in listeners:
        listener.visitor.cursor = 0  # a refill numbers anew; the page is told `reset`
        listener.seen = []
        listener.catches_up(25)


def test_memcached_lost_under_a_long_poll_ends_nobodys_session(stack):
    """smppd is stopped, so that the sessions are back late; the first who misses his has waited for longer than that is forgiven."""
    stack.expect("SI0101", "SI0103", "SD")
    first, second = Listener(stack), Listener(stack)
    (poll,), begun = waiting(stack, [first], wait=8), time.monotonic()
    wait_until(lambda: time.monotonic() - begun > 6, 8, "the poll to grow old", pause=0.2)
    stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        assert memcached(stack, "flush_all") == b"OK\r\n"
        assert poll.over()[0] == 503
        assert second.visitor.poll(wait=0)[0] == 503
    finally:
        stack.part["smppd"].signal(signal.SIGCONT)
    back(stack)
    for listener in (first, second):
        listener.visitor.cursor = 0
        listener.say()
        listener.catches_up(25)


def cpu_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_without_smppd_a_child_neither_spins_nor_floods_the_log(stack):
    stack.expect("SI0101", "SD0007")
    stack.part["smppd"].kill()
    old = set(children(stack))
    stack.httpd_signal("graceful")
    wait_until(lambda: fetch(stack.url + "health")[0] == 503 and not old & set(children(stack)), 30, "new children without smppd")
    before, begun = {child: cpu_ticks(child) for child in children(stack)}, time.monotonic()
    size = len(stack.log("httpd"))
    visitor_polls = 0
    while time.monotonic() - begun < 2:
        visitor_polls += fetch(stack.url + "static/sms.css")[0] == 200
        time.sleep(0.5)
    assert visitor_polls >= 3
    spent = [cpu_ticks(child) - before[child] for child in children(stack) if child in before]
    assert spent and max(spent) <= 10, f"{spent} ticks in two seconds"
    assert len(stack.log("httpd")) - size < 500
    stack.start_smppd()
    back(stack)


def test_a_hung_smppd_does_not_keep_time_outs_waiting(stack):
    stack.expect("SI0101", "SD")
    listener = Listener(stack)
    stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        stack.httpd_signal("graceful")  # fresh children, which try to subscribe
        wait_until(lambda: stack.log("httpd").count("AH00489") > 1 and metric(stack, "smppd_up") == 0, 15, "fresh children")
        poll = Waiting(listener.visitor, wait=2)
        assert poll.over()[0] == 200 and 1.9 < poll.seconds < 3.6  # waiting for smppd would take 2 s more
    finally:
        stack.part["smppd"].signal(signal.SIGCONT)
    back(stack)
    listener.say()
    listener.catches_up()


def test_a_hung_memcached_does_not_keep_time_outs_waiting(stack):
    stack.expect("SI0103", "SD")
    listener = Listener(stack)
    poll = Waiting(listener.visitor, wait=3)
    held(stack, 1)
    stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        poll.join(10)
        assert poll.status == 503 and 2.8 < poll.seconds < 4.2
    finally:
        stack.part["memcached"].signal(signal.SIGCONT)
    back(stack)
    listener.say()
    listener.catches_up()
