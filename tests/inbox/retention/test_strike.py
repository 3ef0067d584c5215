"""A passage that was struck is in no file, page or index any more; the case says where, not what."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crypto import messages
from inbox.casework import link_index
from inbox.casework.exits import MATRIX, Cell, Exit, Need
from inbox.deadlines.obstacles import Obstacle
from inbox.questionnaire.answers import Answer
from inbox.retention import residue, striker
from inbox.vault import casework_tables
from inbox.vault.casework_tables import Declaration, Workflow
from inbox.vault.tables import Base, Case, FollowUp
from tests.support.gate import steps
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Scene,
    Sent,
    World,
    answering,
    drop,
    first,
    read_outbox,
    read_slot,
    today,
)
from tests.support.inbox_copied import found_in
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, Trio

NAME = "Zibeline Quartzmann"
WANTED = {"name": NAME.encode(), "word": b"zibeline", "another": b"artzmann", "folded": b"ZIBELINE"}


pytestmark = pytest.mark.copy_of("founded_strike")


@pytest.fixture(scope="module")
def founded_strike(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A case in which a name stands in two answers, a follow-up and a note; a drop with it.

    Of both it was decided that no prosecutor is told: until then no text is struck as a whole.
    """
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("strike"))
    world, reporter = scene.world, scene.reporter
    text = f"{NAME} est malade.\nLe quai est ouvert."
    report = first(reporter, text=text, edit=answering(who=f"chez {NAME}"), files=[b"x"])
    scene.collect(report, Sent(reporter.follow_up(f"encore {NAME}, hier")), Sent(drop(world, NAME)))
    with world.office.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2):
            session.add_all(written_by_officers(number))
            session.get_one(casework_tables.Duty, (number, "art14")).reason = f"{NAME} fuirait"
            session.get_one(Workflow, number).withheld = f"car {NAME} saurait"
    world.office.tell_no_prosecutor(1, 2)
    report, _ = numbers(world.office)
    world.office.json(
        "message", "reply", str(report), "--text", f"Merci. Qui est {NAME} ?", "--despite-warning", "x"
    )
    return world.office


def written_by_officers(number: int) -> Iterator[Base]:
    """Yield the name once in each kind of text about a case."""
    yield casework_tables.Note(case=number, position=1, by="officer", day=today(), text=f"voir {NAME}")
    yield casework_tables.Tag(case=number, name="zibeline-quartzmann")
    yield casework_tables.Measure(
        case=number, position=1, kind="none", day=today(), addressee=NAME, reference="zq", restrictions=NAME
    )
    yield casework_tables.Identity(case=number, day=today(), text=f"La voisine de {NAME}")


def numbers(office: Office) -> tuple[int, int]:
    """Return the numbers of the report and the drop."""
    with office.opened() as inbox, inbox.transaction() as session:
        unsigned = session.get_one(Case, 1).unsigned
    return (2, 1) if unsigned else (1, 2)


BY_OFFICERS = {"staff-note-1", "tags", "measure-1", "decision-art14", "withheld", "identity"}


def test_what_was_struck_is_nowhere_in_the_files(office: Office, tmp_path: Path) -> None:
    """Opened with the shares, pages used and free; the control is a copy taken before, and each place."""
    before = office.copy(tmp_path / "before")
    assert {"name", "word", "another"} <= found_in(before, WANTED)
    report, dropped = numbers(office)
    done = [
        office.json("case", "redact", "--reason", "x", str(number), "everywhere", "--text", NAME)
        for number in (report, dropped)
    ]
    assert set() == found_in(office, WANTED)
    by_officers = dict.fromkeys(BY_OFFICERS, 1) | {"measure-1": 2}
    assert by_officers | dict.fromkeys(("what", "who", "follow-up-1", "reply-1"), 1) == done[0]["struck"]
    assert by_officers | {"note": 1} == done[1]["struck"]
    assert [[], []] == [each["left"] for each in done]


