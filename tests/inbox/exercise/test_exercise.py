"""An exercise from the first report to the debrief."""

import re
from pathlib import Path
from typing import Any

import pytest

from crypto import exercise as deployments
from crypto.journal import ENTRY
from inbox.cli import exercise as commands
from inbox.exercise import courier, programme, release, state
from inbox.exercise.debrief import Result
from inbox.vault import queries_access
from tests.support.desk_room import sitting
from tests.support.dossier_room import printed
from tests.support.exercises import Training

WORDS = deployments.WORDS


def test_an_exercise_has_an_inbox_a_medium_shares_and_a_sheet_in_each_language(training: Training) -> None:
    """Two of its three officers open the inbox, which is marked."""
    made = {each.name for each in training.folder.iterdir()}
    assert {"inbox", "medium", "officers", "trainer", "backup", "keystore"} == made
    assert training.office.run("officer", "list").out.startswith(f"{WORDS}\n")
    assert ["inspection-1.tar"] == [each.name for each in (training.folder / "medium").iterdir()]
    for language, title in (("fr", "feuille du formateur"), ("en", "Exercise: the trainer")):
        sheet = printed((training.folder / "trainer" / f"sheet-{language}.pdf").read_bytes())
        assert sheet.startswith(WORDS)
        assert title in sheet
        assert courier.fingerprint(state.load(training.folder)) in sheet
        for step in programme.load().steps:
            assert " ".join(step.title.in_(language).split()) in sheet
            assert all(" ".join(each.says.in_(language).split()) in sheet for each in step.expected)


def test_every_report_becomes_a_case_and_every_message_reaches_its_case(training: Training) -> None:
    """The envelopes are sealed as pages seal them, so nothing is left unfiled."""
    assert 11 == len(training.collect()["cases"])
    while release.left(state.load(training.folder)):
        training.release()
        training.collect()
    # The officer keller is excluded from the case that names keller.
    office = training.office.of("morel", "dasilva")
    seen = [len(each.json("case", "list")["cases"]) for each in (training.office, office)]
    assert [11, 12] == seen
    assert [] == training.office.json("exchange", "unopened", "list")["unopened"]
    follow_ups = {each.report for each in programme.load().messages}
    for report in programme.load().reports:
        number = str(training.case(report.id))
        office.json("case", "declare", number)
        shown = office.json("case", "show", number)
        assert (report.language, len(report.enclosures)) == (shown["language"], len(shown["attachments"]))
        assert (report.id in follow_ups) == bool(shown["follow_ups"])
        assert {} == shown["odd"]


def test_reporters_read_what_officers_answer(training: Training) -> None:
    """The trainer sees it at the next release, once, and the portal confirms the outbox to the inbox."""
    training.collect()
    number = str(training.case("reprisal"))
    training.office.run("case", "declare", number)
    training.office.json("case", "show", number)
    training.office.json("message", "reply", number, "--text", "Nous avons bien reçu votre message.")
    training.office.json("exchange", "outbox", "--out", training.folder / "medium")
    read = {each.report: [*each.new] for each in training.release().read}
    assert ["Nous avons bien reçu votre message."] == read["reprisal"]
    assert {"reprisal"} == {report for report, new in read.items() if new}
    training.collect()
    training.office.json("exchange", "outbox", "--out", training.folder / "medium")
    assert not [each for each in training.release().read if each.new]


