"""The list of a backup (SPEC 9.8): every change is detected, and only the right key makes a valid list."""

import hmac
import json
from datetime import date

import pytest

from crypto import backup, passphrase
from crypto.backup import Backup, File
from crypto.errors import CryptoError, Malformed, Tampered
from crypto.journal import Head

KEY = passphrase.backup_key(bytes(range(32)))
LIST = Backup(
    day=date(2026, 11, 27),
    journal=Head(7, bytes(32)),
    keystore=3,
    keystore_hash=b"k" * 32,
    faults=("attachments/AAAA.age",),
    files=(
        File("vault.json", b"a" * 32),
        File("outbox/inspection-1.tar", b"b" * 32),
        File(f"law/{'c' * 64}/law.toml", b"c" * 32),
    ),
)


def check(raw: bytes) -> Backup:
    listed = backup.parse(raw)
    listed.check(KEY)
    return listed.backup


def test_a_list_with_any_changed_byte_is_refused() -> None:
    """A truncated or longer list is also refused. The control: the unchanged list is accepted."""
    raw = backup.encode(LIST, KEY)
    for place in range(len(raw)):
        with pytest.raises(CryptoError):
            check(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
    for other in (raw[:-1], raw + b"\n"):
        with pytest.raises(Malformed):
            backup.parse(other)
    assert LIST == check(raw)


def test_a_list_authenticated_with_another_key_is_refused() -> None:
    """The key of the vault is not the right key either."""
    for key in (bytes(32), passphrase.vault_key(bytes(range(32)))):
        with pytest.raises(Tampered):
            check(backup.encode(LIST, key))


@pytest.mark.parametrize(
    "name", ["../x.json", "vault.json\n", "keystore-1.age", "a.share", "attachments/../x.age"]
)
def test_a_list_with_a_name_outside_the_backup_is_refused(name: str) -> None:
    whole = json.loads(backup.encode(LIST, KEY))
    for names in ("files", "faults"):
        listed = {**whole["backup"], names: [{"name": name, "hash": "A" * 43} if names == "files" else name]}
        with pytest.raises(Malformed):
            backup.parse(json.dumps(whole | {"backup": listed}, separators=(",", ":")).encode())


def test_a_list_that_names_a_file_twice_is_refused() -> None:
    twice = Backup(**{name: getattr(LIST, name) for name in Backup.__slots__} | {"files": LIST.files[:1] * 2})
    with pytest.raises(Malformed, match="twice"):
        backup.parse(backup.encode(twice, KEY))


def test_the_mac_of_the_list_is_computed_as_the_specification_says() -> None:
    raw = backup.encode(LIST, KEY)
    inner = raw[raw.index(b'"backup":{') + len(b'"backup":') : raw.rindex(b',"mac"')]
    assert hmac.digest(KEY, inner, "sha256") == backup.parse(raw).mac
