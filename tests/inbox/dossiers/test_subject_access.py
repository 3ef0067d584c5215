"""The answer to an access request does not warn the person too early and does not reveal the reporter."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete

from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines import workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.language import days
from inbox.system import clock
from inbox.vault import fulltext, row_security
from inbox.vault.casework_tables import Declaration, Duty, Note, Workflow
from inbox.vault.tables import Case
from tests.support import dossier_room as room_of
from tests.support.desk_room import TOKEN, sitting
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Said,
    Sent,
    World,
    answering,
    drop,
    first,
    passphrase_of,
    today,
)
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_visas import agree
from tests.support.laws import FRENCH

NAME = "Firmin Quélennec"
# The periods that French law sets.
EARLIEST, WITHIN = timedelta(25), relativedelta(months=1)
TEXT = (
    f"J'étais de garde avec Ondine. {NAME.upper()} a loué son badge à un inconnu au Havre le 3 mars à 14h30 !"
    f" Personne d'autre ne le sait.\n{NAME} boit."
)
SECRET = "Je suis la voisine du dessus"
IDENTITY = "Maëlle Kerguelen, grutière"
# The text of an answer. No report contains the words of this text.
OWN = f"Il est dit que {NAME} aurait cédé contre de l'argent un moyen d'entrer."
NAMES = ("alice", "bruno", "chloe")


@pytest.fixture(scope="module")
def founded_access(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three cases that name a person, and a fourth case that does not.

    This person made request 1, and somebody else made request 2.
    """
    folder = tmp_path_factory.mktemp("access")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    told = answering(protect=SECRET, who_id=f"{NAME}, docker")
    said = ((TEXT, told), (f"Encore {NAME}, dit-on", None), ("Voyez la note", None), ("Rien", None))
    for text, edit in said:
        bundle = portal.bundle(first(Reporter(world), text=text, edit=edit))
        office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    for pair in (NAMES[:2], NAMES[1:]):
        office.of(*pair).json("case", "declare", "1", "2", "3", "4")
    office.json("case", "note", "3", "--text", f"C'est {NAME}, selon l'enquête.")
    for name in (NAME, "Erwan Le Bihan"):
        office.json(*record(name))
    return office


def record(name: str, since: int = 0) -> list[str]:
    """Return the command that records a request received this many days ago."""
    came = (today() - timedelta(since)).isoformat()
    return ["request", "add", "--person", name, "--received", came, "--way", "letter"]


@pytest.fixture
def office(founded_access: Office, tmp_path: Path) -> Office:
    return founded_access.copy(tmp_path / "own")


