"""SPEC 7.4 lists exactly the error codes of the portal, each with its status."""

import re
from collections.abc import Iterator

from tests.support.paths import ROOT

SAID = re.compile(r'(?:Problem\(|\(|= )\s*(\d{3}), "(\w+)"')
WEB_SERVER = re.compile(r'"status": (\d{3}), "code": "(\w+)"')
NAMED = re.compile(r'^([A-Z_]+) = "(\w+)"$', re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| ([\d, ]+) \|", re.MULTILINE)


def said() -> Iterator[tuple[str, str]]:
    """Yield the code and the status of each error in the portal's source and in nginx's configuration."""
    for status, code in WEB_SERVER.findall((ROOT / "deploy" / "nginx" / "http.conf").read_text("utf-8")):
        yield code, status
    for path in (ROOT / "portal").rglob("*.py"):
        source = path.read_text("utf-8")
        for name, code in NAMED.findall(source):
            source = source.replace(f", {name})", f', "{code}")')
        for status, code in SAID.findall(source):
            yield code, status


def listed() -> Iterator[tuple[str, str]]:
    """Yield the code and the status of each row of the table."""
    for code, statuses in ROW.findall((ROOT / "crypto" / "SPEC.md").read_text("utf-8")):
        for status in statuses.split(", "):
            yield code, status


def test_the_specification_lists_all_error_codes() -> None:
    found = set(said())
    assert len(found) > 30
    assert found == set(listed())
