"""Printed letters contain the text of the law, wait for decisions, and do not name the reporter."""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crypto.journal import Presence
from inbox.deadlines import workflow
from inbox.desk import translate
from inbox.desk.fields import markup
from inbox.dossiers import letters
from inbox.dossiers.letters import Wanted
from inbox.language.errors import CaseRefused, Undeclared
from inbox.law import in_use
from inbox.law.codes_in_use import REGIME
from inbox.session.actions import Actor
from inbox.vault.casework_tables import Declaration, Duty, Measure, Setting
from tests.support.desk_room import Client, chosen_beforehand, sitting
from tests.support.dossier_room import printed, unpacked
from tests.support.gate import chosen
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
from tests.support.laws import FILES, FRENCH, laws_with

NAME = "Firmin Quélennec"
SECRET = "Je suis la voisine du dessus"
TEXT = f"J'étais de garde avec Ondine. {NAME} a loué son badge à un inconnu au Havre. Personne d'autre."
OWN = "Il est dit qu'un moyen d'entrer aurait été cédé contre de l'argent."
JOINED = "Un dossier scellé, dont la clé vous sera dite de vive voix."
# For each letter of the French law: its addressee, and the text that officers add.
LETTERS = {
    "prosecutor": ("pnf", JOINED),
    "persons_notice": (NAME, OWN),
    "forwarding": ("anticorruption_agency", OWN),
}
NAMES = ("alice", "bruno")


