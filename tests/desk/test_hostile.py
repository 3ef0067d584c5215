"""Hostile text that officers type is shown only as text, on every page of the desk and by every command."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from crypto.printable import visible
from inbox.vault.casework_tables import (
    AccessCase,
    AccessRequest,
    Disclosure,
    Duty,
    Measure,
    Note,
    Setting,
    Strike,
    Tag,
    Workflow,
)
from inbox.vault.tables import Alias, Case
from templates.catalogues import LANGUAGES
from tests.support import hostile, inbox_builders
from tests.support.desk_room import Client, seen, serving, tell
from tests.support.gate import chosen
from tests.support.hostile_pages import unlike_text
from tests.support.inbox_builders import Office, Portal, Sent, World, passphrase_of, today

NAMES = ("alice", "bruno")
WORDS = f"{hostile.ESCAPES}{hostile.BIDI}{hostile.SCRIPT}{hostile.JINJA}{hostile.FORMULAS}\"'>&amp;"
TEMPLATE = "source = 'x'\n[reply.x]\nstatus = ['received']\n" + "".join(
    f"{each} = {{0}}\n" for each in ("title.fr", "title.en", "text.fr", "text.en")
)
READ = (
    ["case", "show", "1"], ["case", "list"], ["queue", "list"], ["case", "timeline", "1"], ["case", "link",
    "list", "1"], ["message", "template", "list"], ["office", "oversight"], ["office", "goals"],
    ["dossier", "disclosure", "list", "1"], ["journal", "list"], ["access", "alias", "list"], ["case",
    "identity", "show", "1"],
    ["access", "handlers", "1"], ["retention", "list"], ["office", "show"],
    ["dossier", "preview", "1", "--for", "prosecutor", "--to", WORDS, "--with-replies",
     "--attachments", "original", "--every-file"],
    ["message", "reply", "1", "--preview"], ["message", "reply", "1", "--template", "x", "--preview"],
)  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox with two hostile reports.

    In the first case, every field that officers fill in is hostile too.
    """
    folder = tmp_path_factory.mktemp("hostile-words")
    office = Office.found_by(folder, NAMES, 2)
    describe = inbox_builders.describe
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            inbox_builders,
            "describe",
            lambda files: tuple(
                replace(each, name=WORDS[:200], type=WORDS[:100]) for each in describe(files)
            ),
        )
        tell(
            World(office),
            Portal(World(office), folder / "medium"),
            *[{"what": f"MSKU 1234565. {WORDS}.", "refs": WORDS, "who_id": WORDS, "zz": (WORDS, "b")}] * 2,
        )
    for number in ("1", "2"):
        office.json("case", "declare", number)
    office.json("retention", "hold", "1", "--reason", WORDS[:100])
    for choice in ("not_needed", "admissible"):
        office.json("case", "decide", "1", choice, "--reason", WORDS[:100])
    # This reason is short, because a longer reason would repeat the report, and would be refused.
    office.json("message", "reply", "1", "--text", WORDS, "--despite-warning", WORDS[:20])
    (folder / "identity").write_text(WORDS, "utf-8")
    office.json("case", "identity", "add", "1", "--text-file", folder / "identity")
    day = today()
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 2).status = "closed"
        for work in session.scalars(select(Workflow)):
            work.withheld, work.outcome, work.disclosure = WORDS, "moot", "withheld"
            work.category = WORDS  # The test stores this category directly, because forms refuse it.
        session.add_all(
            [
                Note(case=1, position=9, by=WORDS, day=day, text=WORDS),
                Tag(case=1, name=WORDS),
                Measure(
                    case=1,
                    position=9,
                    kind="admin_inquiry",
                    day=day,
                    recorded=day,
                    addressee=WORDS,
                    reference=WORDS,
                ),
                Duty(
                    case=1, kind="art40", known=day, due=day, decided=day, decision="transmit", reason=WORDS
                ),
                Disclosure(
                    case=1, position=9, day=day, by=WORDS, recipient=WORDS, what=WORDS, ground="consent"
                ),
                Strike(case=1, position=9, day=day, by=WORDS, place=WORDS),
                AccessRequest(n=1, received=day, earliest=day, due=day, way="letter", names="owned"),
                AccessCase(case=1, request=1, unopposed=day, reference=WORDS),
                Alias(officer="bruno", name=WORDS),
                Setting(name="replies", value=_templates()),
            ]
        )
    return office


def _templates() -> str:
    return TEMPLATE.format(_in_toml(WORDS.replace("{", "{{").replace("}", "}}")))


def _in_toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"'


