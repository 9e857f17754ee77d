"""Stands between smppd and the SMSC and remembers what passed, for neither's memory outlives a kill -9.

Only whole PDUs are passed on. Texts carry marks, `m` and seven digits in messages, `r` in answers, by which a PDU is known.
"""

import asyncio
import contextlib
import re
import struct
import time
from collections import defaultdict

SUBMIT_SM, DELIVER_SM, RESPONSE = 0x04, 0x05, 0x80000000
MESSAGE, ANSWER = re.compile(rb"m\d{7}"), re.compile(rb"r\d{7}")  # a receipt quotes a message's mark


class Tap:
    """Connections to `port` go on to `target()`, a port."""

    def __init__(self, target):
        self.target, self.port, self.server, self.tasks = target, 0, None, set()
        self.submitted = defaultdict(list)  # mark of a message: when it passed, each time
        self.accepted = {}                  # mark: when the SMSC's first OK passed
        self.delivered = defaultdict(list)  # mark of an answer: when it passed
        self.acked = {}                     # mark: when smppd's first OK passed

    async def open(self):
        self.server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _pass(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        smsc = None
        try:
            onward = await asyncio.open_connection("127.0.0.1", self.target())
            smsc = onward[1]
            waiting = ({}, {})  # marks by sequence: submit_sm, deliver_sm
            both = [asyncio.ensure_future(self._pump(reader, smsc, waiting)),
                    asyncio.ensure_future(self._pump(onward[0], writer, waiting))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for pump in both:
                pump.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        except OSError:
            pass  # the SMSC is dead at the moment
        finally:
            for each in (writer, smsc):
                if each:
                    each.close()
            self.tasks.discard(asyncio.current_task())

    async def _pump(self, reader, writer, waiting):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(16)
                length, command, status, sequence = struct.unpack(">IIII", head)
                pdu = head + await reader.readexactly(length - 16)
                now = time.monotonic()
                writer.write(pdu)
                await writer.drain()
                self._note(now, command, status, sequence, pdu, waiting)

    def _note(self, now, command, status, sequence, pdu, waiting):
        for kind, mark_of, passed, done, marks in ((SUBMIT_SM, MESSAGE, self.submitted, self.accepted, waiting[0]),
                                                   (DELIVER_SM, ANSWER, self.delivered, self.acked, waiting[1])):
            if command == kind and (found := mark_of.search(pdu)):
                marks[sequence] = mark = found[0].decode()
                passed[mark].append(now)
            elif command == kind | RESPONSE and (mark := marks.pop(sequence, None)) and status == 0:
                done.setdefault(mark, now)
