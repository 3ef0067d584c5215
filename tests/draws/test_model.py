"""Small models of a draw, checked exhaustively: what a coalition can and cannot gain (docs/draws.md, 1)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, combinations, product

import pytest

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
