#!/usr/bin/python3
"""`make chaos`: at load, two smppd, the SMSC and memcached are killed with -9 again and again; then the books are compared.

CHAOS_ROUNDS kills (300), CHAOS_SEED repeats the order of kills, CHAOS_RATE messages a second (200). Visitors write through the first smppd;
answers go to either.
"""

import asyncio
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "system", "chaos")]
from daemon_stack import DaemonStack  # noqa: E402
from people import Replier, Writer  # noqa: E402
from tap import Tap  # noqa: E402
from verdict import EXCUSED, held, judge, met  # noqa: E402

VICTIMS = {"smppd": 3, "second": 3, "smsc": 2, "memcached": 1}
STOPPED = 0.2  # of the smppd that would be killed are asked to stop instead: that excuses nothing
QUIET_SECONDS = 60
logging.getLogger("asyncio").setLevel(logging.ERROR)  # that a killed peer's socket refuses octets is no news
TICK = 0.02


class Chaos:
    """One run in a state directory."""

    def __init__(self, state, rounds, rate=200, seed=None):
        self.rounds, self.rate, self.random = rounds, rate, random.Random(seed)
        self.kills, self.stops = [], 0
        self.stack = DaemonStack(state, smppd={"mobile_hourly": 100000, "notices_hourly": 5, "cdr_period": "5s", "log_interval": "1s"},
                                 link={"retry_min": "100ms", "retry_max": "300ms", "window": 50})
        self.second = self.stack.beside_it(state / "second", link=dict(self.stack.options["link"]))

    async def run(self):
        """(figures, failures)."""
        self.tap = Tap(lambda: self.stack.options["smpp"])
        await self.tap.open()
        stack = self.stack
        for each in (stack, self.second):
            await asyncio.to_thread(each.prepare)
        try:
            await asyncio.to_thread(stack.start_memcached)
            await asyncio.to_thread(stack.start_smsc)
            for each in (stack, self.second):
                each.options["link"]["port"] = self.tap.port
                await asyncio.to_thread(each.start_smppd)
            while not all(met(each.state) for each in (stack, self.second)):
                await asyncio.sleep(0.05)
            await self._storm()
            for each in (stack, self.second):
                await asyncio.to_thread(each.ask, "cdr-export")
        finally:
            for each in (self.second, stack):
                await asyncio.to_thread(each.stop)
            await self.tap.close()
        return judge(self.tap, self.writer, self.replier, self.kills, [stack.state, self.second.state])

    async def _storm(self):
        self.writer = Writer(self.stack.socket, visitors=400)
        self.replier = Replier(lambda: self.stack.handset_url, self.tap, self.writer)
        self.pouring = True
        tasks = [asyncio.ensure_future(task) for task in (self.writer.run(), self._pour())]
        try:
            for _ in range(self.rounds):
                await asyncio.sleep(self.random.uniform(0.05, 0.8))
                await self._kill(self.random.choices(list(VICTIMS), VICTIMS.values())[0])
            self.pouring = False
            await self._quiet()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pour(self):
        begin, written = time.monotonic(), 0
        while self.pouring:
            due = int((time.monotonic() - begin) * self.rate)
            while written < due and self.writer.write():
                written += 1
                if written % 4 == 0:
                    await self.replier.answer()
            begin, written = (begin, written) if written == due else (time.monotonic(), 0)
            await asyncio.sleep(TICK)

    async def _kill(self, name):
        if name == "smsc":
            await self.replier.before_kill()
        stack, part = (self.second, "smppd") if name == "second" else (self.stack, name)
        if part == "smppd" and self.random.random() < STOPPED:
            await asyncio.to_thread(stack.part[part].stop)
            self.stops += 1
        else:
            stack.part[part].kill()
            self.kills.append((name, time.monotonic()))
        await asyncio.sleep(self.random.choice((0, 0, 0.3)))
        start = getattr(stack, f"start_{part}")
        await asyncio.to_thread(start, *([False] if part == "smppd" else []))
        if name == "smsc":
            await self.replier.after_restart()

    async def _quiet(self):
        """Nothing is under way any more, however long that took."""
        until = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < until and not await self._is_quiet():
            await asyncio.sleep(0.2)

    async def _is_quiet(self):
        if self.writer.open or any(m not in self.tap.acked for m in self.replier.answers):
            return False
        try:
            health = [await asyncio.to_thread(each.ask, "health") for each in (self.stack, self.second)]
        except (OSError, ValueError):
            return False
        return all(h.get("queue") == "0" and h.get("store") == "up" for h in health) and not any(held(each.state) for each in (self.stack, self.second))


def report(chaos, figures, failures):
    told = ", ".join(f"{sum(n == name for n, _ in chaos.kills)} {name}" for name in VICTIMS)
    print(f"chaos: {len(chaos.kills)} kills ({told}), {chaos.stops} stops")
    for what, figure in figures.items():
        print(f"  {figure:>8}  {what}")
    for what, found in failures.items():
        print(f"  FAILED    {what}: {len(found)}, as {found[:5]}")
    agree = f"nothing lost, nothing unbilled, nothing {'else ' if figures[EXCUSED] else ''}billed twice"
    print(f"  {agree if not failures else 'the books do not agree'}")


def main():
    rounds, rate = int(os.environ.get("CHAOS_ROUNDS", 300)), int(os.environ.get("CHAOS_RATE", 200))
    with tempfile.TemporaryDirectory(prefix="smsi-chaos-") as folder:
        chaos = Chaos(Path(folder), rounds, rate, os.environ.get("CHAOS_SEED"))
        figures, failures = asyncio.run(chaos.run())
        report(chaos, figures, failures)
        if failures and (keep := os.environ.get("CHAOS_KEEP")):
            shutil.copytree(folder, keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
