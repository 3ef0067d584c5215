"""A whole case under the law of Xylos, an invented country.

The officers of Xylos set up an inbox, read a report, and answer the reporter. The officers take the decisions
that their law requires, record a measure, and close the case. The officers destroy the case when their law
says so. This module contains no code of another law, and neither do the texts for these officers.
"""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from inbox.deadlines.working_days import Calendar
from templates.catalogues import LANGUAGES
from tests.support import dossier_room, law_codes
from tests.support.desk_room import sitting
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, Reporter, World, answering, first, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import dated_by_portal, tell_portal
from tests.support.laws import FOLDERS, OTHER

pytestmark = pytest.mark.usefixtures("quick")

ISLAND = Calendar(OTHER.calendar)
# By chance, these names of JSON values are also codes of the French law.
NAMES = {"told", "first_act", "answered", "feedback"}
# By chance, these purposes and choices of a dossier are also codes.
OF_DOSSIERS = {"prosecutor", "none"}
# Officers read the output of these commands.
READ = (
    *(
        ["case", "show", "1"],
        ["queue", "list", "--closed"],
        ["office", "oversight"],
        ["office", "goals"],
        ["retention", "list"],
        ["journal", "list"],
        ["law", "show"],
    ),
    *(["office", "show"], ["message", "template", "list"], ["request", "list"]),
)

# These are pages of the desk, in both languages, with the choices that they offer.
SHOWN = tuple(
    f"{language}/{path}"
    for language in LANGUAGES
    for path in (
        *("today", "", "case/1", "case/1/dialogue", "case/1/work", "case/1/ledger", "case/1/letters"),
        *("case/1/dossier", "access", "retention", "oversight", "office", "office/texts/reply"),
    )
)
OFFERED = re.compile(r'<option value="([a-z0-9_-]+)"')


def founded(folder: Path) -> Office:
    """Create an inbox under this law with `inbox init`."""
    office = Office(folder)
    office.secret.write_text(PASSPHRASE + "\n")
    office.out.mkdir()
    names = ["--deployment", "Fanal", "--channel", "inspection", "--name-fr", "Nous", "--name-en", "We"]
    office.json("init", *names, "--jurisdiction", FOLDERS["xx"])
    return office


def reported(office: Office, folder: Path) -> Portal:
    """Collect a report, and return the portal that it came from."""
    world = World(office)
    portal = Portal(world, folder / "medium")
    office.json(
        "exchange", "collect", portal.bundle(first(Reporter(world))), "--confirm-instance", portal.fingerprint
    )
    return portal


def days(office: Office) -> dict[str, tuple[str, str | None]]:
    """Return the last day of each deadline of the case, and the day on which the deadline was met."""
    return {
        row["clock"]: (row["day"], row["done"]) for row in office.json("case", "show", "1")["work"]["clocks"]
    }


