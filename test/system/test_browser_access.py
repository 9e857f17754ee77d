"""WCAG 2.2 AA: axe-core on every screen, and what axe cannot see."""

import pytest
from selenium.webdriver.common.keys import Keys
from stack.browser import Browser
from stack.configuration import NO_LIMITS
from stack.stack import BUILD
from stack.visitor import Visitor

AXE = BUILD / "axe/node_modules/axe-core/axe.min.js"
FASTER = """if (!window.shift) {
    window.shift = 0;
    const now = performance.now.bind(performance), every = window.setInterval;
    performance.now = () => now() + window.shift;
    window.setInterval = (what, ms) => every(what, ms / 20);
}"""
COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what of axe's rules looks at colours; the rest sees no scheme
SCREENS = ("form", "error", "code", "thread", "over", "busy")


@pytest.fixture(scope="module")
def options():
    return {"httpd": NO_LIMITS, "codes": "2333"}


@pytest.fixture(scope="module")
def chromium(stack):
    with Browser(stack) as running:
        # A clock that tests can move; the module's own clock stays as it is.
        running.cdp("Page.addScriptToEvaluateOnNewDocument", source=FASTER)
        yield running


def walk(browser, stack, language, number):
    """Yields the name of each screen while it is shown."""
    browser.open(f"?lang={language}")
    yield "form"
    browser.fill("555", "Hola")
    browser.press("#compose .primary")
    browser.wait_for("[aria-invalid=true]")
    yield "error"
    browser.type("#number", number)
    browser.press("#compose .primary")
    browser.wait_for("#code")
    yield "code"
    browser.solve()
    code = stack.handset_wait(number, 1)[0]["from"]
    stack.handset_answer(number, code, "Una respuesta larga " * 6)
    browser.wait_for(".theirs")
    browser.run("window.shift += 250000")
    browser.wait_for("#expiry button")
    yield "thread"
    browser.cdp("Network.clearBrowserCookies")
    browser.run("Sms.look()")
    browser.wait_for("#thread a.primary")
    yield "over"
    Visitor(stack, "Luis").write(busy := number.replace("809555", "829555"), "soy Luis")
    browser.open(f"?lang={language}")
    browser.fill(busy, "soy Ana")
    browser.press("#compose .primary")
    browser.wait_for("#code")
    browser.type("#code", browser.code())
    browser.press("#challenge .primary")
    browser.wait_for(".problem")
    yield "busy"


