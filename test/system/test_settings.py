"""What an administrator sets in one place and in another: what stands nearer holds, lists add up; without a Location nothing is changed."""

from itertools import count

import pytest
from stack.configuration import HTTPD, NO_LIMITS, httpd_configuration
from stack.stack import Stack, fetch, watched
from stack.visitor import Visitor

PLACES = """
SmsWords {everywhere}
<Location "/otra">
    SetHandler smsinteractivo
    SmsCaptcha off
    SmsWords {there}
</Location>
"""


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    files = {"everywhere": "calabaza", "there": "zanahoria"}
    for name, word in files.items():
        path = files[name] = tmp_path_factory.mktemp("words") / name
        path.write_text(word + "\n")
    return {"httpd": NO_LIMITS + PLACES.format(**files)}


mobiles = map(str, count(8095680001))


def sent(stack, root, text):
    """(status, state or the field to blame) of a message to a mobile nobody else writes to."""
    visitor = Visitor(stack, root=root)
    visitor.open()
    status, answer = visitor.send(next(mobiles), text)
    return status, answer.get("state") or answer.get("field")


def test_what_stands_nearer_holds_and_the_rest_as_above_it(stack):
    assert sent(stack, "/sms/", "hola") == (202, "captcha")
    assert sent(stack, "/otra/", "hola") == (202, "queued")


def test_lists_of_words_add_up(stack):
    assert sent(stack, "/sms/", "una calabaza") == (422, "message")
    assert sent(stack, "/sms/", "una zanahoria") == (202, "captcha")
    assert sent(stack, "/otra/", "una calabaza") == (422, "message")
    assert sent(stack, "/otra/", "una zanahoria") == (422, "message")


def test_loaded_without_a_location_the_site_is_served_as_ever(tmp_path):
    with watched(Stack(tmp_path, only=())) as stack:
        stack.options["httpd"] = f"<Directory {stack.state}/htdocs>\nRequire all granted\n</Directory>"
        lines = httpd_configuration(stack).splitlines()
        path = stack.state / "conf" / "httpd.conf"
        path.write_text("\n".join(line for line in lines if not line.startswith(("Sms", "Include", "Define"))) + "\n")
        site = stack.url.replace("/sms/", "/")
        stack._start("httpd", [HTTPD, "-DFOREGROUND", "-f", path, "-E", "/dev/stderr"], lambda: fetch(site + "sms.css")[0] == 200, user=False)
        assert fetch(stack.url)[0] == fetch(stack.url + "poll")[0] == fetch(stack.url + "health")[0] == 404
        assert "SI0" not in stack.log("httpd")