@pytest.fixture
def ripe(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that shows the first day on which requests can be answered."""
    made = moved(monkeypatch)
    made.wait(EARLIEST.days)
    return made


def inform(office: Office, *numbers: str) -> None:
    """Record that officers inform the persons of these cases and do not inform the prosecutor."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        for number in map(int, numbers or ("1", "2", "3")):
            duty = session.get_one(Duty, (number, "art14"))
            duty.decided, duty.decision = clock.today(), "informed"
            told = Duty(case=number, kind="art40", known=clock.today(), due=clock.today())
            told.decided, told.decision = clock.today(), "no_transmission"
            session.merge(told)
            workflow.keep_in_step(session, number)


def answer(office: Office, text: str | None = None, *options: str, request: str = "1") -> Said:
    """Answer a request. Write the letter to a file named after the number of the request."""
    words = ["request", "answer", request, "--out", str(office.out / request), *options]
    if text is not None:
        (office.out.parent / "text").write_text(text)
        words += ["--text-file", str(office.out.parent / "text")]
    return office.run(*words)


def seen(office: Office, request: str = "1") -> dict[int, Any]:
    """Return what the signed-in officers see of the cases of a request."""
    return {each["case"]: each for each in office.json("request", "show", request)["cases"]}


def not_printed(pages: str, *texts: str) -> list[str]:
    """Return each word of these texts that is missing from the pages."""
    printed = set(pages.split())
    return [word for text in texts for word in text.split() if word not in printed]


def letter(office: Office, request: str = "1") -> bytes:
    """Return the file with the letter to the person."""
    return (office.out / request).read_bytes()


def test_a_request_finds_the_name_of_the_person_in_every_text_of_a_case(office: Office) -> None:
    """Answers, messages and notes are searched.

    Officers can view the passages about the person separately. The journal records that officers viewed
    passages.
    """
    assert [1, 2, 3] == [*seen(office)]
    assert {} == seen(office, "2")
    said = office.json("request", "passages", "1", "--request", "1")["passages"]
    assert [f"{NAME} boit.", f"{NAME}, docker"] == said[1:]
    assert "Ondine" not in str(said)
    (*_, entry) = office.json("journal", "list")["entries"][:-1]
    assert ("show", 1, {"view": "access"}) == (entry["action"], entry["case"], entry["values"])
    assert 1 == office.run("request", "passages", "9", "--request", "1").code


def waits(office: Office, number: int) -> bool:
    """Return whether an unanswered request prevents the destruction of a case."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        return Obstacle.REQUEST in exits.obstacles(session, number, Asked(way=Exit.DESTROY, today=today()))


def to_do(office: Office, number: int) -> str:
    """Return the hint about the request, as it is shown to officers who may read the case."""
    with office.unlocked() as opened, opened.inbox.vault.transaction(opened.officers) as session:
        return str(exits.what_to_do(session, number, Obstacle.REQUEST, Exit.DESTROY))


# Recording that a case is about a namesake takes two officers, because the answer then omits the case.
BY_TWO = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}


@pytest.mark.usefixtures("ripe")
def test_a_case_with_only_the_family_name_matches_a_request_until_officers_record_that_it_concerns_a_namesake(
    office: Office,
) -> None:
    """Officers must give a reason.

    The case matches again if officers record that it is the same person, or if it contains the full name.
    """
    inform(office, "1", "2", "3", "4")
    office.json("case", "note", "4", "--text", "Un quelennec, dit-on, était au quai.")
    assert ([1, 2, 3], True) == ([*seen(office)], waits(office, 4))
    namesake = "inbox request namesake 4 --request 1 "
    assert (True, False) == (namesake in to_do(office, 4), "namesake" in to_do(office, 1))
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration).filter_by(case=4, officer=NAMES[0]))
    assert "namesake" not in to_do(office, 4)
    office.json("case", "declare", "4")
    assert [4] == office.json("request", "show", "1")["maybe"]
    assert "may name the person, because they contain the family name: 4" in answer(office, OWN).err
    assert ["Un quelennec, dit-on, était au quai."] == office.json(
        "request", "passages", "4", "--request", "1"
    )["passages"]
    judge = ["request", "namesake", "4", "--request", "1"]
    assert 2 == office.run(*judge).code
    said = office.run("request", "namesake", "1", "--request", "1", "--reason", "x")
    assert (1, True) == (said.code, "contains the family name without a first name" in said.err)
    with sitting(office) as client:
        assert "Cases that may name this person" in client.page("/en/access/1")
        form = {"case": "4", "reason": "a cousin"}
        assert [401, 303] == [
            client.send("/en/access/1/namesake", **form, **more).status_code for more in ({}, BY_TWO)
        ]
    assert ([], False) == (office.json("request", "show", "1")["maybe"], waits(office, 4))
    (noted,) = [e for e in office.json("journal", "list")["entries"] if e.get("action") == "judge-name"]
    assert (4, "a cousin", {}) == (noted["case"], noted["reason"], noted["values"])
    office.json("request", "same-person", *judge[2:], "--reason", "asked the chief")
    assert ([1, 2, 3, 4], True) == ([*seen(office)], waits(office, 4))
    office.json(*judge, "--reason", "the cousin")
    assert not waits(office, 4)
    office.json("case", "note", "4", "--text", f"Non : {NAME}.")
    assert ([1, 2, 3, 4], True) == ([*seen(office)], waits(office, 4))


@pytest.mark.usefixtures("ripe")
def test_an_answer_contains_only_what_officers_wrote_and_the_text_of_the_law(office: Office) -> None:
    """An answer has no passage, no day, no case number, and no mention of the right to object."""
    inform(office)
    assert 0 == answer(office, OWN).code
    pages = room_of.printed(letter(office))
    for word in (NAME, "moyen d'entrer", "rectifiées"):
        assert word in pages
    assert [] == not_printed(pages, FRENCH.access.law.fr, FRENCH.access.told.fr)
    for word in ("Ondine", "3 mars", "14h30", "loué", "docker", "Havre", "opposer", "voisine", "Encore"):
        assert word not in pages
    for number in ("1", "2", "3"):
        rows = office.json("dossier", "disclosure", "list", number)["disclosures"]
        assert [("person-concerned", "access-answer")] == [(row["recipient"], row["what"]) for row in rows]
    assert [] == office.json("dossier", "disclosure", "list", "4")["disclosures"]
    assert {1: True, 2: True, 3: True} == {number: each["given"] for number, each in seen(office).items()}


def transmit(office: Office) -> None:
    office.json(
        "case", "decide", "2", "transmit", "--addressee", "P", "--reference", "R", "--reason", "drill"
    )


def measure(kind: str) -> Any:
    return lambda office: office.json("case", "measure", "add", "2", kind)


def severe(office: Office) -> None:
    never_asked(office)
    office.json("case", "set-score", "2", "--severity", "3", "--reason", "drill")


def never_asked(office: Office, duty: str = "art40") -> None:
    """Delete the duty to decide about the prosecutor in case 2.

    The case is then like a case that nobody has scored.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Duty, (2, duty)))


def never_asked_of_persons(office: Office) -> None:
    """Delete the duty to inform the persons concerned in case 2, as if the law did not have it."""
    never_asked(office, "art14")


def put_off(office: Office) -> None:
    until = (today() + timedelta(60)).isoformat()
    office.json("case", "decide", "2", "defer", "--until", until, "--reason", "drill")


def investigated(office: Office) -> None:
    measure("judicial_investigation")(office)
    office.json("case", "decide", "2", "no_transmission", "--reason", "the prosecutor has it already")


