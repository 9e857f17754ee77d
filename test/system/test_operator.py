"""What an operator does with a running smppd: look, steer, reload, stop; and what it does when it runs short."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.parse

import pytest

from smsc import Smsc
from stack.configuration import smppd_configuration
from stack.part import wait_until
from stack.stack import BUILD, fetch

MOBILE = "8095550123"
SESSION = "00112233445566778899aabbccddeeff"


@pytest.fixture(scope="module")
def options():
    return {"only": ("memcached", "smsc", "smppd"), "smppd": {"connections_per_user": 60, "log_interval": "0s"}}


def ctl(stack, *words, env=None):
    done = subprocess.run([BUILD / "smppctl", "-s", stack.socket, *words], capture_output=True, text=True, timeout=60,
                          env=env)
    return done.returncode, done.stdout, done.stderr


def rows(text):
    """A printed table as dictionaries; columns are at least two spaces apart."""
    head, *lines = [re.split(r"  +", line.rstrip()) for line in text.splitlines()]
    return [dict(zip(head, line)) for line in lines]


def link(stack):
    return rows(ctl(stack, "links")[1])[0]


class Client:
    """One connection to the socket."""

    def __init__(self, stack, role="module"):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(10)
        self.line.connect(str(stack.socket))
        self.reader = self.line.makefile()
        self.greeting = self.reader.readline()
        if role:
            assert self.ask("hello", role=role)[0] == "ok"

    def ask(self, verb, **fields):
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        self.line.sendall(f"{verb} 7 {words}".rstrip().encode() + b"\n")
        for line in self.reader:
            if not line.startswith(("item", "news")):
                answer = line.split()
                return answer[0], dict(word.split("=", 1) for word in answer[2:])
        return "gone", {}

    def send(self, key, mobile=MOBILE):
        return self.ask("send", session=SESSION, mobile=mobile, name="Ana", text="Hola", key=key, nonce=key + "n")

    def close(self):
        self.reader.close()
        self.line.close()


def write_configuration(stack, **link_changes):
    stack.options["link"] = link_changes
    (stack.state / "conf" / "smppd-stack.conf").write_text(smppd_configuration(stack))


def check(tmp_path, text):
    path = tmp_path / "smppd.conf"
    path.write_text(text)
    done = subprocess.run([BUILD / "smppd", "-n", "-c", path], capture_output=True, text=True, timeout=10)
    return done.returncode, done.stdout + done.stderr


def test_the_check_names_line_and_remedy(tmp_path):
    status, said = check(tmp_path, "socket = run\n[link a]\nhots = b\n")
    assert status == 1
    assert "smppd.conf:1: socket: `run` does not begin with /. Write the whole path." in said
    assert "smppd.conf:3: no key is called `hots`. Did you mean `host`?" in said
    status, said = check(tmp_path, "[link a]\nhost = b\nsystem_id = c\ncodes = 2333\n")
    assert status == 0 and "is good" in said


def test_the_check_tells_of_a_state_that_cannot_be_written(stack):
    program, path, spool = stack.state / "bin" / "smppd", stack.state / "conf" / "smppd-stack.conf", stack.state / "spool"
    spool.chmod(0o555)
    try:
        done = subprocess.run([program, "-n", "-c", path], capture_output=True, text=True, timeout=10,
                              user=stack.user, group=stack.user, extra_groups=[] if stack.user else None)
    finally:
        spool.chmod(0o755)
    assert done.returncode == 1 and f"state: {spool} cannot be written: Permission denied. " in done.stderr, done


def test_a_wrong_command_line_ends_with_2():
    for words in (["-x"], ["more"], ["-c"]):
        done = subprocess.run([BUILD / "smppd", *words], capture_output=True, text=True, timeout=10)
        assert done.returncode == 2 and "smppd [-dfnv] [-c FILE]" in done.stderr
    done = subprocess.run([BUILD / "smppctl", "sing"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and "no command is called `sing`" in done.stderr


def test_smppctl_looks(stack):
    status, said, _ = ctl(stack, "status")
    assert status == 0 and re.search(r"^links-up +1$", said, re.M)
    assert ctl(stack, "health")[0] == 0
    assert link(stack)["state"] == "up"
    assert ctl(stack, "queue")[0] == 0
    counters = rows(ctl(stack, "counters")[1])
    assert {"sends", "cdrs", "send-us-p99"} <= {row["name"] for row in counters}


def test_smppctl_lists_the_routes_of_one_mobile_and_tells_nobodys_words(stack):
    client = Client(stack)
    answer, fields = client.send("routes-0000000000001")
    assert answer == "ok"
    status, said, _ = ctl(stack, "routes", "(809) 555-0123")
    assert status == 0
    route, = rows(said)
    assert route["code"] == fields["code"] and route["conversation"] == fields["conversation"]
    assert "Ana" not in said and "Hola" not in said and SESSION not in said
    assert ctl(stack, "routes", "5550123")[0] == 2
    client.close()


def test_an_opt_out_by_the_operator_holds_until_it_is_removed(stack):
    mobile = "8095550155"
    client = Client(stack)
    assert ctl(stack, "optout", "add", mobile)[0] == 0
    assert mobile in ctl(stack, "optout", "list")[1]
    assert client.send("optout-0000000000001", mobile) == ("no", {"reason": "opted-out"})
    assert ctl(stack, "optout", "remove", mobile)[0] == 0
    assert mobile not in ctl(stack, "optout", "list")[1]
    assert client.send("optout-0000000000002", mobile)[0] == "ok"
    client.close()


def test_a_paused_link_sends_nothing_until_it_is_resumed(stack):
    mobile = "8095550166"
    client = Client(stack)
    assert ctl(stack, "pause", "smsc")[0] == 0
    assert link(stack)["state"] == "paused"
    assert client.send("pause-00000000000001", mobile)[0] == "ok"
    assert int(ctl(stack, "queue")[1].count("\n")) >= 2
    assert stack.handset(mobile) == []
    assert ctl(stack, "resume", "smsc")[0] == 0
    stack.handset_wait(mobile, 1)
    assert ctl(stack, "pause", "nolink")[0] == 1
    client.close()


def test_a_module_may_not_steer(stack):
    client = Client(stack)
    for verb in ("drain", "reload", "status", "optout-list"):
        assert client.ask(verb) == ("no", {"reason": "not-allowed"})
    client.close()


def test_cdr_export_names_its_file(stack):
    status, said, _ = ctl(stack, "cdr", "export", "2020-01-01", "2020-01-02")
    assert status == 0
    name = re.search(r"^file +(\S+)$", said, re.M).group(1)
    assert os.path.exists(name) and name.endswith(".csv")
    assert ctl(stack, "cdr", "export", "yesterday", "2020-01-02")[0] == 2


def test_a_closed_cdr_file_is_written_again_byte_for_byte(stack):
    mobile = "8095550144"
    client = Client(stack)
    answer, fields = client.send("cdr-again-0000000001", mobile)
    stack.handset_wait(mobile, 1)
    stack.handset_answer(mobile, fields["code"], "cuesta")
    stack.handset_wait(mobile, 2)
    name = re.search(r"^file +(\S+)$", ctl(stack, "cdr", "export")[1], re.M).group(1)
    written = open(name, "rb").read()
    assert mobile.encode() in written
    os.unlink(name)
    number = re.search(r"-0*(\d+)\.csv$", name).group(1)
    assert ctl(stack, "cdr", "again", number)[0] == 0
    assert open(name, "rb").read() == written
    assert ctl(stack, "cdr", "again", "99999")[0] == 1
    assert ctl(stack, "cdr", "again", "x1")[0] == 2
    client.close()


def test_a_reload_keeps_a_bind_that_did_not_change(stack):
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


def test_a_wrong_configuration_is_not_taken_over(stack):
    stack.expect("SD0002")
    write_configuration(stack, port="many")
    status, _, said = ctl(stack, "reload")
    assert status == 1 and "port: `many` is no whole number" in said
    assert link(stack)["state"] == "up"
    write_configuration(stack)


def smsc_asked(stack, path, **form):
    status, answer = fetch(f"{stack.handset_url}control/{path}", urllib.parse.urlencode(form).encode() if form else None)
    assert status < 300, (status, answer)
    return json.loads(answer or b"{}")


def test_a_link_that_can_send_and_not_receive_is_shown_as_that(stack):
    write_configuration(stack, bind="transmitter+receiver", retry_max="1s")
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: (link(stack)["state"], link(stack)["receives"]) == ("up", "yes"), 10, "both connections")
    smsc_asked(stack, "listen", open=0)
    (receiver,) = [each for each in smsc_asked(stack, "sessions") if each["receives"] and not each["transmits"]]
    smsc_asked(stack, "cut", session=receiver["id"])
    wait_until(lambda: (link(stack)["state"], link(stack)["receives"]) == ("up", "no"), 10, "one of them to be missed")
    smsc_asked(stack, "listen", open=1)
    wait_until(lambda: link(stack)["receives"] == "yes", 10, "it to be back")
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: link(stack)["state"] == "up", 10, "the link to be as it was")


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
    with Smsc("--smpps", "127.0.0.1:0", "--tls-cert", old, "--tls-key", old_key) as before:
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
    with Smsc("--smpps", f"127.0.0.1:{before.tls_port}", "--tls-cert", new, "--tls-key", new_key):
        wait_until(lambda: stack.log("smppd").count("SD0101") > binds, 10, "the renewed certificate to be trusted")
    write_configuration(stack)
    assert ctl(stack, "reload")[0] == 0
    wait_until(lambda: link(stack)["state"] == "up", 10, "the link to be as it was")


def test_a_second_smppd_is_refused_and_the_first_goes_on(stack, tmp_path):
    path = stack.state / "conf" / "smppd-stack.conf"
    user = stack.user and {"user": stack.user, "group": stack.user, "extra_groups": []} or {}
    second = subprocess.run([stack.state / "bin" / "smppd", "-c", path], capture_output=True, text=True, timeout=20, **user)
    assert second.returncode == 1
    assert "SD0011 error: cannot start:" in second.stderr
    assert ctl(stack, "health")[0] == 0


def test_without_descriptors_who_is_in_goes_on_and_others_come_in_later(stack):
    stack.expect("SD0026")
    stack.part["smppd"].stop()
    path = stack.state / "conf" / "smppd-stack.conf"
    few = ["sh", "-c", 'ulimit -n 40 && exec "$0" "$@"', stack.state / "bin" / "smppd", "-c", path]
    stack._start("smppd", few, lambda: stack._smppd_ready(True))
    client, crowd = Client(stack), []
    for _ in range(40):
        crowd.append(socket.socket(socket.AF_UNIX))
        crowd[-1].connect(str(stack.socket))
    wait_until(lambda: "SD0026" in stack.log("smppd"), 5, "smppd to say that it is short of descriptors")
    assert client.ask("health")[0] == "ok"
    for one in crowd:
        one.close()
    wait_until(lambda: ctl(stack, "health")[0] == 0, 5, "others to come in again")
    client.close()


def test_a_killed_smppd_leaves_a_socket_that_the_next_one_replaces(stack):
    stack.part["smppd"].kill()
    assert stack.socket.exists()
    stack.start_smppd()
    assert ctl(stack, "health")[0] == 0


def test_drain_refuses_new_messages_and_a_stop_unbinds(stack):
    client = Client(stack)
    assert ctl(stack, "drain")[0] == 0
    answer, fields = client.send("drain-00000000000001")
    assert (answer, fields["reason"]) == ("no", "draining")
    assert stack.part["smppd"].stop() == 0
    log = stack.log("smppd")
    assert "ended: unbound" in log.splitlines()[-2] and "SD0012 stopped" in log.splitlines()[-1]
    assert not stack.socket.exists()
    client.close()
    assert ctl(stack, "status")[0] == 3
    stack.start_smppd()


def test_a_stop_waits_for_a_silent_smsc_no_longer_than_it_may(stack):
    stack.expect("SD0007")
    stack.part["smppd"].stop()
    stack.options["smppd"]["drain"] = "500ms"
    stack.start_smppd()
    stack.control(response_drop_next=-1)
    client, mobile = Client(stack), "8095550188"
    assert client.send("silent-0000000000001", mobile)[0] == "ok"
    stack.handset_wait(mobile, 1)
    begun = time.monotonic()
    assert stack.part["smppd"].stop() == 0
    assert 0.4 < time.monotonic() - begun < 5
    assert "SD0007" in stack.log("smppd")
    client.close()
    stack.control(response_drop_next=0)
    stack.start_smppd()
    stack.handset_wait(mobile, 2)  # it was in doubt, and is sent once more


def test_a_service_manager_is_told(stack, tmp_path):
    stack.part["smppd"].stop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{tmp_path}")
        manager.settimeout(10)
        environment = os.environ | {"NOTIFY_SOCKET": f"@{tmp_path}", "WATCHDOG_USEC": "200000"}
        path = stack.state / "conf" / "smppd-stack.conf"
        stack._start("smppd", [stack.state / "bin" / "smppd", "-c", path], lambda: stack._smppd_ready(True),
                     env=environment)
        told = []

        def hear(wanted):
            while wanted not in told:
                told.append(manager.recv(4096).decode().split("\n")[0])

        hear("READY=1")
        hear("WATCHDOG=1")
        told.clear()
        stack.part["smppd"].signal(signal.SIGHUP)
        hear("RELOADING=1")
        hear("READY=1")
        stack.part["smppd"].stop()
        hear("STOPPING=1")
    stack.start_smppd()