@pytest.mark.skipif(not AXE.exists(), reason="npm did not give axe-core")
@pytest.mark.parametrize("language, number", [("es", "8095553001"), ("en", "8095553002")])
def test_axe_finds_nothing_on_any_screen_in_light_and_dark(browser, stack, language, number):
    found, screens = [], []
    for screen in walk(browser, stack, language, number):
        screens.append(screen)
        assert browser.run("return document.documentElement.lang") == language
        browser.run(AXE.read_text() + "\nwindow.axe = axe")
        for scheme, rules in (("light", {}), ("dark", COLOUR)):
            browser.media(scheme)
            found += browser.driver.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run(arguments[0]).then(r => done(r.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)}`))))", rules)
        browser.media()
    assert (found, tuple(screens)) == ([], SCREENS)


def wide(browser):
    return browser.run("return [document.documentElement.scrollWidth, [...document.querySelectorAll('body *')]"
                       ".filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))]")


SPACING = """const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = arguments[0] ? [sheet] : [];"""
CLIPPED = """return [...document.querySelectorAll('button, label, p, h1, h2, a, dd, summary')]
    .filter(e => e.checkVisibility() && !e.matches('.unseen, .skip') && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 4)
      && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 120))"""
SMALL = """return [...document.querySelectorAll('a, button, input:not([type=hidden]), textarea, summary, select')]
    .filter(e => e.checkVisibility() && !e.matches('.skip'))
    .map(e => [Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height), e.outerHTML.slice(0, 90)])"""


def test_every_screen_reflows_at_320_and_bears_wide_text_with_targets_large_enough(browser, stack):
    for screen in walk(browser, stack, "es", "8095553003"):
        for width in (320, 768, 1280):
            browser.size(width, 640)
            assert wide(browser) <= [width, []], (screen, width)
        browser.size(320, 640)
        sizes = browser.run(SMALL)
        assert [s for s in sizes if s[0] < 24] == [], screen
        assert [s for s in sizes if s[0] < 44 and "primary" in s[1]] == [], screen
        browser.run(SPACING, True)
        assert browser.run(CLIPPED) == [], screen
        assert wide(browser) <= [320, []], screen
        browser.run(SPACING, False)


@pytest.mark.parametrize("width, height", [(1100, 757), (390, 750), (360, 640)])
def test_the_field_for_the_next_message_is_seen_without_scrolling(browser, width, height):
    browser.write(f"80955540{width % 90:02d}", "Hola")
    browser.size(width, height)
    browser.open()
    bottom, thread, listed = browser.run("return ['#reply button', '#thread', '.list'].map(s => document.querySelector(s)"
                                         ".getBoundingClientRect()[s === '#reply button' ? 'bottom' : 'top'])")
    assert bottom <= height and browser.run("return scrollY") == 0
    assert width > 720 or thread < listed


def test_a_screen_that_is_turned_still_shows_the_newest_message(browser):
    browser.write("8095554111", "Una larga historia. " * 7)
    browser.size(1100, 757)
    for width, height in ((740, 360), (360, 740)):
        browser.size(width, height)
        browser.wait(lambda: browser.run("const log = document.querySelector('.log');"
                                         "return innerWidth === arguments[0] && log.scrollHeight - log.scrollTop - log.clientHeight < 2", width),
                     "the end of the conversation to be seen")


def test_the_keyboard_alone_leads_from_the_first_field_to_the_answer(browser, stack):
    browser.open()
    order = []
    for _ in range(8):
        browser.keys(Keys.TAB)
        order.append(browser.focused())
        if order[-1] in ("name", "number"):
            browser.keys({"name": "Ana", "number": "8095553020"}[order[-1]])
        if order[-1] == "message":
            browser.keys("Hola")
            break
    assert order == ["Ir al contenido", "SMS Interactivo", "English", "name", "number", "message"]
    browser.keys(Keys.ENTER)
    browser.wait(lambda: browser.focused() == "code", "the focus on the code")
    browser.keys(browser.code(), Keys.ENTER)
    browser.wait(lambda: browser.focused() == "more", "the focus on the next message")
    code = stack.handset_wait("8095553020", 1)[0]["from"]
    browser.keys("otro", Keys.ENTER)
    browser.wait(lambda: browser.bubbles() == ["Hola", "otro"] and browser.focused() == "more", "the focus kept")
    stack.handset_answer("8095553020", code, "leído")
    browser.wait_for(".theirs .text", "leído")
    browser.keys(Keys.SHIFT, Keys.TAB)
    assert browser.run("return document.activeElement.getAttribute('role')") == "log"
    assert browser.run("const s = getComputedStyle(document.activeElement); return s.outlineStyle") == "solid"


def test_the_skip_link_leads_to_the_content(browser):
    browser.open()
    browser.keys(Keys.TAB)
    assert browser.focused() == "Ir al contenido" and browser.one(".skip").rect["x"] >= 0
    browser.keys(Keys.ENTER)
    assert browser.focused() == "room"
    browser.keys(Keys.TAB)
    assert browser.focused() == "name"


WATCH = """window.said = {};
    for (const region of document.querySelectorAll('[role=log], [role=status], [role=alert]')) {
      const name = region.id || region.getAttribute('role');
      window.said[name] = [];
      new MutationObserver(list => list.forEach(m => m.addedNodes.forEach(n => window.said[name].push(n.textContent))))
        .observe(region, { childList: true, subtree: true });
    }"""


def test_live_regions_say_each_thing_once(browser, stack):
    code = browser.write("8095553030", "Hola")
    browser.wait(lambda: browser.text(".mine .state") == "Entregado", "the first message delivered")
    browser.run(WATCH)
    stack.handset_answer("8095553030", code, "una vez")
    browser.wait_for(".theirs .text", "una vez")
    browser.run("window.shift += 245000")
    browser.wait_for("#expiry button")
    browser.wait(lambda: browser.text("#minutes") < "0:52", "the time to run on")
    said = browser.run("return window.said")
    assert len(said["log"]) == 1 and "una vez" in said["log"][0]
    assert "".join(said["expiry"]).count("La conversación con") == 1
    assert said["banner"] == [] and said["said"] == []
    assert browser.one(".log").get_attribute("aria-relevant") == "additions"


def test_the_end_is_announced_in_time_and_can_be_put_off_ten_times(browser):
    browser.write("8095553031", "Hola")
    before = browser.run("return Sms.conversations.values().next().value?.until || 0") or \
        browser.wait(lambda: browser.run("return Sms.conversations.values().next().value?.until"), "the deadline")
    browser.run("Sms.hush()")  # a poll's answer would set the page's moved clock right again
    for _ in range(10):
        assert not browser.text("#expiry")
        browser.run("window.shift += 241000")
        button = browser.wait_for("#expiry button", "Seguir en línea")
        assert browser.run("return Sms.conversations.values().next().value.until - performance.now()") > 20000
        browser.run("arguments[0].focus()", button)
        browser.keys(Keys.ENTER)
        browser.wait(lambda: browser.text("#expiry") == "", "the warning gone")
        assert browser.focused() == "more"
        after = browser.run("return Sms.conversations.values().next().value.until")
        assert after - before > 200000
        before = after
    assert browser.text("#minutes") == "5 min"


def test_paper_shows_the_messages_and_no_controls(browser, stack):
    browser.write("8095553032", "para el papel")
    browser.media("dark", "print")
    assert browser.sees(".bubble") and not browser.sees("form, .list, button")
    assert browser.run("return getComputedStyle(document.querySelector('.bubble .text')).color") != "rgb(244, 240, 238)"
