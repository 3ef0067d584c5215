"""Both verifiers, Python and JavaScript, accept and refuse the same transcripts by the same rules."""

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from crypto import base64url, minisign, strictjson
from draws import protocol, verify
from draws.rules import RULES
from tests.support.draw_transcripts import PEER, Chance, edited, keys, mutants, resigned, transcript

Ask = Callable[[Sequence[bytes]], tuple[str, list[bytes]]]


@pytest.fixture(scope="module")
def peer() -> Iterator[Ask]:
    """The verifier in JavaScript."""
    process = subprocess.Popen(["node", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout

    def ask(files: Sequence[bytes]) -> tuple[str, list[bytes]]:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps([b64encode(each).decode() for each in files]) + "\n")
        process.stdin.flush()
        found = json.loads(process.stdout.readline())
        return found["rule"], [b64decode(each) for each in found["ends"]]

    yield ask
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


def ours(files: Sequence[bytes]) -> tuple[str, list[bytes]]:
    try:
        return "", [each.end for each in verify.verify_series(files)]
    except verify.Disproved as error:
        return error.rule, []


def agreed(peer: Ask, *files: bytes) -> str:
    """Return the rule that the transcripts break by both verifiers, or an empty text."""
    found = ours(files)
    assert peer(files) == found
    return found[0]


def compared(peer: Ask, numbers: range, changes: int) -> dict[str, int]:
    """Compare both verifiers; every transcript is valid, and none with one byte changed is."""
    rules = dict.fromkeys(RULES, 0)
    for number in numbers:
        raw, chance = transcript(number), Chance(-number)
        assert agreed(peer, raw) == "", number
        for changed in mutants(raw, chance, changes):
            rule = agreed(peer, changed)
            assert rule, (number, changed)
            rules[rule] += 1
    return rules


@pytest.mark.slow
def test_transcripts_agree_and_none_with_one_byte_changed_is_accepted(peer: Ask) -> None:
    compared(peer, range(40), 5)


@pytest.mark.soak
def test_a_thousand_transcripts_agree(peer: Ask, record_property: Callable[[str, object], None]) -> None:
    """The record says how often a changed byte broke each rule."""
    rules = compared(peer, range(1_000), 20)
    told = ", ".join(f"{rule} {count}" for rule, count in rules.items() if count)
    record_property("draws", f"1,000 transcripts agree; 20,000 with a changed byte are refused by: {told}")


def drawn() -> bytes:
    """Return a transcript of a draw that took place, with a pulse and two strata."""
    return next(
        raw
        for raw in map(transcript, range(99))
        for found in [verify.verify(raw)]
        if found.pulse.startswith("nist") and found.strata > 1
    )


def number_of(stage: str, source: str = "") -> int:
    """Return the number of a transcript that is void at a stage, or drawn, with a later source or any."""
    for number in range(999):
        found = protocol.TRANSCRIPT.parse(transcript(number))
        asked = found.list.later.source if found.list.later else "none"
        if getattr(found.end, "stage", "drawn") == stage and source in ("", asked):
            return number
    raise AssertionError(stage, source)


def void(stage: str, source: str = "") -> bytes:
    """Return a transcript of a draw that is void."""
    return transcript(number_of(stage, source))


def member(raw: bytes, *path: str | int) -> strictjson.Json:
    value = strictjson.decode(raw)
    for step in path:
        value = value[step]  # type: ignore[index,call-overload]
    return value


ZERO = base64url.encode(bytes(32))


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("v",), 2, "transcript"),
        (("list", "number"), 0, "transcript"),
        (("list", "until"), "2026-12-21", "list"),
        (("list", "later", "day"), "2026-12-01", "list"),
        (("list", "strata", 0, "drawn"), 99, "list"),
        (("list", "total"), 999, "list"),
        (("list", "series"), "rouen", "end"),
        (("leaves", 0), "", "lines"),
        (("leaves",), [], "lines"),
        (("list", "leaves"), ZERO, "lines"),
        (("statement", "list"), ZERO, "statement"),
        (("statement", "commitments"), [], "statement"),
        (("statement", "commitments", 0), ZERO, "signature"),
        (("signatures",), [], "signature"),
        (("signatures", 0, "party"), "union", "signature"),
        (("reveals", 0, "secret"), ZERO, "reveal"),
        (("reveals",), [], "reveal"),
        (("later", "round"), "another", "later"),
        (("later", "value"), "ab" * 32, "end"),
        (("drawn", 0), "", "drawn"),
        (("drawn",), [], "drawn"),
        (("end", "seed"), ZERO, "end"),
        (("end", "missing"), ["union"], "transcript"),
    ],
)
def test_a_draw_with_a_wrong_part_is_refused_by_the_rule_of_this_part(
    path: tuple[str | int, ...], value: strictjson.Json, rule: str, peer: Ask
) -> None:
    raw = drawn()
    assert agreed(peer, raw) == ""
    assert agreed(peer, edited(raw, *path, value=value)) == rule


