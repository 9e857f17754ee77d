"""A held poll is a request as any other: HEAD, pipelining, filters, notes, virtual hosts, clients that half-close."""

import gzip
import json
import re
import socket
import time

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.stack import fetch, free_port
from waiting import MPM, Line, Waiting, held, replies, settled


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    log, port = tmp_path_factory.mktemp("notes") / "sms.log", free_port()
    location = '<Location "/sms/">\nSetHandler smsinteractivo\n</Location>\n'
    return {"captcha": "off", "mpm_lines": MPM, "notes_log": log, "second": port,
            "modules": ("reqtimeout", "filter", "include"),
            "httpd": NO_LIMITS + f'LogFormat "%m %U %>s %{{smsi-wait}}n" wait\nCustomLog "{log}" wait\n'
                     "<Location /status>\nSetHandler server-status\n</Location>\nExtendedStatus On\n"
                     "<Location /sms/poll>\nAddOutputFilterByType DEFLATE application/json\nHeader set X-Of-Site yes\n</Location>\n"
                     "<Location /inside.shtml>\nOptions +Includes\nSetOutputFilter INCLUDES\n</Location>\n"
                     '<Location /missing>\nErrorDocument 404 "/sms/poll?after=0&wait=9"\n</Location>\n'
                     "<Directory />\nRewriteEngine On\nRewriteCond %{REQUEST_URI} ^/moved$\nRewriteRule .* /sms/poll [L]\n</Directory>\n"
                     f"Listen 127.0.0.1:{port}\n"
                     f"<VirtualHost *:{port}>\nServerName short\nTimeout 7\n{location}</VirtualHost>\n"
                     f"<VirtualHost *:{port}>\nServerName long\nTimeout 60\n{location}"
                     '<Location "/sms/poll">\nSmsWait auto\n</Location>\n</VirtualHost>\n'
                     f"<VirtualHost *:{port}>\nServerName off\n{location}<Location /sms/>\nSmsWait off\n</Location>\n</VirtualHost>\n"}


@pytest.fixture
def line(stack):
    line = Line(stack.options["port"])
    yield line
    line.close()


def number():
    number.last += 1
    return f"80955700{number.last:02d}"


number.last = 0


def poll_of(visitor, wait=20):
    return f"poll?after={visitor.cursor}&wait={wait}"


def test_head_is_held_and_answered_without_a_body(stack, line):
    mobile = number()
    visitor, queued = settled(stack, mobile)
    line.ask(visitor, poll_of(visitor), method="HEAD")
    held(stack, 1)
    stack.handset_answer(mobile, queued["code"], "uno")
    assert line.answer(bodyless=True)[0] == 200
    line.ask(visitor, "poll?after=0")
    assert replies(json.loads(line.answer()[2])) == ["uno"]


def test_without_keep_alive_the_connection_ends_after_the_answer(stack, line):
    mobile = number()
    visitor, queued = settled(stack, mobile)
    line.ask(visitor, poll_of(visitor), version="1.0")
    held(stack, 1)
    stack.handset_answer(mobile, queued["code"], "uno")
    status, headers, body = line.answer()
    assert status == 200 and headers["connection"] == "close" and replies(json.loads(body)) == ["uno"]
    assert line.input.read() == b""


def test_requests_sent_behind_a_held_poll_are_answered_after_it_in_order(stack, line):
    mobile = number()
    visitor, queued = settled(stack, mobile)
    line.ask(visitor, poll_of(visitor))
    line.ask(visitor, "static/sms.css")
    held(stack, 1)
    line.ask(visitor, "poll?after=0")
    stack.handset_answer(mobile, queued["code"], "uno")
    assert replies(json.loads(line.answer()[2])) == ["uno"]
    assert line.answer()[1]["content-type"].startswith("text/css")
    assert replies(json.loads(line.answer()[2])) == ["uno"]


def test_a_client_that_has_only_finished_writing_gets_its_answer(stack, line):
    visitor, _ = settled(stack, number())
    line.ask(visitor, poll_of(visitor))
    held(stack, 1)
    line.socket.shutdown(socket.SHUT_WR)
    status, _, body = line.answer()
    assert status == 200 and json.loads(body)["events"] == []
    held(stack, 0)


