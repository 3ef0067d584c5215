"""The register of access requests at the desk, and the answers, which take two officers."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from templates.catalogues import LANGUAGES
from tests.support.desk_room import Client, sitting, tell
from tests.support.dossier_room import printed
from tests.support.inbox_builders import Office, Portal, World, passphrase_of, today
from tests.support.sticks import mounted, stick

NAME = "Firmin Quélennec"
SAID = {"what": f"J'étais de garde. {NAME.upper()} a loué son badge. Un inconnu.", "coi": "no"}
CAME = (today() - timedelta(25)).isoformat()
SENT = {"choice": "transmit", "addressee": "P", "reference": "TJ 26/1"}
ASKED = {"persons": f"{NAME}\r\n\r\nQuelennec", "received": CAME, "way": "letter"}
OWN = f"Il est dit que {NAME} aurait cédé un moyen d'entrer."

pytestmark = pytest.mark.copy_of("founded_desk")


@pytest.fixture
def drawer(tmp_path: Path) -> Path:
    """A folder for the answers, outside the medium."""
    made = tmp_path / "drawer"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def founded_desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("desk")
    office = Office.found_by(folder, ("alice", "bruno"), 2)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), SAID, SAID)
    for number in ("1", "2"):
        office.json("case", "declare", number)
    return office


def both(**form: Any) -> dict[str, Any]:
    return form | {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}


def test_an_access_request_is_recorded_and_answered(office: Office, stick: Path, drawer: Path) -> None:
    """The queue shows the request until it is answered.

    Separate pages show what the cases say about the person.
    """
    with sitting(office, stick) as client:
        assert "No access requests." in client.page("/en/access")
        assert 303 == client.send("/en/access", **ASKED).status_code
        assert "Access requests to be answered: 1" in client.page("/en/")
        assert f"{NAME}, Quelennec" in client.page("/en/access")
        page = client.page("/en/access/1")
        assert "Case 1" in page
        assert "It has not been decided whether to inform the persons concerned" in page
        assert "son badge" not in page
        shown = client.page("/en/access/1/passages/1")
        assert (True, False) == (f"{NAME.upper()} a loué son badge." in shown, "Un inconnu" in shown)
        for number, choice in product(("1", "2"), ("no_transmission", "informed")):
            office_form = {"choice": choice, "reason": "drill"}
            assert 303 == client.send(f"/en/case/{number}/decide", **both(**office_form)).status_code
        form = {"text": OWN, "reason": "", "language": "fr", "papers": str(drawer)}
        asked = client.send("/en/access/1/answer", **form)
        assert (401, True) == (asked.status_code, "request 1" in asked.text)
        assert [] == [*drawer.iterdir()]
        on_the_medium = client.send("/en/access/1/answer", **both(**form | {"papers": str(stick)}))
        assert (409, True) == (
            on_the_medium.status_code,
            "is on the medium for the portal" in on_the_medium.text,
        )
        answered = client.send("/en/access/1/answer", **both(**form))
        assert (200, True) == (answered.status_code, "access-1.pdf" in answered.text)
        assert "Access requests to be answered" not in client.page("/en/")
        assert "the answer mentioned it" in client.page("/en/access/1")
        assert "person concerned" in client.page("/en/case/1/ledger")
        assert 409 == client.send("/en/access/1/answer", **both(**form)).status_code
    assert "aurait cédé" in printed((drawer / "access-1.pdf").read_bytes())


def test_an_answer_without_extracts_neither_confirms_nor_denies_that_there_is_a_case(
    office: Office, drawer: Path
) -> None:
    """There are no extracts here because the duty to inform the persons named is not decided yet."""
    with sitting(office) as client:
        client.send("/en/access", **ASKED)
        form = both(text=" \r\n", reason="", language="en", papers=str(drawer))
        answered = client.send("/en/access/1/answer", **form)
        assert 200 == answered.status_code
        assert "the answer did not mention it" in client.page("/en/access/1")
        assert "person concerned" not in client.page("/en/case/1/ledger")
    assert "neither confirm nor deny" in printed((drawer / "access-1.pdf").read_bytes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_is_the_same_for_a_refusal_and_for_an_answer_without_data(
    office: Office, drawer: Path, tmp_path: Path, language: str
) -> None:
    """Letters for the same name are equal byte for byte.

    Letters for different names differ only in the name.
    """
    (tmp_path / "empty").mkdir()
    empty = Office.found_by(tmp_path / "empty", ("alice", "bruno"), 2)
    written = []
    for at, of, name in ((1, office, NAME), (2, empty, NAME), (3, office, "Firmin Quélennac")):
        with sitting(of) as client:
            client.send("/en/access", **ASKED | {"persons": name})
            number = 2 if at == 3 else 1
            # The control: only the first name occurs in a case.
            assert (at == 1) is ("Case 1" in client.page(f"/en/access/{number}"))
            (out := drawer / str(at)).mkdir()
            form = both(text="", reason="", language=language, papers=str(out))
            assert 200 == client.send(f"/en/access/{number}/answer", **form).status_code
            written.append((out / f"access-{number}.pdf").read_bytes())
    refused, nothing, other = written
    assert refused == nothing
    assert printed(refused) == printed(other).replace("Quélennac", "Quélennec")


def test_an_access_request_is_extended_and_the_consent_of_the_prosecutor_is_recorded(
    office: Office, stick: Path
) -> None:
    with sitting(office, stick) as client:
        client.send("/en/access", **ASKED)
        office_forms = {"assess": {"risk": "low"}, "decide": SENT}
        for path, form in office_forms.items():
            assert 303 == client.send(f"/en/case/1/{path}", **both(**form, reason="drill")).status_code
        assert "Proceedings are under way" in client.page("/en/access/1")
        word = {"case": "1", "day": today().isoformat(), "reference": "TJ du Havre"}
        assert 401 == client.send("/en/access/1/unopposed", **word).status_code
        assert 303 == client.send("/en/access/1/unopposed", **both(**word)).status_code
        page = client.page("/en/access/1")
        assert (False, True) == ("Proceedings are under way" in page, "TJ du Havre" in page)
        assert "recorded by alice, bruno" in page
        assert 401 == client.send("/en/access/extend", because="complexity").status_code
        assert 303 == client.send("/en/access/extend", **both(because="complexity")).status_code
        assert "extended on" in client.page("/en/access/1")
        assert 'id="extend"' not in client.page("/en/access")
        assert 409 == client.send("/en/access/extend", **both(because="complexity")).status_code


@pytest.fixture
def below_run(tmp_path: Path) -> Iterator[Path]:
    """A folder below /run, where desktops mount media; it is removed afterwards."""
    folder = Path("/run") / tmp_path.name
    yield folder
    folder.rmdir()


def test_for_a_folder_in_memory_the_page_says_that_switching_off_deletes_the_answer(
    office: Office, tmp_path: Path, below_run: Path
) -> None:
    """The controls are a medium mounted below /run, and a missing folder.

    For these two controls, the page says nothing about switching off.
    """
    with (
        mounted(Path("tmpfs"), tmp_path / "memory", "-t", "tmpfs") as memory,
        stick(tmp_path / "a stick") as medium,
        mounted(medium, below_run, "--bind"),
        sitting(office) as client,
    ):
        client.send("/en/access", **ASKED)
        for folder, is_in_memory in ((memory, True), (below_run, False), (below_run / "none", False)):
            client.desk.papers = folder
            page = client.page("/en/access/1")
            assert f'value="{folder}"' in page
            assert ("switched off, the machine has nothing" in page) is is_in_memory, folder


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("", ASKED | {"persons": ""}, 409),
        pytest.param("", ASKED | {"persons": "'"}, 409, marks=pytest.mark.soak),
        pytest.param("", ASKED | {"received": ""}, 400, marks=pytest.mark.soak),
        ("", ASKED | {"received": "x"}, 400),
        pytest.param("", ASKED | {"way": "pigeon"}, 400, marks=pytest.mark.soak),
        pytest.param("/extend", {"because": "x"}, 400, marks=pytest.mark.soak),
        ("/extend", {"because": "number"}, 401),
        ("/1/unopposed", {"case": "1", "day": "", "reference": "R"}, 400),
        pytest.param(
            "/1/unopposed", {"case": "x", "day": CAME, "reference": "R"}, 400, marks=pytest.mark.soak
        ),
        ("/1/unopposed", both(case="1", day=CAME, reference=""), 409),
        pytest.param(
            "/9/answer",
            both(text=OWN, reason="", language="fr", papers="DRAWER"),
            409,
            marks=pytest.mark.soak,
        ),
        ("/1/answer", both(text=OWN, reason="", language="fr", papers="DRAWER"), 409),
        pytest.param("/1/answer", both(text="", reason="", language="fr"), 409, marks=pytest.mark.soak),
        ("/1/answer", both(text=OWN, reason="", language="de", papers="DRAWER"), 400),
    ],
)
def test_an_invalid_action_on_access_requests_changes_nothing(
    office: Office, drawer: Path, path: str, form: dict[str, str], status: int
) -> None:
    form = {name: str(drawer) if value == "DRAWER" else value for name, value in form.items()}
    with sitting(office) as client:
        client.send("/en/access", **ASKED)
    before = office.state()
    with sitting(office) as client:
        assert status == client.send(f"/en/access{path}", **form).status_code
    assert before == office.state()
    assert [] == [*drawer.iterdir()]


def test_pages_of_an_access_request_that_does_not_exist_are_refused(client: Client) -> None:
    for page in ("/en/access/9", "/en/access/9/passages/1"):
        assert 409 == client.ask(page).status_code
