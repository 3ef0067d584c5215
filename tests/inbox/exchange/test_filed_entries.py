"""Each new case of a bundle has its own journal entry, hidden from officers whom the case excludes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.access import conflicts
from inbox.language.errors import BundleRefused
from inbox.language.messages import sentence
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, drop, first, today


def collected(office: Office, portal: Portal, *sent: Sent, edit: Callable[[Any], Any] | None = None) -> None:
    bundle = portal.bundle(*sent, edit=edit)
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)


def filed(office: Office) -> list[Any]:
    entries = office.json("journal", "list")["entries"]
    return [(each["case"], each["values"]) for each in entries if each.get("action") == "filed"]


def test_an_empty_bundle_and_a_follow_up_add_no_filed_entry(world: World, portal: Portal) -> None:
    reporter = Reporter(world)
    collected(world.office, portal)
    assert [] == filed(world.office)
    collected(world.office, portal, first(reporter))
    collected(world.office, portal, Sent(reporter.follow_up("encore")))
    assert [1] == [case for case, _ in filed(world.office)]


def test_each_new_case_has_an_entry_with_the_day_on_which_it_arrived(world: World, portal: Portal) -> None:
    """Nobody can reply to an unsigned report, and the entry says so: no acknowledgement is due."""
    earlier = today() - timedelta(3)

    def two_days(intake: Any) -> Any:
        one, *others = intake.entries
        return replace(intake, entries=(replace(one, day=earlier), *others))

    sent = first(Reporter(world)), first(Reporter(world)), Sent(drop(world, "Une note, sans mots"))
    collected(world.office, portal, *sent, edit=two_days)
    found = filed(world.office)
    assert [1, 2, 3] == [case for case, _ in found]
    assert sorted([str(earlier), *[str(today())] * 2]) == sorted(values["received"] for _, values in found)
    assert [True] == [values["unanswerable"] for _, values in found if "unanswerable" in values]


def test_a_bundle_that_is_refused_late_leaves_no_filed_entry(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries are in the transaction that files the cases."""

    def fail(*_: object) -> list[int]:
        raise BundleRefused(sentence("stopped"), sentence("try again"))

    path = portal.bundle(first(Reporter(world)))
    with monkeypatch.context() as patch:
        patch.setattr(conflicts, "keep", fail)
        assert (
            0 != world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint).code
        )
    assert [] == filed(world.office)
    world.office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert [1] == [case for case, _ in filed(world.office)]


def test_an_excluded_officer_reads_no_entry_of_the_case_that_the_bundle_brought(
    founded_three: Office, tmp_path: Path
) -> None:
    """As a control, two other officers read the entries of both cases, once they have declared them."""
    office = founded_three.copy(tmp_path / "room")
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    sent = first(Reporter(world), text="Bruno a tout vu"), first(Reporter(world), text="rien")
    collected(office.of("alice", "chloe"), portal, *sent)
    (named,) = {
        each["case"] for each in office.of("alice", "chloe").json("access", "conflict", "list")["exclusions"]
    }
    office.of("alice", "chloe").json("case", "declare", "1", "2")
    office.of("alice", "bruno").json("case", "declare", str(3 - named))
    seen = office.of("alice", "bruno")
    assert [3 - named] == [case for case, _ in filed(seen)]
    assert f"case {named} " not in seen.run("journal", "list").out
    assert [1, 2] == [case for case, _ in filed(office.of("alice", "chloe"))]
