"""The schemas of the files of a jurisdiction. Every rule gives its source, and may list what to confirm."""

from collections.abc import Iterable
from enum import StrEnum

from crypto.messages import Status
from crypto.toml_schema import (
    IDENTIFIER,
    YES_OR_NO,
    Node,
    Schema,
    expected,
    list_of,
    map_of,
    number,
    one_of,
    table,
    text,
    texts,
)
from templates.law import spans
from templates.law.rules import (
    Addressee,
    Asked,
    Body,
    DutyRole,
    Effect,
    Event,
    Fill,
    MeasureRole,
    News,
    Protection,
    Reach,
    Step,
    Threat,
    Told,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PRIORITIES = ("1", "2", "3", "4")
_LONGEST = 1_000
_MOST_SEVERE = 3
_MOST_DAYS = 999
_TWO = number(1, 2)
_SPAN: Node = {"type": "string", "format": "span", **expected("span")}
_REGIMES = list_of(IDENTIFIER)


def _rule(required: Node, optional: Node | None = None) -> Node:
    return table({**required, "source": text(_LONGEST)}, {"confirm": texts(_LONGEST), **(optional or {})})


def _enum(known: Iterable[StrEnum]) -> Node:
    return one_of(tuple(known))


def _flags(*names: str) -> Node:
    return dict.fromkeys(names, YES_OR_NO)


_NAME: Node = {"name": texts(_LONGEST)}
_CLOCK_ENDS = (Event.FIRST_ACT, Event.ACKNOWLEDGED, Event.ANSWERED)
_CLOCK_STARTS = (Event.RECEIVED, Event.COLLECTED, Event.ACKNOWLEDGED)
_DUTY_STARTS = (Event.RECEIVED, Event.COLLECTED, Event.KNOWN, Event.REQUESTED)
_PERIOD = _rule({**_NAME, "keep": _SPAN, "visa": YES_OR_NO}, {"archive": _SPAN})

_LAW = table(
    {
        **_NAME,
        "calendar": _rule(
            {
                "country": {"type": "string", "pattern": r"^[A-Z]{2}\Z", **expected("country")},
                "weekend": list_of(
                    one_of(WEEKDAYS), maxItems=len(WEEKDAYS) - 1, uniqueItems=True, **expected("weekdays")
                ),
            }
        ),
        "regime": map_of(_rule({**_NAME, **_flags("default", "oral"), "reporters": texts(_LONGEST)})),
    }
)
_DEADLINES = table(
    {
        "exchange": _rule(
            {"every": {**_SPAN, "pattern": r"^[1-9][0-9]? (working )?days?\Z", **expected("rhythm")}}
        ),
        "clock": map_of(
            _rule(
                {
                    **_NAME,
                    "from": _enum(_CLOCK_STARTS),
                    "to": _enum(_CLOCK_ENDS),
                    "statutory": YES_OR_NO,
                },
                {
                    "within": _SPAN,
                    "by_priority": table(dict.fromkeys(PRIORITIES, _SPAN)),
                    "or_after": IDENTIFIER,
                    "regimes": _REGIMES,
                    "extension": _rule({"within": _SPAN, "regimes": _REGIMES}),
                },
            )
        ),
    }
)
_GOALS = table(
    {
        "goal": map_of(
            _rule(
                {
                    **_NAME,
                    "from": _enum(tuple(Step)[:-1]),
                    "days": number(1, _MOST_DAYS),
                    "share": number(1, 100),
                }
            )
        ),
        "rhythm": map_of(_rule({**_NAME, "days": number(1, _MOST_DAYS)})),
    }
)
_DECISION = table(
    {**_NAME, "officers": _TWO, "effect": _enum(Effect)},
    {
        "measure": IDENTIFIER,
        "outcome": IDENTIFIER,
        "longest": _SPAN,
        "reopened_by": list_of(_enum(News)),
        **_flags("informs", "by_reply"),
        "ground": map_of(texts(_LONGEST)),
    },
)
_DUTIES = table(
    {
        "offence": _rule(
            {"severity": number(0, _MOST_SEVERE), "tags": list_of(text(), least=0)}, _flags("danger")
        ),
        "duty": map_of(
            _rule(
                {
                    **_NAME,
                    "asked": _enum(Asked),
                    "from": _enum(_DUTY_STARTS),
                    "within": _SPAN,
                    "decision": map_of(_DECISION),
                },
                {
                    "role": _enum(DutyRole),
                    "answer_after": _SPAN,
                    "extended": _SPAN,
                    "names_kept": _SPAN,
                    "regimes": _REGIMES,
                    "urgent": table({"within": _SPAN, "measure": IDENTIFIER}),
                },
            )
        ),
    }
)
_MEASURES = table(
    {
        "measure": map_of(
            _rule(
                {**_NAME, "told": _enum(Told)},
                {
                    "role": _enum(MeasureRole),
                    "protection": _enum(Protection),
                    "officers": _TWO,
                    "groups": number(1, 9),
                    **_flags(
                        "opens_proceedings",
                        "ends_proceedings",
                        "is_inquiry",
                        "needs_word",
                        "addressee",
                        "reference",
                        "sanitised",
                        "answers_danger",
                        "concerns_somebody",
                    ),
                },
            )
        )
    }
)
_OUTCOMES = table(
    {
        "outcome": map_of(
            _rule(
                {**_NAME, "retention": IDENTIFIER, "officers": _TWO},
                {
                    "body": _enum(Body),
                    "only_after": IDENTIFIER,
                    "never_after": IDENTIFIER,
                    **_flags("needs_word", "finds_facts", "linked"),
                },
            )
        )
    }
)
# The texts of replies: those that come with the law, or an office's edited copy.
_LONGEST_REPLY = 4_000
_REPLIES = _rule(
    {
        "reply": map_of(
            table(
                {
                    "title": texts(_LONGEST),
                    "status": list_of(_enum(Status)),
                    "text": texts(_LONGEST_REPLY),
                },
                {
                    "outcome": IDENTIFIER,
                    "decision": IDENTIFIER,
                    **_flags("closes", "extends", "acknowledges", "asks", "answers"),
                    "basis": _rule({}),
                },
            )
        )
    }
)
REPLIES = Schema("templates", _REPLIES)
_LETTERS = table(
    {
        "letter": map_of(
            _rule(
                {
                    **_NAME,
                    "law": texts(_LONGEST),
                    "to": _enum(Addressee),
                    "decision": IDENTIFIER,
                    "text": texts(_LONGEST_REPLY),
                }
            )
        ),
        "access": _rule(
            {"law": texts(_LONGEST), **dict.fromkeys(("neither", "told"), texts(_LONGEST_REPLY))}
        ),
        "dossier": _rule({"law": texts(_LONGEST), "secret": texts(_LONGEST)}),
    }
)
_RETENTION = table(
    {
        "visa": _rule({**_NAME, "ahead": _SPAN}),
        "period": map_of(_PERIOD),
        **dict.fromkeys(("proceedings", "junk", "unopened"), _PERIOD),
    }
)
# Pages make telephone links of these numbers, so they contain only digits, spaces and a leading “+”.
_NUMBERS = list_of(
    {"type": "string", "pattern": r"^\+?[0-9]([0-9 ]{0,18}[0-9])?\Z", **expected("telephone")},
    maxItems=4,
    uniqueItems=True,
    **expected("telephones"),
)
_AUTHORITIES = table(
    {
        "authority": map_of(
            _rule(
                {**_NAME, "reach": texts(_LONGEST), "kind": _enum(Reach), "referral": YES_OR_NO},
                {"address": texts(_LONGEST)},
            )
        ),
        "guarantee": map_of(_rule({"text": texts(_LONGEST)})),
        "emergency": _rule({"call": _NUMBERS}, {"sms": _NUMBERS}),
        "reporters": _rule(dict.fromkeys(("advice", "directly", "instead", "passed_on"), texts(_LONGEST))),
    }
)
_OBSTACLES = table(
    {
        "urgent": _rule({"priority": number(0, 4)}),
        "junk": _rule({"officers": _TWO}),
        "justice": _rule(dict.fromkeys(("words", "spared"), list_of(text(), least=0))),
    }
)
_WORDS = _rule(
    {"word": map_of(table({"fr": text(_LONGEST), "en": text(_LONGEST), "avoid": list_of(text(), least=0)}))}
)
_LONGEST_SECTION = 4_000
_SHEET = _rule(
    {**_NAME, "section": map_of(_rule({**_NAME, "text": texts(_LONGEST_SECTION)}, {"fill": _enum(Fill)}))}
)
_SHEETS = table(
    {
        **dict.fromkeys(("processing", "impact"), _SHEET),
        "risk": map_of(_rule({**_NAME, "threat": _enum(Threat), "text": texts(_LONGEST_SECTION)})),
    }
)

# A new key needs a row in ``loosening.WAYS``.
ROOTS = {
    "authorities.toml": _AUTHORITIES,
    "deadlines.toml": _DEADLINES,
    "duties.toml": _DUTIES,
    "goals.toml": _GOALS,
    "law.toml": _LAW,
    "letters.toml": _LETTERS,
    "measures.toml": _MEASURES,
    "obstacles.toml": _OBSTACLES,
    "outcomes.toml": _OUTCOMES,
    "replies.toml": _REPLIES,
    "retention.toml": _RETENTION,
    "sheets.toml": _SHEETS,
    "words.toml": _WORDS,
}

FILES = {name: Schema(name, root, {"span": spans.is_span}) for name, root in ROOTS.items()}
