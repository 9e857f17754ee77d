"""The whole way without JavaScript: plain forms, pages made by the module, nothing typed is lost."""

import re

import pytest
from stack.part import wait_until
from stack.visitor import Visitor

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def options():
    return {"httpd": "SmsLimitConversations 0\nSmsLimitSameText 0"}


class Reader(Visitor):
    """A browser without scripts: follows redirects, fills in the form it sees."""

    def page(self, method="GET", path="", fields=None):
        status, headers, octets = self.request(method, path, fields, headers=HTML)
        if status == 303:
            assert not re.search(r"8[024]9555\d{4}", headers["Location"]), "a number stands in a URL"
            return self.page("GET", headers["Location"].removeprefix("/sms/"))
        self.text = octets.decode()
        return status

    def hidden(self):
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.text))

    def write_to(self, number, message, name="Ana"):
        self.page()
        return self.page("POST", "send", self.hidden() | {"name": name, "number": number, "message": message})

    def pending(self):
        return re.search(r'name="pending" value="(\w{32})"', self.text)[1]

    def type_code(self, code=None):
        return self.page("POST", "verify", self.hidden() | {"code": code or self.code_of(self.pending())})


@pytest.fixture
def reader(stack):
    return Reader(stack, origin=False)  # the form's token is its proof


def test_the_first_screen_has_its_labels(reader):
    assert reader.page() == 200
    for label in ("Tu Nombre", "Número Claro", "Escribe tu mensaje", "Importante"):
        assert label in reader.text


def test_a_conversation_is_held_by_forms(stack, reader):
    assert reader.write_to("(829) 555-2001", "¿Vienes?") == 200
    assert "código de seguridad" in reader.text and "829-555-2001" in reader.text and "¿Vienes?" in reader.text
    assert reader.type_code() == 200
    for label in ("Aquí recibirás tu respuesta", "De:", "Para:", "Hora:", "¿Vienes?", "5 minutos"):
        assert label in reader.text
    (sms,) = stack.handset_wait("8295552001", 1)
    stack.handset_answer("8295552001", sms["from"], "Voy ya")
    wait_until(lambda: reader.page() == 200 and "Voy ya" in reader.text, 10, "the answer on the page")
    assert "Entregado" in reader.text or "En la red" in reader.text


def test_a_wrong_field_keeps_the_others_and_says_why_beside_it(reader):
    assert reader.write_to("555-1234", "no me pierdas", "Eva") == 422
    assert 'value="555-1234"' in reader.text and "no me pierdas" in reader.text and 'value="Eva"' in reader.text
    assert re.search(r'id="number-error">[^<]*10', reader.text) and 'aria-invalid="true"' in reader.text


def test_a_wrong_code_keeps_the_message_and_counts_down(reader):
    reader.write_to("8295552002", "sigue aquí")
    assert reader.type_code("mal") == 422
    assert "Intentos que te quedan: 4" in reader.text and "sigue aquí" in reader.text
    assert reader.type_code() == 200 and "Aquí recibirás" in reader.text


def test_after_the_last_wrong_code_a_new_picture_stands_there(reader):
    reader.write_to("8295552003", "sigue aquí")
    first = reader.pending()
    for _ in range(5):
        reader.type_code("mal")
    assert reader.pending() != first and "sigue aquí" in reader.text
    assert reader.type_code() == 200


def test_another_picture_and_back_to_the_form(reader):
    reader.write_to("8295552004", "cambio de idea")
    first = reader.pending()
    assert reader.page("POST", "captcha", reader.hidden()) == 200
    assert reader.pending() != first and "cambio de idea" in reader.text
    assert reader.page("POST", "captcha", reader.hidden() | {"edit": "1"}) == 200
    assert 'id="compose"' in reader.text and "cambio de idea" in reader.text and "8295552004" in reader.text


def test_a_code_pressed_twice_leads_to_the_conversation_twice(reader):
    reader.write_to("8295552005", "dos veces")
    fields = reader.hidden() | {"code": reader.code_of(reader.pending())}
    assert reader.page("POST", "verify", fields) == 200
    assert reader.page("POST", "verify", fields | {"token": reader.hidden()["token"]}) == 200
    assert reader.text.count("dos veces") == 1


def test_two_conversations_stand_in_the_list(reader):
    for number in ("8295552006", "8295552007"):
        reader.write_to(number, "hola")
        reader.page("GET", "?new=1")
        assert 'id="compose"' in reader.text
        reader.page("POST", "send", reader.hidden() | {"name": "Ana", "number": number, "message": "hola"})
        reader.type_code()
    assert "829-555-2006" in reader.text and "829-555-2007" in reader.text


def test_the_page_speaks_english_and_remembers_it(reader):
    assert reader.page("GET", "?lang=en") == 200
    assert '<html lang="en">' in reader.text and "Your name" in reader.text
    reader.page()
    assert '<html lang="en">' in reader.text
    reader.page("GET", "?lang=es")
    assert "Tu Nombre" in reader.text


def test_it_is_spanish_unless_english_was_chosen(stack):
    _, headers, octets = Visitor(stack).request("GET", "", headers=HTML | {"Accept-Language": "en"})
    assert b'<html lang="es">' in octets and headers["Content-Language"] == "es"


def test_end_shows_the_empty_form(stack, reader):
    reader.write_to("8295552008", "adiós")
    reader.type_code()
    assert reader.page("POST", "end", {"token": reader.hidden()["token"]}) == 200
    assert 'id="compose"' in reader.text and "829-555-2008" not in reader.text


def test_a_form_that_comes_back_keeps_its_key(reader):
    """Pressed again after an answer that got lost, it is the same message."""
    assert reader.write_to("8095554100", "mira evil.com/x") == 422
    key = reader.hidden()["key"]
    reader.page("POST", "send", reader.hidden() | {"name": "Ana", "number": "8095554100", "message": "mira evil.com/y"})
    assert reader.hidden()["key"] == key
    reader.page()
    assert reader.hidden()["key"] != key


def test_a_draft_that_is_changed_keeps_its_key(reader):
    """A paid one may be with smppd already: back from the code's screen and sent as it is, it is the same message."""
    reader.write_to("8295552009", "cambio de idea")
    fields = reader.hidden()
    reader.page("POST", "captcha", fields | {"edit": "1"})
    key = reader.hidden()["key"]
    reader.page("POST", "send", reader.hidden() | {"name": "Ana", "number": "8295552009", "message": "cambio de idea"})
    assert reader.pending() == fields["pending"]
    reader.page("POST", "captcha", reader.hidden() | {"edit": "1"})
    assert reader.hidden()["key"] == key
