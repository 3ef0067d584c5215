"""A case to make dossiers from, and functions that read dossiers without the code that wrote them."""

import contextlib
import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from crypto import age, base64url
from crypto.recipients import HybridIdentity, X25519Identity
from inbox.setup.init import Charter
from inbox.vault.casework_tables import Duty, Measure
from inbox.vault.tables import Case, FollowUp
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Said,
    Sent,
    World,
    answering,
    first,
    today,
)

PNG = b"\x89PNG\r\n\x1a\n not really a picture"
NAME = "Firmin Quélennec"
# This text occurs in no other passage.
LETTER = "\u0416"
FACTS = f"Au terminal, {NAME} {LETTER} a loué son badge.\nUn témoin parle de {NAME}, docker."
SECRET = "le 3 mars, nous étions deux : lui et Ondine"
SOURCE = "témoin-unique-7319"
# Labels that only questions and answers about the source have, in English and in French.
LABELS = {"How do you know": "Comment le savez-vous", "Only me": "Moi seul", "Colleague": "Collègue"}


@dataclass(frozen=True)
class Room:
    """An inbox, the reporter of its case 1, and a folder for files."""

    office: Office
    reporter: Reporter
    folder: Path

    def make(self, name: str, *options: str, recipient: str = "", purpose: str = "prosecutor") -> Path:
        """Make a dossier. The command must succeed."""
        out = self.folder / name
        self.office.json(
            "dossier", "make", "1", "--for", purpose, "--to", "TJ de Brest", *options,
            "--recipient", recipient or ADDRESSEE.recipient().encode(), "--out", out,
        )  # fmt: skip
        return out


ADDRESSEE = HybridIdentity.from_seed(bytes(range(32)))
STOCK = X25519Identity(bytes(range(1, 33)))


def found(folder: Path, chosen: Charter | None = None) -> Room:
    """Make an inbox with one case: every answer of a reporter, two files, a follow-up, and a reply.

    A prosecutor was informed, and the final decision is recorded, so dossiers need no consent of the
    prosecutor.
    """
    office = Office.found(folder, chosen)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporter = Reporter(world)
    answers = answering(
        who_id="badge 4417", protect=SECRET, how_many="only_me", told=("colleague",), how_know="seen",
        refs="MSKU 1234565", strange=SOURCE,
    )  # fmt: skip
    sent = [
        first(reporter, text=FACTS, files=[PNG, b"liste"], edit=answers),
        Sent(reporter.follow_up(f"Encore {NAME.upper()}", files=[b"plan"])),
    ]
    office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    office.json("message", "reply", "1", "--text", "Merci, nous avons lu.")
    tell_prosecutor(office)
    return Room(office, reporter, folder)


def tell_prosecutor(office: Office) -> None:
    """Record the final decision, and that a prosecutor was informed of case 1, without commands."""
    with office.opened() as inbox, inbox.transaction() as session:
        for position, kind in enumerate(("art40_transmission", "final_decision"), 1):
            session.add(Measure(case=1, position=position, kind=kind, day=today(), recorded=today()))
        decided = Duty(case=1, kind="art40", known=today(), due=today(), decided=today())
        decided.decision, decided.reason = "transmit", "drill"
        session.merge(decided)


def proofs_of_reporter(room: Room) -> dict[str, bytes]:
    """Return the values that prove who wrote a report, or which report it was."""
    keys = room.reporter.keys
    with room.office.opened() as inbox, inbox.transaction() as session:
        case = session.get_one(Case, 1)
        follow_up = session.scalars(select(FollowUp)).one()
    values = {
        "author key": keys.author_key,
        "case id": keys.case_id,
        "salt": keys.salt,
        "withdraw id": keys.withdraw_id,
        "reply recipient": keys.reply_identity.recipient().raw,
        "key id": room.reporter.world.recipient.key_id,
        "keyring": room.reporter.world.seen.hash,
        "signature": case.signature,
        "envelope": case.envelope,
        "signature of the follow-up": follow_up.signature,
        "id of the follow-up": follow_up.id,
    }
    return {name: value for name, value in values.items() if value is not None}


def opened(path: Path) -> dict[str, bytes]:
    """Return the files in a dossier, read with Python's own tar."""
    raw = age.unseal_bytes(path.read_bytes(), [ADDRESSEE, STOCK])
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def run(command: Callable[[list[str]], int], words: list[str]) -> Said:
    """Run a command in this process, as on a machine without an inbox."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(words)
    return Said(code, out.getvalue(), err.getvalue())


def printed(pdf: bytes) -> str:
    """Return the text of the pages, as poppler reads it."""
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def unpacked(pdf: bytes) -> bytes:
    """Return an uncompressed copy of a PDF."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pdf)
        file.flush()
        command = ["qpdf", "--qdf", "--object-streams=disable", file.name, "-"]
        return subprocess.run(command, capture_output=True, check=True).stdout


def drawn(pdf: bytes) -> str:
    """Return the characters of all glyphs in the order in which they are drawn, by the fonts' own tables."""
    raw = unpacked(pdf).decode("latin-1")
    fonts = [dict(_glyphs(block)) for block in re.findall(r"beginbfchar(.*?)endbfchar", raw, re.DOTALL)]
    codes = re.findall(r"<((?:[0-9a-f]{4})+)>", raw)
    texts = []
    for glyphs in fonts:
        letters = [code[n : n + 4] for code in codes for n in range(0, len(code), 4)]
        texts.append("".join(glyphs.get(letter, "\ufffd") for letter in letters))
    return "\n".join(texts)


def letters(pdf: bytes) -> set[str]:
    """Return the characters for which the file embeds a glyph."""
    raw = unpacked(pdf).decode("latin-1")
    blocks = re.findall(r"beginbfchar(.*?)endbfchar", raw, re.DOTALL)
    return {char for block in blocks for _, char in _glyphs(block)}


def forms(value: bytes) -> Iterator[bytes]:
    """Yield these bytes in each encoding in which a file might contain them."""
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    yield base64url.encode(value).encode()
    yield base64url.encode(value).translate(str.maketrans("-_", "+/")).encode()


def _glyphs(block: str) -> Iterator[tuple[str, str]]:
    for code, char in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", block):
        yield code.lower(), bytes.fromhex(char).decode("utf-16-be")
