"""Collecting turns the contents of a bundle into cases, follow-ups and flags on cases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import bundle, messages
from crypto.bundle import Withdrawal
from crypto.messages import SeenKeyring
from inbox.exchange import collect as collecting
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.shown_keyrings import Shown
from inbox.vault import queries_office, tombstones
from inbox.vault.tables import Case
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first, kinds
from tests.support.inbox_clock import moved


def test_a_report_becomes_a_case_and_its_attachments_are_exported_unchanged(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The text has accents and an emoji. One file is empty, and one is larger than a chunk."""
    files = [b"", bytes(range(256)) * 300]
    text = "Ils m'ont abordé·e 😀\nDeuxième ligne"
    outcome = collect(portal.bundle(first(Reporter(world), text=text, files=files)))
    assert ("collected", [1], []) == (outcome["state"], outcome["cases"], outcome["unopened"])
    shown = world.office.json("case", "show", "1")
    assert {"what": text, "coi": "no"} == shown["answers"]
    assert ("fr", "received", []) == (shown["language"], shown["status"], shown["flags"])
    assert [(f["name"], f["type"], f["size"]) for f in shown["attachments"]] == [
        ("photo 1.jpg", "image/jpeg", 0),
        ("photo 2.jpg", "image/jpeg", 76_800),
    ]
    for number, data in enumerate(files, 1):
        out = tmp_path / f"out-{number}"
        assert 0 == world.office.run("file", "export", "1", str(number), "--out", out, "--reason", "x").code
        assert data == out.read_bytes()


