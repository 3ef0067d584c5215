"""Destroyed cases: when destruction is allowed, and which officers the list names.

Later copies contain nothing of these cases.
"""

import hashlib
import json
import secrets
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from crypto import age
from crypto.bundle import Withdrawal
from crypto.journal import Presence
from inbox.deadlines import retention_schedule
from inbox.figures import counting
from inbox.keys import key_store
from inbox.language.errors import CaseRefused
from inbox.retention import destroy_cases, strike
from inbox.retention.strike import Passage
from inbox.session.actions import Actor
from inbox.setup import upgrade
from inbox.vault import row_security
from inbox.vault.casework_tables import Fulltext, Strike, Term, Workflow
from inbox.vault.destroyed_tables import Counted, Leaving, PastExclusion, Tombstone
from inbox.vault.tables import Case, Exclusion, IntakeBundle
from tests.support import inbox_builders as build
from tests.support.desk_room import sitting
from tests.support.figures_room import CATEGORY, OUTCOME, TOTALS, with_plan
from tests.support.gate import steps
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, first, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_copied import found_in
from tests.support.inbox_ending import AGES, aged, tell_portal, work_on
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, KEPT, NAMES, Trio, of_the_case
from tests.support.inbox_visas import REFERENCE, agreed
from tests.support.publication import plan_file
from tests.support.vault_pages import decrypted, decrypted_file

# These tables keep the number of the case, and the names of the officers who may not read about it.
STAYS = {"journal", "exclusions"}
_LEAST = 8
# These columns name keys of the inbox, so the same value occurs in many cases.
_OF_KEYS = {"slot_key", "signed_by", "tried"}
_MANY = 800
TWO = dict.fromkeys(("bruno", "chloe"), Presence.CONFIRMED)


