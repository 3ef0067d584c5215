"""The reporter's identity is stored apart from the case, and a ledger lists every disclosure."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crypto.journal import Presence
from inbox.access import disclosures, identities
from inbox.access.disclosures import Given, Ground, Unasked, What
from inbox.access.identities import KEPT_ALREADY, NAMED, ConsentSaid
from inbox.language.errors import Locked, Refused
from inbox.law import in_use
from inbox.overview import oversight
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import (
    Declaration,
    Disclosure,
    Duty,
    Identity,
    Link,
    Measure,
    Note,
)
from inbox.vault.tables import Base, Message
from templates.law.rules import MeasureRole
from tests.support.inbox_builders import Office, World, today
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import Trio, undone

NAME = "Ondine Kerguelen-Xaintrailles"
CONSENT = ("case", "identity", "consent", "1", "--day", today().isoformat(), "--reason", "the report")


@pytest.fixture
def office(trio: Trio, tmp_path: Path) -> Office:
    """An office of two signed-in officers. The identity of the reporter of case 1 is recorded."""
    (tmp_path / "identity").write_text(NAME)
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Identity).filter_by(case=1))
    trio.others.json("case", "identity", "add", "1", "--text-file", tmp_path / "identity")
    return trio.others


def test_the_identity_appears_only_in_the_output_of_the_command_that_shows_it(office: Office) -> None:
    """No list, case view, search, queue or journal contains the identity.

    The control is the command that shows the identity.
    """
    shown = [
        office.run(*command, *form).out
        for command in (
            ["case", "list"], ["case", "show", "1"], ["queue", "list"], ["queue", "list", "--search",
            "Kerguelen"], ["journal", "list"],
            ["dossier", "disclosure", "list", "1"], ["access", "conflict", "list"],
        )
        for form in ([], ["--json"])
    ]  # fmt: skip
    assert all(shown)
    assert not [out for out in shown if "Kerguelen" in out]
    assert 0 == office.json("queue", "list", "--search", "Kerguelen")["count"]
    assert NAME in office.run("case", "identity", "show", "1").out
    assert NAME == office.json("case", "identity", "show", "1")["identity"]


def test_before_an_identity_is_recorded_officers_can_neither_show_it_nor_withdraw_a_consent(
    world_office: Office,
) -> None:
    for command in (["show", "1"], ["withdraw", "1"]):
        said = world_office.run("case", "identity", *command)
        assert (1, "") == (said.code, said.out)


@pytest.fixture
def world_office(founded: Office, tmp_path: Path) -> Office:
    """An inbox without cases."""
    return founded.copy(tmp_path / "empty")


@pytest.mark.parametrize("text", ["", " \n", "x" * 8_001])
def test_an_empty_or_too_long_identity_is_refused(trio: Trio, tmp_path: Path, text: str) -> None:
    """The identity that was recorded before does not change."""
    before = trio.office.state()
    (tmp_path / "identity").write_text(text)
    assert 1 == trio.others.run("case", "identity", "add", "1", "--text-file", tmp_path / "identity").code
    assert before == trio.office.state()


@pytest.mark.parametrize("day", ["2199-01-01", "2200-01-01", "2026-13-01", "soon", "99"])
def test_a_consent_with_an_invalid_or_future_day_is_refused(office: Office, day: str) -> None:
    before = office.state()
    assert office.run("case", "identity", "consent", "1", "--reason", "x", "--day", day).code in {1, 2}
    assert before == office.state()


@pytest.mark.parametrize("given", [{}, {"day": today(), "withdrawn": True}], ids=["neither", "both"])
def test_a_consent_needs_either_a_day_or_a_withdrawal_but_not_both(
    office: Office, given: dict[str, Any]
) -> None:
    """If a day and a withdrawal are both given, or neither is, nothing is recorded."""
    before = office.state()
    with (
        office.unlocked() as opened,
        pytest.raises(Refused, match="record either a consent with its day or a withdrawal, not both"),
    ):
        identities.consent(opened.inbox, opened.by_opening(today()), 1, ConsentSaid(**given))
    assert 2 == office.run("case", "identity", "consent", "1", "--reason", "x").code
    assert before == office.state()


def disclose(office: Office, ground: str, what: str = "identity", *more: str) -> int:
    return office.run(
        "dossier", "disclosure", "add", "1", "--to", "X", "--what", what, "--ground", ground, *more
    ).code


def alone(name: str) -> Actor:
    """Return an officer who acts without a second officer to confirm."""
    return Actor({name: Presence.OWN}, today())


def test_one_officer_alone_cannot_add_a_name_to_a_recorded_identity(office: Office) -> None:
    """The refusal is the same for the reporter's name, a colleague's name, and a text that is too long."""
    before = office.state()
    with office.opened() as inbox:
        for text in (NAME, "Marc Tanguy", "x" * identities.LONGEST):
            with pytest.raises(Locked) as said:
                identities.keep(inbox, alone("alice"), 1, text)
            assert KEPT_ALREADY == said.value.what, text
    assert before == office.state()


SUSPECT = "Firmin Quélennec"
NO_ONE = "Maëlle Tanguy"
# Every kind of text that may name a suspect in a case.
SAYS: Mapping[str, Callable[[str], Base]] = {
    "Ronan Abgrall": lambda said: Note(case=1, position=90, by="alice", day=today(), text=said),
    "Soizic Bodéré": lambda said: Message(case=1, position=90, serial=9, day=today(), text=said),
    "Erwan Coatmeur": lambda said: measure(91, addressee=said),
    "Nolwenn Derrien": lambda said: measure(92, reference=said),
    "Tudi Elléouet": lambda said: measure(93, restrictions=said),
    "Gwendal Falhun": lambda said: measure(94, sent=said),
    "Azenor Guéguen": lambda said: Duty(case=1, kind="art40", known=today(), due=today(), reason=said),
    SUSPECT: lambda said: Note(case=2, position=90, by="alice", day=today(), text=said),
}


def measure(position: int, **texts: str) -> Measure:
    """Return a measure of case 1."""
    return Measure(case=1, position=position, kind="hearing", day=today(), recorded=today(), **texts)


def keep_alone(inbox: Inbox, name: str, number: int, text: str) -> str:
    """Return why one officer may not record an identity alone, or an empty text if the officer may."""
    try:
        identities.keep(inbox, alone(name), number, text)
    except Locked as refusal:
        return refusal.what
    with inbox.transaction() as session:
        session.execute(delete(Identity).filter_by(case=number))
    return ""


def test_one_officer_alone_cannot_record_a_person_named_in_the_case_as_the_reporter(trio: Trio) -> None:
    """Identities are secret, so a suspect who was recorded as the reporter would be protected.

    The check searches every text of the case and of linked cases. One officer can record a name that these
    texts do not contain.
    """
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Identity))
            session.execute(delete(Link))
            for name, row in SAYS.items():
                session.merge(row(f"vu {name.lower()}."))
            session.add(Link(case=1, other=2, kind="same_facts", since=today()))
        # The first text occurs only in a follow-up of the reporter.
        texts = ("before its report", *SAYS)
        assert dict.fromkeys(texts, NAMED) == {text: keep_alone(inbox, "chloe", 1, text) for text in texts}
        assert "" == keep_alone(inbox, "chloe", 1, NO_ONE)


def test_an_identity_is_compared_with_the_case_both_by_words_and_by_whole_lines(trio: Trio) -> None:
    """A family name in small letters is found as a word.

    A nickname of short words is found only as a whole line.
    """
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Identity))
            session.add(Note(case=1, position=90, by="alice", day=today(), text="dit le jef, vu quélennec"))
        assert [NAMED, NAMED, ""] == [
            keep_alone(inbox, "chloe", 1, text) for text in (SUSPECT, "le jef", "un jef")
        ]


@pytest.mark.usefixtures("correspondent")
def test_an_officer_who_is_alone_in_the_office_can_record_any_identity(world: World) -> None:
    """The only officer reads every case anyway, and no other officer could confirm."""
    world.office.json("case", "declare", "1")
    with world.office.opened() as inbox:
        with inbox.transaction() as session:
            session.add(Note(case=1, position=1, by="officer", day=today(), text=f"vu {SUSPECT}"))
        for text in (SUSPECT, NAME):
            identities.keep(inbox, alone("officer"), 1, text)
        with inbox.transaction() as session:
            assert f"{SUSPECT}\n{NAME}" == session.get_one(Identity, 1).text


def test_an_identity_is_not_compared_with_linked_cases_that_the_officer_may_not_read(trio: Trio) -> None:
    """The answer is the same as if an excluded or undeclared case did not contain the name."""
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Identity))
            session.execute(delete(Link))
            session.execute(delete(Declaration).filter_by(case=2, officer="chloe"))
            session.add_all(Link(case=1, other=each, kind="same_facts", since=today()) for each in (2, 3))
            said = f"vu {SUSPECT.lower()}"
            session.add_all(
                Note(case=each, position=90, by="alice", day=today(), text=said) for each in (2, 3)
            )
        assert "" == keep_alone(inbox, "bruno", 1, "zibeline-quartz")
        assert NAMED == keep_alone(inbox, "bruno", 1, SUSPECT)
        with inbox.transaction() as session:
            session.execute(delete(Link).filter_by(other=3))
        assert ["", NAMED] == [keep_alone(inbox, name, 1, SUSPECT) for name in ("chloe", "alice")]


def test_oversight_counts_each_recorded_identity(office: Office) -> None:
    with office.opened() as inbox:
        assert 1 == oversight.look(inbox, alone("alice"))["actions"]["keep-identity"]


def test_names_can_be_added_to_an_identity_but_only_redaction_removes_a_name(
    office: Office, tmp_path: Path
) -> None:
    """A new name is added below the old name if there is room. To remove a wrong name, officers redact it."""
    for text, code in (("Somebody Else", 0), ("x" * 7_990, 1)):
        (tmp_path / "other").write_text(text)
        assert code == office.run("case", "identity", "add", "1", "--text-file", tmp_path / "other").code
        assert f"{NAME}\nSomebody Else" == office.json("case", "identity", "show", "1")["identity"]
    (tmp_path / "wrong").write_text("Somebody Else")
    struck = office.run("case", "redact", "--reason", "x", "1", "identity", "--text-file", tmp_path / "wrong")
    assert 0 == struck.code, struck.err
    assert f"{NAME}\n[…]" == office.json("case", "identity", "show", "1")["identity"]


def test_without_consent_only_the_judicial_authority_can_be_told_the_identity(office: Office) -> None:
    """The authority must already have the case.

    Before each disclosure, officers must decide again whether to inform the reporter. A consent is void
    after its withdrawal, or after a name was added to the identity.
    """
    assert [1, 1] == [disclose(office, "consent"), disclose(office, "other", "identity", "--reason", "x")]
    office.json("case", "decide", "1", "not_told", "--reason", "x")
    assert 1 == disclose(office, "judicial", "identity", "--reason", "x")
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    assert [2, 1] == [disclose(office, "judicial", "identity", *more) for more in ([], ["--reason", " "])]
    assert [0, 1] == [disclose(office, "judicial", "identity", "--reason", "x") for _ in range(2)]
    office.json("case", "decide", "1", "not_told", "--reason", "x")
    office.json(*CONSENT)
    assert 0 == disclose(office, "consent")
    assert 1 == disclose(office, "other", "identity", "--reason", "x")
    office.json("case", "decide", "1", "not_told", "--reason", "x")
    office.json("case", "identity", "withdraw", "1")
    assert 1 == disclose(office, "consent")
    office.json(*CONSENT)
    office.json("case", "identity", "add", "1", "--text-file", office.root.parent.parent / "identity")
    assert 1 == disclose(office, "consent")


def test_two_officers_record_a_consent_and_must_name_the_message_that_gives_it(office: Office) -> None:
    """One officer can record a withdrawal alone, so that a withdrawal never has to wait."""
    assert "the reason must name the message in which the reporter consented" in refused(
        office, *CONSENT[:-1], " "
    )
    assert 2 == office.run(*CONSENT[:-2]).code
    with office.unlocked() as opened:
        given = ConsentSaid(today(), reason="the report")
        alone = Actor(opened.present, today())
        with pytest.raises(Locked):
            identities.consent(opened.inbox, alone, 1, given)
        identities.consent(opened.inbox, opened.by_opening(today()), 1, given)
        identities.consent(opened.inbox, alone, 1, ConsentSaid(withdrawn=True))
    noted = [
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "note-consent"
    ]
    assert [("the report", 2), ("", 2)] == [(each["reason"], len(each["officers"])) for each in noted]


def test_a_reporter_who_consented_learns_the_recipient_before_the_identity_is_disclosed(
    office: Office,
) -> None:
    office.json(*CONSENT)
    gives = ("dossier", "disclosure", "add", "1", "--to", "X", "--what", "identity", "--ground", "consent")
    undecided = "before this disclosure, officers must decide whether to inform the reporter"
    assert undecided in refused(office, *gives)
    office.json("message", "reply", "1", "--template", "identity_notice", "--text", "À X.")
    office.json("case", "decide", "1", "told", "--reason", "x")
    office.json(*gives)


LINES = (
    ("case", "measure", "add", "1", "protection_requested", "--reference"),
    ("case", "measure", "add", "1", "prosecutor_word", "--addressee", "M. X", "--restrictions"),
    ("case", "decide", "1", "transmit", "--reason", "r", "--addressee", "Procureur", "--reference"),
)


def test_the_reporter_cannot_be_named_in_a_reference_or_a_restriction(office: Office) -> None:
    """Registers show references and restrictions even to officers who may not read the case.

    The control is a harmless reference.
    """
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    for words in LINES:
        assert "contains words that could identify somebody" in refused(office, *words, f"for {NAME}"), words
        office.json(*words, "26/118")


def test_the_ledger_lists_each_disclosure_with_its_recipient_and_ground_and_officers(office: Office) -> None:
    """The entries are in the order in which they were made.

    Control characters in the name of a recipient are escaped.
    """
    assert [2, 1] == [disclose(office, "other", "report", *more) for more in ([], ["--reason", " "])]
    assert 0 == disclose(office, "other", "report", "--reason", "asked by the auditors")
    words = ("dossier", "disclosure", "add", "1", "--to", "TJ", "--ground", "judicial", "--what")
    said = refused(office, *words, "report")
    assert "case 1: no measure shows that the case is with the prosecutor\nhint: first decide" in said
    assert "inbox case measure add 1 prosecutor_phoned|judicial_investigation\n" in said
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json(
        "dossier",
        "disclosure",
        "add",
        "1",
        "--to",
        "TJ\x1b[2J Brest",
        "--what",
        "report",
        "--ground",
        "judicial",
    )
    rows = office.json("dossier", "disclosure", "list", "1")["disclosures"]
    assert [("X", "other"), ("TJ\x1b[2J Brest", "judicial")] == [
        (row["recipient"], row["ground"]) for row in rows[1:]
    ]
    assert {"alice, chloe"} == {row["by"] for row in rows[1:]}
    said = office.run("dossier", "disclosure", "list", "1").out
    assert "TJ<U+001B>[2J Brest" in said
    assert "\x1b" not in said


def test_one_officer_alone_can_disclose_a_report_but_not_an_identity(office: Office) -> None:
    """In the journal, the disclosure of an identity is a separate action."""
    office.json(*CONSENT)
    office.json("case", "decide", "1", "not_told", "--reason", "x")
    identity, report = (Given("X", what, Ground.CONSENT) for what in (What.IDENTITY, What.REPORT))
    with office.unlocked() as opened:
        alone, both = Actor(opened.present, today()), opened.by_opening(today())
        with pytest.raises(Locked):
            disclosures.disclose(opened.inbox, alone, 1, identity)
        disclosures.disclose(opened.inbox, alone, 1, report)
        disclosures.disclose(opened.inbox, both, 1, identity)
    noted = [each["action"] for each in office.json("journal", "list")["entries"] if not each["withheld"]]
    assert ["disclose", "disclose-identity"] == [each for each in noted if each.startswith("disclose")]


def test_the_ledger_translates_codes_but_not_the_words_that_officers_typed() -> None:
    """The words of an officer are shown unchanged even if they are the same as a code."""
    for recipient, what, said in (
        ("report", "report", ("report", "The report")),
        ("letter", "a list", ("letter", "a list")),
        ("person-concerned", "access-answer", ("The person concerned", "Answer to an access request")),
    ):
        row = Disclosure(case=1, position=1, day=today(), by="", recipient=recipient, what=what, ground="")
        assert said == disclosures.said(row, "en")


def test_a_recipient_with_the_longest_allowed_name_is_accepted(office: Office) -> None:
    longest = "x" * disclosures.LONGEST
    words = ("dossier", "disclosure", "add", "1", "--what", "report", "--ground", "consent", "--to")
    office.json(*words, longest)
    assert longest == office.json("dossier", "disclosure", "list", "1")["disclosures"][-1]["recipient"]


@pytest.mark.parametrize("recipient", ["", "  ", "x" * 201])
def test_an_empty_or_too_long_recipient_is_refused(office: Office, recipient: str) -> None:
    before = office.state()
    words = ("dossier", "disclosure", "add", "1", "--what", "report", "--ground", "consent", "--to")
    assert "must have 1 to 200 characters" in refused(office, *words, recipient)
    assert before == office.state()


@pytest.mark.usefixtures("correspondent")
def test_an_identity_of_8000_characters_is_accepted(world: World) -> None:
    world.office.json("case", "declare", "1")
    with world.office.opened() as inbox:
        identities.keep(inbox, alone("officer"), 1, "x" * 8_000)


def test_two_officers_together_can_record_a_person_named_in_the_case(trio: Trio) -> None:
    """In an inbox of three officers, the third officer need not confirm."""
    with trio.others.unlocked() as opened:
        with opened.inbox.transaction() as session:
            session.execute(delete(Identity))
            session.add(Note(case=1, position=90, by="alice", day=today(), text=f"vu {SUSPECT}"))
        assert NAMED == keep_alone(opened.inbox, "chloe", 1, SUSPECT)
        identities.keep(opened.inbox, opened.by_opening(today()), 1, SUSPECT)
        with opened.inbox.transaction() as session:
            assert SUSPECT == session.get_one(Identity, 1).text


@pytest.mark.parametrize(
    ("what", "ground", "is_sent"),
    [
        (What.REPORT, Ground.JUDICIAL, False),
        (What.OTHER, Ground.JUDICIAL, False),
        (Unasked.LETTER, Ground.OTHER, False),
        (Unasked.LETTER, Ground.CONSENT, False),
        (Unasked.LETTER, Ground.JUDICIAL, True),
    ],
)
def test_only_a_letter_to_the_courts_shows_that_a_transmission_was_sent(
    opened_trio: Inbox, *, what: str, ground: Ground, is_sent: bool
) -> None:
    """Entries that officers write by hand do not count, and neither does a letter to somebody else."""
    entry = Disclosure(
        case=1, position=90, day=today(), by="alice", recipient="X", what=what, ground=ground.value
    )
    with undone(opened_trio) as session:
        kind = in_use.of(session).measure(MeasureRole.TRANSMISSION)
        session.add(Measure(case=1, position=90, kind=kind, day=today(), recorded=today()))
        assert [1] == disclosures.transmitted_unsent(session)
        session.add(entry)
        assert ([] if is_sent else [1]) == disclosures.transmitted_unsent(session)
        assert ({1} if is_sent else set()) == disclosures.sent_to_prosecutor(session)
