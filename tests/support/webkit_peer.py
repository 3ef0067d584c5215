"""Debian's WebKitGTK on a virtual screen.

Of all engines that run here, WebKitGTK is nearest to the browser of an iPhone.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import ActionChains, WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

# The program that the driver starts. Debian names its folder after the version of the API.
_BROWSERS = Path("/usr/lib")
_BROWSER = "*/webkit2gtk-*/MiniBrowser"
# Without space around its buttons, the window can be as narrow as a phone.
_STYLE = "* { border: 0; font-size: 1px; margin: 0; min-height: 0; min-width: 0; padding: 0 }"
_KEYS = {"Escape": Keys.ESCAPE, "Tab": Keys.TAB, "Enter": Keys.ENTER, " ": Keys.SPACE}
SLOW = 60  # seconds, on a busy machine


class Person:
    """A person who uses the public pages in WebKit. Elements are named by selectors."""

    def __init__(self, browser: WebKitGTK) -> None:
        self.browser = browser
        self.wait = WebDriverWait(browser, SLOW)

    def go(self, address: str) -> None:
        self.browser.get(address)

    def press(self, key: str, times: int = 1) -> None:
        """Press a key.

        The driver does not wait for the browser between two presses, so the presses follow quickly.
        """
        ActionChains(self.browser).send_keys(*[_KEYS[key]] * times).perform()

    def write(self, text: str) -> None:
        """Type a text, in which all letters must be in the basic plane; the driver cannot type others."""
        ActionChains(self.browser).send_keys(text).perform()

    def texts(self, selector: str) -> list[str]:
        """Wait until a matching element is visible; return the texts of all matching elements."""
        self.visible(selector)
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def ask(self, function: str, argument: str) -> Any:
        return self.browser.execute_script(f"return ({function})(arguments[0])", argument)

    def visible(self, selector: str) -> WebElement:
        """Return the matching element once it is visible."""
        return self.wait.until(when.visibility_of_element_located((By.CSS_SELECTOR, selector)))

    def click(self, selector: str) -> None:
        self.wait.until(when.element_to_be_clickable((By.CSS_SELECTOR, selector))).click()

    def double(self, selector: str) -> None:
        """Press a button twice quickly, in the middle of the screen, where the bar does not cover it."""
        button = self.wait.until(when.element_to_be_clickable((By.CSS_SELECTOR, selector)))
        self.browser.execute_script(
            "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", button
        )
        ActionChains(self.browser).double_click(button).perform()

    def enter(self, selector: str) -> None:
        """Press a button with the keyboard; the page would count two quick clicks at one place as one."""
        self.wait.until(when.element_to_be_clickable((By.CSS_SELECTOR, selector))).send_keys(Keys.ENTER)

    def fill(self, selector: str, text: str) -> None:
        self.visible(selector).send_keys(text)

    def bring(self, selector: str, *files: Path) -> None:
        """Choose files in a field, which may be hidden."""
        self.browser.find_element(By.CSS_SELECTOR, selector).send_keys("\n".join(map(str, files)))

    def back(self) -> None:
        """Press the browser's Back button. The driver's own function would wait for a page to load."""
        self.browser.execute_script("history.back()")


@contextmanager
def _screen(width: int, height: int) -> Iterator[str]:
    """Start a screen of this many pixels, and end it afterwards; yield its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def browsing(
    folder: Path, width: int = 360, height: int = 740, *, compiles: bool = True
) -> Iterator[WebKitGTK]:
    """Start a browser with a new profile, which saves files in the folder, and end it afterwards.

    Unless it ``compiles``, it runs scripts as an iPhone in Lockdown Mode does.
    """
    options = Options()
    options.binary_location = str(next(_BROWSERS.glob(_BROWSER)))
    options.add_argument("--automation")
    settings = folder / "settings"
    for name, content in {
        "gtk-3.0/gtk.css": _STYLE,
        "user-dirs.dirs": f'XDG_DOWNLOAD_DIR="{folder}"\n',
    }.items():
        (settings / name).parent.mkdir(parents=True, exist_ok=True)
        (settings / name).write_text(content, "utf-8")
    with ExitStack() as stack:
        env = {
            **os.environ,
            # The pointer is in the middle of the screen, and the window below it has the focus.
            "DISPLAY": stack.enter_context(_screen(width, height)),
            "XDG_CONFIG_HOME": str(settings),
            # The tests run as root in a container, where WebKit's own sandbox cannot start.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            **({} if compiles else {"JSC_useJIT": "false"}),
        }
        service = Service(shutil.which("WebKitWebDriver"), env=env)
        browser = WebKitGTK(options=options, service=service)
        stack.callback(browser.quit)
        browser.set_window_size(width, height)
        yield browser
