"""The handset page in a real browser, as wide as a desk and as narrow as a phone."""

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from smsc import MOBILE, esme, one, smsc  # noqa: F401


@pytest.fixture(scope="module", params=[(1000, 800), (360, 740)], ids=["wide", "narrow"])
def browser(request):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.chrome.service.Service("/usr/bin/chromedriver")
    driver = webdriver.Chrome(service=service, options=options)
    width, height = request.param
    # A headless window is never narrower than 500: the page is told its size instead.
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, smsc):
    browser.get(f"{smsc.url}#{MOBILE}")
    yield browser
    complaints = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert [c for c in complaints if "status of 422" not in c] == []  # what CSP blocks is among them
    browser.get("about:blank")


def bubbles(page):
    script = "return [...document.querySelectorAll('.sms')].map((e) => [e.className, e.firstChild.data])"
    return page.execute_script(script)


def test_an_sms_appears_and_is_answered(smsc, esme, page):
    esme.submit("2333", MOBILE, b"Ana (web): hola <b>&")
    smsc.until(lambda: bubbles(page) == [["sms", "Ana (web): hola <b>&"]])
    assert page.find_element(By.ID, "to").get_property("value") == "2333"
    page.find_element(By.ID, "text").send_keys("Sí, allí\n")
    assert esme.deliver()["text"].decode("utf-16-be") == "Sí, allí"
    smsc.until(lambda: bubbles(page)[1:] == [["sms mine", "Sí, allí"]])
    smsc.until(lambda: "enviado" in page.execute_script("return document.querySelector('.sms.mine .meta')?.textContent ?? ''"))


def test_each_short_code_has_its_own_thread(smsc, esme, page):
    esme.submit("2333", MOBILE, b"uno")
    esme.submit("2024", MOBILE, b"dos")
    tabs = smsc.until(lambda: (lambda t: len(t) == 2 and t)(page.find_elements(By.CSS_SELECTOR, "#tabs button")))
    tabs[0].click()
    smsc.until(lambda: bubbles(page) == [["sms", "uno"]])
    smsc.until(lambda: page.find_elements(By.CSS_SELECTOR, "#tabs button"))[1].click()
    smsc.until(lambda: bubbles(page) == [["sms", "dos"]])
    assert page.find_element(By.ID, "to").get_property("value") == "2024"


def test_the_switches_switch(smsc, esme, page):
    box = smsc.until(lambda: page.find_elements(By.NAME, "off"))[0]
    box.click()
    smsc.until(lambda: smsc.get(f"handsets/{MOBILE}/thread")["off"])
    esme.submit("2333", MOBILE, b"hola")
    smsc.until(lambda: "1 en espera" in page.find_element(By.ID, "signal").text)
    page.find_element(By.NAME, "off").click()
    smsc.until(lambda: bubbles(page) == [["sms", "hola"]])


def test_a_refused_answer_says_why_and_keeps_the_text(smsc, page):
    page.execute_script("document.getElementById('to').removeAttribute('maxlength')")
    page.find_element(By.ID, "to").send_keys("2" * 21)
    page.find_element(By.ID, "text").send_keys("hola\n")
    smsc.until(lambda: page.find_element(By.ID, "fault").text.startswith("No se envió"))
    assert page.find_element(By.ID, "text").get_property("value") == "hola"


def test_nothing_is_wider_than_the_screen(smsc, esme, page):
    esme.submit("2333", MOBILE, b"x" * 150)
    for n in range(12):
        esme.submit(f"20{n:02}", MOBILE, b"x")
    smsc.until(lambda: len(page.find_elements(By.CSS_SELECTOR, "#tabs button")) == 13)
    width, screen = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= screen
    low = page.execute_script("return document.querySelector('#answer button').getBoundingClientRect().bottom")
    assert screen < 720 or low <= page.execute_script("return innerHeight")  # no scrolling to answer on a desk