def test_a_list_with_too_few_or_equal_parties_or_equal_strata_or_nothing_drawn_is_refused(peer: Ask) -> None:
    raw = drawn()
    of = protocol.TRANSCRIPT.parse(raw).list
    first, second, *others = of.parties
    named, keyed = replace(second, name=first.name), replace(second, key=first.key)
    for wrong in (
        replace(of, parties=(first, second)),
        replace(of, parties=(first, named, *others)),
        replace(of, parties=(first, keyed, *others)),
        replace(of, strata=tuple(replace(each, name="s1") for each in of.strata)),
        replace(of, strata=tuple(replace(each, drawn=0) for each in of.strata)),
        replace(of, until=protocol.date(2026, 11, 30)),
    ):
        assert agreed(peer, edited(raw, "list", value=protocol.LIST.write(wrong))) == "list", wrong


def test_a_statement_with_one_commitment_twice_is_refused(peer: Ask) -> None:
    raw = drawn()
    first = member(raw, "statement", "commitments", 0)
    assert agreed(peer, edited(raw, "statement", "commitments", 1, value=first)) == "statement"


def test_a_drawn_transcript_without_its_statement_is_refused(peer: Ask) -> None:
    value = strictjson.decode(drawn())
    assert isinstance(value, dict)
    del value["statement"]
    assert agreed(peer, strictjson.encode(value)) == "statement"


def test_a_draw_that_is_void_at_the_commitments_has_no_statement_and_no_signature(peer: Ask) -> None:
    number = number_of("commitment")
    raw = transcript(number)
    of = protocol.TRANSCRIPT.parse(raw).list
    commitments = tuple(protocol.hashed("commitment", name.encode()) for name in of.names)
    given = protocol.Statement(protocol.list_hash(of), commitments)
    assert agreed(peer, resigned(number, raw, *of.names)) == ""
    assert agreed(peer, resigned(number, raw, *of.names, statement=given)) == "statement"
    signed = (protocol.Signed(of.names[0], bytes(64)),)
    assert agreed(peer, resigned(number, raw, *of.names, signatures=signed)) == "signature"


def test_a_draw_that_is_void_at_the_signatures_has_no_reveal(peer: Ask) -> None:
    number = number_of("signature")
    raw = transcript(number)
    of = protocol.TRANSCRIPT.parse(raw).list
    given = (protocol.Reveal(of.id, protocol.list_hash(of), of.names[0], bytes(32)),)
    assert agreed(peer, resigned(number, raw, *of.names)) == ""
    assert agreed(peer, resigned(number, raw, *of.names, reveals=given)) == "reveal"


def test_each_stratum_has_as_many_leaves_and_weights_as_the_list_says(peer: Ask) -> None:
    leaves = [[bytes([stratum, n]) * 16 for n in range(3)] for stratum in range(2)]
    raw = transcript(number_of("drawn"), given=[(own, []) for own in leaves])
    assert agreed(peer, raw) == ""
    for first, second in ((2, 4), (4, 2)):
        moved = edited(raw, "list", "strata", 0, "size", value=first)
        assert agreed(peer, edited(moved, "list", "strata", 1, "size", value=second)) == "lines"
    assert agreed(peer, edited(raw, "weights", 0, value=base64url.encode(bytes([0, 1] * 3)))) == "lines"
    assert agreed(peer, edited(raw, "list", "strata", 0, "weighted", value=1)) == "lines"


@pytest.mark.parametrize(
    ("leaves", "rule"),
    [
        (["aa", "ba"], ""),
        (["ba", "aa"], "lines"),
        (["aa", "aa"], "lines"),
        (["aa", "ab"], ""),
        (["ab", "aa"], "lines"),
        (["aa", "", "aa"], "lines"),
        (["aa", "", "ab"], ""),
        (["ab", "", "aa", "bb"], ""),
        (["aa", "ba", "", "aa", "bb"], "lines"),
    ],
)
def test_leaves_ascend_in_each_stratum_and_none_is_in_the_list_twice(
    leaves: list[str], rule: str, peer: Ask
) -> None:
    """Each leaf is written as the letters of its first and of its last byte; an empty one ends a stratum."""
    strata: list[list[bytes]] = [[]]
    for each in leaves:
        if each:
            strata[-1].append(each[0].encode() + bytes(30) + each[1].encode())
        else:
            strata.append([])
    raw = transcript(number_of("drawn"), given=[(own, []) for own in strata])
    assert agreed(peer, raw) == rule


