"""A text for another body is recorded with its measure.

The text must not reveal the reporter or a person concerned.
"""

import hashlib
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.messages import REPORT
from inbox.dossiers import recording
from inbox.language.errors import Refused
from inbox.law import in_use
from inbox.text import names as person_names
from inbox.vault.casework_tables import Note
from inbox.vault.tables import Case, FollowUp
from tests.support.desk_room import sitting
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    World,
    answering,
    first,
    passphrase_of,
    today,
)
from tests.support.inbox_outcomes import refused
from tests.support.laws import FILES

NAMES = ("alice", "bruno")
NAME = "Firmin Quélennec"
SECRET = "Je suis la voisine du dessus"
CONTAINER = "CSQU3054383"
TEXT = f"J'étais de garde avec Ondine quand on a parlé du conteneur {CONTAINER}, attendu au Havre."
OWN = "Des stupéfiants arriveraient bientôt dans un conteneur frigorifique."


@pytest.fixture(scope="module")
def founded_informing(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office of two officers with one case, in which an inquiry may begin."""
    folder = tmp_path_factory.mktemp("informing")
    office = Office.found_by(folder, NAMES, 2)
    portal = Portal(World(office), folder / "medium")
    report = first(Reporter(portal.world), text=TEXT, edit=answering(protect=SECRET, who_id=NAME))
    office.json("exchange", "collect", portal.bundle(report), "--confirm-instance", portal.fingerprint)
    office.json("case", "declare", "1")
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.tell_no_prosecutor(1)
    return office


pytestmark = pytest.mark.copy_of("founded_informing")


def informed(text: str, *more: str) -> list[str]:
    """Return the command which records that the intelligence directorate received this text."""
    return ["case", "measure", "add", "1", "dnred_informed", "--text", text, *more]


@pytest.mark.slow
def test_a_measure_that_informs_another_body_contains_the_text_that_was_sent(office: Office) -> None:
    """A measure that informs another body is refused if its text is missing or empty.

    Other measures accept no text.
    """
    before = office.state()
    for words in (["case", "measure", "add", "1", "dnred_informed"], informed(" ")):
        assert "this measure must contain the text that is sent: dnred_informed" in refused(office, *words)
    assert before == office.state()
    office.json(*informed(OWN))
    office.json("case", "measure", "add", "1", "onaf_informed")
    assert [OWN, ""] == [each["sent"] for each in office.json("case", "show", "1")["work"]["measures"]]
    assert f"(the reporter is not told)\n│ {OWN}\n" in office.run("case", "show", "1").out


def test_the_journal_and_the_ledger_contain_only_the_hash_of_the_text(office: Office) -> None:
    """Neither the journal nor the ledger contains a word of the text itself."""
    office.json(*informed(OWN))
    digest = hashlib.sha256(OWN.encode()).hexdigest()
    entries = office.json("journal", "list")["entries"]
    (noted,) = [each for each in entries if each.get("action") == "record-measure"]
    assert {"kind": "dnred_informed", "sha256": digest} == noted["values"]
    assert [*NAMES] == sorted(noted["officers"])
    (row,) = office.json("dossier", "disclosure", "list", "1")["disclosures"]
    assert ("DNRED informée", f"sha256 {digest[:16]}") == (row["recipient"], row["what"])
    assert "stupéfiants" not in repr((entries, row))


# Texts that are refused even with a reason, each with a part of the error.
NEVER = {
    "quoted": ("On a parlé du conteneur attendu au Havre.", "who reported: “On a parlé du conteneur"),
    "protected": (f"Il est dit : {SECRET}.", "who reported: “"),
    "identity": ("Dit par Mme Kerguelen.", "who reported: “Kerguelen”"),
    "concerned": ("M. Quélennec y serait mêlé.", "who is concerned: Quélennec"),
}


@pytest.mark.parametrize("name", NEVER)
def test_a_text_that_reveals_the_reporter_or_a_person_concerned_is_refused(
    office: Office, name: str, tmp_path: Path
) -> None:
    (tmp_path / "named").write_text("Maëlle Kerguelen, grutière")
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "named")
    text, said = NEVER[name]
    before = office.state()
    for more in ([], ["--despite-warning", "drill"]):
        assert said in refused(office, *informed(f"{OWN} {text}", *more))
    assert before == office.state()


@pytest.mark.parametrize("text", ["Il arrive mardi.", "Cela viserait le Havre."])
def test_a_reason_is_required_for_a_text_that_repeats_details_of_a_report(office: Office, text: str) -> None:
    """Two officers confirm the reason, and the journal keeps it."""
    before = office.state()
    assert "because it repeats details from a report" in refused(office, *informed(text))
    said = refused(office, *informed(text, "--despite-warning", SECRET))
    assert "contains words that could identify somebody" in said
    assert before == office.state()
    office.json(*informed(text, "--despite-warning", "drill"))
    entries = office.json("journal", "list")["entries"]
    (noted,) = [each for each in entries if each.get("action") == "record-measure"]
    assert ("drill", True) == (noted["reason"], noted["values"]["despite"])


def test_a_container_number_can_be_sent_without_a_warning(office: Office) -> None:
    """It does not matter whether the number contains spaces."""
    for number in (CONTAINER, "csqu 305438 3"):
        office.json(*informed(f"Voir le conteneur {number}, frigorifique."))


LETTER = f"Conteneur {CONTAINER} à contrôler ; voyez Luc Ferrand et Rachid Belkacem."
# For each way to write a name: a text in the case, and a text to send that is refused even with a reason.
NAMES_IN_TEXT = {
    "with capitals": ("Luc Ferrand a loué son badge ; Rachid Belkacem ferme les yeux.", LETTER),
    "without": ("luc ferrand a loué son badge et son chef rachid belkacem ferme les yeux", LETTER),
    "all in capitals": ("LUC FERRAND A LOUE SON BADGE A RACHID BELKACEM", LETTER),
    "turned": ("Le chef est BELKACEM Rachid, dit-on.", "Il faut voir Rachid Belkacem."),
    "typed without": ("Le badge de Rachid Belkacem.", "il faut voir rachid belkacem."),
    "family name": ("Le badge de Rachid Belkacem.", "Il faut voir Belkacem."),
    "form of address": ("le badge de m. belkacem", "Il faut voir M. Belkacem."),
    "with a particle": ("zoé le gall ouvre la grille", "Il faut voir Zoé Le Gall."),
    "text in capitals": ("rachid belkacem ferme les yeux", "IL FAUT VOIR RACHID BELKACEM ET LE QUAI"),
}


def test_a_text_that_contains_a_name_from_any_text_of_the_case_is_refused(office: Office) -> None:
    """The text is refused even with a reason.

    The control: each text is accepted as long as the case does not contain the name.
    """
    with office.opened() as inbox, inbox.vault.transaction(NAMES) as session:
        for name, (said, text) in NAMES_IN_TEXT.items():
            recording.check(session, 1, text, "utile")
            for row in (_note(said), _follow_up(said)):
                with session.begin_nested() as undone:
                    session.add(row)
                    session.flush()
                    for despite in ("", "utile"):
                        with pytest.raises(Refused, match="who is concerned") as refusal:
                            recording.check(session, 1, text, despite)
                        assert {"belkacem", "gall"} & {*person_names.words(str(refusal.value))}, name
                    undone.rollback()


def test_a_text_with_a_reason_may_name_an_area_even_if_the_word_could_be_part_of_a_name(
    office: Office,
) -> None:
    """Any other word that may be part of a name, such as a ship's name, is refused."""
    with office.opened() as inbox, inbox.vault.transaction(NAMES) as session:
        session.add(_follow_up("On y a vu le porteur Atlantique Kerlouan, dit-on."))
        with pytest.raises(Refused, match="because it repeats details from a report"):
            recording.check(session, 1, "Il vient en Atlantique.", "")
        recording.check(session, 1, "Il vient en Atlantique.", "utile")
        with pytest.raises(Refused, match="who is concerned: Kerlouan"):
            recording.check(session, 1, "Il vient en Kerlouan.", "utile")
        session.rollback()


def test_two_adjacent_words_in_a_long_text_in_capitals_do_not_count_as_a_name(office: Office) -> None:
    """In a short text in capitals, two adjacent words may be a name."""
    text = "Un conteneur frigorifique arrive mardi."
    with office.opened() as inbox, inbox.vault.transaction(NAMES) as session:
        for said, is_name in (
            ("ON DIT QUE LE CONTENEUR FRIGORIFIQUE ARRIVE", False),
            ("VU : CONTENEUR FRIGORIFIQUE, TRANSPORT", True),
        ):
            with session.begin_nested() as undone:
                session.add(_note(said))
                session.flush()
                with pytest.raises(Refused, match="who is concerned") if is_name else nullcontext():
                    recording.check(session, 1, text, "utile")
                undone.rollback()


def test_an_article_after_a_form_of_address_does_not_count_as_a_name(office: Office) -> None:
    with office.opened() as inbox, inbox.vault.transaction(NAMES) as session:
        session.add(_note("vu à la grille avec la cheffe"))
        recording.check(session, 1, "Prévenir Mme la directrice.", "")
        with pytest.raises(Refused, match="who is concerned: cheffe"):
            recording.check(session, 1, "Prévenir Mme cheffe.", "")
        session.rollback()


def test_a_container_number_that_the_reporter_asked_never_to_repeat_is_refused(office: Office) -> None:
    """The control: without this request, the number is accepted."""
    text = f"Voir le conteneur {CONTAINER}, frigorifique."
    with office.opened() as inbox, inbox.vault.transaction(NAMES) as session:
        recording.check(session, 1, text, "")
        case = session.get_one(Case, 1)
        report = REPORT.parse(case.message)
        case.message = REPORT.encode(replace(report, answers={**report.answers, "protect": CONTAINER}))
        with pytest.raises(Refused, match=f"could reveal who reported: .*“{CONTAINER}”"):
            recording.check(session, 1, text, "utile")
        session.rollback()


def _note(said: str) -> Note:
    return Note(case=1, position=1, by="alice", day=today(), text=said)


def _follow_up(said: str) -> FollowUp:
    return FollowUp(
        case=1,
        id=bytes(16),
        position=1,
        received=today(),
        written=today(),
        text=said,
        message=b"",
        signature=b"",
    )


def test_at_the_desk_two_officers_record_the_text_and_can_read_it_afterwards(office: Office) -> None:
    form: dict[str, Any] = {"kind": "dnred_informed", "degree": "0"}
    form["sent"] = f"{OWN} M. Quélennec y serait mêlé."
    two = {f"passphrase-{name}": passphrase_of(name) for name in NAMES}
    with sitting(office) as client:
        assert "Only for: DNRED informed (customs intelligence)." in client.page("/en/case/1")
        refusal = client.send("/en/case/1/measure", **form, **two)
        assert (409, True) == (refusal.status_code, "who is concerned: Quélennec" in refusal.text)
        form["sent"] = OWN
        assert 401 == client.send("/en/case/1/measure", **form).status_code
        assert 303 == client.send("/en/case/1/measure", **form, **two).status_code
        assert f'<p class="written" dir="auto">{OWN}</p>' in client.page("/en/case/1")


def test_another_law_can_require_a_text_for_a_different_measure(office: Office) -> None:
    office.settle(1)
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    assert "this measure must contain the text that is sent" in refused(
        office, "case", "measure", "add", "1", "coast_guard"
    )
    assert "who is concerned" in refused(office, "case", "measure", "add", "1", "coast_guard", "--text", NAME)
    assert OWN == office.json("case", "measure", "add", "1", "coast_guard", "--text", OWN)["sent"]
    assert "" == office.json("case", "measure", "add", "1", "shield")["sent"]
