"""The sentences of a case from which officers choose passages to remove."""

from collections.abc import Iterable

from inbox.desk.forms import Chosen
from inbox.text import segments

# The largest number of sentences that one page offers. A page with all sentences of 10,000 messages took 17
# seconds.
MOST = 2_000


def offered(texts: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[Chosen]]:
    """Return the sentences that an officer can choose, by place; ``texts`` has the texts at each place.

    At most MOST sentences are offered, beginning with the first places. The texts at the remaining places can
    be chosen only as a whole.
    """
    found: dict[str, list[Chosen]] = {}
    left = MOST
    for place, said in texts:
        sentences = [Chosen(place, each) for text in said for each in segments.split(text)]
        left -= len(sentences)
        if left < 0:
            break
        found[place] = sentences
    return found
