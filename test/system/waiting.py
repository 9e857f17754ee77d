"""Held polls as tests see them: one under way, how many there are, a visitor who has nothing to wait for but an answer."""

import functools
import http.client
import socket
import ssl
import threading
import time

from stack.part import wait_until
from stack.stack import fetch
from stack.visitor import Visitor

MPM = ("StartServers 1\nServerLimit 1\nThreadsPerChild 8\nMaxRequestWorkers 8\n"
       "MinSpareThreads 1\nMaxSpareThreads 8\nAsyncRequestWorkerFactor 20\nSmsWaiters 64\n")


class Waiting(threading.Thread):
    """A poll under way; `status`, `answer` and `seconds` when it is over."""

    def __init__(self, visitor, wait=20):
        super().__init__(daemon=True)
        self.visitor, self.wait, self.status, self.answer, self.seconds = visitor, wait, None, None, None
        self.start()

    def run(self):
        begun = time.monotonic()
        try:
            self.status, self.answer = self.visitor.poll(wait=self.wait)
        except (OSError, http.client.HTTPException):
            self.status = 0  # the connection broke
        self.seconds = time.monotonic() - begun

    def over(self, seconds=15):
        self.join(seconds)
        assert not self.is_alive(), "the poll is stuck"
        return self.status, self.answer


def metric(stack, name):
    _, text = fetch(stack.url + "metrics")
    return next((float(line.split()[-1]) for line in text.decode().splitlines()
                 if line.startswith(f"smsinteractivo_{name} ")), None)


def held(stack, count):
    wait_until(lambda: metric(stack, "waiting") == count, 10, f"{count} held polls")


def settled(stack, mobile, visitor=None):
    """A visitor in conversation who knows all that has happened."""
    visitor = visitor or Visitor(stack)
    queued = visitor.write(mobile, "Hola")
    visitor.event_wait("state", state="delivered", message=queued["message"])
    visitor.poll()
    return visitor, queued


def replies(answer):
    return [event["text"] for event in answer["events"] if event["type"] == "reply"]


@functools.lru_cache
def any_certificate():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Line:
    """A connection whose octets the test chooses."""

    def __init__(self, port, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        if tls:
            self.socket = any_certificate().wrap_socket(self.socket)
        self.input = self.socket.makefile("rb")

    def ask(self, visitor, path, method="GET", version="1.1", host="localhost", root="/sms/", **headers):
        cookie = "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())
        lines = [f"{method} {root}{path} HTTP/{version}", f"Host: {host}", f"Cookie: {cookie}", "Accept: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def answer(self, bodyless=False):
        """(status, headers, body) of the next answer."""
        status = int(self.input.readline().split()[1])
        headers = {}
        while (line := self.input.readline().decode().strip()):
            name, value = line.split(": ", 1)
            headers[name.lower()] = value
        if bodyless:
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, self._chunks()
        length = headers.get("content-length")
        return status, headers, self.input.read(int(length)) if length else self.input.read()

    def _chunks(self):
        body = b""
        while (size := int(self.input.readline(), 16)):
            body += self.input.read(size)
            self.input.readline()
        self.input.readline()
        return body

    def close(self):
        self.input.close()  # it holds the descriptor too
        self.socket.close()
