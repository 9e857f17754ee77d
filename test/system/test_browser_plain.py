"""Without JavaScript, in both languages, as an administrator changed it; how much it weighs and what it may load."""

import re

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.stack import ROOT, fetch
from stack.visitor import Visitor

MOST = 60 * 1024


@pytest.fixture(scope="module")
def options():
    return {"httpd": NO_LIMITS}


def test_without_javascript_the_whole_conversation_works(browser, stack):
    browser.scripting(False)
    browser.open()
    browser.fill("555 1234", "Hola, ¿vienes?")
    browser.press("#compose .primary")
    assert "Faltan los 3 dígitos" in browser.wait_for("#number-error").text
    assert browser.one("#message").get_attribute("value") == "Hola, ¿vienes?"
    browser.type("#number", "809 555 4001")
    browser.press("#compose .primary")
    browser.type("#code", "zzzzz")
    browser.press("#challenge .primary")
    assert "Intentos que te quedan: 4" in browser.wait_for("#code-error").text
    browser.press(".other button")
    browser.press("#challenge .quiet[name=edit]")
    assert browser.wait_for("#message").get_attribute("value") == "Hola, ¿vienes?"
    browser.press("#compose .primary")
    browser.solve()
    assert "Importante" in browser.one(".notice").text and browser.one("#box").text == "Aquí recibirás tu respuesta"
    (sms,) = stack.handset_wait("8095554001", 1)
    stack.handset_answer("8095554001", sms["from"], "Sí, <i>claro</i>")
    stack.handset_wait("8095554001", 2)
    browser.press(".scriptless button")
    assert browser.wait_for(".theirs .text").text == "Sí, <i>claro</i>"
    assert browser.one(".theirs .who").text.startswith("De: 809-555-4001 Para: Ana Hora: ")
    browser.type("#more", "Perfecto")
    browser.press("#reply .primary")
    browser.wait_for(".bubble:nth-child(3) .text", "Perfecto")
    browser.press("#stay button")
    browser.wait_for("#thread")
    browser.press(".finish button")
    browser.wait_for("#compose")
    assert "Perfecto" not in browser.driver.page_source
    assert [m["text"].split("): ")[-1] for m in stack.handset_wait("8095554001", 3)][-1] == "Perfecto"


def test_without_javascript_the_back_button_sends_nothing_twice_and_a_stale_code_keeps_the_text(browser, stack):
    browser.scripting(False)
    browser.open()
    browser.fill("8095554002", "una vez")
    browser.press("#compose .primary")
    browser.solve()
    browser.driver.back()
    browser.wait_for("#challenge, #thread, #compose")
    browser.open()
    assert browser.bubbles() == ["una vez"] and len(stack.handset_wait("8095554002", 1)) == 1
    browser.open("?new=1")
    browser.fill("8095554003", "queda aquí")
    browser.press("#compose .primary")
    browser.wait_for("#challenge")
    elsewhere = Visitor(stack)
    elsewhere.cookies = {cookie["name"]: cookie["value"] for cookie in browser.driver.get_cookies()}
    old = browser.one("[name=pending]").get_attribute("value")
    assert elsewhere.call("POST", "captcha", {"pending": old})[0] == 200
    browser.type("#code", "abcde")
    browser.press("#challenge .primary")
    browser.wait_for(".problem", "Ese código ya no vale")
    assert [browser.one(f"#{f}").get_attribute("value") for f in ("name", "number", "message")] == \
        ["Ana", "8095554003", "queda aquí"]


def test_the_page_is_spanish_unless_english_was_chosen_and_remembers_it(browser):
    browser.open()
    assert browser.run("return navigator.language") == "en-US"
    assert browser.one("label[for=name]").text == "Tu Nombre"
    browser.fill("8095554004", "borrador")
    browser.press(".language a")
    browser.wait(lambda: browser.one("label[for=name]").text == "Your name", "the page in English")
    assert browser.one("#message").get_attribute("value") == "borrador"
    browser.press("#compose .primary")
    browser.wait_for("label[for=code]", "ecurity code")
    browser.open()
    assert browser.one("label[for=name]").text == "Your name"
    browser.press(".language a")
    browser.wait(lambda: browser.one("label[for=name]").text == "Tu Nombre", "the page in Spanish")


