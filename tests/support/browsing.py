"""Debian's Chromium, as tests and benchmarks start it."""

import shutil
from collections.abc import Sequence

from playwright.sync_api import Browser, BrowserType

# Chromium's engine without windows, tabs and menus takes half the time. The tests in `e2e` use the
# complete Chromium.
SHELL = "chromium-headless-shell"
WHOLE = "chromium"

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(engine: BrowserType, *more: str, command: str = SHELL, without: Sequence[str] = ()) -> Browser:
    """Start a browser with the arguments ``more``, and without Playwright's arguments ``without``."""
    return engine.launch(
        executable_path=shutil.which(command),
        args=[*CHROMIUM_ARGUMENTS, *more],
        ignore_default_args=list(without),
    )
