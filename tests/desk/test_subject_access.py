"""A person who asks what is held on them is answered at the desk: looked at first, given by two officers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of, today

NAME = "Firmin Quélennec"
SAID = {"what": f"J'étais de garde. {NAME.upper()} a loué son badge. Un inconnu.", "coi": "no"}
ASKED = {"persons": f"{NAME}\r\n\r\nQuelennec", "cases": "1, 2", "language": "fr", "redact": "*:son badge"}


pytestmark = pytest.mark.copy_of("founded_desk")


@pytest.fixture(scope="module")
def founded_desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("desk")
    office = Office.found_by(folder, ("alice", "bruno"), 2)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), SAID, SAID)
    for number in ("1", "2"):
        office.json("declare", number)
    return office


def both(**form: Any) -> dict[str, Any]:
    return form | {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}


def test_it_is_looked_at_and_then_given_by_two(office: Office, stick: Path) -> None:
    """Each time under a name of its own; the ledger has it only once it was given."""
    with sitting(office, stick) as client:
        seen = client.send("/en/access/preview", **ASKED)
        shown = seen.text.partition("<form")[0] + seen.text.partition("</header>")[2]
        assert (200, True, False) == (seen.status_code, NAME.upper() in shown, "Un inconnu" in seen.text)
        assert 'a loué <span class="mark">removed</span>.' in shown
        assert "person concerned" not in client.page("/en/case/1/ledger")
        asked = client.send("/en/access", **ASKED, form="pdf")
        assert (401, True) == (asked.status_code, "number of cases: 2" in asked.text)
        assert [] == [*stick.iterdir()]
        for form in ("pdf", "json", "json"):
            assert client.send("/en/access", **both(**ASKED, form=form)).status_code == 200
        assert "person concerned" in client.page("/en/case/1/ledger")
    names = [f"access-{today()}-{n}" for n in ("1.json", "1.pdf", "2.json")]
    assert names == sorted(path.name for path in stick.iterdir())
    assert (stick / names[1]).read_bytes().startswith(b"%PDF")
    (passage, _) = json.loads((stick / names[0]).read_bytes())["reports"]
    assert [[f"{NAME.upper()} a loué ", "."]] == passage
    entries = office.json("journal", "print")["entries"]
    given = [(each["action"], each["case"]) for each in entries if each["action"] == "answer-access"]
    assert [("answer-access", 1), ("answer-access", 2)] * 3 == given
    assert "Firmin" not in str(entries)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"cases": ""}, 409),
        ({"cases": "one"}, 409),
        ({"cases": "1 x"}, 409),
        ({"cases": "0"}, 409),
        ({"cases": "9" * 40}, 409),
        ({"cases": "1 9"}, 409),
        ({"persons": "Nobody"}, 409),
        ({"persons": " \r\n"}, 409),
        ({"persons": "'"}, 409),
        ({"redact": "*:nothing of it"}, 409),
        ({"redact": "son badge"}, 409),
        ({"language": "de"}, 400),
    ],
)
def test_what_cannot_be_answered_is_neither_shown_nor_given(
    client: Client, stick: Path, changed: dict[str, str], status: int
) -> None:
    for path, form in (("/preview", ASKED | changed), ("", both(**ASKED | changed, form="pdf"))):
        assert status == client.send(f"/en/access{path}", **form).status_code
    assert [] == [*stick.iterdir()]
    assert "person concerned" not in client.page("/en/case/1/ledger")


def test_without_a_medium_there_is_no_place_for_it(office: Office) -> None:
    with sitting(office) as client:
        assert "--medium FOLDER" in client.page("/en/access")
        assert client.send("/en/access", **both(**ASKED, form="pdf")).status_code == 409
