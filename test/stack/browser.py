"""A visitor with a browser: headless Chromium, driven the way a person would use the page."""

import json
import os
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from stack.part import wait_until
from stack.visitor import Visitor

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--lang=en-US", "--window-size=1100,900",
         "--autoplay-policy=no-user-gesture-required", "--disable-extensions", "--mute-audio")

# Asked of the page in one command: the driver's own take three, each of them dearer.
SHOWN = """const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && e.getClientRects().length;
return [...document.querySelectorAll(arguments[0])].find(e => shown(e) && e.innerText.includes(arguments[1]))"""
TEXTS = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)"


class Browser:
    """One Chromium with a profile of its own; `fresh` makes another visitor of it, which is cheaper than another process."""

    def __init__(self, stack):
        self.stack, self.profile = stack, tempfile.mkdtemp(prefix="sms-browser-")
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS, f"--user-data-dir={self.profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        stack.expect("SI0103")  # on a busy machine the browser takes the processor from memcached for longer than a second
        try:
            with ThreadPoolExecutor(1) as starter:
                self.driver = starter.submit(self._start, options).result()
        except BaseException:
            shutil.rmtree(self.profile, ignore_errors=True)
            raise
        self.driver.set_script_timeout(10)

    @staticmethod
    def _start(options):
        """Chromium inherits this thread's priority, which is lower than that of the service it is to look at."""
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    # -- the window

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def size(self, width, height=757):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, scheme="light", kind=""):
        self.cdp("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def scripting(self, on):
        self.cdp("Emulation.setScriptExecutionDisabled", value=not on)

    def offline(self, lost=True):
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=lost, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def fresh(self):
        """Another visitor: no cookie, nothing kept, one window, network and script as usual."""
        self.offline(False)
        self.scripting(True)
        self.media()
        self.size(1100)
        for handle in self.driver.window_handles[1:]:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(self.driver.window_handles[0])
        self.driver.get("about:blank")
        self.cdp("Network.clearBrowserCookies")
        self.cdp("Storage.clearDataForOrigin", origin=self.stack.url.rsplit("/", 2)[0], storageTypes="all")
        self.console()
        return self

    def console(self):
        """What the console said since the last call: violations of the policy stand here, and errors of scripts."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # -- what is seen

    def open(self, path=""):
        self.driver.get(self.stack.url + path)
        return self

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        (found,) = self.all(selector)
        return found

    def sees(self, selector):
        return self.run(SHOWN, selector, "") is not None

    def text(self, selector):
        """The visible text of all that match, '' where nothing does."""
        return "\n".join(self.run(TEXTS, selector))

    def wait(self, ask, what, seconds=20):
        def patient():
            try:
                return ask()
            except Exception as gone:  # an element that was just replaced
                if "stale" in str(gone) or "no such element" in str(gone) or isinstance(gone, ValueError):
                    return None
                raise

        try:
            return wait_until(patient, seconds, what, pause=0.03)
        except TimeoutError as slow:
            raise TimeoutError(f"{slow}; the page:\n{self.text('body')[:2000]}\n{self.console()}") from None

    def wait_for(self, selector, text="", seconds=20):
        return self.wait(lambda: self.run(SHOWN, selector, text), f"{selector} with {text!r}", seconds)

    def bubbles(self):
        return self.run(TEXTS, ".bubble .text")

    def focused(self):
        """The id of what has the focus, else its words."""
        return self.run("const e = document.activeElement; return e.id || e.textContent.trim()")

    # -- what a person does

    def type(self, selector, text):
        """In place of what stands there, in one go; where keys matter there is `keys`."""
        self.run("arguments[0].focus(); arguments[0].select()", self.wait_for(selector))
        self.cdp("Input.insertText", text=text)

    def press(self, selector):
        self.wait_for(selector).click()

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def fill(self, number, message, name="Ana"):
        self.type("#name", name)
        self.type("#number", number)
        self.type("#message", message)

    def code(self):
        """The security code of the picture that is shown, read with the deployment's secret in hand."""
        pending = self.wait_for("#challenge") and self.one("[name=pending]").get_attribute("value")
        return Visitor(self.stack).code_of(pending)

    def solve(self):
        self.type("#code", self.code())
        self.press("#challenge .primary")
        self.wait_for("#thread")

    def write(self, number, message, name="Ana"):
        """From the first field to the conversation; the short code the mobile saw."""
        if not self.all("#compose"):
            self.open("?new=1")
        self.fill(number, message, name)
        self.press("#compose .primary")
        self.solve()
        return self.stack.handset_wait(number, 1)[-1]["from"]

    def reply(self, message):
        self.type("#more", message)
        self.keys(Keys.ENTER)

    def storage(self):
        return json.loads(self.run("return JSON.stringify([{...sessionStorage}, {...localStorage}])"))
