"""The embedded SMSC as a sink, and the loads it gives."""

import json
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from stack.part import Part, wait_until
from stack.stack import BUILD


class Sink:
    """Handsets keep no texts; `window` deliver_sm may be unanswered."""

    def __init__(self, state, window=1000):
        self.ports = Path(tempfile.mkdtemp(dir=state)) / "ports"
        faults = (f"window={window}", "receipts=none")
        argv = [BUILD / "smsc", "--sink", "--log", "0", *[w for f in faults for w in ("--fault", f)], "--ports-file", self.ports]
        self.part = Part("smsc", argv, self.ports.parent / "log", lambda: self.ports.exists() and len(self.ports.read_text().split()) >= 2)

    def __enter__(self):
        self.part.start()
        ports = dict(line.split("=") for line in self.ports.read_text().split())
        self.port, self.http = int(ports["smpp"]), int(ports["http"])
        return self

    def __exit__(self, *_):
        self.part.stop()

    def ask(self, path, **form):
        data = urllib.parse.urlencode(form).encode() if form else None
        body = urllib.request.urlopen(f"http://127.0.0.1:{self.http}/control{path and '/'}{path}", data, timeout=10).read()
        return json.loads(body) if body else {}

    def submits(self):
        return self.ask("stats")["submits"]

    def drained(self, wanted, seconds=30):
        """When all submits have come; TimeoutError where they do not."""
        wait_until(lambda: self.submits() >= wanted, seconds, f"{wanted} submits; there are {self.submits()}", pause=0.01)
        return time.monotonic()

    def answers(self, count, window, first, numbers):
        """The figures of /control/load after `count` answers."""
        self.ask("load", count=count, to="2333", window=window, numbers=numbers, text="hola {n}", **{"from": first})
        wait_until(lambda: not self.ask("load")["running"], 60, f"{count} answers; {self.ask('load')}", pause=0.02)
        return self.ask("load")
