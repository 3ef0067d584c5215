"""Officers are excluded by hand, or because a report names them. Other officers can lift an exclusion."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from crypto.journal import Presence
from inbox.access import aliases, conflicts
from inbox.keys import share_file
from inbox.session.actions import Actor
from inbox.vault import queries_access
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, first
from tests.support.inbox_trio import NAMES


class Room:
    """An inbox of alice, bruno and chloe with a quorum of two, and its portal."""

    def __init__(self, world: World, folder: Path) -> None:
        self.office = world.office
        self.world = world
        self.portal = Portal(world, folder / "medium")

    def of(self, *names: str) -> Office:
        return self.office.of(*names)

    def collect(self, *sent: Sent, present: Sequence[str] = ("alice", "chloe")) -> Any:
        bundle = self.portal.bundle(*sent)
        (outcome,) = self.of(*present).json(
            "exchange", "collect", bundle, "--confirm-instance", self.portal.fingerprint
        )
        return outcome

    def cases(self, *present: str) -> list[int]:
        return [case["case"] for case in self.of(*present).json("case", "list")["cases"]]

    def kept(self) -> list[tuple[int, str]]:
        """Return all exclusions as (case, officer), without row-level security."""
        with self.office.opened() as inbox, inbox.transaction() as session:
            return [(row.case, row.officer) for row in queries_access.exclusions(session)]


@pytest.fixture(scope="module")
def founded_room(founded_three: Office) -> World:
    return World(founded_three)


@pytest.fixture
def room(founded_room: World, tmp_path: Path) -> Room:
    return Room(founded_room.of(founded_room.office.copy(tmp_path / "room")), tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["conflict", "add", "9", "bruno", "--reason", "x"], "there is no case 9"),
        (["conflict", "add", "1", "nobody", "--reason", "x"], "there is no officer nobody"),
        (["conflict", "remove", "1", "bruno", "--reason", "x"], "bruno is not excluded from case 1"),
        (["alias", "add", "nobody", "Jean Dupont"], "there is no officer nobody"),
        (["alias", "add", "bruno", "x-y"], "at least 3 letters"),
        (["alias", "add", "bruno", "?!?"], "at least 3 letters"),
        (["alias", "add", "bruno", "x" * 101], "at most 100 characters"),
        (["alias", "add", "bruno", "BRUNO!"], "already has this alias"),
        (["alias", "remove", "bruno", "Jean Dupont"], "does not have this alias"),
    ],
    ids=str,
)
def test_an_invalid_exclusion_or_alias_is_refused_and_changes_nothing(
    room: Room, words: list[str], said: str
) -> None:
    room.collect(first(Reporter(room.world)))
    room.of("alice", "chloe").json("case", "declare", "1")
    before = room.office.state()
    done = room.of("alice", "chloe").run("access", *words)
    assert (1, "", True) == (done.code, done.out, said in done.err)
    assert before == room.office.state()


@pytest.mark.parametrize("words", [["conflict", "add", "1", "bruno"], ["conflict", "remove", "1", "bruno"]])
def test_officers_must_give_a_reason_to_add_or_lift_an_exclusion(room: Room, words: list[str]) -> None:
    done = room.office.run("access", *words)
    assert (2, True) == (done.code, "--reason" in done.err)


def test_an_officer_can_exclude_any_officer_from_a_case_even_one_who_is_signed_in(room: Room) -> None:
    """The case and the exclusion are then hidden whenever the excluded officer is signed in."""
    room.collect(first(Reporter(room.world)))
    assert [1] == room.cases("alice", "bruno")
    done = room.of("alice", "bruno").run("access", "conflict", "add", "1", "bruno", "--reason", "his brother")
    assert "case 1 excludes bruno: it is hidden while bruno is signed in\n" == done.out
    assert ([], [1], []) == (
        room.cases("alice", "bruno"), room.cases("alice", "chloe"), room.cases("bruno", "chloe"),
    )  # fmt: skip
    again = room.of("alice", "chloe").run("access", "conflict", "add", "1", "bruno", "--reason", "x")
    assert "bruno is already excluded from case 1" in again.err
    listed = room.of("alice", "chloe").json("access", "conflict", "list")
    assert [(1, "bruno")] == [(row["case"], row["officer"]) for row in listed["exclusions"]]
    assert [] == room.of("alice", "bruno").json("access", "conflict", "list")["exclusions"]


def test_an_exclusion_that_would_leave_no_quorum_is_refused(room: Room) -> None:
    """The quorum is two.

    After the first exclusion, two officers can still read the case; a second exclusion would leave only one
    officer.
    """
    room.collect(first(Reporter(room.world)))
    assert 0 == room.office.run("access", "conflict", "add", "1", "bruno", "--reason", "x").code
    refused = room.of("alice", "chloe").run("access", "conflict", "add", "1", "chloe", "--reason", "x")
    assert "with this change, fewer than 2 officers could still read case 1" in refused.err
    assert "inbox officer add" in refused.err
    assert [1] == room.cases("alice", "chloe")


def test_the_only_officer_cannot_be_excluded(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Otherwise nobody could read the case.

    The command to exclude is refused, and a name in a report excludes nobody. This officer has the default
    name “officer”, a word that many reports contain.
    """
    collect(portal.bundle(first(Reporter(world), text="a customs officer")))
    assert [1] == [case["case"] for case in world.office.json("case", "list")["cases"]]
    for words in (
        ["conflict", "add", "1", "officer", "--reason", "x"],
        ["alias", "add", "officer", "Jean Dupont"],
    ):
        assert "inbox officer add" in world.office.run("access", *words).err


