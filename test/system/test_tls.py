"""Over TLS the cookie is __Host- and Secure; HTTP/2 serves every request."""

import json
import subprocess

import pytest
from stack.configuration import TLS_MODULES, tls_lines
from stack.stack import free_port

CURL = ["curl", "-sk", "--max-time", "20"]


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    port = free_port()
    return {"captcha": "off", "tls_port": port, "modules": (*TLS_MODULES, "http2"),
            "httpd": tls_lines(tmp_path_factory.mktemp("tls"), port, "Protocols h2 http/1.1")}


@pytest.fixture(params=["--http1.1", "--http2"])
def browser(request, stack, tmp_path):
    jar = tmp_path / "jar"

    def ask(path, *more):
        done = subprocess.run([*CURL, request.param, "-b", jar, "-c", jar, "-w", "\n%{http_code} %{http_version}", *more,
                               f"https://localhost:{stack.options['tls_port']}/sms/{path}"], capture_output=True, text=True, check=True)
        body, _, last = done.stdout.rpartition("\n")
        status, version = last.split()
        assert version == ("2" if request.param == "--http2" else "1.1")
        return int(status), body

    ask.jar = jar
    return ask


def test_the_cookie_is_for_this_host_and_tls_only(browser):
    status, head = browser("", "-D", "-", "-o", "/dev/null")
    assert status == 200
    (cookie,) = [line for line in head.splitlines() if line.lower().startswith("set-cookie:")]
    assert "__Host-smsi=" in cookie
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= {part.strip() for part in cookie.split(";")}


def test_a_message_is_sent_and_polled(stack, browser):
    browser("")
    port = stack.options["tls_port"]
    status, body = browser("send", "-H", "Accept: application/json", "-H", f"Origin: https://localhost:{port}",
                           "-d", f"name=Ana&number=8495557001&message=Hola")
    assert status == 202 and json.loads(body)["state"] == "queued", body
    status, body = browser("poll?after=0&wait=1", "-H", "Accept: application/json")
    assert status == 200 and json.loads(body)["events"][0]["text"] == "Hola"


def test_another_sites_origin_is_refused(browser):
    browser("")
    status, body = browser("send", "-H", "Accept: application/json", "-H", "Origin: https://evil.example", "-d", "name=Ana")
    assert status == 403 and json.loads(body)["type"] == "foreign-form"
