"""`apachectl configtest` names what is wrong and what to do, with neither memcached nor smppd there."""

import re
import subprocess

import pytest
from stack.configuration import HTTPD, httpd_configuration
from stack.stack import ROOT, Stack


@pytest.fixture
def prepared(tmp_path):
    stack = Stack(tmp_path, port=1)
    stack.prepare()
    return stack


def configtest(stack, extra="", replace=()):
    text = httpd_configuration(stack) + extra + "\n"
    for old, new in replace:
        assert old in text
        text = text.replace(old, new)
    path = stack.state / "conf" / "httpd.conf"
    path.write_text(text)
    done = subprocess.run([HTTPD, "-t", "-f", path], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stderr


def test_the_shipped_configuration_is_fine(prepared):
    assert configtest(prepared) == (0, "Syntax OK\n")


@pytest.mark.parametrize("line, told", [
    ("SmsCaptcha sometimes", "one of adaptive, always, off"),
    ("SmsCaptchaTries 0", "from 1 to 100"),
    ("SmsLimitMessages many", "whole number"),
    ("SmsLimitMessages -1", "from 0"),
    ("SmsStore host:port:x", "neither host:port nor a socket"),
    ("SmsStore ,", "empty"),
    ("SmsStorePrefix", "takes one argument"),
    ("SmsStorePrefix 'a b'", "without spaces"),
    ("SmsStoreWait 5ms", "10ms to 2s"),
    ("SmsStoreWait 3s", "10ms to 2s"),
    ("SmsStoreWait soon", "10ms to 2s"),
    ("SmsStore /" + "x" * 108, "at most 107 octets"),
    ("SmsDaemon /" + "x" * 108, "at most 107 octets"),
    ("SmsWords /etc", "cannot read /etc"),
    ("SmsNames /dev/zero", "cannot read /dev/zero"),
    ("SmsHtdocs /nonexistent", "give the folder that holds page.html"),
    ("SmsNames /nonexistent", "cannot open /nonexistent"),
    ("SmsVoice /nonexistent", "give a folder with 0.wav"),
    ("SmsOrigin www.example.com", "https://www.example.com"),
    ("SmsAuditKeep 90", "1d to 3650d"),
    ("SmsSecretFile /nonexistent", "openssl rand -hex 32"),
    ("SmsWait sometimes", "one of auto, async, off"),
    ("SmsWaiters 0", "from 1 to 100000"),
    ("SmsUnknown on", "Invalid command"),
    ("<Location /x>\nSmsStore localhost\n</Location>", "not allowed"),
    ("<VirtualHost *:2>\nSmsDaemon /x\n</VirtualHost>", "cannot occur within"),
    ("SetHandler smsinteractivo", "<Location"),
    ("<LocationMatch ^/x>\nSetHandler smsinteractivo\n</LocationMatch>", "plain path"),
    ("<Location /x*>\nSetHandler smsinteractivo\n</Location>", "plain path"),
])
def test_a_wrong_directive_is_named_with_its_line_and_a_remedy(prepared, line, told):
    status, error = configtest(prepared, line)
    assert status != 0 and told in error, error
    assert re.search(r"line \d+", error), error


def test_no_list_at_all_is_fine(prepared):
    assert configtest(prepared, "SmsNames /dev/null\nSmsWords /dev/null") == (0, "Syntax OK\n")


def test_a_secret_open_to_others_is_refused(prepared):
    (prepared.state / "secret").chmod(0o644)
    status, error = configtest(prepared)
    assert status != 0 and "chmod 600" in error


@pytest.mark.parametrize("content", ["", "short\n", "g" * 64, "a" * 63, "a" * 65])
def test_a_secret_of_another_form_is_refused(prepared, content):
    (prepared.state / "secret").write_text(content)
    status, error = configtest(prepared)
    assert status != 0 and "64 hexadecimal digits" in error


def test_a_missing_secret_is_told_with_how_to_make_one(prepared):
    status, error = configtest(prepared, replace=[(f"SmsSecretFile {prepared.state}/secret\n", "")])
    assert status != 0 and "openssl rand -hex 32 > /etc/smsinteractivo/secret" in error


@pytest.mark.parametrize("file, old, new, told", [
    ("page.html", "{{#form}}", "{{#from_nowhere}}", "unknown name \"from_nowhere\""),
    ("page.html", "{{/form}}", "", "is not"),
    ("page.html", "{{t.lead}}", "{{t.laed}}", "no text has the key \"laed\""),
    ("texts.es", "problem.away =", "problem.awya =", "no text for the key \"problem.away\""),
    ("texts.en", "title = ", "title ", "line"),
])
def test_a_wrong_page_is_named_with_its_line(prepared, file, old, new, told):
    path = prepared.state / "htdocs" / file
    path.write_text(path.read_text().replace(old, new, 1))
    status, error = configtest(prepared)
    assert status != 0 and told in error and file.split(".")[0] in error, error


def test_the_lines_for_a_virtual_host_are_understood(tmp_path):
    stack = Stack(tmp_path, port=1, modules=("reqtimeout",))
    stack.prepare()
    assert configtest(stack, f"Include {stack.state}/conf/vhost-snippet.conf") == (0, "Syntax OK\n")


def test_loaded_without_a_location_it_asks_for_nothing(prepared):
    prepared.options["httpd"] = ""
    text = httpd_configuration(prepared)
    kept = [line for line in text.splitlines() if not line.startswith(("Sms", "Include", "Define"))]
    path = prepared.state / "conf" / "httpd.conf"
    path.write_text("\n".join(kept) + "\n")
    done = subprocess.run([HTTPD, "-t", "-f", path], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "Syntax OK\n")


@pytest.mark.parametrize("mpm", ["worker", "prefork"])
def test_where_no_poll_can_be_held_async_is_refused_and_auto_is_not(tmp_path, mpm):
    stack = Stack(tmp_path, port=1, mpm=mpm)
    stack.prepare()
    assert configtest(stack, "SmsWait auto")[0] == 0
    status, error = configtest(stack, "<Location /sms/>\nSmsWait async\n</Location>")
    assert status != 0 and "use mpm_event of httpd 2.4.63 or later, or SmsWait auto" in error, error


def test_a_wait_beyond_the_time_out_is_refused(prepared):
    status, error = configtest(prepared, "Timeout 40\n<Location /sms/>\nSmsWaitMost 40\n</Location>")
    assert status != 0 and "Timeout 40" in error, error
    assert configtest(prepared, "SmsWait async")[0] == 0


def test_more_waiters_than_the_mpm_takes_connections_are_refused(prepared):
    status, error = configtest(prepared, "SmsWaiters 76")  # 25 threads, each 2 connections more
    assert status != 0 and "AsyncRequestWorkerFactor" in error, error
    assert configtest(prepared, "AsyncRequestWorkerFactor 3\nSmsWaiters 76")[0] == 0


def manual_lines():
    text = (ROOT / "mod_smsinteractivo" / "wait" / "README.md").read_text().split("## Lines for mpm_event")[1]
    return re.findall(r"(?:^    [A-Z]\w+ \d+\n)+", text, re.M)


@pytest.mark.parametrize("nth, visitors", enumerate((450, 2000, 10000)))
def test_the_lines_of_the_manual_hold_as_many_as_they_say(prepared, nth, visitors):
    lines = manual_lines()[nth]
    said = {name: int(value) for name, value in re.findall(r"(\w+) (\d+)", lines)}
    assert said["StartServers"] * said["SmsWaiters"] >= visitors * 1.3
    assert said["MinSpareThreads"] >= said["StartServers"] * said["ThreadsPerChild"]
    half = said["ThreadsPerChild"] / 2
    assert said["ThreadsPerChild"] + half * said["AsyncRequestWorkerFactor"] > said["SmsWaiters"] * 1.2
    prepared.options["mpm_lines"] = lines
    assert configtest(prepared) == (0, "Syntax OK\n")
