"""The offline form as a file: it contains one script, loads nothing, and is in the signed list of pages."""

import hashlib
import inspect
import re
from html import unescape
from pathlib import Path

import pytest

from crypto import pages as listed
from portal.app import load_questionnaire
from portal.site import manifest
from portal.web import assets, offline, pages
from templates.catalogues import LANGUAGES
from tests.support.builders import today
from tests.support.paths import ROOT
from tests.support.portal_room import Room

STATIC = ROOT / "portal" / "static"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path, "sqlite:///portal.sqlite")
    made.close()
    return made


@pytest.mark.parametrize("end", ["</script>", "</SCRIPT ", "</style>", "<!--"])
@pytest.mark.parametrize("part", ["script", "style"])
def test_text_that_could_end_a_script_or_style_early_is_refused(part: str, end: str) -> None:
    """Such text could run as code, or cut the code short."""
    parts = {"script": "a()", "style": "b{}"}
    assert offline.Parts(**parts).script == "a()"
    with pytest.raises(ValueError, match=re.escape(end.rstrip("> ").strip())):
        offline.Parts(**{**parts, part: f"{parts[part]} {end}"})


def test_the_script_of_the_offline_form_uses_no_network_and_no_storage() -> None:
    asking = re.compile(
        r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage|indexedDB)\b *[(.;]"
    )
    assert asking.findall(offline.load().script) == []
    control = asking.findall((STATIC / "js" / "report.js").read_text("utf-8"))
    assert sorted(control) == ["XMLHttpRequest;", "fetch("]


def test_rendering_the_offline_form_twice_gives_the_same_bytes(room: Room) -> None:
    questions = load_questionnaire(room.settings)
    render = inspect.unwrap(pages.render)
    assert render(room.settings, questions) == render(room.settings, questions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signed_list_and_two_pages_name_the_hash_of_the_offline_form(room: Room, language: str) -> None:
    """The form contains the root key and the deployment, but no keyring, since keyrings change more often."""
    questions = load_questionnaire(room.settings)
    rendered = pages.render(room.settings, questions)
    form = rendered[f"/{language}/offline.html"]
    digest = hashlib.sha256(form)
    raw = manifest.make(room.settings, questions, 1, today())
    (page,) = [
        each
        for each in listed.parse(raw, room.site.deployment).files
        if each.path == f"/{language}/offline.html"
    ]
    assert (page.hash, page.type) == (digest.digest(), "text/html")
    for path in ("verify", "sealed"):
        assert digest.hexdigest().encode() in rendered[f"/{language}/{path}"]
    assert f'data-root-key="{room.settings.root_key}"'.encode() in form
    assert f'data-deployment="{room.settings.deployment}"'.encode() in form
    assert b"age1pq" not in form.replace(offline.load().script.encode(), b"")


def test_the_offline_form_loads_nothing_and_its_policy_allows_only_its_own_script_and_style(
    room: Room,
) -> None:
    """The policy is placed before the script and the style, and lists exactly their two digests."""
    form = pages.render(room.settings, load_questionnaire(room.settings))["/fr/offline.html"].decode()
    parts = offline.load()
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', form)
    assert unescape(policy) == parts.policy
    assert parts.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in parts.policy
    assert form.index(policy) < form.index("<style>") < form.index("<script")
    bare = form.replace(parts.script, "").replace(parts.style, "")
    assert (bare.count("<script"), bare.count("<style")) == (1, 1)
    links = re.findall(r'(?:src|href|action|srcset|style)="([^"]*)"', bare)
    # The numbers to call appear above the report, at the question about danger, and at two of its answers.
    # The numbers also appear above “Continue”, after sending, and three times in the case. A link that leaves
    # the page or calls a number sends no request.
    numbers = ["tel:17", "tel:112", "sms:114"]
    assert links == ["about:blank", *numbers * 9]


def test_the_script_of_the_offline_form_is_not_served_as_a_file() -> None:
    """Only the form itself contains the script, and no page loads it."""
    script = offline.load().script.encode()
    assert [path for path, file in assets.load().items() if file.content == script] == []
    assert [path for path in assets.load() if "offline" in path] == []