@pytest.fixture(scope="module")
def founded_told(founded_trio: Trio, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    """An inbox of three closed cases.

    Officers have read all cases and taken all decisions, and the portal has applied the outbox.
    """
    folder = tmp_path_factory.mktemp("told")
    trio = Trio(founded_trio.office.copy(folder / "trio"))
    portal = Portal(World(trio.others), folder / "medium")
    trio.others.json("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)
    tell_portal(trio.others, portal)
    for number in ("1", "2", "3"):
        trio.others.json("case", "show", number)
        trio.others.json("case", "decide", number, "no_transmission", "--reason", "x")
    agreed(trio.others)
    return trio


@pytest.fixture
def told(founded_told: Trio, tmp_path: Path) -> Trio:
    """A copy of that inbox for one test."""
    return Trio(founded_told.office.copy(tmp_path / "trio"))


def rows_of(office: Office) -> dict[str, list[Any]]:
    with office.opened() as inbox, inbox.transaction() as session:
        return of_the_case(session)


def figures(office: Office) -> Counter[str]:
    """Return the annual figures of this year: those of destroyed cases and those of the others."""
    with office.opened() as inbox, inbox.transaction() as session:
        kept = Counter({each.cell: each.n for each in session.scalars(select(Counted))})
        return kept + counting.count(session, counting.book(session, today()), today().year)


def counts(office: Office) -> Counter[str]:
    """Store a plan of publication for this year, and return the figures of the three cases."""
    with office.opened() as inbox, inbox.transaction() as session:
        with_plan(session, plan_file(today().year, k=3, parts=TOTALS + CATEGORY + OUTCOME), today().year)
        for number in (1, 2):
            session.get_one(Workflow, number).category = "threat"
    before = figures(office)
    assert (3, 2) == tuple(before[f"{today().year}/{each}"] for each in ("received", "category/threat"))
    assert before[f"{today().year}/closed"]
    return before


def secrets_of(office: Office) -> dict[str, bytes]:
    """Return everything that could identify case 3, together with the keys of its files.

    Single words of a text also count.
    """
    found = {"word": b"zibeline", "another word": b"quartz", "text": CANARY.encode()}
    with office.opened() as inbox, inbox.transaction() as session:
        for table, rows in of_the_case(session).items():
            for n, row in enumerate(rows) if table not in STAYS else ():
                for column, value in row._mapping.items():
                    raw = value.encode() if isinstance(value, str) and CANARY in value else value
                    if isinstance(raw, bytes) and len(raw) >= _LEAST and column not in _OF_KEYS:
                        found[f"{table} {n} {column}"] = raw
        ids = [row.id for row in of_the_case(session)["attachments"]]
        store = key_store.load(inbox.home, session)
        found |= {f"key of file {n}": store.attachment_seed(each) or b"" for n, each in enumerate(ids)}
    return found


def test_after_a_destruction_a_copy_of_the_files_contains_nothing_of_the_case(
    told: Trio, tmp_path: Path
) -> None:
    """No file, page or index contains a text, name, id, digest or key.

    The control is a copy taken before the destruction.
    """
    before = told.others.copy(tmp_path / "before")
    wanted = secrets_of(before)
    assert len(wanted) > 40
    assert set(wanted) == found_in(before, wanted)
    aged(told.others)
    told.others.json("retention", "destroy", str(KEPT))
    assert set() == found_in(told.others, wanted)
    left = {name: len(rows) for name, rows in rows_of(told.others).items() if rows}
    assert {"journal"} == left.keys()


def test_destroying_a_case_changes_nothing_in_other_cases_except_their_links_to_it(
    told: Trio, tmp_path: Path
) -> None:
    aged(told.others)
    before = told.others.copy(tmp_path / "before")
    told.others.json("retention", "destroy", str(KEPT))
    for number in ("1", "2"):
        was, shown = before.json("case", "show", number), told.others.json("case", "show", number)
        was["work"]["links"] = [each for each in was["work"]["links"] if each["case"] != KEPT]
        assert was == shown
        for file in ("1", "2", "3"):
            out = tmp_path / f"{number}-{file}"
            assert 0 == told.others.run("file", "export", number, file, "--out", out, "--reason", "x").code
            assert f"case {number}" in out.read_text()
    assert [1] == [
        each["case"] for each in told.others.json("queue", "list", "--closed", "--search", "case 1")["cases"]
    ]
    assert [] == told.others.json("queue", "list", "--closed", "--search", "zibeline")["cases"]
    assert 0 == told.others.run("journal", "verify").code


@pytest.mark.slow
def test_vault_pages_keep_deleted_rows_until_the_vault_is_compacted(tmp_path: Path) -> None:
    """Pages that were split, and the index, keep deleted rows.

    The control shows that ``secure_delete`` is not enough.
    """
    path, key, found = tmp_path / "vault.sqlite", secrets.token_bytes(32), []
    steps: list[tuple[int, ...]] = []
    with closing(upgrade.create(path, key)) as opened:
        with opened.transaction() as session:
            fill(session)
        gone = list(range(3, _MANY, 7))
        with opened.transaction() as session:
            row_security.forget(session, gone)
        for _ in range(2):
            pages = decrypted_file(path, key)
            found.append([number for number in gone if name_of(number)[1:].encode() in pages])
            opened.compact(lambda *done: steps.append(done))
        assert all(name_of(number).encode() in pages for number in range(1, _MANY) if number not in gone)
    assert found[0]
    assert [] == found[1]
    assert [(0, 2), (1, 2), (2, 2)] * 2 == steps


def name_of(number: int) -> str:
    return f"loup{number:04x}"


def fill(session: Session) -> None:
    """Insert cases of varied lengths, with the words of their texts. Inserting in this order splits pages."""
    for number in range(1, _MANY):
        drawn = hashlib.sha256(b"%d" % number).digest()  # The seed is the same in every run.
        text = " ".join([name_of(number), "quai"] * drawn[0])
        case = {"number": number, "status": "received", "received": today(), "collected": today()}
        case |= {"summary": text[:80], "message": text.encode(), "envelope": drawn}
        session.execute(insert(Case), [case])
        session.add_all([Workflow(case=number), Fulltext(case=number, text=text)])
        for place in range(drawn[1] % 6):
            value = drawn[place * 4 : place * 4 + 4] + name_of(number).encode()
            session.add(Term(case=number, kind="plate", value=value))
        session.flush()


@steps(5)
def test_a_power_cut_during_a_destruction_leaves_either_the_whole_case_or_nothing_of_it(
    told: Trio, tmp_path: Path, stride: int
) -> None:
    """The process is killed at one step after another.

    If the case remains, the keys of its files remain, too. The annual figures count the case exactly once.
    """
    office = told.others
    aged(office)
    counted = counts(office)
    wanted, rows = secrets_of(office), rows_of(office)
    words = ("retention", "destroy", str(KEPT))
    killed = killed_everywhere(office, tmp_path / "killed", today(), *words, stride=stride)
    intact = []
    for each in killed:
        with each.opened() as inbox, inbox.transaction() as session:
            present = of_the_case(session)
            assert [] == session.scalars(select(Leaving)).all()
            kept = key_store.load(inbox.home, session).attachments
        intact.append(bool(present["cases"]))
        if intact[-1]:
            assert rows | {"journal": ()} == present | {"journal": ()}
            assert {wanted[name] for name in wanted if name.startswith("key")} <= {one.seed for one in kept}
        else:
            assert set() == found_in(each, wanted)
        assert counted == figures(each)
    assert sorted(intact, reverse=True) == intact
    assert {True, False} == set(intact)


def test_a_letter_that_was_received_before_the_inbox_existed_can_be_destroyed(
    world: World, portal: Portal, collect: Any, tmp_path: Path
) -> None:
    """Officers may enter letters that were received before the inbox existed.

    Later messages to the case are recognised by tombstones.
    """
    answers = tmp_path / "answers.toml"
    answers.write_text('what = "une vieille lettre"', "utf-8")
    words = ("--route", "letter", "--language", "fr", "--received", "2021-01-05", "--answers", answers)
    collect(portal.bundle())
    world.office.json("case", "add", *words)
    world.office.settle(1)
    world.office.tell_no_prosecutor(1)
    work_on(world.office, waits=False, closed=today(), outcome="out_of_scope")
    world.office.json("exchange", "outbox", "--out", world.office.out)
    tell_portal(world.office, portal)
    agreed(world.office)
    aged(world.office)
    assert [1] == world.office.json("retention", "destroy", "1")["cases"]
    assert 2 == tombstones(world.office)


def test_late_messages_to_a_destroyed_case_are_recognised(
    world: World, portal: Portal, reporter: Reporter, collect: Any, tmp_path: Path
) -> None:
    """A portal that was restored from an older copy sends messages again.

    Such messages create no case and are not kept. A new message to the case becomes an unfiled entry. The
    entry keeps the envelope but names no case. A withdrawal also becomes an unfiled entry.
    """
    report, letter = first(reporter), Sent(reporter.follow_up())
    drop = Sent(build.drop(world, "a note"))
    collect(portal.bundle(report, letter, drop))
    world.office.settle(1, 2)
    world.office.tell_no_prosecutor(1, 2)
    for number in (1, 2):
        with world.office.opened() as inbox, inbox.transaction() as session:
            work = session.get_one(Workflow, number)
            work.waits, work.closed, session.get_one(Case, number).status = False, today(), "closed"
    world.office.json("exchange", "outbox", "--out", world.office.out)
    tell_portal(world.office, portal)
    for number in ("1", "2"):
        world.office.json("case", "show", number)
    agreed(world.office)
    aged(world.office)
    world.office.json("retention", "destroy", "1", "2")
    restored = Portal(world, tmp_path / "restored")
    late = [Sent(reporter.follow_up("encore")), first(reporter, text="autrement")]
    withdrawn = [Withdrawal(reporter.keys.case_id, bytes(32))]
    path = restored.bundle(report, letter, drop, *late, withdrawn=withdrawn)
    world.office.json("exchange", "collect", path, "--new-instance", restored.fingerprint)
    listed = world.office.json("case", "list")
    assert [] == listed["cases"]
    kept = sorted(
        (row["kind"], row["file"] is not None)
        for row in world.office.json("exchange", "unopened", "list")["unopened"]
    )
    assert [("destroyed", False), *[("destroyed", True)] * 2, *[("destroyed-again", False)] * 3] == kept
    assert reporter.keys.case_id not in decrypted(world.office)


def test_a_case_is_not_destroyed_before_its_day(closed: Office) -> None:
    """Neither a reason nor the visa of the archives allows destruction before that day."""
    said = refused(closed, "retention", "destroy", "1")
    assert "case 1: not due before" in said
    assert "if some content must be removed earlier, redact that content: inbox case redact 1" in said
    assert "nothing is due before" in refused(closed, "retention", "destroy", "--due")
    with sitting(closed) as client:
        assert "No case can be destroyed today." in client.page("/en/retention")
        two = {"passphrase-officer": build.PASSPHRASE}
        assert 409 == client.send("/en/retention", case="1", reason="x", **two).status_code
    aged(closed)
    assert [1] == closed.json("retention", "destroy", "1")["cases"]


def behind(office: Office) -> None:
    """Set the export day of all bundles to a day long ago, so that only this machine's clock is ahead."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(update(IntakeBundle).values(exported=today() - AGES))


def test_a_case_is_not_destroyed_if_only_the_clock_of_this_machine_says_that_it_is_due(
    closed: Office, portal: Portal, world: World
) -> None:
    """The portal must export a bundle on that day or later.

    This bundle confirms the day once it is collected.
    """
    aged(closed)
    behind(closed)
    for words in (["1"], ["1", "--reason", " "]):
        said = refused(closed, "retention", "destroy", *words)
        assert "clock shows that" in said
        assert "export a bundle from the portal now" in said
    assert "only this machine's clock shows that cases are due (number: 1);" in refused(
        closed, "retention", "destroy", "--due"
    )
    closed.json("exchange", "collect", portal.bundle(first(Reporter(world))))
    assert [1] == closed.json("retention", "destroy", "--due")["cases"]


def test_a_case_is_due_once_both_clocks_confirm_the_day_of_its_destruction(closed: Office) -> None:
    """An export day that is later than the day of collection counts as the day of collection."""
    with closed.opened() as inbox, inbox.transaction() as session:
        (due,) = retention_schedule.listing(inbox.home, session)
        for exported, collected, alone in ((-1, -1, True), (0, 0, False), (9, -1, True), (-1, 9, True)):
            days = {"exported": exported, "collected": collected}
            session.execute(
                update(IntakeBundle).values({name: due.day + timedelta(n) for name, n in days.items()})
            )
            (found,) = retention_schedule.listing(inbox.home, session)
            assert (alone, due.day) == (found.by_one_clock, found.day), days
        # The office has entered letters, but has not yet collected any bundle.
        session.execute(delete(IntakeBundle))
        (found,) = retention_schedule.listing(inbox.home, session)
        assert (True, due.day) == (found.by_one_clock, found.day)
    assert 2 == closed.run("retention", "destroy", "--due", "--reason", "the post office's clock").code


def test_without_a_portal_two_officers_can_vouch_for_the_day_and_this_appears_in_the_oversight_report(
    closed: Office,
) -> None:
    aged(closed)
    behind(closed)
    with sitting(closed) as client:
        assert "a bundle that the portal exports now" in client.page("/en/retention")
        two = {"passphrase-officer": build.PASSPHRASE}
        assert 409 == client.send("/en/retention", case="1", **two).status_code
    reason = "the portal closed in 2031; the post office's clock"
    assert [1] == closed.json("retention", "destroy", "1", "--reason", reason)["cases"]
    (noted,) = [
        each for each in closed.json("journal", "list")["entries"] if each.get("action") == "destroy-cases"
    ]
    assert (reason, {"cases": 1, "by_one_clock": True}) == (noted["reason"], noted["values"])
    assert 1 == closed.json("office", "oversight")["actions"]["destroyed-by-one-clock"]


def test_if_several_cases_are_due_only_by_the_clock_of_this_machine_two_officers_can_vouch_for_one(
    told: Trio,
) -> None:
    """Without a reason, no case is destroyed.

    The reason must not reveal anything about a case or a reporter.
    """
    aged(told.others)
    with told.others.unlocked() as opened:
        who = opened.by_opening(today())
        with opened.inbox.transaction() as session:
            (sooner, later) = retention_schedule.listing(opened.inbox.home, session)[:2]
            session.get_one(Workflow, later.case).closed = today() - AGES + timedelta(9)
            session.execute(update(IntakeBundle).values(exported=sooner.day, collected=sooner.day))
        numbers = [sooner.case, later.case]
        with pytest.raises(CaseRefused, match=r"only this machine.s clock shows that"):
            destroy_cases.plan(opened.inbox, who, numbers)
        telling = destroy_cases.plan(opened.inbox, who, numbers, f"as case {later.case} says")
        with pytest.raises(CaseRefused, match="contains words that could identify somebody"):
            destroy_cases.destroy(opened.inbox, who, telling)
        planned = destroy_cases.plan(opened.inbox, who, numbers, "the post office's clock")
        assert [False, True] == [each.by_one_clock for each in planned.cases]
        destroy_cases.destroy(opened.inbox, who, planned)
    entries = told.others.json("journal", "list")["entries"]
    (noted,) = [each for each in entries if each.get("action") == "destroy-cases"]
    assert ("the post office's clock", {"cases": 2, "by_one_clock": True}) == (
        noted["reason"],
        noted["values"],
    )


def test_the_journal_keeps_the_reason_for_a_destruction_only_if_officers_vouch_for_the_day(
    closed: Office,
) -> None:
    aged(closed)
    closed.json("retention", "destroy", "1", "--reason", "drill")
    (noted,) = [
        each for each in closed.json("journal", "list")["entries"] if each.get("action") == "destroy-cases"
    ]
    assert ("", {"cases": 1}) == (noted["reason"], noted["values"])


def test_the_number_of_a_destroyed_case_is_not_reused(closed: Office, portal: Portal, world: World) -> None:
    aged(closed)
    closed.json("retention", "destroy", "1")
    collected = closed.json("exchange", "collect", portal.bundle(first(Reporter(world))))
    assert [2] == collected[0]["cases"]


def test_tombstones_are_deleted_together_with_the_intake_key_of_their_time(
    closed: Office, portal: Portal, clock: Clock
) -> None:
    """Without that key, the inbox could not open a message that arrives again."""
    aged(closed)
    closed.json("retention", "destroy", "1")
    assert 2 == tombstones(closed)
    clock.wait(70)
    closed.json("key", "rotate")
    clock.wait(60)
    closed.json(
        "exchange", "collect", portal.bundle(edit=lambda intake: build.replace(intake, exported=clock.day))
    )
    closed.json("key", "destroy")
    assert 0 == tombstones(closed)


def tombstones(office: Office) -> int:
    with office.opened() as inbox, inbox.transaction() as session:
        return len(session.scalars(select(Tombstone)).all())


def test_an_excluded_officer_does_not_learn_that_the_case_was_destroyed(told: Trio) -> None:
    """For this officer, the list of destroyed cases lacks the case, and the journal withholds its number."""
    aged(told.others)
    told.others.json("retention", "destroy", "1", str(KEPT))
    whole = told.others.json("retention", "list-destroyed")["destroyed"]
    assert [1, KEPT] == [line["case"] for line in whole]
    assert whole[:1] == told.excluded.json("retention", "list-destroyed")["destroyed"]
    said = told.excluded.run("journal", "list").out
    assert (True, False) == ("destroyed case 1" in said, f"case {KEPT}" in said)
    assert f"destroyed case {KEPT}" in told.others.run("journal", "list").out
    with told.others.opened() as inbox, inbox.transaction() as session:
        assert [(KEPT, "bruno")] == [
            (row.case, row.officer) for row in session.scalars(select(PastExclusion))
        ]


def test_only_the_two_officers_who_confirm_a_destruction_are_named(told: Trio) -> None:
    """The list, the journal entry of the case, and the entry of a redaction name these two officers."""
    aged(told.office)
    with told.office.of(*NAMES).unlocked() as opened:
        who = Actor(opened.present, today(), lambda *_: TWO)
        strike.strike(opened.inbox, who, Passage(2, "what", "case"), "drill")
        destroy_cases.destroy(opened.inbox, who, destroy_cases.plan(opened.inbox, who, [1]))
        with opened.inbox.transaction() as session:
            assert ["bruno, chloe"] == session.scalars(select(Strike.by).filter_by(case=2, position=2)).all()
    (line,) = told.others.json("retention", "list-destroyed")["destroyed"]
    assert "bruno, chloe" == line["by"]
    (entry,) = [
        each for each in told.others.json("journal", "list")["entries"] if each.get("action") == "destroyed"
    ]
    assert dict.fromkeys(("bruno", "chloe"), "confirmed") == entry["officers"]


def test_an_envelope_with_a_false_signature_is_destroyed_with_the_case_that_it_names(
    closed: Office, portal: Portal, reporter: Reporter
) -> None:
    """The file of the envelope is deleted, too.

    The journal entry gives the rule and the outcome of the case.
    """
    closed.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up(seed=bytes(32)))))
    work_on(closed, answered=today())
    aged(closed)
    assert 1 == len([*(closed.root / "unopened").iterdir()])
    closed.json("retention", "destroy", "1")
    assert [] == [*(closed.root / "unopened").iterdir()]
    (entry,) = [
        each for each in closed.json("journal", "list")["entries"] if each.get("action") == "destroyed"
    ]
    assert {"rule": "inadmissible", "outcome": "out_of_scope"} == entry["values"]


@pytest.mark.parametrize("change", ["hold", "exclude"])
def test_none_of_the_planned_cases_is_destroyed_if_an_obstacle_arises_after_the_plan(
    told: Trio, change: str
) -> None:
    """The obstacle is a hold on one case, or an exclusion of one of the two confirming officers."""
    aged(told.office)
    before = [each["case"] for each in told.others.json("retention", "list")["cases"]]
    with told.office.of(*NAMES).unlocked() as opened:
        who = Actor({"alice": Presence.OWN}, today(), lambda *_: TWO)
        planned = destroy_cases.plan(opened.inbox, who, [1, 2])
        with opened.inbox.vault.transaction() as session:
            if change == "hold":
                session.get_one(Workflow, 2).held = today()
            else:
                session.add(Exclusion(case=2, officer="bruno", since=today()))
        with pytest.raises(CaseRefused, match="held for a procedure" if change == "hold" else "no case 2"):
            destroy_cases.destroy(opened.inbox, who, planned)
    assert before == [each["case"] for each in told.others.json("retention", "list")["cases"]]


def held(office: Office, number: int, day: date | None) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, number).held = day


def test_the_annual_figures_count_each_destroyed_case_once_even_after_a_refusal(told: Trio) -> None:
    """The second case of the first attempt is held, so the first case is not destroyed either."""
    aged(told.others)
    before = counts(told.others)
    held(told.others, 2, today())
    refused(told.others, "retention", "destroy", "1", "2")
    assert before == figures(told.others)
    told.others.json("retention", "destroy", "1")
    assert before == figures(told.others)
    held(told.others, 2, None)
    told.others.json("retention", "destroy", "2", str(KEPT))
    assert before == figures(told.others)


def test_the_number_of_a_destroyed_case_is_not_reused_even_if_an_excluded_officer_collects_a_report(
    told: Trio,
) -> None:
    aged(told.others)
    told.others.json("retention", "destroy", str(KEPT))
    portal = Portal(World(told.others), told.others.root.parent / "third")
    words = (
        "exchange",
        "collect",
        portal.bundle(first(Reporter(portal.world))),
        "--new-instance",
        portal.fingerprint,
    )
    assert [KEPT + 1] == told.excluded.json(*words)[0]["cases"]


def test_the_list_of_destroyed_cases_contains_nothing_of_a_report(told: Trio, tmp_path: Path) -> None:
    """Paper and JSON contain only numbers, days, officers, rule, category, outcome and visa.

    No list is overwritten.
    """
    aged(told.others)
    told.others.json("retention", "destroy", str(KEPT), "2")
    listed = told.others.json("retention", "list-destroyed", "--out", tmp_path / "list")
    paper, plain = (Path(each).read_text() for each in listed["files"])
    assert listed["destroyed"] == json.loads(plain)["destroyed"]
    assert not any(CANARY in each for each in (paper, plain))
    keys = {"case", "received", "closed", "destroyed", "by", "rule", "category", "outcome", "visa"}
    assert [keys, keys] == [set(line) for line in listed["destroyed"]]
    assert {f"2-00000000, {REFERENCE}"} == {line["visa"] for line in listed["destroyed"]}
    for words in ("ÉTAT DES DOSSIERS DÉTRUITS", "visa of the archives", REFERENCE, "Dossiers / cases: 2"):
        assert words in paper
    again = told.others.run("retention", "list-destroyed", "--out", tmp_path / "list")
    assert (1, True) == (again.code, "nothing is overwritten" in again.err)
    for days, count in ((0, 2), (1, 0)):
        since = (today() + timedelta(days)).isoformat()
        assert count == len(told.others.json("retention", "list-destroyed", "--since", since)["destroyed"])


def test_destruction_names_the_older_copies_that_must_be_destroyed(closed: Office) -> None:
    """An older copy of the vault still contains the case."""
    aged(closed)
    said = closed.run("retention", "destroy", "1").out
    assert ["  keystore-1.age", "  keystore-2.age", "  the vault, from before now"] == said.splitlines()[2:]


def test_an_envelope_that_another_case_still_needs_is_kept(
    world: World, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """The same envelope arrived twice, once for the destroyed case and once for another case."""
    other, odd = Reporter(world), build.stranger().recipient()
    envelope = age.seal_bytes(bytes(65_536), [odd])
    collect(portal.bundle(first(reporter), first(other)))
    collect(portal.bundle(Sent(envelope, reporter.keys.case_id)))
    world.office.settle(1, 2)
    world.office.tell_no_prosecutor(1, 2)
    with world.office.opened() as inbox, inbox.transaction() as session:
        number = session.scalars(select(Case.number).filter_by(case_id=reporter.keys.case_id)).one()
        work = session.get_one(Workflow, number)
        work.waits, work.closed, session.get_one(Case, number).status = False, today(), "closed"
    collect(portal.bundle(Sent(envelope, other.keys.case_id)))
    world.office.json("exchange", "outbox", "--out", world.office.out)
    tell_portal(world.office, portal)
    assert 2 == len(world.office.json("exchange", "unopened", "list")["unopened"])
    agreed(world.office)
    aged(world.office)
    world.office.json("retention", "destroy", str(number))
    (row,) = world.office.json("exchange", "unopened", "list")["unopened"]
    assert (world.office.root / row["file"]).exists()
