"""An edition as a document in one language: sections with sentences, charts and tables.

The page and the PDF are two forms of this document, so they say the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from babel.numbers import format_decimal

from crypto.keyring import Texts
from inbox.figures.plan import YEARS, Group, Planned
from inbox.figures.published import chart
from inbox.figures.published.chart import Chart, Mark
from inbox.figures.published.figures import Divided, Figures, by_length, done
from inbox.language import days
from inbox.language.printed_text import Wording
from templates import typography

# This sign replaces each hidden count, in both languages and in every file.
SIGN = "[c]"
WORDING = Wording(__package__, "words.toml")
# A bar with more shares than this is harder to read than several bars.
_FEW = 4
# The whole, in percent.
_WHOLE = 100


@dataclass(frozen=True)
class Imprint:
    """Who publishes, when, and under which licence (or an empty text)."""

    office: Texts
    day: date
    licence: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its caption, the heads of its columns, and its rows, each with its label first.

    ``whole`` is the last row, which has the sums of the other rows. It is empty if the table has no sums.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    whole: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """A part of the document: sentences, a list of sentences, charts and a table.

    ``level`` is the level of its heading, 2 or 3.
    """

    name: str
    heading: str
    texts: Sequence[str] = ()
    listed: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    table: Table | None = None
    level: int = 2


@dataclass(frozen=True)
class Edition:
    """The document. ``facts`` are the lines below the title."""

    language: str
    title: str
    office: str
    facts: Sequence[str]
    sections: Sequence[Section]


def write(figures: Figures, imprint: Imprint, language: str) -> Edition:
    """Return the document in French ("fr") or English ("en")."""
    return _Writer(figures, language).edition(imprint)


class _Writer:
    def __init__(self, figures: Figures, language: str) -> None:
        self._figures, self._language = figures, language

    def edition(self, imprint: Imprint) -> Edition:
        facts = [self._say("published", day=days.long(self._language, imprint.day))]
        if imprint.licence:
            facts.append(self._say("licence", licence=imprint.licence))
        return Edition(
            self._language,
            self._say("title", year=self._figures.year),
            self._own(imprint.office),
            facts,
            [self._short(), *self._meaning(), *self._trend(), *self._details(), self._method()],
        )

    def _short(self) -> Section:
        year = self._figures.year
        said = [self._change(name) for name in self._figures.plan.totals]
        if (count := self._figures.left_open(year)) is not None:
            earlier = year - 1 if year > self._figures.years[0] else None
            before = None if earlier is None else self._figures.left_open(earlier)
            said.append(self._compared(self._say("open"), count, earlier, before))
        for each in self._figures.plan.tables.values():
            found = self._figures.of_table(each)
            if found and not self._figures.plan.is_cross(each):
                proven = self._proven(each, found[-1])
                period = self._span([found[-1].period])
                said += proven if each.years == 1 else [self._in_period(period, one) for one in proven]
        return Section("short", self._say("short"), [self._say("sign", sign=SIGN)], said)

    def _in_period(self, period: str, said: str) -> str:
        """Return a sentence with the years that it covers, because the others in the list cover one year."""
        return self._say("of_period", period=period, said=said)

    def _change(self, name: str) -> str:
        title = self._own(self._figures.plan.totals[name].title)
        year = self._figures.year
        count = self._figures.total(name, year)
        if year == self._figures.years[0] or not self._figures.is_planned(name, year - 1):
            return self._compared(title, count)
        return self._compared(title, count, year - 1, self._figures.total(name, year - 1))

    def _compared(
        self, title: str, count: int | None, year: int | None = None, before: int | None = None
    ) -> str:
        """Return a sentence with a count and, if ``year`` is given, with the count of that year."""
        if year is None or (count is None and before is None):
            return self._say("total", title=title, count=self._number(count))
        text = "beside" if count is None or before is None else "same" if count == before else "change"
        words = {"count": self._number(count), "before": self._number(before)}
        return self._say(text, title=title, year=year, change=self._changed(before, count), **words)

    def _proven(self, table: Planned, divided: Divided) -> Iterator[str]:
        """Yield what a table proves: how large a share was done in time, or how long it took."""
        title = self._own(table.title)
        if (place := done(table)) is not None and divided.share(place) is not None:
            yield self._of_whole("done", table, divided, place)
        if (place := divided.median(by_length(table))) is not None:
            yield self._say("median", title=title, label=self._own(table.groups[place].label))

    def _of_whole(self, text: str, table: Planned, divided: Divided, place: int) -> str:
        """Return a sentence with the count and the share of a group whose count is shown."""
        return self._say(
            text,
            title=self._own(table.title),
            label=self._own(table.groups[place].label),
            count=self._number(divided.counts[place]),
            whole=self._number(divided.whole),
            share=self._share(divided, place),
        )

    def _meaning(self) -> Iterator[Section]:
        for heading, names in (
            ("meaning", ("meaning_reports", "meaning_year", "meaning_state", "meaning_final")),
            ("not_meaning", ("not_offences", "not_extent", "not_trust", "not_hidden", "not_groups")),
        ):
            yield Section(heading, self._say(heading), listed=[self._say(name) for name in names])

    def _trend(self) -> Iterator[Section]:
        figures = self._figures
        is_first = len(figures.years) == 1
        said = [self._say("trend_one")] if is_first else []
        yield Section("trend", self._say("trend", year=figures.years[0]), said)
        if is_first:
            return
        for name, total in figures.plan.totals.items():
            years = [year for year in figures.years if figures.is_planned(name, year)]
            counts = {year: figures.total(name, year) for year in years}
            yield self._over_years(f"total-{name}", self._own(total.title), counts)
        counts = {year: figures.left_open(year) for year in figures.years}
        section = self._over_years("open", self._say("open"), counts)
        yield replace(section, texts=[self._say("open_how"), *section.texts])

    def _over_years(self, name: str, title: str, counts: Mapping[int, int | None]) -> Section:
        """Return a section with the count of each year, and with the change since the year before."""
        period = self._span([str(year) for year in counts])
        if all(count is None for count in counts.values()):
            return Section(name, title, [self._say("all_hidden", period=period)], level=3)
        caption = self._say("chart_of", title=title, period=period)
        marks = [Mark(str(year), count, self._number(count)) for year, count in counts.items()]
        charts = [chart.line(name, caption, self._told(marks), marks)] if len(marks) > 1 else []
        rows = [[str(year), self._number(count), self._since(counts, year)] for year, count in counts.items()]
        heads = [self._say(each) for each in ("year", "number", "changed")]
        return Section(name, title, charts=charts, table=Table(caption, heads, rows), level=3)

    def _since(self, counts: Mapping[int, int | None], year: int) -> str:
        return self._changed(counts[year - 1], counts[year]) if year - 1 in counts else ""

    def _changed(self, before: int | None, now: int | None) -> str:
        if before is None or now is None:
            return SIGN
        sign = "+" if now > before else self._say("minus") if now < before else ""
        return sign + self._number(abs(now - before))

    def _details(self) -> Iterator[Section]:
        """Yield the sections of all tables; tables that have not appeared yet are only named."""
        figures = self._figures
        last = figures.plan.first + YEARS - 1
        together = [each for each in figures.plan.tables.values() if each.years == YEARS]
        said = []
        if together and figures.year == last:
            period = self._span([str(figures.plan.first), str(last)])
            said.append(self._say("three_years", period=period))
        yield Section("tables", self._say("tables"), said)
        for table in figures.plan.tables.values():
            if found := figures.of_table(table):
                yield self._section(table, found)
        if together and figures.year < last:
            names = [self._own(each.title) for each in together]
            yield Section("to_come", self._say("to_come"), [self._say("comes", year=last)], names, level=3)

    def _section(self, table: Planned, found: Sequence[Divided]) -> Section:
        name, title = f"table-{table.id}", self._own(table.title)
        span = self._span([each.period for each in found])
        if all(count is None for each in found for count in each.counts):
            return Section(name, title, [self._say("all_hidden", period=span)], level=3)
        texts = [*self._within(table, found[-1])]
        if self._figures.plan.is_cross(table):
            return self._crossed(table, texts, found)
        latest = found[-1]
        caption = self._say("chart_of", title=title, period=span)
        period = self._span([latest.period])
        shown = self._say("chart_of", title=title, period=period)
        if all(count is None for count in latest.counts):
            texts.append(self._say("all_hidden", period=period))
            return Section(name, title, texts, table=self._table(caption, table, found), level=3)
        if proven := [*self._proven(table, latest)]:
            texts += proven
        elif (place := latest.largest()) is not None:
            texts.append(self._of_whole("largest", table, latest, place))
        shares = [latest.share(place) for place in range(len(latest.counts))]
        if None not in shares and sum(share or 0 for share in shares) != _WHOLE:
            texts.append(self._say("rounded"))
        drawn = [self._chart(name, shown, table, latest)]
        return Section(name, title, texts, (), drawn, self._table(caption, table, found), level=3)

    def _within(self, table: Planned, latest: Divided) -> Iterator[str]:
        """Yield a sentence that names the group that the table divides, if it divides a group."""
        above, _, group = table.divides.partition(".")
        if not group:
            return
        outer = self._figures.plan.tables[above]
        label = next(self._own(each.label) for each in outer.groups if each.id == group)
        words = {"title": self._own(outer.title), "label": label, "period": self._span([latest.period])}
        yield self._say("within", count=self._number(latest.whole), **words)

    def _chart(self, name: str, title: str, table: Planned, divided: Divided) -> Chart:
        marks = [
            Mark(self._own(group.label), divided.counts[place], self._with_share(divided, place))
            for place, group in _for_readers(table)
        ]
        if len(marks) <= _FEW and None not in divided.counts:
            return chart.shares(name, title, self._told(marks), [chart.Divided("", marks, SIGN)])
        return chart.bars(name, title, self._told(marks), marks)

    def _table(self, caption: str, table: Planned, found: Sequence[Divided]) -> Table:
        latest = found[-1]
        share = self._say("share", year=latest.period) if len(found) > 1 else self._say("share_period")
        heads = [self._say("group"), *(self._span([each.period]) for each in found), share]
        rows = [
            [
                self._own(group.label),
                *(self._number(each.counts[place]) for each in found),
                self._share(latest, place),
            ]
            for place, group in _for_readers(table)
        ]
        wholes = [self._number(each.whole) for each in found]
        all_of_it = SIGN if latest.whole is None else self._say("percent", value=_WHOLE)
        return Table(caption, heads, rows, [self._say("whole"), *wholes, all_of_it])

    def _crossed(self, table: Planned, texts: Sequence[str], found: Sequence[Divided]) -> Section:
        """Return the section of a cross-table for its latest period, with a row for each of its cells."""
        name, title = f"table-{table.id}", self._own(table.title)
        latest = [each for each in found if each.period == found[-1].period]
        above = {
            group.id: self._own(group.label) for group in self._figures.plan.tables[table.divides].groups
        }
        period = self._span([latest[-1].period])
        caption = self._say("chart_of", title=title, period=period)
        divided = [chart.Divided(above[each.above], self._marks(table, each), SIGN) for each in latest]
        marks = [
            Mark(self._say("crossed", above=row.label, label=mark.label), mark.value, mark.text)
            for row in divided
            for mark in row.marks
        ]
        heads = [self._say("group"), self._say("number")]
        rows = Table(caption, heads, [[mark.label, mark.text] for mark in marks])
        if all(mark.value is None for mark in marks):
            said = self._say("all_hidden", period=period)
            return Section(name, title, [*texts, said], table=rows, level=3)
        told = self._told(marks)
        is_few = len(table.groups) <= chart.MOST_SHARES
        drawn = (
            chart.shares(name, caption, told, divided) if is_few else chart.bars(name, caption, told, marks)
        )
        return Section(name, title, texts, (), [drawn], rows, level=3)

    def _marks(self, table: Planned, divided: Divided) -> Sequence[Mark]:
        return [
            Mark(self._own(group.label), divided.counts[place], self._number(divided.counts[place]))
            for place, group in _for_readers(table)
        ]

    def _told(self, marks: Sequence[Mark]) -> str:
        """Return the text alternative of a chart."""
        return " ".join(self._say("total", title=mark.label, count=mark.text) for mark in marks)

    def _method(self) -> Section:
        plan = self._figures.plan
        own = [
            self._say("method_table_k", title=self._own(table.title), k=table.k)
            for table in plan.tables.values()
            if table.k != plan.k
        ]
        names = ("method_certificate", "method_check", "method_prose", "method_files")
        listed = [
            self._say("method_plan"),
            *self._renewal(),
            self._say("method_k", k=plan.k),
            *own,
            self._say("method_rule", least=2 * plan.k - 1),
            *map(self._say, names),
        ]
        return Section("method", self._say("method"), listed=listed)

    def _renewal(self) -> Iterator[str]:
        """Yield that the plan is that of earlier years, if it is."""
        if (first := self._figures.unchanged_since) < self._figures.plan.first:
            yield self._say("method_renewed", first=self._figures.plan.first, before=first)

    def _with_share(self, divided: Divided, place: int) -> str:
        count = self._number(divided.counts[place])
        if divided.share(place) is None:
            return count
        return self._say("with_share", count=count, share=self._share(divided, place))

    def _share(self, divided: Divided, place: int) -> str:
        share = divided.share(place)
        return SIGN if share is None else self._say("percent", value=share)

    def _span(self, periods: Sequence[str]) -> str:
        """Return the periods of a table as one: its first year and, if it is another year, its last one.

        Words and no-break spaces join the years: at a hyphen, browsers would break a line within a period.
        """
        first, last = periods[0].partition("-")[0], periods[-1].rpartition("-")[2]
        return first if first == last else self._say("span", first=first, last=last)

    def _number(self, count: int | None) -> str:
        return SIGN if count is None else format_decimal(count, locale=self._language)

    def _own(self, texts: Texts) -> str:
        return typography.spaced(self._language, texts.in_(self._language))

    def _say(self, name: str, **values: object) -> str:
        text = WORDING.say(name, self._language)
        return typography.spaced(self._language, text.format(**values) if values else text)


def _for_readers(table: Planned) -> Sequence[tuple[int, Group]]:
    """Return the groups with their places in the plan. The first group, with everything else, comes last."""
    first, *others = enumerate(table.groups)
    return [*others, first]