@pytest.fixture(scope="module")
def founded_letters(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office of two officers, and two cases that name a person. No obstacle stops a letter.

    The prosecutor was told of each case, the final decision was made, and no transmission is needed. The
    office is an external authority, so it can forward a report itself.
    """
    folder = tmp_path_factory.mktemp("letters")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    sent = [first(Reporter(world), text=TEXT, edit=answering(protect=SECRET, who_id=NAME)) for _ in range(2)]
    office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    office.json("case", "declare", "1", "2")
    office.json("office", "set", "--regime", "external")
    for number in ("1", "2"):
        office.json("case", "show", number)
        office.json("case", "set-source-risk", number, "low", "--reason", "x")
    with office.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2):
            for position, kind in enumerate(("prosecutor_phoned", "final_decision"), 1):
                session.add(Measure(case=number, position=position, kind=kind, day=today(), recorded=today()))
            told = Duty(case=number, kind="art40", known=today(), due=today(), decided=today())
            told.decision = "no_transmission"
            session.add(told)
    return office


pytestmark = pytest.mark.copy_of("founded_letters")


def write(letter: str, out: Path, *options: str, text: str | None = None, case: str = "1") -> list[str]:
    """Return the command that writes a letter of the French law."""
    to, own = LETTERS[letter]
    said = own if text is None else text
    return ["dossier", "letter", case, letter, "--to", to, "--text", said, "--out", str(out), *options]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_contains_the_text_that_the_law_gives(office: Office, letter: str) -> None:
    """The letter exists in two languages, names the office and has a date.

    Only letters to authorities have a reference.
    """
    rule, (to, own) = FRENCH.letters[letter], LETTERS[letter]
    for language, office_name in (("fr", "Inspection des douanes"), ("en", "Customs inspectorate")):
        out = office.out / language
        said = office.run(*write(letter, out, "--language", language))
        assert 0 == said.code, said.err
        pages = printed(out.read_bytes())
        for text in (rule.name, rule.law):
            # ``printed`` replaces every kind of space with an ordinary space.
            assert " ".join(text.in_(language).split()) in pages
        known = FRENCH.authorities.get(to)
        assert (known.name.in_(language) if known else to) in pages
        assert all(word in pages for word in (own[:30], office_name, str(today().year)))
        assert ("Notre référence" in pages or "Our reference" in pages) is (letter != "persons_notice")
        assert "{" not in pages


@pytest.mark.parametrize("letter", chosen(LETTERS, "prosecutor", "persons_notice"))
def test_neither_a_letter_nor_its_file_reveals_a_reporter_or_an_officer_or_a_time_of_day(
    office: Office, letter: str
) -> None:
    """The same words always give the same bytes.

    A letter to a person concerned does not contain the number of the case.
    """
    for name in ("one", "other"):
        office.json(*write(letter, office.out / name))
    raw = (office.out / "one").read_bytes()
    assert raw == (office.out / "other").read_bytes()
    pages, inside = printed(raw), unpacked(raw).decode("latin-1")
    for word in (*NAMES, "Ondine", "voisine", "loué", "Havre", "fpdf", "pypdf"):
        assert word not in pages.lower()
        assert word not in inside
    dates = set(re.findall(r"\(D:(\d+)", inside))
    assert {f"{today():%Y%m%d}000000"} == dates
    assert "/Author" not in inside
    is_person = letter == "persons_notice"
    assert ("dossier 1" in pages, "reçu le" in pages) == (
        not is_person,
        letter == "prosecutor",
    )


def test_the_letter_to_the_prosecutor_asks_for_an_answer_and_says_why_it_names_no_reporter(
    office: Office,
) -> None:
    office.json(*write("prosecutor", office.out / "x"))
    pages = printed((office.out / "x").read_bytes())
    for words in (
        JOINED, "ou nous la conservons à part", "à quelles conditions", "audition des personnes en cause",
        "suspension de fonctions", "ce qui a été conclu", "nous informer des suites",
        "75859 Paris Cedex 17",
    ):  # fmt: skip
        assert words in pages
    assert FRENCH.addressees(FRENCH.letters["prosecutor"]).keys() == {"prosecutor", "jirs", "pnf", "pnaco"}


def test_the_letter_to_a_person_says_which_data_are_held_but_does_not_name_their_source(
    office: Office,
) -> None:
    office.json(*write("persons_notice", office.out / "x"))
    pages = printed((office.out / "x").read_bytes())
    for words in (OWN, "Nous ne disons ni leur source", "paragraphe 5, b", "rectification", "CNIL"):
        assert words in pages


def test_a_reason_is_required_for_a_letter_to_a_person_who_is_not_named_in_the_case(office: Office) -> None:
    """A case that contains the family name counts as naming the person, with any form of address."""
    to = ("dossier", "letter", "1", "persons_notice", "--text", OWN, "--out", str(office.out / "x"), "--to")
    assert "case 1 does not name this person" in refused(office, *to, "Marc Leroy")
    office.json(*to, "Marc Leroy", "--despite-warning", "the report calls him the mate")
    (office.out / "x").unlink()
    office.json(*to, "Mme QUÉLENNEC")


def test_an_address_that_officers_give_replaces_the_address_in_the_law(office: Office) -> None:
    office.json(*write("prosecutor", office.out / "x", "--address", "Palais de justice, Brest"))
    pages = printed((office.out / "x").read_bytes())
    assert ("Palais de justice, Brest" in pages, "75859" in pages) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("letter", chosen(LETTERS, "prosecutor", "persons_notice"))
def test_the_journal_and_the_ledger_record_a_letter_but_a_letter_decides_nothing(
    office: Office, letter: str
) -> None:
    before = office.json("case", "show", "1")["work"]
    office.json(*write(letter, office.out / "x"))
    entries = office.json("journal", "list")["entries"]
    noted = next(each for each in entries if each.get("action") == "write-letter")
    assert (1, {"letter": letter}) == (noted["case"], noted["values"])
    (row,) = office.json("dossier", "disclosure", "list", "1")["disclosures"]
    to = FRENCH.authorities.get(LETTERS[letter][0])
    assert (to.name.fr if to else "person-concerned", "letter") == (row["recipient"], row["what"])
    after = office.json("case", "show", "1")["work"]
    assert (before["duties"], before["measures"]) == (after["duties"], after["measures"])


def unasked(office: Office) -> None:
    """Delete the duty to decide about the prosecutor in case 1.

    The case is then like a case that nobody has scored.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Duty, (1, "art40")))


def offence(office: Office) -> None:
    unasked(office)
    office.json("case", "set-score", "1", "--severity", "3", "--reason", "drill")


def transmitted(office: Office) -> None:
    office.json("case", "decide", "1", "transmit", "--reason", "drill")


