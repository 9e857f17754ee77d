"""Who speaks to smppd without manners: a client on its socket, an SMSC, a mobile with an odd name."""

import contextlib
import csv
import os
import socket
import stat

import pytest
from stack.part import wait_until
from stack.stack import fetch

SESSION = "a" * 32


@pytest.fixture(scope="module")
def options():
    return {"only": ("memcached", "smsc", "smppd")}


class Client:
    """A line to smppd as the module has one."""

    def __init__(self, stack, role="module"):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(5)
        self.line.connect(str(stack.socket))
        self.answers = self.line.makefile("rb")
        self.greeting = self.answers.readline()
        if role:
            assert self.ask(f"hello 0 role={role}") == b"ok 0\n"

    def ask(self, text):
        self.line.sendall(text.encode() + b"\n")
        return self.answers.readline()

    def close(self):
        self.answers.close()
        self.line.close()


@pytest.fixture
def client(stack):
    made = Client(stack)
    yield made
    made.close()


def send_line(mobile, tag=1, key="k" * 16, nonce="n" * 16, session=SESSION, name="Ana", text="hola"):
    return f"send {tag} session={session} mobile={mobile} name={name} text={text} key={key} nonce={nonce}"


def memory(stack):
    """KiB that smppd holds."""
    with open(f"/proc/{stack.part['smppd'].process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4


def descriptors(stack):
    return len(os.listdir(f"/proc/{stack.part['smppd'].process.pid}/fd"))


def test_the_socket_is_for_its_user_and_group(stack):
    assert stat.S_IMODE(stack.socket.stat().st_mode) == 0o660
    assert stat.S_IMODE(stack.socket.parent.stat().st_mode) == 0o750
    assert all(stat.S_IMODE(f.stat().st_mode) & 0o077 == 0 for f in (stack.state / "spool").iterdir())


def test_1500_connections_take_no_memory_and_end(stack, client):
    stack.expect("SD0025")
    before, kib = descriptors(stack), memory(stack)
    crowd = []
    for _ in range(1500):
        line = socket.socket(socket.AF_UNIX)
        line.setblocking(False)
        crowd.append(line)
        with contextlib.suppress(BlockingIOError):
            line.connect(str(stack.socket))
    assert client.ask("health 1").startswith(b"ok 1 ")
    assert descriptors(stack) <= before + 16 and memory(stack) < kib + 4096
    for line in crowd:
        line.close()
    wait_until(lambda: descriptors(stack) <= before, 5, "the crowd to be gone")


@pytest.mark.parametrize("verb", ["status", "links", "queue", "routes", "optout-list", "optout-add", "optout-remove", "cdr-export",
                                  "link-pause", "link-resume", "drain", "reload"])
def test_the_module_may_use_no_operators_verb(client, verb):
    assert client.ask(f"{verb} 1 mobile=8095551234 name=smsc") == b"no 1 reason=not-allowed\n"


@pytest.mark.parametrize("field, fields", [("file", "file=-1"), ("file", "file=../../etc/passwd"), ("file", "file=999999"),
                                           ("from", "from=x to=1"), ("from", "from=x to=y"), ("from", "to=1"), ("to", "from=5 to=x"), ("to", "from=5 to=1")])
def test_an_export_with_a_bad_field_is_refused_by_name(stack, field, fields):
    operator = Client(stack, role="ctl")
    assert operator.ask(f"cdr-export 1 {fields}") == f"no 1 reason=bad-field field={field}\n".encode()
    operator.close()


def test_nothing_is_answered_before_hello(stack):
    stranger = Client(stack, role=None)
    assert stranger.ask("health 1") == b"no 1 reason=hello-first\n"
    assert stranger.ask("hello 2 role=root") == b"no 2 reason=bad-field field=role\n"
    assert stranger.ask("subscribe 3") == b"no 3 reason=hello-first\n"
    stranger.close()


@pytest.mark.parametrize("line", ["a\0", "send", "send 1 a=b a=c", "", "send 1 text=%00", "send 1 text=%zz", "SEND 1",
                                  "send 1 =x", "send 1  a=b", "send 1 a", "send " + "1" * 17, "send 1 a=\x7f", " health 1", "health 1\r"],
                         ids=repr)
def test_a_line_that_breaks_the_grammar_ends_the_connection(stack, client, line):
    stack.expect("SD0023")
    assert client.ask(line) == b"no 0 reason=bad-line\n" and client.answers.readline() == b""
    assert stack.ask("health")["answer"] == "ok"


def test_a_line_without_end_ends_the_connection(stack, client):
    stack.expect("SD0023")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        client.line.sendall(b"x" * 100000)
    with contextlib.suppress(ConnectionResetError):
        assert client.answers.readline() == b"no 0 reason=bad-line\n" and client.answers.readline() == b""


@pytest.mark.parametrize("field, fields", [
    ("session", {"session": "zz"}), ("session", {"session": "A" * 32}), ("mobile", {"mobile": "999"}),
    ("mobile", {"mobile": "8095551234%0a"}), ("name", {"name": "%0a"}), ("name", {"name": "x" * 21}), ("text", {"text": "%1b"}),
    ("text", {"text": "x" * 151}), ("text", {"text": ""}), ("key", {"key": "k"}), ("key", {"key": "k%20" * 8}), ("nonce", {"nonce": "'" * 16}),
])
def test_a_send_with_a_bad_field_is_refused_by_name(client, field, fields):
    assert client.ask(send_line(**{"mobile": "8095551234"} | fields)) == f"no 1 reason=bad-field field={field}\n".encode()


def test_a_nonce_pays_once_and_a_key_sends_once(stack, client):
    first = client.ask(send_line("8095558001", 1, "key-of-the-first", "nonce-of-the-first"))
    assert first.startswith(b"ok 1 message=")
    again = client.ask(send_line("8095558001", 1, "key-of-the-first", "nonce-of-another1"))
    assert b" duplicate=yes" in again and again.split()[2] == first.split()[2]
    spent = client.ask(send_line("8095558002", 1, "key-of-the-second", "nonce-of-the-first"))
    assert spent == b"no 1 reason=nonce-used\n"
    assert len(stack.handset_wait("8095558001", 1)) == 1 and stack.handset("8095558002") == []


def test_others_conversations_are_unknown(client):
    conversation = dict(w.split("=") for w in client.ask(send_line("8095558003", 1, "k" * 20, "n" * 20)).decode().split()[2:])["conversation"]
    for verb in ("extend", "stop"):
        theirs = client.ask(f"{verb} 1 session={'b' * 32} conversation={conversation}")
        assert theirs == b"no 1 reason=no-conversation\n"
        assert theirs == client.ask(f"{verb} 1 session={'b' * 32} conversation={'1' * 16}")
    assert client.ask(f"extend 1 session={SESSION} conversation={conversation}").startswith(b"ok 1 until=")


def test_who_asks_and_never_reads_is_not_read_either(stack):
    deaf, kib = Client(stack), memory(stack)
    deaf.line.setblocking(False)
    asked = 0
    with contextlib.suppress(BlockingIOError):
        while asked < 200000:
            asked += deaf.line.send(b"counters 1\n" * 100) // 11
    assert asked < 200000 and memory(stack) < kib + 2048
    assert stack.ask("health")["answer"] == "ok"
    deaf.close()


def test_half_lines_of_many_hold_up_nobody(stack, client):
    halves = [Client(stack, role=None) for _ in range(10)]
    for half in halves:
        half.line.sendall(b"hello 1 role=mod")
    assert client.ask("health 1").startswith(b"ok 1 ")
    for half in halves:
        half.line.sendall(b"ule\n")
        assert half.answers.readline() == b"ok 1\n"
        half.close()


PDUS = ["00000010800000040000000000000001" * 3,          # submit_sm_resp nobody waits for
        "ffffffff00000005", "0000000f0000000500000000",  # lengths that cannot be
        "0000001000000005000000000000000a",              # a deliver_sm without its fields
        "0000001000000103000000000000000b",              # a data_sm without its fields
        "00000010000000090000000000000005",              # a bind from the SMSC
        "00000010deadbeef0000000000000006",              # no command
        "00000010000000060000000000000007"]              # unbind


def test_an_smsc_without_manners_loses_nothing(stack, client):
    stack.expect("SD01", "SD02", "SD03")
    code = dict(w.split("=") for w in client.ask(send_line("8095558004", 1, "k" * 24, "n" * 24)).decode().split()[2:])["code"]
    stack.handset_wait("8095558004", 1)
    for pdu in PDUS:
        fetch(f"{stack.handset_url}control/raw", b"hex=" + pdu.encode())
    fetch(f"{stack.handset_url}control/garbage", b"octets=3000&seed=1")
    stack.handset_answer("8095558004", code, "sigo vivo")
    wait_until(lambda: int(stack.ask("status")["replies"]) >= 1, 10, "the answer")


def test_a_source_that_is_a_formula_is_harmless_in_the_cdr_file(stack, client):
    code = dict(w.split("=") for w in client.ask(send_line("8095558005", 1, "k" * 28, "n" * 28)).decode().split()[2:])["code"]
    stack.handset_wait("8095558005", 1)
    before = int(stack.ask("status")["cdrs"])
    sources = ["=cmd|calc", "+1=HYPER", "@SUM(A1)", "-2+3", 'a",b', "a\r\nb,1"]
    for source in sources:
        stack.handset_answer("8095558005", code, "=1+1", **{"from": source})
    wait_until(lambda: int(stack.ask("status")["cdrs"]) >= before + len(sources), 10, "the records")
    name = stack.ask("cdr-export")["file"]
    with open(name, newline="") as file:
        rows = list(csv.reader(file))
    assert len({len(row) for row in rows}) == 1 and len(rows) > len(sources)
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]
    told = ["'=cmd|calc", "'+1=HYPER", "'@SUM(A1)", "'-2+3", 'a",b', "a  b,1"]
    assert [row[rows[0].index("mobile")] for row in rows[-len(sources):]] == told
    assert "=1+1" not in open(name).read()


