"""What an operator does with a running smppd: look, steer, stop; and what it does when it runs short."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from operating import SESSION, Client, ctl, link, rows, smsc_asked, write_configuration
from stack.part import wait_until
from stack.stack import BUILD


@pytest.fixture(scope="module")
def options():
    return {"only": ("memcached", "smsc", "smppd"), "smppd": {"connections_per_user": 60, "log_interval": "0s", "store_queue": 16}}


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


def test_a_start_logs_everything_that_is_wrong(tmp_path):
    path = tmp_path / "smppd.conf"
    path.write_text("[link a]\nwindow = 0\n[link b]\nwindow = 0\n[link c]\nwindow = 0\n")
    done = subprocess.run([BUILD / "smppd", "-c", path], capture_output=True, text=True, timeout=10)
    wrong = re.findall(r"SD0002 error: configuration: \S+?:(\d): window", done.stderr)
    assert done.returncode == 1 and wrong == ["2", "4", "6"], done


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
    assert status == 0 and said.startswith("There is no trouble.\n") and re.search(r"^links-up +1$", said, re.M)
    assert ctl(stack, "health")[0] == 0
    assert link(stack)["state"] == "up"
    assert ctl(stack, "queue")[0] == 0
    counters = {row["name"]: row["help"] for row in rows(ctl(stack, "counters")[1])}
    assert {"sends", "cdrs", "send-us-p99"} <= counters.keys() and all(counters.values())
    assert counters["cdrs"] == "charging records written"


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


def test_opt_outs_in_a_row_wait_for_memcached_only_so_many(stack):
    """Each acknowledged one holds; what is refused says when to come again."""
    client, mobiles = Client(stack, "ctl"), [f"809555{n}" for n in range(2000, 2200)]
    stack.expect("SD0351")
    stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        answers = [client.ask("optout-add", mobile=mobile) for mobile in mobiles]
    finally:
        stack.part["memcached"].signal(signal.SIGCONT)
    taken = [mobile for mobile, answer in zip(mobiles, answers) if answer[0] == "ok"]
    refused = [fields for kind, fields in answers if kind == "no"]
    assert taken and refused and all(each["reason"] == "queue-full" and int(each["retry-in"]) > 0 for each in refused), answers
    wait_until(lambda: ctl(stack, "optout", "remove", mobiles[0])[0] == 0, 10, "memcached to have heard of them")
    told = ctl(stack, "optout", "list")[1]
    assert mobiles[0] not in told and all(mobile in told for mobile in taken[1:])
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
    client.close()


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_link_that_there_is_not_is_told_in_the_operators_words(stack, verb):
    assert ctl(stack, verb, "nolink") == (1, "", "smppctl: no link has this name; `smppctl links` lists them.\n")


def test_a_smppctl_that_is_not_let_in_says_why(stack):
    stack.expect("SD0025")
    crowd = [Client(stack, None) for _ in range(60)]
    try:
        for _ in range(20):  # whether it has asked or not when it is turned away
            status, _, said = ctl(stack, "status")
            assert status == 1 and "too-many (too many connections" in said
    finally:
        for each in crowd:
            each.close()
    wait_until(lambda: ctl(stack, "status")[0] == 0, 5, "room")


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


@pytest.mark.parametrize("words", [
    ("routes", "809555123x"), ("routes", ""), ("optout", "add", "5551234"), ("optout", "remove", "18095551234567890"),
    ("cdr", "export", "2026-02-30", "2026-03-02"), ("cdr", "export", "2026-02-01", "2026-02-01T24:00Z"),
    ("cdr", "export", "2026-02-01", "yesterday"), ("cdr", "export", "2026-02-01", "2026-01-31"),
    ("cdr", "again", "-1"), ("pause",), ("links", "smsc"), ("decode", "zz")])
def test_what_is_mistyped_is_told_and_not_asked(stack, words):
    status, out, said = ctl(stack, *words)
    assert status == 2 and not out and ("usage" in said or f"`{words[-1]}`" in said or f"`{words[-2]}`" in said)


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
    for day, records in (("2020-01-02", "0"), ("2999-01-01", "[1-9][0-9]*")):
        assert re.search(rf"^records +{records}$", ctl(stack, "cdr", "export", "2020-01-01", day)[1], re.M)
    for number in ("0", "99999"):
        status, _, said = ctl(stack, "cdr", "again", number)
        assert (status, said) == (1, "smppctl: no file has this number.\n")
    assert ctl(stack, "cdr", "again", "x1")[0] == 2
    client.close()


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
    status, said, _ = ctl(stack, "health")
    assert status == 1 and re.search(r"^accepting +no$", said, re.M)
    assert stack.part["smppd"].stop() == 0
    log = stack.log("smppd")
    assert "ended: unbound" in log.splitlines()[-2] and "SD0012 stopped" in log.splitlines()[-1]
    assert not stack.socket.exists()
    client.close()
    assert ctl(stack, "status")[0] == 3
    stack.start_smppd()


def test_a_stop_does_not_wait_for_answers_to_cease(stack):
    stack.part["smppd"].stop()
    stack.options["smppd"]["notices_hourly"] = 0  # nothing but the answers keeps it busy
    stack.start_smppd()
    before = stack.log("smppd").count("SD0007")
    smsc_asked(stack, "load", count=10 ** 6, to="2333", numbers=200, rate=0, window=50, text="hola{n}", **{"from": "8095556000"})
    wait_until(lambda: stack.counter("delivers-kept") > 100, 10, "answers to come")
    begun = time.monotonic()
    assert stack.part["smppd"].stop() == 0
    took = time.monotonic() - begun
    smsc_asked(stack, "load", count=0, to="2333")
    stack.start_smppd()
    assert took < 5 and stack.log("smppd").count("SD0007") == before


def test_a_stop_does_not_wait_for_a_memcached_that_is_away(stack):
    client, mobile = Client(stack), "8095550187"
    stack.expect("SD0351")
    ctl(stack, "pause", "smsc")
    assert client.send("away-00000000000001", mobile)[0] == "ok"
    stack.part["memcached"].signal(signal.SIGSTOP)
    try:
        ctl(stack, "resume", "smsc")
        stack.handset_wait(mobile, 1)
        wait_until(lambda: "SD0351" in stack.log("smppd"), 5, "memcached to be missed")
        begun = time.monotonic()
        assert stack.part["smppd"].stop() == 0
        assert time.monotonic() - begun < 5
    finally:
        stack.part["memcached"].signal(signal.SIGCONT)
    client.close()
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