# For each case: an obstacle, how it arises after the persons were informed, and the command that lifts it.
UNOPPOSED = (
    "request",
    "unopposed",
    "2",
    "--request",
    "1",
    "--day",
    "DAY",
    "--reference",
    "TJ, par téléphone",
)
DECIDE = ("case", "decide", "2", "informed", "--reason", "drill")
NO_TRANSMISSION = ("case", "decide", "2", "no_transmission", "--reason", "drill")
WAYS: dict[str, tuple[Obstacle, Any, tuple[str, ...] | None]] = {
    "put off": (Obstacle.PUT_OFF, put_off, DECIDE),
    "undecided, art. 40": (Obstacle.PROSECUTOR, severe, NO_TRANSMISSION),
    "art. 40 never asked": (Obstacle.PROSECUTOR, never_asked, NO_TRANSMISSION),
    "art. 14 never asked": (Obstacle.PERSONS, never_asked_of_persons, DECIDE),
    "transmitted": (Obstacle.PROCEEDINGS, transmit, UNOPPOSED),
    "investigation": (Obstacle.PROCEEDINGS, investigated, UNOPPOSED),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_obstacle_in_one_case_prevents_any_answer_with_data(office: Office, ripe: Clock, way: str) -> None:
    """The refusal names the obstacle and the case. Nothing changes."""
    what, put, lifted = WAYS[way]
    inform(office)
    assert [[], [], []] == [each["obstacles"] for each in seen(office).values()]
    if what is not Obstacle.PROSECUTOR:
        office.json("case", "set-source-risk", "2", "low", "--reason", "drill")
    put(office)
    assert [[], [what], []] == [each["obstacles"] for each in seen(office).values()]
    before = office.state()
    said = answer(office, OWN, "--despite-warning", "drill")
    assert (1, True) == (said.code, "case 2: " in said.err)
    if lifted == DECIDE:
        hint = "inbox case decide 2 informed --reason TEXT"
        assert hint in said.err, "the hint must not offer not_needed, which is refused during a request"
    assert (before, []) == (office.state(), [*office.out.iterdir()])
    assert lifted
    office.json(*[ripe.day.isoformat() if word == "DAY" else word for word in lifted])
    assert [] == seen(office)[2]["obstacles"]
    assert 0 == answer(office, OWN).code


@pytest.mark.usefixtures("ripe")
def test_a_request_also_finds_a_case_that_is_linked_as_being_about_the_same_person(office: Office) -> None:
    """The linked case does not have to contain the name.

    While the prosecutor has the linked case, the other case cannot be disclosed either.
    """
    inform(office)
    office.json("case", "link", "add", "4", "2", "same_person")
    assert [4] == office.json("request", "show", "1")["maybe"]
    assert [[], [], []] == [each["obstacles"] for each in seen(office).values()]
    office.json("case", "set-source-risk", "4", "low", "--reason", "drill")
    office.json("case", "measure", "add", "4", "judicial_investigation")
    assert [[], [Obstacle.PROCEEDINGS], []] == [each["obstacles"] for each in seen(office).values()]
    assert 1 == answer(office, OWN, "--despite-warning", "drill").code
    office.json("request", "same-person", "4", "--request", "1", "--reason", "drill")
    assert 4 in seen(office)


@pytest.mark.parametrize("way", ["in full", "by the family name"])
def test_a_request_reopens_the_decision_if_it_says_that_the_case_names_nobody(
    office: Office, way: str
) -> None:
    """If the case has only the family name, officers must first record that it is the same person."""
    number = 2 if way == "in full" else 4
    inform(office, "1", "2", "3", "4")
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(
            Duty, (number, "art14")
        ).decision = "not_needed"  # the decision was made before the request
    if way != "in full":
        office.json("case", "note", "4", "--text", "Un quelennec, dit-on, était au quai.")
        assert 4 not in seen(office)
        assert "not_needed" == informing(office, 4)
        office.json("request", "same-person", "4", "--request", "1", "--reason", "drill")
        assert "" == informing(office, 4)
    assert Obstacle.PERSONS in seen(office)[number]["obstacles"]
    assert ["", "informed"] == [informing(office, number), informing(office, 1)]


def informing(office: Office, number: int) -> str:
    """Return the decision whether to inform the persons of a case, or "" if it is pending."""
    return next(
        row["decision"]
        for row in office.json("case", "show", str(number))["work"]["duties"]
        if row["duty"] == "art14"
    )


def test_while_a_request_may_concern_a_case_officers_cannot_decide_that_the_case_names_nobody(
    office: Office,
) -> None:
    """Officers can defer the decision, or decide that the persons are informed."""
    nobody = ("case", "decide", "2", "not_needed", "--reason", "drill")
    before = office.state()
    assert "case 2 names, or may name, somebody who has made" in office.run(*nobody).err
    assert before == office.state()
    put_off(office)


def test_a_prosecutor_who_did_not_object_must_be_asked_again_about_later_proceedings(
    office: Office, ripe: Clock
) -> None:
    """Before any proceedings begin, officers cannot record that the prosecutor does not object."""
    inform(office)
    office.json("case", "set-source-risk", "2", "low", "--reason", "drill")
    word = [ripe.day.isoformat() if each == "DAY" else each for each in UNOPPOSED]
    assert "case 2 has no pending judicial proceedings" in office.run(*word).err
    for put in (transmit, measure("judicial_investigation")):
        put(office)
        assert [Obstacle.PROCEEDINGS] == seen(office)[2]["obstacles"]
        assert 1 == answer(office, OWN, "--despite-warning", "drill").code
        office.json(*word)
        assert [] == seen(office)[2]["obstacles"]
    assert 0 == answer(office, OWN).code


def test_a_later_restriction_by_the_prosecutor_again_prevents_the_answer(office: Office, ripe: Clock) -> None:
    """If the prosecutor later answers without restrictions, the request can still be answered.

    The request shows who did not object, on which day, and which officers recorded it.
    """
    inform(office)
    office.json("case", "set-source-risk", "2", "low", "--reason", "drill")
    transmit(office)
    word = [ripe.day.isoformat() if each == "DAY" else each for each in UNOPPOSED]
    office.json(*word)
    says = ("case", "measure", "add", "2", "prosecutor_word", "--addressee", "Mme A")
    office.json(*says)
    assert [] == seen(office)[2]["obstacles"]
    recorded = f"did not object on {ripe.day} (TJ, par téléphone; recorded by alice, bruno)"
    assert recorded in office.run("request", "show", "1").out
    office.json(*says, "--restrictions", "ne rien lui dire")
    assert ([Obstacle.PROCEEDINGS], None) == (seen(office)[2]["obstacles"], seen(office)[2]["unopposed"])
    assert 1 == answer(office, OWN, "--despite-warning", "drill").code
    office.json(*word)
    assert [] == seen(office)[2]["obstacles"]
    office.json("case", "measure", "add", "2", "final_decision")
    office.json(*says, "--restrictions", "ne rien lui dire")
    assert [Obstacle.PROCEEDINGS] == seen(office)[2]["obstacles"]
    office.json(*word)
    assert 0 == answer(office, OWN).code


@pytest.mark.usefixtures("ripe")
def test_before_an_answer_with_data_officers_must_decide_whether_to_inform_the_persons(
    office: Office,
) -> None:
    """Case 3 needs the decision too, although only a note in this case contains the name."""
    inform(office, "1", "2")
    office.json("case", "decide", "3", "no_transmission", "--reason", "drill")
    assert [[], [], [Obstacle.PERSONS]] == [each["obstacles"] for each in seen(office).values()]
    assert (
        "case 3: it has not been decided whether to inform the persons concerned" in answer(office, OWN).err
    )
    inform(office, "3")
    assert 0 == answer(office, OWN).code


def test_a_decision_to_inform_the_persons_is_pending_again_on_the_day_until_which_it_was_deferred(
    office: Office, ripe: Clock
) -> None:
    inform(office, "1", "3")
    office.json(*NO_TRANSMISSION)
    until = (ripe.day + timedelta(1)).isoformat()
    office.json("case", "decide", "2", "defer", "--until", until, "--reason", "drill")
    assert [Obstacle.PUT_OFF] == seen(office)[2]["obstacles"]
    assert f"is put off until {until}" in office.run("request", "show", "1").out
    ripe.wait(1)
    assert [Obstacle.PERSONS] == seen(office)[2]["obstacles"]


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize("kind", ["suspension", "disciplinary_opened"])
def test_data_in_proceedings_are_disclosed_only_to_a_person_who_was_informed_of_the_proceedings(
    office: Office, kind: str
) -> None:
    """Without this rule, a person who does not know of the proceedings could learn of them.

    A decision that nobody has to be informed does not allow the disclosure.
    """
    inform(office)
    office.json("case", "set-source-risk", "2", "low", "--reason", "drill")
    office.json("case", "measure", "add", "2", kind)
    assert [] == seen(office)[2]["obstacles"]
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(
            Duty, (2, "art14")
        ).decision = "not_needed"  # the decision was made before the request
    assert [Obstacle.PROCEEDINGS, Obstacle.PERSONS] == seen(office)[2]["obstacles"]
    assert 1 == answer(office, OWN).code


@pytest.mark.parametrize(
    ("case", "day", "reference"),
    [
        ("4", 0, "R"),
        ("9", 0, "R"),
        ("2", 1, "R"),
        ("2", -1 - EARLIEST.days, "R"),
        ("2", 0, " "),
        ("2", 0, "x" * 201),
    ],
)
def test_recording_that_the_prosecutor_does_not_object_is_refused_if_a_detail_is_invalid(
    office: Office, ripe: Clock, case: str, day: int, reference: str
) -> None:
    """For example, the day is in the future or before the request, or there is no reference.

    In two other examples, the case does not name the person or does not exist.
    """
    before = office.state()
    said = (ripe.day + timedelta(day)).isoformat()
    asked = office.run(
        "request", "unopposed", case, "--request", "1", "--day", said, "--reference", reference
    )
    assert (1, before) == (asked.code, office.state())


@pytest.mark.usefixtures("ripe")
def test_the_letter_is_the_same_whether_access_is_refused_or_no_data_are_held(
    office: Office, tmp_path: Path
) -> None:
    """Letters with the same name in them are equal byte for byte."""
    assert {} != seen(office)
    assert 0 == answer(office).code
    refused = office.out / "1"
    (tmp_path / "other").mkdir()
    other = Office.found_by(tmp_path / "other", NAMES, 2)
    other.json(*record(NAME))
    assert {} == seen(other)
    assert 0 == answer(other).code
    assert refused.read_bytes() == letter(other)
    pages = room_of.printed(letter(other))
    assert "ni le confirmer ni" in pages
    assert [] == not_printed(pages, FRENCH.access.law.fr, FRENCH.access.neither.fr)
    assert "opposer" not in pages


def to_answer(page: str) -> list[int]:
    """Return the numbers of the requests that the page lists as ready to be answered."""
    told = page.partition('id="ripe"')[2].partition("</section>")[0]
    return [int(each) for each in re.findall(r"/access/(\d+)", told)]


def test_all_letters_that_are_sent_in_time_have_the_same_date(
    office: Office, ripe: Clock, tmp_path: Path
) -> None:
    """The real date would reveal a refusal, because a refusal takes longer than an answer without data.

    On the first day for an answer, the first page of the desk lists all requests that can be answered.
    """
    (tmp_path / "other").mkdir()
    other = Office.found_by(tmp_path / "other", NAMES, 2)
    other.json(*record(NAME))
    assert 0 == answer(other).code
    with sitting(office) as client:
        assert [1, 2] == to_answer(client.page("/fr/today"))
    due = today() + WITHIN
    ripe.day = due
    assert 0 == answer(office).code
    assert letter(office) == letter(other)
    ripe.wait(1)
    assert 0 == answer(office, request="2").code
    late = " ".join(room_of.printed(letter(office, "2")).split())
    assert days.long("fr", due) in late


def test_no_request_is_answered_before_a_fixed_day_whatever_its_search_finds(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that day, the refusal is always the same. A different error would reveal that data are held."""
    clock = moved(monkeypatch)
    inform(office)
    clock.wait(EARLIEST.days - 1)
    before = office.state()
    told = {
        answer(office, text, request=request).err.replace(f"request {request}", "request")
        for request, text in (("1", None), ("2", None), ("1", OWN), ("1", TEXT), ("2", OWN))
    }
    assert 1 == len(told)
    assert f"can be answered from {clock.day + timedelta(1)} on" in told.pop()
    assert (before, []) == (office.state(), [*office.out.iterdir()])
    clock.wait(1)
    assert 0 == answer(office, OWN).code
    assert 0 == answer(office, request="2").code


@pytest.mark.slow
@pytest.mark.long
def test_an_excluded_officer_cannot_find_out_whether_data_about_the_person_are_held(
    founded_three: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In three inboxes, bruno is excluded from the only case that names the person.

    In two inboxes, no case names the person. The test compares what bruno sees before and after the answer:
    the request, the register, the journal, and oversight. The control: alice and chloe see a difference.
    """
    clock = moved(monkeypatch)
    views = []
    for name, text, answered_by in (
        ("refused by others", NAME, ("alice", "chloe")),
        ("told by others", NAME, ("alice", "chloe")),
        ("answered by the excluded", NAME, ("alice", "bruno")),
        ("nothing held", "personne", ("alice", "chloe")),
        ("nothing held, by bruno", "personne", ("alice", "bruno")),
    ):
        folder = tmp_path / name
        folder.mkdir()
        kept = founded_three.copy(folder).of("alice", "chloe")
        world = World(kept)
        portal = Portal(world, folder / "medium")
        bundle = portal.bundle(first(Reporter(world), text=f"C'est {text}."))
        kept.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
        kept.json("case", "declare", "1")
        (folder / "identity").write_text(
            IDENTITY
        )  # the text and reason of the answer are compared with the identity
        kept.json("case", "identity", "add", "1", "--text-file", folder / "identity")
        kept.json("access", "conflict", "add", "1", "bruno", "--reason", "drill")
        until = ["--until", (clock.day + timedelta(60)).isoformat()]
        choice = ["informed"] if name == "told by others" else ["defer", *until]
        kept.json("case", "decide", "1", "no_transmission", "--reason", "drill")
        kept.json("case", "decide", "1", *choice, "--reason", "drill")
        kept.json(*record(NAME))
        acting = kept.of(*answered_by)
        views.append(_by_bruno(kept, acting, clock, OWN if name == "told by others" else None))
    refused, told, by_bruno, nothing, nothing_by_bruno = views
    assert refused["others"] != nothing["others"]
    assert told["others"] != refused["others"]
    assert refused["bruno"] == told["bruno"] == nothing["bruno"]
    assert by_bruno["bruno"] == nothing_by_bruno["bruno"]
    assert refused["letter"] == nothing["letter"] == by_bruno["letter"]


def _by_bruno(kept: Office, acting: Office, clock: Clock, text: str | None) -> dict[str, Any]:
    """Return what bruno sees before and after the answer to a request, and what the other officers see."""
    bruno, began = kept.of("bruno", "chloe"), clock.day
    head = kept.json("journal", "verify")["head"]["n"]
    commands = [
        ["request", "show", "1"],
        ["request", "list"],
        ["queue", "list"],
        ["office", "oversight"],
        ["access", "conflict", "list"],
        ["journal", "list", "--from", str(head + 1)],
    ]
    said, pages = [bruno.run(*words) for words in commands], _pages(bruno)
    clock.wait(EARLIEST.days)
    assert "bruno" not in acting.present or {} == seen(acting)
    assert 0 == acting.run("request", "show", "1").code
    assert 0 == answer(acting, text, "--despite-warning" if text else "--reason", "drill").code
    grown = kept.json("journal", "verify")["head"]["n"] - head
    said += [bruno.run(*words) for words in commands]
    pages += _pages(bruno)
    # The fingerprint of the journal differs in each inbox.
    plain = [(each.code, each.out.partition("journal: ")[0], each.err) for each in said]
    found: dict[str, Any] = {"bruno": [plain, pages, grown], "others": seen(kept)}
    found["letter"] = (kept.out / "1").read_bytes()
    clock.day = began
    return found


def _pages(office: Office) -> list[str]:
    """Return the pages of the desk that could show a request, without random values."""
    with sitting(office) as client:
        paths = ["/today", "/", "/access", "/access/1", "/oversight", "/retention", "/office/register"]
        shown = [client.page(f"/fr{path}") for path in [*paths, "/journal"]]
        drawn = (
            re.escape(client.desk.place),
            TOKEN.pattern,
            r"(?:[0-9A-Z]{4} ){7}[0-9A-Z]{4}",
            r"partage \w{4}",
            r'data-(session|inbox)="\d+"',  # the seconds that remain
            r"/left/[\w-]+",  # an address that differs in each session
        )
        return [re.sub("|".join(drawn), "", page) for page in shown]


@pytest.mark.usefixtures("ripe")
def test_an_answer_covers_only_the_cases_that_all_signed_in_officers_may_see(
    office: Office, tmp_path: Path
) -> None:
    """Nothing shows that a third case names the person.

    The control: officers who may read the third case see it.
    """
    inform(office)
    office.of("alice", "bruno").json("access", "conflict", "add", "3", "chloe", "--reason", "drill")
    unnamed = office.copy(tmp_path / "unnamed")
    with unnamed.opened() as inbox, inbox.vault.transaction() as session:
        session.execute(delete(Note))
    told = []
    for each in (office, unnamed):
        present = each.of("bruno", "chloe")
        answered = answer(present, OWN)
        assert (0, "") == (answered.code, answered.err)
        told.append([present.run("request", "show", "1"), letter(each)])
        told[-1] += [seen(present), present.run("request", "list")]
    assert told[0] == told[1]
    assert [1, 2] == [*told[0][2]]
    whole = office.of("alice", "bruno")
    assert [] == whole.json("dossier", "disclosure", "list", "3")["disclosures"]
    whole.json(*record(NAME, since=1))
    assert [1, 2, 3] == [*seen(whole, "3")]


@pytest.mark.usefixtures("ripe")
def test_only_cases_that_all_signed_in_officers_have_declared_are_searched_for_a_name(office: Office) -> None:
    """Otherwise officers could try out names on undeclared cases.

    Until officers have declared all cases, they can send only the letter without data.
    """
    world = World(office)
    portal = Portal(world, office.root.parent / "other")
    bundle = portal.bundle(Sent(drop(world, f"{NAME} encore")))
    office.json("exchange", "collect", bundle, "--new-instance", portal.fingerprint)
    inform(office)
    shown = office.json("request", "show", "1")
    assert ([1, 2, 3], 1) == ([each["case"] for each in shown["cases"]], shown["not_looked_at"])
    error = answer(office, OWN).err
    assert "cases that were not searched: 1;" in error
    assert "a declaration of no conflict of interest is missing" in error
    for pair in (NAMES[:2], NAMES[1:]):
        office.of(*pair).json("case", "declare", "5")
    assert [1, 2, 3, 5] == [*seen(office)]
    assert "case 5: " in answer(office, OWN).err


@pytest.mark.usefixtures("ripe")
def test_undeclared_cases_stay_hidden_even_after_the_answer(
    office: Office,
) -> None:
    """Before and after the answer, officers are shown only how many such cases there are.

    Officers who have declared the cases can read what was disclosed.
    """
    inform(office)
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration).where(Declaration.officer == "bruno", Declaration.case > 1))
    others, undeclared = office.of("alice", "chloe"), office.of("bruno", "chloe")
    with others.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2, 3, 4):
            session.merge(Declaration(case=number, officer="alice", day=today()))
            session.merge(Declaration(case=number, officer="chloe", day=today()))
    for has_answered in (False, True):
        shown = undeclared.json("request", "show", "1")
        assert ([1], 3) == ([each["case"] for each in shown["cases"]], shown["not_looked_at"])
        assert [1, 2, 3] == [*seen(others)]
        assert has_answered or 0 == answer(others, None, "--reason", "drill").code
    assert "drill" in others.run("request", "show", "1").out


