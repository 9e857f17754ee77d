"""The visitor's way in a browser: from the first field to the answer, and everything that may happen on it."""

import pytest
from selenium.webdriver.common.keys import Keys
from stack.browser import Browser
from stack.configuration import NO_LIMITS
from stack.stack import fetch


@pytest.fixture(scope="module")
def options():
    return {"httpd": NO_LIMITS}


@pytest.fixture
def browser(chromium):
    chromium.fresh()
    yield chromium
    assert [line for line in chromium.console() if "favicon" not in line and not line.endswith(QUIET)] == []


# What Chromium itself says of answers that the page expects.
QUIET = ("(Unprocessable Entity)", "(Conflict)", "(Gone)", "net::ERR_INTERNET_DISCONNECTED", "(Service Unavailable)")


def test_a_person_writes_and_reads_the_answer_within_a_second(browser, stack):
    browser.open()
    assert [browser.text(f"label[for={f}]") for f in ("name", "number", "message")] == \
        ["Tu Nombre", "Número Claro", "Escribe tu mensaje"]
    browser.fill("(809) 555-1001", "Hola, ¿vienes?")
    browser.press("#compose .primary")
    assert browser.wait_for("label[for=code]").text.lower() == "código de seguridad"
    assert "809-555-1001" in browser.text(".review") and "Hola, ¿vienes?" in browser.text(".review")
    assert browser.text("#challenge .primary") == "Enviar Mensaje"
    browser.solve()
    notice = browser.text("#thread .notice")
    assert "Importante" in notice and "5 minutos" in notice and "RD$1.00" in notice and "contraseñas" in notice
    (sms,) = stack.handset_wait("8095551001", 1)
    assert sms["text"].startswith("Ana (web): Hola, ¿vienes?") and "BAJA" in sms["text"]
    assert browser.text("#box") == "Aquí recibirás tu respuesta"
    stack.handset_answer("8095551001", sms["from"], "Sí, llego a las 3")
    browser.wait_for(".theirs .text", "Sí, llego a las 3", seconds=1)
    who = browser.text(".theirs .who")
    assert "De: 809-555-1001" in who and "Para: Ana" in who and "Hora: " in who
    assert "fue entregada a Ana" in stack.handset_wait("8095551001", 2)[1]["text"]


def test_bubbles_of_the_script_equal_those_of_the_module(browser, stack):
    code = browser.write("8095551002", "uno")
    stack.handset_answer("8095551002", code, "<b>dos</b> https://example.com")
    browser.wait_for(".theirs")
    browser.reply("tres.no")
    browser.wait(lambda: browser.text(".bubble:last-child .state") == "Entregado", "the third bubble delivered")
    browser.wait(lambda: browser.text(".bubble .state").count("Entregado") == 2, "both delivered")
    drawn = browser.text(".log")
    browser.open()
    assert browser.text(".log") == drawn
    assert "<b>dos</b> https://example.com" in drawn and not browser.all(".log a, .log b")


def test_a_message_shows_at_once_as_sending_and_then_as_delivered(browser, stack):
    browser.write("8095551003", "uno")
    browser.offline()
    browser.type("#more", "dos")
    browser.keys(Keys.SHIFT, Keys.ENTER)
    browser.keys("y tres", Keys.ENTER)
    assert browser.bubbles() == ["uno", "dos\ny tres"]
    browser.wait_for(".mine button", "Reintentar")
    assert "No se envió" in browser.text(".mine:last-child .state")
    browser.offline(False)
    browser.wait(lambda: browser.text(".mine:last-child .state") == "Entregado", "the message delivered after the line is back")
    assert [sms["text"] for sms in stack.handset_wait("8095551003", 2)][1:] == ["Ana (web): dos\ny tres"]
    assert browser.focused() == "more"


def test_retry_on_the_bubble_sends_once(browser, stack):
    browser.write("8095551004", "uno")
    browser.offline()
    browser.reply("dos")
    browser.wait_for(".mine button", "Reintentar").click()
    browser.wait_for(".mine button", "Reintentar")
    browser.offline(False)
    browser.run("document.querySelectorAll('.mine button').forEach(button => button.click())")
    browser.wait(lambda: browser.text(".mine:last-child .state") == "Entregado", "the message delivered")
    browser.open()
    assert browser.bubbles() == ["uno", "dos"]
    assert len(stack.handset("8095551004")) == 2


