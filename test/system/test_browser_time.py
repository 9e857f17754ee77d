"""The page and the clock: short conversations that end, codes that are all taken, answers that come late."""

import pytest
from selenium.webdriver.common.by import By
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.visitor import Visitor

SECONDS = 5


@pytest.fixture(scope="module")
def options():
    return {"smppd": {"conversation": f"{SECONDS}s"}, "codes": "2333",
            "httpd": NO_LIMITS}


def test_a_session_ends_on_the_page_and_an_answer_then_reaches_nobody(browser, stack):
    code = browser.write("8095552001", "¿estás?")
    browser.type("#more", "iba a decir")
    browser.wait_for("#expiry", "La conversación con 809-555-2001 termina en")
    browser.wait_for("#thread .primary", "Escribir de nuevo", seconds=SECONDS + 6)
    assert browser.bubbles() == ["¿estás?"] and "terminada" in browser.text("#conversations")
    assert "Pasó el tiempo sin mensajes" in browser.text("#banner") and not browser.sees("#expiry button")
    stack.handset_answer("8095552001", code, "tarde")
    assert "ya termino" in stack.handset_wait("8095552001", 2)[1]["text"]
    assert browser.bubbles() == ["¿estás?"]
    browser.press("#thread .primary")
    browser.wait_for("#compose")
    assert [browser.one(f"#{f}").get_attribute("value") for f in ("name", "number", "message")] == \
        ["Ana", "8095552001", "iba a decir"]


def test_seguir_en_linea_begins_the_minutes_again_and_gives_the_focus_back(browser, stack):
    code = browser.write("8095552002", "¿estás?")
    for _ in range(2):
        browser.wait(lambda: 0 < int(browser.text("#minutes")[2:] or 0) <= SECONDS - 2, "two seconds to pass")
        button = browser.wait_for("#expiry button", "Seguir en línea")
        browser.run("arguments[0].focus()", button)
        button.click()
        browser.wait(lambda: int(browser.text("#minutes")[2:] or 0) >= SECONDS - 1, "the minutes to begin again")
    stack.handset_answer("8095552002", code, "aquí estoy")
    browser.wait_for(".theirs .text", "aquí estoy")


def test_when_every_code_is_taken_the_page_waits_and_sends_by_itself(browser, stack):
    other = Visitor(stack, "Luis")
    other.write("8095552003", "soy Luis")
    browser.open()
    browser.fill("8095552003", "soy Ana")
    browser.press("#compose .primary")
    browser.type("#code", browser.code())
    browser.press("#challenge .primary")
    assert "Todas las líneas de ese móvil están ocupadas" in browser.wait_for(".problem").text
    assert "soy Ana" in browser.text(".review")
    assert any(f"Se enviará en {n} s." in browser.text("#banner") for n in range(1, SECONDS + 2))
    browser.wait_for("#thread", seconds=SECONDS + 8)
    assert browser.bubbles() == ["soy Ana"]
    assert [sms["text"].split(" (")[0] for sms in stack.handset_wait("8095552003", 2)] == ["Luis", "Ana"]


def test_a_late_answer_shows_as_late_while_the_session_lives(browser, stack):
    code = browser.write("8095552004", "primera")
    browser.press(".new")
    browser.wait_for("#compose")
    other = browser.write("8095552005", "segunda")

    def first_is_over():
        stack.handset_answer("8095552005", other, "sigo")
        return "terminada" in browser.text("#conversations")

    wait_until(first_is_over, SECONDS + 6, "the first conversation to end", pause=1)
    stack.handset_answer("8095552004", code, "perdón, tarde")
    browser.wait_for(".unread")
    browser.run("arguments[0].click()", browser.driver.find_element(By.XPATH, "//a[b='809-555-2004']"))
    browser.wait_for(".theirs .text", "perdón, tarde")
    assert "(llegó tarde)" in browser.text(".theirs .state")
    assert browser.sees("#thread .primary") and not browser.all("#reply")