NAMING = {"name": "Bruno Kermadec", "alias": "Erwan Le Bihan"}


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize("how", NAMING)
def test_an_officer_named_in_a_request_cannot_work_on_that_request(office: Office, how: str) -> None:
    """An alias counts as a name. It does not matter whether any case names the officer.

    Two other officers can answer the request.
    """
    if how == "name":
        office.json(*record(NAMING[how], since=EARLIEST.days))
    else:
        office.json("access", "alias", "add", "bruno", NAMING[how])
    number = "3" if how == "name" else "2"
    before = office.state()
    for words in (
        ("request", "answer", number, "--out", office.out / number),
        ("request", "extend", "--because", "number"),
        ("request", "passages", "4", "--request", number),
        ("request", "namesake", "4", "--request", number, "--reason", "x"),
        ("request", "unopposed", "4", "--request", number, "--day", today().isoformat(), "--reference", "x"),
    ):
        said = office.run(*words)
        assert (1, True) == (said.code, f"request {number} names bruno" in said.err), words
    assert (before, []) == (office.state(), [*office.out.iterdir()])
    with sitting(office, officer="bruno") as client:
        confirmed = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}
        form = {"text": "", "reason": "", "language": "fr", "papers": str(office.out)}
        shown = client.send(f"/en/access/{number}/answer", **form, **confirmed)
        assert (409, True) == (shown.status_code, f"Request {number} names bruno" in shown.text)
    assert 0 == answer(office.of("alice", "chloe"), request=number).code