def test_both_languages_have_the_same_keys():
    keys = [[line.split(" = ")[0] for line in (ROOT / f"htdocs/texts.{language}").read_text().splitlines()
             if line and not line.startswith("#")] for language in ("es", "en")]
    assert keys[0] == keys[1]


def loaded(page):
    return sorted(set(re.findall(r'(?:src|href)="([^"]*static/[^"]*)"', page)))


def test_everything_weighs_at_most_60_kilobytes_and_is_cached_for_a_year(stack):
    visitor = Visitor(stack)
    page = visitor.open()
    files = loaded(page) + [loaded(page)[0].split("static/")[0] + "static/work.js?v=" + loaded(page)[0].split("v=")[1]]
    sizes = {"page": len(page.encode())}
    for url in files:
        status, head, body = visitor.request("GET", url.removeprefix("/sms/"))
        assert (status, head["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), url
        assert visitor.request("GET", url.removeprefix("/sms/"), headers={"If-None-Match": head["ETag"]})[0] == 304
        sizes[url.split("/")[-1].split("?")[0]] = len(body)
    assert sum(sizes.values()) <= MOST, sizes
    folder = [f for f in (ROOT / "htdocs").iterdir() if f.suffix in (".html", ".css", ".js")]
    assert sum(f.stat().st_size for f in folder) <= MOST, {f.name: f.stat().st_size for f in folder}


def test_the_first_view_needs_one_round_trip_after_the_page_and_nobody_else(browser):
    browser.open()
    resources = browser.run("return performance.getEntriesByType('resource').map(r => [r.name, r.initiatorType])")
    assert len(resources) >= 7
    assert {kind for _, kind in resources} <= {"link", "script", "other"}, resources
    assert all(name.startswith(browser.stack.url) for name, _ in resources)


def test_nothing_is_inline_and_the_policy_allows_nothing_else(browser):
    source = "".join(browser.open(path).driver.page_source for path in ("", "?lang=en"))
    assert not re.findall(r"<[^>]* (?:style|on\w+)=", source)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", source))
    _, head, _ = Visitor(browser.stack).request("GET", "", headers={"Accept": "text/html"})
    policy = head["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    browser.run("const s = document.createElement('script'); s.textContent = 'window.bad = 1'; document.body.append(s)")
    assert browser.run("return window.bad") is None
    assert any("Content Security Policy" in line for line in browser.console())


def test_a_script_that_cannot_run_leaves_the_page_whole(browser, stack):
    browser.cdp("Network.enable")
    browser.cdp("Network.setBlockedURLs", urls=["*outbox.js*", "*sms.js*"])
    try:
        browser.write("8095554005", "sin guion")
        assert browser.sees(".scriptless button") and browser.bubbles() == ["sin guion"]
    finally:
        browser.cdp("Network.setBlockedURLs", urls=[])


def test_an_administrator_changes_texts_colours_and_header_by_editing_files(browser, stack):
    folder = stack.state / "htdocs"
    changes = {"texts.es": ("brand = SMS Interactivo", "brand = Mensajes de la Casa"),
               "sms.css": ("--red: #da291c", "--red: #123456"),
               "page.html": ('<p class="tagline">{{t.tagline}}</p>', '<p class="tagline">Bienvenidos</p>')}
    before = loaded(Visitor(stack).open())
    for name, (old, new) in changes.items():
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
    stack.httpd_signal("graceful")
    wait_until(lambda: b"Mensajes de la Casa" in fetch(stack.url)[1], 10, "the new texts")
    browser.open()
    assert browser.one(".brand").text == "Mensajes de la Casa" and browser.one(".tagline").text == "Bienvenidos"
    assert browser.run("return getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(18, 52, 86)"
    assert not set(before) & set(loaded(Visitor(stack).open()))
