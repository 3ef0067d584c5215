"""Give posts to people in their order, so that as many as possible get one (docs/draws.md, 11.4)."""

from collections.abc import Sequence

_Fitting = Sequence[Sequence[int]]


def matched(fitting: _Fitting) -> list[int | None]:
    """Return the post of each person, or None.

    ``fitting`` has, for each person in their order, the posts that fit, in the order of the posts. A person
    gets a post if this person and everybody before who gets one can have different posts. Then each of them
    takes, in order, the first post that leaves one for all others of them.
    """
    holder: dict[int, int] = {}
    placed = [person for person in range(len(fitting)) if _placed(person, fitting, holder, set())]
    given: dict[int, int] = {}
    for person in placed:
        for post in fitting[person]:
            if post not in given.values() and (after := _taken(person, post, fitting, holder, given)):
                holder, given[person] = after, post
                break
    return [given.get(person) for person in range(len(fitting))]


def _taken(
    person: int, post: int, fitting: _Fitting, holder: dict[int, int], given: dict[int, int]
) -> dict[int, int] | None:
    """Return who holds each post if a person takes this one, or None if somebody would be left without."""
    after = {each: other for each, other in holder.items() if other != person} | {post: person}
    other = holder.get(post, person)
    if other == person or _placed(other, fitting, after, {*given.values(), post}):
        return after
    return None


def _placed(person: int, fitting: _Fitting, holder: dict[int, int], seen: set[int]) -> bool:
    """Give a person a post, moving others if needed; ``seen`` are posts that are tried or taken.

    This is the algorithm of augmenting paths (H. Kuhn, 1955).
    """
    for post in fitting[person]:
        if post in seen:
            continue
        seen.add(post)
        if post not in holder or _placed(holder[post], fitting, holder, seen):
            holder[post] = person
            return True
    return False
