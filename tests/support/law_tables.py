"""The parts of the French templates in docs/fr/modeles/ that are taken from the French law.

`python -m tests.support.law_tables` writes these parts.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from inbox.language import labels
from inbox.registers import security
from inbox.registers.security import Kind
from inbox.registers.sheet_tables import spoken
from templates import shipped
from templates.law import reader
from templates.law.rules import Law, Period, Threat
from templates.typography import spaced
from tests.support.paths import ROOT

BEGIN = "<!-- written by python -m tests.support.law_tables -->\n"
END = "<!-- end -->\n"
_TEMPLATES = ROOT / "docs/fr/modeles"
_COLUMNS = 100
# What the office fills in.
_BLANK = "« … »"


def periods(law: Law) -> Iterator[str]:
    """Yield the table of retention: how long each kind of data is kept, and what precedes destruction."""
    kept = law.retention
    yield "| catégorie | suites données | base active | archive restreinte | visa des archives | source |"
    yield "|---|---|---|---|---|---|"
    for code, period in kept.periods.items():
        names = (each.name.fr for each in law.outcomes.values() if each.retention == code)
        yield _period(period, " ; ".join(names))
    for period in (kept.proceedings, kept.junk, kept.unopened):
        yield _period(period, "")


def risks(law: Law) -> Iterator[str]:
    """Yield each risk of the impact assessment, the safeguards against it, and the risks that remain."""
    for threat in Threat:
        risk = law.risk(threat)
        yield f"### {risk.name.fr}\n"
        yield _wrapped(risk.text.fr) + "\n"
        for kind in Kind:
            yield _wrapped(f"{labels.of('security')[kind].fr} :") + "\n"
            yield from (_wrapped(f"- {each.text.fr}", "  ") for each in security.against(threat, kind))
            yield ""
        yield f"Vraisemblance : {_BLANK}. Source : {risk.basis.source}.\n"


def limits(_: Law) -> Iterator[str]:
    """Yield the table of the risks that remain, for the authority that accepts them."""
    yield "| limite | pourquoi elle est acceptée, ou ce qui la réduit | responsable | échéance |"
    yield "|---|---|---|---|"
    for each in security.entries(Kind.LEFT):
        yield f"| {each.text.fr} | {_BLANK} | {_BLANK} | {_BLANK} |"


PAGES: Mapping[Path, Callable[[Law], Iterator[str]]] = {
    _TEMPLATES / "conservation.md": periods,
    _TEMPLATES / "aipd.md": risks,
    _TEMPLATES / "homologation.md": limits,
}


def renewed(page: Path, law: Law) -> str:
    """Return the text of a page with its part taken from a law.

    Raises ValueError if the page does not say where the part begins and ends.
    """
    before, rest = page.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    part = spaced("fr", "\n".join(PAGES[page](law)).strip())
    return f"{before}{BEGIN}\n{part}\n\n{END}{after}"


def _period(period: Period, outcomes: str) -> str:
    archive = spoken([period.archive], "fr") if period.archive else "non"
    visa = "oui" if period.visa else "non"
    cells = (period.name.fr, outcomes, spoken([period.keep], "fr"), archive, visa, period.basis.source)
    return f"| {' | '.join(cells)} |"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        spaced("fr", text), _COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    french = reader.read(shipped.JURISDICTIONS / "fr")
    for path in PAGES:
        path.write_text(renewed(path, french), "utf-8")
