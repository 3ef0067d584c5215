"""The register of access requests: each is due within a month and stays in the queue until it is answered."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from inbox.access import access_requests
from inbox.access.access_requests import LONGEST_NAME, MOST_NAMES, Because, Came, Way
from inbox.language.errors import Locked, Refused
from inbox.session.actions import Actor
from inbox.vault.casework_tables import AccessRequest
from tests.support import laws
from tests.support.inbox_builders import Office, today
from tests.support.inbox_clock import moved

NAME = "Firmin Quélennec"
# The periods that French law sets.
EARLIEST = timedelta(25)
WITHIN, EXTENDED = relativedelta(months=1), relativedelta(months=3)
NAMES_KEPT = relativedelta(months=2)


def record(*names: str, received: date | None = None, way: str = "letter") -> list[str]:
    """Return the command that records a request."""
    persons = [word for name in names for word in ("--person", name)]
    day = (received or today()).isoformat()
    return ["request", "add", *persons, "--received", day, "--way", way]


def test_a_request_is_due_after_a_month_and_cannot_be_answered_before_a_fixed_day(
    office: Office,
) -> None:
    """Both days are counted from the receipt of the request, not from the day when officers record it."""
    came = today() - timedelta(5)
    row = office.json(*record(NAME, "Quélennec F.", received=came, way="authority"))
    assert {
        "request": 1,
        "names": [NAME, "Quélennec F."],
        "received": came.isoformat(),
        "way": "authority",
        "from": (came + EARLIEST).isoformat(),
        "due": (came + relativedelta(months=1)).isoformat(),
        "extended": None,
        "because": "",
        "answered": None,
        "by": "",
    } == row
    assert [row] == office.json("request", "list")["requests"]
    assert came + EARLIEST < came + WITHIN
    (*_, entry, _, _) = office.json("journal", "list")["entries"]
    assert ("record-access", None, {"request": 1}) == (entry["action"], entry["case"], entry["values"])
    assert "lennec" not in str(entry)


def test_a_deadline_of_a_month_ends_on_the_last_day_of_a_shorter_month(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request received on 31 January is due on 28 February."""
    clock = moved(monkeypatch)
    clock.day = date(2027, 2, 3)
    row = office.json(*record(NAME, received=date(2027, 1, 31)))
    assert "2027-02-28" == row["due"]


def test_replacing_the_law_moves_the_deadlines_of_unanswered_requests(office: Office, tmp_path: Path) -> None:
    """The first day for an answer and the due day both move.

    Replacing the law requires ``--loosening``, because answers may be sent earlier than before.
    """
    office.json(*record(NAME))
    law = laws.edited(tmp_path / "law", "duties.toml", 'answer_after = "25 days"', 'answer_after = "9 days"')
    text = (law / "duties.toml").read_text("utf-8")
    (law / "duties.toml").write_text(
        text.replace('from = "requested"\nwithin = "1 month"', 'from = "requested"\nwithin = "20 days"')
    )
    office.json("law", "replace", law, "--loosening")
    (row,) = office.json("request", "list")["requests"]
    assert (today() + timedelta(9)).isoformat() == row["from"]
    assert (today() + timedelta(20)).isoformat() == row["due"]


def test_a_request_cannot_be_extended_under_a_law_that_allows_no_extension(office: Office) -> None:
    """The law xx has another deadline, and allows an answer on the day of receipt."""
    office.json("law", "replace", laws.FOLDERS["xx"], "--loosening")
    row = office.json(*record(NAME))
    assert (today().isoformat(), (today() + timedelta(60)).isoformat()) == (row["from"], row["due"])
    before = office.state()
    said = office.run("request", "extend", "--because", "number")
    assert "the law in use does not allow" in said.err
    assert before == office.state()


