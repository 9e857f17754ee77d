#!/usr/bin/python3
"""`make bench-module`: the module beside what a site would use instead; waiting visitors; an answer's way to the screen.

BENCH_ROUNDS (3) rounds of BENCH_SECONDS (3); BENCH_WAITING (1 1000 10000) visitors; BENCH_WAKES (300) answers each.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "system", "bench")]
from idle_poll import idle_poll, wrk  # noqa: E402
from load_of import children, cpu, memory, proportional  # noqa: E402
from tls_waiting import speaks_tls, tls_waiting  # noqa: E402
from waiters import Waiters  # noqa: E402
from stack.configuration import HTTPD  # noqa: E402
from stack.part import Part, wait_until  # noqa: E402
from stack.stack import BUILD, Stack, fetch, free_port  # noqa: E402
from waiting import metric  # noqa: E402

ROUNDS, SECONDS, WAKES = (int(os.environ.get("BENCH_" + name, usual)) for name, usual in (("ROUNDS", 3), ("SECONDS", 3), ("WAKES", 300)))
WAITING = [int(n) for n in os.environ.get("BENCH_WAITING", "1 1000 10000").split()]

OPEN = "SmsLimitConversations 0\nSmsLimitMessages 0\nSmsLimitSameText 0\nSmsLimitPictures 0\nMaxKeepAliveRequests 0\nKeepAliveTimeout 60\nTimeout 70\n"
THREADS, CHILDREN, OPENED, OVER_TLS = 16, 2, 2000, 500
FEW_THREADS = (f"StartServers {CHILDREN}\nServerLimit {CHILDREN}\nThreadsPerChild {THREADS}\nMaxRequestWorkers {THREADS * CHILDREN}\n"
               f"MinSpareThreads 1\nMaxSpareThreads {THREADS * CHILDREN}\nAsyncRequestWorkerFactor 600\nSmsWaiters 9000")
# As many children from the first to the last request: their CPU time is compared.
STEADY = "StartServers 2\nServerLimit 2\nThreadsPerChild 40\nMaxRequestWorkers 80\nMinSpareThreads 1\nMaxSpareThreads 80"
BESIDE = """
LoadModule floor_module {state}/bin/mod_floor.so
FloorStore {store}
<Location "/floor">
    SetHandler floor
</Location>
<Directory "/">
    AllowOverride None
</Directory>
<Directory {state}/htdocs>
    Require all granted
</Directory>
<Location "/fpm/">
    SetHandler "proxy:unix:{state}/peers/fpm|fcgi://localhost{state}/peers/site/poll.php"
