"""A report by telephone, letter or meeting becomes an ordinary case.

The inbox never stores the case token of such a report.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from crypto import casetoken, memo
from crypto.bundle import Link, Outbox, Withdrawal
from crypto.container import MOST_FILES
from crypto.journal import ENTRY
from crypto.messages import REPORT
from crypto.shape import FIRST_DAY
from inbox.exchange import manual_entry
from inbox.exchange.manual_entry import Route, Told
from inbox.language.errors import Refused
from inbox.vault import queries_access, queries_cases, queries_exchange, queries_office
from inbox.vault import tables as vault_tables
from tests.support import pictures, traces
from tests.support.boxed_films import SECRET, SOUND, VIDEO, Film, box
from tests.support.inbox_builders import CHANNEL, Portal, Reporter, Sent, World, read_outbox, read_slot, today
from tests.support.inbox_trio import Trio
from tests.support.laws import FRANCE
from tests.support.typist import typing_to_inbox

CANARY = "zibeline-quartz-7319"
ANSWERS = f"""
path = "approached"
what = "On m'a abordé près du port, {CANARY}"
vector = ["social", "work"]
protect = "le café du port"
"""


def entering(answers: Path, **options: str) -> list[str]:
    given = {"route": "telephone", "language": "fr", "received": today().isoformat()} | options
    named = [word for name, value in given.items() for word in (f"--{name}", value)]
    return ["case", "add", *named, "--answers", str(answers)]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(ANSWERS, "utf-8")
    return path


def reporter_of(world: World, token: str) -> Reporter:
    """Return the reporter who has these words, with the keys that a browser would derive from them."""
    reporter = Reporter(world)
    (entropy,) = casetoken.parse(token).values()
    reporter.keys = casetoken.derive(entropy, world.deployment)
    return reporter


def made(world: World, n: int) -> tuple[Outbox, dict[str, bytes]]:
    """Make outbox ``n`` and return what the portal reads from it."""
    world.office.json("exchange", "outbox", "--out", world.office.out)
    outbox, _, files = read_outbox(world.office.out / f"outbox-{CHANNEL}-{n}.tar", world)
    return outbox, files


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('colour = "blue"', "colour: the questionnaire has no such question"),
        ('category = "blue"', "category: the question does not have this answer"),
        ('what = ["a", "b"]', "what: the question does not have this answer"),
        ('what = "x"\nvector = ["social"]', "vector: given the other answers, this question is not asked"),
        (f'what = "{"x" * 8_001}"', "what: the answer is too long"),
        ('protect = "the café"', "the report is empty"),
        ('what = "  "', "the report is empty"),
        ("what = 7", "'what' must be a text, or a list of texts"),
        ("what = ", "is not TOML"),
        ('what = "\\u001b[2J"\ncolour = "x"', "colour: the questionnaire has no such question"),
    ],
    ids=["question", "option", "kind", "not-asked", "long", "no-text", "blank", "number", "no-toml", "ansi"],
)
def test_answers_that_the_report_page_would_not_send_are_refused(
    world: World, tmp_path: Path, written: str, said: str
) -> None:
    """The message names the first mistake, with a hint. Nothing is changed."""
    path = tmp_path / "answers.toml"
    path.write_text(written, "utf-8")
    before = world.office.state()
    refused = world.office.run(*entering(path))
    assert (1, "") == (refused.code, refused.out)
    assert said in refused.err
    assert "hint: " in refused.err
    assert before == world.office.state()


def test_a_day_of_receipt_in_the_future_or_in_the_distant_past_is_refused(
    world: World, answers: Path
) -> None:
    later = (today() + timedelta(days=1)).isoformat()
    assert "the report cannot have arrived on" in world.office.run(*entering(answers, received=later)).err
    for wrong in ("1999-12-31", "soon"):
        assert 2 == world.office.run(*entering(answers, received=wrong)).code
    with pytest.raises(Refused, match="is too early for a report"):
        manual_entry.check_day(FIRST_DAY - timedelta(days=1), today())
    for right in (FIRST_DAY, today()):
        manual_entry.check_day(right, today())


def test_a_missing_file_is_reported_before_any_question_is_asked(world: World, answers: Path) -> None:
    """Otherwise answers typed during a call would be lost."""
    before = world.office.state()
    assert 2 == world.office.run(*entering(answers), "--attach", "nowhere.pdf").code
    taken = world.office.out / "sheet"
    taken.write_text("kept")
    assert "cannot be written" in world.office.run(*entering(answers), "--sheet", taken).err
    assert ("kept", before) == (taken.read_text(), world.office.state())


def test_a_report_entered_by_hand_is_refused_if_it_has_too_many_files(world: World, answers: Path) -> None:
    before = world.office.state()
    said = world.office.run(*entering(answers), *["--attach", answers] * (MOST_FILES + 1))
    assert (1, True) == (said.code, f"more than {MOST_FILES} files" in said.err)
    assert before == world.office.state()


def test_a_report_entered_by_hand_is_linked_and_has_deadlines_like_any_other_report(
    world: World, tmp_path: Path
) -> None:
    """The period for informing a named person begins on the day of receipt.

    The period for reporting an offence begins today.
    """
    path = tmp_path / "answers.toml"
    path.write_text('what = "x"\nrefs = "CSQU3054383"\ncategory = "info_leak"\nwho_id = "Untel"', "utf-8")
    for route in ("letter", "meeting"):
        world.office.json(*entering(path, route=route, received="2026-01-31"))
    (proposed,) = world.office.json("case", "link", "list", "1")["proposed"]
    assert (2, "CSQU3054383") == (proposed["case"], proposed["reasons"][0]["shown"])
    work = world.office.json("case", "show", "1")["work"]
    assert {
        "admissibility": FRANCE.after(today(), 7).isoformat(),
        "art14": "2026-02-28",
        "art40": (today() + timedelta(1)).isoformat(),
    } == {each["duty"]: each["due"] for each in work["duties"]}


def attached(world: World, answers: Path, path: Path, *options: str) -> tuple[list[str], bytes]:
    """Enter a report with a file; return the warnings, and the file as it was sealed."""
    entered = world.office.json(*entering(answers), "--attach", path, *options)
    out = path.with_suffix(f".{entered['case']}")
    world.office.run("file", "export", str(entered["case"]), "1", "--out", out, "--reason", "x")
    return entered["warnings"], out.read_bytes()


def test_a_film_of_a_telephone_is_sealed_without_place_day_and_device(
    world: World, answers: Path, tmp_path: Path
) -> None:
    """The original stays as it is. With ``--keep-metadata``, the sealed copy is the original."""
    film = tmp_path / "film.mp4"
    film.write_bytes(Film((VIDEO, SOUND, SOUND)).built())
    before = film.read_bytes()
    warnings, sealed = attached(world, answers, film)
    assert [
        "place, day and device were removed from the sealed copy of film.mp4",
        "film.mp4 still contains: several soundtracks",
    ] == warnings
    assert (True, False, len(before)) == (SECRET in before, SECRET in sealed, len(sealed))
    assert before == film.read_bytes()
    kept = "film.mp4 was sealed as it is: it may tell who made it, where and when"
    assert ([kept], before) == attached(world, answers, film, "--keep-metadata")


@pytest.mark.parametrize("name", ["photo.jpg", "shot.png", "web.webp"])
def test_a_picture_is_sealed_without_place_day_and_device(
    world: World, answers: Path, tmp_path: Path, name: str
) -> None:
    picture = pictures.picture(tmp_path / name)
    before = picture.read_bytes()
    warnings, sealed = attached(world, answers, picture)
    assert [f"place, day and device were removed from the sealed copy of {name}"] == warnings
    assert (True, False) == (pictures.CANARY.encode() in before, pictures.CANARY.encode() in sealed)
    assert len(sealed) < len(before)
    kept = f"{name} was sealed as it is: it may tell who made it, where and when"
    assert ([kept], before) == attached(world, answers, picture, "--keep-metadata")


def test_a_film_that_is_not_understood_is_sealed_as_it_is_with_a_warning(
    world: World, answers: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(Film(appended=box("moof")).built())
    kept = "film.mp4 was sealed as it is: it may tell who made it, where and when"
    assert ([kept], film.read_bytes()) == attached(world, answers, film)


def test_a_report_entered_by_hand_becomes_a_case_with_its_route_and_its_day_of_receipt(
    world: World, answers: Path, tmp_path: Path
) -> None:
    """The case shows the answers with their labels, and the attachments unchanged."""
    letter, content = tmp_path / "lettre.pdf", bytes(range(256)) * 9_000
    letter.write_bytes(content)
    day = today() - timedelta(days=5)
    options = entering(answers, route="letter", received=day.isoformat())
    entered = world.office.json(*options, "--attach", letter)
    assert (1, []) == (entered["case"], entered["kept_from"])
    shown = world.office.json("case", "show", "1")
    assert ("letter", "fr", day.isoformat(), "received") == (
        shown["route"], shown["language"], shown["received"], shown["status"],
    )  # fmt: skip
    assert (["social", "work"], ["protect"], {}) == (
        shown["answers"]["vector"], shown["cautions"], shown["odd"],
    )  # fmt: skip
    assert "protect" == next(iter(shown["answers"]))
    (file,) = shown["attachments"]
    assert ("lettre.pdf", "application/pdf", len(content)) == (file["name"], file["type"], file["size"])
    world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x")
    assert content == (tmp_path / "out").read_bytes()
    shown = world.office.run("case", "show", "1").out
    assert "entered by officers, possibly in their own words; how it arrived: letter" in shown
    assert [1] == [case["case"] for case in world.office.json("queue", "list", "--search", "abordé")["cases"]]


def test_the_case_token_of_a_report_entered_by_hand_is_never_stored(world: World, answers: Path) -> None:
    """Neither the vault nor a later command shows the seed of the token or any of its words.

    The report has no signature.
    """
    token = world.office.json(*entering(answers))["token"]
    keys = reporter_of(world, token).keys
    (entropy,) = casetoken.parse(token).values()
    secret = [keys.author_seed, keys.withdraw_key, keys.memo_key, keys.locator, entropy]
    with world.office.opened() as inbox, inbox.transaction() as session:
        tables = [
            session.execute(select(table)).all() for table in vault_tables.Base.metadata.tables.values()
        ]
        dump = [
            str(cell.hex() if isinstance(cell, bytes) else cell)
            for rows in tables
            for r in rows
            for cell in r
        ]
        case = queries_cases.case(session, 1)
        assert (None, keys.case_id, keys.author_key) == (case.signature, case.case_id, case.author_key)
        assert REPORT.parse(case.message).withdraw_id == keys.withdraw_id
    words = token.split()
    assert [] == traces.neighbours_in(" ".join(dump), words)
    assert [] == [each for each in secret for cell in dump if each.hex() in cell]
    assert keys.case_id.hex() in dump  # The control: the search finds the case id.
    later = world.office.run("case", "list").out + world.office.run("case", "show", "1").out
    later += world.office.run("journal", "list").out
    assert [] == traces.neighbours_in(later, words)
    assert CANARY not in world.office.run("journal", "list").out


def test_the_journal_records_only_the_route_and_the_day_of_a_report_entered_by_hand(
    world: World, answers: Path
) -> None:
    world.office.json(*entering(answers, route="meeting"))
    with world.office.opened() as inbox, inbox.transaction() as session:
        row = queries_access.last_journal_entry(session)
        assert row is not None
        entry = ENTRY.parse(row.raw)
    noted = (entry.action, entry.case, entry.values, entry.reason)
    assert ("enter", 1, {"route": "meeting", "received": str(today())}, "") == noted


def test_a_report_entered_by_hand_gets_the_next_free_number_if_another_case_took_the_expected_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction that makes the case assigns the number, so the journal entry has the right number."""
    told = Told(Route.LETTER, "fr", today(), {"what": "x"})
    with world.office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())
        entropy = [casetoken.generate() for _ in range(2)]

        def overtaken() -> bytes:
            token = entropy.pop()
            if entropy:
                assert 1 == manual_entry.enter(inbox, who, told).number
            return token

        monkeypatch.setattr(casetoken, "generate", overtaken)
        assert 2 == manual_entry.enter(inbox, who, told).number
        with inbox.transaction() as session:
            noted = [ENTRY.parse(row.raw) for row in queries_access.journal(session)]
    assert [1, 2] == [entry.case for entry in noted if entry.action == "enter"]


