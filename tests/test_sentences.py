"""The draw of sentences for a reader who does not know the project."""

from collections import Counter

import pytest

from benchmarks.sentences import COUNT, OLD, drawn
from tests.support.paths import ROOT


@pytest.mark.slow
@pytest.mark.long
def test_a_seed_draws_the_same_sentences_from_every_source_with_old_ones_among_them() -> None:
    """Another seed draws others; commands' lines in lists are a source, too."""
    old = [f"old sentence number {n} is here" for n in range(OLD + 5)]
    first, other = drawn(ROOT, 1, old), drawn(ROOT, 2, old)
    assert first == drawn(ROOT, 1, old) != other
    sources = Counter(source for _, source in first)
    assert (COUNT, OLD) == (len(first) - OLD, sources["old"])
    assert {"inbox/cli/commands.toml", "portal/ops/commands.toml"} & {s for _, s in [*first, *other]}
    assert not {said for said, _ in first[:OLD]} <= {*old}
