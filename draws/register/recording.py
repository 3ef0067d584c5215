"""What the register records of a draw: it follows from the transcript and the opened result, never by hand.

The transcript is verified. Each line of the result has its salt, so its leaf shows that it is the line that
was drawn. A line that is missing, added or changed is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto import base64url
from draws import columns as of_lists
from draws import csv_files, protocol, team, verify
from draws.csv_files import Columns
from draws.language import understood
from draws.protocol import DrawList, Drawn, Transcript, Void
from draws.register.entries import STRATUM, RegisterRefused, Sample, What
from draws.rules import RULES
from inbox.language.messages import sentence

New = tuple[What, Mapping[str, str]]
# The columns of a list that the register keeps, under its own names. It names nobody's container.
_KEPT = {"unit": "unit", "shift": "shift", "first": "team", "broker": "declarant", "haulier": "haulier"}


def void(transcript: bytes) -> list[New]:
    """Return the entry for the transcript of a void draw. Raises RegisterRefused."""
    found = _verified(transcript)
    if not isinstance(found.end, Void):
        raise RegisterRefused(
            sentence("this draw is not void"), sentence("record it with: draws register drawn")
        )
    # No party owes a pulse: that it did not come is said by the office. No party has a name with a space.
    refuser = ", ".join(found.end.missing) or "the office"
    return [(What.VOID, _draw(found, found.end) | {"refuser": refuser})]


def drawn(transcript: bytes, result: bytes) -> list[New]:
    """Return the entries for a draw and all its lines. Raises RegisterRefused or CsvRefused.

    ``result`` is the file that the team wrote when it opened the result.
    """
    found = _verified(transcript)
    if not isinstance(found.end, Drawn):
        raise RegisterRefused(sentence("this draw is void"), sentence("record it with: draws register void"))
    of_draw = _draw(found, found.end)
    entries: list[New] = [(What.CEREMONY, of_draw | {"sample": _sample(found.list)})]
    for item, row in _rows(found, result).items():
        kept = {name: row.get(column, "") for name, column in _KEPT.items()}
        # The names s1, s2 of the list mean other strata in each list. Months are compared by what they are.
        stratum = STRATUM.join(_stratum(row)[1:])
        of_item = {"ceremony": of_draw["ceremony"], "item": str(item), "stratum": stratum}
        entries.append((What.DRAWN, of_item | kept))
    return entries


@dataclass(frozen=True, slots=True)
class _Item:
    """What was drawn as one item: the leaf, and the name of its stratum."""

    stratum: str
    leaf: bytes


def _rows(found: Transcript, result: bytes) -> dict[int, Mapping[str, str]]:
    """Return the rows of a result by item: exactly the lines that were drawn."""
    items = [
        _Item(stratum.name, leaf)
        for stratum, text in zip(found.list.strata, found.drawn, strict=True)
        for leaf in protocol.split(base64url.decode(text))
    ]
    rows: dict[int, Mapping[str, str]] = {}
    for line, row in enumerate(csv_files.read(result, _columns(found.list)), 2):
        item = int(row["item"]) if row["item"].isascii() and row["item"].isdigit() else 0
        if not 0 < item <= len(items):
            raise _refused_line(line, row["item"])
        leaf = protocol.leaf(_salt(row["salt"]), "\n".join(row[each] for each in found.list.columns))
        if items[item - 1] != _Item(row["stratum"], leaf):
            raise _refused_line(line, row["item"])
        if item in rows:
            raise RegisterRefused(sentence("item {item} is there twice", item=item), _AS_WRITTEN)
        rows[item] = row
    if missing := {*range(1, len(items) + 1)} - rows.keys():
        raise RegisterRefused(
            sentence("items that were drawn are missing: {count}, first item {item}",
                     count=len(missing), item=min(missing)),
            _AS_WRITTEN,
        )  # fmt: skip
    return dict(sorted(rows.items()))


_AS_WRITTEN = sentence("use the file exactly as draws team open wrote it, with all its lines")


def _refused_line(line: int, item: str) -> RegisterRefused:
    return RegisterRefused(
        sentence("line {line}: this is not the line that was drawn as item {item}", line=line, item=item),
        _AS_WRITTEN,
    )


def _columns(of: DrawList) -> Columns:
    """Return the columns of a result: those of the list, and what the team's program adds."""
    known = of_lists.columns().names
    if unknown := [each for each in of.columns if each not in known]:
        raise RegisterRefused(
            sentence("the list has the column “{column}”: it is not a list of controls", column=unknown[0]),
            sentence("the register has controls only"),
        )
    names = {each: understood(each) for each in (*team.ADDED, *of.columns)}
    return Columns(names, frozenset(names))


def _verified(transcript: bytes) -> Transcript:
    try:
        found = verify.parsed(transcript)
        verify.verified(found)
    except verify.Disproved as error:
        raise RegisterRefused(
            sentence("not valid: {why}", why=RULES[error.rule]),
            sentence("do not rely on this draw; compare it with the files that the parties kept"),
        ) from None
    return found


def _draw(found: Transcript, end: Drawn | Void) -> dict[str, str]:
    """Return what the entry of a draw says: which one it is, and how it continues its series."""
    of = found.list
    return {
        "ceremony": f"{of.series}/{of.number}",
        "list": protocol.list_hash(of).hex(),
        "previous": of.previous.hex(),
        "end": protocol.end_hash(end).hex(),
    }


def _sample(of: DrawList) -> Sample:
    if any(each.weighted for each in of.strata):
        return Sample.WEIGHTED
    return Sample.SIMPLE if len(of.strata) == 1 else Sample.STRATIFIED


def _stratum(row: Mapping[str, str]) -> tuple[str, ...]:
    (found,) = of_lists.strata({name: [cell] for name, cell in row.items()})
    return found


def _salt(written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        return b""
