"""Small models of a draw, checked exhaustively: what a coalition can and cannot gain (docs/draws.md, 1)."""

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, product

import pytest

from crypto import base64url
from draws import protocol

# Each party has one of so many secrets; the outcome is their sum. Any function that is uniform if one
# argument is uniform would do, as the hash does.
SECRETS = 4
PARTIES = 3
# The coalition wants to avoid these outcomes.
TARGETS = [{0}, {0, 1}, {0, 1, 2}]


def subsets(values: range) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))


def honest_sums(coalition: int) -> list[int]:
    """Return the sum of the honest parties for each of their secrets, all equally likely."""
    return [sum(each) % SECRETS for each in product(range(SECRETS), repeat=PARTIES - coalition)]


def least(target: set[int], coalition: int, refusals: int, pulses: range) -> Fraction:
    """Return the smallest probability of the target over all strategies of the coalition.

    In each draw, a strategy commits to a secret without knowing the others. After the others have revealed,
    it refuses for a chosen set of their sums. Then a pulse is added, which nobody knew. A void is drawn
    again.
    """
    again = least(target, coalition, refusals - 1, pulses) if refusals else Fraction(0)
    found = []
    sums = honest_sums(coalition)
    for own in range(SECRETS):
        for refused in subsets(range(SECRETS)) if refusals else [()]:
            total = Fraction(0)
            for theirs, pulse in product(sums, pulses):
                hit = (own + theirs + pulse) % SECRETS in target
                total += again if theirs in refused else Fraction(hit)
            found.append(total / (len(sums) * len(pulses)))
    return min(found)


NO_PULSE, PULSE = range(1), range(SECRETS)


