"""The law requires registers.

Registers show only days and codes that the officers may see. Officers can export the registers.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from inbox.law import in_use
from inbox.registers import consultations, registers, spreadsheet
from inbox.registers.rows import Coded, Column, Register, Row, Wanted, said
from inbox.session.inbox import Inbox
from inbox.vault import row_security
from inbox.vault.casework_tables import AccessCase, AccessRequest, Duty, Handler, Measure, Workflow
from inbox.vault.destroyed_tables import DestroyedCase, PastExclusion
from inbox.vault.tables import Case
from tests.support.dossier_room import printed
from tests.support.inbox_builders import Office, today
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, KEPT, NAMES, Trio, three_answers
from tests.support.inbox_visas import REFERENCE
from tests.support.laws import OTHER

DAY = date(2025, 3, 3)
CONSULTED = {
    "body": "CSA",
    "day": today().isoformat(),
    "subject": "Ouverture du dispositif",
    "opinion": "Favorable",
    "reference": "PV 4",
}
RECORD = [
    "office",
    "consultation",
    "add",
    *(word for pair in CONSULTED.items() for word in (f"--{pair[0]}", pair[1])),
]


def fill(session: Session) -> None:
    """In the trio's three cases, record everything that a register can show.

    Also add a canary word that no register may contain.
    """
    for n in (1, 2, KEPT):
        work, case = session.get_one(Workflow, n), session.get_one(Case, n)
        case.received = DAY + timedelta(n)
        work.acknowledged, work.answered = DAY + timedelta(10 + n), DAY + timedelta(20 + n)
        work.route, work.outcome, work.closed = "telephone", "out_of_scope", DAY + timedelta(30 + n)
        session.merge(
            Duty(
                case=n,
                kind="admissibility",
                known=DAY,
                due=DAY,
                decided=DAY,
                decision="inadmissible",
                ground="facts",
                reason=CANARY,
            )
        )
        for place, kind in enumerate(("referred_external", "forwarded_external", "art40_transmission"), 2):
            day = DAY + timedelta(40 + place)
            session.add(
                Measure(
                    case=n,
                    position=place,
                    kind=kind,
                    day=day,
                    recorded=day,
                    addressee=CANARY,
                    reference=CANARY,
                )
            )
        for place, kind in enumerate(PROTECTION, 10):
            session.add(
                Measure(
                    case=n,
                    position=place,
                    kind=kind,
                    day=date(2024, 1, place),
                    recorded=date(2024, 1, place),
                    addressee=CANARY,
                )
            )


PROTECTION = (
    *("protection_offered", "protection_requested", "protection_granted", "protection_refused"),
    *("facilitator_protection", "protection_requested"),
)


@pytest.fixture(scope="module")
def filled(founded_trio: Trio, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    trio = Trio(founded_trio.office.copy(tmp_path_factory.mktemp("registers")))
    with trio.others.opened() as inbox, inbox.transaction() as session:
        fill(session)
    return trio


@pytest.fixture(scope="module")
def opened(filled: Trio) -> Iterator[Inbox]:
    with filled.others.opened() as inbox:
        yield inbox


@pytest.fixture(scope="module")
def leaving(filled: Trio, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A copy of the inbox for commands that change no register. Its officers are not excluded."""
    return Trio(filled.office.copy(tmp_path_factory.mktemp("leaving"))).others


def seen(inbox: Inbox, register: Register, year: int | None = None, by: tuple[str, ...] = ()) -> Any:
    """Return a register as JSON, as these officers see it. If no officers are given, return everything."""
    with inbox.vault.transaction(by, quarantine=True) as session:
        return registers.view(registers._found(session, Wanted(register, year), today()))


