#!/usr/bin/python3
"""`make bench-smsc`: what the embedded SMSC takes from and gives to a direct client, so that other figures can be
held against it. Both run on this machine and share its cores."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"
WANTED = 100_000  # submit_sm a second: below it the SMSC could be the limit of other measurements


def smsc_start(folder):
    ports = Path(folder) / "ports"
    process = subprocess.Popen([BUILD / "smsc", "--fault", "window=1000", "--ports-file", ports], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process, dict(line.split("=") for line in ports.read_text().split())


def client(ports, *arguments):
    done = subprocess.run([BUILD / "smsc-load", "--connect", f"127.0.0.1:{ports['smpp']}", *map(str, arguments)],
                          capture_output=True, text=True, check=True)
    return [dict(word.split("=") for word in line.split()[1:]) for line in done.stdout.splitlines()]


def answers(ports, count):
    """Delivered and acknowledged answers a second, as the SMSC measured them."""
    url = f"http://127.0.0.1:{ports['http']}/control/load"
    receiver = subprocess.Popen([BUILD / "smsc-load", "--connect", f"127.0.0.1:{ports['smpp']}", "--receive", str(count)],
                                stdout=subprocess.DEVNULL)
    form = urllib.parse.urlencode({"count": count, "to": "2333", "window": 2000, "numbers": 1000}).encode()
    urllib.request.urlopen(url, form).read()
    receiver.wait(120)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        load = json.load(urllib.request.urlopen(url))
        if not load["running"]:
            return load
    raise SystemExit("the load never ended")


def main():
    with tempfile.TemporaryDirectory() as folder:
        process, ports = smsc_start(folder)
        slowest = None
        try:
            for window in (10, 100, 1000):
                (figures,) = client(ports, "--submit", 300_000, "--window", window)
                rate = float(figures["per_second"])
                slowest = min(slowest or rate, rate)
                print(f"submit_sm, window {window:>4}: {rate:>9,.0f}/s  p50 {figures['p50_us']} us  p99 {figures['p99_us']} us")
            submits, receipts = client(ports, "--submit", 300_000, "--receipts", "--receive", 300_000)
            print(f"with a receipt each:    {float(submits['per_second']):>9,.0f}/s  receipts {float(receipts['per_second']):,.0f}/s")
            load = answers(ports, 300_000)
            print(f"answers acknowledged:   {load['per_second']:>9,.0f}/s  p50 {load['p50_us']} us  p99 {load['p99_us']} us")
        finally:
            process.terminate()
            process.wait(10)
    print(f"slowest submit rate: {slowest / WANTED:.1f} times the {WANTED:,}/s it must have")
    return 0 if slowest >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