@pytest.mark.parametrize(
    ("names", "received"),
    [
        (["", NAME], 0),
        (["  "], 0),
        (["4417"], 0),
        (["'-'"], 0),
        (["Li"], 0),
        (["x" * 101], 0),
        ([f"Quélennec {n}" for n in range(MOST_NAMES + 1)], 0),
        (["Quélennec\u202e"], 0),
        (["Quélennec\nFirmin"], 0),
        (["Quélennec\x1b[2J"], 0),
        ([NAME], 1),
        ([NAME], -367),
    ],
)
def test_an_invalid_request_is_not_recorded(office: Office, names: list[str], received: int) -> None:
    """Examples: a name without letters or with invisible characters, a future day, and a mistyped year."""
    before = office.state()
    said = office.run(*record(*names, received=today() + timedelta(received)))
    assert (1, "") == (said.code, said.out)
    assert before == office.state()


def test_a_request_with_the_most_names_or_the_longest_name_or_the_earliest_day_is_valid() -> None:
    """A request without a name is refused."""
    day, most = today(), tuple(f"Quélennec {n}" for n in range(MOST_NAMES))
    with pytest.raises(Refused, match=f"give 1 to {MOST_NAMES} names"):
        access_requests._checked(Came(day, Way.LETTER, ()), day)
    for names, came in ((most, day), (("x" * LONGEST_NAME,), day - relativedelta(years=1))):
        assert names == access_requests._checked(Came(came, Way.LETTER, names), day)


def test_the_same_request_is_recorded_only_once(office: Office) -> None:
    """A request with the name in a different spelling is the same request.

    A different day of receipt, or one more name, makes a new request.
    """
    office.json(*record(NAME))
    assert "as number 1" in office.run(*record("firmin QUELENNEC")).err
    assert 2 == office.json(*record(NAME, received=today() - timedelta(1)))["request"]
    assert 3 == office.json(*record(NAME, "Firmin"))["request"]


def test_officers_can_extend_a_request_once_by_two_months_before_its_first_month_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = moved(monkeypatch)
    for _ in range(2):
        office.json(*record(NAME, received=clock.day))
        clock.wait(1)
    due = date.fromisoformat(office.json("request", "list")["requests"][0]["due"])
    clock.day = due
    rows = office.json("request", "extend", "--because", "number")["requests"]
    assert [1, 2] == [each["request"] for each in rows]
    row = rows[0]
    assert (due.isoformat(), "number") == (row["extended"], row["because"])
    assert date.fromisoformat(row["received"]) + EXTENDED == date.fromisoformat(row["due"])
    office.json(*record("Yann", received=clock.day))
    clock.wait(40)
    before = office.state()
    assert (
        "has already been extended or is overdue"
        in office.run("request", "extend", "--because", "number").err
    )
    assert 2 == office.run("request", "extend", "--because", "the reporter is away").code
    with office.unlocked() as opened, pytest.raises(Locked):
        access_requests.extend(opened.inbox, Actor(opened.present, clock.day), Because.NUMBER)
    assert before == office.state()


def deadlines(office: Office) -> Any:
    """Return the number of requests in each state."""
    counts = office.json("office", "oversight")["deadlines"].get("access", {})
    return {state: count for state, count in counts.items() if count}


