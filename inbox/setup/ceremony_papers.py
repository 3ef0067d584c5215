"""The papers of a ceremony: the record that everybody signs, and the sheets with the words of each share."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import base64url, shares, signing
from crypto.signing import fingerprint
from inbox.keys.secret_sharing import Proven
from inbox.language import marking
from inbox.session import journal
from inbox.system import atomic_files
from inbox.vault import queries_office

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Papers:
    """The files of a ceremony: the record, each officer's share file, and the sheets if requested."""

    record: Path
    shares: dict[str, Path]
    sheets: dict[str, Path]


@dataclass(frozen=True, slots=True)
class Handout:
    """The folder for share files and papers, and whether each officer also gets a sheet of words."""

    folder: Path
    with_sheets: bool

    def write(self, proven: Proven, deployment: str, minutes: str) -> Papers:
        """Write the papers, mode 0600; ``minutes`` is the record."""
        # Unfinished files of a ceremony that was killed may hold unencrypted words.
        atomic_files.remove_parts(self.folder, "*")
        name = proven.sharing.name
        record_file = self.folder / f"record-{name}.txt"
        atomic_files.write(record_file, [marking.on_paper(minutes).encode("utf-8")])
        sheets = {}
        for officer in proven.sharing.files if self.with_sheets else ():
            sheets[officer] = self.folder / f"{officer}-{name}.sheet.txt"
            words = marking.on_paper(sheet(proven, officer, deployment))
            atomic_files.write(sheets[officer], [words.encode("utf-8")])
        shares = {
            officer: proven.sharing.share_file(officer, self.folder) for officer in proven.sharing.files
        }
        return Papers(record_file, shares, sheets)


def record(session: Session, proven: Proven, title: str) -> str:
    """Return the record of a ceremony, from the contents of the vault at its end."""
    office, head = queries_office.office(session), journal.head(session)
    facts = {
        "day": proven.day.isoformat(),
        "deployment": f"{office.name} ({base64url.encode(office.deployment)})",
        "channel": office.channel,
        "root fingerprint": fingerprint(office.root_key),
        "card fingerprint": fingerprint(signing.public_key(office.card_seed)),
        "intake keys": ", ".join(base64url.encode(key.id) for key in queries_office.intake_keys(session)),
        "sharing": proven.sharing.name,
        "officers": ", ".join(proven.sharing.files),
        "quorum": f"{proven.sharing.quorum} of {len(proven.sharing.files)}",
        "share test": proven.said,
        "journal": f"{head.n} {head.fingerprint}",
    }
    lines = [title, "", *(f"{name:<17} {value}" for name, value in facts.items()), ""]
    lines += ["We were there, saw the share test, and each took their own share and nobody else's.", ""]
    lines += [line for officer in proven.sharing.files for line in (f"{officer:<33} {'_' * 40}", "")]
    return "\n".join([*lines, f"{'witness':<33} {'_' * 40}", ""])


def sheet(proven: Proven, officer: str, deployment: str) -> str:
    """Return the sheet to print for an officer, with the words of their share."""
    sharing = proven.sharing
    words = sharing.words[officer].split()
    first_of_checksum = len(words) - shares.CHECKSUM_WORDS + 1
    lines = [
        f"{deployment}: a share in words",
        "",
        f"share of {officer}, sharing {sharing.name}, {proven.day}; any {sharing.quorum} open the inbox",
        "",
        *_table(words),
        "",
        "Words 1 and 2 are the same on every sheet of this sharing.",
        f"Words {first_of_checksum} to {len(words)} are a checksum: it finds a word that was copied wrongly.",
        "",
        "Whoever reads these words has this share, without a passphrase. Keep them in a sealed",
        "envelope, signed over the flap, away from the other sheets. To use the words, type them",
        "into a file, and give that file as --share.",
        "",
    ]
    return "\n".join(lines)


def _table(words: list[str]) -> Iterator[str]:
    rows = -(-len(words) // _COLUMNS)
    numbered = [f"{number:>2} {word:<20}" for number, word in enumerate(words, 1)]
    for row in range(rows):
        yield "".join(numbered[row::rows]).rstrip()
