"""Keep scores and deadlines up to date: recompute them when the rules change.

The rules are the law, this program, the public holidays that the program knows, and the office's settings.
All files of four packages count as rules, because a list of the files with rules could miss a file. This
package computes deadlines from the score and the tables, and the package of the law counts days. The layers
contract forbids importing any higher package.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.orm import Session

import inbox
from inbox.deadlines import office, workflow
from inbox.keys.officers import Credential
from inbox.session import inbox as opening
from inbox.session.inbox import Progress, Unlocked
from inbox.vault.casework_tables import Setting

_SETTING = "rules"
_PROGRAM = Path(inbox.__file__).parents[1]
_ROOMS = ("inbox/deadlines", "inbox/questionnaire", "inbox/vault", "templates/law")
_WRITTEN_IN = {".py", ".toml"}
_LIBRARIES = ("holidays", "python-dateutil")


@contextmanager
def unlocked(
    root: Path, bring: Callable[[], Sequence[Credential]], progress: Progress, today: date
) -> Iterator[Unlocked]:
    """Yield the inbox as ``session.inbox.unlocked`` does, with all scores and deadlines up to date."""
    with opening.unlocked(root, bring, progress) as opened:
        opened.inbox.vault.today = today
        with opened.inbox.vault.transaction() as session:
            keep_in_step(session, today)
        yield opened


def keep_in_step(session: Session, today: date) -> None:
    """Propose scores, add duties and recompute all deadlines if the rules have changed."""
    stored = session.get(Setting, _SETTING)
    if stored is None or stored.value != _rules(session):
        workflow.follow_rules(session, today)
        renew(session)


def renew(session: Session) -> None:
    """Recompute all deadlines, and record the rules that were used."""
    workflow.renew(session)
    session.merge(Setting(name=_SETTING, value=_rules(session)))


def _rules(session: Session) -> str:
    practice = office.of(session)
    days_off = " ".join(day.isoformat() for day in practice.calendar.added)
    return _digest((practice.law.sha256, practice.regime.encode(), days_off.encode(), _program())).hex()


@cache
def _program() -> bytes:
    """Return a fingerprint of the running program; an upgrade takes effect only at the next start."""
    return _digest(_parts_of_program())


def _digest(parts: Iterable[bytes]) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _parts_of_program() -> Iterator[bytes]:
    yield from (version(library).encode() for library in _LIBRARIES)
    for room in _ROOMS:
        for path in sorted(each for each in (_PROGRAM / room).rglob("*") if each.suffix in _WRITTEN_IN):
            yield path.relative_to(_PROGRAM).as_posix().encode()
            yield path.read_bytes()