def test_what_waits_for_the_line_survives_a_reload(browser, stack):
    browser.write("8095551005", "uno")
    browser.run("window.fetch = () => Promise.reject(new TypeError('no line'))")
    browser.reply("dos")
    browser.wait_for(".mine button", "Reintentar")
    browser.driver.refresh()
    browser.wait(lambda: browser.text(".mine:last-child .state") == "Entregado", "the message delivered after the reload")
    assert browser.bubbles() == ["uno", "dos"]
    assert len(stack.handset_wait("8095551005", 2)) == 2


def test_what_failed_goes_again_by_itself_though_the_browser_believes_that_it_has_no_line(browser, stack):
    browser.write("8095551022", "uno")
    browser.run("""Object.defineProperty(navigator, 'onLine', { value: false });
        const real = window.fetch; let first = true;
        window.fetch = (url, how) => {
          if (!String(url).endsWith('send') || !first) return real(url, how);
          first = false;
          return Promise.reject(new TypeError('no line'));
        }""")
    browser.reply("dos")
    browser.wait(lambda: browser.text(".mine:last-child .state") == "Entregado", "the message delivered")
    assert len(stack.handset_wait("8095551022", 2)) == 2


def test_an_answer_lost_on_its_way_sends_one_sms(browser, stack):
    browser.write("8095551006", "uno")
    browser.run("""const real = window.fetch; let first = true;
        window.fetch = async (url, how) => {
          const answer = await real(url, how);
          if (String(url).endsWith('send') && first) { first = false; throw new TypeError('lost'); }
          return answer;
        }""")
    browser.reply("dos")
    browser.wait(lambda: browser.text(".mine:last-child .state") == "Entregado", "the message delivered")
    browser.run("document.querySelectorAll('.mine button').forEach(button => button.click())")
    browser.open()
    assert browser.bubbles() == ["uno", "dos"]
    assert len(stack.handset("8095551006")) == 2


def test_a_lost_line_is_said_and_what_came_meanwhile_is_shown_after(browser, stack):
    code = browser.write("8095551007", "uno")
    browser.offline()
    browser.wait_for("#banner", "Sin conexión", seconds=30)  # a machine without a network is told nothing: the poll under way ends first
    stack.handset_answer("8095551007", code, "mientras tanto")
    browser.offline(False)
    browser.wait_for(".theirs .text", "mientras tanto")
    browser.wait(lambda: "Sin conexión" not in browser.text("#banner"), "the banner gone")
    assert browser.bubbles() == ["uno", "mientras tanto"]


def test_a_draft_is_kept_over_a_reload_and_for_each_conversation(browser):
    browser.open()
    browser.fill("8095551008", "a medias")
    browser.driver.refresh()
    assert [browser.one(f"#{f}").get_attribute("value") for f in ("name", "number", "message")] == \
        ["Ana", "8095551008", "a medias"]
    browser.press("#compose .primary")
    browser.solve()
    browser.type("#more", "para uno")
    browser.press(".new")
    browser.wait_for("#compose")
    assert browser.one("#message").get_attribute("value") == ""
    browser.write("8095551009", "hola")
    browser.type("#more", "para otro")
    browser.press("#conversations a:not([aria-current])")
    browser.wait_for("h1", "809-555-1008")
    assert browser.one("#more").get_attribute("value") == "para uno"
    browser.driver.refresh()
    browser.press("#conversations a:not([aria-current])")
    browser.wait_for("h1", "809-555-1009")
    assert browser.one("#more").get_attribute("value") == "para otro"


def test_two_conversations_stand_in_the_list_and_what_is_unread_in_the_title(browser, stack):
    one = browser.write("8095551010", "a uno")
    browser.press(".new")
    browser.wait_for("#compose")
    browser.write("8095551011", "a otro")
    stack.handset_answer("8095551010", one, "de uno")
    browser.wait_for(".unread", "1 sin leer")
    assert browser.driver.title == "(1) SMS Interactivo"
    assert "de uno" not in browser.text(".log")
    browser.press("#conversations a:not([aria-current])")
    browser.wait_for(".theirs .text", "de uno")
    assert browser.driver.title == "SMS Interactivo" and not browser.sees(".unread")