def test_only_two_other_officers_can_lift_an_exclusion(room: Room) -> None:
    """Excluded officers cannot lift their own exclusion, because they do not see the case when signed in."""
    room.collect(first(Reporter(room.world)))
    assert 0 == room.office.run("access", "conflict", "add", "1", "bruno", "--reason", "x").code
    for present in (("alice", "bruno"), ("bruno", "chloe")):
        refused = room.of(*present).run("access", "conflict", "remove", "1", "bruno", "--reason", "x")
        assert (1, True) == (refused.code, "there is no case 1" in refused.err)
    room.of("alice", "chloe").json("case", "declare", "1")
    assert (
        0 == room.of("alice", "chloe").run("access", "conflict", "remove", "1", "bruno", "--reason", "x").code
    )
    assert [1] == room.cases("alice", "bruno")


def described(name: str, kind: str) -> Callable[..., Any]:
    """Return a version of ``build.describe`` that gives the first file this name and type."""
    whole = build.describe
    return lambda files: tuple(build.replace(file, name=name, type=kind) for file in whole(files))


@pytest.mark.parametrize("place", ["answer", "list", "note", "follow-up", "file name", "file type"])
def test_an_officer_named_anywhere_in_a_report_is_excluded_from_it(
    room: Room, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """If this officer is signed in during the collection, the output does not mention the case either."""
    reporter, other = Reporter(room.world), Reporter(room.world)
    alone = {"files": [b"x"]} if place.startswith("file") else {}
    text = "Bruno est dans le coup" if place == "answer" else "rien"
    if place == "list":
        alone["edit"] = lambda r: build.replace(r, answers={"who": ("autre", "le chef BRUNO")})
    if place == "file name":
        monkeypatch.setattr(build, "describe", described("photo_bruno.jpg", "image/jpeg"))
    if place == "file type":
        monkeypatch.setattr(build, "describe", described("1.jpg", "image/bruno"))
    sent = (
        Sent(build.drop(room.world, "C'est Bruno"))
        if place == "note"
        else first(reporter, text=text, **alone)
    )
    late = [Sent(reporter.follow_up("c'était bruno !"))] if place == "follow-up" else []
    outcome = room.collect(sent, *late, present=("alice", "bruno"))
    assert ([], [], 0) == (outcome["cases"], outcome["follow_ups"], outcome["repeated"])
    assert [(1, "bruno")] == room.kept()
    monkeypatch.undo()
    told = room.collect(first(other), sent, present=("alice", "bruno"))
    assert ([2], 0) == (told["cases"], told["repeated"])
    assert ([2], [1, 2]) == (room.cases("alice", "bruno"), room.cases("alice", "chloe"))


def test_the_other_officers_are_told_who_is_excluded(room: Room) -> None:
    """The collection, the list of cases, and the case itself show the exclusion.

    While the excluded officer is signed in, the exclusion is not shown.
    """
    outcome = room.collect(first(Reporter(room.world), text="Bruno a tout vu"))
    assert [{"case": 1, "officer": "bruno"}] == outcome["kept_from"]
    room.collect(first(Reporter(room.world)))
    listed = room.of("alice", "chloe").json("case", "list")["cases"]
    assert [["bruno"], []] == [case["kept_from"] for case in listed]
    room.of("alice", "chloe").json("case", "declare", "1")
    said = room.of("alice", "chloe").run("case", "show", "1").out
    assert "EXCLUDED: bruno: do not mention this case to them" in said
    unseen = room.collect(first(Reporter(room.world), text="Bruno encore"), present=("alice", "bruno"))
    assert ([], []) == (unseen["kept_from"], unseen["cases"])
    assert "kept" not in room.of("alice", "bruno").run("case", "list").out.lower()
    bundle = room.portal.bundle(first(Reporter(room.world), text="Bruno toujours"))
    said = room.of("alice", "chloe").run("exchange", "collect", bundle).out
    assert "case 4 excludes bruno: do not mention it to them" in said


def test_the_output_of_collect_omits_the_numbers_of_hidden_cases(room: Room) -> None:
    """Where the list shortens numbers to a range, the range must not include a hidden case."""
    texts = ["rien"] * 12 + ["Bruno"]
    bundle = room.portal.bundle(*(first(Reporter(room.world), text=text) for text in texts))
    said = room.of("alice", "bruno").run(
        "exchange", "collect", bundle, "--confirm-instance", room.portal.fingerprint
    )
    ((kept, _),) = room.kept()
    assert "12 new cases, 0 follow-ups" in said.out
    (line,) = [line for line in said.out.splitlines() if line.startswith("new cases: ")]
    told = [list(map(int, run.split(" to "))) for run in line.removeprefix("new cases: ").split(", ")]
    assert [n for n in range(1, 14) if n != kept] == [n for run in told for n in range(run[0], run[-1] + 1)]


def test_old_and_new_reports_are_searched_for_a_new_alias(room: Room) -> None:
    """The search includes follow-ups.

    The command lists only the cases that all signed-in officers may see.
    """
    reporter = Reporter(room.world)
    room.collect(first(reporter, text="rien"))
    room.collect(Sent(reporter.follow_up("Jean-Paul Lefèvre")))
    room.collect(first(Reporter(room.world), text="lefevre jean paul"))
    room.collect(first(Reporter(room.world), text="Jean Lefèvre"))
    assert [] == room.kept()
    added = room.of("alice", "chloe").json("access", "alias", "add", "bruno", "Jean-Paul LEFEVRE")
    assert [1, 2] == added["cases"]
    hidden = room.of("alice", "bruno").json("access", "alias", "add", "bruno", "Jean Lefèvre")
    assert [] == hidden["cases"]
    assert [(1, "bruno"), (2, "bruno"), (3, "bruno")] == room.kept()
    room.collect(first(Reporter(room.world), text="JeanPaul Lefevre"))
    assert (4, "bruno") in room.kept()
    listed = room.office.json("access", "alias", "list")["aliases"]
    assert [("bruno", "Jean Lefèvre"), ("bruno", "Jean-Paul LEFEVRE")] == [
        (a["officer"], a["alias"]) for a in listed
    ]


def test_exclusions_caused_by_an_alias_are_recorded_under_the_two_officers_who_confirmed_the_alias(
    room: Room,
) -> None:
    """The entry does not name a third officer who is signed in as well."""
    room.collect(first(Reporter(room.world), text="Jean Dupont"))
    with room.of("alice", "chloe").unlocked() as opened:
        who = Actor(
            dict.fromkeys(NAMES, Presence.OWN),
            build.today(),
            lambda *_: dict.fromkeys(("alice", "chloe"), Presence.CONFIRMED),
        )
        assert [] == aliases.add(opened.inbox, who, "bruno", "Jean Dupont")  # Bruno is signed in, too.
    room.of("alice", "chloe").json("case", "declare", "1")
    entries = room.of("alice", "chloe").json("journal", "list")["entries"]
    noted = {each["action"]: ([*each["officers"]], each["values"]) for each in entries if "action" in each}
    two = ["alice", "chloe"]
    assert noted["name-alias"] == noted["found-conflict"] == (two, {"officer": "bruno"})


def test_the_journal_distinguishes_viewing_the_exclusions_from_viewing_the_aliases(room: Room) -> None:
    for words in (["conflict", "list"], ["alias", "list"]):
        room.office.json("access", *words)
    entries = room.office.json("journal", "list")["entries"]
    listed = [each["values"] for each in entries if each.get("action") == "list-conflicts"]
    assert [{}, {"view": "aliases"}] == listed


def test_a_new_alias_of_one_officer_does_not_restore_a_lifted_exclusion_of_another_officer(
    room: Room,
) -> None:
    room.collect(first(Reporter(room.world), text="bruno, chloe, Jean Dupont"))
    assert 1 == room.of("alice", "bruno").json("access", "conflict", "list")["out_of_reach"]
    with room.office.opened() as inbox, inbox.transaction() as session:
        for officer in ("bruno", "chloe"):
            conflicts._lift(session, 1, officer)
    assert 0 == room.office.run("access", "alias", "add", "chloe", "Jean Dupont").code
    assert [(1, "chloe")] == room.kept()


def test_reports_are_no_longer_searched_for_a_removed_alias(room: Room) -> None:
    """The exclusions caused by the alias remain in force."""
    assert 0 == room.office.run("access", "alias", "add", "bruno", "Jean Dupont").code
    room.collect(first(Reporter(room.world), text="Jean Dupont"))
    assert 0 == room.office.run("access", "alias", "remove", "bruno", "jean-dupont").code
    room.collect(first(Reporter(room.world), text="Jean Dupont"))
    assert [(1, "bruno")] == room.kept()
    assert [] == room.office.json("access", "alias", "list")["aliases"]


def test_all_officers_are_told_how_many_cases_no_quorum_can_read(room: Room) -> None:
    """The message names the command that adds an officer.

    The outbox still refreshes the slots of these cases.
    """
    room.collect(first(Reporter(room.world), text="Bruno et Chloé"))
    assert ([], []) == (room.cases("alice", "bruno"), room.cases("alice", "chloe"))
    for present in (("alice", "bruno"), ("bruno", "chloe")):
        said = room.of(*present).run("case", "list")
        assert (
            "cases that nobody can read, because too few officers are left who are not excluded: 1;"
            in said.err
        )
        assert "inbox officer add" in said.err
        assert 1 == room.of(*present).json("access", "conflict", "list")["out_of_reach"]
    assert 0 == room.office.run("exchange", "outbox", "--out", room.office.out).code
    outbox, _, _ = build.read_outbox(room.office.out / "outbox-inspection-1.tar", room.world)
    assert 1 == len(outbox.slots)


def test_all_earlier_reports_are_searched_for_the_name_of_a_new_officer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exclusions of other officers remain."""
    monkeypatch.setattr(share_file, "LIMITS", build.QUICK)
    room.collect(first(Reporter(room.world), text="dana, et bruno"))
    room.collect(first(Reporter(room.world), text="rien"))
    join(room, "dana")
    assert [(1, "bruno"), (1, "dana")] == room.kept()
    assert ([2], [1, 2]) == (room.cases("alice", "dana"), room.cases("alice", "chloe"))


def test_reports_are_never_searched_for_the_default_name_of_the_first_officer(tmp_path: Path) -> None:
    """About half of all reports contain the word “officer”. The control is the name of another officer."""
    room = Room(World(Office.found_by(tmp_path, ("officer", "bruno", "chloe"), 2)), tmp_path)
    room.collect(first(Reporter(room.world), text="a customs officer"), present=("bruno", "chloe"))
    room.collect(first(Reporter(room.world), text="a customs officer, Bruno"), present=("bruno", "chloe"))
    assert [(2, "bruno")] == room.kept()


def join(room: Room, name: str) -> None:
    """Add an officer. Use the passphrases that ``Office`` expects."""
    office = room.of("alice", "chloe")
    office.secret_of(name).write_text(build.passphrase_of(name) + "\n")
    files = [word for each in (*NAMES, name) for word in ("--new-passphrase-file", office.secret_of(each))]
    said = office.run("officer", "add", name, "--shares", office.shares, *files)
    assert (0, "") == (said.code, said.err)