@pytest.mark.parametrize(
    ("weight", "rule"), [(0, "lines"), (1, ""), (100, ""), (101, "lines"), (256, "lines")]
)
def test_a_weight_is_from_1_to_100(weight: int, rule: str, peer: Ask) -> None:
    leaves = [bytes([n]) * 32 for n in range(9)]
    weights = [1] * 8 + [weight]
    assert agreed(peer, transcript(number_of("drawn"), given=[(leaves, weights)])) == rule


@pytest.mark.parametrize("heaviest", [0, 3])
def test_many_tickets_that_begin_alike_are_compared_as_a_whole(heaviest: int, peer: Ask) -> None:
    leaves = sorted(protocol.hashed("line", str(n).encode()) for n in range(999))
    weights = [1 + n % heaviest for n in range(999)] if heaviest else []
    assert agreed(peer, transcript(number_of("drawn"), given=[(leaves, weights)])) == ""


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_the_text_of_leaves_and_weights_is_canonical(lines: int, peer: Ask) -> None:
    """Bits after the last byte are zero, and no character is one too many."""
    leaves = [bytes([n]) * 32 for n in range(lines)]
    raw = transcript(number_of("drawn"), given=[(leaves, [1] * lines)])
    assert agreed(peer, raw) == ""
    for name in ("leaves", "weights"):
        text = str(member(raw, name, 0))
        next_character = chr(ord(text[-1]) + 1)
        for changed in (text + "A", text[:-1], text[:-1] + next_character, text + "=", text + "AAAA"):
            expected = "transcript" if "=" in changed else "lines"
            assert agreed(peer, edited(raw, name, 0, value=changed)) == expected, changed


def test_a_signature_of_every_party_is_needed(peer: Ask) -> None:
    raw = drawn()
    signatures = member(raw, "signatures")
    assert isinstance(signatures, list)
    for at in range(len(signatures)):
        left = [each for n, each in enumerate(signatures) if n != at]
        assert agreed(peer, edited(raw, "signatures", value=left)) == "signature"
        assert agreed(peer, edited(raw, "signatures", at, "signature", value=base64url.encode(bytes(64))))


@pytest.mark.parametrize("stage", protocol.STAGES)
def test_a_void_that_somebody_changed_is_refused(stage: str, peer: Ask) -> None:
    raw = void(stage)
    assert agreed(peer, raw) == ""
    assert agreed(peer, edited(raw, "end_signatures", value=[])) == "end"
    assert agreed(peer, edited(raw, "drawn", value=[""])) == "end"
    assert agreed(peer, edited(raw, "end", "missing", value=["region"])) == "end"
    assert agreed(peer, edited(raw, "end", "day", value="2026-12-09")) == "end"


@pytest.mark.parametrize(
    ("stage", "source"), [("commitment", ""), ("signature", ""), ("reveal", ""), ("later", "dice")]
)
def test_a_void_names_exactly_who_is_missing_and_another_party_signs_it(
    stage: str, source: str, peer: Ask
) -> None:
    """At the stage of commitments, a verifier cannot see who sent one."""
    number = number_of(stage, source)
    raw = transcript(number)
    found = protocol.TRANSCRIPT.parse(raw)
    assert isinstance(found.end, protocol.Void)
    named, names = found.end.missing, found.list.names
    assert agreed(peer, resigned(number, raw, *names)) == ""
    assert agreed(peer, resigned(number, raw, *named)) == "end"
    assert agreed(peer, resigned(number, raw)) == "end"
    assert agreed(peer, resigned(number, raw, "region", missing=())) == "end"
    assert agreed(peer, resigned(number, raw, *names, missing=("union", "tribunal"))) == "end"
    for others in (named[1:], tuple(name for name in names if name not in named)):
        if others and stage != "commitment":
            assert agreed(peer, resigned(number, raw, *names, missing=others)) == "end"


