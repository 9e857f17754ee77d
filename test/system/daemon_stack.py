"""smppd with a memcached and an SMSC of its own, no httpd: tests speak the socket's protocol themselves."""

import itertools
import os
import socket
import urllib.parse

from stack.part import wait_until
from stack.stack import BUILD, Stack, fetch, watched


mobiles = map(str, range(8095550000, 8095559999))  # each test takes its own


class Refused(Exception):
    """`no`: .reason and .fields say what."""

    def __init__(self, fields):
        super().__init__(fields)
        self.reason, self.fields = fields.get("reason"), fields


class Client:
    """One connection to smppd."""

    def __init__(self, path, role="module", seconds=5):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(seconds)
        self.line.connect(str(path))
        self.reader, self.tags, self.news = self.line.makefile("rb"), itertools.count(1), []
        self.greeting = self.parse(self.reader.readline())[2]
        self.ask("hello", role=role)

    @staticmethod
    def parse(line):
        words = line.decode().split()
        tag = words.pop(1) if len(words) > 1 and "=" not in words[1] else ""
        return words[0], tag, {k: urllib.parse.unquote(v) for k, v in (w.split("=", 1) for w in words[1:])}

    def put(self, verb, **fields):
        """Sends a request; its tag."""
        tag = str(next(self.tags))
        words = [verb, tag] + [f"{k.rstrip('_')}={urllib.parse.quote(str(v), safe='')}" for k, v in fields.items()]
        self.line.sendall((" ".join(words) + "\n").encode())
        return tag

    def take(self, tag):
        """(fields, items) of the answer to a request; Refused where it is a `no`."""
        items = []
        for line in self.reader:
            verb, of, fields = self.parse(line)
            if verb == "news":
                self.news.append(fields)
            elif of == tag and verb == "item":
                items.append(fields)
            elif of == tag and verb == "no":
                raise Refused(fields)
            elif of == tag:
                return fields, items
        raise EOFError("smppd closed the connection")

    def ask(self, verb, **fields):
        return self.take(self.put(verb, **fields))[0]

    def items(self, verb, **fields):
        return self.take(self.put(verb, **fields))[1]

    def close(self):
        self.reader.close()
        self.line.close()


class Session:
    """One visitor as the module names them."""

    numbers = itertools.count(1)

    def __init__(self, client, name="Ana"):
        self.client, self.name = client, name
        self.sid = f"{next(self.numbers):032x}"
        self.keys = itertools.count(1)

    def send(self, mobile, text="hola", key=None, patient=True, **fields):
        """As the module does it: what a loaded machine did not do in time is asked for again with the same key."""
        key = key or f"key-{self.sid[-8:]}-{next(self.keys):06d}"
        asked = {"session": self.sid, "mobile": mobile, "name": self.name, "text": text, "key": key, "nonce": "n" + key} | fields
        answer = []

        def done():
            try:
                answer.append(self.client.ask("send", **asked))
            except Refused as refused:
                if not patient or refused.reason not in ("timeout", "store-down"):
                    raise
            return answer

        return wait_until(done, 10, "smppd to take a message", pause=0.2)[0]


class DaemonStack(Stack):
    """`beside` another one: shares its memcached, which it may reach `through` another socket, and its SMSC."""

    def __init__(self, state, beside=None, through=None, **options):
        parts = ("smppd",) if beside else ("memcached", "smsc", "smppd")
        self.beside, self.through = beside, through
        if beside:
            options = {"smpp": beside.options["smpp"], "handsets": beside.options["handsets"]} | options
        super().__init__(state, only=parts, **options)
        self.expect("a password stands in a file")

    @property
    def memcached_socket(self):
        return self.through or (self.beside.memcached_socket if self.beside else super().memcached_socket)

    def client(self, **more):
        return Client(self.socket, **more)

    def restart(self, name):
        self.part[name].kill()
        getattr(self, f"start_{name}")()

    def start_smppd_under(self, name, **environment):
        """Starts smppd anew with a library before those of the system."""
        library = self.state / "bin" / name
        self._replace(BUILD / name, library)
        self.part["smppd"].stop()
        self.start_smppd(env=os.environ | {"LD_PRELOAD": str(library)} | {name: str(value) for name, value in environment.items()})

    # -- memcached, by hand

    def store(self, command, path=None):
        """The lines memcached, or another one at `path`, answers to one command."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(path or self.memcached_socket))
            line.sendall(command.encode() + b"\r\n")
            answer = b""
            while not answer.endswith((b"END\r\n", b"OK\r\n", b"STORED\r\n", b"DELETED\r\n", b"NOT_FOUND\r\n")):
                answer += line.recv(65536)
        return answer.decode().splitlines()

    @staticmethod
    def parse(line):
        """The fields of a line as memcached keeps it."""
        return Client.parse(line.encode())[2]

    def transcript(self, sid):
        """(head, conversations, events) as a visitor's poll would find them; None where it is gone."""
        lines = [Client.parse(line.encode()) for line in self.store(f"get smsi:t:{sid}")[1:-1] if line]
        pick = lambda verb: [fields for of, _, fields in lines if of == verb]  # noqa: E731
        return (pick("transcript")[0], pick("conversation"), pick("event")) if lines else None

    def events(self, sid, kind=None):
        found = self.transcript(sid)
        return [e for e in found[2] if kind in (None, e["type"])] if found else []

    def events_wait(self, sid, kind, count=1, seconds=10):
        return wait_until(lambda: len(self.events(sid, kind)) >= count and self.events(sid, kind), seconds,
                          f"{count} {kind} events; there are {self.events(sid)}")

    def switches(self, mobile, **on):
        """Switches of a handset: off, not_claro, no_receipts."""
        data = urllib.parse.urlencode(on).encode()
        status, answer = fetch(f"{self.handset_url}handsets/{mobile}/switches", data)
        assert status < 300, (status, answer)

    def provoke(self, what, **fields):
        """The SMSC does something at once: listen, unbind, enquire, raw, outbind, load."""
        status, answer = fetch(f"{self.handset_url}control/{what}", urllib.parse.urlencode(fields).encode())
        assert status < 300, (status, answer)

    def cut(self, how="reset"):
        """The SMSC drops its connections."""
        self.provoke("cut", how=how)

    def optouts(self):
        """The mobiles whose opt-outs it holds."""
        return [item["mobile"] for _, item in self.asked("optout-list") if "mobile" in item]

    def beside_it(self, state, instance="second", **options):
        """Another smppd on the same memcached and SMSC."""
        return DaemonStack(state, beside=self, codes=self.options["codes"],
                           smppd=self.options["smppd"] | {"instance": instance}, **options)


def running(state, **options):
    """A stack for one test file."""
    return watched(DaemonStack(state, **options))


def counters(client):
    return {i["name"]: int(i["value"]) for i in client.items("counters")}
