#!/usr/bin/python3
"""`make pictures`: the README's picture, taken of a real service with a real conversation on it."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from stack.browser import Browser  # noqa: E402
from stack.stack import Stack  # noqa: E402


def converse(browser, stack):
    first = browser.write("8295556789", "Buenos días, don Luis. ¿Está listo el carro?")
    browser.press(".new")
    browser.wait_for("#compose")
    code = browser.write("8095551234", "Hola, ¿vienes a la reunión de las 3?")
    stack.handset_answer("8095551234", code, "Sí, voy saliendo. ¿Llevo algo?")
    browser.wait(lambda: len(browser.bubbles()) == 2, "the answer")
    browser.reply("Los planos, por favor. Te guardo un asiento.")
    browser.wait(lambda: browser.text(".bubble .state").count("Entregado") == 2, "both delivered")
    stack.handset_answer("8095551234", code, "Perfecto, nos vemos")
    stack.handset_answer("8295556789", first, "Ya casi, a las 5")
    browser.wait(lambda: len(browser.bubbles()) == 4 and browser.sees(".unread"), "both answers")


def main():
    with tempfile.TemporaryDirectory(prefix="sms-pictures-") as state, Stack(state) as stack, Browser(stack) as browser:
        browser.fresh().open("?lang=es")
        converse(browser, stack)
        browser.size(1100, 820)
        browser.run("document.activeElement.blur(); Sms.toEnd()")
        browser.wait(lambda: not browser.run("return document.getAnimations().length"), "everything at rest")
        browser.driver.save_screenshot(str(HERE / "page.png"))
    print(f"  {HERE / 'page.png'}: {(HERE / 'page.png').stat().st_size:,} octets")


if __name__ == "__main__":
    main()
