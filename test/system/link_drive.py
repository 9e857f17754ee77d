"""A link of ours on a pipe (build/link-drive), and SMSCs that are not ours for it to talk to."""

import os
import queue
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("LINK_DRIVE", ROOT / "build" / "link-drive")


class Link:
    """Settings as keywords; short timers and a rate that holds nothing back where none are given. `under` another program."""

    def __init__(self, port, under=(), **settings):
        settings = {"rate": 100000, "backoff_min_ms": 10, "backoff_max_ms": 50, "refused_ms": 50, **settings}
        words = [f"{name}={value}" for name, value in settings.items()]
        self.process = subprocess.Popen([*under, PROGRAM, f"port={port}", *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(10) == 0
        said = [line for line in self.process.stderr if not line.startswith("[msg]")]  # libevent's, of name servers out of reach
        assert said == []

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def until(self, begin, seconds=15):
        """The next line that begins so."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"no line {begin!r}; there were {self.seen}"
            self.seen.append(line)
            if line.startswith(begin):
                return line

    def stats(self):
        self.tell("stats")
        words = self.until("stats ").split(" error=")
        return {**dict(word.split("=") for word in words[0].split()[1:]), "error": words[1]}

    def measured(self, command, seconds=60):
        """`load N` or `run SECONDS`, and what it came to, as numbers."""
        self.tell(command)
        return {name: float(value) for name, value in (w.split("=") for w in self.until("loaded ", seconds).split()[1:])}


class Peer:
    """A foreign SMSC that prints its port first."""

    def __init__(self, argv, env=None):
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        word, port = self.process.stdout.readline().split()
        assert word == "port"
        self.port = int(port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
