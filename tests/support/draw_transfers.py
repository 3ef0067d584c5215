"""Draws of transfers without a ceremony: the same number gives the same transcript and opening."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from crypto import base64url, minisign, signing
from draws import protocol
from draws.protocol import DrawList, Drawn, Party, Reveal, Signed, Statement, Stratum, Transcript
from draws.transfers import records, rule, verify
from draws.transfers.records import Batch, Counted, Exposure, Opened, Opening, Rule
from draws.transfers.rule import Held, Line, Sorted, State
from tests.support.draw_transcripts import Chance

RULE_FIXED = date(2026, 11, 1)
FROZEN = date(2026, 12, 1)
PUBLISHED = date(2027, 3, 20)
_FIRST = date(2019, 1, 1)
_NAMES = ("region", "tribunal", "union")
_REASONS = ("illness", "pregnancy", "social")
_PROFILES = ("", "grade-a", "grade-b")


def rule_of(chance: Chance) -> Rule:
    """Return a rule whose next batch after FROZEN is in March 2027."""
    batches = tuple(Batch(date(2027, month, 1), 1 + chance.below(4)) for month in (3, 9))
    return Rule(
        RULE_FIXED,
        (Exposure("high", 24 + chance.below(24)), Exposure("low", 48 + chance.below(24))),
        (Batch(date(2026, 9, 1), 5), *batches),
        _REASONS,
        (None, 24)[chance.below(2)],
    )


def draw(number: int, fixed: date = RULE_FIXED) -> tuple[bytes, bytes]:
    """Return the transcript and the opening of a draw of transfers, whose rule was fixed on a day."""
    chance = Chance(number)
    of = replace(rule_of(chance), day=fixed)
    rows, exceptions = _rows(chance)
    opened = [Opened(chance.bytes(), row) for row in rows]
    return drawn(chance, of, opened, exceptions)


def drawn(  # noqa: PLR0913  what a cheat exchanges, too
    chance: Chance,
    of: Rule,
    opened: Sequence[Opened],
    exceptions: Sequence[tuple[str, str]] = (),
    *,
    counted: Sequence[Counted] | None = None,
    parsed: Callable[[Sequence[str], Rule, date], Line] = rule.parsed,
    sort: Callable[[Rule, Batch, Sequence[Line]], Sorted] = rule.sort,
) -> tuple[bytes, bytes]:
    """Return the transcript and the opening of a draw of these lines.

    An office that cheats has another ``counted``, ``parsed`` or ``sort``.
    """
    lines = [parsed(each.cells, of, FROZEN) for each in opened]
    batch = rule.next_batch(of, FROZEN)
    assert batch
    said = sort(of, batch, lines)
    members = {state: list[tuple[bytes, int]]() for state in State}
    for at, (each, state) in enumerate(zip(opened, said.states, strict=True)):
        members[state].append((protocol.leaf(each.salt, records.line(each.cells)), at))
    kept = [(state, sorted(own)) for state, own in members.items() if own]
    kept = kept[1:] + kept[:1]
    strata = tuple(Stratum(f"s{n}", len(own), said.drawn(state)) for n, (state, own) in enumerate(kept, 1))
    leaves = [[leaf for leaf, _ in own] for _, own in kept]
    order = [at for _, own in kept for _, at in own]
    given = Counter(signer for _, signer in exceptions)
    right = [Counted(each, given[each]) for each in sorted(given)]
    own = records.Exceptions(chance.bytes(), tuple(right if counted is None else counted))
    transcript, seed = _transcript(chance, of, own, strata, leaves)
    ordered = [lines[at] for at in order]
    transfers = verify.transfers(
        of, sort(of, batch, ordered), ordered, [leaf for own in leaves for leaf in own], seed
    )
    opening = Opening(
        protocol.list_hash(transcript.list),
        of,
        tuple(opened[at] for at in order),
        own,
        transfers,
    )
    return protocol.TRANSCRIPT.encode(transcript), records.OPENING.encode(opening)


def _rows(chance: Chance) -> tuple[list[tuple[str, ...]], list[tuple[str, str]]]:
    """Return the cells of people and free posts, and the exceptions."""
    rows, exceptions = list[tuple[str, ...]](), list[tuple[str, str]]()
    for _ in range(3 + chance.below(12)):
        # Few different days, so that some people are equal.
        since = rule.months_after(_FIRST, 9 * chance.below(9))
        excepted = ""
        if not chance.below(6):
            exceptions.append((_REASONS[chance.below(3)], ("hr-1", "hr-2")[chance.below(2)]))
            excepted = records.exception(chance.bytes(), *exceptions[-1])
        held = [
            Held(f"P{chance.below(9)}", since - timedelta(chance.below(900))) for _ in range(chance.below(3))
        ]
        rows.append(
            (
                records.agent(chance.bytes(), f"A{len(rows)}"),
                f"P{chance.below(9)}",
                _PROFILES[chance.below(2)],
                ("high", "low")[chance.below(2)],
                since.isoformat(),
                excepted,
                rule.held_cell(held),
            )
        )
    # At least one line is drawn.
    count = 1 + chance.below(6)
    rows += [("", f"P{chance.below(9)}", _PROFILES[chance.below(3)], "", "", "", "") for _ in range(count)]
    return rows, exceptions


def _transcript(
    chance: Chance,
    of: Rule,
    exceptions: records.Exceptions,
    strata: tuple[Stratum, ...],
    leaves: Sequence[Sequence[bytes]],
) -> tuple[Transcript, bytes]:
    seeds = {name: chance.bytes() for name in _NAMES}
    record = DrawList(
        series="transfers",
        number=1,
        previous=protocol.FIRST,
        id=chance.bytes(16),
        day=FROZEN,
        until=FROZEN,
        publish=PUBLISHED,
        columns=records.COLUMNS,
        total=sum(each.size for each in strata),
        leaves=protocol.leaves_hash((b"".join(own), b"") for own in leaves),
        strata=strata,
        parties=tuple(Party(name, signing.public_key(seed)) for name, seed in seeds.items()),
        rule=records.rule_hash(of),
        exceptions=records.exceptions_hash(exceptions),
    )
    own = protocol.list_hash(record)
    reveals = tuple(Reveal(record.id, own, name, chance.bytes()) for name in seeds)
    statement = Statement(own, tuple(map(protocol.commitment, reveals)))
    file = protocol.STATEMENT.encode(statement)
    signed = tuple(
        Signed(name, minisign.first_signature(minisign.sign(file, seed, "x"))) for name, seed in seeds.items()
    )
    seed = protocol.seed(own, reveals, None)
    texts = tuple(base64url.encode(b"".join(each)) for each in leaves)
    chosen = tuple(
        base64url.encode(b"".join(protocol.drawn(seed, each, (), stratum.drawn)))
        for each, stratum in zip(leaves, strata, strict=True)
    )
    end = Drawn(own, seed)
    return (
        Transcript(record, texts, ("",) * len(texts), statement, signed, reveals, drawn=chosen, end=end),
        seed,
    )