def test_links_and_the_line_in_lists_are_made_without_it(office: Office) -> None:
    report, _ = numbers(office)
    names = []
    for _ in range(2):
        with office.opened() as inbox, inbox.transaction() as session:
            names.append([kind for kind, _ in link_index.of(session, report) if kind == "name"])
            summary = session.get_one(Case, report).summary
        office.run("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    assert ["name"] == names[0]
    assert ([], f"{striker.STRUCK} est malade.") == (names[1], summary)


def test_capitals_accents_spaces_and_what_nobody_sees_do_not_count(office: Office) -> None:
    report, _ = numbers(office)
    for place, typed in (
        ("what", "ZIBELINE  quartzmann"),
        ("who", "Zibeline\n Quartzmann"),
        ("follow-up-1", "Zibe\u200bl\u00efne-Quartzmann"),
    ):
        assert {place: 1} == office.json(
            "case", "redact", "--reason", "x", str(report), place, "--text", typed
        )["struck"]
    assert f"chez {striker.STRUCK}" == office.json("case", "show", str(report))["answers"]["who"]


def test_what_is_not_struck_is_named(office: Office) -> None:
    """What is written in another way, the ledger, the journal: both from before the identity was known."""
    report, _ = numbers(office)
    office.json("case", "note", str(report), "--text", "ou Zib\u00e9line_Quartzmann ?")
    given = ("--to", NAME, "--what", "report", "--ground", "other", "--reason", f"of {NAME}")
    assert "the reason contains words" in office.run("dossier", "disclosure", "add", str(report), *given).err
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(casework_tables.Identity, report))
    office.json("dossier", "disclosure", "add", str(report), *given)
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Identity(case=report, day=today(), text=f"La voisine de {NAME}"))
    said = office.run("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME).out
    assert "similar words that were not redacted remain at: disclosures, journal, notes\n" in said
    assert "not searched" not in said
    assert "      1  reply-1\n" in said


def test_names_of_officers_are_no_rest_and_each_of_several_answers_may_be_one(office: Office) -> None:
    report, _ = numbers(office)
    with office.opened() as inbox, inbox.transaction() as session:
        case = session.get_one(Case, report)
        said = messages.REPORT.parse(case.message)
        several = replace(said, answers={**said.answers, "vector": ("social", "work")})
        case.message = messages.REPORT.encode(several)
        session.query(casework_tables.Note).update({"by": "zacharie"})
        assert [] == residue.in_vault(session, report, "zacharie")
        assert ["cases"] == residue.in_vault(session, report, "work")


def test_files_are_looked_into_if_they_are_text(world: World, portal: Portal, collect: Any) -> None:
    files = [f"de {NAME.upper()}".encode(), b"nothing", b"\xff" + NAME.encode(), bytes(1 << 20)]
    collect(portal.bundle(first(Reporter(world), text=NAME, files=files)))
    world.office.tell_no_prosecutor(1)
    done = world.office.json("case", "redact", "--reason", "x", "1", "everywhere", "--text", NAME)
    assert ([1], [3, 4]) == (done["files_with_it"], done["files_not_searched"])
    said = world.office.run("case", "redact", "--reason", "x", "1", "what:all").out
    assert "files not searched, because they are not short texts: 3, 4\n" in said


def test_the_reporter_reads_the_answer_without_it_from_the_next_outbox_on(
    world: World, portal: Portal, collect: Any
) -> None:
    reporter = Reporter(world)
    collect(portal.bundle(first(reporter)))
    world.office.json("message", "reply", "1", "--text", f"Qui est {NAME} ?")
    world.office.json("case", "redact", "--reason", "x", "1", "reply-1", "--text", NAME)
    _, _, files = read_outbox(
        Path(world.office.json("exchange", "outbox", "--out", world.office.out)["file"]), world
    )
    slot = read_slot(next(iter(files.values())), reporter)
    assert [f"Qui est {striker.STRUCK} ?"] == [each.text for each in slot.messages]


def test_what_is_left_is_never_too_long_to_be_read_again(world: World, portal: Portal, collect: Any) -> None:
    """One letter that becomes three: refused, nothing is changed, and the whole can be struck."""
    collect(portal.bundle(first(Reporter(world), text="ab" * 60_000)))
    world.office.tell_no_prosecutor(1)
    world.office.json("message", "reply", "1", "--text", "x " * 4_000)
    before = world.office.state()
    for words, hint in ((["what", "--text", "a"], "PLACE:all"), (["reply-1", "--text", "x"], "reply-N:all")):
        said = world.office.run("case", "redact", "--reason", "x", "1", *words)
        assert (1, True) == (said.code, "would be too long" in said.err and hint in said.err)
    assert before == world.office.state()
    world.office.json("case", "redact", "--reason", "x", "1", "what:all")
    world.office.json("case", "redact", "--reason", "x", "1", "reply-1:all")


def test_whoever_may_not_read_a_case_yet_tries_no_words_on_it(trio: Trio) -> None:
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration))
    for text in (CANARY, "nothing"):
        assert (
            "must first declare"
            in trio.others.run("case", "redact", "--reason", "x", "3", "everywhere", "--text", text).err
        )


