#!/usr/bin/python3
"""Very many short waits: woken by answers, ended by time, left by their clients. Nothing lost or doubled, nothing leaks.

SOAK_WAITS, SOAK_SECONDS bound it, whichever comes first. SOAK_PRELOAD is loaded into httpd first: the library of a sanitizer.
`closed` counts connections httpd closed between two polls: it closes all kept ones where no thread is idle. With 64 threads for these
400 windows instead of 32 it is one poll in a hundred instead of a third; nothing may be lost either way.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "system")]
from stack.stack import BUILD, Stack, fetch  # noqa: E402
from stack.visitor import Visitor  # noqa: E402

VISITORS, THREADS = 100, 32
ROADS = THREADS + 4  # a thread may open one more road to memcached at any time, and keeps it
LINGER = 45  # httpd reads on for up to 30 s where a client has not closed
PRELOAD = os.environ.get("SOAK_PRELOAD")
GROWTH = 32768 if PRELOAD else 4096  # KiB that pools, and a sanitizer's own memory, still grow by
OPTIONS = {"captcha": "off", "codes": "2333", "smppd": {"mobile_hourly": 100000, "notices_hourly": 0},
           "link": {"rate": 1000000, "receipts": "no", "window": 1000},
           "httpd": "SmsLimitConversations 0\nSmsLimitMessages 0\nSmsLimitSameText 0\nSmsLimitMobile 0\nMaxKeepAliveRequests 0\nKeepAliveTimeout 2\n",
           "mpm_lines": f"StartServers 1\nServerLimit 1\nThreadsPerChild {THREADS}\nMaxRequestWorkers {THREADS}\nMinSpareThreads 1\n"
                        f"MaxSpareThreads {THREADS}\nAsyncRequestWorkerFactor 100\nSmsWaiters 1000\n"}


def introduce(stack, windows, number):
    """A visitor in conversation who knows all that has happened, told to the program of that name."""
    visitor, mobile = Visitor(stack), f"8095{number:06d}"
    code = visitor.write(mobile, "Hola")["code"]
    visitor.event_wait("state", state="accepted")
    visitor.poll()
    visitor.close()
    windows.stdin.write(f"smsi={visitor.cookies['smsi']} {visitor.cursor} {mobile} {code}\n")


def run(windows, waits, seconds):
    windows.stdin.write(f"run {waits} {int(seconds)}\n")
    windows.stdin.flush()
    answer = windows.stdout.readline()
    assert answer, "the windows ended early"
    return {name: int(count) for name, count in (word.split("=") for word in answer.split())}


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
    until, lowest, since = time.monotonic() + LINGER, child_of(stack), time.monotonic()
    while time.monotonic() < until and (waiting(stack) or not fds or lowest["fds"] > fds):
        time.sleep(0.5)
        now = child_of(stack)
        if now["fds"] < lowest["fds"]:
            lowest, since = now, time.monotonic()
        elif not fds and time.monotonic() - since > 4:
            break
    return lowest | {"rss": child_of(stack)["rss"]}


def verdict(stack, waits, seconds):
    """`before` is taken after a tenth, when pools have grown to what they need."""
    stack.expect("SI0103", "SD0351", "AH00484")  # a loaded machine, twice; a child whose threads are all busy
    argv = [str(word) for word in (BUILD / "windows", stack.options["port"], stack.options["handsets"])]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as windows:
        for number in range(VISITORS):
            introduce(stack, windows, number + 200001)
        run(windows, waits // 10, seconds / 10)
        before, begun = at_rest(stack), time.monotonic()
        count = run(windows, waits, seconds)
        took, after = time.monotonic() - begun, at_rest(stack, before["fds"] + ROADS)
    print(f"{count['woken'] + count['timed'] + count['left']} waits in {took:.0f} s: {count}; child {before} -> {after}; "
          f"{waiting(stack)} left waiting", flush=True)
    assert before["pid"] == after["pid"], "the child was replaced"
    assert after["fds"] <= before["fds"] + ROADS and waiting(stack) == 0
    assert after["rss"] < before["rss"] * 1.3 + GROWTH
    return count


def sanitized(folder):
    """httpd's environment under a sanitizer, whose reports become files: stderr is closed when a child's leaks are looked for."""
    (Path(folder) / "lsan").write_text("leak:apr_allocator_create\nleak:pcre2_compile\n")  # httpd's own
    return {"LD_PRELOAD": PRELOAD, "LSAN_OPTIONS": f"suppressions={folder}/lsan:print_suppressions=0",
            # Freed memory is kept from being used again for a while; little of it, for the child's growth is judged.
            "ASAN_OPTIONS": f"quarantine_size_mb=4:thread_local_quarantine_size_kb=16:log_path={folder}/log/sanitizer"}


def main():
    waits, seconds = int(os.environ.get("SOAK_WAITS", 1000000)), float(os.environ.get("SOAK_SECONDS", 1200))
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        with Stack(folder, **OPTIONS, environment=sanitized(folder) if PRELOAD else {}) as stack:
            verdict(stack, waits, seconds)
        reports = "\n".join(report.read_text() for report in (Path(folder) / "log").glob("sanitizer.*"))
        assert not reports, reports
        assert not stack.unexpected(), stack.unexpected()


if __name__ == "__main__":
    main()