@pytest.mark.parametrize("stage", protocol.STAGES)
def test_a_draw_is_not_voided_before_the_last_day(stage: str, peer: Ask) -> None:
    """Until then, the party that the void names could still send what is missing."""
    number = number_of(stage)
    raw = transcript(number)
    names = protocol.TRANSCRIPT.parse(raw).list.names
    day = protocol.date(2026, 11, 30)
    assert agreed(peer, resigned(number, raw, *names, day=day)) == "end"


def test_a_draw_is_not_voided_before_the_day_of_the_dice(peer: Ask) -> None:
    number = number_of("later", "dice")
    raw = transcript(number)
    for day, rule in ((1, "end"), (2, "")):
        given = resigned(number, raw, "region", day=protocol.date(2026, 12, day))
        assert agreed(peer, given) == rule


def test_if_nobody_sent_anything_a_void_names_all_and_one_of_them_signs(peer: Ask) -> None:
    number = number_of("reveal")
    raw = transcript(number)
    names = protocol.TRANSCRIPT.parse(raw).list.names
    assert agreed(peer, resigned(number, raw, "union", reveals=(), missing=names)) == ""
    assert agreed(peer, resigned(number, raw, reveals=(), missing=names)) == "end"


def test_a_pulse_that_did_not_come_voids_the_draw_if_all_parties_sign_after_its_day(peer: Ask) -> None:
    """One honest party, which looks at the source, is enough to stop a void that is not true."""
    number = number_of("later", "nist")
    raw = transcript(number)
    found = protocol.TRANSCRIPT.parse(raw)
    names = found.list.names
    assert agreed(peer, raw) == ""
    assert verify.verify(raw).absent == "nist chain 2, pulse 7"
    assert agreed(peer, resigned(number, raw, *names[:-1])) == "end"
    assert agreed(peer, resigned(number, raw, *names, missing=names[-1:])) == "end"
    assert agreed(peer, resigned(number, raw, *names, day=protocol.date(2026, 12, 2))) == "end"
    assert agreed(peer, resigned(number, raw, *names, reveals=found.reveals[:-1])) == "end"


def test_a_draw_with_its_later_value_cannot_be_voided(peer: Ask) -> None:
    """Otherwise, whoever saw the outcome could still refuse it."""
    for source in ("nist", "dice"):
        number = number_of("drawn", source)
        raw = transcript(number)
        found = protocol.TRANSCRIPT.parse(raw)
        signed = {each.party for each in found.later_signatures}
        missing = tuple(name for name in found.list.names if name not in signed)
        assert found.end
        for stage in ("reveal", "later"):
            end = protocol.Void(found.end.list, stage, missing, protocol.date(2026, 12, 3))
            for named in (end, protocol.Void(end.list, end.stage, (), end.day)):
                given = resigned(number, raw, *found.list.names, end=named, drawn=())
                assert agreed(peer, given) == "end"


@pytest.mark.parametrize("stage", ["commitment", "signature", "reveal"])
def test_a_void_has_no_later_value_before_all_reveals(stage: str, peer: Ask) -> None:
    """Whoever knows the value before could decide whether to reveal."""
    for source, value in (("dice", "1" * 50), ("nist", "ab" * 16)):
        number = number_of(stage, source)
        raw = transcript(number)
        found = protocol.TRANSCRIPT.parse(raw)
        assert found.end
        assert found.list.later
        later = protocol.Later(found.end.list, source, found.list.later.round, value)
        assert agreed(peer, resigned(number, raw, *found.list.names, later=later)) == "end"


def test_a_draw_without_a_later_source_is_not_voided_for_a_value_that_did_not_come(peer: Ask) -> None:
    number = number_of("drawn", "none")
    raw = transcript(number)
    found = protocol.TRANSCRIPT.parse(raw)
    assert found.end
    for missing in ((), found.list.names):
        end = protocol.Void(found.end.list, "later", missing, protocol.date(2026, 12, 3))
        assert agreed(peer, resigned(number, raw, *found.list.names, end=end, drawn=())) == "end"


