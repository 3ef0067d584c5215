"""Three officers in three browsers on one machine; one of them is excluded from a case."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.desk_room import Served, another_address, lasting, seen, serving, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of

pytestmark = [pytest.mark.browser, pytest.mark.long]

CANARY = "zibeline"
# The pages that bruno opens.
LOOKED_AT = ("", "today", "retention", "case/2", "case/2/readers", "case/1", "confirm", "access", "oversight")


@dataclass
class Team:
    """A desk with two cases, the page of each officer, and a copy of the inbox before the second case."""

    served: Served
    pages: dict[str, Page]
    before: Office


@pytest.fixture
def team(chromium: Browser, founded_three: Office, tmp_path: Path) -> Iterator[Team]:
    """Alice and bruno open the inbox, and chloe brings her share. Bruno is excluded from the second case."""
    office = founded_three.copy(tmp_path / "office")
    world, said = World(office), {"coi": "no"}
    portal = Portal(world, tmp_path / "medium")
    tell(world, portal, said | {"what": "a lorry at the quay"})
    for two in (("alice", "bruno"), ("alice", "chloe")):
        office.of(*two).json("case", "declare", "1")
    before = office.copy(tmp_path / "before")
    tell(world, portal, said | {"what": f"a {CANARY} at the quay"})
    others = office.of("alice", "chloe")
    others.json("case", "declare", "2")
    others.json("access", "conflict", "add", "2", "bruno", "--reason", "kin")
    with serving(office) as served, ExitStack() as stack:
        alice = stack.enter_context(seen(chromium, served, locale="en"))
        pages = {"alice": alice}
        for name in ("bruno", "chloe"):
            context = chromium.new_context(locale="en")
            stack.callback(context.close)
            page = pages[name] = context.new_page()
            page.goto(another_address(alice, served))
            if name == "bruno":
                page.locator("#officer").select_option(name)
                page.fill("#passphrase", passphrase_of(name))
                page.press("#passphrase", "Enter")
            else:
                page.get_by_text("My name is not in the list").click()
                page.set_input_files("#share", office.share_of(name))
                page.fill("#its-passphrase", passphrase_of(name))
                page.press("#its-passphrase", "Enter")
        yield Team(served, pages, before)


def as_if_it_never_was(team: Team) -> None:
    """Expect that bruno sees what he would see in an inbox that never had the second case."""
    bruno, root = team.pages["bruno"], team.served.root

    def seen_by_bruno(path: str) -> tuple[int, list[str]]:
        answer = bruno.request.get(f"{root}/en/{path}")
        return answer.status, placeless(answer.text(), root)

    with sitting(team.before, officer="bruno") as client:

        def never(path: str) -> tuple[int, list[str]]:
            answer = client.ask(f"/en/{path}")
            return answer.status_code, placeless(answer.text, f"{client.desk.host}{client.desk.place}")

        for path in LOOKED_AT:
            assert (path, *never(path)) == (path, *seen_by_bruno(path))
        # The rhythms count the bundles, which also arrive without any report.
        assert before_rhythms(never("goals")) == before_rhythms(seen_by_bruno("goals"))
        bruno.goto(f"{root}/en/")
        bruno.fill("#search", CANARY)
        bruno.press("#search", "Enter")
        expect(bruno.locator("main")).to_contain_text("No cases match")
        client.send("/en/queue", search=CANARY, sort="priority")
        assert never("") == seen_by_bruno("")
    journal = bruno.request.get(f"{root}/en/journal").text()
    assert (False, True) == (CANARY in journal, "withheld: this case is not shown" in journal)
    assert "/case/2" not in journal


def before_rhythms(shown: tuple[int, list[str]]) -> list[str]:
    """Return the lines of the page of goals that are about steps of cases."""
    status, lines = shown
    (at,) = (n for n, line in enumerate(lines) if 'id="rhythms"' in line)
    assert status == 200
    return lines[:at]


def placeless(page: str, root: str) -> list[str]:
    """Return the lines of a page without varying parts and without the address of its desk."""
    return lasting(page).replace(f"/{root.rpartition('/')[2]}/", "/").splitlines()


def assess(page: Page, root: str, risk: str) -> Locator:
    """Fill in the risk to the reporter; return the button that records it."""
    page.goto(f"{root}/en/case/2/work")
    page.locator("#risk").select_option(risk)
    page.fill("#assess-reason", "few know it")
    expect(page.locator(".assess output")).to_have_text("Kept as a draft.")
    return page.get_by_role("button", name="Record the assessment")


def overwrite_what_is_seen(team: Team) -> None:
    """Let alice and chloe assess a case at the same time; chloe is first shown what alice changed."""
    alice, chloe, root = team.pages["alice"], team.pages["chloe"], team.served.root
    later = assess(chloe, root, "high")
    assess(alice, root, "medium").click()
    expect(alice.locator(".said")).to_be_visible()
    later.click()
    expect(chloe.locator("h1")).to_have_text("Case 2 was changed meanwhile")
    expect(chloe.locator("main li").first).to_contain_text("alice")
    chloe.get_by_role("button", name="Continue anyway").click()
    expect(chloe.locator("#risk")).to_have_value("high")


def ask_to_show_it(alice: Page, root: str) -> None:
    """Let alice ask another officer to confirm that bruno's exclusion ends."""
    alice.goto(f"{root}/en/case/2/readers")
    alice.locator("#lifted").select_option("bruno")
    alice.fill("#lift-reason", "no kin")
    alice.get_by_role("button", name="access (needs two officers)").click()
    alice.fill("[name=passphrase-alice]", passphrase_of("alice"))
    alice.get_by_role("button", name="Ask another officer to confirm").click()
    expect(alice.locator("main")).to_contain_text("Not confirmed yet")


def confirm(chloe: Page, root: str) -> None:
    """Let chloe read the request and confirm it in her own session."""
    chloe.goto(f"{root}/en/")
    chloe.get_by_text("To confirm: 1").click()
    chloe.get_by_text("Look, and confirm").click()
    expect(chloe.locator("main")).to_contain_text("no kin")
    chloe.fill("#passphrase", passphrase_of("chloe"))
    chloe.get_by_role("button", name="Confirm").click()
    expect(chloe.locator("main")).to_contain_text("Confirmed by chloe")


@pytest.mark.slow
def test_three_officers_work_at_the_same_time_and_an_excluded_officer_cannot_tell_that_the_case_exists(
    team: Team,
) -> None:
    """Bruno sees the same pages as if the case did not exist.

    One officer's change is shown to the other before it is overwritten. An action that takes two officers is
    confirmed in a second session. The control: once the exclusion ends, bruno sees the case.
    """
    root, pages = team.served.root, team.pages
    for name, page in pages.items():
        expect(page.locator(".present strong")).to_have_text(name)
    overwrite_what_is_seen(team)
    ask_to_show_it(pages["alice"], root)
    as_if_it_never_was(team)
    confirm(pages["chloe"], root)
    pages["alice"].goto(f"{root}/en/confirm")
    pages["alice"].get_by_role("button", name="Do it now").click()
    expect(pages["alice"].locator(".said")).to_be_visible()
    pages["bruno"].goto(f"{root}/en/case/2")
    expect(pages["bruno"].locator("main")).to_contain_text("I declare")
    for name, page in pages.items():
        expect(page.locator(".present strong")).to_have_text(name)
