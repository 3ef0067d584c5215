"""A sheet on data processing as pages (PDF): texts of the law, and facts that the program fills in.

Rules that counsel must confirm are marked, and listed at the end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

from crypto.keyring import Texts
from inbox.files.pdf import Sheets
from inbox.language import days, labels
from inbox.registers import security, sheet_tables
from inbox.registers.security import Entry, Kind
from inbox.registers.sheets import Known
from inbox.session.actions import TABLE
from templates.law import rules
from templates.law.rules import Basis, Fill, Threat

_NAME, _VALUE, _SOURCE = 30, 25, 45
# Facts that are filled in as a table: its column heads, and its rows.
_TABLES: Mapping[Fill, tuple[Sequence[str], Callable[[Known], Iterable[sheet_tables.Row]]]] = {
    Fill.DEADLINES: (("deadline", "within", "source"), sheet_tables.deadlines),
    Fill.DUTIES: (("decision", "within", "source"), sheet_tables.duties),
    Fill.RECIPIENTS: (("recipient", "source"), sheet_tables.recipients),
    Fill.RETENTION: (("what", "kept", "archive", "visa", "source"), sheet_tables.retention),
}


def pages(sheet: rules.Sheet, known: Known) -> bytes:
    """Return a sheet as a PDF."""
    return _Page(sheet, known).output()


class _Page:
    """A sheet that is written from top to bottom, and that collects the rules that counsel must confirm."""

    def __init__(self, sheet: rules.Sheet, known: Known) -> None:
        self._known, self._law = known, known.law
        self._asked: dict[str, Texts] = {}
        title = self._own(sheet.name)
        foot = f"{title} · {self._say('page')}"
        self._sheets = Sheets(title, language=known.language, day=known.day, foot=foot, removed="")
        self._sheets.subtitle(self._source(sheet.basis))
        self._sheets.fact(self._say("office"), known.office)
        self._sheets.fact(self._say("made"), days.long(known.language, known.day))
        self._sheets.fact(self._say("law"), self._own(self._law.name))
        self._sheets.small(f"SHA-256 {self._law.sha256.hex()}")
        for number, section in enumerate(sheet.sections.values(), 1):
            self._section(number, section)

    def output(self) -> bytes:
        """Return the file; at its end, it lists the rules that counsel must confirm."""
        if self._asked:
            self._sheets.heading(self._say("to_confirm"))
            for question, source in self._asked.items():
                self._sheets.text(f"[C] {question}")
                self._sheets.small(self._own(source))
        return self._sheets.output()

    def _section(self, number: int, section: rules.Section) -> None:
        self._sheets.heading(f"{number}. {self._own(section.name)}")
        self._sheets.text(self._own(section.text))
        if section.fill:
            self._fill(section.fill)
        self._sheets.small(self._source(section.basis))

    def _fill(self, fill: Fill) -> None:
        match fill:
            case Fill.DEADLINES | Fill.DUTIES | Fill.RECIPIENTS | Fill.RETENTION:
                heads, rows = _TABLES[fill]
                self._table(heads, rows(self._known))
            case Fill.OFFICE:
                self._facts({"office": self._known.office, "controller": "", "dpo": "", "contact": ""})
            case Fill.OFFICERS:
                self._officers()
            case Fill.REGIME:
                regime = self._law.regimes[self._known.regime]
                self._facts(
                    {
                        "regime": f"{self._own(regime.name)} ({self._source(regime.basis)})",
                        "oral": self._say("yes" if regime.oral else "no"),
                    }
                )
            case Fill.SECURITY:
                self._entries(security.entries(Kind.DONE))
            case Fill.RISKS:
                self._risks()
            case Fill.CONSULTATIONS:
                self._consultations()
            case _:
                assert_never(fill)

    def _officers(self) -> None:
        by_two = [
            labels.of("action")[code].in_(self._known.language) for code in TABLE if TABLE[code].officers > 1
        ]
        self._facts({"officers": str(self._known.officers), "quorum": str(self._known.quorum)})
        if self._known.quorum == 1:
            self._sheets.text(self._say("alone"))
        self._sheets.text(f"{self._say('by_two')} : {' · '.join(by_two)}.")

    def _risks(self) -> None:
        for threat in Threat:
            risk = self._law.risk(threat)
            self._sheets.heading(self._own(risk.name))
            self._sheets.text(self._own(risk.text))
            self._facts({"likelihood": ""})
            self._sheets.small(self._source(risk.basis))
            for kind in Kind:
                self._sheets.label(labels.of("security")[kind].in_(self._known.language))
                self._entries(security.against(threat, kind))

    def _entries(self, entries: Iterable[Entry]) -> None:
        for each in entries:
            self._sheets.text(f"• {self._own(each.text)} [{each.section}]")

    def _consultations(self) -> None:
        if not self._known.consulted:
            self._sheets.text(self._say("nobody"))
        for each in self._known.consulted:
            self._sheets.label(f"{days.long(self._known.language, each.day)} · {each.body}")
            reference = f" ({each.reference})" if each.reference else ""
            self._sheets.quote((f"{each.subject} : {each.opinion}{reference}",))

    def _facts(self, facts: Mapping[str, str]) -> None:
        for name, value in facts.items():
            self._sheets.fact(self._say(name), value or "." * 60)

    def _table(self, heads: Sequence[str], rows: Iterable[sheet_tables.Row]) -> None:
        widths = {
            "source": _SOURCE,
            "deadline": _NAME,
            "decision": _NAME,
            "recipient": _SOURCE,
            "what": _NAME,
        }
        said = [(*row.cells, self._source(row.basis) if row.basis else "") for row in rows]
        self._sheets.table(list(map(self._say, heads)), said, [widths.get(each, _VALUE) for each in heads])

    def _source(self, basis: Basis) -> str:
        """Return the legal source of a rule, marked if counsel must confirm it."""
        if basis.confirm is None:
            return basis.source
        self._asked.setdefault(self._own(basis.confirm), Texts(basis.source, basis.source))
        return f"{basis.source} [C]"

    def _own(self, texts: Texts) -> str:
        return texts.in_(self._known.language)

    def _say(self, name: str) -> str:
        return sheet_tables.WORDING.say(name, self._known.language)
