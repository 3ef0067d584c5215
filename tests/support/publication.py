"""A small plan of publication for tests."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random  # noqa: TID251  only the type is used here; the tests make the numbers

from inbox.figures.events import Event, Kind

_TITLE = 'title = { fr = "Titre", en = "Title" }'


def total(name: str, event: str, only: Sequence[str] = ()) -> str:
    """Return the lines of a total."""
    lines = [f"[total.{name}]", _TITLE, f'event = "{event}"', f"only = {_list(only)}" if only else ""]
    return "\n".join(lines) + "\n"


def table(name: str, said: str, groups: Mapping[str, Sequence[str]], *, years: int = 1, k: int = 5) -> str:
    """Return the lines of a table that ``said`` describes as “received by path”.

    The first group has no codes.
    """
    divides, by = said.split(" by ")
    lines = [
        f"[table.{name}]",
        _TITLE,
        f'divides = "{divides}"',
        f'by = "{by}"',
        f"years = {years}",
        f"k = {k}",
    ]
    for group, codes in groups.items():
        lines += [f"[[table.{name}.group]]", f'id = "{group}"', 'label = { fr = "Groupe", en = "Group" }']
        lines += [f"codes = {_list(codes)}"] if codes else []
    return "\n".join(lines) + "\n"


def _list(codes: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"


PATH = table(
    "path", "received by path", {"other": [], "approached": ["approached", "gave_in"], "saw": ["saw"]}
)
VECTOR = table("vector", "path.approached by vector", {"other": [], "online": ["online"], "work": ["work"]})
AREA = table("area", "received by area", {"other": [], "north": ["north"], "south": ["south"]}, years=3)
OUTCOME = table(
    "outcome", "closed by outcome", {"other": [], "founded": ["founded"], "unfounded": ["unfounded"]}
)
TOTALS = total("received", "received") + total("closed", "closed") + total("art40", "measure", ["art40"])


def plan_file(
    first: int = 2027, *, opens: bool = True, k: int = 5, parts: str = TOTALS + PATH + VECTOR + AREA + OUTCOME
) -> bytes:
    """Return the file of a plan for three years from ``first`` on."""
    return f"first_year = {first}\nk = {k}\nopens = {str(opens).lower()}\n{parts}".encode()


def ends(draw: Random, year: int, received: int, still_open: int) -> Iterator[Event]:
    """Return random closings of ``still_open`` reports, and random measures if reports were received."""
    for _ in range(draw.randrange(still_open + 1)):
        yield Event(Kind.CLOSED, year, {"outcome": draw.choice(["founded", "unfounded", "moot"])})
    for _ in range(min(received, draw.randrange(12))):
        yield Event(Kind.MEASURE, year, {"kind": draw.choice(["art40", "sanction"])})
