#!/usr/bin/python3
"""Very many short waits: woken by answers, ended by time, left by their clients. Nothing lost or doubled, nothing leaks.

SOAK_WAITS, SOAK_SECONDS bound it, whichever comes first. Several windows share each session, so that one answer wakes many.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "system")]
from stack.stack import Stack, fetch  # noqa: E402
from stack.visitor import Visitor  # noqa: E402

ROADS = 16 + 4  # a thread may open one more road to memcached at any time, and keeps it
SESSIONS, WINDOWS = 50, 4  # as many windows as one session may have
OPTIONS = {"captcha": "off",
           "httpd": "SmsLimitConversations 0\nSmsLimitMessages 0\nSmsLimitSameText 0\nSmsLimitMobile 0\nMaxKeepAliveRequests 0\nKeepAliveTimeout 2\n",
           "mpm_lines": "StartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\nMinSpareThreads 1\n"
                        "MaxSpareThreads 16\nAsyncRequestWorkerFactor 100\nSmsWaiters 1000\n"}


class Window:
    """One tab of a session: polls again and again, and now and then goes away in the midst."""

    def __init__(self, soak, talk):
        self.soak, self.talk, self.cursor, self.seen = soak, talk, talk.cursor, 0
        self.reader = self.writer = None

    async def run(self):
        while not self.soak.over or self.seen < self.talk.said:
            chance = random.random()
            wait = 1 if chance < 0.05 or self.soak.over else 20
            try:
                await self.turn(chance, wait)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.writer = None  # an idle connection was closed, as httpd does where no worker is idle: asked again
                self.soak.count["closed"] += 1

    async def turn(self, chance, wait):
        await self.ask(wait)
        if chance > 0.9:
            self.writer.transport.abort() if chance > 0.95 else self.writer.close()
            self.writer = None
            self.soak.count["left"] += 1
        else:
            await self.take()

    async def ask(self, wait):
        if not self.writer:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.soak.port)
        self.writer.write(f"GET /sms/poll?after={self.cursor}&wait={wait} HTTP/1.1\r\nHost: localhost\r\n"
                          f"Cookie: smsi={self.talk.cookie}\r\n\r\n".encode())
        await self.writer.drain()

    async def take(self):
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = json.loads(await self.reader.readexactly(length))
        if head.startswith(b"HTTP/1.1 503"):  # memcached took longer than 100 ms: the machine is loaded
            self.soak.count["refused"] += 1
            raise ConnectionError
        assert head.startswith(b"HTTP/1.1 200"), head
        self.soak.count["woken" if answer["events"] else "timed"] += 1
        for event in answer["events"]:
            if event["type"] == "reply":
                self.seen += 1
                assert event["text"] == f"m{self.seen}", f"m{self.seen} was due, {event['text']} came"
        self.cursor = answer["cursor"]


class Talk:
    """One session: says m1, m2, … from its mobile, each once its windows have seen the last one."""

    def __init__(self, soak, number):
        visitor = Visitor(soak.stack)
        self.soak, self.mobile, self.said = soak, f"8095{number:06d}", 0
        self.code = visitor.write(self.mobile, "Hola")["code"]
        visitor.event_wait("state", state="delivered")
        visitor.poll()
        self.cursor, self.cookie = visitor.cursor, visitor.cookies["smsi"]
        self.windows = [Window(soak, self) for _ in range(WINDOWS)]
        visitor.close()

    async def speak(self):
        while not self.soak.over:
            self.said += 1
            await asyncio.to_thread(self.soak.stack.handset_answer, self.mobile, self.code, f"m{self.said}")
            while min(window.seen for window in self.windows) < self.said and not self.soak.stalled():
                await asyncio.sleep(0.005)


class Soak:
    def __init__(self, stack, waits, seconds):
        self.stack, self.port, self.waits = stack, stack.options["port"], waits
        self.count, self.over = {"woken": 0, "timed": 0, "left": 0, "closed": 0, "refused": 0}, False
        self.until, self.talks = time.monotonic() + seconds, []

    def total(self):
        return sum(self.count[end] for end in ("woken", "timed", "left"))

    def stalled(self):
        return time.monotonic() > self.until + 30

    async def bound(self):
        while self.total() < self.waits and time.monotonic() < self.until:
            await asyncio.sleep(0.05)
        self.over = True

    async def everybody(self):
        windows = [window.run() for talk in self.talks for window in talk.windows]
        await asyncio.wait_for(asyncio.gather(self.bound(), *windows, *(talk.speak() for talk in self.talks)),
                               self.until + 60 - time.monotonic())

    def run(self):
        self.talks = [Talk(self, n + 200001) for n in range(SESSIONS)]
        asyncio.run(self.everybody())


def child_of(stack):
    pid = stack.part["httpd"].pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{child}/status").read_text()
    return {"rss": int(status.split("VmRSS:")[1].split()[0]), "fds": len(os.listdir(f"/proc/{child}/fd")), "pid": child}


def waiting(stack):
    text = fetch(stack.url + "metrics")[1].decode()
    return int(text.split("\nsmsinteractivo_waiting ")[1].split()[0])


def at_rest(stack, fds=0):
    """What the child holds once all who waited have gone and, within lingering and keep-alive, at most `fds` are open or no more close."""
    until, lowest, since = time.monotonic() + 45, child_of(stack), time.monotonic()
    while time.monotonic() < until and (waiting(stack) or not fds or lowest["fds"] > fds):
        time.sleep(0.5)
        now = child_of(stack)
        if now["fds"] < lowest["fds"]:
            lowest, since = now, time.monotonic()
        elif not fds and time.monotonic() - since > 4:
            break
    return lowest


def soak(stack, waits, seconds):
    """(counts, child before, child after): before is taken after a tenth, when pools have grown to what they need."""
    Soak(stack, waits // 10, seconds / 10).run()
    before = at_rest(stack)
    run = Soak(stack, waits, seconds)
    run.run()
    return run.count, before, at_rest(stack, before["fds"] + ROADS)


def verdict(stack, waits, seconds):
    begun = time.monotonic()
    stack.expect("SI0103", "AH00484")  # a loaded machine; a child that is full of connections that wait
    count, before, after = soak(stack, waits, seconds)
    print(f"{count['woken'] + count['timed'] + count['left']} waits in {time.monotonic() - begun:.0f} s: {count}; child {before} -> {after}; "
          f"{waiting(stack)} left waiting", flush=True)
    assert before["pid"] == after["pid"], "the child was replaced"
    assert after["fds"] <= before["fds"] + ROADS and waiting(stack) == 0
    assert after["rss"] < before["rss"] * 1.3 + 4096
    return count


def main():
    waits, seconds = int(os.environ.get("SOAK_WAITS", 1000000)), float(os.environ.get("SOAK_SECONDS", 1200))
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, Stack(folder, **OPTIONS) as stack:
        verdict(stack, waits, seconds)
    assert not stack.unexpected(), stack.unexpected()


if __name__ == "__main__":
    main()
