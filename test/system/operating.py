"""What tests of an operator's work share: smppctl, a connection to the socket, another configuration."""

import json
import re
import socket
import subprocess
import urllib.parse

from stack.configuration import smppd_configuration
from stack.stack import BUILD, fetch

MOBILE = "8095550123"
SESSION = "00112233445566778899aabbccddeeff"


def ctl(stack, *words, env=None):
    done = subprocess.run([BUILD / "smppctl", "-s", stack.socket, *words], capture_output=True, text=True, timeout=60,
                          env=env)
    return done.returncode, done.stdout, done.stderr


def rows(text):
    """A printed table as dictionaries; columns are at least two spaces apart."""
    head, *lines = [re.split(r"  +", line.rstrip()) for line in text.splitlines()]
    return [dict(zip(head, line)) for line in lines]


def link(stack):
    return rows(ctl(stack, "links")[1])[0]


class Client:
    """One connection to the socket."""

    def __init__(self, stack, role="module"):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(10)
        self.line.connect(str(stack.socket))
        self.reader = self.line.makefile()
        self.greeting = self.reader.readline()
        if role:
            assert self.ask("hello", role=role)[0] == "ok"

    def ask(self, verb, **fields):
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        self.line.sendall(f"{verb} 7 {words}".rstrip().encode() + b"\n")
        for line in self.reader:
            if not line.startswith(("item", "news")):
                answer = line.split()
                return answer[0], dict(word.split("=", 1) for word in answer[2:])
        return "gone", {}

    def send(self, key, mobile=MOBILE):
        return self.ask("send", session=SESSION, mobile=mobile, name="Ana", text="Hola", key=key, nonce=key + "n")

    def close(self):
        self.reader.close()
        self.line.close()


def write_configuration(stack, **link_changes):
    stack.options["link"] = link_changes
    (stack.state / "conf" / "smppd-stack.conf").write_text(smppd_configuration(stack))


def smsc_asked(stack, path, **form):
    status, answer = fetch(f"{stack.handset_url}control/{path}", urllib.parse.urlencode(form).encode() if form else None)
    assert status < 300, (status, answer)
    return json.loads(answer or b"{}")
