#!/usr/bin/python3
"""`make chaos CHAOS_ANSWERS=1000000`: that many answers to two smppd, responses lost and smppd killed all the while; then each is in the books once.

The SMSC is not killed here: what it was acknowledged is one of the three counts that must agree.
"""

import csv
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "system", "chaos")]
from daemon_stack import DaemonStack, Session  # noqa: E402
from stack.part import wait_until  # noqa: E402
from stack.stack import fetch  # noqa: E402
from verdict import held, read  # noqa: E402

CHUNK, NUMBERS = 20000, 1000                  # answers of one load, mobiles that write them in turn
LIVE, STRANGERS = 8092000000, 8298000000      # the first mobile of those in a conversation, of those in none
PAUSE = (0.2, 1.5)                            # seconds between two disturbances
CUT_OF = 4                                    # of so many disturbances all but one lose responses, one kills smppd


class Answers:
    """One run in a state directory: `count` answers, every tenth chunk from mobiles that are in a conversation."""

    def __init__(self, state, count, seed=None):
        self.count, self.random = count, random.Random(seed)
        self.wanted, self.acked, self.kills, self.cuts = Counter(), 0, 0, 0
        self.stack = DaemonStack(state, codes="2333", memory=1024,
                                 smppd={"mobile_hourly": 100000, "notices_hourly": 0, "conversation": "24h", "memory": "48h", "cdr_period": "5s",
                                        "answers": 20000},
                                 link={"retry_min": "50ms", "retry_max": "200ms", "window": 100})

    def run(self):
        """(figures, failures)."""
        with self.stack as first, first.beside_it(first.state / "second", link=first.options["link"]) as self.second:
            both = (first, self.second)
            self._converse()
            for chunk in range(0, self.count, CHUNK):
                self._pour(chunk // CHUNK, min(CHUNK, self.count - chunk))
            wait_until(lambda: not any(held(stack.state) for stack in both), 30, "what both were given to be decided")
            for stack in both:
                stack.ask("cdr-export")
        return self._judge([stack.state for stack in both])

    def _converse(self):
        """A visitor of their own for each of the live mobiles."""
        door = self.stack.client(seconds=30)
        for nth in range(NUMBERS):
            Session(door).send(str(LIVE + nth), "hola")
        door.close()

    def _load(self):
        return json.loads(fetch(f"{self.stack.handset_url}control/load")[1])

    def _pour(self, chunk, count):
        first = LIVE if chunk % 10 == 0 else STRANGERS
        for nth in range(count):
            self.wanted[str(first + nth % NUMBERS)] += 1
        body = f"count={count}&from={first}&numbers={NUMBERS}&to=2333&window=200&text=c{chunk}+{{n}}"
        status, told = fetch(f"{self.stack.handset_url}control/load", body.encode())
        assert status < 300, told
        while self._load()["running"]:
            time.sleep(self.random.uniform(*PAUSE))
            self._disturb()
        self.acked += self._load()["acked"]

    def _disturb(self):
        if self.random.randrange(CUT_OF) == 0:
            stack = self.random.choice((self.stack, self.second))
            stack.part["smppd"].kill()
            stack.start_smppd()
            self.kills += 1
        else:
            self.stack.control(deliver_deaf_next=self.random.randint(1, 100))
            time.sleep(self.random.uniform(0, 0.1))
            self.stack.cut()
            self.stack.control(deliver_deaf_next=0)
            self.cuts += 1

    def _judge(self, states):
        billed, paid, ids, repeated = Counter(), Counter(), Counter(), 0
        for path in (path for state in states for path in (state / "cdr").glob("cdr-????????-????????.csv")):
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    ids[row["id"]] += 1
                    repeated += row["outcome"] == "duplicate"
                    billed[row["mobile"]] += row["outcome"] != "duplicate"
                    paid[row["mobile"]] += int(row["total_centavos"]) > 0
        counts = [read(state, "SELECT count(*), coalesce(sum(original<>0), 0), coalesce(sum(original=id), 0) FROM reply")[0] for state in states]
        stored, doubled, theirs = map(sum, zip(*counts))
        live = {m: n for m, n in self.wanted.items() if int(m) < STRANGERS}
        failures = {
            "answers never acknowledged": [self.count - self.acked] if self.acked != self.count else [],
            "answers not in the books, by mobile": [m for m in self.wanted if self.wanted[m] > billed[m]],
            "answers to a visitor not in the books once, by mobile": [m for m in live if live[m] != billed[m]],
            "answers to a visitor not paid once, by mobile": [m for m in live.keys() | +paid if live.get(m, 0) != paid[m]],
            "records in two files": [i for i, n in ids.items() if n > 1],
            "records without an answer, or answers without a record": [] if len(ids) == stored and repeated == doubled else [len(ids), stored],
        }
        figures = {"answers acknowledged": self.acked, "stored": stored - doubled, "billed": sum(billed.values()), "of these at a price": sum(paid.values()),
                   "at no price and recorded by both smppd": sum((billed - self.wanted).values()),
                   "handed in again and recorded as repetitions": repeated, "of these given to both smppd": theirs, "times smppd was killed": self.kills,
                   "times responses were lost with the connection": self.cuts}
        return figures, {what: found for what, found in failures.items() if found}


def main():
    with tempfile.TemporaryDirectory(prefix="smsi-answers-") as folder:
        Path(folder).chmod(0o755)
        figures, failures = Answers(Path(folder), int(os.environ["CHAOS_ANSWERS"]), os.environ.get("CHAOS_SEED")).run()
    for what, figure in figures.items():
        print(f"  {figure:>8}  {what}")
    for what, found in failures.items():
        print(f"  FAILED    {what}: {len(found)}, as {found[:5]}")
    print(f"  {'each answer is acknowledged, stored and billed once' if not failures else 'the books do not agree'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