def test_a_request_counts_as_a_deadline_until_it_is_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request with the earliest due day is at the top of the queue.

    Oversight counts the requests that were answered in time, were answered late, or are overdue.
    """
    clock = moved(monkeypatch)
    assert ([], {}) == (office.json("queue", "list")["requests"], deadlines(office))
    office.json(*record(NAME, received=clock.day))
    office.json(*record("Ondine Le Goff", received=clock.day - timedelta(3)))
    waiting = office.json("queue", "list")["requests"]
    assert [2, 1] == [each["request"] for each in waiting]
    assert f"access request 2, due {waiting[0]['due']}" in office.run("queue", "list").out
    assert {"running": 2} == deadlines(office)
    clock.wait(25)
    office.json("request", "answer", "1", "--out", office.out / "1")
    clock.wait(10)
    assert {"met": 1, "overdue": 1} == deadlines(office)
    office.json("request", "answer", "2", "--out", office.out / "2")
    assert {"met": 1, "late": 1} == deadlines(office)
    assert [] == office.json("queue", "list")["requests"]
    assert "Answer to access requests" in office.run("office", "oversight").out


def test_the_names_of_a_request_are_deleted_a_fixed_time_after_the_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names are deleted when officers next open the register or the queue.

    The rest of the entry is kept. A request without an answer keeps its names.
    """
    clock = moved(monkeypatch)
    for name in (NAME, "Ondine Le Goff", "Yann"):
        office.json(*record(name, received=clock.day))
    clock.wait(EARLIEST.days)
    for number in ("1", "2"):
        office.json("request", "answer", number, "--out", office.out / number)
    answered = clock.day
    clock.day = answered + NAMES_KEPT - timedelta(1)
    office.json("queue", "list")
    assert "lennec" in str(office.json("request", "list"))
    clock.wait(1)
    office.json("queue", "list")
    assert "lennec" not in str(office.state())
    rows = {row["request"]: row for row in office.json("request", "list")["requests"]}
    assert [["Yann"], [], []] == [rows[number]["names"] for number in (3, 1, 2)]
    assert answered.isoformat() == rows[1]["answered"]
    assert "names deleted" in office.run("request", "list").out


def test_the_law_sets_how_long_the_names_of_a_request_are_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The law xx keeps the names for nine days."""
    clock = moved(monkeypatch)
    office.json("law", "replace", laws.FOLDERS["xx"], "--loosening")
    office.json(*record(NAME, received=clock.day))
    office.json("request", "answer", "1", "--out", office.out / "1", "--reason", "x")
    for days, names in ((8, [NAME]), (1, [])):
        clock.wait(days)
        (row,) = office.json("request", "list")["requests"]
        assert names == row["names"]


def test_the_names_of_each_request_are_deleted_on_their_own_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request is answered four days after the first, so its names are deleted later.

    Months that begin on up to four successive days can end on the same day, such as 28 February.
    """
    clock = moved(monkeypatch)
    for name in (NAME, "Yann"):
        office.json(*record(name, received=clock.day))
    clock.wait(EARLIEST.days)
    answered: list[date] = []
    for number in ("1", "2"):
        answered.append(clock.day)
        office.json("request", "answer", number, "--out", office.out / number)
        clock.wait(4)
    for day, names in zip(answered, (["Yann"], []), strict=True):
        clock.day = day + NAMES_KEPT
        office.json("queue", "list")
        rows = {row["request"]: row["names"] for row in office.json("request", "list")["requests"]}
        assert {1: [], 2: names} == rows


def test_the_date_on_an_answer_does_not_show_on_which_day_it_was_made() -> None:
    """An answer in time shows the first day on which an answer is allowed.

    A late answer shows the due day.
    """
    earliest, due = date(2027, 3, 1), date(2027, 3, 6)
    row = AccessRequest(n=1, received=date(2027, 2, 6), way="letter", names=NAME, earliest=earliest, due=due)
    days = {due - timedelta(1): earliest, due: earliest, due + timedelta(1): due}
    assert days == {day: access_requests.dated(row, day) for day in days}


def test_while_the_clock_is_set_back_officers_cannot_record_or_extend_or_answer_a_request(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = moved(monkeypatch)
    office.json(*record(NAME, received=clock.day))
    clock.wait(EARLIEST.days + 1)
    office.json("case", "list")
    clock.wait(-1)
    before = office.state()
    for words in (
        record("Yann", received=clock.day),
        ["request", "extend", "--because", "number"],
        ["request", "answer", "1", "--out", str(office.out / "1")],
    ):
        assert "the clock says" in office.run(*words).err
    assert before == office.state()
    assert [] == [*office.out.iterdir()]
