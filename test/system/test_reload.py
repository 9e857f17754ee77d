"""What a reload takes over and what it leaves alone, while links are bound and messages under way."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from operating import Client, ctl, link, rows, smsc_asked, write_configuration
from smsc import Smsc
from stack.part import wait_until
from stack.stack import free_port


@pytest.fixture(scope="module")
def options():
    return {"only": ("memcached", "smsc", "smppd"), "smppd": {"connections_per_user": 60, "log_interval": "0s"}}


def test_a_reload_keeps_a_bind_that_did_not_change(stack):
    wait_until(lambda: link(stack)["state"] == "up", 10, "the first bind")
    binds = stack.log("smppd").count("SD0101")
    write_configuration(stack, window=33)
    assert ctl(stack, "reload")[0] == 0
    assert link(stack)["window"] == "33" and link(stack)["state"] == "up"
    write_configuration(stack, window=34)
    stack.part["smppd"].signal(signal.SIGHUP)
    wait_until(lambda: link(stack)["window"] == "34", 5, "the reload by SIGHUP")
    assert stack.log("smppd").count("SD0101") == binds


def test_a_reload_binds_anew_where_the_login_changed(stack):
    binds = stack.log("smppd").count("SD0101")
    write_configuration(stack, system_type="web")
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: stack.log("smppd").count("SD0101") == binds + 1 and link(stack)["state"] == "up", 10,
               "the link to be bound anew")
    client = Client(stack)
    assert client.send("reload-0000000000001", "8095550177")[0] == "ok"
    stack.handset_wait("8095550177", 1)
    client.close()


def test_a_paused_link_stays_paused_though_a_reload_binds_it_anew(stack):
    binds = stack.log("smppd").count("SD0101")
    assert ctl(stack, "pause", "smsc")[0] == 0
    write_configuration(stack, system_type="paused")
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: stack.log("smppd").count("SD0101") > binds, 10, "the link to be bound anew")
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == ["paused"], 10, "the link it replaces to have ended")
    assert ctl(stack, "resume", "smsc")[0] == 0
    write_configuration(stack, system_type="resumed")
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == ["up"], 10, "a link that was resumed to be bound anew")


def test_what_waits_is_as_old_as_it_is_though_a_reload_makes_it_valid_for_less(stack):
    def oldest():
        (row,) = rows(ctl(stack, "queue")[1])
        return row["oldest"]

    client, mobile = Client(stack), "8095550176"
    assert ctl(stack, "pause", "smsc")[0] == 0
    assert client.send("reload-0000000000003", mobile)[0] == "ok"
    before = wait_until(oldest, 5, "it to wait")
    stack.options["smppd"]["validity"] = "5min"
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    assert oldest() == before
    del stack.options["smppd"]["validity"]
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == ["paused"], 10, "one link")
    assert ctl(stack, "resume", "smsc")[0] == 0
    stack.handset_wait(mobile, 1)
    client.close()


def test_an_answer_under_way_is_acknowledged_by_the_link_that_a_reload_replaces(stack):
    stack.expect("SD0351")
    client, mobile = Client(stack), "8095550178"
    code = client.send("reload-0000000000002", mobile)[1]["code"]
    wait_until(lambda: smsc_asked(stack, "stats")["delivers_pending"] == 0 and stack.handset(mobile), 10, "its receipt")
    delivers, unbound = stack.counter("delivers"), stack.log("smppd").count("ended: unbound")
    write_configuration(stack, system_type="moved")
    stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        stack.handset_answer(mobile, code, "hola")
        wait_until(lambda: stack.counter("delivers") > delivers, 5, "it to come")
        assert ctl(stack, "reload")[0] == 0
    finally:
        stack.part["memcached"].signal(signal.SIGCONT)
    wait_until(lambda: stack.log("smppd").count("ended: unbound") > unbound, 5, "the link to have ended")
    wait_until(lambda: smsc_asked(stack, "stats")["delivers_pending"] == 0, 10, "the answer to be acknowledged")
    assert stack.counter("delivers") == delivers + 1
    client.close()


def test_what_only_a_restart_takes_over_stays_as_it_is_and_is_told_each_time(stack):
    stack.expect("SD0013")
    before = Client(stack)
    stack.options["smppd"]["instance"] = "another"
    write_configuration(stack)
    for times in (1, 2):
        assert ctl(stack, "reload")[0] == 0
        wait_until(lambda: stack.log("smppd").count("only a restart takes this over: key=instance") == times, 5, "the warning")
    after = Client(stack)
    assert re.search("instance=[^ ]+", after.greeting)[0] == re.search("instance=[^ ]+", before.greeting)[0]
    del stack.options["smppd"]["instance"]
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == ["up"], 10, "one link")
    assert stack.log("smppd").count("SD0013") == 2
    before.close(), after.close()


def test_a_wrong_configuration_is_not_taken_over(stack):
    stack.expect("SD0002")
    write_configuration(stack, port="many")
    status, _, said = ctl(stack, "reload")
    assert status == 1 and "port: `many` is no whole number" in said
    assert link(stack)["state"] == "up"
    write_configuration(stack)


def certificate(folder, name):
    """Its own authority, for `smsc.test`: (certificate, key)."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=DNS:smsc.test", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def test_a_reload_takes_renewed_tls_files_and_refuses_those_that_cannot_be_used(stack):
    stack.expect("SD0002")
    folder = stack.state / "conf"
    trusted, (old, old_key), (new, new_key) = folder / "trusted.pem", certificate(folder, "old"), certificate(folder, "new")
    trusted.write_bytes(old.read_bytes())
    at = f"127.0.0.1:{free_port()}"
    with Smsc("--smpps", at, "--tls-cert", old, "--tls-key", old_key) as before:
        write_configuration(stack, port=before.tls_port, tls="yes", tls_ca=trusted, tls_name="smsc.test", retry_max="1s")
        assert ctl(stack, "reload")[0] == 0
        wait_until(lambda: link(stack)["state"] == "up", 10, "the link to speak TLS")
        binds = stack.log("smppd").count("SD0101")
        trusted.write_text("no certificate")
        status, _, said = ctl(stack, "reload")
        assert status == 1 and f"CA file {trusted} cannot be used" in said
        trusted.write_bytes(new.read_bytes())
        assert ctl(stack, "reload")[0] == 0
        assert (link(stack)["state"], stack.log("smppd").count("SD0101")) == ("up", binds)
    with Smsc("--smpps", at, "--tls-cert", new, "--tls-key", new_key):
        wait_until(lambda: stack.log("smppd").count("SD0101") > binds, 10, "the renewed certificate to be trusted")
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: link(stack)["state"] == "up", 10, "the link to be as it was")