def test_two_windows_show_the_same(browser, stack):
    code = browser.write("8095551012", "uno")
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    browser.open()
    browser.reply("de la segunda")
    stack.handset_wait("8095551012", 2)
    stack.handset_answer("8095551012", code, "para ambas")
    browser.wait_for(".theirs .text", "para ambas")
    browser.driver.switch_to.window(first)
    browser.wait_for(".theirs .text", "para ambas")
    assert browser.bubbles() == ["uno", "de la segunda", "para ambas"]
    browser.driver.switch_to.window(browser.driver.window_handles[1])
    browser.press(".finish button")
    browser.driver.switch_to.alert.accept()
    browser.wait_for("#compose")
    browser.driver.switch_to.window(first)
    browser.wait_for("#compose")
    assert "para ambas" not in browser.driver.page_source


def test_two_browsers_to_one_handset_get_two_codes_and_only_their_own_answers(browser, stack):
    ana = browser.write("8095551030", "soy Ana")
    with Browser(stack) as second:
        luis = second.write("8095551030", "soy Luis", "Luis")
        assert ana != luis
        stack.handset_answer("8095551030", luis, "para Luis")
        stack.handset_answer("8095551030", ana, "para Ana")
        second.wait_for(".theirs .text", "para Luis")
        browser.wait_for(".theirs .text", "para Ana")
        assert second.bubbles() == ["soy Luis", "para Luis"] and browser.bubbles() == ["soy Ana", "para Ana"]


def test_a_conversation_can_be_reported(browser):
    browser.write("8095551031", "hola")
    browser.press("#thread .actions form:not(.scriptless) button")
    browser.wait_for("#room [role=status]", "La conversación quedó reportada")
    assert browser.bubbles() == ["hola"]


def test_a_sound_is_heard_where_it_was_asked_for(browser, stack):
    code = browser.write("8095551013", "uno")
    browser.run("""window.tones = 0; const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function () { window.tones++; return start.call(this); }""")
    stack.handset_answer("8095551013", code, "callado")
    browser.wait_for(".theirs .text", "callado")
    browser.press("#sound")
    stack.handset_answer("8095551013", code, "con tono")
    browser.wait_for(".theirs .text", "con tono")
    assert browser.run("return window.tones") == 1
    browser.driver.refresh()
    assert browser.one("#sound").is_selected()


def test_finish_and_erase_leaves_nothing_on_the_page_or_behind_it(browser, stack):
    code = browser.write("8095551014", "secreto")
    browser.type("#more", "a medias")
    browser.press(".finish button")
    browser.driver.switch_to.alert.accept()
    browser.wait_for("#compose")
    assert "secreto" not in browser.driver.page_source and not browser.all("#conversations a")
    assert "8095551014" not in str(browser.storage()) and "a medias" not in str(browser.storage())
    browser.driver.back()
    browser.wait_for("#compose, #challenge, .problem")
    assert "secreto" not in browser.driver.page_source
    stack.handset_answer("8095551014", code, "¿sigues?")
    assert "no fue entregado" in stack.handset_wait("8095551014", 2)[1]["text"]


def test_wrong_input_keeps_what_was_typed_and_says_next_to_the_field_what_to_do(browser):
    browser.open()
    browser.fill("555 1234", "hola")
    browser.press("#compose .primary")
    browser.wait_for("#number-error", "Faltan los 3 dígitos del área")
    assert browser.focused() == "number"
    assert [browser.one(f"#{f}").get_attribute("value") for f in ("name", "number", "message")] == ["Ana", "555 1234", "hola"]
    assert browser.one("#number").get_attribute("aria-invalid") == "true"
    assert browser.driver.current_url == browser.stack.url
    browser.type("#number", "8095551015")
    browser.press("#compose .primary")
    browser.type("#code", "zzzzz")
    browser.press("#challenge .primary")
    browser.wait_for("#code-error", "El código no coincide. Intentos que te quedan: 4")
    assert browser.focused() == "code" and "hola" in browser.text(".review")
    browser.solve()
    browser.reply("mira www.ejemplo.com")
    browser.wait_for("#more-error", "direcciones web")
    assert browser.one("#more").get_attribute("value") == "mira www.ejemplo.com" and browser.bubbles() == ["hola"]
    browser.type("#more", "a" * 151)
    browser.keys(Keys.ENTER)
    browser.wait_for("#more-error", "150 caracteres")


