"""The table of retention in docs/fr/modeles/conservation.md, taken from the French law.

`python -m tests.support.retention_table` writes the table.
"""

from collections.abc import Iterator

from inbox.registers.sheet_tables import spoken
from templates import shipped
from templates.law import reader
from templates.law.rules import Law, Period
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "fr" / "modeles" / "conservation.md"
BEGIN = "<!-- written by python -m tests.support.retention_table -->\n"
END = "<!-- end -->\n"


def table(law: Law) -> str:
    """Return the table: for each kind of data, how long it is kept, and what must precede destruction."""
    return "\n".join(_lines(law)) + "\n"


def in_page(text: str, law: Law) -> str:
    """Return the text of the page with the table of a law inserted."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(law)}\n{END}{rest.partition(END)[2]}"


def _lines(law: Law) -> Iterator[str]:
    kept = law.retention
    yield "| catégorie | suites données | base active | archive restreinte | visa des archives | source |"
    yield "|---|---|---|---|---|---|"
    for code, period in kept.periods.items():
        names = (each.name.fr for each in law.outcomes.values() if each.retention == code)
        yield _row(period, " ; ".join(names))
    for period in (kept.proceedings, kept.junk, kept.unopened):
        yield _row(period, "")


def _row(period: Period, outcomes: str) -> str:
    archive = spoken([period.archive], "fr") if period.archive else "non"
    visa = "oui" if period.visa else "non"
    cells = (period.name.fr, outcomes, spoken([period.keep], "fr"), archive, visa, period.basis.source)
    return f"| {' | '.join(cells)} |".replace(" ;", "\N{NO-BREAK SPACE};")


if __name__ == "__main__":
    french = reader.read(shipped.JURISDICTIONS / "fr")
    PAGE.write_text(in_page(PAGE.read_text("utf-8"), french), "utf-8")