@pytest.mark.parametrize("coalition", range(1, PARTIES))
def test_coalitions_that_always_reveal_face_uniform_outcomes(coalition: int) -> None:
    """Whatever they commit to, every outcome is equally likely."""
    for own in product(range(SECRETS), repeat=coalition):
        outcomes = [(sum(own) + theirs) % SECRETS for theirs in honest_sums(coalition)]
        assert {outcomes.count(each) for each in range(SECRETS)} == {len(outcomes) // SECRETS}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("coalition", range(1, PARTIES))
@pytest.mark.parametrize("refusals", range(3))
def test_the_best_bias_of_v_refusals_is_the_stated_power(
    target: set[int], coalition: int, refusals: int
) -> None:
    p = Fraction(len(target), SECRETS)
    assert least(target, coalition, refusals, NO_PULSE) == p ** (refusals + 1)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("coalition", range(1, PARTIES))
@pytest.mark.parametrize("refusals", range(3))
def test_refusing_gains_nothing_if_a_later_pulse_is_mixed_in(
    target: set[int], coalition: int, refusals: int
) -> None:
    assert least(target, coalition, refusals, PULSE) == Fraction(len(target), SECRETS)


def least_with_dice(target: set[int], parties: int, coalition: int, refusals: int) -> Fraction:
    """Return the smallest probability of the target if dice are thrown after the reveals (docs/draws.md, 6).

    The coalition sees the sums of the others before it reveals, and the throw before it signs. More than half
    of the parties sign the throw: more than half can therefore sign another one. If half or more do not
    sign, the draw is void. Each choice is the best one for what the coalition knows.
    """
    again = least_with_dice(target, parties, coalition, refusals - 1) if refusals else Fraction(1)
    can_choose, can_stop = 2 * coalition > parties, 2 * (parties - coalition) <= parties
    found = []
    sums = [sum(each) % SECRETS for each in product(range(SECRETS), repeat=parties - coalition)]
    for own in range(SECRETS):
        total = Fraction(0)
        for theirs in sums:
            thrown = Fraction(0)
            for throw in range(SECRETS):
                outcomes = [Fraction((own + theirs + throw) % SECRETS in target)]
                if can_stop:
                    outcomes.append(again)
                if can_choose:
                    outcomes += [
                        Fraction((own + theirs + each) % SECRETS in target) for each in range(SECRETS)
                    ]
                thrown += min(outcomes)
            total += min(again, thrown / SECRETS)
        found.append(total / len(sums))
    return min(found)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("parties", [3, 4, 5])
@pytest.mark.parametrize("refusals", range(3))
def test_with_dice_less_than_half_gain_nothing_half_gain_as_without_and_more_choose(
    target: set[int], parties: int, refusals: int
) -> None:
    p = Fraction(len(target), SECRETS)
    for coalition in range(1, parties):
        found = least_with_dice(target, parties, coalition, refusals)
        if 2 * coalition < parties:
            assert found == p
        elif 2 * coalition == parties:
            assert found == p ** (refusals + 1)
        else:
            assert found == 0


# The next tests use the functions of the program. Four lines, of which one is drawn, as four outcomes.
LEAVES = [bytes([n]) * 32 for n in range(SECRETS)]


def secret(number: int) -> bytes:
    return protocol.hashed("secret", str(number).encode())


def outcome(of: bytes, secrets: Sequence[bytes], pulse: str = "") -> int:
    """Return the line that the program draws for these secrets of the parties."""
    reveals = [protocol.Reveal(bytes(16), of, "a", each) for each in secrets]
    later = protocol.Later(of, "nist", "7", pulse) if pulse else None
    (leaf,) = protocol.drawn(protocol.seed(of, reveals, later), LEAVES, [], 1)
    return LEAVES.index(leaf)


def test_every_line_that_the_program_draws_is_the_one_of_the_specification() -> None:
    """All secrets of three parties, with and without a pulse, computed without the code of the program."""
    of = bytes(32)
    every = [secret(number) for number in range(SECRETS)]
    for secrets, pulse in product(product(every, repeat=PARTIES), ("", "ab" * 16)):
        texts = ",".join(f'"{base64url.encode(each)}"' for each in secrets)
        later = f',"later":"{pulse}"' if pulse else ""
        record = f'{{"v":1,"kind":"draw-seed","list":"{base64url.encode(of)}","secrets":[{texts}]{later}}}'
        seed = hashlib.sha256(b"fanal/draw/1/seed\0" + record.encode()).digest()
        tickets = [
            hashlib.sha256(b"fanal/draw/1/ticket\0" + seed + leaf + b"\0\0").digest() for leaf in LEAVES
        ]
        assert outcome(of, secrets, pulse) == tickets.index(min(tickets))


@pytest.mark.parametrize("coalition", range(1, PARTIES))
def test_the_program_gives_a_coalition_what_the_model_gives_it(coalition: int) -> None:
    """It wants to avoid the first line, with 4,000 secrets of the others (six standard deviations).

    It may refuse once, and sees the line before it decides. With a pulse, it sees only the line without it.
    """
    count, own = 4_000, [secret(-number) for number in range(1, coalition + 1)]

    def of_draw(draw: int, number: int, pulse: str = "") -> bool:
        others = [secret(1_000_000 * draw + PARTIES * number + n) for n in range(PARTIES - coalition)]
        return outcome(bytes([draw]) * 32, [*own, *others], pulse) == 0

    always = sum(of_draw(1, number) for number in range(count))
    refused = sum(of_draw(2, number) if of_draw(1, number) else False for number in range(count))
    pulsed = sum(of_draw(2 if of_draw(1, number) else 1, number, f"{number:032x}") for number in range(count))
    p = 1 / SECRETS
    for hits, expected in ((always, p), (refused, p**2), (pulsed, p)):
        assert abs(hits - count * expected) < 6 * (count * expected * (1 - expected)) ** 0.5


def test_the_model_notices_a_coalition_of_all_parties_and_a_party_that_chooses_last() -> None:
    """The controls: both steer the draw completely, so the model can show bias."""
    assert least({0}, PARTIES, 0, NO_PULSE) == 0
    last = [any((own + theirs) % SECRETS != 0 for own in range(SECRETS)) for theirs in honest_sums(1)]
    assert all(last)


def test_every_line_of_a_stratum_is_drawn_equally_often() -> None:
    """With 4,000 seeds and 2 of 8 lines, each line is drawn about 1,000 times (six standard deviations)."""
    leaves = [bytes([n]) * 32 for n in range(8)]
    counts = dict.fromkeys(leaves, 0)
    for n in range(4_000):
        for leaf in protocol.drawn(protocol.hashed("seed", str(n).encode()), leaves, [], 2):
            counts[leaf] += 1
    assert all(abs(count - 1_000) < 6 * (4_000 * 0.25 * 0.75) ** 0.5 for count in counts.values())


def test_a_line_is_drawn_first_in_proportion_to_its_weight() -> None:
    """Of the weights 1, 2 and 5, the last is drawn in five of eight draws of one line."""
    leaves, weights = [bytes([n]) * 32 for n in range(3)], [1, 2, 5]
    counts = dict.fromkeys(leaves, 0)
    for n in range(4_000):
        (leaf,) = protocol.drawn(protocol.hashed("seed", str(n).encode()), leaves, weights, 1)
        counts[leaf] += 1
    for count, weight in zip(counts.values(), weights, strict=True):
        p = weight / 8
        assert abs(count - 4_000 * p) < 6 * (4_000 * p * (1 - p)) ** 0.5
