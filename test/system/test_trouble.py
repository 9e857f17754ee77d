"""What smppd does while the machine under it is in trouble: nothing is acknowledged that is not kept, and it recovers by itself."""

import calendar
import contextlib
import errno
import os
import re
import subprocess
import time

import pytest
from daemon_stack import Client, DaemonStack, Refused, Session, counters, mobiles, running
from stack.configuration import smppd_configuration
from stack.part import Part, PartFailed, wait_until
from stack.stack import USER, Stack

SMALL_MB = 6


@contextlib.contextmanager
def full_disk(daemon):
    """The spool's file system has no block left."""
    ballast = daemon.state / "spool" / "ballast"
    with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    yield
    ballast.unlink()


@contextlib.contextmanager
def limited(daemon, what, most):
    """A soft limit of the running smppd, set as its own user."""
    as_user = {"user": daemon.user, "group": daemon.user, "extra_groups": []} if daemon.user else {}

    def limit(soft):
        subprocess.run(["prlimit", f"--pid={daemon.part['smppd'].pid}", f"--{what}={soft}:"], check=True, **as_user)

    limit(most)
    yield
    limit({"as": "unlimited", "fsize": "unlimited", "nofile": 1024}[what])


def failing_writes(daemon):
    """No file of smppd may grow: write(2) fails."""
    return limited(daemon, "fsize", max(f.stat().st_size for f in (daemon.state / "spool").iterdir()))


@contextlib.contextmanager
def refusing(daemon, what):
    """What `failing_disk.c` lets the preloaded smppd meet."""
    told = daemon.state / "disk"
    told.write_text(what)
    yield
    told.write_text("")


# What fails, by what a visitor's message is refused with.
TROUBLES = {
    "no-block-left": ("spool-full", full_disk),
    "no-file-may-grow": ("spool-down", failing_writes),
    "write-ENOSPC": ("spool-full", lambda daemon: refusing(daemon, f"write {errno.ENOSPC}")),
    "write-EROFS": ("spool-down", lambda daemon: refusing(daemon, f"write {errno.EROFS}")),
    "write-EIO": ("spool-down", lambda daemon: refusing(daemon, f"write {errno.EIO}")),
    "sync-EIO": ("spool-down", lambda daemon: refusing(daemon, f"sync {errno.EIO}")),
}


@pytest.fixture(scope="module", params=TROUBLES)
def troubled(request, tmp_path_factory):
    """(a stack, what it is told, what makes the trouble)."""
    state = tmp_path_factory.mktemp(request.param)
    reason, trouble = TROUBLES[request.param]
    spool = state / "spool"
    spool.mkdir()
    mounted = trouble is full_disk
    if mounted and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "none", spool], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with running(state, codes="2333 2024", smppd={"mobile_hourly": 1000, "log_interval": "0s"}) as stack:
            stack.expect("SD0201")
            if "-E" in request.param:
                (state / "disk").write_text("")
                stack.start_smppd_under("failing-disk.so", FAILING_DISK=state / "disk")
            yield stack, reason, trouble
    finally:
        if mounted:
            subprocess.run(["umount", "-l", spool], check=True)


def refusal(door, taken):
    """Why a message is refused, or None where it was taken: then it must come. Each of a new session, for one may open only so many."""
    mobile = next(mobiles)
    try:
        Session(door).send(mobile, "x" * 150, patient=False)
    except Refused as refused:
        return refused.reason
    taken.append(mobile)
    return None


def test_what_the_disk_does_not_take_is_not_acknowledged_and_all_goes_on_afterwards(troubled):
    daemon, reason, trouble = troubled
    door, mobile = daemon.client(), next(mobiles)
    ana, taken = Session(door), []
    daemon.control(hold_delivers="on")
    sent = ana.send(mobile)
    daemon.events_wait(ana.sid, "state")
    with trouble(daemon):
        told = wait_until(lambda: refusal(door, taken), 30, "a message to be refused")
        assert told == reason
        assert daemon.ask("status")["spool"] == reason.removeprefix("spool-")
        assert daemon.troubles() == {"spool": str(daemon.state / "spool")}
        assert daemon.ask("health")["accepting"] == "no"
        shed = counters(door)["delivers-shed"]
        daemon.control(hold_delivers="off")  # the receipt comes
        daemon.handset_answer(mobile, sent["code"], "guárdala")
        wait_until(lambda: counters(door)["delivers-shed"] > shed, 10, "the SMSC to be asked to keep the answer")
        assert daemon.events(ana.sid, "reply") == []
        assert daemon.counts()["delivers_pending"] > 1, "the SMSC keeps the receipt too"
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply", seconds=20)] == ["guárdala"]
    assert daemon.events_wait(ana.sid, "state", 2)[1]["state"] == "delivered"
    wait_until(lambda: daemon.ask("health")["accepting"] == "yes", 10, "smppd to take messages again")
    Session(door).send(next(mobiles))
    for each in taken:
        daemon.handset_wait(each, 1)
    assert counters(door)["cdrs"] == 1
    assert "SD0201" in daemon.log("smppd") and "SD0204" in daemon.log("smppd")
    assert daemon.troubles() == {}
    door.close()


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("trouble"), codes="2333 2024", smppd={"mobile_hourly": 1000, "log_interval": "0s"},
                 link={"retry_min": "100ms", "retry_max": "300ms"}) as stack:
        yield stack


