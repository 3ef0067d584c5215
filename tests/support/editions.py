"""Published editions for tests: reports as a test describes them, the rule applied, and the files."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pypdfium2 import PdfDocument

from crypto import minisign, signing
from crypto.keyring import Texts
from inbox.figures import layout, plan, release
from inbox.figures.events import Event, Kind
from inbox.figures.plan import YEARS
from inbox.figures.published import edition, figures
from inbox.figures.published import files as readable
from inbox.figures.published.edition import Edition, Imprint
from inbox.figures.published.figures import Figures
from inbox.figures.rule import protect

FIRST = 2027
PLAN = (Path(__file__).parent / "figures.toml").read_text("utf-8")
# The card key of the office that signs the editions.
SEED = bytes(range(32))
FINGERPRINT = signing.fingerprint(signing.public_key(SEED))
IMPRINT = Imprint(
    Texts("Inspection des douanes", "Customs Inspectorate"), date(2033, 4, 1), "Licence Ouverte"
)


@dataclass(frozen=True)
class Published:
    """Everything published, and the exact counts, which no edition may reveal."""

    plans: Sequence[bytes]
    releases: Mapping[int, bytes]
    counts: Mapping[str, int]
    hidden: Mapping[str, int]

    @property
    def figures(self) -> Figures:
        """The figures of the last edition."""
        return figures.read(self.plans, self.releases, max(self.releases))

    def edition(self, language: str = "fr") -> Edition:
        """Return the last edition in a language."""
        return edition.write(self.figures, IMPRINT, language)


def year(number: int, received: int, closed: int, referred: int) -> list[Event]:
    """Return the events of a year, with codes in proportions that differ from code to code."""
    paths = ("approached", "saw", "saw", "reprisals", "approached")
    areas = ("north", "north", "west", "south")
    came = [
        Event(
            Kind.RECEIVED,
            number,
            {
                "path": paths[n % 5],
                "area": areas[n % 4],
                "acknowledged": "late" if n % 3 == 2 else "in_time",
                "identity": "named" if n % 7 < 3 else "anonymous",
            },
        )
        for n in range(received)
    ]
    lengths = ("month_3", "month_6", "month_12", "later", "month_6")
    gone = [Event(Kind.CLOSED, number, {"after": lengths[n % 5]}) for n in range(closed)]
    return [*came, *gone, *(Event(Kind.MEASURE, number, {"kind": "art40"}) for _ in range(referred))]


def some_years(years: int) -> list[Event]:
    """Return the events of several years; some of the counts are hidden."""
    return [
        event
        for n in range(years)
        for event in year(FIRST + n, 41 + 7 * n + n % 3 * 5, 26 + 7 * n, (9, 3, 12, 7)[n % 4])
    ]


def publish(events: Iterable[Event], years: int, said: str = PLAN) -> Published:
    """Return the files of the editions for ``years`` years. ``said`` is the plan that begins in FIRST."""
    files = [
        said.replace(f"first_year = {FIRST}", f"first_year = {FIRST + start}").encode()
        for start in range(0, years, YEARS)
    ]
    last = FIRST + years - 1
    plans = [plan.parse(raw) for raw in files]
    cells, _ = layout.layout(plans, last)
    counted = layout.count(plans, events)
    counts = {cell: counted[cell] for cell in cells.cells()}
    shown = protect(cells, counts)
    releases = {each: release.write(cells, shown, each) for each in range(FIRST, last + 1)}
    hidden = {cell: count for cell, count in counts.items() if shown[cell] is None}
    return Published(files, releases, counts, hidden)


def signed(files: Mapping[str, bytes], seed: bytes = SEED) -> dict[str, bytes]:
    """Return files with their signatures and their key, as the inbox writes a public folder."""
    signatures = {f"{name}.minisig": minisign.sign(raw, seed, f"x: {name}") for name, raw in files.items()}
    return {**files, **signatures, "figures.pub": minisign.public_file(signing.public_key(seed))}


def public_folder(folder: Path, years: int) -> None:
    """Write the public folder of editions for some years together.

    The certificates are empty, because the portal does not read them.
    """
    published = publish(some_years(years), years)
    made = {f"plan-{plan.parse(raw).first}.toml": raw for raw in published.plans}
    for year, raw in published.releases.items():
        made |= {f"figures-{year}.json": raw, f"certificate-{year}.json": b"{}\n"}
        made |= readable.files(published.plans, published.releases, year, IMPRINT)
    for name, content in signed(made).items():
        (folder / name).write_bytes(content)


def read(pdf: bytes) -> str:
    """Return the text of a PDF as it is in the file, with its no-break spaces."""
    with closing(PdfDocument(pdf)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
