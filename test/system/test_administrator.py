"""What an administrator counts on: figures, logs, the audit trail, access control, other modules."""

import os
import re
import signal
import stat
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families
from stack.part import wait_until
from stack.stack import fetch
from stack.visitor import Visitor

NOTES = 'LogFormat "%m %U %>s %{smsi-action}n %{smsi-session}n" sms\nCustomLog "{log}" sms'


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    log = tmp_path_factory.mktemp("notes") / "sms.log"
    return {"captcha": "off", "notes_log": log, "modules": ("http2",), "smppd": {"conversation": "7min"},
            "httpd": "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nSmsLimitConversations 0\n"
                     "SmsLimitSameText 0\nSmsLimitMobile 0\n" + NOTES.replace("{log}", str(log)) +
                     "\n<Location /status>\nSetHandler server-status\n</Location>\n"
                     "<Location /sms/report>\nRequire all denied\n</Location>\n"
                     "RewriteEngine on\nRewriteRule ^/sms/old$ /sms/ [R=302,L]\n"
                     "Alias /files /tmp\nHeader always set X-Of-Site yes\nProtocols h2c http/1.1"}


def metrics(stack):
    status, body = fetch(stack.url + "metrics")
    assert status == 200
    return body.decode()


def value(stack, name):
    return float(re.search(rf"^smsinteractivo_{name} (\S+)$", metrics(stack), re.M)[1])


def test_page_and_sms_tell_the_minutes_of_smppds_configuration(stack):
    visitor = Visitor(stack)
    _, _, page = visitor.request("GET", "", headers={"Accept": "text/html"})
    assert "El móvil tiene 7 minutos para responderte." in page.decode()
    assert "La sesión termina tras 7 minutos sin mensajes." in page.decode()
    visitor.write("8095554099", "hola")
    (sms,) = stack.handset_wait("8095554099", 1)
    assert "Tienes 7 min." in sms["text"]


def test_metrics_are_read_by_prometheus_own_parser(stack):
    families = {family.name: family for family in text_string_to_metric_families(metrics(stack))}
    assert len(families) > 20
    for name, family in families.items():
        (sample,) = family.samples
        assert family.type in ("counter", "gauge") and family.documentation and sample.value >= 0 and not sample.labels
        assert sample.name == name + "_total" * (family.type == "counter")
    assert families["smsinteractivo_waiting"].samples[0].value == 0
    assert families["smsinteractivo_smppd_up"].samples[0].value == families["smsinteractivo_memcached_up"].samples[0].value == 1


def test_metrics_count_and_are_for_this_machine_only(stack):
    before = value(stack, "messages_queued_total")
    Visitor(stack).write("8095554001", "uno")
    assert value(stack, "messages_queued_total") == before + 1
    stack.expect("AH01630")
    assert Visitor(stack, address="203.0.113.1").request("GET", "metrics")[0] == 403


def test_health_tells_of_each_part(stack):
    status, answer = Visitor(stack).call("GET", "health")
    assert status == 200
    assert (answer["status"], answer["smppd"], answer["memcached"], answer["accepting"]) == ("ok", "up", "up", True)
    assert answer["links"] == answer["links_up"] == 1


def test_mod_status_shows_a_section_in_both_forms(stack):
    url = stack.url.replace("/sms/", "/status")
    page, plain = fetch(url)[1].decode(), fetch(url + "?auto")[1].decode()
    assert "<h2>SMS Interactivo</h2>" in page and page.rstrip().endswith("</html>")
    assert {"SmsSmppd: up", "SmsMemcached: up", "SmsAccepting: yes", "SmsLinks: 1", "SmsLinksUp: 1", "SmsQueue: 0"} <= {*plain.splitlines()}
    assert re.search(r"^Sms_polls_total: \d+$", plain, re.M)


def test_the_audit_trail_tells_who_wrote_to_whom_and_never_what(stack):
    visitor = Visitor(stack, address="203.0.113.77")
    queued = visitor.write("8095554002", "palabras secretas")
    path = stack.state / "log" / "audit.log"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    (line,) = [line for line in text.splitlines() if queued["conversation"] in line]
    assert "what=send" in line and "address=203.0.113.77" in line and "mobile=8095554002" in line
    assert "secretas" not in text and visitor.cookies["smsi"] not in text


def test_the_audit_trail_names_the_visitors_port_or_the_proxys_connection(stack):
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


def test_the_audit_trail_tells_of_a_message_whose_answer_smppd_owed(stack):
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