def test_an_answer_refused_by_a_disk_that_then_has_it_after_all_is_billed_once(daemon):
    """What a failed sync left in SQLite's log may be found there after a crash; the SMSC was asked to keep the answer and gives it again."""
    daemon.expect("memcached is filled", "SD0201")
    (daemon.state / "disk").write_text("")
    daemon.start_smppd_under("failing-disk.so", FAILING_DISK=daemon.state / "disk")
    door, mobile = daemon.client(), next(mobiles)
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    with refusing(daemon, f"sync {errno.EIO}"):
        shed = counters(door)["delivers-shed"]
        daemon.handset_answer(mobile, sent["code"], "una vez")
        wait_until(lambda: counters(door)["delivers-shed"] > shed, 10, "the SMSC to be asked to keep the answer")
        daemon.part["smppd"].kill()
    daemon.start_smppd()
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply", seconds=20)] == ["una vez"]
    wait_until(lambda: daemon.counts()["delivers_pending"] == 0, 10, "the SMSC to be told")
    assert sum(int(row.split(",")[20]) > 0 for row in billed(daemon, mobile)) == 1
    assert len(daemon.events(ana.sid, "reply")) == 1


def test_a_directory_that_cannot_be_written_is_told_at_the_start_and_nothing_in_it_is_lost(daemon):
    door, mobile = daemon.client(), next(mobiles)
    daemon.control(queue_full=-1)
    Session(door).send(mobile, "espera")
    door.close()
    daemon.expect("SD0011", "SD0007", "memcached is filled")
    daemon.part["smppd"].stop()
    (daemon.state / "spool").chmod(0o555)
    try:
        if not os.access(daemon.state / "spool", os.W_OK) or daemon.user:
            with pytest.raises(PartFailed) as failed:
                daemon.start_smppd()
            assert "SD0011" in str(failed.value) and str(daemon.state / "spool") in str(failed.value)
            daemon.part["smppd"].expected_to_die = True
    finally:
        (daemon.state / "spool").chmod(0o755)
    daemon.control(queue_full=0)
    daemon.start_smppd()
    assert daemon.handset_wait(mobile, 1)[0]["text"].startswith("Ana (web): espera")


def test_charging_records_wait_for_a_directory_that_cannot_be_written(daemon):
    door, mobile = daemon.client(), next(mobiles)
    daemon.expect("SD0203")
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "cuesta")
    daemon.events_wait(ana.sid, "reply")
    (daemon.state / "cdr").chmod(0o555)
    try:
        assert daemon.ask("cdr-export")["answer"] == "no"
        wait_until(lambda: f"error=EACCES directory={daemon.state}/cdr" in daemon.log("smppd"), 5, "the trouble to be logged")
        assert daemon.troubles() == {"cdr-files": str(daemon.state / "cdr")}
    finally:
        (daemon.state / "cdr").chmod(0o755)
    wait_until(lambda: daemon.ask("cdr-export")["answer"] == "ok", 10, "the file to be written")
    assert daemon.troubles() == {}
    assert sum(mobile in file.read_text() for file in (daemon.state / "cdr").glob("*.csv")) == 1
    door.close()


