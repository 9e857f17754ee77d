"""A private SMSC, and the fixtures of the tests that hold it to its word."""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from esme import Esme

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SMSC", ROOT / "build" / "smsc")  # SMSC=build/asan/smsc looks closer
MOBILE = "8095551234"


class Smsc:
    """A private one on free ports."""

    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"smsc: smpp 127\.0\.0\.1:(\d+) handsets (http://127\.0\.0\.1:\d+/)(?: smpps (\d+))?\n", line)
        assert found, (line, self.process.stderr.read())
        self.port, self.url, self.tls_port = int(found[1]), found[2], int(found[3] or 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(10) == 0
        assert self.process.stderr.read() == ""

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path, **form):
        return self.request(path, urllib.parse.urlencode(form).encode())

    def request(self, path, body, **headers):
        """The status and JSON of a POST."""
        try:
            request = urllib.request.Request(self.url + path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def told(self, **faults):
        status, answer = self.post("control", **faults)
        assert status == 200, answer

    def stats(self):
        return self.get("control/stats")

    def until(self, holds, seconds=10):
        """Asks until it holds, and returns what it then was."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = holds()
            if value:
                return value
        raise AssertionError("never held")


@pytest.fixture(scope="module")
def one():
    with Smsc() as running:
        yield running


@pytest.fixture
def smsc(one):
    one.post("control/cut")
    one.post("control/reset")
    one.post("control/forget")
    one.until(lambda: one.get("control/sessions") == [])
    return one


@pytest.fixture
def esme(smsc):
    with Esme(smsc.port) as connected:
        assert connected.bind().status == 0
        yield connected
