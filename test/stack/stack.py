"""A whole service of its own: memcached, an SMSC with handsets, smppd and httpd, in one state directory.

`make run` and every system test start this same stack, so what a test proves is what a person sees.
"""

import contextlib
import json
import os
import pwd
import random
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from stack.configuration import HTTPD, httpd_configuration, smppd_configuration
from stack.part import Part, PartFailed, wait_until

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SMS_BUILD", ROOT / "build"))
USER = "www-data"
PORTS = range(10000, 32768)  # below those that Linux gives to clients
ports_held = []


def free_port():
    """A TCP port that stays this process's until it ends, so that a server that starts anew has it again: no client is given it,
    and no other stack takes it, for a name is held for it."""
    for port in random.sample(PORTS, k=1000):
        name = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError), socket.socket() as probe:
            name.bind(f"\0smsinteractivo port {port}")
            probe.bind(("127.0.0.1", port))
            ports_held.append(name)
            return port
        name.close()
    raise OSError("no port is free")


def fetch(url, data=None, headers=None, seconds=5):
    """(status, body) of a request; data makes it a POST. Status 0 where nobody answers."""
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()
    except (OSError, ValueError):
        return 0, b""


def let_others_in(folder):
    """The parts run as another user where we are root: every folder of ours on the way must let them pass."""
    temporary = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if os.geteuid() == 0 and (each == folder or temporary in each.parents):
            each.chmod(each.stat().st_mode | 0o055)


@contextlib.contextmanager
def watched(stack):
    """Up while the caller runs; a warning in any log that nobody declared with expect() fails it."""
    with stack:
        yield stack
    unexpected = stack.unexpected()
    assert not unexpected, "undeclared warnings:\n" + "\n".join(unexpected)


