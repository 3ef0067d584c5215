"""Make the edition of a year: fix its exact figures, and publish those that reveal nobody.

Editions are final. The exact figures and the public file of a year are stored, and nothing that happens later
changes them.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from crypto.keyring import Texts
from inbox.figures import adoption, certificate, checker, counting, layout, release, titles
from inbox.figures.adoption import Adopted
from inbox.figures.certificate import Narrowed, Witness
from inbox.figures.checker import Wrong
from inbox.figures.counting import Book
from inbox.figures.rule import Fact, Layout, Shown, protect
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_office
from inbox.vault.destroyed_tables import Counted, Edition

# An edition is made at least three months after the end of its year. By then, late reports and feedback of
# the year have arrived (domain practice).
_FROM_MONTH = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """All that belongs to the edition of a year.

    ``exact`` has the exact count of each cell of the edition. ``releases`` are the public files up to this
    year, by year. ``certificate`` is the certificate of this edition, and ``plans`` are the plans of these
    years. ``office`` is the name that reporters see, and ``card_seed`` (32 bytes) signs the files.
    """

    year: int
    made: date
    plans: Sequence[Adopted]
    releases: Mapping[int, bytes]
    certificate: bytes
    exact: Mapping[str, int]
    office: Texts
    card_seed: bytes


def first_day(year: int) -> date:
    """Return the first day on which officers can make the edition for a year."""
    return date(year + 1, _FROM_MONTH, 1)


def make(inbox: Inbox, who: Actor, year: int) -> Figures:
    """Make and store the edition of a year; two officers confirm.

    The figures are those of the moment before the officers confirm, because the journal names the digests of
    the files that they confirm. They are counted only once: what changes until the edition is stored cannot
    add an event to a year that is over, and a case that is destroyed in between has already been counted.

    Raises Refused if the year has no plan, if it ended less than three months ago, if an earlier edition is
    missing or this edition exists, or if the certificate cannot be found. Also raises the same errors as
    ``Inbox.acting``.
    """
    with inbox.vault.transaction() as session:
        counted = _counted(session, year, who.today)
        figures, proof = _certified(session, year, counted)
    noted = action(
        Code.MAKE_EDITION,
        year=year,
        sha256=sha256(figures).hexdigest(),
        certificate=sha256(proof).hexdigest(),
    )
    with inbox.acting(who, noted) as session:
        # Somebody else may have made it since.
        _check(counting.book(session, who.today), year, who.today)
        session.execute(delete(Counted).where(Counted.year == year))
        session.add_all(Counted(year=year, cell=cell, n=n) for cell, n in counted.items())
        session.add(Edition(year=year, made=who.today, figures=figures, certificate=proof))
        session.flush()
        return _figures(session, year)


def read(inbox: Inbox, who: Actor, year: int) -> Figures:
    """Return the edition of a year with its exact figures; two officers confirm.

    The exact figures also count cases that an officer may not read. A count of one can therefore show an
    excluded officer what such a case is about. Only the figures of complete years are shown. Figures of the
    current year would show each single event, because people could compare them from one day to the next.

    Raises Refused if there is no edition. Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.vault.transaction() as session:
        if session.get(Edition, year) is None:
            raise Refused(
                sentence("there is no edition for {year}", year=year),
                sentence("make it: inbox statistics edition make {year} --out FOLDER", year=year),
            )
    with inbox.acting(who, action(Code.READ_FIGURES, year=year)) as session:
        return _figures(session, year)


def _figures(session: Session, year: int) -> Figures:
    rows = session.scalars(select(Edition).where(Edition.year <= year).order_by(Edition.year)).all()
    plans = [each for each in adoption.in_force(session, year) if each.plan.first <= year]
    office = queries_office.office(session)
    cells = json.loads(rows[-1].figures)["cells"]
    exact = _counts(session, Counted.year <= year)
    return Figures(
        year=year,
        made=rows[-1].made,
        plans=plans,
        releases={each.year: each.figures for each in rows},
        certificate=rows[-1].certificate,
        exact={cell: exact[cell] for cell in cells},
        office=Texts(office.name_fr, office.name_en),
        card_seed=office.card_seed,
    )


def _counted(session: Session, year: int, today: date) -> Counter[str]:
    """Return the exact figures of a year whose edition can be made. Needs a session that sees all cases."""
    kept = counting.book(session, today)
    _check(kept, year, today)
    return _counts(session, Counted.year == year) + counting.count(session, kept, year)


