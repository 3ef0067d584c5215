"""What somebody with the keys of an inbox can find in a copy of its files."""

from collections.abc import Mapping

from crypto import age, base64url
from crypto.recipients import HybridIdentity
from inbox.keys import key_store
from inbox.vault.tables import KeyStoreKey
from tests.support.inbox_builders import Office
from tests.support.vault_pages import decrypted


def everything(office: Office) -> bytes:
    """Return everything that files and shares contain: names, contents, decrypted pages and the key store."""
    with office.opened() as inbox, inbox.transaction() as session:
        valid = session.get_one(KeyStoreKey, 1)
        sealed = inbox.home.keystore(valid.generation).read_bytes()
        opened = age.unseal_bytes(sealed, [HybridIdentity.from_seed(valid.seed)])
        seeds = [
            HybridIdentity.from_seed(each.seed) for each in key_store.load(inbox.home, session).attachments
        ]
    paths = [path for path in office.root.rglob("*") if path.is_file()]
    lying = b"".join(path.name.encode() + path.read_bytes() for path in paths)
    files = b"".join(
        age.unseal_bytes(path.read_bytes(), seeds) for path in paths if path.parent.name == "attachments"
    )
    return lying + opened + files + decrypted(office)


def found_in(office: Office, wanted: Mapping[str, bytes]) -> set[str]:
    """Return the names of the wanted values that the inbox contains, raw or in a usual encoding of bytes."""
    data = everything(office)
    return {
        name
        for name, raw in wanted.items()
        if any(form in data for form in (raw, raw.hex().encode(), base64url.encode(raw).encode()))
    }
