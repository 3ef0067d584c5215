"""The page of a case: its parts, its neighbours in the queue, and details to protect above outgoing texts."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from inbox.desk import rendering, style
from inbox.language import days
from inbox.overview import queue
from inbox.vault.casework_tables import Duty, Workflow
from inbox.vault.tables import Case, JournalEntry, Message
from templates.catalogues import LANGUAGES
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, Sent, World, passphrase_of, today

NAMES = ("alice", "bruno", "chloe")
PROTECTED = "la photo de ma voiture rouge"
KEPT = re.compile(r'<div class="protect kept">.*?</div>\s*</div>', re.DOTALL)

pytestmark = pytest.mark.copy_of("three_cases")


@pytest.fixture(scope="module")
def three_cases(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three officers and three cases; alice and bruno have declared the first two cases."""
    folder = tmp_path_factory.mktemp("casepage")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    words = [{"what": f"Le conteneur {n}", "coi": "no", "protect": PROTECTED} for n in range(3)]
    tell(world, Portal(world, folder / "medium"), *words)
    for number in ("1", "2"):
        office.of("alice", "bruno").json("case", "declare", number)
    office.json("office", "set", "--regime", "external")
    office.settle(1, 2)
    office.tell_no_prosecutor(1, 2)
    return office


def both(**form: Any) -> dict[str, Any]:
    return form | {f"passphrase-{name}": passphrase_of(name) for name in NAMES[:2]}


def beside(client: Client, number: int) -> list[str]:
    """Show the queue, then return the links from a case to its neighbours, as ``ways`` does."""
    client.page("/en/")
    return ways(client, number)


def ways(client: Client, number: int) -> list[str]:
    """Return the links from a case to its neighbours in the last queue shown, as keys and case numbers."""
    page = client.page(f"/en/case/{number}")
    return [key + n for key, n in re.findall(r'data-key="(\w)" href="[^"]+/case/(\d+)"', page)]


def test_a_case_links_to_its_neighbours_in_the_queue(office: Office) -> None:
    """The links include cases that the officer has not declared, because the queue lists them too."""
    with sitting(office) as client:
        assert ["n2"] == beside(client, 1)
        assert ["p1", "n3"] == beside(client, 2)


def test_the_link_to_the_next_case_follows_the_filter_and_order_of_the_queue(office: Office) -> None:
    with sitting(office) as client:
        client.send("/en/case/2/tag", names="port")
        client.send("/en/queue", sort="deadline", tag="port")
        assert [] == beside(client, 2)
        client.send("/en/queue", sort="priority")
        assert ["p1", "n3"] == beside(client, 2)


def test_a_new_search_changes_the_links_to_neighbours_only_after_the_journal_has_recorded_the_search(
    office: Office,
) -> None:
    """Otherwise the links would reveal the result of a search without a journal entry.

    The control is the queue, which shows the result and journals the search.
    """

    def noted(client: Client, action: str) -> int:
        with client.desk.inbox.transaction() as session:
            return sum(f'"{action}"'.encode() in each.raw for each in session.scalars(select(JournalEntry)))

    with sitting(office) as client:
        assert [] == ways(client, 2)
        assert ["p1", "n3"] == beside(client, 2)
        before = noted(client, "search")
        client.send("/en/queue", sort="priority", search="nowhere")
        assert (["p1", "n3"], before) == (ways(client, 2), noted(client, "search"))
        client.page("/en/")
        client.send("/en/case/2/tag", names="port")
        client.send("/en/queue", sort="priority")
        assert [] == ways(client, 1)
        assert before + 1 == noted(client, "search")


def test_a_case_has_no_link_to_a_neighbour_that_the_officer_may_not_read(office: Office) -> None:
    """The officer is excluded or not a handler, or the neighbour is in quarantine.

    The control is an officer who may read the neighbour.
    """
    with sitting(office) as client:
        client.send("/en/case/2/readers/exclude", officer="bruno", reason="kin")
        assert ["n2"] == beside(client, 1)
    with sitting(office, officer="bruno") as client:
        assert ["n3"] == beside(client, 1)
    with sitting(office) as client:
        client.send("/en/case/2/readers", officer=["alice", "chloe"])
        assert ["n2"] == beside(client, 1)
        client.send("/en/case/2/readers/quarantine", reason="a protected secret")
        assert ["n3"] == beside(client, 1)


