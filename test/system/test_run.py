"""`make run` as a person types it: it answers, refuses in a sentence, and leaves nothing running however it ends."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from stack.part import wait_until
from stack.stack import ROOT, USER, fetch, free_port, let_others_in


class Run:
    """test/run in a session of its own, its output collected in a file."""

    def __init__(self, folder, **options):
        self.output = folder / "output"
        self.state = Path(options.get("STATE", folder / "state"))
        environment = os.environ | {"STATE": str(self.state), "PORT": str(free_port()), "HANDSETS": str(free_port())}
        self.options = environment | {name: str(value) for name, value in options.items()}
        with open(self.output, "wb") as file:
            self.process = subprocess.Popen([sys.executable, ROOT / "test/run"], env=self.options, stdin=subprocess.DEVNULL,
                                            stdout=file, stderr=subprocess.STDOUT, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        wait_until(lambda: not self.left(), 10, f"every part of {self.state} to end")

    def said(self):
        return self.output.read_text("utf-8", "replace")

    def wait_for(self, words, seconds=90):
        """Four parts have to start, each in its time."""
        return wait_until(lambda: words in self.said(), seconds, f"{words!r} in {self.output}", alive=self._must_live)

    def _must_live(self):
        assert self.process.poll() is None or self.said(), "it ended and said nothing"

    def left(self):
        """The processes whose command line holds the state directory."""
        found = []
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = each.read_bytes()
            except OSError:
                continue
            if f"{self.state}/".encode() in line and int(each.parent.name) != os.getpid():
                found.append(line.replace(b"\0", b" ").decode(errors="replace"))
        return found


@pytest.fixture
def folder(tmp_path):
    let_others_in(tmp_path)
    return tmp_path


def refusal(folder, **options):
    """The one sentence it ends with."""
    with Run(folder, **options) as run:
        assert run.process.wait(20) == 1, run.said()
        assert "Traceback" not in run.said()
        return run.said()


def ends_well(run):
    assert run.process.wait(30) == 0, run.said()
    assert "Traceback" not in run.said()
    assert run.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_pressed_many_times_ends_everything(folder, number):
    with Run(folder) as run:
        run.wait_for("Ctrl-C stops everything")
        assert fetch(f"http://127.0.0.1:{run.options['PORT']}/sms/health")[0] == 200
        for _ in range(20):
            run.process.send_signal(number)
        ends_well(run)


@pytest.mark.parametrize("part", ["smsc |", "smppd |"])
def test_ctrl_c_while_the_parts_start_ends_everything(folder, part):
    with Run(folder) as run:
        run.wait_for(part)
        run.process.send_signal(signal.SIGINT)
        ends_well(run)


def test_a_killed_launcher_takes_its_parts_along(folder):
    with Run(folder) as run:
        run.wait_for("Ctrl-C stops everything")
        run.process.kill()
        wait_until(lambda: run.left() == [], 10, "every part to end")


def test_a_port_that_is_taken_is_named_with_two_that_are_free(folder):
    with Run(folder) as run:
        run.wait_for("Ctrl-C stops everything")
        taken = {name: int(run.options[name]) for name in ("PORT", "HANDSETS")}
        for name in taken:
            (folder / name).mkdir()
            said = refusal(folder / name, **taken if name == "PORT" else {name: taken[name]})
            words = re.search(rf"Port {taken[name]} is taken; try: make run PORT=(\d+) HANDSETS=(\d+)", said)
            assert words, said
            assert len({*words.groups(), *map(str, taken.values())}) == 4


def test_no_port_beyond_the_last_is_proposed(folder):
    with socket.socket() as held:
        last = hold_one_of_the_last(held)
        words = re.search(rf"Port {last} is taken; try: make run PORT=(\d+)", refusal(folder, PORT=last))
    assert int(words[1]) <= 65535


def hold_one_of_the_last(held):
    """Listens on a port that has none ten above it."""
    for port in range(65535, 65525, -1):
        with contextlib.suppress(OSError):
            held.bind(("127.0.0.1", port))
            held.listen()
            return port
    pytest.skip("all of the last ports are taken")


def test_a_state_that_is_in_use_is_not_taken_from_who_has_it(folder):
    with Run(folder) as run:
        run.wait_for("Ctrl-C stops everything")
        (folder / "second").mkdir()
        assert "is in use by another make run" in refusal_beside(folder / "second", run.state)
        assert fetch(f"http://127.0.0.1:{run.options['PORT']}/sms/health")[0] == 200


def refusal_beside(folder, state):
    """As `refusal`, where processes of the state directory are another's and stay."""
    second = Run(folder, STATE=state)
    try:
        assert second.process.wait(20) == 1, second.said()
    finally:
        second.process.kill()
    return second.said()


@pytest.mark.parametrize("options, words", [
    ({"PORT": "no"}, "PORT=no is no port"),
    ({"HANDSETS": 70000}, "HANDSETS=70000 is no port"),
    ({"PORT": "1²"}, "is no port"),
    ({"CAPTCHA": "maybe"}, "give one of adaptive, always, off"),
    ({"STATE": "/dev/null"}, "give another: make run STATE=dir"),
    ({"STATE": "/proc/state"}, "give another: make run STATE=dir"),
    ({"PORT": 18123, "HANDSETS": 18123}, "give two different ones"),
])
def test_a_wrong_value_is_refused_in_a_sentence(folder, options, words):
    assert words in refusal(folder, **options)


def test_what_is_missing_and_cannot_be_installed_is_named_in_a_sentence(folder):
    for tool in ("id", "grep", "dpkg-query"):  # and no sudo
        (folder / tool).symlink_to(shutil.which(tool))
    stranger = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(["/bin/sh", "-s", "--", "grep:grep", "memcached:memcached"], input=(ROOT / "test/packages").read_text(), cwd="/",
                          env={"PATH": str(folder)}, capture_output=True, text=True, **stranger)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "These packages are missing and installing them needs root or sudo: memcached\n"


@pytest.mark.parametrize("name", ["with blank", 'with"quote', "with#mark", "long" * 25])
def test_a_state_directory_whose_name_the_parts_cannot_take_is_refused(folder, name):
    assert "give another: make run STATE=dir" in refusal(folder, STATE=folder / name)


@pytest.mark.parametrize("name", ["lock", "log"])
def test_a_state_directory_that_cannot_be_written_is_refused(folder, name):
    state = folder / "state"
    state.mkdir()
    (state / "lock").mkdir() if name == "lock" else [(state / each).touch() for each in ("lock", name)]
    words = refusal(folder)
    assert f"{state / name}" in words and "give another: make run STATE=dir" in words


def test_a_refused_start_makes_no_state_directory(folder):
    refusal(folder, CAPTCHA="maybe")
    assert not (folder / "state").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the parts another user")
def test_a_closed_folder_is_refused(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    assert f"{pwd.getpwnam('www-data').pw_name} may not enter" in refusal(folder, STATE=closed / "state")