@pytest.mark.usefixtures("ripe")
def test_a_reason_is_required_to_withhold_data_although_no_obstacle_exists(office: Office) -> None:
    """The reason is stored with the cases.

    If the journal contained the reason, it would tell every officer that there are such cases.
    """
    inform(office)
    before = office.state()
    assert "there is no obstacle to disclosing the contents of these cases: 1, 2, 3" in answer(office).err
    assert (before, []) == (office.state(), [*office.out.iterdir()])
    assert 0 == answer(office, None, "--reason", "only one can know it").code
    assert {(False, "only one can know it")} == {
        (each["given"], each["reason"]) for each in seen(office).values()
    }
    assert "only one can" not in str(office.json("journal", "list"))
    assert [] == office.json("dossier", "disclosure", "list", "1")["disclosures"]


@pytest.mark.usefixtures("ripe")
def test_an_option_that_does_not_fit_the_kind_of_answer_is_a_usage_error(office: Office) -> None:
    """Otherwise the reason would be lost without notice."""
    inform(office)
    for text, option in ((OWN, "--reason"), (None, "--despite-warning")):
        assert 2 == answer(office, text, option, "drill").code
    assert [] == [*office.out.iterdir()]


@pytest.mark.usefixtures("ripe")
def test_after_a_refusal_each_case_shows_the_obstacles_that_prevented_disclosure(office: Office) -> None:
    assert 0 == answer(office).code
    assert {(False, "persons, prosecutor")} == {
        (each["given"], each["reason"]) for each in seen(office).values()
    }