@pytest.mark.parametrize("letter", LETTERS)
def test_before_the_decision_about_the_prosecutor_only_the_prosecutor_can_get_a_letter(
    office: Office, letter: str
) -> None:
    offence(office)
    if letter == "prosecutor":
        office.json(*write(letter, office.out / "x"))
        return
    said = refused(office, *write(letter, office.out / "x", "--despite-warning", "drill"))
    assert "it has not been decided whether to inform the prosecutor" in said
    assert "inbox case decide 1 transmit|no_transmission" in said
    assert [] == [*office.out.iterdir()]
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    office.json(*write(letter, office.out / "x"))


def test_a_letter_to_the_prosecutor_requires_a_measure_showing_that_the_prosecutor_has_the_case(
    office: Office,
) -> None:
    """Without such a measure, no rule would keep officers from warning the persons concerned."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Measure))
    asks = "no measure shows that the case is with the prosecutor\nhint: first decide to"
    assert asks in refused(office, *write("prosecutor", office.out / "x"))
    with sitting(office) as client:
        assert "no measure shows that the case is with the prosecutor" in client.page("/en/case/1/letters")
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json(*write("prosecutor", office.out / "x"))
    assert "the prosecutor has not said that this measure can be taken" in refused(
        office, "case", "measure", "add", "1", "hearing"
    )
    assert "would warn them" in refused(office, "case", "decide", "1", "informed", "--reason", "drill")


def test_deciding_that_the_prosecutor_is_informed_takes_two_officers_even_after_a_letter(
    office: Office,
) -> None:
    """Otherwise one officer could write a letter and settle the question alone.

    Oversight lists the cases about which nothing was sent. A disclosure that officers record by hand does
    not count as a letter.
    """

    def decided() -> str:
        office.json("case", "decide", "1", "transmit", "--reason", "drill")
        entries = office.json("journal", "list")["entries"]
        found = [each for each in entries if each["values"].get("decision") == "transmit"]
        return str(found[-1]["action"])

    unasked(office)
    assert "decide-by-two" == decided()
    for words in (
        ("--to", "Parquet", "--what", "report", "--ground", "judicial"),
        ("--to", "Parquet", "--what", "other", "--ground", "other", "--reason", "x"),
    ):
        office.json("dossier", "disclosure", "add", "1", *words)
        assert "decide-by-two" == decided()
    assert [1] == office.json("office", "oversight")["transmitted_unsent"]
    assert "transmitted, nothing sent: case 1\n" in office.run("office", "oversight").out
    with sitting(office) as client:
        assert "Le dossier 1 est déclaré transmis au procureur, mais rien" in client.page("/fr/oversight")
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, today())
    assert [1] == office.json("office", "oversight")["transmitted_unsent"], (
        "a message of the reporter does not count as sending"
    )
    office.json("case", "decide", "1", "no_transmission", "--reason", "the letter says nothing new")
    assert [1] == office.json("office", "oversight")["transmitted_unsent"], (
        "nor does a decision about that message"
    )
    office.json(*write("prosecutor", office.out / "x"))
    assert "decide-by-two" == decided()
    assert [] == office.json("office", "oversight")["transmitted_unsent"]
    assert "nothing sent" not in office.run("office", "oversight").out


def test_no_letter_informs_a_person_while_the_prosecutor_may_still_object(office: Office) -> None:
    """The same rule applies to the decision to inform the person. Letters to others do not wait."""
    transmitted(office)
    said = refused(office, *write("persons_notice", office.out / "x", "--despite-warning", "drill"))
    assert "informing the persons concerned now would warn them" in said
    with sitting(office) as client:
        page = client.page("/en/case/1/letters")
    assert 1 == page.count("would warn them too early: the prosecutor")
    for letter in ("prosecutor", "forwarding"):
        office.json(*write(letter, office.out / letter))
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json(*write("persons_notice", office.out / "x"))


def test_a_letter_waits_for_the_decision_about_the_prosecutor_even_if_no_rule_asks_for_it(
    office: Office,
) -> None:
    """A case that nobody has scored may be about an offence.

    The desk and the command both refuse the letter.
    """
    unasked(office)
    for letter in ("persons_notice", "forwarding"):
        said = refused(office, *write(letter, office.out / "x", "--despite-warning", "drill"))
        assert "it has not been decided whether to inform the prosecutor" in said
    with sitting(office) as client:
        assert 2 == client.page("/en/case/1/letters").count("whether to inform the prosecutor")
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    for letter in ("persons_notice", "forwarding"):
        office.json(*write(letter, office.out / letter))


# For each kind of warning: a letter, and a text typed into the letter.
WARNED: Mapping[str, tuple[str, str]] = {
    "officer": ("prosecutor", "Bruno a lu le dossier."),
    "protected": ("forwarding", f"Il est écrit : {SECRET}."),
    "quoted": ("persons_notice", "Il a loué son badge à un inconnu au Havre."),
    "day": ("persons_notice", "Cela s'est passé un mardi."),
}


@pytest.mark.parametrize("name", WARNED)
def test_the_text_that_officers_type_into_a_letter_is_checked(office: Office, name: str) -> None:
    letter, text = WARNED[name]
    words = write(letter, office.out / "x", text=text)
    assert "the text could " in refused(office, *words)
    despite = office.run(*words, "--despite-warning", "drill")
    # Even with a reason, a letter to a person concerned must not repeat the reporter's own words.
    assert (name == "quoted") == bool(despite.code)
    if name != "quoted":
        entries = office.json("journal", "list")["entries"]
        noted = next(each for each in entries if each.get("action") == "write-letter")
        assert ("drill", True) == (noted["reason"], noted["values"]["despite"])


@pytest.mark.parametrize("name", ["officer", "day"])
def test_the_reason_for_a_letter_must_not_name_a_person_concerned(
    office: Office, drawer: Path, name: str
) -> None:
    """The journal keeps the reason. The preview warns of the name before the letter is written."""
    letter, text = WARNED[name]
    words = write(letter, drawer / "x", "--despite-warning", f"vu {NAME}", text=text)
    assert "contains words that could identify somebody" in office.json(*words, "--preview")["warned"][0]
    assert "contains words that could identify somebody" in refused(office, *words)


def test_an_officer_who_has_not_declared_a_case_cannot_preview_a_letter_about_it(office: Office) -> None:
    """Otherwise that officer could find out from the warnings which words the report contains."""
    letter, text = WARNED["protected"]
    wanted = Wanted(letter=letter, to=LETTERS[letter][0], text=text)
    with office.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Declaration).filter_by(case=1, officer="alice"))
        for look in (letters.preview, letters.words):
            with pytest.raises(Undeclared):
                look(inbox, Actor({"alice": Presence.OWN}, today()), 1, wanted)


def test_a_letter_to_an_authority_may_name_persons_concerned_but_not_the_reporter(
    office: Office, tmp_path: Path
) -> None:
    named = tmp_path / "named"
    named.write_text("Maëlle Kerguelen, grutière")
    office.json("case", "identity", "add", "1", "--text-file", named)
    despite = ("--despite-warning", "drill")
    for letter in ("forwarding", "prosecutor"):
        office.json(*write(letter, office.out / letter, text=f"Un dossier sur {NAME}."))
        words = write(letter, office.out / "x", *despite, text="Signalé par Mme Kerguelen.")
        assert "could reveal who reported: “Kerguelen”" in refused(office, *words)


def test_invalid_options_for_a_letter_are_refused_and_no_file_is_written(office: Office) -> None:
    out = office.out / "x"
    said = {
        "has no code ghost for this": ("dossier", "letter", "1", "ghost", "--to", "pnf", "--out", str(out)),
        "has no code police for this": (
            "dossier", "letter", "1", "prosecutor", "--to", "police", "--text", "x", "--out", str(out),
        ),
        "needs a text of your own": ("dossier", "letter", "1", "prosecutor", "--to", "pnf", "--out",
        str(out)),
        "at most 200 characters": write("prosecutor", out, "--address", "x" * 201),
        "contains words that could identify somebody": write(
            "persons_notice", out, "--despite-warning", SECRET
        ),
        "no case 9": write("prosecutor", out, case="9"),
    }  # fmt: skip
    for what, words in said.items():
        assert what in refused(office, *words)
    out.write_text("mine")
    assert "already exists" in refused(office, *write("prosecutor", out))
    assert "mine" == out.read_text()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Return the folder that the desk uses for exchanges with the portal."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def drawer(tmp_path: Path) -> Path:
    """Return a folder outside the folder for exchanges."""
    folder = tmp_path / "drawer"
    folder.mkdir()
    return folder


def both(**form: Any) -> dict[str, Any]:
    return form | {f"passphrase-{name}": passphrase_of(name) for name in NAMES}


def form(letter: str, drawer: Path, **more: str) -> dict[str, str]:
    to, own = LETTERS[letter]
    given = {"letter": letter, "to": to, "text": own, "address": "", "language": "fr"}
    return given | {"papers": str(drawer)} | more


SEEN = re.compile(r'name="seen" value="([^"]*)"')


def looked_at(client: Client, form: dict[str, str], case: int = 1) -> dict[str, str]:
    """Preview a letter. Return the form that the page of the preview would send."""
    shown = client.send(f"/fr/case/{case}/letters/preview", **form)
    assert 200 == shown.status_code, shown.text
    found = SEEN.search(shown.text)
    return form | {"seen": found[1] if found else ""}


def test_a_letter_can_be_written_only_if_it_equals_its_preview(office: Office, drawer: Path) -> None:
    """A preview writes no file. If a word was changed after the preview, the letter is refused."""
    previews = {each: office.json(*write(each, drawer / "x", "--preview")) for each in LETTERS}
    with sitting(office) as client:
        assert [] == chosen_beforehand(client.page("/fr/case/1/letters"), "to-prosecutor", "to-forwarding")
        for letter, said in previews.items():
            given = form(letter, drawer)
            shown = html.unescape(client.send("/fr/case/1/letters/preview", **given).text)
            assert said["head"]["Objet"] == FRENCH.letters[letter].name.in_("fr")
            lines = [said["by"], *said["head"].values(), *said["paragraphs"], said["sign"]]
            assert [] == [each for each in lines if any(line not in shown for line in each.split("\n"))]
            assert [] == [*drawer.iterdir()]
            seen = looked_at(client, given)
            unseen = client.send("/fr/case/1/letters", **both(**given))
            other = client.send("/fr/case/1/letters", **both(**seen | {"text": f"{given['text']} Bien."}))
            for answer in (unseen, other):
                assert (409, True) == (answer.status_code, "a changé depuis l\u2019aperçu" in answer.text)
            asked = client.send("/fr/case/1/letters", **seen)
            assert 401 == asked.status_code
            assert said["sign"] in html.unescape(asked.text)
            assert 200 == client.send("/fr/case/1/letters", **both(**seen)).status_code
            (made,) = drawer.iterdir()
            pages = " ".join(printed(made.read_bytes()).split())
            assert [] == [each for each in lines if " ".join(each.split())[:60] not in pages]
            made.unlink()
    assert 2 == office.run(*write("prosecutor", drawer / "x")[:-2]).code


@pytest.mark.slow
def test_the_preview_of_a_letter_shows_warnings_and_asks_for_a_reason(office: Office, drawer: Path) -> None:
    """The form keeps everything that was typed. The control is a letter without a warning."""
    for letter, text in WARNED.values():
        words = write(letter, drawer / "x", text=text)
        assert office.json(*words, "--preview")["warned"][0][1:] in refused(office, *words)
    with sitting(office) as client:
        bare = client.page("/fr/case/1/letters")
        assert 3 <= bare.count(SECRET)
        assert 'name="despite"' not in bare
        for name, (letter, text) in WARNED.items():
            wanted = form(letter, drawer, text=text, address="Rue de Brest")
            shown = client.send("/fr/case/1/letters/preview", **wanted).text
            assert "Le texte pourrait" in shown, name
            assert (name != "quoted") == ('name="despite"' in shown), name
            (sent,) = (
                each
                for each in markup.read(shown)
                if each.tag.attributes["action"].endswith("/case/1/letters")
            )
            again = client.send("/fr/case/1/letters", **both(**sent.hidden() | {"papers": str(drawer)}))
            linked = 'href="#letter-despite"' in again.text
            assert (409, name != "quoted") == (again.status_code, linked), name
            changed = html.unescape(client.send("/fr/case/1/letters/change", **wanted, despite="drill").text)
            kept = ["<details open>", f">{text}<", ">Rue de Brest<", 'value="drill"', f'value="{drawer}"']
            assert [] == [each for each in kept if each not in changed], name
        quiet = client.send("/fr/case/1/letters/preview", **form("prosecutor", drawer)).text
        assert 'name="despite"' not in quiet
        reasoned = looked_at(client, form("prosecutor", drawer, text=WARNED["officer"][1]))
        assert 200 == client.send("/fr/case/1/letters", **both(**reasoned, despite="drill")).status_code


def test_the_second_officer_can_read_the_letter_in_another_session_before_confirming(
    office: Office, drawer: Path
) -> None:
    with sitting(office) as client:
        other = Client(client.desk, client.app, officer="bruno")
        seen = looked_at(client, form("prosecutor", drawer))
        first = {"passphrase-alice": passphrase_of("alice"), "ask-another": "on"}
        client.send("/fr/case/1/letters", **seen, **first)
        (asked,) = client.seat.asked
        page = html.unescape(other.page(f"/fr/confirm/{asked}"))
        assert "signature et cachet" in page
        assert JOINED in page


def test_a_letter_that_still_waits_for_a_decision_can_be_previewed_but_not_written(
    office: Office, drawer: Path
) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Duty))
    with sitting(office) as client:
        shown = client.send("/fr/case/1/letters/preview", **form("forwarding", drawer))
        assert (200, True, False) == (
            shown.status_code,
            OWN in html.unescape(shown.text),
            'name="seen"' in shown.text,
        )
        for more in ({"letter": "ghost"}, {"text": ""}, {"to": ""}):
            answer = client.send("/fr/case/1/letters/preview", **form("forwarding", drawer) | more)
            assert 409 == answer.status_code, more


@pytest.mark.slow
def test_a_letter_needs_as_many_officers_as_its_decision_or_its_measure(
    office: Office, stick: Path, drawer: Path
) -> None:
    with sitting(office, stick) as client:
        for letter in LETTERS:
            assert (
                401
                == client.send("/fr/case/1/letters", **looked_at(client, form(letter, drawer))).status_code
            ), letter
        assert [] == [*drawer.iterdir()]
        client.send("/fr/case/1/decide", **both(choice="no_transmission", reason="drill"))
        for letter in LETTERS:
            assert (
                200
                == client.send(
                    "/fr/case/1/letters", **both(**looked_at(client, form(letter, drawer)))
                ).status_code
            )
    rule = 'en = "Forwarded to the competent authority" }\nofficers = '
    (law,) = laws_with("duties.toml", {f"{rule}2": f"{rule}1"})
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, law)
    with sitting(office, stick) as client:
        assert (
            401
            == client.send("/fr/case/1/letters", **looked_at(client, form("forwarding", drawer))).status_code
        )


def test_the_desk_gives_a_letter_a_neutral_file_name_and_offers_its_folder_again(
    office: Office, stick: Path, drawer: Path
) -> None:
    with sitting(office, stick) as client:
        page = client.page("/fr/case/1/letters")
        assert "Information sur des données qui vous concernent" in page
        assert str(drawer) not in page
        for letter in ("persons_notice", "prosecutor"):
            made = client.send("/fr/case/1/letters", **both(**looked_at(client, form(letter, drawer))))
            assert (200, True) == (made.status_code, "a peut le lire" in made.text)
        again = client.send("/fr/case/1/letters/preview", **form("prosecutor", drawer))
        assert f'value="{drawer}"' in again.text
        warned = client.send(
            "/fr/case/2/letters",
            **both(**looked_at(client, form("persons_notice", drawer, text="Un mardi."), 2)),
        )
        assert (409, True) == (warned.status_code, "Un mardi." in warned.text)
    names = {f"letter-1-{today()}.pdf", f"letter-1-{today()}-2.pdf"}
    assert names == {each.name for each in drawer.iterdir()}
    assert JOINED in printed((drawer / f"letter-1-{today()}-2.pdf").read_bytes())


def test_no_letter_is_written_to_the_medium_for_the_portal(office: Office, stick: Path, drawer: Path) -> None:
    """The desk also refuses a folder inside the medium, and the folder that contains the medium.

    It makes no difference whether the medium is empty.
    """
    within = stick / "lettres"
    within.mkdir()
    with sitting(office, stick) as client:
        for folder in (stick, within, stick.parent):
            answer = client.send("/fr/case/1/letters", **both(**form("prosecutor", folder)))
            assert (409, True) == (answer.status_code, "est sur le support du portail" in answer.text), folder
            assert "remettez-les sur papier" in answer.text
        assert 409 == client.send("/fr/case/1/letters", **both(**form("prosecutor", stick / "x"))).status_code
    assert [] == [*within.iterdir()]
    for name in ("channel-3.tar", "outbox-channel-12.tar"):
        (drawer / name).touch()
        assert "medium for the portal" in refused(office, *write("prosecutor", drawer / "x"))
        (drawer / name).unlink()
    (drawer / "photos.tar").touch()
    said = office.run(*write("prosecutor", drawer / "x"))
    assert "the file is not encrypted" in said.out


def test_nothing_for_the_portal_is_written_to_a_medium_that_contains_a_letter(
    office: Office, stick: Path, tmp_path: Path
) -> None:
    """The control: without the letter, the same medium is accepted."""
    (tmp_path / "list.json").touch()
    commands = [
        ("exchange", "outbox"),
        ("exchange", "keyring"),
        ("exchange", "sign-pages", str(tmp_path / "list.json")),
    ]
    for name in ("letter-1-2026-11-24.pdf", "access-1.pdf", "dossier-1-2026-11-24.age"):
        (stick / name).touch()
        for command in commands:
            said = refused(office, *command, "--out", str(stick), "--same-disk")
            assert "not meant for the portal" in said, command
        assert [name] == [each.name for each in stick.iterdir()]
        (stick / name).unlink()
    for command in commands[:2]:
        office.json(*command, "--out", str(stick), "--same-disk")


def test_each_law_can_have_its_own_letters(office: Office) -> None:
    """A letter is refused if it mentions a fact that the case does not have.

    If a letter has no place for text from officers, such text is refused.
    """
    office.settle(1)
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
        session.merge(Setting(name=REGIME, value="single"))
        session.execute(delete(Measure))
        session.add(Measure(case=1, position=1, kind="seizure_note", day=today(), recorded=today()))
    office.json("queue", "list")
    words = [
        "dossier",
        "letter",
        "1",
        "lantern",
        "--to",
        "magistrate",
        "--language",
        "en",
        "--out",
        office.out / "x",
    ]
    assert "names outcome, which this case does not have yet" in refused(office, *map(str, words))
    assert "has no place for a text of your own" in refused(office, *map(str, words), "--text", "x")
    office.settle(1)
    office.json("case", "decide", "1", "drop", "--reason", "x")
    office.close("1", "upheld", "--disclosure", "withheld", "--reason", "x")
    office.json(*words)
    assert "Case 1, Upheld." in printed((office.out / "x").read_bytes())
    office.json("case", "decide", "2", "drop", "--reason", "x")
    office.json("dossier", "letter", "2", "bottle", "--to", NAME, "--text", OWN, "--out", office.out / "y")


def test_the_desk_shows_the_label_of_a_fact_that_is_missing_from_a_letter(office: Office) -> None:
    with office.opened() as inbox:
        with inbox.transaction() as session:
            in_use.adopt(session, FILES["xx"])
            session.merge(Setting(name=REGIME, value="single"))
            session.execute(delete(Measure))
            session.add(Measure(case=1, position=1, kind="seizure_note", day=today(), recorded=today()))
        with pytest.raises(CaseRefused) as refusal:
            letters.words(
                inbox,
                Actor({"alice": Presence.OWN}, today()),
                1,
                Wanted(letter="lantern", to="magistrate", language="en"),
            )
    shown = translate.told("fr", refusal.value.what)
    assert shown.startswith("La lettre doit indiquer «\u00a0suite donnée\u00a0», ")


def test_no_letter_can_be_written_about_a_case_in_quarantine(office: Office) -> None:
    office.json("access", "quarantine", "2", "--reason", "drill")
    assert "quarantine" in refused(office, *write("prosecutor", office.out / "x", case="2"))
