"""Officers who may not read a case cannot learn whom it mentions by trying one name after another."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.access import identities, named
from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines.obstacles import Obstacle
from inbox.language.errors import Locked
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import AccessRequest, Declaration, Note, Workflow
from inbox.vault.tables import Case
from tests.support.gate import crossed
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    World,
    answering,
    first,
    today,
)
from tests.support.inbox_trio import undone
from tests.support.inbox_visas import agree

NAME, OTHER = "Firmin Quélennec", "Erwan Le Bihan"
# This person has the same family name as the person above.
ALIKE = "Soizic Quélennec"
NAMES = ("alice", "bruno")


@pytest.fixture(scope="module")
def founded_tried(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two officers, and a case that they have read. The case names a person."""
    folder = tmp_path_factory.mktemp("tried")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    sent = first(Reporter(world), text=f"{NAME} a loué son badge.", edit=answering(who_id=NAME, protect=NAME))
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    office.json("case", "declare", "1")
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "tag", "add", "1", NAME.split(maxsplit=1)[0])
    office.settle(1)
    office.tell_no_prosecutor(1)
    return office


def _quarantined(session: Session) -> None:
    session.get_one(Workflow, 1).quarantined = today()


def _archived(session: Session) -> None:
    session.get_one(Workflow, 1).archive_from = today()


def _undeclared(session: Session) -> None:
    session.execute(delete(Declaration).filter_by(officer="alice"))


def _end(session: Session) -> None:
    """Make the case ready to be destroyed, except that the visa is missing."""
    work, case = session.get_one(Workflow, 1), session.get_one(Case, 1)
    work.waits, work.closed = False, today() - timedelta(5_000)
    work.outcome, work.disclosure = "out_of_scope", "withheld"
    case.status, case.withdrawn = "closed", True


STATES: Mapping[str, Callable[[Session], None]] = {
    "quarantined": _quarantined,
    "archived": _archived,
    "undeclared": _undeclared,
}
RECORD = ["request", "add", "--received", today().isoformat(), "--way", "letter", "--person", "NAME"]
NO_TRANSMISSION = ["case", "decide", "1", "no_transmission", "--reason", "x"]
# In these commands, NAME stands for a name from the case or for another name. If the officers may read the
# case, the last command of each list gives a different answer for each name.
OPEN = {
    "nobody": [RECORD, ["case", "decide", "1", "not_needed", "--reason", "x"]],
    "reply": [["message", "reply", "1", "--text", "C'est NAME."]],
    "reason": [["message", "reply", "1", "--text", "Merci.", "--despite-warning", "NAME"]],
    "end": [["case", "close", "1", "moot", "--disclosure", "full", "--text", "C'est NAME."]],
    "measure": [["case", "measure", "add", "1", "protection_offered", "--addressee", "NAME"]],
    "goods": [["case", "measure", "add", "1", "dnred_informed", "--text", "Dit NAME."]],
    "transmission": [["case", "decide", "1", "transmit", "--addressee", "NAME", "--reason", "x"]],
    "ledger": [
        ["dossier", "disclosure", "add", "1", "--to", "NAME", "--what", "report", "--ground", "consent"]
    ],
    "tag": [["case", "tag", "remove", "1", "FIRST"]],
    "tag of many": [["queue", "tag", "1", "--remove", "FIRST"]],
}
ENDED = {
    "retention": [RECORD, ["retention", "list", "--json"]],
    "visa": [RECORD, ["retention", "visa", "request", "1", "--out", "OUT"]],
    "visa of all": [RECORD, ["retention", "visa", "request", "--out", "OUT"]],
}
WITH_VISA = {
    "destruction": [RECORD, ["retention", "destroy", "1"]],
    "all that is due": [RECORD, ["retention", "destroy", "--due"]],
}
WAYS = OPEN | ENDED | WITH_VISA


def _said(office: Office, way: str, name: str) -> list[tuple[int, str, str]]:
    """Return the output of these commands with placeholders for names and paths."""
    put = {"NAME": name, "FIRST": name.split(maxsplit=1)[0], "OUT": str(office.out)}
    found = []
    for words in WAYS[way]:
        each = office.run(*[put.get(word, word.replace("NAME", name)) for word in words])
        out, err = each.out, each.err
        for code, value in put.items():
            out, err = out.replace(value, code), err.replace(value, code)
        found.append((each.code, out, err))
    return found


def _room(office: Office, folder: Path, way: str, *change: Callable[[Session], None]) -> Office:
    made = office.copy(folder)
    with made.opened() as inbox, inbox.transaction() as session:
        for each in [*([] if way in OPEN else [_end]), *([agree] if way in WITH_VISA else []), *change]:
            each(session)
    return made


@pytest.mark.parametrize(("way", "state"), crossed(WAYS, STATES))
def test_the_answer_about_an_unreadable_case_does_not_depend_on_the_name_given(
    founded_tried: Office, tmp_path: Path, way: str, state: str
) -> None:
    """The control: if all signed-in officers may read the case, the answers differ."""
    tried = (NAME, OTHER, ALIKE) if RECORD in WAYS[way] else (NAME, OTHER)
    first_told, *told = [
        _said(_room(founded_tried, tmp_path / state / name, way, STATES[state]), way, name) for name in tried
    ]
    assert [first_told] * len(told) == told
    read = [_said(_room(founded_tried, tmp_path / "read" / name, way), way, name) for name in (NAME, OTHER)]
    assert read[0] != read[1]


def test_in_an_office_of_two_neither_officer_alone_can_record_a_person_named_in_the_case(
    founded_tried: Office, tmp_path: Path
) -> None:
    """The person would be recorded as the reporter.

    One officer can record a name that the case does not contain.
    """
    alone = Actor({"alice": Presence.OWN}, today())
    with founded_tried.copy(tmp_path / "room").opened() as inbox:
        with pytest.raises(Locked):
            identities.keep(inbox, alone, 1, NAME)
        identities.keep(inbox, alone, 1, OTHER)


def test_an_access_request_searches_only_the_notes_of_declared_cases(opened_trio: Inbox) -> None:
    """If one signed-in officer has not declared a case, that case counts as not searched."""
    with undone(opened_trio, ("alice", "chloe")) as session:
        session.add_all(
            Note(case=number, position=90, by="alice", day=today(), text=f"vu {NAME}") for number in (1, 2)
        )
        session.execute(delete(Declaration).filter_by(case=2, officer="chloe"))
        days = dict.fromkeys(("received", "earliest", "due"), today())
        found = named.find(session, AccessRequest(n=9, way="letter", names=NAME, **days))
        assert ((1,), (), 1) == (found.cases, found.maybe, found.not_looked_at)


@pytest.mark.parametrize("state", STATES)
def test_an_unreadable_case_is_not_destroyed_while_any_access_request_is_open(
    founded_tried: Office, tmp_path: Path, state: str
) -> None:
    """Nobody can check which persons are named in the unreadable case.

    The control is a readable case that names somebody else.
    """

    def waits(name: str, change: Callable[[Session], None]) -> list[bool]:
        office = _room(founded_tried, tmp_path / name, "destruction", change)
        found = []
        for words in ([], [word.replace("NAME", OTHER) for word in RECORD]):
            if words:
                office.json(*words)
            with office.unlocked() as opened:
                asked = opened.inbox.vault.transaction(opened.officers, quarantine=True)
                with asked as session:
                    stand = exits.obstacles(session, 1, Asked(way=Exit.DESTROY, today=today()))
            found.append(Obstacle.REQUEST in stand)
        return found

    assert [False, True] == waits("shut", STATES[state])
    assert [False, False] == waits("read", lambda _: None)
