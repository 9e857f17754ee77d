"""The idle poll, asked of the module and of what a site would use instead: answers a second of one core, and what each answer costs.

The load generator has a core of its own and everything that serves shares the other: on the same core its own cost would dilute every ratio.
"""

import hashlib
import json
import os
import re
import subprocess
from statistics import median

from load_of import cpu, family, pin
from peers import Peers
from stack.stack import fetch
from stack.visitor import Visitor

CORES = sorted(os.sched_getaffinity(0))


def wrk(url, headers=(), connections=64, seconds=3, cores=CORES):
    """(answers, answers a second); every one must have been 2xx."""
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *[w for h in headers for w in ("-H", h)], url]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)).stdout
    if re.search(r"Non-2xx|Socket errors: connect [^0]|^  0 requests in", done, re.M):
        raise SystemExit(f"{url} does not answer well:\n{done}")
    return int(re.search(r"(\d+) requests in", done)[1]), float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])


def same_answer(url, cookie):
    """What a poll says, without what the clock changes."""
    status, body = fetch(url, headers={"Cookie": cookie})
    return status, re.sub(r'"expires_in":\d+', "", json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")))


def asked(stack, visitor, peers):
    """Where each answers this visitor's poll; all but the floor and the file say the same."""
    cookie = "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())
    session = visitor.cookies["smsi"]
    key = f"smsi:t:{session[:12]}{hashlib.sha256(session.encode()).hexdigest()[:20]}"
    base, poll = f"http://127.0.0.1:{stack.options['port']}", f"poll?after={visitor.cursor}"
    polls = {"module": f"{stack.url}{poll}", "httpd + PHP-FPM": f"{base}/fpm/{poll}"}
    polls |= {name: f"{url}?after={visitor.cursor}" for name, url in peers.urls.items()}
    for name, url in polls.items():
        if (said := same_answer(url, cookie)) != (expected := same_answer(polls["module"], cookie)):
            raise SystemExit(f"{name} answers otherwise than the module:\n{said}\n{expected}")
    return cookie, {"module": polls.pop("module"), "floor: handler + 1 get": f"{base}/floor?{key}", "static file": f"{base}/small.json", **polls}


def measure(stack, peers, urls, cookie, rounds, seconds):
    """Of each the rates and the serving side's CPU seconds an answer, round by round."""
    serving = [stack.part["httpd"], stack.part["memcached"], *peers.parts]
    pids = [pid for part in serving for pid in family(part.pid)]
    pin(pids, CORES[1:2] or CORES)
    rates, costs = {name: [] for name in urls}, {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            spent = cpu(pids)
            count, rate = wrk(url, [f"Cookie: {cookie}"], seconds=seconds, cores=CORES[:1])
            rates[name].append(rate)
            costs[name].append((cpu(pids) - spent) / count)
    pin(pids, CORES)
    return rates, costs


def idle_poll(stack, rounds, seconds):
    visitor = Visitor(stack)
    visitor.write("8095550001", "hola")
    visitor.event_wait("state", state="accepted")
    visitor.poll()
    (stack.state / "htdocs" / "small.json").write_text('{"cursor":3,"expires_in":299,"conversations":[],"events":[]}\n')
    with Peers(stack.state / "peers", stack.memcached_socket) as peers:
        cookie, urls = asked(stack, visitor, peers)
        rates, costs = measure(stack, peers, urls, cookie, rounds, seconds)
    print("\nidle poll, all servers on one core and wrk -t1 -c64 on another: times as fast as, and CPU of all that serve to theirs")
    for name in list(urls)[1:]:
        faster = median(a / b for a, b in zip(rates["module"], rates[name]))
        cheaper = median(a / b for a, b in zip(costs["module"], costs[name]))
        print(f"  {name:<24} x{faster:.2f}  CPU x{cheaper:.2f}   ({median(rates['module']):,.0f}/s to {median(rates[name]):,.0f}/s,"
              f" {median(costs['module']) * 1e6:.1f} us to {median(costs[name]) * 1e6:.1f} us)")
