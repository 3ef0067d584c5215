"""Files that are not for the portal are never written to the folder with the portal's bundles."""

from pathlib import Path

import pytest

from tests.support.desk_room import tell
from tests.support.inbox_builders import Office, Portal, World

# Each row names a file that the inbox writes to a folder, and gives the command that writes the file.
WRITE = {
    "register": "office register alerts --out {out}/register.csv",
    "sheet": "office sheet processing --out {out}/sheet.pdf",
    "retention visa request": "retention visa request 1 --out {out}",
    "destroyed": "retention list-destroyed --out {out}",
    "attachment": "file export 1 1 --out {out}/evidence --reason x",
    "picture": "file preview 1 1 --out {out}/seen.png",
    "templates": "message template export --out {out}/templates.toml",
    "token": "case add --route letter --language fr --received 2026-01-05"
    " --answers {other}/answers.toml --sheet {out}/token.txt",
    "backup": "backup make --out {out} --keystore-out {other}/keys --same-disk",
    "key store": "backup make --out {other}/keys --keystore-out {out} --same-disk",
}
REFUSED = "is on the medium for the portal"


@pytest.fixture
def office(world: World, portal: Portal) -> Office:
    """An inbox with one case; the case has a file, and officers have read it."""
    tell(world, portal, {"what": "x"})
    world.office.json("case", "show", "1")
    return world.office


def test_an_attempt_to_write_other_files_beside_a_bundle_for_the_portal_changes_nothing(
    office: Office, tmp_path: Path
) -> None:
    """As a control, the command is not refused for this reason if the folder contains no bundle."""
    beside, elsewhere = tmp_path / "beside", tmp_path / "elsewhere"
    for folder in (beside, elsewhere, tmp_path / "keys"):
        folder.mkdir()
    (tmp_path / "answers.toml").write_text('what = "x"\n')
    (beside / "outbox-inspection-1.tar").touch()
    before = office.state()
    for name, words in WRITE.items():
        said = office.run(*words.format(out=beside, other=tmp_path).split())
        assert (name, 1, True) == (name, said.code, REFUSED in said.err), said.err
    assert ["outbox-inspection-1.tar"] == [each.name for each in beside.iterdir()]
    assert [] == [*(tmp_path / "keys").iterdir()]
    assert {**before, "journal": 0} == {**office.state(), "journal": 0}
    for words in WRITE.values():
        assert REFUSED not in office.run(*words.format(out=elsewhere, other=tmp_path).split()).err
    assert {"register.csv", "sheet.pdf", "evidence", "templates.toml"} <= {
        each.name for each in elsewhere.iterdir()
    }
