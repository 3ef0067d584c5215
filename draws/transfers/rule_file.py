"""The rule of transfers as people write it, in TOML, and as it is fixed, in JSON (docs/draws.md, 11.1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crypto.errors import Malformed
from crypto.toml_schema import Schema, list_of, map_of, number, table
from draws.transfers import records, rule
from draws.transfers.records import LONGEST_MAXIMUM, MOST_TRANSFERS, NAME, Batch, Exposure, Rule
from inbox.language import toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence

_MONTHS = number(1, LONGEST_MAXIMUM)
_SCHEMA = Schema(
    "rule of transfers",
    table(
        {
            "exposures": map_of(_MONTHS, NAME),
            # A day of TOML is no value of JSON, so `_day` checks it.
            "batch": list_of(table({"day": {}, "capacity": number(1, MOST_TRANSFERS)})),
        },
        {"closed": _MONTHS, "reasons": list_of({"type": "string", "pattern": rf"^{NAME}\Z"}, least=0)},
    ),
)


class RuleRefused(Refused):
    """A rule of transfers cannot be used."""


def fixed(raw: bytes, today: date) -> Rule:
    """Return the rule in a TOML file, fixed today. Raises Refused."""
    read = toml_files.read(_SCHEMA, raw)
    batches = sorted((_batch(each) for each in read["batch"]), key=lambda each: each.day)
    reasons: list[str] = read.get("reasons", [])
    made = Rule(
        today,
        tuple(Exposure(name, months) for name, months in sorted(read["exposures"].items())),
        tuple(batches),
        tuple(sorted({*reasons})),
        read.get("closed"),
    )
    if len({each.day for each in batches}) < len(batches):
        raise RuleRefused(
            sentence("two batches have the same day"), sentence("give each day once, with all its places")
        )
    if rule.next_batch(made, today) is None:
        raise RuleRefused(
            sentence("no batch comes after today"), sentence("add the next scheduled days to the rule")
        )
    # The limits of the record are those of other programs, too.
    try:
        return records.RULE.parse(records.RULE.encode(made))
    except Malformed:
        raise RuleRefused(
            sentence("the rule has too many entries, or a day that no record can hold"),
            sentence("a rule has at most 99 exposures, batches and reasons"),
        ) from None


def parse(raw: bytes) -> Rule:
    """Return a rule that was fixed before. Raises RuleRefused."""
    try:
        found = records.RULE.parse(raw)
    except Malformed:
        found = None
    if found is None or not rule.is_sound(found):
        raise RuleRefused(
            sentence("this is not a rule of transfers that was fixed"),
            sentence("fix the rule first: draws transfers rule"),
        )
    return found


def _batch(read: Mapping[str, Any]) -> Batch:
    day = read["day"]
    # A time of TOML is a day, too.
    if type(day) is not date:
        raise RuleRefused(
            sentence("the day of a batch is not a day such as 2027-03-01"),
            sentence("write the day without quotation marks and without a time"),
        )
    return Batch(day, read["capacity"])