def test_the_head_of_a_case_shows_its_main_facts(
    office: Office,
) -> None:
    with sitting(office) as client:
        client.send("/en/case/1/assess", officer="bruno")
        (row,) = [
            each
            for each in re.findall(r"<tr[^>]* data-row>.*?</tr>", client.page("/en/"), re.DOTALL)
            if '/case/1"' in each
        ]
        (facts,) = re.findall(r'<dl class="facts">(.*?)</dl>', client.page("/en/case/1"), re.DOTALL)
    said = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", facts))
    with office.opened() as inbox, inbox.transaction() as session:
        deadline = session.get_one(Workflow, 1).deadline
    assert deadline is not None
    assert ["Priority", "Status", "Assigned to", "Next deadline", "Received"] == [*said]
    priority, proposed = re.sub("<[^>]+>", "", said["Priority"]).split()
    assert (priority in row, proposed) == (True, "proposed")
    assert ("bruno", days.short("en", today())) == (said["Assigned to"], said["Received"])
    assert days.short("en", deadline) in said["Next deadline"]


def test_if_a_reporter_cannot_read_replies_the_page_of_the_case_says_so_and_offers_no_reply(
    office: Office,
) -> None:
    """Nor does the page offer to retract a reply.

    The control is a case whose reporter can read replies.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(Message(case=1, position=1, serial=1, day=today(), text="Quand ?"))
    ways = ("/reply/preview", "/take-back", "Status shown to the reporter", "waits for the next outbox<")
    said = ("Nobody can read a reply to this report.", "nobody can read it", "Status (seen by officers only)")
    with sitting(office) as client:
        page = client.page("/en/case/1/dialogue")
        assert ([True] * 4, [False] * 3) == ([each in page for each in ways], [each in page for each in said])
        with client.desk.inbox.transaction() as session:
            session.get_one(Case, 1).unsigned = True
            session.get_one(Case, 1).message = b"a letter"
        page = client.page("/en/case/1/dialogue")
        assert ([False] * 4, [True] * 3) == ([each in page for each in ways], [each in page for each in said])


def test_all_pages_of_a_case_have_the_same_head(office: Office) -> None:
    """The head shows the number of the case once, the facts, and links to two neighbours."""
    pages = ("", "/work", "/timeline", "/links", "/readers", "/ledger", "/letters", "/dossier", "/minimise")
    heads = []
    with sitting(office) as client:
        client.page("/en/")
        for path in pages:
            page = client.page(f"/en/case/2{path}")
            head = page[page.index('<div class="head">') : page.index('<nav class="parts')]
            heads.append(re.sub(r" <small>.*?</small>|</?div[^>]*>|\s", "", head))
    assert (1, 1, 2) == (len({*heads}), heads[0].count("<h1>"), heads[0].count("data-key"))


def test_answers_are_shown_in_the_order_of_the_questions(office: Office) -> None:
    """The details to protect come before all other answers."""
    with sitting(office) as client:
        page = client.page("/en/case/1")
    assert page.index(PROTECTED) < page.index("Le conteneur ") < page.index("Is somebody in the inspectorate")


MARKED = re.compile(r'<a href="[^"]*?/en(/[^"]*)" aria-current="(page|true)">')
PLACES = {
    "/": ("/", "page"),
    "/queue/1": ("/", "true"),
    "/today": ("/today", "page"),
    "/enter": ("/enter", "page"),
    "/case/1": ("/", "true"),
    "/case/1/timeline": ("/", "true"),
    "/case/3/readers": ("/", "true"),
    "/unopened/1": ("/medium", "true"),
    "/office": ("/office", "page"),
    "/office/keys": ("/office", "true"),
    "/office/law": ("/office", "true"),
    "/office/officers": ("/office", "true"),
    "/office/texts/reply": ("/office", "true"),
    "/office/texts/reply/entry/details": ("/office", "true"),
    "/office/register/consultations": ("/office", "true"),
    "/oversight": ("/oversight", "page"),
    "/goals": ("/oversight", "true"),
    "/goals/2026": ("/oversight", "true"),
    "/retention": ("/retention", "page"),
}


def test_every_page_marks_its_entry_in_the_navigation(office: Office) -> None:
    with sitting(office) as client:
        for path, place in PLACES.items():
            (header,) = re.findall("<header>.*?</header>", client.page(f"/en{path}"), re.DOTALL)
            assert [place] == MARKED.findall(header), path


def test_a_case_that_left_the_queue_still_links_to_its_neighbours(office: Office) -> None:
    """The links stay the same until another case is shown. Cases that became unreadable are skipped."""
    with sitting(office) as client:
        assert ["p1", "n3"] == beside(client, 2)
        closing = {"outcome": "moot", "disclosure": "withheld", "reason": "x"}
        assert 303 == client.close(2, **both(**closing)).status_code
        assert ["p1", "n3"] == beside(client, 2)
        client.send("/en/case/1/readers/quarantine", reason="x")
        assert ["n3"] == beside(client, 2)
        client.send("/en/case/3/declare")
        assert [] == beside(client, 3)
        assert [] == beside(client, 2)


def test_the_neighbours_to_which_a_case_links_are_among_the_first_cases_that_the_queue_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MANY", 2)
    with sitting(office) as client:
        assert ["p1"] == beside(client, 2)


PLAN = {"purpose": "prosecutor", "addressee": "Procureur", "language": "fr", "enclosed": "none"}
CLOSING = {"outcome": "moot", "disclosure": "partial", "reason": "x", "text": "x"}
# The pages where an officer writes or previews an outgoing text: path and form (None for a GET request).
WRITING: dict[str, tuple[str, dict[str, str] | None]] = {
    "reply": ("/reply/preview", {"text": "x"}),
    "more time": ("/extend/preview", {"text": "x", "reason": "x"}),
    "closing": ("/close/preview", CLOSING),
    "dossier": ("/dossier", None),
    "preview of a dossier": ("/dossier/preview", PLAN),
}


def shown(client: Client, number: int, way: str) -> str:
    """Return the page at this path, for a case whose page was shown before."""
    client.ask(f"/en/case/{number}")
    path, form = WRITING[way]
    asked = f"/en/case/{number}{path}"
    return (client.ask(asked) if form is None else client.send(asked, **form)).text


@pytest.mark.parametrize("way", WRITING)
def test_details_to_protect_are_shown_above_every_outgoing_text(office: Office, way: str) -> None:
    """Only officers who have declared the case see these details; excluded officers never see them."""
    with sitting(office) as client:
        page = shown(client, 1, way)
        assert [PROTECTED in each for each in KEPT.findall(page)] == [True]
        assert page.index(PROTECTED) < page.rindex("<form")
        assert PROTECTED not in shown(client, 3, way)
        client.send("/en/case/1/readers/exclude", officer="bruno", reason="kin")
    with sitting(office, officer="bruno") as client:
        assert PROTECTED in shown(client, 2, way)
        assert PROTECTED not in shown(client, 1, way)


def test_a_case_shows_details_to_protect_above_each_form_that_writes_to_the_reporter(
    office: Office,
) -> None:
    """These forms write a reply, announce a delay, or close the case."""
    with sitting(office) as client:
        page = client.page("/en/case/1")
    for form in ("/reply/preview", "/extend", "/close/preview"):
        above = page.partition(f'action="{re.findall(rf"action=.([^ ]*{form})[^/]", page)[0]}"')[0]
        nearest = [*KEPT.finditer(above)][-1]
        assert PROTECTED in nearest[0]
        assert "<form" not in above[nearest.end() :].removesuffix('<form method="post" ')
    above = page.partition('<textarea id="sent"')[0].rpartition("<form")[2]
    assert [PROTECTED in each for each in KEPT.findall(above)] == [True]


def test_details_to_protect_are_not_shown_beside_outgoing_texts_during_quarantine(office: Office) -> None:
    """The control is the case before its quarantine."""
    with sitting(office) as client:
        assert PROTECTED in shown(client, 1, "reply")
        client.send("/en/case/1/readers/quarantine", reason="a protected secret")
        for way in WRITING:
            assert PROTECTED not in shown(client, 1, way)
        assert PROTECTED not in client.send("/en/case/1/reply", text="agent@port.example").text


def test_tabs_of_a_case_mark_new_messages_and_drafts(world: World, portal: Portal) -> None:
    """The controls are the page without new messages or drafts, and the tabs without a mark."""
    marked = re.compile(r'class="to-(\w+)[^"]*" href="[^"]*" data-at="[^"]*">[^<]+<span class="mark">(\w+)')
    (reporter,) = tell(world, portal, {"what": "x", "coi": "no"})
    with sitting(world.office) as client:
        assert [] == marked.findall(client.page("/en/case/1"))
        client.send("/en/draft/note/1", text="y")
        assert [("work", "draft")] == marked.findall(client.page("/en/case/1"))
    world.office.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up("encore"))))
    with sitting(world.office) as client:
        for part in ("", "/work", "/dialogue"):
            page = client.page(f"/en/case/1{part}")
            assert [("dialogue", "new"), ("work", "draft")] == marked.findall(page)
        assert [("work", "draft")] == marked.findall(client.page("/en/case/1"))


@pytest.mark.parametrize("form", ["note", "reply"])
def test_a_sent_form_is_confirmed_at_the_top_of_the_part_that_contains_the_form(
    office: Office, form: str
) -> None:
    """If the address had a fragment, the browser would scroll past the confirmation."""
    part = {"note": "work", "reply": "dialogue"}[form]
    with sitting(office) as client:
        sent = client.send(f"/en/case/1/{form}", text="x")
        assert sent.location.endswith(f"/en/case/1/{part}")
        page = client.page(f"/en/case/1/{part}")
        assert f'class="panel of-{part} first"' in page
        assert page.index('role="status"') < page.index("<h1>")
        assert re.search(r'role="status" tabindex="-1" autofocus', page)
        assert 'role="status"' not in client.page(f"/en/case/1/{part}")


def test_every_page_of_a_case_warns_of_a_danger_and_links_to_the_action_against_it(
    office: Office,
) -> None:
    """The page also shows the next deadline.

    Neither the pages of undeclared cases nor other pages show the danger or the deadline. Once a measure is
    recorded, the warning stays and mentions the measure.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).feared = session.get_one(Workflow, 3).feared = True
        duty = session.get_one(Duty, (1, "art40"))
        duty.decided, duty.decision, duty.urgent = None, "", today()
    paths = ("letters", "dossier", "readers", "ledger", "links", "timeline")
    with sitting(office) as client:
        for path in paths:
            page = client.page(f"/en/case/1/{path}")
            assert 'class="notice danger"' in page
            assert "/case/1/work#measures" in page
            assert "Next deadline" in page
            assert "This cannot wait: “Prosecutor informed by telephone”." in page
            assert "fears, that somebody is in danger" not in client.page(f"/en/case/2/{path}")
        folds = [client.page(f"/en/case/{number}/work") for number in (1, 2)]
        assert [True, False] == ["<details open><summary>Record a measure" in each for each in folds]
        previewed = client.send("/en/case/1/reply/preview", text="x", template="").text
        assert 'class="notice danger"' in previewed
        assert 'class="standing"' not in client.page("/en/case/3/readers")
        assert 'class="standing"' not in client.page("/en/journal")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "none")
    with sitting(office) as client:
        page = client.page("/en/case/1/letters")
        assert ("Action on this danger has been recorded." in page, "#measures" in page) == (True, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_begins_with_a_word_for_its_level(language: str) -> None:
    """Each level has its own word, icon and colour.

    The word is not added to a text that already begins with it.
    """
    said = {
        "danger": {"fr": "Danger", "en": "Danger"},
        "warning": {"fr": "Attention", "en": "Warning"},
        "": {"fr": "À noter", "en": "Note"},
    }
    icons = set()
    for degree, words in said.items():
        tag = f'<p class="{" ".join(filter(None, ("notice", degree)))}">'
        shown = rendering.environment(language).from_string(f"{tag}x</p>").render()
        assert f"</span> {words[language]}</strong> x</p>" in shown
        icons |= set(re.findall("<span[^>]*>(.*?)</span>", shown))
    assert 3 == len(icons)
    assert "Somebody is" == style.beneath_degree("Danger: somebody is", ["Danger"])
    assert "Danger: x" == style.beneath_degree("Danger: x", ["Warning"])


def test_levels_of_notices_have_different_colours_and_readable_text() -> None:
    """The contrast of text and background is at least 4.5 in both colour schemes (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    sheet = style._content("style.css").decode()
    schemes = re.findall(r":root \{\n\s+(?:color-scheme[^;]+;\n)?(.*?)\}", sheet, re.DOTALL)[:2]
    assert 2 == len(schemes)
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        grounds = [colours[each] for each in ("danger", "warning", "notice")]
        assert 3 == len(set(grounds))
        for ground, words in zip(grounds, ("danger-line", "warning-line", "accent"), strict=True):
            for ink in (colours[words], colours["ink"], colours["accent"]):
                high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)
