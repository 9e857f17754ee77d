"""Kannel, tuned: bearerbox and smsbox before the same SMSC, a web server as the site that its answers are brought to."""

import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

from load_of import cpu, memory
from stack.part import Part, wait_until
from stack.stack import fetch, free_port

WINDOW = 1000

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = bench
smsbox-port = {smsbox}
box-allow-ip = "127.0.0.1"
log-level = 4
{store}

group = smsc
smsc = smpp
smsc-id = bench
host = 127.0.0.1
port = {smpp}
smsc-username = claro
smsc-password = secret
system-type = ""
transceiver-mode = true
max-pending-submits = {window}
my-number = "2333"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
global-sender = 2333
log-level = 4

group = sendsms-user
username = bench
password = bench
max-messages = 5

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{site}/answer?from=%p&text=%b"
max-messages = 0
"""

SITE = """
worker_processes 1; daemon off; pid {state}/nginx.pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 10000000;
    client_body_temp_path {state}/nginx-body; proxy_temp_path {state}/nginx-proxy; fastcgi_temp_path {state}/nginx-fastcgi;
    uwsgi_temp_path {state}/nginx-uwsgi; scgi_temp_path {state}/nginx-scgi;
    server {{ listen 127.0.0.1:{site}; location /answer {{ return 200; }} location /count {{ stub_status; }} }}
}}
"""


def installed():
    return bool(shutil.which("bearerbox") and shutil.which("smsbox"))


class Kannel:
    """`store`: none or file."""

    def __init__(self, state, smsc, store="none"):
        self.state, self.smsc, self.name = Path(state), smsc, f"Kannel, store {'off' if store == 'none' else store}"
        self.port = {name: free_port() for name in ("admin", "smsbox", "sendsms", "site")}
        lines = "" if store == "none" else f"store-type = file\nstore-location = {self.state}/kannel.store"
        self.conf = CONFIGURATION.format(**self.port, smpp=smsc.port, store=lines, window=WINDOW)
        self.parts = []

    def __enter__(self):
        (self.state / "kannel.conf").write_text(self.conf)
        (self.state / "site.conf").write_text(SITE.format(state=self.state, site=self.port["site"]))
        self._start("site", ["nginx", "-c", self.state / "site.conf", "-p", self.state], "site", "/count")
        self._start("bearerbox", ["bearerbox", self.state / "kannel.conf"], "admin", "/status.txt?password=bench")
        self._start("smsbox", ["smsbox", self.state / "kannel.conf"], "sendsms", "/")
        wait_until(lambda: b"online" in fetch(f"http://127.0.0.1:{self.port['admin']}/status.txt?password=bench")[1], 20, "Kannel's bind")
        return self

    def _start(self, name, argv, port, path):
        part = Part(name, argv, self.state / f"{name}.log", lambda: fetch(f"http://127.0.0.1:{self.port[port]}{path}")[0] > 0)
        self.parts.append(part)
        part.start()

    def __exit__(self, *_):
        for part in reversed(self.parts):
            part.expected_to_die = True
            part.kill() if part.name != "site" else part.stop()

    @property
    def pids(self):
        return [part.pid for part in self.parts if part.name != "site"]

    def cpu(self):
        return cpu(self.pids)

    def rss(self):
        return memory(self.pids, "VmHWM")

    def send(self, callers, seconds):
        """(accepted, p50 us, p99 us) of callers that each wait for their answer."""
        url = f"http://127.0.0.1:{self.port['sendsms']}/cgi-bin/sendsms?username=bench&password=bench&from=2333&to=18092000001&text=hola+1"
        done = subprocess.run(["wrk", "-t1", f"-c{callers}", f"-d{seconds:.0f}s", "--latency", url], capture_output=True, text=True, check=True)
        sent = int(re.search(r"(\d+) requests in", done.stdout)[1])
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
        share = {k: float(v) * {"us": 1, "ms": 1000, "s": 1e6}[unit] for k, v, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", done.stdout)}
        return sent - int(refused[1] if refused else 0), share["50"], share["99"]

    def expect_answers(self, numbers):
        """Kannel knows no conversations."""

    def brought(self):
        """Answers the site was told of."""
        page = urllib.request.urlopen(f"http://127.0.0.1:{self.port['site']}/count").read().decode()
        return int(page.splitlines()[2].split()[2])
