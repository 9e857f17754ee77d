"""The audit trail: who wrote to whom and when, in a file of its own, turned and deleted on time by itself."""

import fcntl
import os
import re
import signal
import stat
import threading
import time
from pathlib import Path

import pytest
from stack.part import wait_until
from stack.stack import BUILD, fetch
from stack.visitor import Visitor

DAY = 86400


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    clock = tmp_path_factory.mktemp("clock") / "seconds"  # httpd's parent alone may read it
    clock.write_text("0")
    return {"captcha": "off", "environment": {"LD_PRELOAD": str(BUILD / "moved-clocks.so"), "WALL_CLOCK": str(clock)},
            "httpd": "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nSmsLimitConversations 0\n"
                     "SmsLimitSameText 0\nSmsLimitMobile 0"}


@pytest.fixture
def trail(stack):
    return stack.state / "log" / "audit.log"


def of_day(trail, seconds):
    """The file of the day that was or will be so many seconds from now."""
    return trail.with_name("audit.log." + time.strftime("%Y-%m-%d", time.gmtime(time.time() + seconds)))


def test_it_tells_who_wrote_to_whom_and_never_what(stack, trail):
    visitor = Visitor(stack, address="203.0.113.77")
    queued = visitor.write("8095554002", "palabras secretas")
    assert stat.S_IMODE(trail.stat().st_mode) == 0o600
    text = trail.read_text()
    (line,) = [line for line in text.splitlines() if queued["conversation"] in line]
    assert "what=send" in line and "address=203.0.113.77" in line and "mobile=8095554002" in line
    assert "secretas" not in text and visitor.cookies["smsi"] not in text
    for what in ("report", "end"):
        visitor.call("POST", what, {"conversation": queued["conversation"]})
        assert re.search(rf"^time=\S+Z what={what} address=203.0.113.77 .* conversation={queued['conversation']} ", trail.read_text(), re.M)


def test_it_names_the_visitors_port_or_the_proxys_connection(stack):
    """A carrier's customers share an address: a lawful request is answered by its port. Behind a proxy only the proxy knows it."""
    told = {}
    for address in (None, "203.0.113.78"):
        visitor = Visitor(stack, address=address)
        conversation = visitor.write("8095554004", "hola")["conversation"]
        port, trail = visitor.connection.sock.getsockname()[1], (stack.state / "log" / "audit.log").read_text()
        told[address] = port, next(line for line in trail.splitlines() if conversation in line)
    port, line = told[None]
    assert f" address=127.0.0.1 port={port} session=" in line
    port, line = told["203.0.113.78"]
    assert f" address=203.0.113.78 peer=127.0.0.1 peer-port={port} session=" in line


def test_it_tells_of_a_message_whose_answer_smppd_owed(stack):
    """It goes out all the same, and pressed again it is the message that smppd knows."""
    stack.expect("SI0101", "SD0")
    visitor = Visitor(stack, address="203.0.113.79")
    visitor.open()
    stack.part["smppd"].signal(signal.SIGSTOP)
    try:
        assert visitor.send("8095554009", "sin respuesta", "k" * 20)[0] == 503
    finally:
        stack.part["smppd"].signal(signal.SIGCONT)
    stack.handset_wait("8095554009", 1)
    wait_until(lambda: visitor.send("8095554009", "sin respuesta", "k" * 20)[0] == 202, 10, "smppd to be found again")
    (line,) = [line for line in stack.log("audit").splitlines() if "mobile=8095554009" in line]
    assert " what=unanswered address=203.0.113.79 " in line
    assert len(stack.handset("8095554009")) == 1


def test_a_message_that_is_sent_again_stands_there_once(stack, trail):
    visitor = Visitor(stack)
    visitor.open()
    told = [visitor.send("8095554010", "una vez", "k" * 24) for _ in range(3)]
    assert [status for status, _ in told] == [202] * 3 and len({answer["message"] for _, answer in told}) == 1
    assert trail.read_text().count("mobile=8095554010") == 1


