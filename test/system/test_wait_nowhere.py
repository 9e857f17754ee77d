"""Where a poll cannot be held it is answered at once with a hint: worker, prefork, HTTP/2. Over TLS it is held."""

import json
import subprocess
import time

import pytest
from stack.configuration import MPM_LINES, NO_LIMITS, TLS_MODULES, tls_lines
from stack.stack import Stack, free_port, watched
from waiting import MPM, Line, held, replies, settled


def at_once(visitor):
    begun = time.monotonic()
    status, answer = visitor.poll(wait=10)
    assert status == 200 and answer["retry_in"] > 0 and time.monotonic() - begun < 1


def plain_options():
    return {"captcha": "off", "httpd": NO_LIMITS}


@pytest.fixture(scope="module", params=["worker", "prefork"])
def options(request):
    return plain_options() | {"mpm": request.param, "mpm_lines": MPM_LINES[request.param]}


def test_worker_and_prefork_answer_at_once(stack):
    visitor, queued = settled(stack, "8095510001")
    at_once(visitor)
    stack.handset_answer("8095510001", queued["code"], "hola")
    assert visitor.event_wait("reply")[0]["text"] == "hola"


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    port, lines = free_port(), NO_LIMITS + "SmsSecureCookie off\n"
    lines += tls_lines(tmp_path_factory.mktemp("certificate"), port, "Protocols h2 http/1.1")
    with watched(Stack(tmp_path_factory.mktemp("stack"), captcha="off", tls_port=port, modules=(*TLS_MODULES, "http2"), mpm_lines=MPM,
                       httpd=lines)) as running:
        yield running


def test_over_tls_polls_are_held_one_after_the_other_on_one_connection(tls):
    visitor, queued = settled(tls, "8095510002")
    line = Line(tls.options["tls_port"], tls=True)
    for number in range(4):
        line.ask(visitor, f"poll?after={visitor.cursor}&wait=20")
        held(tls, 1)
        tls.handset_answer("8095510002", queued["code"], f"n{number}")
        status, _, body = line.answer()
        answer = json.loads(body)
        assert status == 200 and replies(answer) == [f"n{number}"]
        visitor.poll()
    line.ask(visitor, f"poll?after={visitor.cursor}&wait=20")
    held(tls, 1)
    line.close()
    held(tls, 0)


def test_over_http2_a_poll_is_answered_at_once(tls):
    visitor, _ = settled(tls, "8095510003")
    begun = time.monotonic()
    done = subprocess.run(["curl", "-sk", "--http2", "-w", "\n%{http_version}", "-H", f"Cookie: smsi={visitor.cookies['smsi']}",
                           f"https://localhost:{tls.options['tls_port']}/sms/poll?after={visitor.cursor}&wait=10"],
                          capture_output=True, text=True, check=True)
    body, _, version = done.stdout.rpartition("\n")
    assert version == "2" and json.loads(body)["retry_in"] > 0 and time.monotonic() - begun < 2
