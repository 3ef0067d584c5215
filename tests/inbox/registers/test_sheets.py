"""The record of processing and the impact assessment.

Both sheets contain texts of the law. The program adds facts.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from inbox.registers import security, sheet_pages, sheet_tables
from inbox.registers.security import Kind
from inbox.registers.sheet_tables import spoken
from inbox.registers.sheets import Known
from inbox.vault.casework_tables import Consultation
from templates.catalogues import LANGUAGES
from templates.law.rules import Fill, Law, Reach, Sheet, Threat
from templates.law.spans import Span
from tests.support import threat_model
from tests.support.desk_room import sitting
from tests.support.dossier_room import printed
from tests.support.inbox_builders import today
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import Trio
from tests.support.laws import FRENCH, LAWS

SAID = Consultation(
    n=1, day=today(), body="CSA", subject="Ouverture", opinion="Avis très réservé", reference="PV 4"
)
KNOWN = Known(
    law=FRENCH,
    regime="internal",
    office="Inspection",
    officers=71,
    quorum=53,
    consulted=[SAID],
    language="fr",
    day=today(),
)

TABLES = ("deadlines", "duties", "recipients", "retention")
# The program adds each of these texts, because the law does not contain them.
FILLED_IN = {
    Fill.OFFICE: "Délégué (DPD)",
    Fill.OFFICERS: "Ce qui exige deux agents",
    Fill.REGIME: "RégimeCanal interne",
    Fill.DEADLINES: "Rythme",
    Fill.DUTIES: "À décider",
    Fill.RECIPIENTS: "Destinataire",
    Fill.RETENTION: "Puis archive",
    # The text is compared as a whole, because parts of it are also listed with each risk.
    Fill.SECURITY: "".join(f"• {each.text.fr} [{each.section}]" for each in security.entries(Kind.DONE)),
    Fill.RISKS: "Vraisemblance",
    Fill.CONSULTATIONS: "CSA Ouverture",
}


def bare(text: str) -> str:
    """Return a text without white space, because a PDF may break lines anywhere."""
    return "".join(text.split())


def read(sheet: Sheet, known: Known) -> str:
    """Return the text of a sheet without its page footers. A sheet has fewer than ten pages."""
    said = bare(printed(sheet_pages.pages(sheet, known)))
    return re.sub(rf"{re.escape(bare(sheet.name.in_(known.language)))}·page\d", "", said)


def under(law: Law, language: str = "fr") -> Known:
    return replace(KNOWN, law=law, regime=law.default_regime, language=language)


@pytest.fixture(scope="module")
def french() -> tuple[str, str]:
    """The texts of the two French sheets."""
    return read(FRENCH.processing, KNOWN), read(FRENCH.impact, KNOWN)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sheet_contains_every_text_that_the_law_provides_for_it(law: Law, language: str) -> None:
    """Each text has its source. The test covers each law, in both languages."""
    for sheet in (law.processing, law.impact):
        said = read(sheet, under(law, language))
        for each in sheet.sections.values():
            for text in (each.name.in_(language), each.text.in_(language), each.basis.source):
                assert bare(text) in said


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_sheets_list_the_periods_and_deadlines_and_decisions_and_authorities_of_the_law(law: Law) -> None:
    """The tables and the page show each entry of the law with its name and its period."""
    known, regime = under(law), law.default_regime
    tables = {name: [*getattr(sheet_tables, name)(known)] for name in TABLES}
    cells = {name: [row.cells for row in rows] for name, rows in tables.items()}
    kept = [
        *law.retention.periods.values(),
        law.retention.proceedings,
        law.retention.junk,
        law.retention.unopened,
    ]
    assert cells["retention"] == [
        (
            each.name.fr,
            spoken([each.keep], "fr"),
            spoken([each.archive], "fr") if each.archive else "non",
            "oui" if each.visa else "non",
        )
        for each in kept
    ]
    (_, every), *clocks = cells["deadlines"]
    assert spoken([law.exchange.every], "fr") == every
    mine = [each for each in law.clocks.values() if regime in each.regimes]
    assert {(each.name.fr, spoken(each.within, "fr")) for each in mine} <= set(clocks)
    decided = []
    for each in law.duties.values():
        if regime in each.regimes:
            decided.append((each.name.fr, spoken([each.within], "fr")))
            if each.urgent:
                decided.append(("… en cas de danger imminent", spoken([each.urgent.within], "fr")))
            if each.extended:
                decided.append(("… prolongé", spoken([each.extended], "fr")))
    assert cells["duties"] == decided
    reached = {Reach.PROSECUTOR, Reach.EXTERNAL, Reach.INTERNAL}
    receive = {(each.name.fr,) for each in law.authorities.values() if each.kind in reached}
    assert receive == set(cells["recipients"][1:])
    words = set(printed(sheet_pages.pages(law.impact, known)).split())
    for row in (*tables["retention"], *tables["deadlines"]):
        assert row.basis
        assert set(" ".join([*row.cells, row.basis.source]).split()) <= words


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        (
            FRENCH.processing,
            {
                "controller": Fill.OFFICE,
                "purposes": Fill.REGIME,
                "recipients": Fill.RECIPIENTS,
                "retention": Fill.RETENTION,
                "security": Fill.SECURITY,
            },
        ),
        (
            FRENCH.impact,
            {
                "description": Fill.REGIME,
                "officers": Fill.OFFICERS,
                "necessity": Fill.DEADLINES,
                "retention": Fill.RETENTION,
                "rights": Fill.DUTIES,
                "recipients": Fill.RECIPIENTS,
                "risks": Fill.RISKS,
                "opinions": Fill.CONSULTATIONS,
            },
        ),
    ],
    ids=["processing", "impact"],
)
def test_each_section_has_only_the_facts_that_belong_under_its_heading(
    sheet: Sheet, expected: dict[str, Fill]
) -> None:
    """A section that consists only of a text contains no facts."""
    said, end = read(sheet, KNOWN), re.escape(bare("[C] : à confirmer par un juriste"))
    headings = "|".join(re.escape(bare(each.name.fr)) for each in sheet.sections.values())
    found = {}
    for number, (code, section) in enumerate(sheet.sections.items(), 1):
        _, _, said = said.partition(bare(f"{number}. {section.name.fr}"))
        own = re.split(rf"{number + 1}\.(?:{headings})|{end}", said)[0]
        found[code] = [fill for fill, words in FILLED_IN.items() if bare(words) in own]
    assert {code: [expected[code]] if code in expected else [] for code in sheet.sections} == found


@pytest.mark.parametrize(("regime", "is_required"), [("internal", "non"), ("external", "oui")])
def test_the_sheets_state_whether_this_office_must_hear_reporters(regime: str, is_required: str) -> None:
    """The answer depends on the regime of the office.

    Public pages mention a hearing if any regime requires a hearing.
    """
    name = FRENCH.regimes[regime].name.fr
    for sheet in (FRENCH.processing, FRENCH.impact):
        said = read(sheet, replace(KNOWN, regime=regime))
        assert bare(f"Recueil oral imposé{is_required}") in said.partition(bare(f"Régime{name}"))[2]


def test_the_sheets_describe_the_office_and_quote_the_opinions_of_staff_bodies(
    french: tuple[str, str],
) -> None:
    processing, impact = french
    assert "Inspection" in processing
    assert bare("Agents habilités71") in impact
    assert bare("Pour ouvrir53") in impact
    assert bare("CSA Ouverture : Avis très réservé (PV 4)") in impact
    assert bare("Aucun avis n") in read(FRENCH.impact, replace(KNOWN, consulted=[]))


def test_the_assessment_states_whether_one_officer_alone_can_open_everything() -> None:
    found = [read(FRENCH.impact, replace(KNOWN, quorum=each)) for each in (1, 2)]
    assert [True, False] == [bare("un agent seul peut tout ouvrir") in said for said in found]


def test_the_sheets_leave_out_duties_and_deadlines_of_another_regime() -> None:
    """Only an external authority forwards reports and can extend the time for feedback."""
    found = [replace(KNOWN, regime=each) for each in FRENCH.regimes]
    name = FRENCH.duties["forwarding"].name.fr
    assert [False, True] == [name in {row.cells[0] for row in sheet_tables.duties(known)} for known in found]
    elsewhere = {code: replace(each, regimes=frozenset()) for code, each in FRENCH.clocks.items()}
    assert 1 == len([*sheet_tables.deadlines(replace(KNOWN, law=replace(FRENCH, clocks=elsewhere)))])
    more = ("… prolongé", "6 mois")
    assert [False, True] == [more in {row.cells for row in sheet_tables.deadlines(known)} for known in found]


RISKS = {
    "reporter_found": Threat.REPORTER_FOUND,
    "wrongly_named": Threat.WRONGLY_NAMED,
    "data_lost": Threat.DATA_LOST,
    "insider": Threat.INSIDER,
}


def test_each_risk_lists_its_own_measures_and_its_remaining_limits(french: tuple[str, str]) -> None:
    """The measures of a risk do not include a measure that concerns only other risks."""
    names = [bare(FRENCH.risks[code].name.fr) for code in RISKS]
    _, *found = re.split(f"({'|'.join(map(re.escape, names))})", french[1])
    assert names == found[::2]
    for threat, below in zip(RISKS.values(), found[1::2], strict=True):
        for kind in Kind:
            against = security.against(threat, kind)
            assert len(against) > 2
            for each in security.entries(kind):
                assert (bare(f"{each.text.fr} [{each.section}]") in below) is (each in against)


def test_the_record_lists_every_security_measure(french: tuple[str, str]) -> None:
    processing, _ = french
    assert all(bare(each.text.fr) in processing for each in security.entries(Kind.DONE))


def test_each_security_measure_and_each_limit_refers_to_a_part_of_the_threat_model() -> None:
    """A measure refers to a section of the threat model or to one of its promises.

    A remaining limit refers to a limit of the threat model.
    """
    found = threat_model.sections(threat_model.FILE.read_text("utf-8"))
    limits = {limit.name for each in found for limit in each.limits}
    holds = {each.name for each in found} | {promise.name for each in found for promise in each.promises}
    assert len(limits) > 60
    assert [] == [each.section for each in security.entries(Kind.DONE) if each.section not in holds]
    assert [] == [each.section for each in security.entries(Kind.LEFT) if each.section not in limits]


@pytest.mark.parametrize("sheet", [FRENCH.processing, FRENCH.impact], ids=["processing", "impact"])
def test_each_point_that_counsel_has_to_confirm_is_marked_and_listed(sheet: Sheet) -> None:
    """On the sheet, points are marked both in texts and in values.

    Under a law without such points, there is no list.
    """
    said = read(sheet, KNOWN)
    asked = [each.basis.confirm for each in sheet.sections.values() if each.basis.confirm]
    asked += [each.basis.confirm for each in FRENCH.retention.periods.values() if each.basis.confirm]
    assert len(asked) > 2
    for confirm in asked:
        assert bare(f"[C] {confirm.fr}") in said
    assert "[C]" not in read(LAWS["xx"].processing, under(LAWS["xx"]))


@pytest.mark.parametrize(
    ("written", "fr", "en"),
    [
        ("same day", "le jour même", "same day"),
        ("1 day", "1 jour", "1 day"),
        ("7 working days", "7 jours ouvrés", "7 working days"),
        ("3 months", "3 mois", "3 months"),
        ("2 years", "2 ans", "2 years"),
    ],
)
def test_periods_are_written_in_words(written: str, fr: str, en: str) -> None:
    span = Span.parse(written)
    assert (fr, en) == (spoken([span], "fr"), spoken([span], "en"))


def test_the_command_and_the_desk_write_the_same_sheet_and_never_overwrite_a_file(
    trio: Trio, tmp_path: Path
) -> None:
    """The sheet contains the facts of this office. The desk refuses an unknown sheet."""
    office, out, stick = trio.others, tmp_path / "sheet.pdf", tmp_path / "stick"
    drawer = tmp_path / "drawer"
    stick.mkdir()
    drawer.mkdir()
    said = ("--body", "CSA", "--day", today().isoformat(), "--subject", "x", "--opinion", "Favorable")
    office.json("office", "consultation", "add", *said)
    office.json("office", "sheet", "impact", "--out", out)
    words = bare(printed(out.read_bytes()))
    assert all(bare(each) in words for each in ("Agents habilités3", "Pour ouvrir2", "CSA x : Favorable"))
    assert "already exists" in refused(office, "office", "sheet", "impact", "--out", str(out))
    with sitting(office, stick) as client:
        for name, folder, status in (
            ("impact", stick, 409),
            ("impact", drawer, 303),
            ("impact", drawer, 409),
            ("other", drawer, 400),
        ):
            asked = {"sheet": name, "papers": str(folder)}
            assert status == client.send("/fr/office/law/sheet", **asked).status_code
    assert out.read_bytes() == (drawer / f"sheet-impact-{today()}.pdf").read_bytes()