def leaves(value: Any) -> Iterator[str]:
    """Yield every text and every name of a value in the JSON output of a command."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value)


def decided(office: Office) -> dict[str, str]:
    """Return the decision on each legal duty of the case. A pending decision is an empty text."""
    return {row["duty"]: row["decision"] for row in office.json("case", "show", "1")["work"]["duties"]}


def french_at_desk(office: Office) -> dict[str, set[str]]:
    """For each page of the desk, return the codes and names on it that only the French law has."""
    with sitting(office) as client:
        pages = {path: html.unescape(client.page(f"/{path}")) for path in SHOWN}
    alone = law_codes.french_alone() - OF_DOSSIERS
    found = {
        path: {*OFFERED.findall(page)} & alone | {*law_codes.OF_FRANCE.findall(page)}
        for path, page in pages.items()
    }
    return {path: french for path, french in found.items() if french}


@pytest.mark.slow
def test_a_case_runs_from_collection_to_destruction_under_another_law(tmp_path: Path, clock: Clock) -> None:
    began, office = today(), founded(tmp_path)
    portal = reported(office, tmp_path)

    # Three deadlines run: two of the law, and one of the office.
    news = (began + relativedelta(years=1)).isoformat()
    receipt, look = (ISLAND.after(began, n).isoformat() for n in (3, 2))
    assert {"receipt": (receipt, None), "news": (news, None), "first_look": (look, None)} == days(office)
    assert re.search(f"{receipt}  [a-z0-9 ]{{18}}  Receipt\n", office.run("case", "show", "1").out)

    # The reporter gets an acknowledgement, which counts once the portal has confirmed it.
    office.json("message", "acknowledge", "1")
    office.json("case", "set-status", "1", "assessing")
    tell_portal(office, portal)
    done = began.isoformat()
    assert {"receipt": (receipt, done), "news": (news, None), "first_look": (look, done)} == days(office)

    # Officers decide whether a felony goes to the magistrate. The other duties apply to every case.
    office.json("case", "tag", "add", "1", "felony")
    assert {"magistrate": "", "notice": "", "sieve": ""} == decided(office)
    for choice in ("kept", "drop", "given"):
        office.json("case", "decide", "1", choice, "--reason", "x")
    assert {"magistrate": "drop", "notice": "given", "sieve": "kept"} == decided(office)

    # Officers record a measure, and close the case with an outcome of this law.
    office.json("case", "measure", "add", "1", "sent_on", "--addressee", "the lighthouse", "--tell")
    office.json("case", "close", "1", "upheld", "--disclosure", "full", "--text", "Merci.")
    tell_portal(office, portal)
    assert days(office)["news"] == (news, done)
    ends = began + relativedelta(years=30)
    (row,) = office.json("retention", "list")["cases"]
    assert ("long", ends.isoformat()) == (row["rule"], row["day"])

    # Nothing that officers read contains a code of the French law.
    assert (set(), {}) == (
        {*leaves([office.json(*words) for words in READ])} & law_codes.french_alone() - NAMES,
        french_at_desk(office),
    )

    # The case is destroyed on its day, and not on the day before.
    clock.day = ends - timedelta(1)
    assert 1 == office.run("retention", "destroy", "1").code
    clock.wait(1)
    dated_by_portal(office)
    assert [1] == office.json("retention", "destroy", "--due")["cases"]
    (gone,) = [
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "destroyed"
    ]
    assert ("long", "upheld") == (gone["values"]["rule"], gone["values"]["outcome"])


# The first number is a telephone number of Jordan, whose country code Xylos uses. The last telephone number
# is French.
ITS_NUMBER, ITS_NUMBER_ABROAD, FRENCH_NUMBER = "07 9012 345 6", "+962790123456", "01 42 68 53 00"


def test_a_telephone_number_without_a_country_code_gets_the_code_of_the_law_in_use(tmp_path: Path) -> None:
    """Two reports contain the same telephone number, but only one of them writes it with the country code.

    The test also checks a reply.
    """
    office = founded(tmp_path)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    for said in (ITS_NUMBER, ITS_NUMBER_ABROAD, FRENCH_NUMBER, f"+33{FRENCH_NUMBER[1:]}"):
        report = first(Reporter(world), edit=answering(who_id=f"Lui, {said}"))
        office.json("exchange", "collect", portal.bundle(report), "--confirm-instance", portal.fingerprint)
    shown = [office.json("case", "link", "list", str(n + 1))["proposed"] for n in range(4)]
    assert [[2], [1], [], []] == [[each["case"] for each in proposed] for proposed in shown]
    assert [ITS_NUMBER_ABROAD] == [reason["shown"] for reason in shown[0][0]["reasons"]]
    for said, warned in ((ITS_NUMBER, [ITS_NUMBER_ABROAD]), (FRENCH_NUMBER, [])):
        preview = office.json("message", "reply", "3", "--text", f"Le {said}.", "--preview")
        assert warned == [each["words"] for each in preview["findings"]]


def test_the_answer_to_an_access_request_uses_the_texts_of_the_law_in_use(
    tmp_path: Path, clock: Clock
) -> None:
    """The program itself adds no text about a particular country."""
    office = founded(tmp_path)
    reported(office, tmp_path)
    came = ("--received", today().isoformat(), "--way", "authority")
    office.json("request", "add", "--person", "Evariste Quelnat", *came)
    (row,) = office.json("request", "list")["requests"]
    clock.day = max(clock.day, date.fromisoformat(row["from"]))
    office.json("request", "answer", "1", "--out", office.out / "letter", "--reason", "x")
    said = dossier_room.printed((office.out / "letter").read_bytes())
    assert "Loi sur les données, 3" in said
    assert said.index("Ni oui, ni non.") < said.index("Voyez le gardien du phare.")
    assert not re.search(r"CNIL|2016|article", said)


def test_a_case_sent_to_the_magistrate_waits_until_the_magistrate_agrees(tmp_path: Path) -> None:
    """The decision to transmit is recorded as a measure. The case is kept during proceedings."""
    office = founded(tmp_path)
    portal = reported(office, tmp_path)
    office.json("case", "tag", "add", "1", "felony")
    for choice in ("kept", "seize"):
        office.json("case", "decide", "1", choice, "--reason", "x")
    assert ["seizure_note"] == [each["kind"] for each in office.json("case", "show", "1")["work"]["measures"]]
    closing_it = ("case", "close", "1", "upheld", "--disclosure", "full", "--text", "Merci.")
    nod = ("case", "measure", "add", "1", "magistrate_nod", "--addressee", "the magistrate")
    for words in (("case", "decide", "1", "given", "--reason", "x"), closing_it):
        before = office.state()
        said = office.run(*words)
        assert (1, True, before) == (
            said.code,
            "inbox case measure add 1 magistrate_nod" in said.err,
            office.state(),
        )
        office.json(*nod)
        office.json(*words)
        # The case is transmitted a second time, so the magistrate has to agree again.
        office.json("case", "decide", "1", "seize", "--reason", "x")
    tell_portal(office, portal)
    (row,) = office.json("retention", "list")["cases"]
    assert "proceedings" in row["obstacles"]
    assert 1 == office.run("retention", "destroy", "1").code


def test_a_deadline_cannot_be_extended_under_a_law_without_extensions(tmp_path: Path) -> None:
    """Both the command and a reply that announces an extension are refused."""
    office = founded(tmp_path)
    reported(office, tmp_path)
    before = days(office), office.state()
    said = office.run("case", "extend", "1", "--reason", "x", "--text", "Il faut du temps.")
    assert (1, True) == (said.code, "under its regime, this office cannot extend" in said.err)
    assert (
        1
        == office.run("message", "reply", "1", "--template", "extension", "--text", "Il faut du temps.").code
    )
    assert (False, before) == (
        office.json("case", "show", "1")["work"]["may_extend"],
        (days(office), office.state()),
    )
