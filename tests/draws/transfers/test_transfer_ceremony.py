"""Transfers from the files of the office to the published opening, through the commands."""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.draw_room import Room, at
from tests.support.transfer_office import BATCH, EXCEPTIONS, HELD, POSTS, PUBLISHED, RULE, Office


@pytest.fixture
def office(room: Room) -> Office:
    return Office(room)


def rows(path: Path) -> list[dict[str, str]]:
    return [*csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=";")]


def test_who_comes_follows_from_the_rule_and_everybody_can_verify_it(office: Office) -> None:
    """A1 and one of A2, A3 and A4 are not enough for three places: chance takes two of these three."""
    draw = office.freeze()
    words = office.sealed(draw)
    opened, opening = office.room.new("transfers.csv"), office.room.new("opening.json")
    with at(BATCH):
        office.room.done("transfers", "open", *words, "--out", opened)
    found = rows(opened)
    # The number and its salt have the same names as the options with which people find their line.
    assert [*found[0]][2:4] == ["number", "salt"]
    transferred = [row for row in found if row["order"] in {"1", "2", "3"}]
    numbers = {row["number"] for row in transferred}
    assert ("A1" in numbers, len(numbers & {"A2", "A3", "A4"})) == (True, 2)
    states = {row["number"]: row["state"] for row in found}
    assert states["A5"] == states["A6"] == "has not reached the maximum"
    # A1 held quay-2 until 2026, so this post is closed to A1.
    (first,) = [row for row in transferred if row["number"] == "A1"]
    assert first["to"] in {"office-9", ""}
    assert [row["reason"] for row in found if row["state"].startswith("stays")] == ["illness"]
    with at(PUBLISHED):
        office.room.done("transfers", "publish", *words, "--out", opening)
    transcript = office.room.new("transcript.json")
    with at(PUBLISHED):
        office.room.done("ceremony", "transcript", draw.folder, "--out", transcript)
    view = office.room.done("transfers", "verify", transcript, opening)
    assert [each["post"] for each in view["transfers"]] == [row["to"] for row in transferred]
    assert view["exceptions"] == [{"signed_by": "M-12", "count": 1}]
    assert all(re.fullmatch("[0-9a-f]{64}", row["salt"]) for row in found)
    for row in found:
        own = ("--number", row["number"], "--salt", row["salt"])
        (said,) = office.room.done("transfers", "verify", transcript, opening, *own)["own"]
        assert said.startswith("you are number" if row["order"] else f"you stay at {row['from']}")
    stranger = ("--number", "A1", "--salt", next(row["salt"] for row in found if row["number"] == "A2"))
    for other in (stranger, ("--number", "A1", "--salt", "no salt")):
        assert office.room.refused("transfers", "verify", transcript, opening, *other) == (
            "nobody on this list has this number and salt"
        )


@pytest.mark.browser
@pytest.mark.slow
def test_people_find_their_own_line_on_the_page_as_with_the_command(
    office: Office, chromium: Browser, tmp_path: Path
) -> None:
    draw = office.freeze()
    words = office.sealed(draw)
    files = {name: office.room.new(name) for name in ("transfers.csv", "opening.json", "transcript.json")}
    with at(PUBLISHED):
        office.room.done("transfers", "open", *words, "--out", files["transfers.csv"])
        office.room.done("transfers", "publish", *words, "--out", files["opening.json"])
        office.room.done("ceremony", "transcript", draw.folder, "--out", files["transcript.json"])
    file = tmp_path / "verify.html"
    office.room.done("page", "--out", file)
    page = chromium.new_page()
    page.goto(file.as_uri())
    expect(page.locator("#own")).to_be_hidden()
    published = [files["transcript.json"], files["opening.json"]]
    page.set_input_files("#transcripts", published)
    found = rows(files["transfers.csv"])
    for row in found:
        own = ("--number", row["number"], "--salt", row["salt"])
        (told,) = office.room.done("transfers", "verify", *published, *own)["own"]
        page.fill("#number", row["number"])
        page.fill("#salt", row["salt"].upper())
        expect(page.locator("#place")).to_have_text(told)
    assert violations(page) == []
    for salt in (found[0]["salt"], "no salt"):
        page.fill("#salt", salt)
        expect(page.locator("#place")).to_have_text("nobody on this list has this number and salt")
    page.fill("#salt", "")
    expect(page.locator("#place")).to_have_text("")
    for fewer in (published[:1], published[1:]):
        page.set_input_files("#transcripts", fewer)
        expect(page.locator("#own")).to_be_hidden()
        page.set_input_files("#transcripts", published)
        expect(page.locator("#own")).to_be_visible()
    page.close()


