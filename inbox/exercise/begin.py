"""Begin an exercise: found its inbox, pretend that a portal exists, and send the first reports."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crypto import exercise, signing
from inbox.exercise import release, sheets, state
from inbox.exercise.programme import OLDEST
from inbox.exercise.state import State
from inbox.keys.officers import Credential
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.law import folders
from inbox.session import inbox as unlocking
from inbox.setup import init
from inbox.setup.ceremony_papers import Handout
from inbox.setup.init import Charter, Root
from inbox.system import atomic_files, given_files
from inbox.vault import queries_office
from templates import shipped

# The names in the invented reports and steps.
OFFICERS = ("morel", "keller", "dasilva")
QUORUM = 2
CHANNEL = "inspection"


@dataclass(frozen=True, slots=True)
class Begun:
    """A new exercise: its folder, its state, and the share and passphrase files of each officer."""

    folder: Path
    state: State
    shares: dict[str, Path]
    passphrases: dict[str, Path]
    sheets: list[Path]


def begin(folder: Path, today: date, at: str) -> Begun:
    """Make an exercise in ``folder``, a new or empty folder; ``at`` is the current minute (UTC).

    The inbox has three officers, and is some days older than the exercise, so that its reports have too.
    Raises HomeRefused if the folder has files.
    """
    init.check_free(folder)
    below = (state.MEDIUM, state.OFFICERS, state.TRAINER, state.BACKUP, state.KEYSTORE)
    for each in (folder, *(folder / name for name in below)):
        atomic_files.make_folder(each)
    chosen = {name: f"phrase d'exercice de {name}" for name in OFFICERS}
    circle = Circle(tuple(Appointee(name, each) for name, each in chosen.items()), QUORUM)
    handout = Handout(folder / state.OFFICERS, with_sheets=False)
    founded = init.found(
        folder / state.HOME, _charter(), circle, handout, today=today - timedelta(days=OLDEST)
    )
    passphrases = {name: folder / state.OFFICERS / f"{name}.passphrase" for name in OFFICERS}
    for name, path in passphrases.items():
        atomic_files.write(path, [f"{chosen[name]}\n".encode()])
    begun = State(
        deployment=founded.root.deployment,
        channel=CHANNEL,
        root_key=founded.root.key,
        instance=secrets.token_bytes(signing.SEED),
    )
    shares = {name: founded.proven.sharing.share_file(name, handout.folder) for name in OFFICERS}
    _keep_keyring(folder, [Credential(given_files.content(shares[name]), chosen[name]) for name in OFFICERS])
    begun = release.first(folder, begun, today, at)
    written = sheets.write(folder, begun, today)
    return Begun(folder, begun, shares, passphrases, written)


def _charter() -> Charter:
    """Return the decisions of a ceremony. The names are marked, too: letters and dossiers show them."""
    return Charter(
        name=exercise.WORDS,
        channel=CHANNEL,
        name_fr=f"{exercise.WORDS} \N{MIDDLE DOT} Inspection",
        name_en=f"{exercise.WORDS} \N{MIDDLE DOT} Inspectorate",
        note_fr="",
        note_en="",
        questionnaire=given_files.content(shipped.QUESTIONNAIRE),
        law=folders.given("fr"),
        root=Root.new(exercise=True),
    )


def _keep_keyring(folder: Path, brought: list[Credential]) -> None:
    """Copy the first keyring out of the new inbox, as its officers would carry it to a portal."""
    with (
        unlocking.unlocked(folder / state.HOME, lambda: brought, lambda *_: None) as opened,
        opened.inbox.transaction() as session,
    ):
        keyrings = queries_office.keyrings(session)
        row = keyrings[max(keyrings)]
        state.save_keyring(folder, row.raw, row.signature)
