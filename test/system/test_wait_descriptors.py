"""A child that has no descriptor left holds nobody, serves everybody, says so once and recovers."""

import json
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from waiting import MPM, Line, held, settled


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "httpd": NO_LIMITS + "KeepAliveTimeout 30\n", "mpm_lines": MPM, "store_wait": "2s"}


def limit(stack, child, most):
    """As the child's own user, who alone may."""
    subprocess.run(["prlimit", "--pid", str(child), f"--nofile={most}:"], user=stack.user, group=stack.user, check=True)


def child_of(stack):
    pid = stack.part["httpd"].pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


def ask_at_once(stack, lines, what):
    """Each with a road of its own to memcached, for no road is given back before memcached answers: one that must be made
    later could not be."""
    open_ones = Path(f"/proc/{child_of(stack)}/fd")
    before = len(list(open_ones.iterdir()))
    stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        for line in lines:
            line.ask(*what)
        wait_until(lambda: len(list(open_ones.iterdir())) >= before + len(lines) - 1, 2, "the roads")
    finally:
        stack.part["memcached"].signal(signal.SIGCONT)
    assert [line.answer()[0] for line in lines] == [200] * len(lines)


@contextmanager
def no_descriptor_left(stack):
    child = child_of(stack)
    before = int(Path(f"/proc/{child}/limits").read_text().split("Max open files")[1].split()[0])
    limit(stack, child, 3)  # those there are stay open
    yield
    limit(stack, child, before)


def logged(stack, log_id):
    return stack.log("httpd").count(log_id + ":")


def test_without_descriptors_polls_are_answered_at_once_and_the_log_says_so_once(stack):
    stack.expect("SI0112")
    visitor, _ = settled(stack, "8095650001")
    lines = [Line(stack.options["port"]) for _ in range(4)]
    for line in lines:  # connections that are there already: none could be accepted later
        line.ask(visitor, "static/sms.css")  # needs no road to memcached, else there might be more than one already
        assert line.answer()[0] == 200
    ask_at_once(stack, lines, (visitor, f"poll?after={visitor.cursor}"))
    with no_descriptor_left(stack):
        for line in lines[:3]:
            begun = time.monotonic()
            line.ask(visitor, f"poll?after={visitor.cursor}&wait=9")
            status, headers, body = line.answer()
            assert status == 200 and json.loads(body)["retry_in"] > 0 and time.monotonic() - begun < 2
            assert headers["connection"] == "close"  # another child may have some
    wait_until(lambda: logged(stack, "SI0112"), 5, "the line in the log")
    assert logged(stack, "SI0112") == 1
    lines[3].ask(visitor, f"poll?after={visitor.cursor}&wait=2")
    held(stack, 1)
    assert json.loads(lines[3].answer()[2])["events"] == []
    wait_until(lambda: logged(stack, "SI0113"), 5, "the line in the log")