def test_answers_to_an_unknown_questionnaire_are_shown_with_their_question_ids(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """A browser may still show a page with another version of the questionnaire."""
    other = messages.QuestionnaireRef("customs", 99)
    collect(portal.bundle(first(Reporter(world), edit=lambda r: replace(r, questionnaire=other))))
    assert "\nwhat\n│ Il s'est passé" in world.office.run("case", "show", "1").out


def test_a_follow_up_joins_its_case_even_if_it_precedes_the_report_in_the_bundle(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The entries of a bundle are in random order. Almost certainly, a follow-up comes before the report."""
    reporter = Reporter(world)
    sent = [Sent(reporter.follow_up(f"suite {n}", files=[b"x%d" % n])) for n in range(10)]
    outcome = collect(portal.bundle(first(reporter), *sent))
    assert ([1], [1] * 10) == (outcome["cases"], outcome["follow_ups"])
    shown = world.office.json("case", "show", "1")
    assert {f"suite {n}" for n in range(10)} == {each["text"] for each in shown["follow_ups"]}
    numbers = [file["number"] for each in shown["follow_ups"] for file in each["attachments"]]
    assert list(range(1, 11)) == numbers


def test_a_repeated_message_is_ignored_but_a_different_message_with_the_same_id_is_kept_as_unfiled(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Reports and follow-ups are treated alike, whether they come in one bundle or in two."""
    reporter = Reporter(world)
    follow_up_id = bytes(16)
    same = {"edit": lambda message: replace(message, id=follow_up_id)}
    collect(portal.bundle(first(reporter), first(reporter), Sent(reporter.follow_up("a", **same))))
    world.office.json("case", "show", "1")
    before = world.office.json("case", "show", "1")
    again = collect(
        portal.bundle(
            Sent(reporter.report()),
            Sent(reporter.report("autre")),
            Sent(reporter.follow_up("a", **same)),
            Sent(reporter.follow_up("b", **same)),
        )
    )
    assert ([], [], 2) == (again["cases"], again["follow_ups"], again["repeated"])
    assert ["other-follow-up", "other-report"] == sorted(kinds(world.office))
    assert before == world.office.json("case", "show", "1")
    assert 2 == len(list((world.office.root / "unopened").iterdir()))


def test_an_unsigned_report_becomes_one_case_with_a_flag(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    envelope = build.drop(world, "Écrit à la main\nligne 2", [b"photo"])
    collect(portal.bundle(Sent(envelope)))
    assert 1 == collect(portal.bundle(Sent(envelope)))["repeated"]
    shown = world.office.json("case", "show", "1")
    assert (["unsigned"], "Écrit à la main\nligne 2") == (shown["flags"], shown["note"])
    assert 0 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert b"photo" == (tmp_path / "out").read_bytes()
    assert "unsigned" in world.office.run("message", "reply", "1", "--text", "bonjour").err


def test_a_report_that_names_an_unknown_keyring_is_flagged(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The hash or the serial of the keyring may differ. A report that names our keyring is the control."""
    for seen in (SeenKeyring(1, bytes(32)), SeenKeyring(9, world.seen.hash)):
        collect(portal.bundle(first(Reporter(world), edit=lambda r, seen=seen: replace(r, keyring=seen))))
    collect(portal.bundle(first(Reporter(world))))
    flags = [case["flags"] for case in world.office.json("case", "list")["cases"]]
    assert [["keyring-unknown"], ["keyring-unknown"], []] == flags


def test_a_follow_up_that_names_an_unknown_keyring_flags_its_case_permanently(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """A later follow-up that names our keyring does not remove the flag."""
    reporter, strange = Reporter(world), SeenKeyring(1, bytes(32))
    collect(portal.bundle(first(reporter), Sent(reporter.follow_up())))
    assert [] == world.office.json("case", "show", "1")["flags"]
    for seen in (strange, world.seen):
        later = reporter.follow_up(edit=lambda letter, seen=seen: replace(letter, keyring=seen))
        collect(portal.bundle(Sent(later)))
        assert ["keyring-unknown"] == world.office.json("case", "show", "1")["flags"]


def test_an_external_body_flags_a_second_keyring_with_the_same_serial(world: World) -> None:
    """An external body knows keyrings only from reports in the same bundle or in an earlier bundle."""
    one, other, later = (SeenKeyring(n, bytes([each]) * 32) for n, each in ((7, 1), (7, 2), (8, 2)))
    expected = [(one, ""), (one, ""), (other, "unknown"), (later, ""), (one, "")]
    with world.office.opened() as inbox, inbox.transaction() as session:
        queries_office.office(session).root_seed = None
        for seen, flag in expected * 2:
            assert flag == Shown(session).warning(seen, build.today())
            session.flush()
        session.rollback()


def test_messages_to_a_destroyed_case_do_not_create_a_new_case(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    reporter, other = Reporter(world), Reporter(world)
    with world.office.opened() as inbox, inbox.transaction() as session:
        day = build.today()
        gone = Case(number=1, status="", received=day, collected=day, summary="", message=b"", envelope=b"")
        gone.case_id = reporter.keys.case_id
        tombstones.remember(session, gone)
    withdrawn = [Withdrawal(each.keys.case_id, each.keys.withdraw_key) for each in (reporter, other)]
    collect(portal.bundle(first(reporter), Sent(reporter.follow_up()), withdrawn=withdrawn))
    assert [] == world.office.json("case", "list")["cases"]
    assert ["destroyed"] * 3 + ["unknown-withdrawal"] == sorted(kinds(world.office))


def test_the_inbox_reports_its_progress_after_each_collected_envelope(world: World, portal: Portal) -> None:
    path = portal.bundle(*(first(Reporter(world)) for _ in range(2)))
    accepted, told = Acceptance(portal.fingerprint, None, lambda _: False), list[tuple[int, int]]()
    with world.office.unlocked() as opened:
        who = opened.by_opening(build.today())
        done = collecting.collect(
            opened.inbox, who, [path], accepted, progress=lambda *each: told.append(each)
        )
        assert ["collected"] == [outcome.state for outcome in done]
    assert [(1, 2), (2, 2)] == told


def dated(day: date) -> Callable[[bundle.Intake], bundle.Intake]:
    """Return a function that changes a bundle so that all its entries have this day of arrival."""
    return lambda intake: replace(intake, entries=tuple(replace(entry, day=day) for entry in intake.entries))


def test_a_report_that_names_an_expired_keyring_is_flagged(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = moved(monkeypatch).wait(36)
    exported = portal.bundle(
        first(Reporter(world)), edit=lambda intake: replace(dated(late)(intake), exported=late)
    )
    collect(exported)
    assert ["keyring-old"] == world.office.json("case", "show", "1")["flags"]


def test_a_portal_cannot_postpone_a_deadline_by_sending_a_day_in_the_future(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Reports and messages then count as received today.

    The retention period of a closed case starts today.
    """
    reporter, today = Reporter(world), build.today()
    late = dated(today + timedelta(days=3_650))
    collect(portal.bundle(first(reporter), edit=late))
    world.office.close("1")
    collect(portal.bundle(Sent(reporter.follow_up("x")), edit=late))
    case = world.office.json("case", "show", "1")
    assert ([today.isoformat()] * 2) == [case["received"], case["follow_ups"][0]["received"]]
    (due,) = world.office.json("retention", "list")["cases"]
    assert date.fromisoformat(due["day"]) < today + timedelta(days=3_650)


def test_a_withdrawal_flags_the_case_and_deletes_nothing(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The key of a withdrawal is in the encrypted report.

    A false withdrawal becomes an unfiled entry, as does a withdrawal of an unknown case.
    """
    reporter, other = Reporter(world), Reporter(world)
    collect(portal.bundle(first(reporter), first(other)))
    outcome = collect(
        portal.bundle(
            withdrawn=[
                Withdrawal(reporter.keys.case_id, reporter.keys.withdraw_key),
                Withdrawal(other.keys.case_id, reporter.keys.withdraw_key),
                Withdrawal(bytes(32), reporter.keys.withdraw_key),
            ]
        )
    )
    (number,) = outcome["withdrawn"]
    assert ["withdrawn"] == world.office.json("case", "show", str(number))["flags"]
    assert ["false-withdrawal", "unknown-withdrawal"] == sorted(kinds(world.office))
    assert "withdrawn" in world.office.run("message", "reply", str(number), "--text", "x").err
    world.office.run("exchange", "outbox", "--out", world.office.out)
    outbox, _, _ = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    assert [other.keys.case_id] == [slot.case_id for slot in outbox.slots]


def test_many_entries_are_unsealed_by_several_processes(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The entries exceed the threshold and have attachments. One of the entries is bad.

    The result is the same as with one process.
    """
    reporters = [Reporter(world) for _ in range(collecting._FEW + 6)]
    sent = [first(reporter, text=str(n), files=[b"%d" % n]) for n, reporter in enumerate(reporters)]
    outcome = collect(portal.bundle(*sent, Sent(b"noise" * 400)))
    assert (len(reporters), 1) == (len(outcome["cases"]), len(outcome["unopened"]))
    summaries = {case["summary"] for case in world.office.json("case", "list")["cases"]}
    assert {str(n) for n in range(len(reporters))} == summaries
    assert len(reporters) == len(list((world.office.root / "attachments").iterdir()))


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_few_small_envelopes_are_unsealed_in_one_process_but_a_few_large_ones_are_not(
    world: World,
    portal: Portal,
    collect: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    size: str,
) -> None:
    told = []

    def spread(start: Any, context: Any, jobs: Any, *, few: int) -> Any:
        told.append(few)
        return map(start(context), jobs)

    monkeypatch.setattr(collecting, "spread", spread)
    if size == "large":
        monkeypatch.setattr(collecting, "_LITTLE", 100_000)
    collect(portal.bundle(first(Reporter(world)), first(Reporter(world))))
    assert [64 if size == "small" else 1] == told