@pytest.mark.usefixtures("ripe")
def test_an_answer_with_data_is_refused_if_no_case_names_the_person(office: Office) -> None:
    assert "no case names this person" in answer(office, "Rien n'est écrit.", request="2").err
    assert [] == [*office.out.iterdir()]


QUOTED = {
    "word for word": "a loué son badge à un inconnu",
    "five words": "badge à un inconnu au",
    "case and accents": "A LOUE SON BADGE a un",
    "punctuation": "a loué, son « badge » ; à un",
    "with the name within": f"son badge {NAME} à un inconnu au",
    "with a number within": "son badge 12 à un inconnu au",
    "over a line": "Personne d'autre\nne le sait",
    "of another answer": "Je suis la voisine du dessus",
}


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize("how", QUOTED)
def test_an_answer_that_repeats_five_successive_words_of_a_report_is_refused(
    office: Office, how: str
) -> None:
    """The refusal quotes the passage. Neither a reason nor another spelling helps."""
    inform(office)
    before = office.state()
    said = answer(office, f"{OWN} On lit : {QUOTED[how]}.", "--despite-warning", "drill")
    assert (1, True) == (said.code, "these are the words of a report" in said.err)
    assert QUOTED[how].split()[-2] in said.err
    assert (before, []) == (office.state(), [*office.out.iterdir()])


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize(
    "text",
    [f"{NAME} a loué son badge, lui.", f"{NAME}, {NAME.upper()} {NAME}: quelqu'un a loué son badge."],
    ids=["four words", "the name, and four words"],
)
def test_besides_the_name_of_the_person_an_answer_may_repeat_four_successive_words(
    office: Office, text: str
) -> None:
    inform(office)
    said = answer(office, text)
    assert (0, "") == (said.code, said.err)


