"""The stack of the tests itself: what must fail a test does."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stack.part import Part, PartFailed
from stack.stack import PORTS, Stack, free_port, watched

LIVES = "echo up; while :; do sleep 0.05; done"


def started(stack, script):
    """A part that is a shell script, up once it said so."""
    part = Part("smppd", ["sh", "-c", script], stack.state / "log" / "smppd.log", lambda: "up" in stack.log("smppd"))
    stack.part["smppd"] = part
    return part.start()


@pytest.mark.parametrize("script, status", [(f"trap 'kill -SEGV $$' TERM; {LIVES}", -11), (f"trap 'exit 3' TERM; {LIVES}", 3)])
def test_a_part_that_crashes_while_it_stops_fails_the_test(tmp_path, script, status):
    with pytest.raises(PartFailed, match=f"status {status} "), watched(Stack(tmp_path, only=())) as stack:
        started(stack, script)


def test_a_part_that_died_before_its_end_fails_the_test(tmp_path):
    with pytest.raises(PartFailed, match="smppd had died with status 0"), watched(Stack(tmp_path, only=())) as stack:
        started(stack, "echo up; sleep 0.1").process.wait(10)


def test_a_part_that_ends_when_it_is_asked_or_is_killed_on_purpose_fails_none(tmp_path):
    with watched(Stack(tmp_path, only=())) as stack:
        started(stack, f"trap 'exit 0' TERM; {LIVES}").stop()
        started(stack, LIVES).kill()
        started(stack, LIVES)


def test_a_port_is_one_stacks_alone_and_no_clients(monkeypatch):
    held, others = free_port(), random.sample(PORTS, k=100)
    monkeypatch.setattr(random, "sample", lambda ports, k: [held, *others])
    assert free_port() in set(others) - {held}
    first_of_clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert PORTS.stop <= first_of_clients


INTERRUPTED = """
import os, pathlib, signal, sys
import stack.part
from stack.part import Interruption, Part
from stack.stack import Stack

signal.signal(signal.SIGUSR1, lambda *_: Interruption.comes())
stack.part.die_with_parent = lambda: os.kill(os.getppid(), signal.SIGUSR1)
try:
    with Stack(pathlib.Path(sys.argv[1]), only=()) as own:
        part = own.part["smppd"] = Part("smppd", ["sleep", "60"], own.state / "log" / "smppd.log", lambda: False)
        part.start()
except KeyboardInterrupt:
    print(part.process.returncode)
"""


def test_an_interruption_while_a_part_is_made_leaves_no_process(tmp_path):
    """In a program of its own, for signals come to the main thread, where pytest's workers need not run their tests."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, tmp_path], env=os.environ | {"PYTHONPATH": ":".join(sys.path)},
                          capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == (f"{-signal.SIGTERM}\n", "")


def test_a_warning_fails_the_test_unless_it_was_declared(tmp_path):
    with watched(Stack(tmp_path / "declared", only=())) as stack:
        started(stack, f"echo 'SD9999 warning: odd'; {LIVES}")
        stack.expect("SD9999")
    with pytest.raises(AssertionError, match="SD9999"), watched(Stack(tmp_path / "undeclared", only=())) as stack:
        started(stack, f"echo 'SD9999 warning: odd'; {LIVES}")