def test_the_register_of_reports_contains_days_and_decisions_but_no_free_text(opened: Inbox) -> None:
    """The register contains no words of the reporter.

    The register also leaves out the reasons, addressees and transmissions that officers wrote.
    """
    rows = seen(opened, Register.ALERTS)["rows"]
    assert [1, 2, KEPT] == [row["case"] for row in rows]
    assert {
        "case": 1,
        "route": "telephone",
        "received": "2025-03-04",
        "acknowledged": "2025-03-14",
        "answer": "2025-03-24",
        "examined": "inadmissible",
        "ground": "facts",
        "referral": ["2025-04-14"],
        "sent_on": ["2025-04-15"],
        "outcome": "out_of_scope",
        "closed": "2025-04-03",
        "destroyed": None,
        "visa": f"1-{'0' * 8}, {REFERENCE}",
    } == rows[0]
    assert CANARY not in str(rows)


def test_a_register_marks_events_that_never_happened_and_leaves_unknown_days_blank() -> None:
    for language, word in (("fr", "jamais"), ("en", "never")):
        assert (word, "") == (said((), language), said(None, language))


def test_for_each_case_the_register_of_protection_shows_the_days_of_each_kind_of_measure(
    opened: Inbox,
) -> None:
    found = seen(opened, Register.PROTECTION)
    assert [1, 2, KEPT] == [row["case"] for row in found["rows"]]
    assert {
        "case": 1,
        "offered": ["2024-01-10"],
        "requested": ["2024-01-11", "2024-01-15"],
        "granted": ["2024-01-12"],
        "refused": ["2024-01-13"],
        "facilitator": ["2024-01-14"],
    } == found["rows"][0]
    assert CANARY not in str(found)


def test_the_law_in_use_defines_which_measures_are_protection(opened: Inbox) -> None:
    with opened.vault.transaction() as session:
        session.add(Measure(case=1, position=30, kind="shield", day=DAY, recorded=DAY))
        in_use.try_out(session, OTHER)
        found = registers.view(registers._found(session, Wanted(Register.PROTECTION), today()))
        session.rollback()
    assert [(1, [DAY.isoformat()])] == [(row["case"], row["granted"]) for row in found["rows"]]


@pytest.mark.parametrize(
    ("register", "year", "lines"),
    [
        (Register.ALERTS, 2025, 3),
        (Register.ALERTS, 2024, 0),
        (Register.PROTECTION, 2024, 3),
        (Register.PROTECTION, 2025, 0),
        (Register.REQUESTS, today().year, 1),
        (Register.REQUESTS, 2024, 0),
    ],
)
def test_a_register_of_one_year_selects_entries_by_the_day_of_receipt_or_of_the_measure(
    opened: Inbox, register: Register, year: int, lines: int
) -> None:
    assert lines == len(seen(opened, register, year)["rows"])


@pytest.mark.parametrize("register", Register)
def test_no_register_shows_or_counts_a_case_from_which_a_signed_in_officer_is_excluded(
    opened: Inbox, register: Register
) -> None:
    """Two officers, one of whom is excluded, see the same as if the case had never existed."""

    def ask(session: Session) -> str:
        found = registers._found(session, Wanted(register), today())
        return f"{registers.view(found)} {found.years}"

    narrowed, never_was, whole = three_answers(opened, ask)
    assert never_was == narrowed
    assert (narrowed != whole) is (register in {Register.ALERTS, Register.PROTECTION})


def test_neither_the_command_nor_an_export_shows_a_case_from_which_a_signed_in_officer_is_excluded(
    leaving: Office, tmp_path: Path
) -> None:
    """As a control, the register shows the case to other officers."""
    for names, there in ((("alice", "bruno"), [1, 2]), (("alice", "chloe"), [1, 2, KEPT])):
        office, out = leaving.of(*names), tmp_path / f"{names[1]}.csv"
        assert there == [row["case"] for row in office.json("office", "register", "alerts")["rows"]]
        office.json("office", "register", "alerts", "--out", out)
        lines = csv.reader(out.read_text("utf-8-sig").splitlines()[1:], delimiter=";")
        assert there == [int(number) for number, *_ in lines]


