"""Change one entry of a TOML file. The rest of the file keeps its order, layout and comments."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import tomlkit
from tomlkit.items import Item, Table

# The value of a key: a text, a text for each language, a boolean, or codes; None if the key is missing.
Value: TypeAlias = str | bool | Sequence[str] | Mapping[str, str] | None


def changed(raw: bytes, table: str, code: str, values: Mapping[str, Value]) -> bytes:
    """Set these ``values``, by key, in the entry ``table.code``, and return the file.

    The entry's other keys stay. A new entry comes last in its table. ``raw`` must be valid TOML in UTF-8 that
    contains the table.
    """
    document = tomlkit.parse(raw.decode("utf-8"))
    entries: Any = document[table]
    if code not in entries:
        entries.append(code, tomlkit.table())
    for key, value in values.items():
        _set(entries[code], key, value)
    return tomlkit.dumps(document).encode("utf-8")


def without(raw: bytes, table: str, code: str) -> bytes:
    """Return the file without the entry ``table.code``, which must exist."""
    document = tomlkit.parse(raw.decode("utf-8"))
    entries: Any = document[table]
    entries.remove(code)
    return tomlkit.dumps(document).encode("utf-8")


def _set(entry: Table, key: str, value: Value) -> None:
    if value is None:
        if key in entry:
            entry.remove(key)
    elif isinstance(value, Mapping):
        for language, text in value.items():
            _set_text(entry, key, language, text)
    elif key not in entry or _plain(entry[key]) != value:
        entry[key] = _item(value)


def _set_text(entry: Table, key: str, language: str, text: str) -> None:
    known: Any = entry.get(key)
    if known is None or language not in known:
        entry.append(tomlkit.key([key, language]), _item(text))
    elif _plain(known[language]).strip() != text:
        known[language] = _item(text)


def _plain(value: Any) -> Any:
    return value.unwrap() if isinstance(value, Item) else value


def _item(value: Value) -> Item:
    """Return a value as a TOML item. A text of several lines becomes a multi-line string."""
    if isinstance(value, str) and "\n" in value:
        written = tomlkit.string(value, multiline=True).as_string()
        # TOML ignores a newline directly after the opening quotation marks.
        return tomlkit.value(written.replace('"""', '"""\n', 1) if value[0] != "\n" else written)
    return tomlkit.item(value)
