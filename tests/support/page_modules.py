"""Load modules into a real page, which itself runs only one built script."""

import subprocess

from playwright.sync_api import Page

from tests.support.paths import ROOT

_ROOT = ROOT
_BUILD = [_ROOT / "node_modules" / ".bin" / "esbuild", "--bundle", "--format=iife", "--log-level=warning"]


def load(page: Page, *names: str) -> None:
    """Load these modules into the page as ``modules.NAME``, separately from those that the page runs."""
    lines = [f'import * as {name} from "./portal/scripts/{name}.js";' for name in names]
    entry = "\n".join([*lines, f"globalThis.modules = {{ {', '.join(names)} }};"])
    built = subprocess.run(_BUILD, input=entry, cwd=_ROOT, check=True, capture_output=True, text=True)
    page.evaluate(built.stdout)
