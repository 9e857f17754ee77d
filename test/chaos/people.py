"""The two ends of a chaos run: visitors who send through smppd's socket as the module would, and mobiles that answer."""

import asyncio
import contextlib
import itertools
import json
import random
import urllib.parse
import urllib.request

AGAIN = {"store-down", "queue-full", "timeout", "draining", "spool-down", "spool-full", "codes-busy"}
IN_FLIGHT = 64


class Writer:
    """Sends marked messages; one that was not answered is asked for again with the same key."""

    def __init__(self, path, visitors, first_mobile=8095550000):
        self.path, self.marks, self.wakened = path, itertools.count(1), asyncio.Event()
        self.visitors = [(f"{n:032x}", str(first_mobile + n)) for n in range(visitors)]
        self.open, self.ok, self.refused = {}, {}, {}  # by mark
        self.repeated = 0

    def write(self):
        """One more message is wanted; False where enough are unanswered."""
        if len(self.open) >= IN_FLIGHT:
            return False
        session, mobile = random.choice(self.visitors)
        mark = f"m{next(self.marks):07d}"
        self.open[mark] = {"session": session, "mobile": mobile, "name": "Ana", "text": mark,
                           "key": f"key-{mark}-{mark}", "nonce": f"nonce-{mark}-{mark}"}
        self.wakened.set()
        return True

    async def run(self):
        while True:
            with contextlib.suppress(OSError, EOFError, asyncio.IncompleteReadError):
                await self._talk()
            await asyncio.sleep(0.02)  # smppd is dead: its socket comes back

    async def _talk(self):
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        asked = set()
        hearing = asyncio.ensure_future(self._hear(reader, asked))
        try:
            writer.write(b"hello 0 role=module\n")
            while not hearing.done():
                for mark in [m for m in self.open if m not in asked]:
                    asked.add(mark)
                    words = " ".join(f"{k}={urllib.parse.quote(v)}" for k, v in self.open[mark].items())
                    writer.write(f"send {mark} {words}\n".encode())
                await writer.drain()
                self.wakened.clear()
                waking = asyncio.ensure_future(self.wakened.wait())
                await asyncio.wait({hearing, waking}, return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            writer.close()

    async def _hear(self, reader, asked):
        while line := await reader.readline():
            verb, tag, *words = line.decode().split()
            fields = dict(word.split("=", 1) for word in words if "=" in word)
            if tag not in self.open:
                continue
            if verb == "ok":
                self.ok[tag] = self.open.pop(tag) | {"code": fields["code"]}
                self.repeated += fields.get("duplicate") == "yes"
            elif fields.get("reason") in AGAIN:
                asyncio.get_running_loop().call_later(0.2, self._again, asked, tag)
            else:
                self.refused[tag] = fields.get("reason")
                del self.open[tag]

    def _again(self, asked, mark):
        asked.discard(mark)
        self.wakened.set()


class Replier:
    """Answers marked messages; what the SMSC forgot when it was killed is handed to it again, as its disk would."""

    def __init__(self, url, tap, writer):
        self.url, self.tap, self.writer = url, tap, writer
        self.marks, self.answers = itertools.count(1), {}
        self.away, self.handing = False, asyncio.Lock()

    async def answer(self):
        heard = [m for m in itertools.islice(reversed(self.writer.ok), 200) if m in self.tap.accepted]
        if heard and not self.away:
            message = self.writer.ok[random.choice(heard)]
            mark = f"r{next(self.marks):07d}"
            self.answers[mark] = (message["mobile"], message["code"], message["session"])
            await self._hand_in(mark)

    async def _hand_in(self, mark):
        mobile, code, _ = self.answers[mark]
        body = json.dumps({"to": code, "text": mark}).encode()
        request = urllib.request.Request(f"{self.url()}handsets/{mobile}", body, {"Content-Type": "application/json"})
        async with self.handing:
            await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=5).read())

    async def before_kill(self):
        """From now on nothing is handed in, so that nobody asks whether the SMSC has heard it."""
        self.away = True
        async with self.handing:
            pass

    async def after_restart(self):
        """The SMSC lives again, with an empty memory."""
        for mark in [m for m in self.answers if m not in self.tap.acked]:
            await self._hand_in(mark)
        self.away = False