def test_mobiles_that_nobody_wrote_to_do_not_take_the_visitors_queue(own_stack):
    stack = own_stack
    stack.options["smppd"] = {"queue": 10}
    stack.part["smppd"].stop()
    stack.start_smppd()
    held = stack.counter("notices-held")
    assert stack.ask("link-pause name=smsc")["answer"] == "ok"
    for n in range(12):
        stack.handset_answer(f"80955581{n:02}", "2333", "hola?")
    wait_until(lambda: stack.counter("notices-held") - held == 7, 10, "the notices there is no room for")
    fresh = Client(stack)
    for n in range(5):
        line = send_line(f"80955582{n:02}", n, f"crowded-{n:020}", f"crowd-{n:020}", session=f"{n:032}")
        wait_until(lambda: fresh.ask(line).startswith(b"ok"), 10, "room for a visitor's message", pause=0.2)
    assert stack.ask("health")["queue"] == "10"
    assert stack.ask("link-resume name=smsc")["answer"] == "ok"
    fresh.close()


def test_no_log_holds_a_number_or_a_text(stack, client):
    client.ask(send_line("8095558006", 1, "k" * 30, "n" * 30, text="palabra-secreta"))
    stack.handset_wait("8095558006", 1)
    assert "SD0101" in stack.log("smppd")
    for word in ("80955580", "palabra", "sigo vivo", "=cmd"):
        assert word not in stack.log("smppd"), word
