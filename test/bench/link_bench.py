#!/usr/bin/python3
"""What one link can carry, without the daemon above it: submit_sm a second to the embedded SMSC, and how well an unknown limit is used."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
from link_drive import Link  # noqa: E402
from smsc import Smsc  # noqa: E402


def carried(window, count, **settings):
    with Smsc("--sink", "--log", "0") as smsc, Link(smsc.port, window=window, **settings) as link:
        link.until("up")
        return link.measured(f"load {count}")


def followed(limit, learning=20, measuring=40):
    with Smsc("--sink", "--fault", f"throttle={limit}") as smsc, Link(smsc.port, window=50, rate=0) as link:
        link.until("up")
        first, then = link.measured(f"run {learning}"), link.measured(f"run {measuring}")
        return (f"  {limit:5}/s: first {learning} s used {first['per_second'] / limit:6.1%} throttled {first['throttled']:3.0f};"
                f"  next {measuring} s used {then['per_second'] / limit:6.1%} throttled {then['throttled']:3.0f} of {then['submits']:.0f}")


def main():
    print("link: submit_sm through one link; SMSC and link share the machine")
    for window, count in ((1, 20000), (10, 100000), (100, 300000), (1000, 300000)):
        got = carried(window, count, rate=1000000)
        print(f"  window {window:5}: {got['per_second']:9.0f}/s  p50 < {got['p50_us']:.0f} us  p99 < {got['p99_us']:.0f} us"
              f"  {got['cpu_us']:.2f} us CPU each")
    print("link: an SMSC whose limit nobody told")
    with ThreadPoolExecutor() as together:
        for line in together.map(followed, (1, 2, 7, 20, 50)):
            print(line)
    for limit in (500, 5000):
        print(followed(limit))


if __name__ == "__main__":
    main()
