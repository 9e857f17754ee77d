"""Where a poll cannot be held it is answered at once with a hint: worker, prefork, HTTP/2. Over TLS it is held."""

import json
import subprocess
import time

import pytest
from stack.configuration import NO_LIMITS
from stack.configuration import MPM_LINES
from stack.stack import Stack, free_port
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
    folder, port = tmp_path_factory.mktemp("certificate"), free_port()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key", "-out", folder / "cert",
                    "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    state = tmp_path_factory.mktemp("stack")
    with Stack(state, captcha="off", tls_port=port, modules=("ssl", "socache_shmcb", "http2"), mpm_lines=MPM,
               httpd=NO_LIMITS + f"SmsSecureCookie off\nSSLSessionCache shmcb:{folder}/cache\nListen 127.0.0.1:{port}\n<VirtualHost *:{port}>\n"
                     f"SSLEngine on\nSSLCertificateFile {folder}/cert\nSSLCertificateKeyFile {folder}/key\nProtocols h2 http/1.1\n</VirtualHost>") as running:
        yield running
    unexpected = [line for line in running.unexpected() if "AH01906" not in line]  # the certificate is its own authority
    assert not unexpected, "\n".join(unexpected)


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