def test_a_register_counts_a_case_that_only_other_officers_may_read_but_does_not_list_it(
    filled: Trio, tmp_path: Path
) -> None:
    copy = Trio(filled.office.copy(tmp_path / "copy"))
    with copy.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Handler).filter_by(case=1, officer="chloe"))
        found = seen(inbox, Register.ALERTS, by=("alice", "chloe"))
        whole = seen(inbox, Register.ALERTS, by=("alice",))
    assert ([2, KEPT], 1) == ([row["case"] for row in found["rows"]], found["for_handlers"])
    assert (3, 0) == (len(whole["rows"]), whole["for_handlers"])


def test_a_register_lists_cases_in_quarantine_and_in_the_archive(
    filled: Trio, leaving: Office, tmp_path: Path
) -> None:
    """The test uses the command itself. As a control, the list of cases shows neither case."""
    copy = Trio(filled.office.copy(tmp_path / "copy")).others
    with copy.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).quarantined = today()
        session.get_one(Workflow, 2).archive_from = today()
        session.execute(delete(Case.metadata.tables["archive_openings"]))
        session.execute(Case.metadata.tables["follow_ups"].update().values(unread=False))
    assert [KEPT] == [row["case"] for row in copy.json("case", "list")["cases"]]
    before = seen_by_command(leaving)
    assert [1, 2, KEPT] == [row["case"] for row in before]
    assert before == seen_by_command(copy)


def seen_by_command(office: Office) -> Any:
    return office.json("office", "register", "alerts")["rows"]


def test_the_register_keeps_only_the_number_and_days_and_outcome_and_visa_of_a_destroyed_case(
    filled: Trio, tmp_path: Path
) -> None:
    """The register keeps nothing else.

    A register shows nothing of the case to an officer who was excluded from it.
    """
    copy = Trio(filled.office.copy(tmp_path / "copy")).others
    with copy.opened() as inbox:
        with inbox.transaction() as session:
            row_security.forget(session, [KEPT])
            session.add(
                DestroyedCase(
                    case=KEPT,
                    day=today(),
                    by="alice",
                    rule="inadmissible",
                    received=DAY,
                    closed=DAY,
                    category="threat",
                    outcome="out_of_scope",
                    visa="7, AD",
                )
            )
            session.add(PastExclusion(case=KEPT, officer="bruno"))
        found = seen(inbox, Register.ALERTS, by=("alice", "chloe"))["rows"]
        kept = seen(inbox, Register.ALERTS, by=("alice", "bruno"))["rows"]
    assert {
        "case": KEPT,
        "received": DAY.isoformat(),
        "outcome": "out_of_scope",
        "closed": DAY.isoformat(),
        "destroyed": today().isoformat(),
        "visa": "7, AD",
    } == {name: value for name, value in found[-1].items() if value is not None}
    assert [1, 2] == [row["case"] for row in kept]


def test_a_register_shows_a_refused_request_like_a_request_about_an_unknown_person(
    filled: Trio, tmp_path: Path
) -> None:
    """Two requests answered on the same day differ only in their numbers. No register names the person."""
    copy = filled.office.copy(tmp_path / "copy").of(*NAMES[::2])
    with copy.opened() as inbox:
        with inbox.transaction() as session:
            for n in (8, 9):
                session.add(
                    AccessRequest(
                        n=n,
                        received=DAY,
                        way="letter",
                        names=CANARY,
                        earliest=DAY,
                        due=DAY + timedelta(2),
                        extended=DAY + timedelta(1),
                        because="number",
                        answered=DAY + timedelta(3),
                        by="alice",
                    )
                )
            session.flush()
            session.add(AccessCase(case=1, request=8, given=False, reason=CANARY))
        *_, one, other = seen(inbox, Register.REQUESTS)["rows"]
    assert (8, 9) == (one.pop("request"), other.pop("request"))
    assert one == other
    days = [str(one[name]) for name in ("received", "extended", "due", "responded")]
    assert [str(DAY + timedelta(n)) for n in range(4)] == days
    assert {"received", "way", "due", "extended", "because", "responded"} == one.keys()
    assert CANARY not in str(one)


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("form", registers.Form)
def test_the_export_of_a_register_is_recorded_in_the_journal_and_counted(
    leaving: Office, tmp_path: Path, register: Register, form: registers.Form
) -> None:
    """An export never overwrites a file. A refused export is not counted."""
    office, out = leaving, tmp_path / f"out.{form}"
    counted = office.json("office", "oversight")["actions"]["export-register"]
    assert str(out) == office.json("office", "register", register, "--year", "2024", "--out", out)["file"]
    last = office.json("journal", "list")["entries"][-2]
    assert ("export-register", {"register": register.value, "year": 2024}) == (last["action"], last["values"])
    assert "already exists" in refused(office, "office", "register", register, "--out", str(out))
    assert counted + 1 == office.json("office", "oversight")["actions"]["export-register"]
    assert 2 == office.run("office", "register", register, "--out", tmp_path / "out.xls").code


