"""Which changes of a law loosen it: afterwards something is allowed, told or forgotten that was not before.

Or it is decided by fewer officers, or later, or is not asked at all. For each key that a file can have the
table says which other value does so; a test holds that none is missing. Where counsel could see it either
way, a change counts: two officers confirm it, and nothing is refused for good.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from templates.law.rules import Asked, Body, Effect, Told
from templates.law.spans import Span

# Whether it loosens a law that a key has another value than before; None where it has none.
Way = Callable[[Any, Any], bool]


def neither(_before: Any, _after: Any) -> bool:
    """No other value does: a text, or what others look to."""
    return False


def _any(_before: Any, _after: Any) -> bool:
    """Any other value does, or may."""
    return True


def _gone(_before: Any, after: Any) -> bool:
    """It does once it is there no more."""
    return after is None


def _new(before: Any, _after: Any) -> bool:
    """It does where it was not there before: officers may do what they could not do."""
    return before is None


def _other(before: Any, _after: Any) -> bool:
    """It does where there was one, which is gone or another one."""
    return before is not None


def _less(before: Any, after: Any) -> bool:
    """A lower number does; where none stands it is 1."""
    return (after or 1) < (before or 1)


def _to_0(before: Any, after: Any) -> bool:
    """A lower number does, down to 0."""
    return bool(after < before)


def _more(before: Any, after: Any) -> bool:
    """A higher number does."""
    return bool(after > before)


def _off(before: Any, after: Any) -> bool:
    """It does to take away what holds."""
    return bool(before) and not after


def _on(before: Any, after: Any) -> bool:
    """It does to say what did not hold."""
    return bool(after) and not before


def _shorter(before: Any, after: Any) -> bool:
    """Less time does, or none."""
    return _days(after) < _days(before)


def _longer(before: Any, after: Any) -> bool:
    """More time does, or time without an end."""
    return before is not None and (after is None or _days(after) > _days(before))


def _extended(before: Any, after: Any) -> bool:
    """More time does; where none stands there is none."""
    return _days(after) > _days(before)


def _fewer(before: Any, after: Any) -> bool:
    """A list without something that stood in it does."""
    return not set(before or ()) <= set(after or ())


def _further(before: Any, after: Any) -> bool:
    """A list with something that did not stand in it does."""
    return not set(after or ()) <= set(before)


def _narrower(before: Any, after: Any) -> bool:
    """A list of regimes without one of those before does; where none stands it is all of them."""
    return after is not None and (before is None or not set(before) <= set(after))


def _up(*values: str) -> Way:
    """One that stands later among these values does."""
    return lambda before, after: values.index(after or values[0]) > values.index(before or values[0])


def _down(*values: str) -> Way:
    """One that stands earlier among these values does."""
    return lambda before, after: _up(*values)(after, before)


def _less_often(_before: Any, after: Any) -> bool:
    """Whatever is asked less often than always does, unless it was that before."""
    return bool(after != Asked.ALWAYS)


def _duty(before: Any, after: Any) -> bool:
    """A duty does that is gone, or a new one by which officers record or prepare something."""
    if before is None:
        return any({"measure", "outcome"} & each.keys() for each in after["decision"].values())
    return after is None


def _there(_before: Any, after: Any) -> bool:
    """Any value does that was not there."""
    return after is not None


def _days(written: str | None) -> float:
    return Span.parse(written).roughly if written else 0


_RULE: Mapping[str, Way] = {"source": neither, "confirm": neither}
_NAMED: Mapping[str, Way] = {**_RULE, "name": neither}
# Officers choose by the name what they do: under another one they do what they do not mean.
_CHOSEN: Mapping[str, Way] = {**_RULE, "name": _any}


def _under(prefix: str, way: Way, keys: Mapping[str, Way]) -> Mapping[str, Way]:
    return {prefix: way} | {f"{prefix}.{key}": each for key, each in keys.items()}


_PERIOD: Mapping[str, Way] = {**_NAMED, "keep": _shorter, "archive": _shorter, "visa": _off}
_SECTION: Mapping[str, Way] = {**_NAMED, "text": neither, "fill": neither}

# By file and dotted key; * stands for the code of an entry.
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
                # Naming a prosecutor or the police takes a decision on telling the prosecutor.
                "kind": _any,
                "referral": neither,
            },
        ),
        "guarantee": neither,
        # What reporters read that protects them, word for word.
        **_under("guarantee.*", _any, {**_RULE, "text": _any}),
        **_under(
            "reporters",
            neither,
            {**_RULE, **dict.fromkeys(("danger", "advice", "directly", "instead", "passed_on"), _any)},
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
    "law.toml": {
        "name": neither,
        **_under("calendar", neither, {**_RULE, "holidays": _any, "weekend": _further}),
        "regime": neither,
        **_under("regime.*", _new, {**_NAMED, "default": _any, "oral": _off, "reporters": _any}),
    },
    "letters.toml": {
        "letter": neither,
        # A letter waits for what its decision waits for, and takes as many officers.
        **_under(
            "letter.*",
            _new,
            # Whoever reads it loses a guarantee, or is told too much, by one sentence.
            {**_NAMED, "law": neither, "to": _any, "decision": _any, "text": _any},
        ),
        # One sentence can tell that something is held.
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
                # What a sanction is called by those who count them.
                "groups": neither,
                # Whoever reported is told of protection before the prosecutor's word.
                "protection": _any,
                "opens_proceedings": _off,
                "ends_proceedings": _on,
                "is_inquiry": _off,
                "needs_word": _off,
                "addressee": _off,
                "reference": _off,
                "sanitised": _off,
                "answers_danger": _on,
                # What was decided of a case that names nobody is asked anew by it.
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
        # The words of officers are looked at; those of the law are sent as they are.
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
                # What a status must follow.
                "acknowledges": _on,
                # What ends the time for feedback.
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
    # What the office says of its processing; the program fills in the values.
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
    """Return what the table calls a key under another that it knows; "" where it knows neither."""
    dotted = f"{prefix}.{key}" if prefix else key
    wild = f"{prefix}.*" if prefix else "*"
    return next((each for each in (dotted, wild) if each in WAYS[file]), "")


def looser(file: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each key of a file that loosens the law, dotted, with what it was and what it will be, or None.

    What a key holds is not looked at further once the key itself does; nor is what a new one holds.
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