def test_without_descriptors_a_lost_link_comes_back_as_soon_as_there_are_some(daemon):
    door, operator, mobile = daemon.client(), daemon.client(role="ctl"), next(mobiles)
    Session(door).send(next(mobiles), "antes")  # the connections to memcached are made by who first needs them
    with limited(daemon, "nofile", 3):
        daemon.cut()
        wait_until(lambda: "Too many open files" in daemon.log("smppd"), 10, "the link to want a descriptor")
        Session(door).send(mobile, "sin descriptores")
        assert door.ask("health")["links-up"] == "0"
        assert [(item["trouble"], item["of"]) for item in operator.items("status")] == [("link", "smsc")]
    daemon.handset_wait(mobile, 1)
    door.close()
    operator.close()


def test_what_was_taken_while_memory_ran_out_is_sent_without_a_restart(daemon):
    telling = {"queue-full": "SD0307", "spool-down": "SD0201", "store-down": "SD0351"}
    daemon.expect("SD0023", "SD0025", "SD0310", *telling.values())
    door, taken, outcomes = daemon.client(), [], []
    Session(door).send(next(mobiles), "antes")
    assert daemon.ask("link-pause name=smsc")["answer"] == "ok"
    with limited(daemon, "as", 1), contextlib.suppress(OSError, EOFError):  # those: of its peer smppd hears no more either
        while len(outcomes) < 100 or None in outcomes[-100:]:
            outcomes.append(refusal(door, taken))
    assert all(telling[each] in daemon.log("smppd") for each in {*outcomes} - {None})
    assert daemon.troubles().get("memory") == ("message" if "queue-full" in outcomes else None)
    assert daemon.ask("link-resume name=smsc")["answer"] == "ok"
    for mobile in taken:
        daemon.handset_wait(mobile, 1)
    door.close()


def test_a_memcached_that_is_away_at_the_start_is_told_and_found_later(daemon):
    daemon.expect("SD0351", "memcached is filled")
    daemon.part["smppd"].stop()
    daemon.part["memcached"].kill()
    before = {said: daemon.log("smppd").count(said) for said in ("SD0351", "SD0001")}  # not answered; ready
    path = daemon.state / "conf" / "smppd-stack.conf"
    daemon._start("smppd", [daemon.state / "bin" / "smppd", "-f", "-c", path],
                  lambda: all(daemon.log("smppd").count(said) > count for said, count in before.items()))
    assert daemon.ask("status")["store"] == "down" and "memcached" in daemon.troubles() and daemon.ask("health")["accepting"] == "no"
    daemon.start_memcached()
    wait_until(lambda: daemon.ask("health")["accepting"] == "yes", 5, "memcached to be found")
    wait_until(lambda: "SD0352" in daemon.log("smppd"), 5, "its return to be logged")
    door, mobile = daemon.client(), next(mobiles)
    Session(door).send(mobile)
    daemon.handset_wait(mobile, 1)
    door.close()


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_step_of_the_wall_clock_ends_nothing_and_only_what_is_billed_shows_it(daemon, seconds):
    daemon.expect("memcached is filled")
    shift = daemon.state / "clock"
    shift.write_text("0")
    daemon.start_smppd_under("moved-clocks.so", WALL_CLOCK=shift)
    door, mobile, ana = daemon.client(), next(mobiles), Session(daemon.client())
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    shift.write_text(str(seconds))
    daemon.handset_answer(mobile, sent["code"], "sigo aquí")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["sigo aquí"]
    again = ana.send(mobile)
    assert again["conversation"] == sent["conversation"]
    assert 0 <= int(again["until"]) - int(sent["until"]) < 60000
    assert daemon.events(ana.sid, "ended") == []
    assert abs(billed_at(daemon, mobile) - (time.time() + seconds)) < 60
    door.close()


def billed(daemon, mobile):
    """The records of a mobile's answers."""
    daemon.ask("cdr-export")
    lines = [line for file in sorted((daemon.state / "cdr").glob("*.csv")) for line in file.read_text().splitlines()]
    return [line for line in lines if mobile in line.split(",")]


def billed_at(daemon, mobile):
    """When the only answer of a mobile was billed, in seconds since 1970."""
    (row,) = billed(daemon, mobile)
    utc = row.split(",")[1]
    return calendar.timegm(time.strptime(utc[:19], "%Y-%m-%dT%H:%M:%S"))


class SecondMemcached(Part):
    """Beside a stack's own, in one ring with it."""

    def __init__(self, state):
        self.path = state / "run" / "memcached2"
        argv = ["memcached", "-s", self.path, "-a", "0700", "-m", "64", "-t", "1"]
        super().__init__("memcached2", argv, state / "log" / "memcached2.log", lambda: Stack._answers(self.path),
                         user=USER if os.geteuid() == 0 else None)


