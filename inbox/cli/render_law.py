"""Print the law, and the changes that another law would make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from crypto.keyring import Texts
from crypto.printable import visible
from inbox.language.views import View
from inbox.law.changes import Change
from inbox.setup.law import Moved, Plan
from templates.law import times
from templates.law.rules import Law, Period
from templates.law.spans import Span
from templates.law.times import Kind, Time

_WORDS = {
    Kind.WITHIN: "{}",
    Kind.URGENT: "{} in imminent danger",
    Kind.EXTENDED: "{} if extended",
    Kind.ANSWER_AFTER: "answers are sent after {}",
    Kind.NAMES_KEPT: "names are kept for {} after the answer",
}


def name(law: Law) -> str:
    """Return the name of a law, with its hash."""
    return visible(f"{law.name.en} ({law.sha256.hex()})")


def _codes(law: Law) -> Mapping[str, Mapping[str, Texts]]:
    return {
        "regimes": {code: each.name for code, each in law.regimes.items()},
        "deadlines": {code: each.name for code, each in law.clocks.items()},
        "duties": {code: each.name for code, each in law.duties.items()},
        "decisions": {
            code: each.name for duty in law.duties.values() for code, each in duty.decisions.items()
        },
        "measures": {code: each.name for code, each in law.measures.items()},
        "outcomes": {code: each.name for code, each in law.outcomes.items()},
        "retention": {code: each.name for code, each in law.retention.periods.items()},
        "other_retention": {code: each.name for code, each in _other_periods(law).items()},
        "letters": {code: each.name for code, each in law.letters.items()},
        "authorities": {code: each.name for code, each in law.authorities.items()},
    }


def _in_words(law: Law) -> Mapping[str, Mapping[str, str]]:
    """Return the times of the law in words: deadlines, duties and retention periods, each keyed by code."""
    return {
        "deadlines": {code: _spoken(law, times.of_clock(each)) for code, each in law.clocks.items()},
        "duties": {code: _spoken(law, times.of_duty(each)) for code, each in law.duties.items()},
        "retention": {code: _kept(each) for code, each in law.retention.periods.items()},
        "other_retention": {code: _kept(each) for code, each in _other_periods(law).items()},
    }


def _other_periods(law: Law) -> Mapping[str, Period]:
    """Return the periods for data without an outcome. A law may use these codes for its own periods, too."""
    kept = law.retention
    return {"proceedings": kept.proceedings, "junk": kept.junk, "unopened": kept.unopened}


def _spoken(law: Law, found: Iterable[Time]) -> str:
    return "; ".join(f"{_WORDS[each.kind].format(_spans(each))}{_only(law, each.regimes)}" for each in found)


def _spans(time: Time) -> str:
    by_priority = f" for priorities 1 to {len(time.spans)}" if len(time.spans) > 1 else ""
    return f"{' / '.join(map(str, time.spans))}{by_priority}"


def _only(law: Law, regimes: frozenset[str]) -> str:
    """Return the words for a rule that applies only in some regimes, or an empty text."""
    return "" if regimes >= law.regimes.keys() else f", only with regime {' or '.join(sorted(regimes))}"


def _kept(period: Period) -> str:
    return f"{period.keep}, then {period.archive} in the archive" if period.archive else str(period.keep)


def view(law: Law) -> View:
    """Return a law as a JSON value: its hash, the labels of its codes, and the times that it sets."""
    names = {kind: {code: called.en for code, called in codes.items()} for kind, codes in _codes(law).items()}
    return {
        "law": law.sha256.hex(),
        "name": law.name.en,
        "to_confirm": len(law.to_confirm),
        "times": _as_data(law),
    } | names


def _as_data(law: Law) -> View:
    """Return the times of the law as numbers with their units, under the keys of the law."""
    return {
        "exchange": _span(law.exchange.every),
        "deadlines": {
            code: {"starts": each.starts, "ends": each.ends, "times": [*map(_time, times.of_clock(each))]}
            for code, each in law.clocks.items()
        },
        "duties": {
            code: {"starts": each.starts, "times": [*map(_time, times.of_duty(each))]}
            for code, each in law.duties.items()
        },
        "retention": {code: _period(each) for code, each in law.retention.periods.items()},
        "other_retention": {code: _period(each) for code, each in _other_periods(law).items()},
    }


def _time(time: Time) -> View:
    return {
        "kind": time.kind,
        "within": [_span(each) for each in time.spans],
        "regimes": sorted(time.regimes),
    }


def _period(period: Period) -> View:
    return {"keep": _span(period.keep), "archive": _span(period.archive) if period.archive else None}


def _span(span: Span) -> View:
    return {"count": span.count, "unit": span.unit}


def lines(law: Law) -> Iterator[str]:
    """Yield a law as lines of text."""
    yield name(law)
    yield f"to be confirmed by counsel: {len(law.to_confirm)}"
    yield f"longest time between two exchanges: {law.exchange.every}"
    spoken = _in_words(law)
    for kind, codes in _codes(law).items():
        yield from ("", f"{kind.replace('_', ' ')}:")
        for code, called in codes.items():
            time = f": {spoken[kind][code]}" if kind in spoken else ""
            yield visible(f"  {code:<24} {called.en}{time}")


def plan_view(planned: Plan) -> View:
    """Return, as a JSON value, the changes that another law would make."""
    return {
        "law": planned.law.sha256.hex(),
        "changes": _changed(planned.changes),
        "looser": _changed(planned.looser),
        "later": _moved(planned.later),
        "sooner": _moved(planned.sooner),
    }


def _changed(changes: Sequence[Change]) -> list[View]:
    return [
        {"file": each.file, "key": each.key, "before": each.before, "after": each.after} for each in changes
    ]


def _moved(moved: Sequence[Moved]) -> list[View]:
    return [
        {
            "case": each.case,
            "what": each.code,
            "before": each.before.isoformat(),
            "after": each.after.isoformat() if each.after else None,
        }
        for each in moved
    ]


def planned_lines(planned: Plan) -> Iterator[str]:
    """Yield the changes as lines of text."""
    yield from map(_line, planned.changes)
    yield from (f"looser: {_line(each)}" for each in planned.looser)
    for each in planned.later:
        yield f"later: case {each.case}, {each.code}: {each.before} -> {each.after or 'never'}"
    for each in planned.sooner:
        yield f"kept for a shorter time: case {each.case}: {each.before} -> {each.after}"


def _line(change: Change) -> str:
    return visible(f"{change.file}: {change.key}: {change.before or '-'} -> {change.after or '-'}")