def test_a_spreadsheet_program_can_open_an_export_as_text_in_columns(leaving: Office, tmp_path: Path) -> None:
    """The file is UTF-8 with a byte order mark and semicolons, in French or English.

    The PDF contains the same words.
    """
    for language, words in (("fr", ["Dossier", "téléphone", "Irrecevable"]), ("en", ["Case", "telephone"])):
        out, paper = tmp_path / f"{language}.csv", tmp_path / f"{language}.pdf"
        for file in (out, paper):
            leaving.json("office", "register", "alerts", "--out", file, "--language", language)
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(out.read_text("utf-8-sig").splitlines(), delimiter=";"))
        assert ({13}, 4) == (set(map(len, rows)), len(rows))
        said = " ".join(printed(paper.read_bytes()).split())
        assert all(word in {*rows[0], *rows[1]} and word in said for word in words)
        assert CANARY not in f"{rows} {said}"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", " ="])
def test_no_cell_of_an_export_is_a_formula(first: str) -> None:
    """Texts written by officers and names from the law cannot become formulas.

    Numbers and days stay as they are.
    """
    row: Row = {Column.BODY: f'{first}1";\r\n=2', Column.WAY: Coded("register", f"{first}x"), Column.DAY: DAY}
    columns = [*row, Column.CASE]
    made = spreadsheet.written(columns, [row | {Column.CASE: 7}], "en").decode("utf-8-sig")
    assert 2 == made.count("\r\n")
    _, (body, way, *rest) = csv.reader(made.splitlines(), delimiter=";")
    assert (f"'{first}1\";", f"'{first}x") == (body.partition("<")[0], way)
    assert [DAY.isoformat(), "7"] == rest


def test_retracting_a_consultation_deletes_its_text_and_keeps_its_line(office: Office) -> None:
    """The number of the line is not used again."""
    assert 1 == office.json(*RECORD)["consultation"]
    (row,) = office.json("office", "register", "consultations")["rows"]
    assert {"consultation": 1, **CONSULTED, "retracted": None} == row
    assert "Favorable" in office.run("office", "register", "consultations").out
    office.json("office", "consultation", "retract", "1", "--reason", "twice")
    (row,) = office.json("office", "register", "consultations")["rows"]
    assert {1, CONSULTED["day"], today().isoformat(), ""} == set(row.values())
    assert 2 == office.json(*RECORD)["consultation"]
    assert 1 == office.json("office", "oversight")["actions"]["retract-consultation"]
    with office.opened() as inbox, inbox.transaction() as session:
        assert [2] == [each.n for each in consultations.given(session)]
    assert "or it was retracted" in refused(office, "office", "consultation", "retract", "1", "--reason", "x")
    assert "there is no consultation 7" in refused(
        office, "office", "consultation", "retract", "7", "--reason", "x"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"day": (today() + timedelta(1)).isoformat()}, "is in the future"),
        ({"opinion": "  "}, "needs a body, a subject and an opinion"),
        ({"body": ""}, "needs a body, a subject and an opinion"),
        ({"subject": "x" * 501}, "at most 500 characters"),
    ],
)
def test_an_invalid_consultation_is_refused(office: Office, change: dict[str, str], said: str) -> None:
    words = [word for name, value in (CONSULTED | change).items() for word in (f"--{name}", value)]
    assert said in refused(office, "office", "consultation", "add", *words)