def test_the_debrief_says_what_was_done_and_what_was_not(training: Training) -> None:
    """From the journal, for the released steps only; also in a PDF in each language."""
    training.collect()
    container, duplicate = training.case("container"), training.case("duplicate")
    for number in (container, duplicate):
        training.office.run("case", "declare", str(number))
    training.office.json("case", "link", "add", str(container), str(duplicate), "duplicate")
    training.office.json("case", "show", str(training.case("out-of-scope", declared=True)))
    found = training.office.json("office", "exercise", "debrief", training.folder)
    assert ["arrivals"] == [each["step"] for each in found["steps"]]
    results = {each["says"]: each for each in found["steps"][0]["findings"]}
    done = {said for said, each in results.items() if each["result"] == Result.DONE}
    assert done == {
        "Collect the bundle of the portal, after comparing its fingerprint.",
        "Declare that there is no conflict before reading.",
        "Link the two reports about the same container.",
    }
    linked = results["Link the two reports about the same container."]
    assert (duplicate, ["morel", "keller"]) == (linked["case"], linked["officers"])
    assert {Result.MISSING, Result.AVOIDED} == {
        each["result"] for said, each in results.items() if said not in done
    }
    for language, said in (("fr", "Pas fait · Accuser réception"), ("en", "Not done · Acknowledge")):
        paper = printed((training.folder / "trainer" / f"debrief-{language}.pdf").read_bytes())
        assert paper.startswith(WORDS)
        assert said in paper


def _results(training: Training, step: str) -> dict[str, dict[str, Any]]:
    """Return the findings of a step by the beginning of what they say."""
    steps = training.office.json("office", "exercise", "debrief", training.folder)["steps"]
    (found,) = (each["findings"] for each in steps if each["step"] == step)
    return {each["says"][:8]: each for each in found}


def _answer(training: Training, number: int) -> None:
    training.office.json("case", "show", str(number))
    training.office.json("message", "reply", str(number), "--text", "Appelez le 17 ou le 112.")


def test_what_officers_did_before_a_step_arrived_is_no_answer_to_it(training: Training) -> None:
    """The acknowledgement is not the answer to the later message. The control is the answer."""
    training.collect()
    number = training.case("container", declared=True)
    _answer(training, number)
    training.release("prosecutor")
    acknowledged = _results(training, "arrivals")["Acknowle"]
    for _ in range(2):  # Before the new bundle is collected, and after.
        found = _results(training, "prosecutor")["Tell the"]
        assert (Result.EARLIER, acknowledged["entry"]) == (found["result"], found["entry"])
        assert Result.MISSING == _results(training, "prosecutor")["Telephon"]["result"]
        training.collect()
    _answer(training, number)
    found = _results(training, "prosecutor")["Tell the"]
    assert (Result.DONE, True) == (found["result"], found["entry"] > acknowledged["entry"])
    assert Result.DONE == _results(training, "arrivals")["Acknowle"]["result"]


def test_a_step_without_messages_begins_although_its_bundle_is_not_collected(training: Training) -> None:
    """Officers renew lost shares at once. What they did before the last bundle is earlier."""
    training.collect()
    for name, result in (("before", Result.EARLIER), ("after", Result.DONE)):
        for folder in (out := training.folder / name, keys := training.folder / f"{name}-keys"):
            folder.mkdir()
        training.office.json("backup", "make", "--out", out, "--keystore-out", keys)
        if result is Result.EARLIER:
            training.release("conflict")
            training.collect()
            training.release("quorum")
        assert result == _results(training, "quorum")["Make a n"]["result"]
    training.collect()
    assert Result.DONE == _results(training, "quorum")["Make a n"]["result"]


def test_a_backup_fits_into_the_folders_that_the_exercise_has_for_it(training: Training) -> None:
    folders = training.folder / state.BACKUP, training.folder / state.KEYSTORE
    training.office.json("backup", "make", "--out", folders[0], "--keystore-out", folders[1])
    assert all([*each.iterdir()] for each in folders)


def test_at_the_desk_morel_reads_the_case_that_is_hidden_from_keller(training: Training) -> None:
    """Each officer acts in a session of their own. At the terminal, both act, and nobody sees the case."""
    training.collect()
    training.release("conflict")
    training.collect()
    seen = {}
    for officer in ("morel", "keller"):
        with sitting(training.office, training.folder / "medium", officer) as client:
            seen[officer] = re.search(r"(\d+) cases", client.ask("/en/").text)[1]
    assert {"morel": "12", "keller": "11"} == seen
    assert 11 == len(training.office.json("case", "list")["cases"])