def test_published_files_name_no_person_and_no_reason(office: Office) -> None:
    """The control: the sealed files and the office's own CSV hold both."""
    draw = office.freeze()
    words = office.sealed(draw)
    opening = office.room.new("opening.json")
    with at(PUBLISHED):
        office.room.done("transfers", "publish", *words, "--out", opening)
    numbers = {f"A{n}" for n in range(1, 8)}
    opened = {cell for line in json.loads(opening.read_bytes())["lines"] for cell in line["cells"]}
    assert {"quay-1", "2020-02-01"} < opened
    assert opened.isdisjoint({*numbers, "illness"})
    for name in ("list.json", "leaves.json"):
        public = (draw.folder / name).read_text()
        assert "quay" not in public
        assert "illness" not in public
    with at(BATCH):
        out = office.room.new("transfers.csv")
        office.room.done("transfers", "open", *words, "--out", out)
    assert {*numbers, "illness"} <= {cell for row in rows(out) for cell in row.values()}


def test_nothing_is_opened_before_the_batch_and_nothing_published_before_its_day(office: Office) -> None:
    words = office.sealed(office.freeze())
    out = office.room.new("out")
    early = office.room.refused("transfers", "open", *words, "--out", out)
    assert early == f"the result may be opened on {BATCH} or later"
    with at(BATCH):
        published = office.room.refused("transfers", "publish", *words, "--out", out)
    assert published == f"the opening is published on {PUBLISHED} or later"
    assert not out.exists()


def test_people_of_another_list_are_refused(office: Office) -> None:
    words = office.sealed(office.freeze())
    other = office.freeze()
    with at(BATCH):
        error = office.room.refused(
            "transfers", "open", words[0], other.folder / "people.age", *words[2:], "--out", "out"
        )
    assert error == "the people belong to another list than this private file"


def test_an_opening_with_one_changed_digit_is_refused(office: Office) -> None:
    draw = office.freeze()
    words, opening = office.sealed(draw), office.room.new("opening.json")
    transcript = office.room.new("transcript.json")
    with at(PUBLISHED):
        office.room.done("transfers", "publish", *words, "--out", opening)
        office.room.done("ceremony", "transcript", draw.folder, "--out", transcript)
    raw = opening.read_text()
    changed = office.file("changed.json", raw.replace("2020-02-01", "2020-02-02", 1))
    assert office.room.refused("transfers", "verify", transcript, changed) == (
        "not valid: this is not the opening of this draw"
    )


BAD: Sequence[tuple[str, str, str]] = [
    (
        "posts",
        POSTS + "A1;quay-9;high;2019-01-01\n",
        "posts.csv: line 9: the number of line 2 is there again",
    ),
    # The same number in other letters would be two people on the list.
    (
        "posts",
        POSTS + "a1;quay-9;high;2019-01-01\n",
        "posts.csv: line 9: the number of line 2 is there again",
    ),
    ("posts", POSTS + "A8;quay-9;top;2019-01-01\n", "posts.csv: line 9: the rule has no exposure “top”"),
    (
        "posts",
        POSTS + "A8;quay-9;high;2026-12-02\n",
        "posts.csv: line 9: the cell “since” is not a day from 1950 to today",
    ),
    (
        "posts",
        POSTS + "A8;quay-9;high;31/02/2019\n",
        "posts.csv: line 9: the cell “since” is not a day from 1950 to today",
    ),
    (
        "posts",
        POSTS + "Jean Dupont;quay-9;high;2019-01-01\n",
        "posts.csv: line 9: the cell “number” is not a code",
    ),
    ("posts", POSTS.replace("depuis", "nom"), "posts.csv: line 1: no column is called “nom”"),
    (
        "posts",
        POSTS + "=1;quay-9;high;2019-01-01\n",
        "posts.csv: line 9: the cell “number” begins like a formula",
    ),
    (
        "held",
        "agent;post;until\nA9;quay-1;2020-01-01\n",
        "held.csv: line 2: nobody with the number “A9” is at an exposed post",
    ),
    (
        "exceptions",
        EXCEPTIONS + "A7;illness;M-13\n",
        "exceptions.csv: line 3: this person has an exception already",
    ),
    (
        "exceptions",
        "agent;reason;signed_by\nA7;friend;M-1\n",
        "exceptions.csv: line 2: the rule has no reason “friend”",
    ),
    (
        "exceptions",
        "agent;reason;signed_by\nA7;illness;\n",
        "exceptions.csv: line 2: the cell “signed by” is not a code",
    ),
    ("free", "post\nquay 9\n", "free.csv: line 2: the cell “post” is not a code"),
]