def test_filters_of_the_site_work_on_a_held_answer(stack, line):
    mobile = number()
    visitor, queued = settled(stack, mobile)
    line.ask(visitor, poll_of(visitor), Accept_Encoding="gzip")
    held(stack, 1)
    stack.handset_answer(mobile, queued["code"], "comprimido")
    status, headers, body = line.answer()
    assert (status, headers["content-encoding"], headers["x-of-site"]) == (200, "gzip", "yes")
    assert replies(json.loads(gzip.decompress(body))) == ["comprimido"]


def test_a_page_of_the_site_may_hold_an_answer_of_ours(stack, line):
    visitor, _ = settled(stack, number())
    (stack.state / "htdocs" / "inside.shtml").write_text('<p><!--#include virtual="/sms/poll?after=0&wait=9" --></p>')
    line.ask(visitor, "inside.shtml", root="/")
    status, _, body = line.answer()
    assert status == 200 and json.loads(body.decode().removeprefix("<p>").removesuffix("</p>"))["events"], body


def test_the_log_tells_how_long_it_waited_and_only_of_held_ones(stack):
    visitor, _ = settled(stack, number())
    Waiting(visitor, wait=1).over()
    visitor.request("GET", "static/sms.css")

    def told():
        text = stack.options["notes_log"].read_text()
        assert not re.search(r"sms\.css 200 \d", text)
        return [int(ms) for ms in re.findall(r"^GET /sms/poll 200 (\d+)$", text, re.M)]

    wait_until(lambda: any(900 < ms < 2500 for ms in told()), 5, "a wait of a second in the log")


def test_mod_status_tells_of_waiting_visitors_sessions_and_rates(stack):
    visitor, _ = settled(stack, number())
    waiting = Waiting(visitor, wait=3)
    held(stack, 1)
    url = stack.url.replace("/sms/", "/status")
    plain, page = fetch(url + "?auto")[1].decode(), fetch(url)[1].decode()
    assert "SmsWaiting: 1\n" in plain and "SmsSmppd: up\n" in plain and "SmsLinksUp: 1\n" in plain
    assert int(re.search(r"^SmsSessions: (\d+)$", plain, re.M)[1]) >= 1
    assert float(re.search(r"^SmsPollsPerSec: (\S+)$", plain, re.M)[1]) > 0
    assert "<tr><th>Visitors whose poll is held now</th><td>1</td></tr>" in page
    assert waiting.over()[0] == 200


def test_mod_status_counts_no_worker_as_busy_for_a_held_poll(stack):
    visitor, _ = settled(stack, number())
    waiting = Waiting(visitor, wait=3)
    held(stack, 1)
    plain = fetch(stack.url.replace("/sms/", "/status") + "?auto")[1].decode()
    assert "BusyWorkers: 1\n" in plain and "IdleWorkers: 7\n" in plain  # the one that shows the page
    assert waiting.over()[0] == 200


def test_rewritten_within_httpd_a_poll_is_answered_at_once(stack, line):
    visitor, _ = settled(stack, number())
    begun = time.monotonic()
    line.ask(visitor, f"moved?after={visitor.cursor}&wait=9", root="/")
    status, _, body = line.answer()
    assert status == 200 and json.loads(body)["retry_in"] > 0 and time.monotonic() - begun < 2


def test_shown_for_an_error_the_answer_stays_one(stack, line):
    mobile = number()
    visitor, queued = settled(stack, mobile)
    line.ask(visitor, "missing", root="/")
    status, _, body = line.answer()
    assert status == 404 and json.loads(body)["events"]
    line.ask(visitor, poll_of(visitor))
    held(stack, 1)
    stack.handset_answer(mobile, queued["code"], "uno")
    assert replies(json.loads(line.answer()[2])) == ["uno"]


def second(stack, visitor, host, wait):
    line = Line(stack.options["second"])
    begun = time.monotonic()
    line.ask(visitor, poll_of(visitor, wait), host=host)
    status, _, body = line.answer()
    line.close()
    return status, json.loads(body), time.monotonic() - begun


def test_a_poll_stays_below_the_time_out_of_its_address(stack):
    """The MPM closes by the Timeout of the first virtual host of an address, whichever was chosen by name."""
    visitor, _ = settled(stack, number())
    for host in ("short", "long"):
        status, answer, seconds = second(stack, visitor, host, 20)
        assert status == 200 and answer["events"] == [] and 1 < seconds < 4


def test_where_it_is_off_a_poll_is_answered_at_once_with_a_hint(stack):
    visitor, _ = settled(stack, number())
    status, answer, seconds = second(stack, visitor, "off", 20)
    assert status == 200 and answer["retry_in"] > 0 and seconds < 1