@pytest.mark.usefixtures("ripe")
def test_a_reason_is_required_to_repeat_words_of_a_report_that_does_not_name_the_person(
    office: Office,
) -> None:
    inform(office)
    other = "le grand portail vert reste ouvert"
    with office.opened() as inbox, inbox.transaction() as session:
        fulltext.add(session, 4, [other])
    assert f"“{other}”" in answer(office, f"On dit que {other}.").err
    assert 0 == answer(office, f"On dit que {other}.", "--despite-warning", "drill").code


NEVER = {
    "who the reporter is": ("Selon Kerguelen, il en est ainsi.", "it points to the reporter"),
    "what is protected": ("Une voisine au-dessus l'a vu.", "asked never to repeat"),
}


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize("what", NEVER)
def test_an_answer_must_not_identify_the_reporter_or_repeat_protected_words(
    office: Office, what: str
) -> None:
    inform(office)
    (office.out.parent / "identity").write_text(IDENTITY)
    office.json("case", "identity", "add", "2", "--text-file", office.out.parent / "identity")
    text, why = NEVER[what]
    said = answer(office, f"{OWN} {text}", "--despite-warning", "drill")
    assert (1, True) == (said.code, why in said.err)


@pytest.mark.usefixtures("ripe")
def test_an_answer_may_contain_a_family_name_that_the_reporter_and_the_person_share(office: Office) -> None:
    """The reporter may be a relative or a namesake. The text names only the person who made the request."""
    inform(office)
    (office.out.parent / "identity").write_text(f"Maëlle {NAME.split()[1]}, sa cousine")
    office.json("case", "identity", "add", "1", "--text-file", office.out.parent / "identity")
    assert 0 == answer(office, OWN).code


@pytest.mark.usefixtures("ripe")
def test_the_reason_that_is_stored_with_the_cases_must_not_identify_the_reporter(office: Office) -> None:
    inform(office)
    (office.out.parent / "identity").write_text(IDENTITY)
    office.json("case", "identity", "add", "2", "--text-file", office.out.parent / "identity")
    said = answer(office, OWN, "--despite-warning", "Mme Kerguelen le sait")
    assert (1, True) == (said.code, "the reason contains words" in said.err)
    assert 0 == answer(office, OWN, "--despite-warning", "il le sait").code


WARNED = {
    "hour": ("Vers 14h30.", "14h3"),
    "day in figures": ("Le 12/04.", "12/04"),
    "day in words": ("Le 2 avril.", "2 avril"),
    "month": ("En avril.", "avril"),
    "weekday": ("Un mardi.", "mardi"),
    "time of day": ("La nuit.", "nuit"),
    "place of the report": ("Il s'agit du Havre.", "Havre"),
    "another person": ("Avec Ondine.", "Ondine"),
    "an officer": ("Selon bruno.", "bruno"),
    "an address": ("Écrivez à zoe@example.org.", "zoe@example.org"),
}


@pytest.mark.usefixtures("ripe")
def test_a_reason_is_required_for_details_that_could_identify_a_witness(office: Office) -> None:
    """Without a reason, each detail is refused.

    With one reason, officers can accept all these details together.

    The reason is stored with the cases and not in the journal.
    """
    inform(office)
    before = office.state()
    for what, (text, words) in WARNED.items():
        said = answer(office, f"{OWN} {text}")
        assert (1, True) == (said.code, f"“{words}" in said.err), (what, said.err)
    assert (before, []) == (office.state(), [*office.out.iterdir()])
    everything = " ".join(text for text, _ in WARNED.values())
    assert 0 == answer(office, f"{OWN} {everything}", "--despite-warning", "it is in the press").code
    assert {"it is in the press"} == {each["reason"] for each in seen(office).values()}
    assert "in the press" not in str(office.json("journal", "list"))