def test_the_printed_sheet_with_the_twelve_words_does_not_reveal_their_purpose(
    world: World, answers: Path, tmp_path: Path
) -> None:
    """The words are numbered and in the reporter's language.

    The sheet names neither the site nor the office.
    """
    sheet = tmp_path / "sheet.txt"
    shown = world.office.run(*entering(answers), "--sheet", sheet).out
    numbered = dict(re.findall(r"(\d+) ([^\W\d]+)", shown.split("not kept:")[1]))
    words = [numbered[str(n)] for n in range(1, 13)]
    assert {"fr"} == casetoken.parse(" ".join(words)).keys()
    printed = sheet.read_text("utf-8")
    assert dict(re.findall(r"(\d+) ([^\W\d]+)", printed)) == numbered
    told = re.sub(r"\d+ [^\W\d]+", "", printed).lower()
    for word in ("douane", "fanal", "signal", "alert", "report", "case", "dossier", "inspect"):
        assert word not in told
    assert 0o600 == sheet.stat().st_mode & 0o777


def test_every_outbox_announces_a_case_entered_by_hand_until_the_portal_has_applied_such_an_outbox(
    world: World, portal: Portal, answers: Path, collect: Callable[..., Any]
) -> None:
    """At first, each outbox contains the slot, the memo and the withdraw id of the case.

    Once the portal has applied such an outbox, new outboxes contain only the slot of the case.
    """
    received = today() - timedelta(9)
    token = world.office.json(*entering(answers, received=received.isoformat()))["token"]
    reporter = reporter_of(world, token)
    collect(portal.bundle(Sent(Reporter(world).report())))
    for n in (1, 2):
        outbox, files = made(world, n)
        (opened,) = outbox.opened or ()
        assert (reporter.keys.case_id, reporter.keys.withdraw_id) == (opened.case_id, opened.withdraw_id)
        bound = {"deployment": world.deployment, "case_id": reporter.keys.case_id}
        assert memo.Note(CHANNEL, received) == memo.unseal(opened.memo, reporter.keys.memo_key, **bound)
        assert (2, 1) == (len(outbox.slots), len({len(files[name]) for name, _ in outbox.files()[:2]}))
    with world.office.opened() as inbox, inbox.transaction() as session:
        made_first = queries_exchange.outbox(session, 1)
        assert made_first is not None
    applied = type(portal.last)(1, made_first.hash)
    collect(portal.bundle(applied=applied))
    outbox, _ = made(world, 3)
    assert (None, 2) == (outbox.opened, len(outbox.slots))


