"""The key store: a small sealed file with the secrets that can be destroyed.

Each change rewrites the file under a fresh key. The vault records which generation is valid, and the key
that opens it. A change therefore takes effect when the vault commits: until then, the older file is valid;
from then on, the newer file.
"""

import secrets

from sqlalchemy.orm import Session

from crypto import age
from crypto.errors import CryptoError
from crypto.hybrid import SEED
from crypto.recipients import HybridIdentity
from inbox.keys.stored_secrets import FILE, KeyStore
from inbox.language.errors import FileRefused, KeyStoreDamaged
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault.tables import KeyStoreKey

FIRST = 1


def load(home: Home, session: Session) -> KeyStore:
    """Return the valid key store; raise KeyStoreDamaged if the vault's key does not open its file."""
    valid = session.get_one(KeyStoreKey, 1)
    path = home.keystore(valid.generation)
    try:
        with given_files.opened(path) as sealed:
            opened = age.unseal(atomic_files.pieces(sealed), [HybridIdentity.from_seed(valid.seed)])
            return FILE.parse(b"".join(opened))
    except (CryptoError, FileRefused, FileNotFoundError):
        raise KeyStoreDamaged(path.name) from None


def save(home: Home, session: Session, contents: KeyStore) -> int:
    """Write the next generation and return its number; it becomes valid when ``session`` commits.

    Call ``sweep`` afterwards.
    """
    valid = session.get(KeyStoreKey, 1) or KeyStoreKey(generation=0, seed=b"")
    seed = secrets.token_bytes(SEED)
    sealed = age.seal([FILE.encode(contents)], [HybridIdentity.from_seed(seed).recipient()])
    atomic_files.write(home.keystore(valid.generation + 1), sealed)
    valid.generation, valid.seed = valid.generation + 1, seed
    session.add(valid)
    return valid.generation


def sweep(home: Home, session: Session) -> None:
    """Delete the files of all generations except the valid one, even the files of interrupted changes."""
    valid = home.keystore(session.get_one(KeyStoreKey, 1).generation)
    if not valid.exists():
        return
    stale = [path for path in home.root.glob("keystore-*.age*") if path != valid]
    for path in stale:
        path.unlink()
    if stale:
        atomic_files.sync_folder(home.root)