@pytest.mark.slow
@pytest.mark.parametrize("language", chosen(LANGUAGES, "fr"))
def test_no_page_of_the_desk_interprets_hostile_text(client: Client, stick: Path, language: str) -> None:
    """Every page with an address is checked, and so is every page that answers a form.

    The controls are pages that must contain the text.
    """
    name = f"bundle{hostile.BIDI}<script>.tar"
    for each in (name, name.replace("tar", "pdf")):
        (stick / each).write_bytes(b"x")
    rules = [rule for rule in client.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    paths = [re.sub(r"<int:\w+>", "1", rule.rule) for rule in rules if "<language>" in rule.rule]
    pages = {
        path: client.ask(path.replace("<language>", language).removeprefix(client.desk.place))
        for path in paths
        if not path.endswith("/pixels")
    }
    pages["case 2"] = client.ask(f"/{language}/case/2")
    both = {f"passphrase-{name}": passphrase_of(name) for name in NAMES}
    later = today() + timedelta(days=30)
    plan = {
        "purpose": "prosecutor",
        "addressee": WORDS[:90],
        "language": "fr",
        "enclosed": "original",
        "every-file": "on",
    }
    for path, form, status in (
        ("dossier/preview", plan | {"replies": "on", "redact": f"what:{WORDS[-20:]}"}, 409),
        ("dossier/preview", plan | {"replies": "on"}, 200),
        ("ledger/identity", both, 200),
        # The text is compared with the identity only if two officers ask for it together.
        ("reply/preview", both | {"template": "x"}, 200),
        ("reply", both | {"template": WORDS[:99]}, 409),
        ("note", {"text": WORDS * 999}, 409),
        ("minimise/preview", {"passage": "owned", "everywhere": "on"}, 200),
        ("/medium/collect", {"bundle": name}, 200),
        ("decide", both | {"choice": "defer", "until": later.isoformat(), "reason": "x"}, 303),
        ("close", both | {"outcome": "unfounded", "disclosure": "withheld", "reason": WORDS[:99]}, 200),
    ):
        answer = client.send(f"/{language}{path if path.startswith('/') else f'/case/1/{path}'}", **form)
        assert answer.status_code == status, answer.text
        pages[f"POST {path} {len(pages)}"] = answer
    assert len(pages) > 20
    assert {} == {path: page.status_code for path, page in pages.items() if page.status_code >= 500}
    assert {} == {path: found for path, page in pages.items() if (found := unlike_text(page.text))}
    shown = [path for path, page in pages.items() if "&lt;U+202E&gt;" in page.text]
    assert len(shown) > 15, shown
    assert "POST minimise/preview" in {path.rpartition(" ")[0] for path in shown}
    assert [path for path in shown if path.endswith("/access/1/passages/1")]


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_no_command_prints_hostile_text_unescaped(office: Office, words: list[str]) -> None:
    said = office.run(*words)
    assert 0 == said.code
    assert [] == [char for char in said.out + said.err if char != "\n" and visible(char) != char]
    assert hostile.RENDERED not in said.out


def test_no_list_of_passages_and_no_bundle_name_is_printed_unescaped(office: Office, tmp_path: Path) -> None:
    """The control is that both texts are printed."""
    copy = office.copy(tmp_path / "copy")
    bundle = tmp_path / f"bundle{hostile.ESCAPES.replace('/', '')}{hostile.BIDI}.tar"
    bundle.write_bytes(b"x")
    asked = ["--person", "invoicegpj", "--received", today().isoformat(), "--way", "letter"]
    copy.json("request", "add", *asked)
    given = copy.run("request", "passages", "2", "--request", "2")
    refused = copy.run("exchange", "collect", bundle)
    assert ["<U+202E>" in given.out, "<U+202E>" in refused.err] == [True, True]
    for said in (given, refused):
        assert [] == [char for char in said.out + said.err if char != "\n" and visible(char) != char]


def test_a_long_message_without_spaces_does_not_cover_its_neighbours(
    world: World, portal: Portal, chromium: Browser, tmp_path: Path
) -> None:
    """The status beside such a message looks the same as beside an ordinary message."""
    written = zip(tell(world, portal, {"what": "x"}, {"what": "y"}), ("plain", hostile.JOINED), strict=True)
    world.office.json(
        "exchange", "collect", portal.bundle(*(Sent(each.follow_up(text)) for each, text in written))
    )
    looks = set()
    with serving(world.office, "--medium", tmp_path) as served, seen(chromium, served) as page:
        for number in (1, 2):
            page.goto(f"{served.root}/en/case/{number}/dialogue")
            looks.add(page.locator(".aside > section").first.screenshot())
    assert 1 == len(looks)
