"""What an administrator counts on: figures, logs, access control, other modules."""

import re

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
    wait_until(lambda: b"SmsQueue: 0" in fetch(url + "?auto")[1], 10, "what others wrote to have left")
    page, plain = fetch(url)[1].decode(), fetch(url + "?auto")[1].decode()
    assert "<h2>SMS Interactivo</h2>" in page and page.rstrip().endswith("</html>")
    assert {"SmsSmppd: up", "SmsMemcached: up", "SmsAccepting: yes", "SmsLinks: 1", "SmsLinksUp: 1", "SmsQueue: 0"} <= {*plain.splitlines()}
    assert re.search(r"^Sms_polls_total: \d+$", plain, re.M)


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
    lines = r"^POST /sms/send 202 send [0-9a-f]{8}$", r"^GET /sms/poll 200 poll [0-9a-f]{8}$"
    for line in lines:  # a line follows its answer
        wait_until(lambda: re.search(line, stack.options["notes_log"].read_text(), re.M), 10, line)


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


def test_a_text_edited_in_the_folder_is_shown_after_a_graceful_restart(stack):
    path = stack.state / "htdocs" / "texts.es"
    path.write_text(path.read_text().replace("brand = SMS Interactivo", "brand = Mensajes de Prueba"))
    stack.httpd_signal("graceful")
    wait_until(lambda: b"Mensajes de Prueba" in fetch(stack.url)[1], 10, "the new text")
