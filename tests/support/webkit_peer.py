"""Debian's WebKitGTK, the engine nearest to an iPhone's browser that runs here, on a screen of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

# The program that the driver starts. Debian names its folder after the version of the interface.
_BROWSERS = Path("/usr/lib")
_BROWSER = "*/webkit2gtk-*/MiniBrowser"


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
def browsing(width: int = 1280, height: int = 900) -> Iterator[WebKitGTK]:
    """Start a browser with a new profile, and end it afterwards."""
    options = Options()
    options.binary_location = str(next(_BROWSERS.glob(_BROWSER)))
    options.add_argument("--automation")
    with ExitStack() as stack:
        display = stack.enter_context(_screen(width, height))
        # The tests run as root in a container, where WebKit's own sandbox cannot start.
        env = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        service = Service(shutil.which("WebKitWebDriver"), env=env)
        browser = WebKitGTK(options=options, service=service)
        stack.callback(browser.quit)
        yield browser