@pytest.mark.parametrize(("file", "content", "why"), BAD)
def test_a_bad_file_of_the_office_is_refused_with_its_line_and_nothing_is_frozen(
    office: Office, file: str, content: str, why: str
) -> None:
    folder = office.room.new("draw")
    error = office.room.refused(*office.freezing(folder, **{file: content}))
    assert error.partition("-")[2] == why
    assert not folder.exists()


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (RULE.replace("2027-03-01", "2027-09-01"), "two batches have the same day"),
        (RULE.replace("2027-", "2025-"), "no batch comes after today"),
        (
            RULE.replace("2027-03-01", "2027-03-01T10:00:00"),
            "the day of a batch is not a day such as 2027-03-01",
        ),
    ],
)
def test_a_rule_that_cannot_be_kept_is_not_fixed(office: Office, rule: str, why: str) -> None:
    out = office.room.new("rule.json")
    assert office.room.refused("transfers", "rule", office.file("r.toml", rule), "--out", out) == why
    assert not out.exists()


def test_a_list_is_frozen_only_under_a_rule_that_was_fixed_before(office: Office) -> None:
    office.rule = office.file("rule.json", office.rule.read_text().replace("2026-12-01", "2026-12-05"))
    error = office.room.refused(*office.freezing(office.room.new("draw")))
    assert error == "the rule has no batch after today, or was fixed later than today"


def test_a_transcript_that_would_tell_before_the_batch_is_refused(office: Office) -> None:
    folder = office.room.new("draw")
    error = office.room.refused(*office.freezing(folder, "--publish", "2027-02-28"))
    assert error == f"the transcript would be published before the batch of {BATCH}"
    nobody = POSTS.splitlines()[0] + "\nA5;quay-3;high;2026-05-01\n"
    error = office.room.refused(
        *office.freezing(folder, posts=nobody, held=HELD.splitlines()[0], exceptions="agent;reason;signed_by")
    )
    assert error == f"nobody comes in the batch of {BATCH}: there is nothing to draw"
    assert not folder.exists()


def test_due_shows_who_reaches_the_maximum_and_changes_nothing(office: Office) -> None:
    before = sorted(office.folder.iterdir())
    words = office.files()
    made = sorted({*office.folder.iterdir()} - {*before})
    view = office.room.done("transfers", "due", *words)
    assert view["states"] == {"certain": 1, "tied": 3, "waiting": 0, "within": 2, "excepted": 1, "free": 2}
    assert sorted(office.folder.iterdir()) == sorted([*before, *made])
    assert {each["number"]: each["reached"] for each in view["people"]}["A2"] == "2023-02-01"


def test_changed_days_and_exposures_and_missing_people_are_shown(office: Office) -> None:
    earlier = office.file("2025.csv", POSTS)
    later = (
        POSTS.replace("A1;quay-1;high;2019-01-01", "A1;quay-1;low;2021-01-01")
        .replace("A7;quay-3;high;2018-05-01\n", "")
        .replace("A3;quay-2", "A3;quay-4")
    )
    found = office.room.done(
        "transfers", "compare", earlier, office.file("2026.csv", later), "--rule", office.rule
    )
    assert [(each["number"], each["column"]) for each in found["changes"]] == [
        ("A1", "since"),
        ("A1", "exposure"),
        ("A7", "number"),
    ]


@pytest.mark.parametrize(("until", "post"), [("2026-01-01", ""), ("2024-01-01", "quay-2")])
def test_nobody_returns_to_a_post_that_the_rule_still_closes(office: Office, until: str, post: str) -> None:
    """The rule closes a post for 24 months after a person left it."""
    one = "agent;post;exposure;since\nA1;quay-1;high;2019-01-01\n"
    held = f"agent;post;until\nA1;quay-2;{until}\n"
    draw = office.freeze(posts=one, free="post\nquay-2\n", held=held, exceptions="agent;reason;signed_by\n")
    words, out = office.sealed(draw), office.room.new("transfers.csv")
    with at(BATCH):
        office.room.done("transfers", "open", *words, "--out", out)
    assert [row["to"] for row in rows(out)] == [post]