def _certified(session: Session, year: int, counted: Counter[str]) -> tuple[bytes, bytes]:
    """Return the public file of a new edition and its certificate; raises Refused if no certificate exists.

    The certificate is computed from the published files, so for earlier years from those of that time: with
    the exact counts, another version of the program could have published others.
    """
    plans = [each.plan for each in adoption.in_force(session, year) if each.plan.first <= year]
    cells, facts = layout.layout(plans, year)
    counts = _counts(session, Counted.year < year) + counted
    shown = protect(cells, {cell: counts[cell] for cell in cells.cells()})
    figures = release.write(cells, shown, year)
    releases = {each.year: each.figures for each in session.scalars(select(Edition).order_by(Edition.year))}
    published = {**releases, year: figures}
    seen = {
        **shown,
        **{cell: n for raw in published.values() for cell, n in json.loads(raw)["cells"].items()},
    }
    try:
        proof = _proof(certificate.certify(cells, facts, seen))
        checker.check([each.raw for each in plans], published, proof)
    except Narrowed as error:
        title = titles.of(plans, error.cell)
        named = labels.typed(title.en, title)
        raise _narrowed(named, year, _in_the_way(error.cell, cells, facts, seen, releases)) from error
    except Wrong as error:
        raise _not_published(
            sentence(
                "the figures for {year} cannot be published: this version of the program would not have"
                " published the edition for {earlier}",
                year=year,
                earlier=error.year or max(releases, default=year),
            )
        ) from error
    return figures, proof


def _proof(witnesses: Sequence[Witness]) -> bytes:
    return json.dumps({"witnesses": witnesses}, sort_keys=True, indent=1).encode() + b"\n"


def _in_the_way(
    cell: str, cells: Layout, facts: Sequence[Fact], seen: Shown, releases: Mapping[int, bytes]
) -> int | None:
    """Return the latest earlier edition with the cell, or with a cell that depends on it, or None.

    A cell depends on the cells of its table and of its facts, and on the cells on which the hidden ones among
    these depend. Of these, the nearest count.
    """
    of_year = {year: json.loads(raw)["cells"].keys() for year, raw in releases.items()}
    ties = [{*each.divides, *each.groups} for each in cells.tables]
    ties += [{*each.few, *each.many} for each in facts]
    known, found = set[str](), {cell}
    while found != known:
        if years := [year for year, its in of_year.items() if its & found]:
            return max(years)
        known = found
        hidden = {each for each in known if seen[each] is None}
        found = known.union(*(each for each in ties if each & hidden))
    return None


def _check(kept: Book, year: int, today: date) -> None:
    if year not in kept.by_year:
        raise Refused(
            sentence("no adopted plan covers the year {year}", year=year),
            sentence("see: inbox statistics plan list"),
        )
    if year in kept.made:
        raise Refused(
            sentence("the edition for {year} was made on {day} and is final", year=year, day=kept.made[year]),
            sentence("write its files again: inbox statistics edition write {year} --out FOLDER", year=year),
        )
    if today < (begins := first_day(year)):
        raise Refused(
            sentence("the edition for {year} cannot be made before {day}", year=year, day=begins),
            sentence("wait until that day: by then, late reports and answers of the year will have arrived"),
        )
    if missing := [each for each in kept.open_years if each < year]:
        raise Refused(
            sentence("the edition for {missing} comes first", missing=missing[0]),
            sentence("make it: inbox statistics edition make {year} --out FOLDER", year=missing[0]),
        )


def _narrowed(cell: Labelled, year: int, earlier: int | None) -> Refused:
    """Return the refusal of an edition that narrows a hidden count, with the earlier edition in the way."""
    if earlier is None:
        return _not_published(
            sentence(
                "the figures for {year} cannot be published: they would reveal too much about a hidden"
                " figure: {cell}",
                year=year,
                cell=cell,
            )
        )
    return _not_published(
        sentence(
            "the figures for {year} cannot be published: together with the edition for {earlier}, they would"
            " reveal too much about a hidden figure: {cell}",
            year=year,
            earlier=earlier,
            cell=cell,
        )
    )


def _not_published(why: Sentence) -> Refused:
    return Refused(
        why,
        sentence(
            "nothing was stored; do not publish these figures in any other way, and ask the maintainers"
        ),
    )


def _counts(session: Session, of: ColumnElement[bool]) -> Counter[str]:
    """Return the stored counts of the chosen years; a cell of three years has the sum of its years."""
    rows = session.execute(select(Counted.cell, func.sum(Counted.n)).where(of).group_by(Counted.cell))
    return Counter({cell: n for cell, n in rows})  # noqa: C416
