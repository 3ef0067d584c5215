"""What is told to a person who asks what is held on them: what names that person, nothing of its source."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import dossier_room as room_of
from tests.support.inbox_builders import Office, Portal, Reporter, Said, Sent, World, answering, first, today
from tests.support.inbox_clock import moved

NAME = "Firmin Quélennec"
TEXT = (
    f"J'étais de garde avec Ondine. {NAME.upper()} a loué son badge le 3 mars à 14h30 !"
    f" Le badge de Quelennec Firmin est le 4417.\nPersonne d'autre. Un inconnu, aussi.\n{NAME} boit."
)
SECRET = f"Je suis la voisine de {NAME}"
FOLLOWED = f"Encore\u202e {NAME}, {{{{ 7*7 }}}} {'x' * 3_000}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases that name a person, and one that does not."""
    folder = tmp_path_factory.mktemp("access")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    edit = answering(protect=SECRET, how_know="seen", told=("colleague",), who_id=f"{NAME}, docker", odd=NAME)
    authors = [Reporter(world) for _ in range(3)]
    sent = [
        first(authors[0], text=TEXT, edit=edit),
        Sent(authors[0].follow_up(FOLLOWED)),
        first(authors[1], text="Rien à voir"),
        first(authors[2], text=f"{NAME} encore", files=[NAME.encode()]),
    ]
    office.json("collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    for number in ("1", "2", "3"):
        office.json("reply", number, "--text", f"Merci, {NAME}", "--despite-warning", "x")
    return office


def cases(office: Office) -> dict[str, str]:
    """Return the numbers of the cases by how their lines begin: order on the way is random."""
    return {case["summary"].split()[0]: str(case["case"]) for case in office.json("list")["cases"]}


def ask(office: Office, out: Path, *numbers: str, options: tuple[str, ...] = (), name: str = NAME) -> Said:
    return office.run("access", *numbers, "--person", name, "--out", out, *options)


def test_only_what_names_the_person_is_told(office: Office, tmp_path: Path) -> None:
    """In pages and for machines alike; the control is what the officers are shown of the case."""
    known = cases(office)
    both = (known["J'étais"], known["Firmin"])
    assert 0 == ask(office, tmp_path / "a.json", *both, options=("--form", "json")).code
    assert 0 == ask(office, tmp_path / "a.pdf", *both).code
    raw = (tmp_path / "a.json").read_bytes()
    document = json.loads(raw)
    assert [
        [
            ["FIRMIN QUÉLENNEC a loué son badge le 3 mars à 14h30 !"],
            ["Le badge de Quelennec Firmin est le 4417."],
            [f"{NAME} boit."],
            [f"{NAME}, docker"],
            [FOLLOWED],
        ],
        [[f"{NAME} encore"]],
    ] == document["reports"]
    assert ([NAME], today().isoformat()) == (document["person"], document["made"])
    pdf = (tmp_path / "a.pdf").read_bytes()
    said = room_of.printed(pdf) + room_of.drawn(pdf) + raw.decode()
    shown = office.run("show", both[0]).out
    for word in ("Ondine", "voisine", "inconnu", "Comment le savez-vous", "Merci", "Collègue"):
        assert word not in said
        assert word in shown
    assert "<U+202E>" in said
    for language, words in (
        ("fr", "Réponse à une demande d'accès"),
        ("en", "Answer to a request for access"),
    ):
        ask(office, tmp_path / f"{language}.pdf", *both, options=("--language", language))
        assert words in room_of.printed((tmp_path / f"{language}.pdf").read_bytes())


def test_nothing_in_it_points_to_the_case_or_its_day(office: Office, tmp_path: Path) -> None:
    """No number, channel, id or questionnaire: only the fields that are listed here."""
    ask(office, tmp_path / "a.json", cases(office)["Firmin"], options=("--form", "json"))
    document = json.loads((tmp_path / "a.json").read_bytes())
    assert ["v", "language", "made", "by", "person", "reports"] == list(document)
    assert "docker" not in str(document)


def test_officers_take_out_more_and_are_told_what_to_look_at(office: Office, tmp_path: Path) -> None:
    number = cases(office)["J'étais"]
    said = ask(office, tmp_path / "a.json", number, options=("--form", "json"))
    assert "report 1 seems to name a day or an hour" in said.err
    assert "report 1 repeats words of what the author asked never to repeat" in said.err
    options = ("--form", "json", "--redact", "what:le 3 mars à 14h30", "--redact", "who_id:")
    said = ask(office, tmp_path / "b.json", number, options=options)
    document = json.loads((tmp_path / "b.json").read_bytes())
    assert ["FIRMIN QUÉLENNEC a loué son badge ", " !"] == document["reports"][0][0]
    assert ["", ""] == document["reports"][0][3]
    assert 1 == ask(office, tmp_path / "c.json", number, options=("--redact", "*:le 4 mars")).code


@pytest.mark.parametrize("name", ["Nobody", "", " ' ", "Ondine Quélennec"])
def test_where_nothing_is_found_nothing_is_written(office: Office, tmp_path: Path, name: str) -> None:
    """Nor of a case that is not there; and nothing goes into the ledger."""
    known = cases(office)
    before = office.state()
    assert 1 == ask(office, tmp_path / "a", *known.values(), name=name).code
    assert 1 == ask(office, tmp_path / "a", known["Firmin"], "9").code
    assert 1 == ask(office, tmp_path / "a", known["Rien"]).code
    (tmp_path / "there").touch()
    assert 1 == ask(office, tmp_path / "there", known["Firmin"]).code
    assert ["there"] == [path.name for path in tmp_path.iterdir()]
    assert before == office.state()


def test_it_is_journalled_for_each_case_and_stands_in_the_ledger(office: Office, tmp_path: Path) -> None:
    """Without the name of who asked; a case that says nothing of the person gave nothing away."""
    known = cases(office)
    assert 0 == ask(office, tmp_path / "a", *known.values(), known["Firmin"]).code
    entries = office.json("journal", "print")["entries"][-4:-1]
    assert {("answer-access", int(number)) for number in known.values()} == {
        (entry["action"], entry["case"]) for entry in entries
    }
    assert "Firmin" not in str(entries)
    for number, count in ((known["Firmin"], True), (known["Rien"], False)):
        rows = office.json("disclosures", "list", number)["disclosures"]
        assert count is (("person-concerned", "other") in [(row["recipient"], row["ground"]) for row in rows])


def test_while_it_is_put_off_to_inform_them_nobody_is_answered(office: Office, tmp_path: Path) -> None:
    """An answer would tell what must not be known yet; decided anew, it is given."""
    number = cases(office)["J'\u00e9tais"]
    until = (today() + timedelta(days=30)).isoformat()
    office.json("decide", number, "defer", "--until", until, "--reason", "inquiry")
    said = ask(office, tmp_path / "a", number)
    assert (1, True) == (said.code, f"put off until {until}" in said.err)
    assert [] == [*tmp_path.iterdir()]
    office.json("decide", number, "informed", "--reason", "over")
    assert 0 == ask(office, tmp_path / "a", number).code


def test_it_is_put_off_until_that_day_and_no_longer(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, clock, number = office.copy(tmp_path / "own"), moved(monkeypatch), cases(office)["Firmin"]
    until = (today() + timedelta(days=30)).isoformat()
    own.json("decide", number, "defer", "--until", until, "--reason", "inquiry")
    clock.wait(29)
    assert 1 == ask(own, tmp_path / "a", number).code
    clock.wait(1)
    assert 0 == ask(own, tmp_path / "a", number).code


def test_who_the_author_is_known_to_be_leaves_no_passage(office: Office, tmp_path: Path) -> None:
    """Known to officers alone, and said in the passage as well; the control is the same before."""
    own, number, out = office.copy(tmp_path / "own"), cases(office)["Firmin"], tmp_path / "out"
    (tmp_path / "identity").write_text("encore\n")
    told = []
    for _ in range(2):
        assert 0 == ask(own, out, number, options=("--form", "json")).code
        told.append(json.loads(out.read_bytes())["reports"])
        out.unlink()
        own.json("identity", "set", number, "--text-file", tmp_path / "identity")
    assert [[[[f"{NAME} encore"]]], [[[f"{NAME} ", ""]]]] == told