@pytest.mark.parametrize("paused", [False, True], ids=["sending", "paused"])
def test_a_link_that_has_no_room_beside_those_on_their_way_out_comes_as_it_was_when_they_are_gone(stack, paused):
    stack.expect("SD0041")
    stack.control(mute_unbind="on")
    operator = Client(stack, "ctl")
    assert ctl(stack, "pause" if paused else "resume", "smsc")[0] == 0
    before = stack.log("smppd").count("SD0041")
    for login in [{}, *({"system_type": f"web{n}"} for n in range(40))]:
        write_configuration(stack, bind_timeout="1s", **login)
        assert operator.ask("reload")[0] == "ok"
    assert stack.log("smppd").count("SD0041") > before, "there was room for all: this proves nothing"
    as_it_was = "paused" if paused else "up"
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == [as_it_was], 10, "the last one")
    assert ctl(stack, "resume", "smsc")[0] == 0
    stack.control(mute_unbind="off")
    write_configuration(stack)
    assert operator.ask("reload")[0] == "ok"
    wait_until(lambda: [row["state"] for row in rows(ctl(stack, "links")[1])] == ["up"], 10, "the link to be as it was")
    operator.close()


def test_a_smppd_that_stops_takes_no_other_configuration_over(stack):
    stack.control(mute_unbind="on")
    client, operator, sessions = Client(stack), Client(stack, "ctl"), len(smsc_asked(stack, "sessions"))
    stack.part["smppd"].signal(signal.SIGTERM)
    wait_until(lambda: client.send(f"stopping-{time.monotonic_ns()}", "8095550189")[1].get("reason") == "draining", 5, "it to stop")
    assert operator.ask("reload") == ("no", {"reason": "draining"})
    assert len(smsc_asked(stack, "sessions")) == sessions
    stack.control(mute_unbind="off")
    assert stack.part["smppd"].stop() == 0
    client.close(), operator.close()
    stack.start_smppd()


def test_a_service_manager_is_told_though_it_was_busy(stack, tmp_path):
    starts = stack.log("smppd").count("SD0001")
    stack.part["smppd"].stop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as another:
        manager.bind(f"\0{tmp_path}")
        manager.settimeout(10)
        another.setblocking(False)
        with pytest.raises(BlockingIOError):
            while another.sendto(b"of another service", f"\0{tmp_path}"):
                pass
        environment = os.environ | {"NOTIFY_SOCKET": f"@{tmp_path}", "WATCHDOG_USEC": "200000"}
        path = stack.state / "conf" / "smppd-stack.conf"
        stack._start("smppd", [stack.state / "bin" / "smppd", "-c", path], lambda: stack._smppd_ready(True),
                     env=environment)
        told = []

        def hear(wanted):
            more = []
            while wanted not in told:
                assert len(told) < 100  # ten seconds of WATCHDOG=1
                first, *more = manager.recv(4096).decode().split("\n")
                told.append(first)
            return more

        wait_until(lambda: stack.log("smppd").count("SD0001") > starts, 10, "it to be ready")
        hear("READY=1")
        hear("WATCHDOG=1")
        told.clear()
        stack.part["smppd"].signal(signal.SIGHUP)
        hear("RELOADING=1")
        hear("READY=1")
        stack.part["smppd"].stop()
        assert hear("STOPPING=1") == ["EXTEND_TIMEOUT_USEC=30000000"]  # `drain`, and time for the spool
    stack.start_smppd()