class Stack:
    """Options: mpm, captcha, codes, port, handsets, httpd (further directives), smppd (overrides), memory (MB of memcached),
    environment (of httpd), store_wait (SmsStoreWait; short ones fail on a loaded machine), echo.

    `only` names the parts to start, for tests that need no httpd.
    """

    PARTS = ("memcached", "smsc", "smppd", "httpd")

    def __init__(self, state, echo=None, only=PARTS, **options):
        self.state = Path(state)
        self.options = {"mpm": "event", "captcha": "adaptive", "codes": "2333 2024 2025 2026",
                        "httpd": "", "modules": (), "mpm_lines": "", "smppd": {}, "link": {}, "links": {},
                        "environment": {}, "store_wait": "1s"} | options
        for name in ("port", "smpp", "handsets"):
            self.options[name] = self.options.get(name) or free_port()
        self.echo, self.only, self.part = echo, only, {}
        self.user = USER if os.geteuid() == 0 else None
        self.expected = set()

    # -- coming up and going down

    def __enter__(self):
        try:
            self.prepare()
            for name in self.PARTS:
                if name in self.only:
                    getattr(self, f"start_{name}")()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        """The state directory, with copies of what the parts run: www-data may not read the checkout."""
        for name in ("log", "run", "spool", "cdr", "bin", "conf"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        for program in ("smppd", "smppctl", "smsc", "mod_smsinteractivo.so"):
            if (BUILD / program).exists():
                self._replace(BUILD / program, self.state / "bin" / program)
        for folder, source in (("htdocs", ROOT / "htdocs"), ("conf", ROOT / "conf"), ("voice", BUILD / "voice")):
            if source.is_dir():
                shutil.copytree(source, self.state / folder, dirs_exist_ok=True)
        secret = self.state / "secret"
        if not secret.exists():
            secret.write_text(os.urandom(32).hex() + "\n")
        secret.chmod(0o600)
        let_others_in(self.state)
        if self.user:
            self._give_away()

    def _give_away(self):
        entry = pwd.getpwnam(self.user)
        for name in ("run", "spool", "cdr", "log"):
            os.chown(self.state / name, entry.pw_uid, entry.pw_gid)

    @staticmethod
    def _replace(source, target):
        """A copy under a new inode: the old program may be running."""
        fresh = target.with_suffix(".new")
        shutil.copy2(source, fresh)
        fresh.replace(target)

    def _start(self, name, argv, ready, user=True, env=None, seconds=20):
        part = Part(name, argv, self.state / "log" / f"{name}.log", ready,
                    user=self.user if user else None, echo=self.echo, env=env, cwd=self.state)
        self.part[name] = part
        return part.start(seconds)

    def stop(self):
        """Everything, the last started first. Raises what went wrong after all are gone."""
        failures = []
        for name in reversed(self.PARTS):
            if name in self.part:
                with contextlib.suppress(KeyError):
                    failures += self._stop_one(self.part[name])
        self.part.clear()
        if failures:
            raise PartFailed("\n".join(failures))

    @staticmethod
    def _stop_one(part):
        died = not part.alive() and not part.expected_to_die and part.process is not None
        try:
            status = part.stop()
        except PartFailed as failed:
            return [str(failed)]
        if died:
            return [f"{part.name} had died with status {status}.\n{part.log_tail()}"]
        return []

    # -- the parts

    @property
    def memcached_socket(self):
        return self.state / "run" / "memcached"

    @property
    def socket(self):
        return self.state / "run" / "smppd" / "socket"

    def start_memcached(self):
        self.memcached_socket.unlink(missing_ok=True)
        program = shutil.which("memcached") or "/usr/bin/memcached"
        self._start("memcached", [program, "-s", self.memcached_socket, "-a", "0700", "-m", self.options.get("memory", 64), "-t", "1"],
                    lambda: self._answers(self.memcached_socket))

    @staticmethod
    def _answers(path):
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                return True
        except OSError:
            return False

    def start_smsc(self):
        ports = self.state / "run" / "smsc.ports"
        ports.unlink(missing_ok=True)
        self._start("smsc", [self.state / "bin" / "smsc", "--smpp", self.options["smpp"],
                             "--http", self.options["handsets"], "--ports-file", ports],
                    lambda: ports.exists() and len(ports.read_text().split()) >= 2)
        words = dict(line.split("=", 1) if "=" in line else line.split(None, 1)
                     for line in ports.read_text().splitlines())
        self.options["smpp"], self.options["handsets"] = int(words["smpp"]), int(words["http"])

    def start_smppd(self, wait_for_link=True, env=None):
        path = self.state / "conf" / "smppd-stack.conf"
        path.write_text(smppd_configuration(self))
        run = self.socket.parent
        run.mkdir(mode=0o750, exist_ok=True)
        if self.user:
            shutil.chown(run, self.user, self.user)
        self._start("smppd", [self.state / "bin" / "smppd", "-f", "-c", path],
                    lambda: self._smppd_ready(wait_for_link), env=env)

    def _smppd_ready(self, wait_for_link):
        with contextlib.suppress(OSError, ValueError, StopIteration):
            health = self.ask("health")
            return health.get("accepting") == "yes" and (not wait_for_link or int(health.get("links-up", 0)) > 0)
        return False

    def asked(self, request):
        """One request of an operator to smppd: (verb, fields) of each line of its answer, "ok" or "no" the last."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.socket))
            verb, *fields = request.split()
            line.sendall(f"hello 1 role=ctl\n{' '.join([verb, '2', *fields])}\n".encode())
            for answer in line.makefile():
                kind, *words = answer.split()
                if words[:1] == ["2"]:
                    yield kind, dict(word.split("=", 1) for word in words[1:])
                    if kind in ("ok", "no"):
                        return
        raise ValueError("smppd closed the connection")

    def ask(self, request):
        """The fields of an answer's last line."""
        *_, (kind, fields) = self.asked(request)
        return fields | {"answer": kind}

    def troubles(self):
        """What smppd says is wrong now: the kinds, and what has them."""
        return {item["trouble"]: item["of"] for _, item in self.asked("status") if "trouble" in item}

    def counter(self, name):
        """What smppd has counted under this name."""
        return next(int(item["value"]) for _, item in self.asked("counters") if item.get("name") == name)

    def start_httpd(self):
        path = self.state / "conf" / "httpd.conf"
        path.write_text(httpd_configuration(self))
        (self.state / "run" / "httpd.pid").unlink(missing_ok=True)
        self._start("httpd", [HTTPD, "-DFOREGROUND", "-f", path, "-E", "/dev/stderr"],
                    lambda: fetch(self.url + "health")[0] == 200, user=False, env=os.environ | self.options["environment"])

    def httpd_signal(self, word):
        """`graceful`, `restart`: what apachectl would send."""
        self.part["httpd"].signal({"graceful": signal.SIGUSR1, "restart": signal.SIGHUP}[word])

    # -- what a test or a person uses

    @property
    def url(self):
        return f"http://127.0.0.1:{self.options['port']}/sms/"

    @property
    def handset_url(self):
        return f"http://127.0.0.1:{self.options['handsets']}/"

    def handset(self, mobile):
        """The messages a mobile holds."""
        status, body = fetch(f"{self.handset_url}handsets/{mobile}")
        return json.loads(body) if status == 200 else []

    def handset_wait(self, mobile, count, seconds=10):
        return wait_until(lambda: len(self.handset(mobile)) >= count and self.handset(mobile), seconds,
                          f"{count} messages on {mobile}")

    def handset_answer(self, mobile, to, text, **further):
        body = json.dumps({"to": to, "text": text} | further).encode()
        status, answer = fetch(f"{self.handset_url}handsets/{mobile}", body, {"Content-Type": "application/json"})
        assert status == 202, (status, answer)

    def control(self, **fields):
        """Tells the SMSC to misbehave; see test/smsc/README.md."""
        data = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        status, answer = fetch(f"{self.handset_url}control", data)
        assert status in (200, 204), (status, answer)

    def counts(self):
        """What the SMSC has counted."""
        return json.loads(fetch(f"{self.handset_url}control/stats")[1])

    # -- logs

    def log(self, name):
        path = self.state / "log" / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def expect(self, *fragments):
        """Declares warnings that this test provokes: log lines holding any of them are no failure."""
        self.expected.update(fragments)

    def unexpected(self):
        """Every warning or error in any log that was not declared."""
        words = (" warn", "[warn", ":warn", "error", ":crit", ":emerg", ":alert", "AddressSanitizer", "runtime error")
        return [f"{name}: {line}" for name in self.PARTS for line in self.log(name).splitlines()
                if any(word in line for word in words) and not any(part in line for part in self.expected)]
