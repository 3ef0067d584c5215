"""Commands are interrupted at one step after another.

Ctrl-C or a failing disk stops a change of officers, or the founding of an inbox.
"""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox.cli import main
from inbox.cli.shell import Open
from inbox.keys import key_store, vault_header
from inbox.language.errors import Superseded
from inbox.setup import init
from inbox.setup.ceremony_papers import Handout
from inbox.system import terminal
from inbox.vault.tables import Message
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Said, passphrase_of
from tests.support.inbox_circles import NAMES, header_of, only
from tests.support.inbox_kills import stopped_at

pytestmark = pytest.mark.usefixtures("quick")


def ctrl_c() -> None:
    raise KeyboardInterrupt


def failing_disk() -> None:
    raise OSError(5, "Input/output error")


# The same code undoes both interruptions. `make soak stops` tries every step of both interruptions.
STOPS = pytest.mark.parametrize(
    ("stop", "stride"),
    [
        pytest.param(ctrl_c, 9, id="ctrl-c"),
        pytest.param(failing_disk, 11, id="failing-disk"),
        pytest.param(ctrl_c, 1, id="ctrl-c-everywhere", marks=pytest.mark.soak),
        pytest.param(failing_disk, 1, id="failing-disk-everywhere", marks=pytest.mark.soak),
    ],
)


def run(door: Open, *words: str) -> Said:
    """Run a command in a session."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main.run(list(words), door)
    return Said(code, out.getvalue(), err.getvalue())


REPLY = "a reply that must not be lost"


def renew(office: Office, place: int, stop: Callable[[], None]) -> tuple[int, bool]:
    """Stop a renewal of shares at a step. Return the number of steps left, and whether the shares are new.

    The messages, and what the session can still do, must match the files on the disk.
    """
    files = [word for name in NAMES for word in ("--new-passphrase-file", str(office.secret_of(name)))]
    with office.unlocked() as opened:
        door = Open(opened)
        with stopped_at(place, stop) as left:
            said = run(door, "officer", "renew", "--shares", str(office.shares), "--same-disk", *files)
        has_changed = header_of(office).generation == 2
        assert (left[0] >= 0) == (said.code == 0)
        assert has_changed == door.is_over
        assert (has_changed and said.code != 0) == ("new shares nevertheless" in said.err)
        replied = run(door, "message", "reply", "1", "--text", REPLY)
        assert has_changed == ("vault.json has changed" in replied.err) == (replied.code == 1)
    return left[0], has_changed


@pytest.mark.slow
@STOPS
def test_a_renewal_of_shares_in_a_session_can_be_stopped_at_any_step_without_the_loss_of_a_key(
    founded_circle: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[], None],
    stride: int,
) -> None:
    """Either the old circle of officers continues, or the session has ended.

    In both cases, the valid vault has its key store.
    """
    monkeypatch.setattr(terminal, "ask_secret", lambda prompt: passphrase_of(prompt.split()[-1]))
    left, changed = -1, []
    while left < 0:
        office = founded_circle.copy(tmp_path / str(len(changed)))
        left, has_changed = renew(office, len(changed) * stride, stop)
        changed.append(has_changed)
        with office.opened() as inbox, inbox.transaction() as session:
            assert 1 == len(key_store.load(inbox.home, session).intake)
            replied = [*session.scalars(select(Message.text))]
        only(office, "keystore-*")
        only(office, "vault-*")
        assert 3 == len(list(office.shares.glob(f"*-{vault_header.name(header_of(office).sharing)}.share")))
        assert ([] if has_changed else [REPLY]) == replied
    assert sorted(changed) == changed
    assert 5 < changed.count(True) * stride < (len(changed) - 1) * stride - 10


def test_an_open_inbox_stops_its_work_when_another_vault_becomes_valid(
    founded_circle: Office, tmp_path: Path
) -> None:
    """Otherwise the inbox would remove the key store of the valid vault.

    The inbox continues once vault.json is restored.
    """
    office = founded_circle.copy(tmp_path / "office")
    valid = (office.root / "vault.json").read_bytes()
    with office.unlocked() as opened:
        inbox = opened.inbox
        for change in ({"generation": 2}, {"quorum": 3}):
            fields = {name: getattr(inbox.header, name) for name in ("sharing", "identifier", "quorum")}
            fields |= {"generation": inbox.header.generation} | change
            (office.root / "vault.json").write_bytes(vault_header.encode(vault_header.Header(**fields)))
            with pytest.raises(Superseded):
                inbox.settle()
            with pytest.raises(Superseded), inbox.transaction():
                pass
            assert "vault.json has changed" in run(Open(opened), "case", "list").err
        (office.root / "vault.json").write_bytes(valid)
        assert 0 == run(Open(opened), "case", "list").code


@pytest.mark.slow
@STOPS
def test_a_founding_that_is_interrupted_leaves_nothing_or_a_complete_inbox(
    tmp_path: Path, stop: Callable[[], None], stride: int
) -> None:
    """Once the home has been moved to its place, the shares are kept."""
    left, place, whole = -1, 0, []
    while left < 0:
        office = Office(tmp_path / str(place), ("alice", "bruno"))
        office.shares.mkdir(parents=True)
        handout = Handout(office.shares, with_sheets=True)
        with contextlib.suppress(KeyboardInterrupt, OSError), stopped_at(place, stop) as steps:
            init.found(
                office.root, build.charter(), build.circle(*NAMES, quorum=2), handout, today=build.today()
            )
        left, place = steps[0], place + stride
        whole.append(office.root.exists())
        assert (3 if whole[-1] else 0) == len(list(office.shares.glob("*.share")))
        assert [] == list(office.root.parent.glob("*.part")) + list(office.root.parent.glob(".*"))
        if whole[-1]:
            with office.unlocked() as opened:
                assert ("alice", "bruno") == opened.officers
    assert 2 <= whole.count(True) * stride < place - 20


def test_the_shares_are_kept_if_ctrl_c_comes_after_the_home_was_moved_to_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal arrives directly after the rename."""
    office = Office(tmp_path, ("alice", "bruno"))
    office.shares.mkdir()
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> None:
        rename(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        init.found(
            office.root,
            build.charter(),
            build.circle(*NAMES, quorum=2),
            Handout(office.shares, with_sheets=False),
            today=build.today(),
        )
    with office.unlocked() as opened:
        assert ("alice", "bruno") == opened.officers
