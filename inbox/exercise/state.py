"""What the trainer's side knows of a running exercise, in one file beside the keyring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crypto import casetoken, exercise, keyring, shape, signing
from crypto.bundle import KEYRING, KEYRING_SIGNATURE, NOTHING, Applied, Import, Link
from crypto.errors import CryptoError, Malformed
from crypto.keyring import Keyring
from crypto.shape import Shape, binary, integer, list_of, record, text
from crypto.strictjson import Json
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

HOME, MEDIUM, OFFICERS, TRAINER = "inbox", "medium", "officers", "trainer"
# They stand for the two media of a backup.
BACKUP, KEYSTORE = "backup", "keystore"
_STATE = "exercise.json"
_MANY = 1_000
_NO_OUTBOX = Applied(0, NOTHING.hash)


@dataclass(frozen=True, slots=True)
class Player:
    """An invented reporter: the report, its token (16 bytes), and the serial of the newest slot read."""

    report: str
    token: bytes = field(repr=False)
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Released:
    """A step that the trainer has released, and the minute (UTC, such as "2026-12-02 09:00")."""

    step: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The exercise from outside its inbox: the pretended portal, the reporters, and the released steps.

    ``instance`` is the seed (32 bytes) of the key of the pretended portal, and ``last`` its newest bundle.
    ``applied`` is the newest outbox that it has applied, with the days of its imports.
    """

    deployment: bytes
    channel: str
    root_key: bytes
    instance: bytes = field(repr=False)
    last: Link = NOTHING
    applied: Applied = _NO_OUTBOX
    players: tuple[Player, ...] = ()
    released: tuple[Released, ...] = ()

    def player(self, report: str) -> Player:
        """Return the reporter of a report that was released."""
        return next(each for each in self.players if each.report == report)

    def with_player(self, player: Player) -> "State":
        """Return this state with a new reporter, or with a reporter who has read more."""
        others = tuple(each for each in self.players if each.report != player.report)
        return replace(self, players=(*others, player))


def _read_minute(value: Json) -> str:
    minute = text(16, r"\d{4}-\d\d-\d\d \d\d:\d\d").read(value)
    try:
        datetime.fromisoformat(minute)
    except ValueError:
        raise Malformed("minute does not exist") from None
    return minute


_MINUTE = Shape(_read_minute, str)
_LINK: Mapping[str, Shape[Any]] = {"n": integer(), "hash": binary(32)}
_STATE_SHAPE = record(
    State,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "channel": text(28),
        "root_key": binary(signing.PUBLIC),
        "instance": binary(signing.SEED),
        "last": record(Link, _LINK),
        "applied": record(
            Applied, {**_LINK, "imports": list_of(record(Import, {"n": integer(1), "day": shape.day}), _MANY)}
        ),
        "players": list_of(
            record(Player, {"report": text(32), "token": binary(casetoken.ENTROPY), "seen": integer()}), _MANY
        ),
        "released": list_of(record(Released, {"step": text(32), "at": _MINUTE}), _MANY),
    },
)


def load(folder: Path) -> State:
    """Return the state of the exercise in ``folder``.

    Raises Refused if the folder has no file `trainer/exercise.json`, if this file has another form, or if it
    names the deployment of a real inbox.
    """
    try:
        state = _STATE_SHAPE.parse(given_files.content(folder / TRAINER / _STATE))
    except (CryptoError, OSError, Refused):
        raise _no_exercise(folder) from None
    if not exercise.is_exercise(state.deployment):
        raise _no_exercise(folder)
    return state


def save(folder: Path, state: State) -> None:
    """Write the state of the exercise in ``folder``."""
    atomic_files.write(folder / TRAINER / _STATE, [_STATE_SHAPE.encode(state)])


def save_keyring(folder: Path, raw: bytes, signature: bytes) -> None:
    """Keep the keyring that reporters use from now on."""
    atomic_files.write(folder / TRAINER / KEYRING, [raw])
    atomic_files.write(folder / TRAINER / KEYRING_SIGNATURE, [signature])


def load_keyring(folder: Path, state: State) -> tuple[Keyring, bytes]:
    """Return the keyring that reporters use, and its bytes. Raises CryptoError if it was changed."""
    raw, signature = (given_files.content(folder / TRAINER / name) for name in (KEYRING, KEYRING_SIGNATURE))
    opened = keyring.open_keyring(raw, signature, root_key=state.root_key, deployment=state.deployment)
    return opened, raw


def steps_released(state: State) -> Sequence[str]:
    """Return the ids of the released steps, in the order of their release."""
    return [each.step for each in state.released]


def _no_exercise(folder: Path) -> Refused:
    return Refused(
        sentence("{folder} is not the folder of an exercise", folder=folder),
        sentence("name the folder that `inbox office exercise begin` made"),
    )
