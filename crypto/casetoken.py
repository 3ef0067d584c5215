"""The case token: twelve words, and every key that is derived from them (SPEC 2)."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from mnemonic import Mnemonic

from crypto import signing
from crypto.errors import Malformed
from crypto.recipients import HybridIdentity

ENTROPY = 16
WORDS = 12
LANGUAGES: Mapping[str, str] = {"fr": "french", "en": "english"}
_PREFIX = 4


class WrongCount(Malformed):
    """The text has more or fewer than twelve words."""

    def __init__(self, count: int) -> None:
        super().__init__(f"case token has {count} words, not {WORDS}")
        self.count = count


class UnknownWord(Malformed):
    """A word is in neither list.

    ``index`` counts from 0. ``word`` is the word as it was read; never log it.
    """

    def __init__(self, index: int, word: str) -> None:
        super().__init__(f"word {index + 1} of the case token is not in any word list")
        self.index = index
        self.word = word


class WrongChecksum(Malformed):
    """All words are in the list, but their checksum is wrong: some words were misread or swapped."""

    def __init__(self) -> None:
        super().__init__("the words of the case token do not belong together")


@dataclass(frozen=True, slots=True)
class CaseKeys:
    """The keys of one case in one deployment. ``repr`` does not show the keys."""

    reply_identity: HybridIdentity
    author_seed: bytes
    memo_key: bytes
    withdraw_key: bytes
    salt: bytes
    locator: bytes
    case_id: bytes

    def __repr__(self) -> str:
        return "CaseKeys(…)"

    @property
    def author_key(self) -> bytes:
        """The 32-byte public key that signs the report and its follow-ups."""
        return signing.public_key(self.author_seed)

    @property
    def withdraw_id(self) -> bytes:
        """The 32-byte hash of ``withdraw_key``."""
        return withdraw_id(self.withdraw_key)


def generate() -> bytes:
    """Return the 16 random bytes of a new case token."""
    return secrets.token_bytes(ENTROPY)


def words(entropy: bytes, language: str) -> tuple[str, ...]:
    """Return the twelve words of ``entropy`` (16 bytes) in ``fr`` or ``en`` (BIP-39)."""
    if len(entropy) != ENTROPY:
        raise Malformed("case token has the wrong length")
    return tuple(unicodedata.normalize("NFC", _bip39(language).to_mnemonic(entropy)).split())


def parse(text: str) -> dict[str, bytes]:
    """Return the entropy of the typed ``text`` for each language whose word list the text fits.

    About one text in 4 million fits both lists by chance. If a text fits both lists, ask the person which
    language it is. Raise WrongCount, UnknownWord or WrongChecksum.
    """
    typed = _plain(text)
    if len(typed) != WORDS:
        raise WrongCount(len(typed))
    indices = {language: [_index(language).get(word) for word in typed] for language in LANGUAGES}
    complete = {language: found for language, found in indices.items() if None not in found}
    if not complete:
        furthest = max(found.index(None) for found in indices.values())
        raise UnknownWord(furthest, typed[furthest])
    fitting = {language: _entropy(language, found) for language, found in complete.items()}
    candidates = {language: entropy for language, entropy in fitting.items() if entropy is not None}
    if not candidates:
        raise WrongChecksum
    return candidates


def derive(entropy: bytes, deployment: bytes) -> CaseKeys:
    """Return the keys of a case from the token's 16 bytes and the 16-byte deployment id."""
    if len(entropy) != ENTROPY or len(deployment) != signing.DEPLOYMENT:
        raise Malformed("case token or deployment id has the wrong length")
    root = HKDF(SHA256(), 32, salt=deployment, info=b"fanal/1/case").derive(entropy)
    identity = HybridIdentity.from_seed(_expand(root, b"fanal/1/reply"))
    author_seed = _expand(root, b"fanal/1/author")
    salt = _expand(root, b"fanal/1/locator-salt")
    locator = locate(signing.public_key(author_seed), identity.recipient().raw, salt)
    return CaseKeys(
        reply_identity=identity,
        author_seed=author_seed,
        memo_key=_expand(root, b"fanal/1/memo"),
        withdraw_key=_expand(root, b"fanal/1/withdraw"),
        salt=salt,
        locator=locator,
        case_id=case_id(locator),
    )


def locate(author_key: bytes, raw_recipient: bytes, salt: bytes) -> bytes:
    """Return the 32-byte locator that commits to author key (32), raw recipient (1,216) and salt (32)."""
    return _hash(b"fanal/1/locator", author_key, hashlib.sha256(raw_recipient).digest(), salt)


def case_id(locator: bytes) -> bytes:
    """Return the 32-byte case id of a 32-byte locator."""
    return _hash(b"fanal/1/case-id", locator)


def withdraw_id(withdraw_key: bytes) -> bytes:
    """Return the 32-byte withdraw id of a 32-byte withdraw key."""
    return _hash(b"fanal/1/withdraw-id", withdraw_key)


def _hash(label: bytes, *parts: bytes) -> bytes:
    return hashlib.sha256(label + b"\0" + b"".join(parts)).digest()


def _expand(root: bytes, label: bytes) -> bytes:
    return HKDFExpand(SHA256(), 32, info=label).derive(root)


@cache
def _bip39(language: str) -> Mnemonic:
    return Mnemonic(LANGUAGES[language])


@cache
def _index(language: str) -> Mapping[str, int]:
    """Return a mapping of every accepted form of a word to the word's position in the list."""
    forms: dict[str, int] = {}
    for place, word in enumerate(_bip39(language).wordlist):
        (plain,) = _plain(word)
        forms[plain] = forms[plain[:_PREFIX]] = place
    return forms


def _plain(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text).lower()
    # The range of marks is fixed, because the category "mark" differs between versions of Unicode.
    return re.findall(r"[a-z]+", re.sub("[\u0300-\u036f]", "", decomposed))


def _entropy(language: str, places: list[int | None]) -> bytes | None:
    wordlist = _bip39(language).wordlist
    phrase = " ".join(wordlist[place] for place in places if place is not None)
    if not _bip39(language).check(phrase):
        return None
    return bytes(_bip39(language).to_entropy(phrase))