def test_dice_need_fifty_throws_and_the_signatures_of_more_than_half_of_the_parties(peer: Ask) -> None:
    number = number_of("drawn", "dice")
    raw = transcript(number)
    found = protocol.TRANSCRIPT.parse(raw)
    names = found.list.names
    assert found.later
    assert agreed(peer, resigned(number, raw, *names)) == ""
    assert agreed(peer, resigned(number, raw, *names[: len(names) // 2])) == "later"
    for value in ("1" * 49, "1" * 49 + "7", "1" * 49 + "0", "a" * 50, "1" * 201):
        given = protocol.Later(found.later.list, found.later.source, found.later.round, value)
        assert agreed(peer, resigned(number, raw, *names, later=given)) == "later", value


def test_signatures_and_reveals_come_in_the_order_of_the_parties_and_none_twice(peer: Ask) -> None:
    """Otherwise, one party could sign dice as often as more than half of the parties."""
    number = number_of("drawn", "dice")
    raw = transcript(number)
    found = protocol.TRANSCRIPT.parse(raw)
    names = found.list.names
    assert agreed(peer, resigned(number, raw, *names)) == ""
    for signers in ([names[0]] * len(names), names[::-1], (*names, names[-1])):
        assert agreed(peer, resigned(number, raw, *signers)) == "later"
    for part, rule in (("signatures", "signature"), ("reveals", "reveal")):
        given = member(raw, part)
        assert isinstance(given, list)
        for wrong in (given[::-1], [*given, given[-1]], [given[0], *given[:-1]]):
            assert agreed(peer, edited(raw, part, value=wrong)) == rule
    number = number_of("reveal")
    names = protocol.TRANSCRIPT.parse(transcript(number)).list.names
    assert agreed(peer, resigned(number, transcript(number), *names[::-1])) == "end"


@pytest.mark.parametrize("name", ["id", "list"])
def test_a_party_that_committed_to_a_reveal_of_another_draw_is_refused(name: str, peer: Ask) -> None:
    """Its commitment and all signatures are right, but the reveal was not made for this list."""
    number = number_of("drawn", "none")
    found = protocol.TRANSCRIPT.parse(transcript(number))
    assert found.statement
    first, *others = found.reveals
    size = {"id": 16, "list": 32}[name]
    foreign = replace(first, **{name: bytes(size)})  # type: ignore[arg-type]
    for reveal, rule in ((first, ""), (foreign, "reveal")):
        commitments = (protocol.commitment(reveal), *found.statement.commitments[1:])
        statement = replace(found.statement, commitments=commitments)
        file = protocol.STATEMENT.encode(statement)
        signatures = tuple(
            protocol.Signed(party, minisign.first_signature(minisign.sign(file, seed, "x")))
            for party, seed in keys(number).items()
        )
        raw = replace(found, statement=statement, signatures=signatures, reveals=(reveal, *others))
        assert agreed(peer, protocol.TRANSCRIPT.encode(raw)) == rule


def test_a_later_value_that_the_list_does_not_name_and_signatures_of_none_are_refused(peer: Ask) -> None:
    found = protocol.TRANSCRIPT.parse(transcript(number_of("drawn", "none")))
    later = protocol.Later(protocol.list_hash(found.list), "nist", "7", "ab" * 16)
    assert agreed(peer, protocol.TRANSCRIPT.encode(replace(found, later=later))) == "later"
    number = number_of("reveal", "dice")
    raw = transcript(number)
    names = protocol.TRANSCRIPT.parse(raw).list.names
    signed = (protocol.Signed(names[0], bytes(64)),)
    assert agreed(peer, resigned(number, raw, *names, later_signatures=signed)) == "later"


def test_a_void_cannot_hide_reveals_that_arrived(peer: Ask) -> None:
    """Otherwise a draw could be voided although nobody refused."""
    raw = void("reveal")
    reveals = member(raw, "reveals")
    assert isinstance(reveals, list)
    assert agreed(peer, edited(raw, "reveals", value=reveals[:-1])) in {"end", "reveal"}


def test_the_numbers_of_a_series_follow_one_another_by_the_ends(peer: Ask) -> None:
    first = transcript(1)
    end = verify.verify(first).end
    second = transcript(2, number_in_series=2, previous=end)
    third = transcript(3, number_in_series=3, previous=verify.verify(second).end)
    assert agreed(peer, third, first, second) == ""
    assert agreed(peer, second, third) == ""
    assert agreed(peer, first, third) == "series"
    assert agreed(peer, first, transcript(2, number_in_series=2, previous=bytes([1] * 32))) == "series"
    assert agreed(peer, first, first) == "series"
    assert agreed(peer, transcript(2, number_in_series=2)) == "series"
    assert agreed(peer, transcript(1, previous=end)) == "series"


def test_every_rule_has_a_sentence_and_is_broken_by_a_test() -> None:
    source = verify.__loader__.get_source(verify.__name__)  # type: ignore[union-attr,attr-defined]
    assert {rule for rule in RULES if f'"{rule}"' in source} == {*RULES}