@pytest.mark.usefixtures("ripe")
@pytest.mark.parametrize(
    "text", ["", " \n", "x" * 20_001, "Il\u202e aurait", "Il\x1b[2J", "Il\taurait", "Il\0"]
)
def test_an_invalid_answer_text_is_refused(office: Office, text: str) -> None:
    """The text is empty, too long, or contains an invisible character."""
    inform(office)
    before = office.state()
    assert 1 == answer(office, text).code
    assert (before, []) == (office.state(), [*office.out.iterdir()])


def test_a_request_is_answered_only_once_and_the_letter_never_replaces_a_file(
    office: Office, ripe: Clock
) -> None:
    (office.out / "1").write_text("there")
    before = office.state()
    assert "already exists" in answer(office).err
    assert before == office.state()
    (office.out / "1").unlink()
    assert 0 == answer(office).code
    again = office.run("request", "answer", "1", "--out", office.out / "again")
    assert (1, True) == (again.code, "was answered on" in again.err)
    assert "was answered on" in office.run("request", "passages", "1", "--request", "1").err
    assert ["1"] == [path.name for path in office.out.iterdir()]
    row = next(row for row in office.json("request", "list")["requests"] if row["request"] == 1)
    assert (ripe.day.isoformat(), "alice, bruno") == (row["answered"], row["by"])


def test_a_request_can_be_answered_after_it_was_due(office: Office, ripe: Clock) -> None:
    ripe.day = today() + WITHIN + timedelta(5)
    assert 0 == answer(office).code


@pytest.mark.usefixtures("ripe")
def test_destroying_a_case_deletes_its_connection_with_a_request(office: Office) -> None:
    """The register keeps the request with its names. The register never names a case."""
    assert 0 == answer(office).code
    before = office.json("request", "list")
    with office.opened() as inbox, inbox.vault.transaction() as session:
        row_security.forget(session, [1, 2, 3])
    assert before == office.json("request", "list")
    assert {} == seen(office)


def test_a_case_is_not_destroyed_while_a_person_named_in_the_case_waits_for_an_answer(
    office: Office, ripe: Clock
) -> None:
    """The retention list says that the case is kept because a person waits.

    An undeclared case shows the same reason, whomever it names.

    Any kind of answer removes the obstacle.
    """
    inform(office)
    with office.opened() as inbox, inbox.vault.transaction() as session:
        for number in (1, 4):
            session.get_one(Workflow, number).junked = ripe.day - timedelta(60)
            session.get_one(Workflow, number).waits = False
            session.get_one(
                Case, number
            ).withdrawn = True  # the portal does not have to be told that the case has ended
    rows = {row["case"]: row["obstacles"] for row in office.json("retention", "list")["cases"]}
    assert ({1, 4}, True, False) == (set(rows), "request" in rows[1], "request" in rows[4])
    waits_for = "an access request that may concern it has not been answered yet\nhint: answer the access"
    assert f"{waits_for} request first: inbox request list" in office.run("retention", "destroy", "1").err
    with office.opened() as inbox, inbox.vault.transaction() as session:
        session.execute(delete(Declaration))
    rows = {row["case"]: row["obstacles"] for row in office.json("retention", "list")["cases"]}
    assert (True, True) == ("request" in rows[1], "request" in rows[4])
    with office.opened() as inbox, inbox.vault.transaction() as session:
        agree(session)
    said = [office.run("retention", "destroy", number).err.replace(number, "N") for number in ("1", "4")]
    assert f"{waits_for} request first: inbox request list; or declare that you have no" in said[0]
    assert said[0] == said[1]
    for request in ("1", "2"):
        assert 0 == answer(office, None, "--reason", "drill", request=request).code
    assert "request" not in office.json("retention", "list")["cases"][0]["obstacles"]


@pytest.mark.usefixtures("ripe")
def test_the_journal_entry_of_an_answer_contains_no_case_number(office: Office) -> None:
    """Each answer is compared with the identities of reporters.

    Only a text that repeats an identity causes an entry with the number of that reporter's case.
    """
    inform(office)
    for number, identity in (("2", IDENTITY), ("3", "Anne Quélennec")):
        (office.out.parent / "identity").write_text(identity)
        office.json("case", "identity", "add", number, "--text-file", office.out.parent / "identity")
    head = office.json("journal", "verify")["head"]["n"]
    assert 1 == answer(office, f"{OWN} Vers 14h30.").code
    found = office.json("journal", "list", "--from", str(head + 1))["entries"][:-1]
    assert [] == [each for each in found if each["case"] == 2]
    assert 1 == answer(office, f"{OWN} Selon Kerguelen.").code
    found = office.json("journal", "list", "--from", str(head + 1))["entries"]
    assert [("compare-identity", True)] == [
        (each["action"], each["values"]["touched"]) for each in found if each["case"] == 2
    ]
    head = office.json("journal", "verify")["head"]["n"]
    assert 0 == answer(office, OWN, "--despite-warning", "drill").code
    entries = office.json("journal", "list", "--from", str(head + 1))["entries"][:-1]
    assert [("answer-access", None, {"request": 1}, "")] == [
        (each["action"], each["case"], each["values"], each["reason"]) for each in entries
    ]
