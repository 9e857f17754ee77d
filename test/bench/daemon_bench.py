#!/usr/bin/python3
"""`make bench-daemon`: smppd, every message and answer durable, beside Kannel 1.4.5 tuned, in one run.

BENCH_ROUNDS (3) rounds of BENCH_SECONDS (3) each; each ratio is the median of the rounds' ratios, for the machine's own speed moves.
BENCH_GROWTH seconds (20) of load show what smppd's memory does.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "system", "bench")]
import kannel  # noqa: E402
from answer_floor import AnswerFloor  # noqa: E402
from load_of import memory  # noqa: E402
from our_daemon import OurDaemon  # noqa: E402
from sink import Sink  # noqa: E402
from stack.part import wait_until  # noqa: E402

ROUNDS, SECONDS, GROWTH = (float(os.environ.get("BENCH_" + name, usual)) for name, usual in (("ROUNDS", 3), ("SECONDS", 3), ("GROWTH", 20)))
CALLERS, WINDOWS, CONVERSATIONS, ANSWERS = (1, 16, 64), (1, 10, 100), 5000, {1: 500, 10: 5000, 100: 20000}


class Table:
    """Figures by row and system, one a round; ratios are of the first system to each other one."""

    def __init__(self, title, systems):
        self.title, self.systems, self.rows = title, systems, {}

    def add(self, row, system, **figures):
        self.rows.setdefault(row, {}).setdefault(system, []).append(figures)

    def ratio(self, row, other, figure):
        ours, theirs = self.rows[row][self.systems[0]], self.rows[row][other]
        return median(a[figure] / b[figure] for a, b in zip(ours, theirs) if b[figure]) if all(b[figure] for b in theirs) else None

    def show(self):
        print(f"\n{self.title}")
        for row, of in self.rows.items():
            for system, rounds in of.items():
                figures = {name: median(r[name] for r in rounds) for name in rounds[0]}
                told = "  ".join(f"{name} {value:,.0f}" for name, value in figures.items())
                print(f"  {row:<12} {system:<18} {told}")
            for other in self.systems[1:]:
                told = "  ".join(f"{name} x{r:.2f}" for name in rounds[0] if (r := self.ratio(row, other, name)))
                print(f"  {row:<12}   to {other:<14} {told}")


def submit(system, callers):
    """Messages a second from being asked for until the SMSC has the last one; the CPU each cost."""
    os.sync()  # nobody waits for what another one wrote
    before, spent, begin = system.smsc.submits(), system.cpu(), time.monotonic()
    accepted, p50, p99 = system.send(callers, SECONDS)
    took = system.smsc.drained(before + accepted) - begin
    time.sleep(0.05)  # the last responses
    return {"per_s": accepted / took, "p50_us": p50, "p99_us": p99, "cpu_us": (system.cpu() - spent) * 1e6 / accepted}


def answer(system, window, first):
    """Answers a second that were acknowledged to the SMSC; for smppd that is stored and billed."""
    os.sync()
    told, spent, begin = system.brought() if hasattr(system, "brought") else None, system.cpu(), time.monotonic()
    system.smsc.ask("", window=window)
    count = ANSWERS[window]
    got = system.smsc.answers(count, window, first, CONVERSATIONS)
    figures = {"per_s": got["per_second"], "p50_us": got["p50_us"], "p99_us": got["p99_us"]}
    if told is not None:
        wait_until(lambda: system.brought() >= told + count, 60, "the site to be told of all answers")
        figures["told_per_s"] = count / (time.monotonic() - begin)
    else:
        figures["told_per_s"] = figures["per_s"]
    return figures | {"cpu_us": (system.cpu() - spent) * 1e6 / count}


def growth(system):
    """RSS under one steady load of the same visitors: what its last quarter has beside its first, and the most of all."""
    held = []
    with ThreadPoolExecutor() as beside:
        load = beside.submit(system.send, 64, GROWTH, 2000)
        while not load.done():
            time.sleep(GROWTH / 100)
            held.append(memory(system.pids))
        load.result()
    quarter = len(held) // 4
    early, late = median(held[:quarter]), median(held[-quarter:])
    print(f"\nsmppd's memory under load, {GROWTH:.0f} s: {max(held):,} KiB at most; in the last quarter {late:,.0f} KiB, {late / early:.2f} times the first quarter's")


def systems(stack, folder):
    """Each with an SMSC of its own: answers go to whoever is bound."""
    def up(thing):
        return stack.enter_context(thing)

    def room(name):
        path = Path(folder) / name
        path.mkdir(mode=0o755)
        return path

    yield up(OurDaemon(room("smppd"), up(Sink(folder))))
    if kannel.installed():
        for store in ("none", "file"):
            yield up(kannel.Kannel(room(f"kannel-{store}"), up(Sink(folder)), store))
    else:
        print("Kannel is not installed: no rival")
    yield up(AnswerFloor(room("floor"), up(Sink(folder))))


def main():
    with tempfile.TemporaryDirectory(prefix="smsi-bench-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        *all_of, floor = systems(stack, folder)
        names = [system.name for system in all_of]
        first = {system.name: system.expect_answers(CONVERSATIONS) or 8092000000 for system in all_of}
        sent, got = Table("queued to submit_sm at the SMSC", names), Table("answers, acknowledged to the SMSC", [*names, floor.name])
        for _ in range(int(ROUNDS)):
            for callers in CALLERS:
                for system in all_of:
                    sent.add(f"{callers} callers", system.name, **submit(system, callers))
            for window in WINDOWS:
                for system in (*all_of, floor):
                    got.add(f"window {window}", system.name, **answer(system, window, first.get(system.name, 8092000000)))
        sent.show()
        got.show()
        memories = Table("most memory held (KiB)", names)
        for system in all_of:
            memories.add("after all", system.name, rss=system.rss())
        memories.show()
        growth(all_of[0])


if __name__ == "__main__":
    main()