def test_the_journal_records_that_officers_read_it_for_the_debrief(training: Training) -> None:
    """The trainer's commands open no inbox, so no journal records them."""

    def actions() -> list[str]:
        with training.office.opened() as inbox, inbox.transaction() as session:
            return [ENTRY.parse(row.raw).action for row in queries_access.journal(session, 1)]

    before = actions()
    training.release()
    training.office.run("office", "exercise", "list", training.folder)
    assert before == actions()
    training.office.json("office", "exercise", "debrief", training.folder)
    assert [*before, "read-journal"] == actions()


def test_the_debrief_lists_what_should_have_been_avoided(training: Training) -> None:
    training.collect()
    number = str(training.case("out-of-scope", declared=True))
    training.office.json("case", "show", number)
    training.office.json("case", "junk", number, "--reason", "drill")
    (part,) = training.office.json("office", "exercise", "debrief", training.folder)["steps"]
    assert Result.DISCUSS in [each["result"] for each in part["findings"]]
    assert "À discuter" in training.office.run("office", "exercise", "debrief", training.folder).out


def test_the_debrief_never_says_not_done_for_what_is_hidden_from_those_who_ask(training: Training) -> None:
    """The officer dasilva has not declared for a case in which the others have worked, and then does."""
    training.collect()
    number = str(training.case("container", declared=True))
    training.office.json("case", "show", number)
    others = training.office.of("morel", "dasilva")

    def results() -> dict[str, str]:
        (part,) = others.json("office", "exercise", "debrief", training.folder)["steps"]
        return {each["says"][:8]: each["result"] for each in part["findings"]}

    assert (Result.HIDDEN, Result.HIDDEN, Result.DONE) == tuple(
        results()[each] for each in ("Declare ", "Acknowle", "Collect ")
    )
    others.json("case", "declare", number)
    assert (Result.DONE, Result.MISSING) == tuple(results()[each] for each in ("Declare ", "Acknowle"))


def test_the_debrief_says_how_much_is_withheld_from_the_officers_who_ask(training: Training) -> None:
    """An undeclared case may hide what was done."""
    training.collect()
    training.office.json("case", "declare", str(training.case("wealth")))
    others = training.office.of("morel", "dasilva")
    assert "cache" in others.run("office", "exercise", "debrief", training.folder).out


def test_run_releases_each_step_at_its_minute(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits until then, and ends after the last step."""
    begun = state.load(training.folder).released[0].at
    now, slept = [0], list[int]()

    def sleep(seconds: int) -> None:
        slept.append(seconds)
        now[0] += 1

    monkeypatch.setattr(commands.time, "sleep", sleep)
    hour = int(begun[11:13]) * 60 + int(begun[14:16])
    monkeypatch.setattr(
        commands.clock,
        "minute",
        lambda: f"{begun[:11]}{(hour + now[0]) // 60:02}:{(hour + now[0]) % 60:02}",
    )
    said = training.office.run("office", "exercise", "run", training.folder)
    assert (0, 105) == (said.code, len(slept))
    known = state.load(training.folder)
    assert [each.id for each in programme.load().steps] == state.steps_released(known)
    assert said.out.startswith(f"{WORDS}\n")
    assert "every step was released" in said.out


@pytest.mark.usefixtures("quick")
def test_the_commands_for_the_trainer_are_marked(training: Training, tmp_path: Path) -> None:
    """They open no inbox, and say so nevertheless."""
    for words in (("list", training.folder), ("release", training.folder), ("begin", tmp_path / "new")):
        said = training.office.run("office", "exercise", *words)
        assert (0, True) == (said.code, said.out.startswith(f"{WORDS}\n")), said
        assert (
            WORDS
            == training.office.run("office", "exercise", "list", training.folder, "--json").json["exercise"]
        )
