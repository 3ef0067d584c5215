"""The leak check warns of words in a reply that could identify somebody.

Officers can override a warning only with a reason.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from crypto.journal import ENTRY
from inbox.replies import leak_check
from inbox.replies.leak_check import Finding, Why
from inbox.text import repeating
from inbox.vault import fulltext, queries_access
from inbox.vault.casework_tables import Declaration, Identity, Workflow
from inbox.vault.tables import Exclusion
from tests.support.inbox_builders import Office, Portal, Scene, Sent, World, answering, drop, first, today
from tests.support.inbox_trio import Trio

PROTECT = "Le café de l'Écluse, où nous étions deux, le 17 ; n'écrivez jamais « Marguerite »"
REPORTED = answering(
    protect=PROTECT,
    who_id="Jean Vautrin, plaque AB-123-CD, 06 12 34 56 78",
    refs="Conteneur MSCU 566687-1",
)
# Each pair consists of the text of a reply and the words that the warning names.
GIVE_AWAY = {
    "phrase": ("Vous étiez au CAFE, près de l'ecluse.", "café"),
    "one word": ("Le café est fermé", "café"),
    "number": ("Était-ce bien le 17 ?", "17"),
    "name that is protected": ("MARGUERITE nous a écrit", "Marguerite"),
    "name of the report": ("Nous avons vu M. Vautrin", "Vautrin"),
    "whole name": ("jean vautrin a parlé", "Vautrin"),
    "plate": ("La voiture ab-123-cd est connue", "AB-123-CD"),
    "container": ("Le conteneur mscu5666871 est ouvert", "MSCU5666871"),
    "telephone of the report": ("Appelé au +33 6 12 34 56 78", "+33612345678"),
    "another telephone": ("Appelez-nous au 01 42 68 53 00", "+33142685300"),
    "letters that only look alike": ("Marguer\u0456te nous a \u0441rit", "Marguer<U+0456>te"),
    "address joined to another": ("a@b.fr+c@d.fr", "+c@d.fr"),
    "address after an invalid one": ("x@y alice.b@example.org", "alice.b@example.org"),
    "address": ("Écrivez à alice.b@example.org", "alice.b@example.org"),
}
HARMLESS = (
    "Merci. Nous lisons ce que vous avez écrit, et revenons vers vous.",
    "Le 18, près de la cale, quelqu'un était seul.",
    "En danger, appelez le 112.",
    "Nous étions en retard, il y avait du monde.",
)


@pytest.fixture(scope="module")
def founded_reported(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An inbox in which case 1 names people, and lists details that must never be repeated."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("reported"))
    scene.collect(first(scene.reporter, edit=REPORTED))
    return scene


def found(world: World, text: str) -> list[str]:
    with world.office.opened() as inbox, inbox.transaction() as session:
        return [each.words for each in leak_check.find(session, 1, text, text)]


@pytest.mark.parametrize("name", GIVE_AWAY)
def test_a_reply_with_identifying_words_is_refused(reported: World, name: str) -> None:
    """The refusal names the words and asks for a reason."""
    text, words = GIVE_AWAY[name]
    before = reported.office.state()
    said = reported.office.run("message", "reply", "1", "--text", text)
    assert (1, "") == (said.code, said.out)
    assert f"“{words}” (" in said.err
    assert "--despite-warning REASON" in said.err
    assert before == reported.office.state()


def test_a_reply_that_repeats_the_reporters_identity_is_refused(reported: World) -> None:
    """The only officer of this inbox may read the identity, and therefore sees the words.

    Other officers are tested in test_comparisons.py.
    """
    greeting = "Bonjour madame Anne Source, merci."
    assert [] == found(reported, greeting)
    with reported.office.opened() as inbox, inbox.transaction() as session:
        session.add(Identity(case=1, day=today(), text="Anne Source, quai 3"))
    said = reported.office.run("message", "reply", "1", "--text", greeting)
    assert (1, True) == (said.code, "“anne source” (it contains words of the reporter" in said.err)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_reply_is_sent(reported: World, text: str) -> None:
    assert 0 == reported.office.run("message", "reply", "1", "--text", text).code


def test_a_small_number_is_protected_only_if_the_same_word_follows_it() -> None:
    protected = repeating.Protected(["La date du 3 mai"])
    assert ["3 mai"] == list(protected.repeated("Est-ce bien le 3 mai ?"))
    assert [] == list(protected.repeated("Nous vous répondons dans 3 mois, avant mai."))


def test_the_text_of_a_closing_is_checked_like_a_reply(reported: World) -> None:
    reported.office.tell_no_prosecutor(1)
    reported.office.json("case", "show", "1")
    reported.office.settle(1)
    close = ("case", "close", "1", "moot", "--disclosure", "full", "--text", "Marguerite est partie")
    assert "“Marguerite”" in reported.office.run(*close).err
    assert "closed" != reported.office.json("case", "show", "1")["status"]
    assert 0 == reported.office.run(*close, "--despite-warning", "she told everybody").code


def test_a_reason_is_checked_like_a_reply_even_if_there_is_no_text(reported: World) -> None:
    """The journal would keep the words of the reason. The test covers a closing and a measure."""
    reported.office.settle(1)
    reported.office.json("case", "show", "1")
    silent = ("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    for words in (silent, ("case", "measure", "add", "1", "protection_offered")):
        before = reported.office.state()
        said = reported.office.run(*words, "--despite-warning", "Vautrin is known")
        assert (1, True) == (said.code, "the reason contains words" in said.err)
        assert before == reported.office.state()


def test_the_leak_check_warns_of_an_officers_name_or_alias(trio: Trio) -> None:
    """The check also covers officers who are not signed in."""
    trio.others.json("access", "alias", "add", "bruno", "Le Rouquin")
    for text, officer in (("Demandez Chloé", "chloe"), ("le rouquin vous lit", "bruno")):
        assert (
            f"“{officer}” (it names an officer)"
            in trio.others.run("message", "reply", "1", "--text", text).err
        )


def test_a_reason_can_override_a_warning_but_must_not_repeat_its_words(reported: World) -> None:
    """The journal keeps the reason."""
    text = GIVE_AWAY["name of the report"][0]
    for reason in ("Vautrin is known", "marguerite said so", "he has 06 12 34 56 78"):
        said = reported.office.run("message", "reply", "1", "--text", text, "--despite-warning", reason)
        assert "the reason contains words" in said.err
    reported.office.json("message", "reply", "1", "--text", text, "--despite-warning", "they asked who")
    with reported.office.opened() as inbox, inbox.transaction() as session:
        row = queries_access.last_journal_entry(session)
        assert row is not None
        entry = ENTRY.parse(row.raw)
    assert ("reply", 1, {"despite": True}, "they asked who") == (
        entry.action, entry.case, entry.values, entry.reason,
    )  # fmt: skip
    assert [text] == [each["text"] for each in reported.office.json("case", "show", "1")["messages"]]


def test_the_leak_check_lists_every_finding_only_once(reported: World) -> None:
    both = f"{GIVE_AWAY['phrase'][0]} {GIVE_AWAY['phrase'][0]} {GIVE_AWAY['plate'][0]}"
    assert ["AB-123-CD", "café", "Écluse"] == sorted(found(reported, both), key=str.lower)


def test_a_reply_about_an_unsigned_report_is_checked_for_contacts_but_not_for_names(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """An unsigned report contains no answers to questions, and officers cannot answer its reporter."""
    collect(portal.bundle(Sent(drop(world, "Vautrin"))))
    assert [] == found(world, "Vautrin")
    assert ["a@example.org"] == found(world, "a@example.org")


def test_an_officer_without_a_declaration_of_interests_gets_no_leak_warnings(
    trio: Trio, tmp_path: Path
) -> None:
    """No warning appears for a reply, for its preview, or for a reason."""
    told = tmp_path / "answers.toml"
    told.write_text('what = "x"\nprotect = "Marguerite"', "utf-8")
    day = today().isoformat()
    options = ("--route", "letter", "--language", "fr", "--received", day, "--answers", told)
    trio.others.json("case", "add", *options)
    for more in ([], ["--preview"], ["--despite-warning", "x"]):
        said = trio.others.run("message", "reply", "4", "--text", "Marguerite", *more)
        assert ("Marguerite" in said.err + said.out, 1) == (False, said.code)
    for words in (["--text", "thank you"], ["--template", "acknowledgement"]):
        said = trio.others.run("message", "reply", "4", *words, "--despite-warning", "Marguerite")
        assert "must first declare" in said.err
    trio.others.json("case", "declare", "4")
    assert "“Marguerite”" in trio.others.run("message", "reply", "4", "--text", "Marguerite").err


STOLEN = "Au quai sept, l'équipe de nuit échange les scellés avant l'aube."
QUOTING = "Merci. On nous dit qu'AU QUAI SEPT l'equipe de nuit echange les scelles : est-ce vrai ?"
PASSAGE = "AU QUAI SEPT l'equipe de nuit echange les scelles"


def quoting(office: Office, text: str = QUOTING, number: int = 1) -> list[str]:
    """Return the words from other reports that cause a warning for the signed-in officers."""
    with office.unlocked() as opened:
        asked = opened.inbox.choosing(opened.by_opening(today()), quarantine=True)
        with asked as (session, _):
            found = leak_check.find(session, number, text, text)
    return [each.words for each in found if each.why is leak_check.Why.OTHER]


def test_six_successive_words_of_another_report_cause_a_warning_about_one_passage(trio: Trio) -> None:
    """The passage may be anywhere in the text.

    As controls, a passage of only five words causes no warning, and neither does a reply about the very case
    that contains the passage.
    """
    office = trio.others
    with office.opened() as inbox, inbox.transaction() as session:
        fulltext.add(session, 2, [STOLEN])
    assert [PASSAGE] == quoting(office)
    assert [] == quoting(office, number=2)
    words = PASSAGE.replace("'", " ").split()
    for begin in range(len(words) - 5):
        run = " ".join(words[begin : begin + 6])
        assert [run] == quoting(office, "x " * begin + run)
        assert [] == quoting(office, "x " * begin + " ".join(words[begin : begin + 5]) + " puis autre chose")
    twice = quoting(office, f"{' '.join(words[:6])}, puis {' '.join(words[3:])}")
    assert [" ".join(words[:6]), " ".join(words[3:])] == twice
    said = office.run("message", "reply", "1", "--text", QUOTING)
    assert f"“{PASSAGE}” (these are the words of another report)" in said.err
    reason = office.run("message", "reply", "1", "--text", QUOTING, "--despite-warning", STOLEN)
    assert "the reason contains words" in reason.err
    assert (
        0 == office.run("message", "reply", "1", "--text", QUOTING, "--despite-warning", "it is public").code
    )


def test_warnings_do_not_reveal_words_of_a_report_that_officers_may_not_search(trio: Trio) -> None:
    """The report is in quarantine, archived, not declared by every officer, or hidden from an officer."""
    work = update(Workflow).filter_by(case=2)
    with trio.others.opened() as inbox, inbox.transaction() as session:
        fulltext.add(session, 2, [STOLEN])
    for hidden, shown in (
        (work.values(quarantined=today()), work.values(quarantined=None)),
        (work.values(archive_from=today()), work.values(archive_from=None)),
        (
            delete(Declaration).filter_by(case=2, officer="alice"),
            insert(Declaration).values(case=2, officer="alice", day=today()),
        ),
        (
            insert(Exclusion).values(case=2, officer="bruno", since=today()),
            delete(Exclusion).filter_by(case=2),
        ),
    ):
        for change, found in ((hidden, []), (shown, [PASSAGE])):
            with trio.others.opened() as inbox, inbox.transaction() as session:
                session.execute(change)
            assert found == quoting(trio.excluded)


def elsewhere(office: Office, text: str, number: int = 1) -> list[str]:
    """Return the words from another case that cause a warning for the signed-in officers."""
    with office.unlocked() as opened:
        asked = opened.inbox.choosing(opened.by_opening(today()), quarantine=True)
        with asked as (session, _):
            found = leak_check.find(session, number, text, text)
    return [each.words for each in found if each.why is leak_check.Why.ELSEWHERE]


def test_the_leak_check_warns_of_case_numbers_and_of_names_that_occur_only_in_another_case(
    trio: Trio, tmp_path: Path
) -> None:
    """A name that is also in this report causes no warning.

    A word that begins a sentence in another report causes no warning either. If the signed-in officers may
    not search a report, the warnings reveal no words of that report. A case number causes a warning, even if
    no such case exists.
    """
    told, office = tmp_path / "answers.toml", trio.others
    told.write_text('what = "Merci à tous. Prudence : le chef Zacharie le sait."\nwho_id = "Ondine"', "utf-8")
    entering = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
    number = office.json("case", "add", *entering, "--answers", told)["case"]
    for each in (office, trio.excluded):
        each.json("case", "declare", str(number))
    assert ["Zacharie"] == elsewhere(office, "Avez-vous vu Zacharie ou zacharie ?")
    assert ["Ondine"] == elsewhere(office, "Ondine était-elle là ?")
    assert [] == elsewhere(office, "Merci. Prudence !")
    assert [] == elsewhere(office, "Avez-vous vu Zacharie ?", number)
    assert ["dossier 3", "Case no 77"] == elsewhere(office, "Voyez le dossier 3 et le dossier 1. Case no 77")
    assert (
        "“Zacharie” (it comes from another case, or names one)"
        in office.run("message", "reply", "1", "--text", "Et Zacharie ?").err
    )
    with office.opened() as inbox, inbox.transaction() as session:
        fulltext.add(session, 1, ["Zacharie"])
    assert [] == elsewhere(office, "Avez-vous vu Zacharie ?")
    work = update(Workflow).filter_by(case=number)
    for hidden, shown in (
        (work.values(quarantined=today()), work.values(quarantined=None)),
        (work.values(archive_from=today()), work.values(archive_from=None)),
        (
            delete(Declaration).filter_by(case=number, officer="alice"),
            insert(Declaration).values(case=number, officer="alice", day=today()),
        ),
        (insert(Exclusion).values(case=number, officer="bruno", since=today()), None),
    ):
        for change, names in ((hidden, []), (shown, ["Ondine"])):
            if change is not None:
                with office.opened() as inbox, inbox.transaction() as session:
                    session.execute(change)
                assert names == elsewhere(trio.excluded, "Ondine ?")


def test_overlapping_findings_become_one_warning_with_every_reason() -> None:
    """The check finds protected words as pairs of neighbouring words.

    The same words may also occur in another report.
    """
    found = [
        Finding(Why.PROTECTED, "parking quai"),
        Finding(Why.CONTACT, "a@douane.example"),
        Finding(Why.PROTECTED, "quai hangar"),
        Finding(Why.PROTECTED, "hangar 4"),
        Finding(Why.CONTACT, "b@douane.example"),
        Finding(Why.OTHER, "le parking quai"),
        Finding(Why.OFFICER, "Le Goff"),
        Finding(Why.IDENTITY, ""),
    ]
    said = [(each.said, each.whys) for each in leak_check.places(found)]
    assert said == [
        ("parking quai hangar 4 le", [Why.PROTECTED, Why.OTHER]),
        ("a@douane.example", [Why.CONTACT]),
        ("b@douane.example", [Why.CONTACT]),
        ("Le Goff", [Why.OFFICER]),
        ("", [Why.IDENTITY]),
    ]
    assert 5 == leak_check.told(found).count(" (") + 1
