"""Officers need a reason to write to somebody named in the case, because a letter might warn a suspect."""

import pytest

from tests.support.gate import crossed
from tests.support.inbox_builders import Office, Portal, Reporter, World, answering, first, today
from tests.support.inbox_outcomes import refused

WHO = "Firmin Quélennec, docker"
TEXT = "Firmin Quélennec et Marc Leroy ont loué un badge au Havre. Parlez-en au directeur."

pytestmark = pytest.mark.copy_of("founded_addressed")


@pytest.fixture(scope="module")
def founded_addressed(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("addressed")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    sent = first(Reporter(world), text=TEXT, edit=answering(who_id=WHO, protect=SECRET))
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    (folder / "identity").write_text(IDENTITY)
    office.json("case", "identity", "add", "1", "--text-file", folder / "identity")
    return office


SECRET = "la voisine du dessus"
IDENTITY = "Ondine Kerguelen"
NAMED = ["Firmin Quélennec", "QUELENNEC, chef", "Marc Leroy", "M. Leroy", "Mme Leroy", "F. Q.", "ML, docker"]
# These addressees need no reason. A single word of the report may be the name of a public office.
OTHERS = [
    *("Parquet du Havre", "Le directeur", "Directeur", "M. Lerouge", "Leroy Merlin", "Docker SA"),
    *("X", "TJ", "DI"),
]
WAYS = {
    "measure": ("case", "measure", "add", "1", "protection_offered", "--addressee"),
    "decision": ("case", "decide", "1", "transmit", "--reason", "x", "--addressee"),
    "ledger": ("dossier", "disclosure", "add", "1", "--what", "other", "--ground", "consent", "--to"),
}
DESPITE = {"ledger": "--reason"}
SAID = "case 1 names the recipient"


@pytest.mark.parametrize(("name", "way"), crossed(NAMED, WAYS))
def test_a_reason_is_required_for_an_addressee_named_in_the_case(office: Office, way: str, name: str) -> None:
    """The journal keeps the reason.

    For each action except a disclosure, the journal also says that there was a warning.
    """
    before = office.state()
    assert SAID in refused(office, *WAYS[way], name)
    assert before == office.state()
    office.json(*WAYS[way], name, DESPITE.get(way, "--despite-warning"), "by the law")
    found = office.json("journal", "list")["entries"]
    entry = next(each for each in reversed(found) if "by the law" in each["reason"])
    assert (way != "ledger") is ("despite" in entry["values"])


@pytest.mark.parametrize(("name", "way"), crossed(OTHERS, WAYS))
def test_no_reason_is_required_for_an_addressee_who_is_not_named_in_the_case(
    office: Office, way: str, name: str
) -> None:
    office.json(*WAYS[way], name)


TELLING = {
    "Mme Kerguelen": "“Kerguelen” (it contains words of the reporter",
    "Voisine du dessus": "“voisine” (the reporter asked",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_reason_is_required_for_an_addressee_that_could_reveal_the_reporter(
    office: Office, way: str
) -> None:
    """The addressee contains words of the reporter's identity, or words that must never be repeated.

    For a case with several reporters, see test_comparisons.py.
    """
    for name, said in TELLING.items():
        before = office.state()
        told = refused(office, *WAYS[way], name)
        assert f"the addressee's name or address could reveal who reported: {said}" in told
        assert f": {DESPITE.get(way, '--despite-warning')} " in told
        assert before == office.state()
        office.json(*WAYS[way], name, DESPITE.get(way, "--despite-warning"), "by the law")
        last = [each for each in office.json("journal", "list")["entries"] if "by the law" in each["reason"]]
        assert (way != "ledger") is ("despite" in last[-1]["values"])


def test_an_addressee_is_compared_with_every_name_in_an_access_request(office: Office) -> None:
    """The request has two names of one person, and the case contains only one of them."""
    office.json(*WAYS["measure"], "Zoé Ledoux")
    asked = ["--received", today().isoformat(), "--way", "letter", "--person", "Marc Leroy"]
    office.json("request", "add", *asked, "--person", "Zoé Ledoux")
    assert SAID in refused(office, *WAYS["measure"], "zoe ledoux")


def test_the_address_of_a_letter_to_an_authority_is_checked(office: Office) -> None:
    office.json("case", "decide", "1", "transmit", "--reason", "x", "--addressee", "Parquet")
    letter = [
        "dossier",
        "letter",
        "1",
        "prosecutor",
        "--to",
        "pnf",
        "--text",
        "Un dossier.",
        "--out",
        str(office.out / "x"),
    ]
    assert SAID in refused(office, *letter, "--address", "M. Leroy, 3 rue du Port")
    assert "could reveal who reported" in refused(office, *letter, "--address", "Chez Mme Kerguelen")
    office.json(*letter, "--address", "3 rue du Port")


def test_the_address_of_a_letter_to_a_person_is_checked(office: Office) -> None:
    """The letter may name the person, but its address must not reveal the reporter."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    words = ("persons_notice", "--to", "Firmin Quélennec", "--text", "Un badge aurait servi.")
    letter = ["dossier", "letter", "1", *words, "--out", str(office.out / "x")]
    for address in ("Chez Mme Kerguelen", "La voisine du dessus"):
        assert "could reveal who reported" in refused(office, *letter, "--address", address)
    office.json(*letter, "--address", "3 rue du Port")
