"""Registers at the desk: officers read them, add to them, and export them to a folder outside the medium."""

import html
from pathlib import Path

import pytest

from inbox.registers.rows import Register
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office, today

DAY = today().isoformat()
GIVEN = {"consulted": "CSA", "day": DAY, "subject": "Ouverture", "opinion": "=Favorable", "reference": ""}


def test_the_desk_shows_and_exports_registers_exactly_as_the_commands_do(
    office: Office, stick: Path, tmp_path: Path
) -> None:
    """An unknown register or format is refused, and no file is overwritten."""
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    year, name = today().year, f"register-consultations-{today().year}-{DAY}"
    with sitting(office, stick) as client:
        assert client.send("/fr/office/register/consultations/record", **GIVEN).status_code == 303
        for register in Register:
            assert "Registres" in client.page(f"/fr/office/register/{register}")
        assert "=Favorable" in client.page(f"/en/office/register/consultations/{year}")
        assert "=Favorable" not in client.page("/en/office/register/consultations/2001")
        for form, status in (("csv", 303), ("pdf", 303), ("csv", 409), ("xls", 400)):
            for folder, expected in ((stick, 409 if status == 303 else status), (drawer, status)):
                asked = {"form": form, "year": str(year), "papers": str(folder)}
                assert expected == client.send("/fr/office/register/consultations", **asked).status_code
        for path in ("nothing", f"nothing/{year}", "alerts/x"):
            assert client.ask(f"/fr/office/register/{path}").status_code == 404
        retracted = {"consultation": "1", "reason": "twice"}
        assert client.send("/fr/office/register/consultations/retract", **retracted).status_code == 303
        assert "Favorable" not in client.page("/en/office/register/consultations")
    assert {f"{name}.csv", f"{name}.pdf"} == {path.name for path in drawer.iterdir()}
    assert [] == [*stick.iterdir()]
    assert "'=Favorable" in (drawer / f"{name}.csv").read_text("utf-8-sig")
    done = [entry["action"] for entry in office.json("journal", "list")["entries"]]
    assert [1, 2, 1] == list(
        map(done.count, ("record-consultation", "export-register", "retract-consultation"))
    )


@pytest.mark.parametrize(
    ("change", "status"), [({"day": ""}, 400), ({"opinion": ""}, 409), ({"day": "2999-01-01"}, 409)]
)
def test_an_invalid_consultation_is_refused_and_the_form_keeps_what_was_typed(
    client: Client, change: dict[str, str], status: int
) -> None:
    sent = client.send("/fr/office/register/consultations/record", **(GIVEN | change))
    assert status == sent.status_code
    if status == 409:
        assert "Ouverture" in html.unescape(sent.text)