</Location>
"""


def bench_stack(state, captcha="off", **options):
    """A stack with the floor, a static file and the PHP-FPM handler beside the module."""
    stack = Stack(state, captcha=captcha, codes="2333", memory=1024, store_wait=None, modules=("proxy", "proxy_fcgi"),
                  smppd={"mobile_hourly": 100000, "notices_hourly": 0}, link={"rate": 1000000, "receipts": "no", "window": 1000}, **options)
    stack.options["httpd"] = OPEN + BESIDE.format(state=stack.state, store=stack.memcached_socket)
    (stack.state / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(BUILD / "mod_floor.so", stack.state / "bin")
    (stack.state / "peers").mkdir(mode=0o755)
    return stack


def crowd(stack, count, nth, fresh):
    """(b) and (c) with so many waiting; `fresh` is what the children took before anybody waited."""
    httpd = stack.part["httpd"].pid
    static = f"http://127.0.0.1:{stack.options['port']}/small.json"
    (stack.state / "htdocs" / "small.json").write_text("{}\n")
    alone = [wrk(static, seconds=1)[1] for _ in range(3)]
    waiters = Waiters(stack, count, 8092000000 + nth * 100000)
    held = proportional(children(httpd))
    spent, begin = cpu(children(httpd)), time.monotonic()
    kept = waiters.ask("idle 5")
    idle = (cpu(children(httpd)) - spent) / (time.monotonic() - begin)
    beside = [wrk(static, seconds=1)[1] for _ in range(3)]
    spent = cpu(children(httpd))
    woken = waiters.ask(f"wake {WAKES}")
    woken["cpu_us"] = (cpu(children(httpd)) - spent) / WAKES * 1e6
    waiters.close()
    wait_until(lambda: metric(stack, "waiting") == 0, 20, "nobody to wait")
    print(f"  {count:>6} waiting on {THREADS * CHILDREN} threads: {(held - fresh) / count:6.1f} KiB each (PSS)  idle {idle:6.2%} of a core"
          f"  a static file x{median(beside) / median(alone):.2f}  answer to screen p50 {woken['p50_us'] / 1000:.1f} ms p99 {woken['p99_us'] / 1000:.1f} ms"
          f"  CPU of httpd {woken['cpu_us']:.0f} us a wake"
          f"  opened and sent {waiters.opened['per_second']:.0f}/s"
          + (f"  httpd closed {kept['closed']:.0f} connections" if kept["closed"] else "")
          + (f"  {kept['away']:.0f} times 503" if kept["away"] else ""))
    return woken


def waiting(folder):
    print("\nwaiting visitors (an answer's way ends with the last octet of the poll; stored and billed on it)")
    with bench_stack(Path(folder) / "waiting", mpm_lines=FEW_THREADS) as stack:
        wrk(f"http://127.0.0.1:{stack.options['port']}/sms/health", seconds=1)  # every thread has its pools
        fresh = proportional(children(stack.part["httpd"].pid))
        woken = {count: crowd(stack, count, nth, fresh) for nth, count in enumerate(WAITING)}
    first = woken[WAITING[0]]
    for count in WAITING[1:]:
        print(f"  {count} waiting to {WAITING[0]}: p50 x{woken[count]['p50_us'] / first['p50_us']:.2f}  p99 x{woken[count]['p99_us'] / first['p99_us']:.2f}"
              f"  CPU of httpd x{woken[count]['cpu_us'] / max(first['cpu_us'], 1):.2f}")
    with speaks_tls(bench_stack(Path(folder) / "tls", mpm_lines=FEW_THREADS)) as stack:
        print(f"  {OVER_TLS} waiting over TLS: {tls_waiting(stack, OVER_TLS):.1f} KiB each (PSS)")


def opening(folder):
    """(d): visitors who open the page, send and verify, without and with a code: its picture is drawn, fetched and answered."""
    figures = {}
    for captcha in ("off", "always"):
        with bench_stack(Path(folder) / captcha, captcha, mpm_lines=FEW_THREADS) as stack:
            pids = children(stack.part["httpd"].pid)
            Waiters(stack, OPENED // 10, 8093000000).close()  # every thread has its pools
            spent = cpu(pids)
            with Waiters(stack, OPENED, 8092000000) as waiters:
                figures[captcha] = waiters.opened["per_second"], (cpu(pids) - spent) / OPENED * 1e6
    (plain, plain_cost), (coded, coded_cost) = figures.values()
    print(f"\nopened, sent and verified, {OPENED} visitors, 16 at once: {coded:.0f}/s with a code, to {plain:.0f}/s without x{coded / plain:.2f}"
          f"  CPU of httpd {coded_cost:.0f} us each x{coded_cost / plain_cost:.2f}")


def child_memory(stack):
    """(e): one child of the same httpd with and without the module, after the same requests for a file."""
    text = (stack.state / "conf" / "httpd.conf").read_text()
    ours = re.compile(r"^(LoadModule smsinteractivo_module|Sms|Include .*smsinteractivo|Define SMS)")
    port = free_port()
    bare = "\n".join(line.replace(" smsinteractivo:info", "") for line in text.splitlines() if not ours.match(line))
    bare = bare.replace(f"Listen 127.0.0.1:{stack.options['port']}", f"Listen 127.0.0.1:{port}").replace("/run/httpd.pid", "/run/bare.pid")
    (stack.state / "conf" / "bare.conf").write_text(bare)
    url = f"http://127.0.0.1:{port}/small.json"
    part = Part("bare", [HTTPD, "-DFOREGROUND", "-f", stack.state / "conf" / "bare.conf"], stack.state / "log" / "bare.log",
                lambda: fetch(url)[0] == 200)
    part.start()
    stack.httpd_signal("restart")
    wait_until(lambda: fetch(stack.url + "health")[0] == 200, 20, "httpd to answer again")
    try:
        told = []
        for pid, at in ((stack.part["httpd"].pid, f"http://127.0.0.1:{stack.options['port']}/small.json"), (part.pid, url)):
            wrk(at, seconds=1)
            pids = children(pid)[:1]
            told.append((memory(pids), proportional(pids)))
    finally:
        part.stop()
    (rss, pss), (bare_rss, bare_pss) = told
    print(f"\nthe module adds to a child: RSS x{rss / bare_rss:.2f} ({rss - bare_rss:+} KiB)  PSS x{pss / bare_pss:.2f} ({pss - bare_pss:+} KiB)")


def main():
    with tempfile.TemporaryDirectory(prefix="smsi-bench-") as folder:
        Path(folder).chmod(0o755)
        with bench_stack(Path(folder) / "polls", mpm_lines=STEADY) as stack:
            idle_poll(stack, ROUNDS, SECONDS)
            child_memory(stack)
        opening(folder)
        waiting(folder)


if __name__ == "__main__":
    main()
