"""One real server of a private stack: started, asked until it answers, watched, stopped by its pid."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class PartFailed(Exception):
    """A part that did not come up or died; the message ends with its last log lines."""


class Interruption:
    """KeyboardInterrupt from a signal's handler, but not while a process is being made: it would be nobody's and go on."""

    held, due = False, False

    @classmethod
    def comes(cls):
        if not cls.held:
            raise KeyboardInterrupt
        cls.due = True

    @classmethod
    @contextlib.contextmanager
    def waits(cls):
        cls.held, cls.due = True, False
        try:
            yield
        finally:
            cls.held = False
        if cls.due:
            raise KeyboardInterrupt


def die_with_parent():
    """In the child: the kernel ends it when the launcher is gone, however that went. SIGTERM, for httpd ends its children then."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Part:
    """`echo`, where given, is called with (name, line) for each line the part logs."""

    def __init__(self, name, argv, log, ready, user=None, echo=None, env=None, cwd=None):
        self.name, self.argv, self.ready = name, [str(a) for a in argv], ready
        self.log, self.user, self.echo = Path(log), user, echo
        self.env, self.cwd = env, cwd
        self.process, self.reader = None, None
        self.expected_to_die = False

    def start(self, seconds=20):
        with Interruption.waits():
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent, user=self.user, group=self.user,
                extra_groups=[] if self.user else None, env=self.env, cwd=self.cwd)
        self.expected_to_die = False
        self.reader = threading.Thread(target=self._read_log, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        try:
            wait_until(self.ready, seconds, f"{self.name} to answer", alive=self._must_live)
        except TimeoutError as slow:
            raise PartFailed(f"{slow}\n{self.log_tail()}") from None
        return self

    def _read_log(self, stream):
        with open(self.log, "ab", buffering=0) as file:
            for line in stream:
                file.write(line)
                if self.echo:
                    self.echo(self.name, line.decode("utf-8", "replace").rstrip("\n"))

    def _must_live(self):
        if self.process.poll() is not None:
            self.reader.join(2)
            raise PartFailed(f"{self.name} ended with status {self.process.returncode}.\n{self.log_tail()}")

    def log_tail(self, lines=12):
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return "\n".join("  " + line for line in text.splitlines()[-lines:])

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)
        if number == signal.SIGSTOP:  # its threads may run on for a moment
            wait_until(lambda: set(self._states()) == {"T"}, 5, f"{self.name} to stop")

    def _states(self):
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            yield (task / "stat").read_text().rpartition(")")[2].split()[0]

    def kill(self):
        """kill -9, on purpose."""
        self.expected_to_die = True
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds=15):
        """SIGTERM, then SIGKILL for the whole group. The exit status, or None where it never ran.

        PartFailed where it does not stop, or crashes on its way.
        """
        if not self.process:
            return None
        asked = self.process.poll() is None
        if asked:
            self.expected_to_die = True
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
                raise PartFailed(f"{self.name} did not stop within {seconds} s of SIGTERM.\n{self.log_tail()}") from None
        if self.reader and self.reader.ident:  # a signal may have come before it ran
            self.reader.join(5)
        if asked and self.process.returncode not in (0, -signal.SIGTERM):
            raise PartFailed(f"{self.name} ended with status {self.process.returncode} when it was to stop.\n{self.log_tail()}")
        return self.process.returncode


def wait_until(ask, seconds, what, alive=lambda: None, pause=0.02):
    """Asks until the answer is true and returns it; TimeoutError naming `what` otherwise."""
    until = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        alive()
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(pause)
