"""The WEBCAT browser extension would accept the site: its manifest, its policy and every path.

The rules come from csp.md and manifest.md of webcat-spec, and from the code of the extension
(2026).
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crypto import base64url
from portal.app import load_questionnaire
from portal.ops.cli import portal
from portal.site import site_files
from portal.web import headers
from tests.support.portal_room import Room
from tests.support.routes import addresses

HASH = r"'sha(256|384|512)-[A-Za-z0-9+/]+=*'"
SCRIPT = rf"'none'|'self'|'wasm-unsafe-eval'|{HASH}"
STYLE = rf"'none'|'self'|'unsafe-inline'|'unsafe-hashes'|{HASH}"
ALLOWED = {
    "default-src": "'none'|'self'",
    "script-src": SCRIPT,
    "script-src-elem": SCRIPT,
    "style-src": STYLE,
    "style-src-elem": STYLE,
    "object-src": "'none'",
    "worker-src": "'none'|'self'",
}
# A policy must have these directives, unless its default is exactly 'none'.
REQUIRED = {"script-src", "style-src", "object-src", "worker-src"}


def faults(policy: str) -> list[str]:
    """Return the parts of a policy that WEBCAT refuses."""
    if "," in policy:
        return ["a comma"]
    found = {
        name.lower(): values for name, *values in (part.split() for part in policy.split(";") if part.strip())
    }
    wrong = [
        f"{name} {value}"
        for name, allowed in ALLOWED.items()
        for value in found.get(name, [])
        if not re.fullmatch(allowed, value)
    ]
    if found.get("default-src") != ["'none'"]:
        wrong += sorted(REQUIRED - found.keys())
    return wrong


@pytest.fixture(scope="module")
def listed(same_room: Room) -> dict[str, Any]:
    """The manifest that `portal webcat` writes."""
    file, out = same_room.folder / "portal.toml", same_room.folder / "webcat.json"
    file.write_text(
        f'deployment = "{same_room.settings.deployment}"\nroot_key = "{same_room.settings.root_key}"\n'
    )
    words = ["webcat", "--app", "https://example.org/fanal", "--tag", "v1", "--out", str(out), "--json"]
    answer = CliRunner().invoke(portal, ["--config", str(file), *words])
    assert answer.exit_code == 0, answer.output
    document: dict[str, Any] = json.loads(out.read_text())
    files = len(document["manifest"]["files"])
    assert {"files": files, "file": str(out)} == json.loads(answer.output)
    assert document.keys() == {"manifest"}
    return dict(document["manifest"])


def test_webcat_accepts_the_policy_of_the_site(listed: dict[str, Any]) -> None:
    assert listed["default_csp"] == headers.POLICY
    assert faults(listed["default_csp"]) == []
    assert listed["extra_csp"] == {}


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        ("default-src 'none', default-src 'self'", "a comma"),
        ("default-src 'none'; script-src 'unsafe-inline'", "script-src 'unsafe-inline'"),
        ("default-src 'none'; script-src 'nonce-abc'", "script-src 'nonce-abc'"),
        ("default-src 'none'; script-src https://example.org", "script-src https://example.org"),
        ("default-src 'none'; SCRIPT-SRC 'unsafe-eval'", "script-src 'unsafe-eval'"),
        ("default-src 'none'; worker-src blob:", "worker-src blob:"),
        ("default-src 'none'; object-src 'self'", "object-src 'self'"),
        ("default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'", "worker-src"),
        ("default-src 'none' 'self'; script-src 'self'", "object-src"),
    ],
)
def test_the_check_finds_a_forbidden_policy(policy: str, fault: str) -> None:
    """The control of the test above."""
    assert fault in faults(policy)


def looked_up(listed: dict[str, Any], path: str) -> str:
    """Return the digest that the extension expects for a path."""
    files: dict[str, str] = listed["files"]
    if path in files:
        return files[path]
    return files[path + listed["default_index"] if path.endswith("/") else listed["default_fallback"]]


def test_each_path_is_found_by_the_rules_of_the_extension(same_room: Room, listed: dict[str, Any]) -> None:
    """Each path is in the list, or is the index of a folder, or leads to the page for missing files."""
    paths = [
        *site_files.files(same_room.settings, load_questionnaire(same_room.settings)),
        "/nowhere",
        "/fr/none",
    ]
    for path in paths:
        digest = hashlib.sha256(same_room.client.get(path).data).digest()
        assert looked_up(listed, path) == base64url.encode(digest), path


def test_the_manifest_has_all_members_that_the_extension_requires(listed: dict[str, Any]) -> None:
    texts = ("app", "version", "default_csp", "default_index", "default_fallback")
    assert all(isinstance(listed[name], str) and listed[name] for name in texts)
    assert {f"/{listed['default_index']}", listed["default_fallback"]} <= listed["files"].keys()
    assert listed["wasm"] == []
    assert all(
        path.startswith("/") and len(base64url.decode(digest)) == 32
        for path, digest in listed["files"].items()
    )


def test_every_answer_has_the_policy_and_no_header_that_webcat_forbids(same_room: Room) -> None:
    for path in addresses(same_room.app):
        answer = same_room.client.get(path)
        assert answer.headers.getlist("Content-Security-Policy") == [headers.POLICY]
        assert {"Refresh", "Link", "Location", "Origin-Agent-Cluster"}.isdisjoint(answer.headers.keys())


def test_an_unwritable_file_is_named(same_room: Room, listed: dict[str, Any], tmp_path: Path) -> None:
    assert listed
    words = ["webcat", "--app", "x", "--tag", "v1", "--out", str(tmp_path / "none" / "here")]
    answer = CliRunner().invoke(portal, ["--config", str(same_room.folder / "portal.toml"), *words])
    assert (answer.exit_code, "was not written" in str(answer.exception)) == (1, True)
