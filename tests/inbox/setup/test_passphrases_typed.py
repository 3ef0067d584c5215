"""Text that is typed while passphrases are checked or rated is neither shown nor taken as an answer."""

from pathlib import Path

import pytest

from tests.support.backup_media import Copies
from tests.support.inbox_builders import Office, passphrase_of
from tests.support.slow_passphrases import SLOW, SLOWLY_WEIGHED, types_ahead
from tests.support.traces import found_in
from tests.support.typist import Typist, typing_to_fork

pytestmark = [pytest.mark.long, pytest.mark.copy_of("founded_three")]


def confides_and_types_ahead(at: Typist, office: Office, folder: Path) -> None:
    """Type both passphrases. While each passphrase is checked, type another passphrase and “yes”."""
    for name in office.present:
        at.confides(f"passphrase of {name}: ", passphrase_of(name))
    for _ in office.present:
        types_ahead(at, folder, passphrase_of("chloe"), "yes")


def test_text_typed_while_a_backup_is_opened_is_neither_shown_nor_taken_as_an_answer(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    """The control is a “yes” that is typed after the question."""
    made = copies.of(office)
    shares = [word for name in office.present for word in ("--share", office.share_of(name))]
    words = [
        "--home",
        "new",
        *shares,
        "backup",
        "restore",
        "--from",
        made["folder"],
        "--keystore",
        made["keystore"],
    ]
    for answer, is_there in (("no", False), ("yes", True)):
        with typing_to_fork(words, tmp_path, SLOW) as at:
            confides_and_types_ahead(at, office, tmp_path)
            at.answers("Restore it? (yes/no) ", answer)
            assert int(not is_there) == at.waits()
        assert [] == found_in(at.shown.encode(), [passphrase_of("chloe")])
        assert is_there == (tmp_path / "new").exists()


def test_text_typed_during_an_upgrade_is_not_shown(office: Office) -> None:
    """The vault already has the newest version, but the program checks the passphrases anyway."""
    shares = [word for name in office.present for word in ("--share", office.share_of(name))]
    folder = office.root.parent
    with typing_to_fork(["--home", "inbox", "upgrade", *shares], folder, SLOW) as at:
        confides_and_types_ahead(at, office, folder)
        at.sees("there is nothing to do")
        assert 1 == at.waits()
    assert [] == found_in(at.shown.encode(), [passphrase_of("chloe")])


def test_text_typed_while_a_new_passphrase_is_rated_is_neither_shown_nor_taken_as_an_answer(
    tmp_path: Path,
) -> None:
    """The next officer types too early. The program still asks this officer for a passphrase."""
    names, chosen = ("alice", "bruno"), "typed too early by far"
    words = ["init", "--deployment", "Fanal", "--channel", "inspection", "--name-fr", "É", "--name-en", "E"]
    circle = ["--officers", ",".join(names), "--shares", "shares", "--same-disk"]
    with typing_to_fork(["--home", "inbox", *words, *circle], tmp_path, SLOWLY_WEIGHED) as at:
        at.answers("agree? (yes/no) ", "yes")
        for name in names:
            for question in (f"new passphrase of {name}: ", "repeat it: "):
                at.confides(question, passphrase_of(name))
            types_ahead(at, tmp_path, chosen, chosen)
        at.sees("Making and testing the shares")
    assert [] == found_in(at.shown.encode(), [chosen, *map(passphrase_of, names)])
