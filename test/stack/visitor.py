"""A visitor without a browser: a cookie jar and the JSON side of the module's forms."""

import copy
import http.client
import json
import select
import subprocess
import urllib.parse
import uuid

from stack.part import wait_until
from stack.stack import BUILD


class Visitor:
    """`origin` False leaves out the proof of same origin, as a foreign site's form would. `root` is the module's Location."""

    def __init__(self, stack, name="Ana", address=None, origin=True, root="/sms/"):
        self.stack, self.name, self.address, self.origin, self.root = stack, name, address, origin, root
        self.cookies, self.cursor, self.connection = {}, 0, None

    def twin(self):
        """Another window of the same browser: same cookies, a connection of its own."""
        other = copy.copy(self)
        other.cookies, other.connection = dict(self.cookies), None
        return other

    # -- HTTP

    def request(self, method, path, fields=None, headers=None, body=None):
        """(status, headers, body octets). Cookies are kept as a browser keeps them."""
        every = {"Accept": "application/json", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if method == "POST":
            every["Content-Type"] = "application/x-www-form-urlencoded"
            if self.origin:
                every |= {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{self.stack.options['port']}"}
        if self.address:
            every["X-Forwarded-For"] = self.address
        body = urllib.parse.urlencode(fields) if body is None and fields is not None else body
        answer, octets = self._exchange(method, path, body, every | (headers or {}))
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if value and "max-age=0" not in line.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer.status, answer.headers, octets

    def _exchange(self, method, path, body, headers):
        """One request on the kept connection; one the server closed meanwhile is opened again, and a GET that met its end sent again."""
        idle = self.connection and self.connection.sock
        if idle and select.select([idle], [], [], 0)[0]:
            self.close()
        for attempt in (1, 2):
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.stack.options["port"], timeout=70)
            try:
                self.connection.request(method, self.root + path, body, headers)
                answer = self.connection.getresponse()
                return answer, answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if attempt == 2 or method != "GET":
                    raise
        raise AssertionError("unreachable")

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, method, path, fields=None, **more):
        """(status, parsed JSON or None)."""
        status, headers, octets = self.request(method, path, fields, **more)
        return status, json.loads(octets) if "json" in (headers.get("Content-Type") or "") else None

    # -- what a person does

    def open(self):
        status, _, octets = self.request("GET", "", headers={"Accept": "text/html"})
        assert status == 200, (status, octets[:500])
        return octets.decode()

    def send(self, mobile, text, key=None):
        fields = {"name": self.name, "number": mobile, "message": text} | ({"key": key} if key else {})
        return self.call("POST", "send", fields)

    def code_of(self, pending):
        """Reads the picture as only a test can: with the deployment's secret in hand."""
        done = subprocess.run([BUILD / "captcha-code", str(self.stack.state / "secret"), pending],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def verify(self, pending, code=None):
        return self.call("POST", "verify", {"pending": pending, "code": code or self.code_of(pending)})

    def write(self, mobile, text, key=None):
        """Form and, where one is asked for, code; the answer of a message that was queued.

        As the page does it: what a loaded machine did not do in time is asked for again with the same key.
        """
        if not self.cookies:
            self.open()
        key = key or uuid.uuid4().hex

        def queued():
            status, answer = self.send(mobile, text, key)
            if answer and answer.get("state") == "captcha":
                status, answer = self.verify(answer["pending"])
            assert status == 503 or (status == 202 and answer["state"] == "queued"), (status, answer)
            return status == 202 and answer

        return wait_until(queued, 10, "a message to be queued", pause=0.2)

    def poll(self, after=None, wait=None):
        query = f"poll?after={self.cursor if after is None else after}" + (f"&wait={wait}" if wait else "")
        status, answer = self.call("GET", query)
        if status == 200 and after is None:
            self.cursor = answer["cursor"]
        return status, answer

    def events(self):
        """All events so far."""
        status, answer = self.poll(after=0)
        assert status == 200, (status, answer)
        return answer["events"]

    def event_wait(self, kind, count=1, seconds=10, **fields):
        """The events of a type with these fields, once there are `count` of them."""

        def found():
            events = [e for e in self.events() if e["type"] == kind and all(e.get(k) == v for k, v in fields.items())]
            return events if len(events) >= count else None

        return wait_until(found, seconds, f"{count} {kind} events with {fields}")