def test_logs_and_metrics_hold_no_text_number_or_cookie(stack):
    visitor = Visitor(stack)
    visitor.write("8095554003", "otra cosa secreta")
    visitor.request("GET", "", headers={"Accept": "text/html"})
    for text in (stack.log("httpd"), stack.log("access"), metrics(stack), stack.options["notes_log"].read_text()):
        assert "8095554003" not in text and "secreta" not in text and visitor.cookies["smsi"] not in text


def test_notes_tell_a_log_what_was_asked_and_by_which_session(stack):
    visitor = Visitor(stack)
    visitor.write("8095554004", "uno")
    visitor.poll(after=0)
    text = stack.options["notes_log"].read_text()
    assert re.search(r"^POST /sms/send 202 send [0-9a-f]{8}$", text, re.M)
    assert re.search(r"^GET /sms/poll 200 poll [0-9a-f]{8}$", text, re.M)


def test_require_in_a_nested_location_is_honoured(stack):
    stack.expect("AH01630")
    visitor = Visitor(stack)
    visitor.open()
    assert visitor.request("POST", "report", {"conversation": "x"})[0] == 403


def test_rewrite_headers_and_aliases_of_the_site_work(stack):
    visitor = Visitor(stack)
    status, headers, _ = visitor.request("GET", "old")
    assert status == 302 and headers["X-Of-Site"] == "yes"
    assert visitor.request("GET", "", headers={"Accept": "text/html"})[1]["X-Of-Site"] == "yes"


def test_the_path_without_its_slash_leads_to_it(stack):
    assert fetch(stack.url.rstrip("/"))[0] == 200  # fetch follows


def test_files_are_cacheable_by_hash_and_by_etag(stack):
    visitor = Visitor(stack)
    page = visitor.open()
    path = re.search(r'href="/sms/(static/sms\.css\?v=\w+)"', page)[1]
    status, headers, octets = visitor.request("GET", path)
    assert status == 200 and "immutable" in headers["Cache-Control"] and headers["Content-Type"].startswith("text/css")
    status, headers, _ = visitor.request("GET", "static/sms.css")
    assert headers["Cache-Control"] == "no-cache"
    assert visitor.request("GET", "static/sms.css", headers={"If-None-Match": headers["ETag"]})[0] == 304


def test_the_audit_trail_turns_by_day_and_forgets_in_time(stack):
    visitor = Visitor(stack)
    visitor.write("8095554005", "ayer")
    path = stack.state / "log" / "audit.log"
    yesterday, long_ago, kept = time.time() - 86400, path.with_name("audit.log.2020-01-01"), path.with_name("audit.log.old")
    for file in (long_ago, kept):
        file.write_text("x")
    os.utime(path, (yesterday, yesterday))
    stack.httpd_signal("restart")  # children that have the file open write on
    wait_until(lambda: fetch(stack.url + "health")[0] == 200 and stack.log("httpd").count("resuming") > 1, 10, "httpd")
    visitor.close()
    queued = visitor.write("8095554005", "hoy")
    turned = path.with_name("audit.log." + time.strftime("%Y-%m-%d", time.gmtime(yesterday)))
    assert turned.exists() and not long_ago.exists() and kept.exists()
    assert path.read_text().count("what=send") == 1 and queued["conversation"] in path.read_text()
    assert stat.S_IMODE(turned.stat().st_mode) == stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_audit_trail_forgets_at_a_restart_though_nobody_writes(stack):
    path, yesterday = stack.state / "log" / "audit.log", time.time() - 86400
    Visitor(stack).write("8095554006", "ayer")
    long_ago = path.with_name("audit.log.2020-01-02")
    long_ago.write_text("x")
    os.utime(path, (yesterday, yesterday))
    turned = path.with_name("audit.log." + time.strftime("%Y-%m-%d", time.gmtime(yesterday)))
    turned.unlink(missing_ok=True)
    stack.httpd_signal("graceful")
    wait_until(lambda: turned.exists() and not long_ago.exists(), 10, "the trail to turn")


def test_a_text_edited_in_the_folder_is_shown_after_a_graceful_restart(stack):
    path = stack.state / "htdocs" / "texts.es"
    path.write_text(path.read_text().replace("brand = SMS Interactivo", "brand = Mensajes de Prueba"))
    stack.httpd_signal("graceful")
    wait_until(lambda: b"Mensajes de Prueba" in fetch(stack.url)[1], 10, "the new text")