def test_where_it_cannot_be_written_that_is_said_once_and_the_service_goes_on(stack, trail):
    stack.expect("SI0140")
    away, visitor, before = trail.with_name("away"), Visitor(stack), stack.log("httpd").count("SI0140")
    trail.rename(away)
    trail.mkdir()
    for n in range(3):
        visitor.write("8095554011", f"sin rastro {n}")
    _, metrics = fetch(stack.url + "metrics")
    assert b"smsinteractivo_audit_failures_total 3\n" in metrics
    trail.rmdir()
    visitor.write("8095554012", "con rastro")
    away.unlink()
    wait_until(lambda: stack.log("httpd").count("SI0140") == before + 1, 10, "the line")
    assert "mobile=8095554012" in trail.read_text() and "mobile=8095554011" not in trail.read_text()


def a_child_waits_for_a_lock(stack):
    with open("/proc/locks") as locks:
        waiting = [line.split()[5] for line in locks if " -> FLOCK" in line]
    parents = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1] for pid in waiting]
    return str(stack.part["httpd"].pid) in parents


def restart(stack, visitor):
    """New children, that have no file open."""
    resumed = stack.log("httpd").count("resuming")
    stack.httpd_signal("restart")
    wait_until(lambda: fetch(stack.url + "health")[0] == 200 and stack.log("httpd").count("resuming") > resumed, 10, "httpd")
    visitor.close()


def test_within_a_day_every_child_goes_on_in_the_same_file(stack, trail):
    visitor = Visitor(stack)
    for _ in range(2):
        visitor.write("8095554013", "hoy")
        restart(stack, visitor)
    visitor.write("8095554013", "hoy")
    assert trail.read_text().count("mobile=8095554013") == 3 and not of_day(trail, 0).exists()


def test_the_first_line_of_a_day_begins_a_file(stack, trail):
    visitor, told = Visitor(stack), []
    visitor.write("8095554005", "ayer")
    os.utime(trail, (time.time() - DAY, time.time() - DAY))
    restart(stack, visitor)
    turned, writes = of_day(trail, -DAY), threading.Thread(target=lambda: told.append(visitor.write("8095554005", "hoy")))
    with open(trail) as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as a child does that turns it
        writes.start()
        wait_until(lambda: a_child_waits_for_a_lock(stack), 10, "the writer to wait")
        assert not turned.exists()
    writes.join()
    assert trail.read_text().count("what=send") == 1 and told[0]["conversation"] in trail.read_text()
    assert stat.S_IMODE(turned.stat().st_mode) == stat.S_IMODE(trail.stat().st_mode) == 0o600


def test_files_turn_and_go_on_time_though_nobody_writes(stack, trail):
    Visitor(stack).write("8095554006", "hoy")
    over, kept, others = of_day(trail, -89 * DAY), of_day(trail, -87 * DAY), trail.with_name("audit.log.+mi+copia+")
    for file in (over, kept, others):
        file.write_text("x")
    turned = of_day(trail, 0)
    with open(stack.options["environment"]["WALL_CLOCK"], "w") as clock:
        clock.write(str(2 * DAY))
    wait_until(lambda: not over.exists(), 30, "the parent to look")
    assert turned.exists() and not trail.exists() and kept.exists() and others.exists()
    Visitor(stack).write("8095554007", "otra vez")  # into a file of httpd's user
    assert "mobile=8095554007" in trail.read_text()


def test_a_reload_that_keeps_files_shorter_deletes_and_says_what_it_cannot(stack, trail):
    stack.expect("SI0141")
    over, stuck = of_day(trail, -80 * DAY), of_day(trail, -81 * DAY)
    over.write_text("x")
    stuck.mkdir()
    conf = stack.state / "conf" / "httpd.conf"
    conf.write_text(conf.read_text() + "SmsAuditKeep 60d\n")
    stack.httpd_signal("graceful")
    wait_until(lambda: not over.exists() and "SI0141" in stack.log("httpd"), 30, "the parent to look")
    stuck.rmdir()
    assert fetch(stack.url + "health")[0] == 200
