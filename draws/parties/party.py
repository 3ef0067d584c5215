"""A party of a draw, on its own machine or medium (docs/draws.md, 4 to 6).

The folder belongs to the party. The office never sees it.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from crypto import age, minisign, signing
from crypto.errors import CryptoError, Malformed
from crypto.recipients import ScryptIdentity, ScryptRecipient
from draws import protocol
from draws.messages import SIGNATURE, Signature
from draws.parties import holders, series
from draws.parties.holders import Holder, Other, PartyRefused, Taken
from draws.protocol import Commitment, DrawList, Drawn, Later, Reveal, Signed, Statement, Void
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

_KEY = "key.age"
# As for officers: five words that chance chose are longer.
SHORTEST = 12


def check_passphrase(chosen: str) -> None:
    """Raise PartyRefused unless a new passphrase has at least 12 characters, without blanks at either end."""
    if len(chosen.strip()) < SHORTEST:
        raise PartyRefused(
            sentence("the passphrase is shorter than {shortest} characters", shortest=SHORTEST),
            sentence("five or more randomly drawn words make a strong passphrase that can be remembered"),
        )


def create(folder: Path, name: str, passphrase: str) -> Holder:
    """Make the folder of a party, with a new key that the passphrase protects. Raises Refused."""
    check_passphrase(passphrase)
    if folder.exists():
        raise PartyRefused(
            sentence("{path} already exists", path=folder), sentence("name a new folder for each party")
        )
    seed = secrets.token_bytes(signing.SEED)
    made = Holder(name, signing.public_key(seed))
    try:
        holders.HOLDER.parse(holders.HOLDER.encode(made))
    except Malformed:
        raise PartyRefused(
            sentence("a name has small letters, digits and hyphens, and begins with a letter"),
            sentence("for example: tribunal or region-ouest"),
        ) from None
    atomic_files.make_folder(folder)
    atomic_files.write(folder / _KEY, [age.seal_bytes(seed, [ScryptRecipient(passphrase)])])
    atomic_files.write(folder / f"{name}.pub", [minisign.public_file(made.key)])
    holders.save(folder, made)
    return made


def commit(folder: Path, of: DrawList) -> bytes:
    """Return a commitment to a new secret, which stays in the folder. Raises PartyRefused.

    For the same list, the party has one commitment: the second time, the function returns it again.
    """
    holder, own = holders.opened(folder), protocol.list_hash(of)
    if dict(zip(of.names, [each.key for each in of.parties], strict=True)).get(holder.name) != holder.key:
        raise PartyRefused(
            sentence("this list does not name {party} with this key", party=holder.name),
            sentence("give the office your public key, {file}", file=f"{holder.name}.pub"),
        )
    taken = next((each for each in holder.draws if each.list == own), None)
    if taken is None:
        series.check(of, holder.known(of.series))
        taken = Taken(of.series, of.number, own, secrets.token_bytes(32))
        holders.save(folder, replace(holder, draws=(*holder.draws, taken)))
    return protocol.COMMITMENT.encode(
        Commitment(own, holder.name, protocol.commitment(_reveal(holder, of, taken)))
    )


def sign(folder: Path, of: DrawList, statement: Statement, passphrase: str) -> bytes:
    """Return the signature of the statement, and remember it. Raises PartyRefused."""
    holder, own = holders.opened(folder), protocol.list_hash(of)
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
    return _signed(folder, replace(taken, statement=protocol.hashed("statement", file)), file, passphrase)


def reveal(
    folder: Path, of: DrawList, statement: Statement, signatures: tuple[Signed, ...], today: date
) -> bytes:
    """Return the reveal, once all parties have signed. Raises PartyRefused before, and after the last day.

    After the last day, only the reveal that the party made in time is written again.
    """
    holder, own = holders.opened(folder), protocol.list_hash(of)
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
    if today > of.until and not taken.revealed:
        raise PartyRefused(
            sentence("the last day for reveals was {day}: nobody accepts yours any more", day=of.until),
            sentence("keep your secret, and tell the other parties; the draw will be void"),
        )
    holders.save(folder, _replaced(holder, replace(taken, revealed=1)))
    return protocol.REVEAL.encode(_reveal(holder, of, taken))


def sign_later(folder: Path, of: DrawList, later: Later, passphrase: str) -> bytes:
    """Return the signature of thrown dice that the party has seen, and remember it. Raises PartyRefused."""
    own = protocol.list_hash(of)
    taken, file = _taken(holders.opened(folder), own), protocol.LATER.encode(later)
    if later.list != own:
        raise _other_list()
    if taken.later not in (None, protocol.hashed("later", file)):
        raise PartyRefused(
            sentence("you have already signed other dice for this list"),
            sentence("do not sign: the dice are thrown once"),
        )
    return _signed(folder, replace(taken, later=protocol.hashed("later", file)), file, passphrase, "later")


def sign_void(folder: Path, of: DrawList, end: Void, passphrase: str, today: date) -> bytes:
    """Return the signature of the record of a void, and remember it. Raises PartyRefused.

    A party does not sign a record that names it, unless the record names all parties.
    """
    own, holder = protocol.list_hash(of), holders.opened(folder)
    taken = _taken(holder, own)
    if end.list != own:
        raise _other_list()
    if holder.name not in protocol.witnesses(of, end):
        raise PartyRefused(
            sentence("the record says that your own message is missing"),
            sentence(
                "if you sent it, tell the other parties. A party that a void names signs it only if it names"
                " all parties"
            ),
        )
    if not protocol.due(of, end.stage) <= end.day <= today:
        raise PartyRefused(
            sentence("the record is of {day}: it is too early, or this day has not come", day=end.day),
            sentence("do not sign: what is missing may still come"),
        )
    _check_end(taken, end)
    file = protocol.END.encode(end)
    return _signed(folder, replace(taken, end=protocol.end_hash(end)), file, passphrase, "void")


def remember(folder: Path, end: Drawn | Void, of: DrawList | None = None) -> bool:
    """Remember how a draw ended, so that the next list must continue it. Raises PartyRefused.

    ``of`` is the list of a draw in which the party had no part: it must continue what the party knows of its
    series. Return whether the record says that something of this party is missing although the party made it.
    """
    holder = holders.opened(folder)
    if of is not None and not any(each.list == end.list for each in holder.draws):
        holders.save(folder, replace(holder, others=(*holder.others, *_other(holder, end, of))))
        return False
    taken = _taken(holder, end.list)
    _check_end(taken, end)
    holders.save(folder, _replaced(holder, replace(taken, end=protocol.end_hash(end))))
    return isinstance(end, Void) and holder.name in end.missing and taken.has_made(end.stage)


def _other(holder: Holder, end: Drawn | Void, of: DrawList) -> Iterator[Other]:
    """Yield what the party did not know of a draw in which it had no part. Raises Refused."""
    if protocol.list_hash(of) != end.list:
        raise _other_list()
    before = next((each for each in holder.others if each.list == end.list), None)
    if before:
        _check_end(before, end)
        return
    if known := holder.known(of.series):
        series.check(of, known)
    yield Other(of.series, of.number, end.list, protocol.end_hash(end))


def _check_end(taken: Taken | Other, end: Drawn | Void) -> None:
    if taken.end not in (None, protocol.end_hash(end)):
        raise PartyRefused(
            sentence("you know another end of this draw"),
            sentence("tell the other parties: a draw has one end, and somebody shows two"),
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


def _signed(folder: Path, taken: Taken, file: bytes, passphrase: str, name: str = "statement") -> bytes:
    """Return the signature of a file, and remember ``taken``, which says that the party signed it."""
    raw = _signature(folder, taken.list, name, file, passphrase)
    holders.save(folder, _replaced(holders.opened(folder), taken))
    return raw


def _signature(folder: Path, own: bytes, name: str, file: bytes, passphrase: str) -> bytes:
    holder = holders.opened(folder)
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
