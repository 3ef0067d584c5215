"""A party of a draw, on its own machine or medium (docs/draws.md, 4 to 6).

The folder belongs to the party. The office never sees it.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto import age, minisign, signing
from crypto.errors import CryptoError, Malformed
from crypto.recipients import ScryptIdentity, ScryptRecipient
from crypto.shape import binary, integer, list_of, one_of, optional, record, text
from draws import protocol
from draws.messages import SIGNATURE, Signature
from draws.protocol import Commitment, DrawList, Drawn, Later, Reveal, Signed, Statement, Void
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

_FILE, _KEY = "party.json", "key.age"


class PartyRefused(Refused):
    """A party's program refuses to commit, to sign or to reveal."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A draw in which the party takes part: what it signed and revealed, and the end hash once it knows it.

    ``later`` is the hash of the dice that it signed.
    """

    series: str
    number: int
    list: bytes
    secret: bytes
    statement: bytes | None = None
    revealed: int | None = None
    later: bytes | None = None
    end: bytes | None = None

    def has_made(self, stage: str) -> bool:
        """Return whether the party has made what a draw needs at a stage (8)."""
        made = {
            "commitment": True,
            "signature": self.statement is not None,
            "reveal": self.revealed is not None,
            "later": self.later is not None,
        }
        return made[stage]


@dataclass(frozen=True, slots=True)
class Holder:
    """A party: its name, its public key (32 bytes), and its draws."""

    name: str
    key: bytes
    draws: tuple[Taken, ...] = ()


_hash = binary(protocol.HASH)
_HOLDER = record(
    Holder,
    {
        "name": text(40, r"[a-z][a-z0-9-]*"),
        "key": _hash,
        "draws": list_of(
            record(
                Taken,
                {
                    "series": text(40),
                    "number": integer(1),
                    "list": _hash,
                    "secret": binary(32),
                    "statement": optional(_hash),
                    "revealed": optional(one_of(1)),
                    "later": optional(_hash),
                    "end": optional(_hash),
                },
            ),
            10_000,
        ),
    },
    "draw-party",
)


def create(folder: Path, name: str, passphrase: str) -> Holder:
    """Make the folder of a party, with a new key that the passphrase protects. Raises Refused."""
    if folder.exists():
        raise PartyRefused(
            sentence("{path} already exists", path=folder), sentence("name a new folder for each party")
        )
    seed = secrets.token_bytes(signing.SEED)
    made = Holder(name, signing.public_key(seed))
    try:
        raw = _HOLDER.encode(made)
        _HOLDER.parse(raw)
    except Malformed:
        raise PartyRefused(
            sentence("a name has small letters, digits and hyphens, and begins with a letter"),
            sentence("for example: tribunal or region-ouest"),
        ) from None
    atomic_files.make_folder(folder)
    atomic_files.write(folder / _KEY, [age.seal_bytes(seed, [ScryptRecipient(passphrase)])])
    atomic_files.write(folder / f"{name}.pub", [minisign.public_file(made.key)])
    atomic_files.write(folder / _FILE, [raw])
    return made


def opened(folder: Path) -> Holder:
    """Return the party in a folder. Raises PartyRefused."""
    try:
        return _HOLDER.parse(given_files.content(folder / _FILE))
    except Malformed:
        raise PartyRefused(
            sentence("{path} is damaged", path=folder / _FILE), sentence("use a copy of the folder")
        ) from None


def commit(folder: Path, of: DrawList) -> bytes:
    """Return a commitment to a new secret, which stays in the folder. Raises PartyRefused."""
    holder, own = opened(folder), protocol.list_hash(of)
    if dict(zip(of.names, [each.key for each in of.parties], strict=True)).get(holder.name) != holder.key:
        raise PartyRefused(
            sentence("this list does not name {party} with this key", party=holder.name),
            sentence("give the office your public key, {file}", file=f"{holder.name}.pub"),
        )
    _check_series(holder, of, own)
    if any(each.list == own for each in holder.draws):
        raise PartyRefused(
            sentence("you have already committed to this list"), sentence("a party commits once to a list")
        )
    taken = Taken(of.series, of.number, own, secrets.token_bytes(32))
    _save(folder, replace(holder, draws=(*holder.draws, taken)))
    return protocol.COMMITMENT.encode(
        Commitment(own, holder.name, protocol.commitment(_reveal(holder, of, taken)))
    )


def sign(folder: Path, of: DrawList, statement: Statement, passphrase: str) -> bytes:
    """Return the signature of the statement, and remember it. Raises PartyRefused."""
    holder, own = opened(folder), protocol.list_hash(of)
    taken = _taken(holder, own)
    at = of.names.index(holder.name)
    commitments = statement.commitments
    mine = protocol.commitment(_reveal(holder, of, taken))
    if statement.list != own or len(commitments) != len(of.parties) or commitments[at] != mine:
        raise PartyRefused(
            sentence("the statement does not have your commitment at your place"),
            sentence("do not sign; ask the office what happened to your commitment"),
        )
    if len({*commitments}) < len(commitments):
        raise PartyRefused(
            sentence("the statement has one commitment twice"), sentence("do not sign; ask the office why")
        )
    file = protocol.STATEMENT.encode(statement)
    if taken.statement not in (None, protocol.hashed("statement", file)):
        raise PartyRefused(
            sentence("you have already signed another statement for this list"),
            sentence("do not sign; somebody has exchanged a commitment"),
        )
    raw = _signature(folder, own, "statement", file, passphrase)
    _save(folder, _replaced(holder, replace(taken, statement=protocol.hashed("statement", file))))
    return raw


def reveal(folder: Path, of: DrawList, statement: Statement, signatures: tuple[Signed, ...]) -> bytes:
    """Return the reveal, once all parties have signed. Raises PartyRefused before."""
    holder, own = opened(folder), protocol.list_hash(of)
    taken, file = _taken(holder, own), protocol.STATEMENT.encode(statement)
    if taken.statement != protocol.hashed("statement", file):
        raise PartyRefused(
            sentence("this is not the statement that you signed"),
            sentence("sign the statement first; do not reveal anything before"),
        )
    found = {each.party: each.signature for each in signatures}
    for party in of.parties:
        if not minisign.is_signed(file, found.get(party.name, bytes(64)), party.key):
            raise PartyRefused(
                sentence("the valid signature of {party} is missing", party=party.name),
                sentence("do not reveal anything before all parties have signed"),
            )
    _save(folder, _replaced(holder, replace(taken, revealed=1)))
    return protocol.REVEAL.encode(_reveal(holder, of, taken))


def sign_later(folder: Path, of: DrawList, later: Later, passphrase: str) -> bytes:
    """Return the signature of thrown dice that the party has seen, and remember it. Raises PartyRefused."""
    own, holder = protocol.list_hash(of), opened(folder)
    taken, file = _taken(holder, own), protocol.LATER.encode(later)
    if later.list != own:
        raise _other_list()
    if taken.later not in (None, protocol.hashed("later", file)):
        raise PartyRefused(
            sentence("you have already signed other dice for this list"),
            sentence("do not sign: the dice are thrown once"),
        )
    raw = _signature(folder, own, "later", file, passphrase)
    _save(folder, _replaced(holder, replace(taken, later=protocol.hashed("later", file))))
    return raw


def sign_void(folder: Path, of: DrawList, end: Void, passphrase: str, today: date) -> bytes:
    """Return the signature of the record of a void, and remember it. Raises PartyRefused.

    A party does not sign a record that names it, unless the record names all parties.
    """
    own, holder = protocol.list_hash(of), opened(folder)
    taken = _taken(holder, own)
    if end.list != own:
        raise _other_list()
    if holder.name in end.missing and end.missing != of.names:
        raise PartyRefused(
            sentence("the record says that your own message is missing"),
            sentence("if you sent it, do not sign, and tell the other parties"),
        )
    if not protocol.due(of, end.stage) <= end.day <= today:
        raise PartyRefused(
            sentence("the record is of {day}: it is too early, or this day has not come", day=end.day),
            sentence("do not sign: what is missing may still come"),
        )
    _check_end(taken, end)
    raw = _signature(folder, own, "void", protocol.END.encode(end), passphrase)
    _save(folder, _replaced(holder, replace(taken, end=protocol.end_hash(end))))
    return raw


def remember(folder: Path, end: Drawn | Void) -> bool:
    """Remember how a draw ended, so that the next list must continue it. Raises PartyRefused.

    Return whether the record says that something of this party is missing although the party made it.
    """
    holder = opened(folder)
    taken = _taken(holder, end.list)
    _check_end(taken, end)
    _save(folder, _replaced(holder, replace(taken, end=protocol.end_hash(end))))
    return isinstance(end, Void) and holder.name in end.missing and taken.has_made(end.stage)


def _check_end(taken: Taken, end: Drawn | Void) -> None:
    if taken.end not in (None, protocol.end_hash(end)):
        raise PartyRefused(
            sentence("you know another end of this draw"),
            sentence("tell the other parties: a draw has one end, and somebody shows two"),
        )


def _check_series(holder: Holder, of: DrawList, own: bytes) -> None:
    """Raise PartyRefused for a second list of one number, or one that does not continue what is known."""
    for each in holder.draws:
        if each.series != of.series:
            continue
        if each.number == of.number and each.list != own:
            raise PartyRefused(
                sentence("you have already taken part in draw {number} with another list", number=of.number),
                sentence("do not commit: a draw that is repeated has the next number, and names the void"),
            )
        if each.number == of.number - 1 and each.end != of.previous:
            raise PartyRefused(
                sentence(
                    "this list does not name the end of draw {number} that you know", number=each.number
                ),
                sentence("ask for the end of that draw, and give it to: draws party remember"),
            )
        if each.number > of.number:
            raise PartyRefused(
                sentence("you have already taken part in draw {number}, which is later", number=each.number),
                sentence("do not commit: the numbers of a series only grow"),
            )


def _taken(holder: Holder, own: bytes) -> Taken:
    for each in holder.draws:
        if each.list == own:
            return each
    raise PartyRefused(
        sentence("you have not committed to this list"), sentence("commit first: draws party commit")
    )


def _reveal(holder: Holder, of: DrawList, taken: Taken) -> Reveal:
    return Reveal(of.id, taken.list, holder.name, taken.secret)


def _replaced(holder: Holder, taken: Taken) -> Holder:
    return replace(holder, draws=tuple(taken if each.list == taken.list else each for each in holder.draws))


def _signature(folder: Path, own: bytes, name: str, file: bytes, passphrase: str) -> bytes:
    holder = opened(folder)
    try:
        sealed = given_files.content(folder / _KEY)
        seed = age.unseal_bytes(sealed, [ScryptIdentity(passphrase)])
    except CryptoError:
        raise PartyRefused(
            sentence("this is not the passphrase of {officer}", officer=holder.name),
            sentence("check the keyboard layout and caps lock, then try again"),
        ) from None
    signature = minisign.first_signature(minisign.sign(file, seed, name))
    return SIGNATURE.encode(Signature(own, name, holder.name, signature))


def _other_list() -> PartyRefused:
    return PartyRefused(
        sentence("this message belongs to another list"),
        sentence("each party must use the list of this draw"),
    )


def _save(folder: Path, holder: Holder) -> None:
    atomic_files.write(folder / _FILE, [_HOLDER.encode(holder)])