def test_pressing_twice_the_back_button_and_a_stale_form_send_one_sms(browser, stack):
    browser.open()
    browser.fill("8095551016", "una vez")
    browser.press("#compose .primary")
    browser.type("#code", browser.code())
    browser.run("const b = document.querySelector('#challenge .primary'); b.click(); b.click(); b.click()")
    browser.wait_for("#thread")
    browser.driver.back()
    browser.driver.back()
    browser.driver.forward()
    browser.wait_for("#thread, #compose")
    browser.open()
    browser.wait_for("#thread")
    assert browser.bubbles() == ["una vez"]
    assert len(stack.handset_wait("8095551016", 1)) == 1


def test_the_fourth_message_without_an_answer_asks_for_a_code(browser, stack):
    browser.write("8095551017", "uno")
    for number, text in ((2, "dos"), (3, "tres")):
        browser.reply(text)
        stack.handset_wait("8095551017", number)
    browser.reply("cuatro")
    browser.wait_for("#challenge")
    assert "cuatro" in browser.text(".review")
    assert browser.all("#conversations a")
    browser.solve()
    assert browser.bubbles() == ["uno", "dos", "tres", "cuatro"]
    assert len(stack.handset_wait("8095551017", 4)) == 4


def switch(stack, number, **switches):
    data = "&".join(f"{name}={value}" for name, value in switches.items()).encode()
    status, answer = fetch(f"{stack.handset_url}handsets/{number}/switches", data)
    assert status in (200, 202, 204), (status, answer)


def test_states_are_said_in_words(browser, stack):
    switch(stack, "8095551018", off=1)
    browser.open()
    browser.fill("8095551018", "¿estás?")
    browser.press("#compose .primary")
    browser.solve()
    browser.wait_for(".mine .state", "En espera: móvil apagado o sin señal")
    switch(stack, "8095551018", off=0)
    browser.wait_for(".mine .state", "Entregado")
    switch(stack, "8095551019", not_claro=1)
    browser.press(".new")
    browser.wait_for("#compose")
    browser.fill("8095551019", "¿estás?")
    browser.press("#compose .primary")
    browser.solve()
    browser.wait_for(".mine .state.failed, .mine .state", "Ese número no es Claro o no puede recibir mensajes")


def test_the_counter_counts_and_names_the_letter_that_costs(browser):
    browser.open()
    browser.fill("8095551020", "Hola")
    assert browser.text("#message-count") == "146 caracteres restantes"
    assert browser.sees(".preview")
    browser.type("#message", "你好")
    assert "2 SMS" in browser.text("#message-count") and "«你»" in browser.text("#message-count")
    browser.type("#message", "x" * 152)
    assert browser.text("#message-count").startswith("Sobran 2 caracteres")


def test_a_code_can_be_drawn_anew_heard_or_worked_for(browser, stack):
    browser.open()
    browser.fill("8095551021", "hola")
    browser.press("#compose .primary")
    first = browser.wait_for(".picture").get_attribute("src")
    browser.press(".other button")
    browser.wait(lambda: browser.one(".picture").get_attribute("src") != first, "another picture")
    assert browser.run("const i = document.querySelector('.picture'); return i.decode().then(() => i.naturalWidth)") > 0
    browser.press("#listen")
    assert browser.focused() == "code"
    browser.wait_for(".other button:last-child", "No puedo ver").click()
    browser.wait(lambda: browser.one("#code").get_attribute("value").startswith("w"), "the work done", 30)
    browser.press("#challenge .primary")
    browser.wait_for("#thread")
    assert len(stack.handset_wait("8095551021", 1)) == 1