@pytest.fixture
def ring(tmp_path_factory):
    """(a stack whose smppd has two memcached servers, the second of them)."""
    state = tmp_path_factory.mktemp("ring")
    servers = f"{state}/run/memcached {state}/run/memcached2"
    stack = DaemonStack(state, codes="2333 2024", smppd={"mobile_hourly": 1000, "store": servers, "conversation": "60s"})
    stack.prepare()
    second = SecondMemcached(state).start()
    try:
        with stack:
            yield stack, second
        unexpected = stack.unexpected()
        assert not unexpected, "undeclared warnings:\n" + "\n".join(unexpected)
    finally:
        second.stop()


def test_with_one_memcached_of_two_dead_the_other_half_goes_on_and_all_comes_back(ring):
    daemon, second = ring
    daemon.expect("SD03")
    door = daemon.client()
    writers = [(Session(door), next(mobiles)) for _ in range(8)]
    sent = [ana.send(mobile) for ana, mobile in writers]
    for _, mobile in writers:
        daemon.handset_wait(mobile, 1)
    second.kill()
    outcomes = []
    while min(outcomes.count("ok"), outcomes.count("store-down")) < 3 and len(outcomes) < 200:  # which server has what is chance
        outcomes.append(outcome(door))
    assert outcomes.count("ok") >= 3 and outcomes.count("store-down") >= 3, outcomes
    wait_until(lambda: "SD0351" in daemon.log("smppd"), 5, "the trouble to be logged")
    for (_, mobile), one in zip(writers, sent):
        daemon.handset_answer(mobile, one["code"], "contesto igual")
    for _, mobile in writers:
        daemon.handset_wait(mobile, 2)  # the confirmation: kept and billed
    second.path.unlink(missing_ok=True)
    second.start()
    shown = wait_until(lambda: all_shown(daemon, second, writers), 10, "all answers to be shown")
    assert shown == ["contesto igual"] * 8
    assert counters(door)["cdrs"] == 8
    wait_until(lambda: outcome(door) == "ok", 5, "a message of which all is kept in time")
    door.close()


def test_a_memcached_that_stays_dead_is_taken_out_and_all_goes_on(ring):
    daemon, second = ring
    daemon.expect("SD03")
    door = daemon.client()
    writers = [(Session(door), next(mobiles)) for _ in range(8)]
    sent = [ana.send(mobile) for ana, mobile in writers]
    second.kill()
    daemon.part["smppd"].stop()
    daemon.options["smppd"]["store"] = daemon.memcached_socket
    daemon.start_smppd()
    door = daemon.client()
    for (ana, mobile), before in zip(writers, sent):
        ana.client = door
        assert ana.send(mobile, "otra vez")["code"] == before["code"]
        daemon.handset_answer(mobile, before["code"], "hola")
    for ana, _ in writers:
        daemon.events_wait(ana.sid, "reply")
        assert [e["text"] for e in daemon.events(ana.sid, "sent")] == ["hola", "otra vez"]
    door.close()


def outcome(door):
    try:
        Session(door).send(next(mobiles), patient=False)
    except Refused as refused:
        return refused.reason
    return "ok"


def all_shown(daemon, second, writers):
    """The answers in the transcripts, whichever server holds each; None while one is missing."""
    found = []
    for ana, _ in writers:
        for path in (daemon.memcached_socket, second.path):
            lines = daemon.store(f"get smsi:t:{ana.sid}", path)[1:-1]
            found += [fields["text"] for verb, _, fields in map(Client.parse, (l.encode() for l in lines if l)) if fields.get("type") == "reply"]
    return found if len(found) >= len(writers) else None


OUR_LINE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z SD\d{4} ")


def test_without_a_network_each_line_is_still_of_our_own(tmp_path):
    alone = ["unshare", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no network of its own without root")
    with running(tmp_path) as stack:
        stack.part["smppd"].stop()
        stack.options["link"] = {"host": "smsc.example"}
        path = stack.state / "conf" / "smppd-stack.conf"
        path.write_text(smppd_configuration(stack))
        stack._start("smppd", [*alone, stack.state / "bin" / "smppd", "-f", "-c", path], lambda: stack._smppd_ready(False), user=False)
        wait_until(lambda: "ameserver" in stack.log("smppd"), 10, "the name server to be missed")  # libevent's words
        assert [line for line in stack.log("smppd").splitlines() if not OUR_LINE.match(line)] == []
