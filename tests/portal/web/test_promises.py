"""The dates that pages promise to reporters equal the deadlines that the inbox computes."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from inbox.deadlines import clocks
from inbox.deadlines.clocks import Events
from inbox.deadlines.office import Practice
from inbox.deadlines.working_days import Calendar
from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import pages
from templates.law import reader
from templates.law.rules import Event, Law
from tests.support.gate import crossed
from tests.support.laws import FILES, laws_with
from tests.support.markup import Markup
from tests.support.paths import ROOT

DAYS = [date(2026, 11, 1) + timedelta(n) for n in range(1_200)]
# A law with two acknowledgement deadlines: one regime follows the Directive, and the other the French decree.
# In the French decree, the deadline for feedback depends on the acknowledgement deadline.
(APART,) = laws_with(
    "deadlines.toml",
    {
        'within = "7 days"': 'within = "7 days"\nregimes = ["internal"]',
        'or_after = "ack_eu"': 'or_after = "ack_fr"',
    },
)
FOLDERS = {"fr": FILES["fr"], "xx": FILES["xx"], "apart": APART}


def rendered(files: Mapping[str, bytes], path: str, folder: Path) -> str:
    """Return a page of a portal with this law."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    settings = Settings(jurisdiction=str(folder))
    return (
        pages.render(settings, load_questionnaire(settings))[path].decode().replace("\N{NO-BREAK SPACE}", " ")
    )


@cache
def counted(promise: str, off: str = "", after: int | None = None) -> Sequence[date]:
    """Return the dates that the page's script computes from a promise for each of DAYS.

    ``after`` is the number of days after which each report was acknowledged, or None if none was.
    """
    known = [] if after is None else [(day + timedelta(after)).isoformat() for day in DAYS]
    days = [day.isoformat() for day in DAYS]
    asked = {"op": "promised", "promise": promise, "off": off, "days": days, "acknowledged": known}
    told = subprocess.run(
        ["node", ROOT / "tests" / "js" / "crosscheck.mjs"],
        input=json.dumps(asked) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return [date.fromisoformat(day) for day in json.loads(told.stdout)["days"]]


@cache
def demanded(name: str, event: Event, after: int | None = None) -> Sequence[date]:
    """Return the deadlines of unanswered reports that arrived on each of DAYS.

    This is the deadline in the regime that allows the most time. ``after`` is the number of days after which
    a report was acknowledged, or None if it was not.
    """
    law = reader.parse(FOLDERS[name])
    found = (_in_regime(law, each, event, after) for each in law.regimes)
    return [max(days) for days in zip(*found, strict=True)]


def _in_regime(law: Law, regime: str, event: Event, after: int | None) -> Sequence[date]:
    how = Practice(law, Calendar(law.calendar), regime)
    found = []
    for day in DAYS:
        sent = None if after is None else day + timedelta(after)
        dues = clocks.clocks(Events(received=day, collected=day, priority=4, sent=sent), how)
        found.append(min(each.day for each in dues if each.ends is event))
    return found


@pytest.mark.parametrize(("name", "path"), crossed(FOLDERS, ["/fr/status", "/en/report", "/fr/offline.html"]))
def test_the_promised_dates_equal_the_deadlines_of_the_inbox(name: str, path: str, tmp_path: Path) -> None:
    """Pages promise the longest deadline of all regimes, because they do not know the regime of the inbox."""
    (root,) = Markup(rendered(FOLDERS[name], path, tmp_path)).all("html")
    for event, promise in (
        (Event.ACKNOWLEDGED, root["data-received"]),
        (Event.ANSWERED, root["data-answered"]),
    ):
        assert demanded(name, event) == counted(promise, root["data-days-off"])


@pytest.mark.parametrize("after", [0, 3, 30])
@pytest.mark.parametrize("name", FOLDERS)
def test_the_page_and_the_inbox_both_count_from_the_day_on_which_a_report_is_acknowledged(
    name: str, after: int, tmp_path: Path
) -> None:
    """A late acknowledgement does not extend the deadline."""
    (root,) = Markup(rendered(FOLDERS[name], "/fr/status", tmp_path)).all("html")
    told = counted(root["data-answered"], root["data-days-off"], after)
    assert demanded(name, Event.ANSWERED, after) == told


@pytest.mark.parametrize(
    ("name", "path", "said"),
    [
        (
            "fr",
            "/fr/before",
            ("sous 7 jours, qu", "reçu. Puis, sous 3 mois, vous devriez lire ce qui peut vous être dit"),
        ),
        (
            "fr",
            "/en/before",
            ("within 7 days, that it was received. Then, within 3 months, you should read what we can tell",),
        ),
        (
            "xx",
            "/fr/before",
            ("sous 3 jours ouvrés, qu", "reçu. Et sous un an, vous devriez lire ce qui peut vous être dit"),
        ),
        (
            "xx",
            "/en/before",
            (
                "within 3 working days, that it was received",
                "Also within one year, you should read what we can tell you",
            ),
        ),
    ],
)
def test_the_page_before_a_report_states_the_deadlines_of_the_law(
    name: str, path: str, said: Sequence[str], tmp_path: Path
) -> None:
    page = rendered(FOLDERS[name], path, tmp_path)
    assert [each for each in said if each not in page] == []


def test_each_regime_uses_its_earliest_date_and_the_promise_is_the_latest_of_these_dates() -> None:
    """If a month is too short for the date, the deadline is the last day of the month."""
    assert counted("7d,1m;12m") == counted("12m")
    assert counted("7d,1m") == [day + timedelta(7) for day in DAYS]
    assert dict(zip(DAYS, counted("1d1m"), strict=True))[date(2027, 1, 30)] == date(2027, 2, 28)
