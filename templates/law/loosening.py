"""Find the changes that loosen a law.

A change loosens the law if it allows or discloses more than before, keeps data for less time, lets fewer
officers decide, or requires something later or not at all. The table WAYS defines, for each key of a file,
which new values loosen the law. A test checks that no key is missing. If in doubt, a change counts as
loosening. A loosening change is not refused, but two officers must confirm it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from templates.law.rules import Asked, Body, Effect, Told
from templates.law.spans import Span

# Whether changing a key from its old value to its new value loosens the law. None means absent.
Way = Callable[[Any, Any], bool]


def neither(_before: Any, _after: Any) -> bool:
    """Either no change of this key loosens the law, or the entries below the key are checked one by one."""
    return False


def _any(_before: Any, _after: Any) -> bool:
    """Any change loosens the law, or may loosen it."""
    return True


def _gone(_before: Any, after: Any) -> bool:
    """Removing the key loosens the law."""
    return after is None


def _new(before: Any, _after: Any) -> bool:
    """Adding the key loosens the law, because officers may do something new."""
    return before is None


def _other(before: Any, _after: Any) -> bool:
    """Removing or changing an existing value loosens the law."""
    return before is not None


def _less(before: Any, after: Any) -> bool:
    """A lower number loosens the law. A missing number counts as 1."""
    return (after or 1) < (before or 1)


def _to_0(before: Any, after: Any) -> bool:
    """A lower number loosens the law, down to 0."""
    return bool(after < before)


def _more(before: Any, after: Any) -> bool:
    """A higher number loosens the law."""
    return bool(after > before)


def _off(before: Any, after: Any) -> bool:
    """Switching the flag off loosens the law."""
    return bool(before) and not after


def _on(before: Any, after: Any) -> bool:
    """Switching the flag on loosens the law."""
    return bool(after) and not before


def _shorter(before: Any, after: Any) -> bool:
    """Less time, or no time, loosens the law."""
    return _days(after) < _days(before)


def _longer(before: Any, after: Any) -> bool:
    """A law with more time, or with no limit, is looser."""
    return before is not None and (after is None or _days(after) > _days(before))


def _extended(before: Any, after: Any) -> bool:
    """A law with more time is looser. A missing value counts as no time."""
    return _days(after) > _days(before)


def _fewer(before: Any, after: Any) -> bool:
    """Removing an entry from the list loosens the law."""
    return not set(before or ()) <= set(after or ())


def _further(before: Any, after: Any) -> bool:
    """Adding an entry to the list loosens the law."""
    return not set(after or ()) <= set(before)


def _narrower(before: Any, after: Any) -> bool:
    """Removing a regime from the list loosens the law. A missing list means all regimes."""
    return after is not None and (before is None or not set(before) <= set(after))


def _up(*values: str) -> Way:
    """A value that comes later in ``values`` loosens the law. A missing value counts as the first value."""
    return lambda before, after: values.index(after or values[0]) > values.index(before or values[0])


def _down(*values: str) -> Way:
    """A value that comes earlier in ``values`` loosens the law."""
    return lambda before, after: _up(*values)(after, before)


def _less_often(_before: Any, after: Any) -> bool:
    """Any change loosens the law, except a change to ``always``."""
    return bool(after != Asked.ALWAYS)


def _duty(before: Any, after: Any) -> bool:
    """Removing a duty loosens the law.

    A new duty loosens the law if it records a measure or prepares an outcome.
    """
    if before is None:
        return any({"measure", "outcome"} & each.keys() for each in after["decision"].values())
    return after is None


def _there(_before: Any, after: Any) -> bool:
    """Any new or changed value loosens the law."""
    return after is not None


def _days(written: str | None) -> float:
    return Span.parse(written).roughly if written else 0


_RULE: Mapping[str, Way] = {"source": neither, "confirm": neither}
_NAMED: Mapping[str, Way] = {**_RULE, "name": neither}
# Officers choose entries by name. If the name of an entry changed, an officer could do something unintended.
_CHOSEN: Mapping[str, Way] = {**_RULE, "name": _any}


def _under(prefix: str, way: Way, keys: Mapping[str, Way]) -> Mapping[str, Way]:
    return {prefix: way} | {f"{prefix}.{key}": each for key, each in keys.items()}


_PERIOD: Mapping[str, Way] = {**_NAMED, "keep": _shorter, "archive": _shorter, "visa": _off}
_SECTION: Mapping[str, Way] = {**_NAMED, "text": neither, "fill": neither}

# The changes that loosen the law, for each file and dotted key. * stands for the code of any entry.
WAYS: Mapping[str, Mapping[str, Way]] = {
    "authorities.toml": {
        "authority": neither,
        **_under(
            "authority.*",
            neither,
            {
                **_NAMED,
                "reach": neither,
                "address": neither,
                # Officers who direct a reporter to the prosecutor or the police must first decide whether to
                # inform the prosecutor.
                "kind": _any,
                "referral": neither,
            },
        ),
        "guarantee": neither,
        # Reporters read these texts word for word, and rely on them.
        **_under("guarantee.*", _any, {**_RULE, "text": _any}),
        # Somebody in danger calls the number that the pages show.
        **_under("emergency", neither, {**_RULE, "call": _any, "sms": _any}),
        **_under(
            "reporters",
            neither,
            {**_RULE, **dict.fromkeys(("advice", "directly", "instead", "passed_on"), _any)},
        ),
    },
    "deadlines.toml": {
        **_under("exchange", neither, {**_RULE, "every": _longer}),
        "clock": neither,
        **_under(
            "clock.*",
            _gone,
            {
                **_NAMED,
                "from": _any,
                "to": _any,
                "statutory": _off,
                "within": _longer,
                "by_priority": neither,
                "by_priority.*": _longer,
                "or_after": _other,
                "regimes": _narrower,
            },
        ),
        **_under("clock.*.extension", _new, {**_RULE, "within": _extended, "regimes": _further}),
    },
    "duties.toml": {
        **_under("offence", neither, {**_RULE, "severity": _more, "tags": _fewer, "danger": _off}),
        "duty": neither,
        **_under(
            "duty.*",
            _duty,
            {
                **_NAMED,
                "role": _any,
                "asked": _less_often,
                "from": _any,
                "within": _longer,
                "answer_after": _shorter,
                "extended": _extended,
                "names_kept": _shorter,
                "regimes": _narrower,
                "decision": neither,
            },
        ),
        **_under("duty.*.urgent", _gone, {"within": _longer, "measure": _any}),
        **_under(
            "duty.*.decision.*",
            _new,
            {
                "name": _any,
                "officers": _less,
                "effect": _up(Effect.DEFERS, Effect.SETTLES),
                "measure": _any,
                "outcome": _any,
                "longest": _extended,
                "informs": _any,
                "by_reply": _off,
                "reopened_by": _fewer,
                "ground": neither,
                "ground.*": _new,
            },
        ),
    },
    # A goal is what management expects of the office: a later or rarer step is less than was expected.
    "goals.toml": {
        "goal": neither,
        **_under("goal.*", neither, {**_NAMED, "from": _any, "days": _more, "share": _less}),
        "rhythm": neither,
        **_under("rhythm.*", neither, {**_NAMED, "days": _more}),
    },
    "law.toml": {
        "name": neither,
        **_under("calendar", neither, {**_RULE, "country": _any, "weekend": _further}),
        "regime": neither,
        **_under("regime.*", _new, {**_NAMED, "default": _any, "oral": _off, "reporters": _any}),
    },
    "letters.toml": {
        "letter": neither,
        # The conditions of a decision, and the number of officers it requires, also apply to its letter.
        **_under(
            "letter.*",
            _new,
            # One sentence can deprive its reader of a guarantee, or disclose too much.
            {**_NAMED, "law": neither, "to": _any, "decision": _any, "text": _any},
        ),
        # One sentence can reveal that data is held.
        **_under("access", neither, {**_RULE, "law": neither, "neither": _any, "told": _any}),
        **_under("dossier", neither, {**_RULE, "law": neither, "secret": _any}),
    },
    "measures.toml": {
        "measure": neither,
        **_under(
            "measure.*",
            _new,
            {
                **_CHOSEN,
                "role": _any,
                "told": _up(Told.NEVER, Told.IF_SAID, Told.ALWAYS),
                "officers": _less,
                # The groups only classify sanctions.
                "groups": neither,
                # The reporter may see measures of protection even before the prosecutor agrees.
                "protection": _any,
                "opens_proceedings": _off,
                "ends_proceedings": _on,
                "is_inquiry": _off,
                "needs_word": _off,
                "addressee": _off,
                "reference": _off,
                "sanitised": _off,
                "answers_danger": _on,
                # Officers may have decided that the case names no person. A measure that concerns a person
                # reopens this decision.
                "concerns_somebody": _off,
            },
        ),
    },
    "obstacles.toml": {
        **_under("urgent", neither, {**_RULE, "priority": _to_0}),
        **_under("junk", neither, {**_RULE, "officers": _less}),
        **_under("justice", neither, {**_RULE, "words": _fewer, "spared": _further}),
    },
    "outcomes.toml": {
        "outcome": neither,
        **_under(
            "outcome.*",
            _new,
            {
                **_CHOSEN,
                "retention": _any,
                "officers": _less,
                "body": _down(Body.NONE, Body.ALLOWED, Body.NEEDED),
                "needs_word": _off,
                "finds_facts": _off,
                "linked": _off,
                "only_after": _other,
                "never_after": _other,
            },
        ),
    },
    "replies.toml": {
        **_RULE,
        "reply": neither,
        # Officers' own words are checked, but the law's texts are sent as they are.
        **_under(
            "reply.*",
            _new,
            {
                "title": neither,
                "status": neither,
                "text": _any,
                "outcome": neither,
                "closes": _on,
                "decision": _there,
                "extends": neither,
                # The status ``acknowledged`` requires this reply.
                "acknowledges": _on,
                "asks": neither,
                # This reply ends the time for feedback.
                "answers": _on,
            },
        ),
        **_under("reply.*.basis", neither, _RULE),
    },
    "retention.toml": {
        **_under("visa", neither, {**_NAMED, "ahead": _longer}),
        "period": neither,
        **_under("period.*", neither, _PERIOD),
        **_under("proceedings", neither, _PERIOD),
        **_under("junk", neither, _PERIOD),
        **_under("unopened", neither, _PERIOD),
    },
    # The office's statements on how it processes data. The program fills in the values.
    "sheets.toml": {
        **_under("processing", neither, {**_NAMED, "section": neither}),
        **_under("processing.section.*", neither, _SECTION),
        **_under("impact", neither, {**_NAMED, "section": neither}),
        **_under("impact.section.*", neither, _SECTION),
        "risk": neither,
        **_under("risk.*", neither, {**_NAMED, "threat": neither, "text": neither}),
    },
    "words.toml": {
        **_RULE,
        "word": neither,
        **_under("word.*", neither, {"fr": neither, "en": neither, "avoid": neither}),
    },
}


def known_as(file: str, prefix: str, key: str) -> str:
    """Return the name under which WAYS lists a key below ``prefix``, or "" for an unknown key."""
    dotted = f"{prefix}.{key}" if prefix else key
    wild = f"{prefix}.*" if prefix else "*"
    return next((each for each in (dotted, wild) if each in WAYS[file]), "")


def looser(file: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each dotted key whose change loosens the law, with both values; an absent value is None.

    If a key is yielded or new, the check skips all keys below it.
    """
    yield from _looser(file, "", "", old, new)


def _looser(
    file: str, prefix: str, known: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    for key in sorted({*old, *new}):
        before, after, name = old.get(key), new.get(key), known_as(file, known, key)
        dotted = f"{prefix}.{key}" if prefix else key
        if before == after or not name:
            continue
        if WAYS[file][name](before, after):
            yield dotted, before, after
        elif isinstance(before, dict):
            yield from _looser(file, dotted, name, before, after or {})