def test_cases_entered_by_hand_are_announced_again_to_a_rebuilt_portal(
    world: World, portal: Portal, answers: Path, tmp_path: Path
) -> None:
    """A rebuilt portal knows no case. Only the inbox can announce a case that no reporter's page has sent."""
    world.office.json(*entering(answers))
    world.office.json("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    made(world, 1)
    with world.office.opened() as inbox, inbox.transaction() as session:
        first = queries_exchange.outbox(session, 1)
        assert first is not None
    applied = portal.bundle(applied=type(portal.last)(1, first.hash))
    world.office.json("exchange", "collect", applied, "--confirm-instance", portal.fingerprint)
    assert made(world, 2)[0].opened is None
    rebuilt = Portal(world, tmp_path / "rebuilt")
    world.office.json("exchange", "collect", rebuilt.bundle(), "--new-instance", rebuilt.fingerprint)
    assert 1 == len(made(world, 3)[0].opened or ())


def test_after_a_restore_cases_entered_by_hand_are_announced_again_to_the_portal(
    world: World, portal: Portal, answers: Path
) -> None:
    """The portal applied an outbox of the lost inbox.

    Without a new announcement, the reporter could not open the case.
    """
    world.office.json(*entering(answers))
    world.office.json("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    assert 1 == len(made(world, 1)[0].opened or ())
    world.office.json("exchange", "collect", portal.bundle(applied=Link(1, bytes(32))), "--after-restore")
    assert 1 == len(made(world, 2)[0].opened or ())


def test_the_reporter_of_a_report_entered_by_hand_can_read_replies_and_write_again_and_withdraw(
    world: World, portal: Portal, answers: Path
) -> None:
    """The reporter needs only the twelve words."""
    reporter = reporter_of(world, world.office.json(*entering(answers))["token"])
    world.office.json("message", "reply", "1", "--text", "Bonjour")
    outbox, files = made(world, 1)
    slot = read_slot(files[outbox.files()[0][0]], reporter)
    assert ["Bonjour"] == [message.text for message in slot.messages]
    sent = Sent(reporter.follow_up("Encore"))
    withdrawal = Withdrawal(reporter.keys.case_id, reporter.keys.withdraw_key)
    bundle = portal.bundle(sent, withdrawn=[withdrawal])
    world.office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    shown = world.office.json("case", "show", "1")
    assert (["Encore"], ["withdrawn"]) == ([each["text"] for each in shown["follow_ups"]], shown["flags"])
    assert (None, ()) == (made(world, 2)[0].opened, made(world, 3)[0].slots)


def test_an_officer_named_in_a_report_entered_by_hand_is_excluded_from_the_case(
    trio: Trio, tmp_path: Path
) -> None:
    """While that officer is signed in, nothing is stored, and none of the twelve words is shown.

    Other officers can enter the report.
    """
    path = tmp_path / "answers.toml"
    path.write_text('what = "Bruno a prêté son badge"', "utf-8")
    entered = trio.others.json(*entering(path))
    assert (4, ["bruno"]) == (entered["case"], entered["kept_from"])
    (tmp_path / "lettre de Bruno.txt").write_text("x")
    path.write_text('what = "Voir la lettre"', "utf-8")
    attached = (*entering(path), "--attach", tmp_path / "lettre de Bruno.txt")
    before = trio.excluded.state()
    refused = trio.excluded.run(*attached)
    assert (1, "", True) == (refused.code, refused.out, "names an officer who is signed in" in refused.err)
    assert before == trio.excluded.state()
    assert ["bruno"] == trio.others.json(*attached)["kept_from"]
    assert [1, 2] == [case["case"] for case in trio.excluded.json("case", "list")["cases"]]
    assert [1, 2, 3, 4, 5] == [case["case"] for case in trio.others.json("case", "list")["cases"]]


def test_officers_are_warned_if_a_report_entered_by_hand_may_concern_their_own_office(
    world: World, tmp_path: Path
) -> None:
    """If the report page got the same answers, it would offer another body."""
    path = tmp_path / "answers.toml"
    for answer, told in (("yes", "only the channels of other bodies"), ("unsure", "of other bodies first")):
        path.write_text(f'what = "x"\ncoi = "{answer}"', "utf-8")
        (warning,) = world.office.json(*entering(path))["warnings"]
        assert told in warning
    path.write_text('what = "x"\ncoi = "no"', "utf-8")
    assert [] == world.office.json(*entering(path))["warnings"]


SMALL = """
id = "small"
version = 1
[[section]]
[[section.field]]
id = "path"
type = "choice"
concerns = "facts"
safe = "x"
label = { fr = "Quoi ?", en = "What is it?" }
option = [
  { id = "approached", label = { fr = "a", en = "Approached" }, notice = { fr = "n", en = "Call 17" } },
  { id = "saw", label = { fr = "b", en = "I saw something" } },
]
[[section]]
folded = true
title = { fr = "L'approche", en = "The approach" }
when = { path = ["approached"] }
[[section.field]]
id = "vector"
type = "choices"
concerns = "facts"
safe = "x"
label = { fr = "Par où ?", en = "By which way?" }
option = [
  { id = "social", label = { fr = "c", en = "Bar" } },
  { id = "work", label = { fr = "d", en = "Work" } },
]
[[section]]
folded = true
title = { fr = "Ce que vous avez vu", en = "What you saw" }
when = { path = ["saw"] }
[[section.field]]
id = "seen"
type = "line"
concerns = "facts"
safe = "x"
most = 9
label = { fr = "Vu ?", en = "What did you see?" }
[[section]]
[[section.field]]
id = "what"
type = "text"
concerns = "facts"
safe = "x"
most = 60
enough = true
label = { fr = "Quoi ?", en = "What happened?" }
[[section.field]]
id = "when"
type = "period"
concerns = "facts"
safe = "x"
label = { fr = "Quand ?", en = "When?" }
"""


def test_the_command_asks_the_questions_that_the_report_page_would_ask(world: World, tmp_path: Path) -> None:
    """The command skips questions that do not apply, and repeats a question after an invalid answer.

    The command shows notices immediately.
    """
    asked = tmp_path / "small.toml"
    asked.write_text(SMALL, "utf-8")
    assert 0 == world.office.run("office", "questionnaire", "replace", asked).code
    day = today().isoformat()
    words = ["case", "add", "--route", "telephone", "--language", "en", "--received", day]
    start = ["--home", world.office.root, *world.office.opening(), *words]
    with typing_to_inbox(start, tmp_path) as typist:
        # The terminal discards what is typed before the prompt appears.
        line, text = "Enter to skip: ", "a full stop alone ends it:"
        for question, prompt, typed in (
            ("I saw something\n  a number, or", line, "3"),
            ("invalid: see the possible answers above", line, "1"),
            ("! Call 17", "", ""),
            ("THE APPROACH\n\nBy which way?", line, "1 2"),
            ("What happened?", text, f"far too long: {'x' * 60}\n."),
            ("invalid: at most 60 characters", text, f"An offer. {CANARY}\nTwo lines.\n."),
            ("When?", line, "2026-13-01"),
            ("invalid", line, ""),
        ):
            typist.sees(question)
            if prompt:
                typist.answers(prompt, typed)
        typist.sees("the reporter's twelve words")
        assert 0 == typist.waits()
    assert "What did you see?" not in typist.shown
    shown = world.office.json("case", "show", "1")
    assert shown["answers"] == {
        "path": "approached", "vector": ["social", "work"], "what": f"An offer. {CANARY}\nTwo lines.",
    }  # fmt: skip


def test_without_a_terminal_the_answers_of_a_report_entered_by_hand_must_come_from_a_file(
    world: World, answers: Path
) -> None:
    assert 2 == world.office.run(*entering(answers)[:-2]).code


@pytest.mark.parametrize(("told", "own", "newest"), [([], 0, 1), ([3, 7, 5], 0, 7), ([3], 9, 9), ([9], 3, 9)])
def test_a_report_entered_by_hand_names_the_newest_keyring_that_the_inbox_knows(
    world: World, told: list[int], own: int, newest: int
) -> None:
    """The newest keyring is either the inbox's own keyring or a keyring named in reports.

    If the inbox knows no keyring, the report names serial 1 with a hash of zeros.
    """
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(vault_tables.KeyringFile))
        session.add_all(vault_tables.ShownKeyring(serial=n, hash=bytes([n]) * 32) for n in told)
        if own:
            row = {"valid_until": today(), "hash": bytes([own]) * 32, "raw": b"", "signature": b""}
            session.add(vault_tables.KeyringFile(serial=own, **row))
        session.flush()
        seen = manual_entry._keyring(session)
        session.rollback()
    assert (newest, bytes([newest if told or own else 0]) * 32) == (seen.serial, seen.hash)


def test_a_report_entered_by_hand_can_have_as_many_files_as_any_other_report(world: World) -> None:
    with world.office.opened() as inbox:
        asked = manual_entry.asked_now(inbox)
    given = Told(Route.LETTER, "fr", today(), {}, tuple(Path(str(n)) for n in range(MOST_FILES + 1)))
    manual_entry.check_amount(asked, replace(given, files=given.files[:MOST_FILES]))
    with pytest.raises(Refused, match="more than"):
        manual_entry.check_amount(asked, given)


def test_a_report_entered_by_hand_names_the_newest_intake_key(world: World, answers: Path) -> None:
    world.office.json("key", "rotate", "--now")
    world.office.json(*entering(answers))
    with world.office.opened() as inbox, inbox.transaction() as session:
        *_, newest = queries_office.intake_keys(session)
        assert REPORT.parse(queries_cases.case(session, 1).message).key_id == newest.id


def test_printing_the_result_of_a_manual_entry_does_not_reveal_the_twelve_words() -> None:
    """A printed Python object could reach a log."""
    entered = manual_entry.Entered(1, ("exiler",), ("alice",), ())
    assert "exiler" not in repr(entered)
    assert "alice" in repr(entered)