@steps(5)
def test_power_lost_while_a_passage_is_struck_leaves_it_or_nothing_of_it(
    office: Office, tmp_path: Path, stride: int
) -> None:
    """Killed at its steps: it stands in every place, or in none once the inbox is opened again."""
    report, dropped = numbers(office)
    office.json("case", "redact", "--reason", "x", str(dropped), "everywhere", "--text", NAME)
    words = ("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    whole, intact = office.json("case", "show", str(report)), []
    for each in killed_everywhere(office, tmp_path / "killed", today(), *words, stride=stride):
        shown = each.json("case", "show", str(report))
        intact.append(shown == whole | {"new": False, "follow_ups": shown["follow_ups"]})
        if not intact[-1]:
            assert (set(), 1) == (found_in(each, WANTED), len(shown["struck"]))
    assert sorted(intact, reverse=True) == intact
    assert {True, False} == set(intact)


def test_the_rest_stays_is_found_and_says_where_something_was(office: Office) -> None:
    """The signature is gone with it: on that a guess could be tried."""
    report, _ = numbers(office)
    office.json("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    shown = office.json("case", "show", str(report))
    assert f"{striker.STRUCK} est malade.\nLe quai est ouvert." == shown["answers"]["what"]
    assert f"encore {striker.STRUCK}, hier" == shown["follow_ups"][0]["text"]
    assert [{"day": today().isoformat(), "place": "everywhere"}] == shown["struck"]
    assert f"minimised on {today()} at everywhere" in office.run("case", "show", str(report)).out
    (found,) = office.json("queue", "list", "--search", "quai ouvert")["cases"]
    assert report == found["case"]
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Case, report).signature is None
        assert [b""] == [each.signature for each in session.query(FollowUp)]
    (entry,) = [each for each in office.json("journal", "list")["entries"] if each["action"] == "minimise"]
    assert (report, {"place": "everywhere"}) == (entry["case"], entry["values"])


def test_only_the_place_that_is_named_is_struck(office: Office) -> None:
    report, _ = numbers(office)
    office.json("case", "redact", "--reason", "x", str(report), "who:all")
    office.json("case", "redact", "--reason", "x", str(report), "file-1:all")
    shown = office.json("case", "show", str(report))
    assert (striker.STRUCK, True) == (shown["answers"]["who"], NAME in shown["answers"]["what"])
    assert [striker.STRUCK] == [file["name"] for file in shown["attachments"]]
    assert ["who", "file-1"] == [each["place"] for each in shown["struck"]]
    assert 0 == office.run("exchange", "outbox", "--out", office.out).code


def test_an_identity_stays_until_nothing_of_it_is_left(office: Office) -> None:
    report, _ = numbers(office)
    for words, left in ((("--text", NAME), [f"La voisine de {striker.STRUCK}"]), (("identity:all",), [])):
        place = () if words[0] == "identity:all" else ("everywhere",)
        office.json("case", "redact", "--reason", "x", str(report), *place, *words)
        with office.opened() as inbox, inbox.transaction() as session:
            rows = session.query(casework_tables.Identity).filter_by(case=report)
            assert left == [row.text for row in rows]


def test_the_description_of_a_file_is_struck_in_the_letter_that_brought_it(
    world: World, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """The name or the type. Other letters keep their signature."""
    collect(portal.bundle(first(reporter, files=[b"x"]), Sent(reporter.follow_up(files=[b"y"]))))
    world.office.json("case", "redact", "--reason", "x", "1", "file-2", "--text", "image")
    struck = f"{striker.STRUCK}/jpeg"
    shown = world.office.json("case", "show", "1")
    letters = (shown, *shown["follow_ups"])
    assert [["image/jpeg"], [struck]] == [[file["type"] for file in each["attachments"]] for each in letters]
    with world.office.opened() as inbox, inbox.transaction() as session:
        case, letter = session.get_one(Case, 1), session.query(FollowUp).one()
        assert (True, b"") == (bool(case.signature), letter.signature)
        assert [struck] == [file.type for file in messages.FOLLOW_UP.parse(letter.message).files]
        assert ["image/jpeg"] == [file.type for file in messages.REPORT.parse(case.message).files]


def test_what_does_not_stand_there_changes_nothing(office: Office) -> None:
    report, _ = numbers(office)
    before = office.state()
    for words in (
        ["what", "--text", "nothing of it"],
        ["nowhere", "--text", NAME],
        ["follow-up-2:all"],
        ["what", "--text", ""],
        ["what", "--text", " \u200b"],
        ["everywhere:all"],
        [NAME, "--text", NAME],
    ):
        assert 1 == office.run("case", "redact", "--reason", "x", str(report), *words).code, words
    assert before == office.state()
    assert NAME not in office.run("journal", "list").out


@pytest.mark.parametrize(
    "reason", [(), ("--reason", ""), ("--reason", " \t")], ids=["none", "empty", "blank"]
)
def test_it_takes_a_reason(office: Office, reason: tuple[str, ...]) -> None:
    """On the command line as at the desk: what is struck comes back to nobody."""
    report, _ = numbers(office)
    before = office.state()
    assert 0 != office.run("case", "redact", str(report), "everywhere", "--text", NAME, *reason).code
    assert before == office.state()


@pytest.mark.parametrize("place", [["danger_now:all"], ["everywhere", "--text", "yes"]])
def test_what_stands_between_a_case_and_its_end_is_not_struck(
    world: World, reporter: Reporter, collect_all: Any, place: list[str]
) -> None:
    """Officers deal with the danger first; then they can strike it like anything else."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    strike = ["case", "redact", "1", *place, "--reason", "drill"]
    before = world.office.state()
    said = world.office.run(*strike)
    assert (1, True) == (said.code, "somebody may be in danger" in said.err)
    assert before == world.office.state()
    world.office.json("case", "measure", "add", "1", "none")
    assert {"danger_now": 1} == world.office.json(*strike)["struck"]


def test_an_obstacle_to_any_exit_is_not_struck(
    world: World, reporter: Reporter, collect_all: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever exit it is that a danger stands in the way of."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    for way in Exit:
        row = {each: Cell(Need.LIFTED if each is way else Need.NOTHING) for each in Exit}
        monkeypatch.setitem(MATRIX, Obstacle.DANGER, row)
        said = world.office.run("case", "redact", "1", "danger_now:all", "--reason", "drill")
        assert (1, True) == (said.code, "somebody may be in danger" in said.err), way


def test_a_score_does_not_fall_by_what_was_struck(world: World, reporter: Reporter, collect_all: Any) -> None:
    """Opened again, a case is scored by the rules anew: by what was said, not by what is left."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    world.office.json("case", "measure", "add", "1", "none")
    world.office.json("case", "redact", "1", "danger_now:all", "--reason", "drill")
    world.office.close("1")
    world.office.json("case", "reopen", "1", "--reason", "drill")
    (case,) = world.office.json("queue", "list")["cases"]
    assert 1 == case["priority"]


def test_nothing_is_struck_from_what_is_held_for_a_procedure(office: Office) -> None:
    """Once the hold is lifted it is."""
    report, _ = numbers(office)
    strike = ["case", "redact", str(report), "who", "--text", NAME, "--reason", "drill"]
    office.json("retention", "hold", str(report), "--reason", "drill")
    before = office.state()
    said = office.run(*strike)
    assert (1, True, True) == (said.code, "held for a procedure" in said.err, "release the case" in said.err)
    assert before == office.state()
    office.json("retention", "unhold", str(report), "--reason", "drill")
    office.json(*strike)


def test_what_a_person_asked_to_see_is_not_struck_before_the_answer(office: Office) -> None:
    """Neither their name nor, of two who asked, that of one; nor once nothing but the request is left.

    Nor the first name alone: nothing but a family name would be left, which one officer calls a namesake's.
    """
    report, _ = numbers(office)
    strike = ["case", "redact", str(report), "everywhere", "--reason", "drill", "--text"]
    office.json("case", "note", str(report), "--text", "vu avec Odon Verrier")
    for name in (NAME, "Odon Verrier"):
        office.json("request", "add", "--received", f"{today()}", "--way", "letter", "--person", name)
    before = office.state()
    for words in (NAME, "Verrier", "Odon"):
        said = office.run(*strike, words)
        assert (1, True, True) == (
            said.code,
            "access request" in said.err,
            "answer the request first" in said.err,
        )
    assert before == office.state()
    answer(office, 2)
    office.json(*strike, "Verrier")


def answer(office: Office, request: int) -> None:
    """Answer an access request."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(casework_tables.AccessRequest, request).answered = today()


def ask_nobody(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(casework_tables.Duty, (report, "art40")))


def ask_for_the_prosecutor(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.merge(
            casework_tables.Duty(case=report, kind="art40", known=today(), due=today(), decided=None)
        )


def transmit(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(measured(report, "art40_transmission", 9))


def measured(report: int, kind: str, position: int) -> casework_tables.Measure:
    return casework_tables.Measure(
        case=report, position=position, kind=kind, day=today(), addressee="", reference=""
    )


@pytest.mark.slow
@pytest.mark.parametrize("await_justice", [ask_nobody, ask_for_the_prosecutor, transmit])
def test_what_justice_may_ask_for_is_struck_only_in_parts(
    office: Office, await_justice: Callable[[Office, int], None]
) -> None:
    """What points to the reporter goes all the same, but for the last word of a text; so does who that is.

    Also where no rule asked whether the prosecutor is told: nobody dodges the question by not scoring. Once
    no prosecutor is told, or proceedings are over, all of it goes.
    """
    report, _ = numbers(office)
    await_justice(office, report)
    strike = ["case", "redact", "--reason", "drill", str(report)]
    before = office.state()
    for words in (
        ["what:all"],
        ["follow-up-1:all"],
        ["reply-1:all"],
        ["staff-note-1:all"],
        ["follow-up-1", "--text", f"ENCORE {NAME}, hier"],
        ["everywhere", "--text", f"voir {NAME}"],
    ):
        said = office.run(*strike, *words)
        assert (1, True) == (said.code, "only parts of a text" in said.err), words
        assert "inbox case decide" in said.err or "final decision" in said.err
    assert before == office.state()
    office.json(*strike, "what", "--text", f"{NAME} est malade")
    for words in NAME.split():
        office.json(*strike, "who", "--text", words)
    assert "only parts of a text" in office.run(*strike, "who", "--text", "chez").err
    assert {"identity": 1} == office.json(*strike, "identity:all")["struck"]
    with office.opened() as inbox, inbox.transaction() as session:
        session.merge(
            casework_tables.Duty(case=report, kind="art40", known=today(), due=today(), decided=today())
        )
        session.add(measured(report, "final_decision", 10))
    office.json(*strike, "follow-up-1:all")


@pytest.mark.parametrize("place", ["staff-note-9", "everywhere"])
def test_a_text_that_goes_bit_by_bit_is_struck_only_in_parts(office: Office, place: str) -> None:
    """Of the words that came a third is left, whatever was struck before justice was asked."""
    report, _ = numbers(office)
    words = [f"mot{chr(97 + n)}x" for n in range(21)]
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Note(case=report, position=9, by="x", day=today(), text=" ".join(words)))
    strike = ["case", "redact", "--reason", "drill", str(report)]
    office.json(*strike, "staff-note-9", "--text", " ".join(words[:4]))
    ask_for_the_prosecutor(office, report)
    for few in (words[4:9], words[9:14]):
        office.json(*strike, place, "--text", " ".join(few))
    before = office.state()
    for few in (words[14:15], words[14:18]):
        said = office.run(*strike, place, "--text", " ".join(few))
        assert (1, True) == (said.code, "only parts of a text" in said.err)
    assert before == office.state()
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(casework_tables.Duty, (report, "art40")).decided = today()
    office.json(*strike, place, "--text", words[14])


@pytest.mark.parametrize(
    ("words", "gone", "is_refused"),
    [(1, 1, False), (2, 2, True), (19, 13, False), (19, 18, False), (20, 13, False), (20, 14, True)],
)
def test_redaction_leaves_a_third_of_a_long_text_and_a_word_of_a_short_one(
    office: Office, words: int, gone: int, *, is_refused: bool
) -> None:
    """A long text has at least 20 words. A text of one word may be a name, so it can be redacted whole."""
    report, _ = numbers(office)
    ask_for_the_prosecutor(office, report)
    text = [f"mot{chr(97 + n)}x" for n in range(words)]
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Note(case=report, position=9, by="x", day=today(), text=" ".join(text)))
    passage = " ".join(text[:gone])
    said = office.run("case", "redact", "--reason", "x", str(report), "staff-note-9", "--text", passage)
    assert (is_refused, is_refused) == (said.code == 1, "only parts of a text" in said.err)


def test_the_first_obstacle_that_is_named_is_the_decision_on_the_prosecutor(office: Office) -> None:
    """Proceedings end only long after that decision."""
    report, _ = numbers(office)
    transmit(office, report)
    ask_for_the_prosecutor(office, report)
    assert "inbox case decide" in refused(office, "case", "redact", "--reason", "x", str(report), "what:all")


def test_redaction_removes_one_of_several_chosen_answers_and_keeps_the_other(
    world: World, reporter: Reporter, collect_all: Any
) -> None:
    collect_all(first(reporter, text=f"Chez {NAME}.", edit=answering(vector=("social", "work"))))
    world.office.tell_no_prosecutor(1)

    def chosen() -> Answer:
        with world.office.opened() as inbox, inbox.transaction() as session:
            return messages.REPORT.parse(session.get_one(Case, 1).message).answers["vector"]

    world.office.json("case", "redact", "1", "everywhere", "--text", NAME, "--reason", "drill")
    assert ("social", "work") == chosen()
    world.office.json("case", "redact", "1", "everywhere", "--text", "social", "--reason", "drill")
    assert ("work",) == chosen()


def test_a_danger_does_not_keep_other_passages_from_redaction(
    world: World, reporter: Reporter, collect_all: Any
) -> None:
    """The danger itself cannot be redacted before officers have dealt with it."""
    collect_all(first(reporter, text=f"{NAME} est malade.", edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    danger = world.office.run("case", "redact", "1", "danger_now:all", "--reason", "drill")
    assert "somebody may be in danger" in danger.err
    redact = ["case", "redact", "1", "everywhere", "--text", NAME, "--reason", "drill"]
    assert {"what": 1} == world.office.json(*redact)["struck"]
