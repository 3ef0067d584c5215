"""The offline form as a file: modules in one script, the same at every build, in the signed list of pages."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from crypto import pages as listed
from portal import assets, bundling, manifest, offline, pages
from portal.app import load_questionnaire
from tests.builders import today
from tests.portal_room import Room

STATIC = Path(offline.__file__).parent / "static"
MODULES = {
    "js/a.js": 'import { b as bee, C } from "./b.js";\nimport * as all from "../v/c.js";\n'
    "out = [bee(), new C().d, all.e];\n",
    "js/b.js": "const own = 1;\nexport function b() { return own; }\nexport class C { d = 2; }\n",
    "v/c.js": "const own = 3;\nexport { own as e };\n",
    "js/x.js": "export const e = 4;\n",
}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path, "sqlite:///portal.sqlite")
    made.close()
    return made


def run(script: str) -> str:
    """Return what ``out`` is after a script."""
    code = f"let out;\n{script}\nconsole.log(JSON.stringify(out));"
    return subprocess.run(["node", "-e", code], check=True, capture_output=True, text=True).stdout.strip()


def without(name: str, old: str, new: str) -> Callable[[str], str]:
    return {**MODULES, name: MODULES[name].replace(old, new)}.__getitem__


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (without("js/b.js", "export class C", "class C"), "imports .'C'. from js/b.js"),
        (without("js/b.js", "export class C", "export default class C"), "cannot be put with the others"),
        (without("js/b.js", "const own", 'import "./x.js";\nconst own'), "cannot be put with the others"),
        (without("js/b.js", "own = 1", 'own = "</script>"'), "cannot be put with the others"),
        (without("js/b.js", "const own", 'import * as a from "./a.js";\nconst own'), "need each other"),
    ],
    ids=["not exported", "default", "bare import", "end of script", "cycle"],
)
def test_a_module_that_cannot_be_put_with_others_stops_the_build(
    read: Callable[[str], str], words: str
) -> None:
    """Rather than a form that fails in the hands of somebody."""
    with pytest.raises(ValueError, match=words):
        bundling.bundle("js/a.js", read, {})


def test_modules_in_one_script_do_as_they_do_apart() -> None:
    """Each in a scope of its own, under every name that an import gives; another may stand in for one."""
    assert run(bundling.bundle("js/a.js", MODULES.__getitem__, {})) == "[1,2,3]"
    assert run(bundling.bundle("js/a.js", MODULES.__getitem__, {"v/c.js": "js/x.js"})) == "[1,2,4]"


def test_the_form_carries_the_modules_of_the_pages_and_none_that_asks_a_portal() -> None:
    """Byte for byte but for imports and exports."""
    script = offline.load().script
    for name in ("age.js", "casetoken.js", "container.js", "sealing.js", "keyring.js"):
        body = re.split(r"(?ms)^import .*?;\n", (STATIC / "js" / name).read_text())[-1]
        assert re.sub(r"(?m)^export ", "", body) in script, name
    assert (
        re.findall(r"\b(?:fetch|XMLHttpRequest|WebSocket|sendBeacon|localStorage|indexedDB)\b[(.]", script)
        == []
    )
    assert "fetch(" in (STATIC / "js" / "http.js").read_text(), "the control"


def test_two_builds_are_equal(room: Room) -> None:
    """In processes whose hashes of text differ; in each language."""
    build = (
        "import hashlib; from portal import offline; "
        "print(hashlib.sha256(repr(offline.load()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", build],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            cwd=STATIC.parents[1],
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {f"{hashlib.sha256(repr(offline.load()).encode()).hexdigest()}\n".encode()}
    questions = load_questionnaire(room.settings)
    assert pages.render(room.settings, questions) == pages.render(room.settings, questions)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_signed_list_and_two_pages_name_its_hash(room: Room, language: str) -> None:
    """Pinned inside are root key and deployment; the keyring is not, which changes more often."""
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


def test_the_form_loads_nothing_and_its_policy_lets_nothing_else_run(room: Room) -> None:
    """The policy stands before what it is for, and holds the digests of exactly one script and one style."""
    form = pages.render(room.settings, load_questionnaire(room.settings))["/fr/offline.html"].decode()
    parts = offline.load()
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', form)
    assert unescape(policy) == parts.policy
    assert parts.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in parts.policy
    assert form.index(policy) < form.index("<style>") < form.index("<script")
    bare = form.replace(parts.script, "").replace(parts.style, "")
    assert (bare.count("<script"), bare.count("<style")) == (1, 1)
    assert re.findall(r'(?:src|href|action|srcset|style)="[^"]*"', bare) == []


def test_modules_of_the_form_are_not_served_apart() -> None:
    """They stand in it, and no page loads them."""
    assert list(STATIC.glob("js/offline*.js")) != []
    assert [path for path in assets.load().files if "offline" in path] == []
