"""What newcomers did wrong with the guide alone: each slip is answered in a sentence and harms nobody."""

import io
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from babel.messages.pofile import read_po

from crypto import base64url
from draws import protocol
from draws.parties import holders
from draws.protocol import Commitment
from tests.support.draw_register import Opened, opened, simple
from tests.support.draw_room import DAY, Answer, Draw, Room, at, controls
from tests.support.paths import ROOT
from tests.support.typist import Typist, typing

DRAWS = (sys.executable, "-P", "-c", "from draws.cli.main import main; main()")
EARLY = "what is missing may still come: the draw can be voided on {day} or later"
QUESTION = (
    "The record will name as missing: tribunal. A void cannot be undone. Void draw 1 of le-havre? (yes/no) "
)


def state(draw: Draw) -> bytes:
    return (draw.folder / "state.json").read_bytes()


def answered(room: Room, typed: str, *words: object) -> Answer:
    """Run a command, and type a line when it asks."""
    with patch.object(sys, "stdin", io.StringIO(typed)):
        return room.run(*words)


def accepting(draw: Draw, *files: Path) -> Answer:
    return draw.room.run("ceremony", "accept", draw.folder, *files)


def foreign(draw: Draw) -> Path:
    """Return a message for another list."""
    path = draw.room.new("foreign.json")
    path.write_bytes(protocol.COMMITMENT.encode(Commitment(bytes(32), "union", bytes(32))))
    return path


def test_each_file_is_read_and_has_a_line_of_its_own_even_after_one_that_is_refused(room: Room) -> None:
    """A party whose file came after a wrong one was named in a void, although it had sent everything."""
    draw = room.freeze()
    wrong, absent = foreign(draw), room.folder / "absent.json"
    first, last = draw.commitment("region"), draw.commitment("union")
    answer = accepting(draw, first, wrong, absent, room.team_key, last)
    assert answer.status == 1
    assert answer.out.splitlines() == [
        f"{first}: accepted: the commitment of region",
        f"{wrong}: refused: this message belongs to another list",
        "hint: check that the file and the folder are those of one draw",
        f"{absent}: refused: the file does not exist",
        "hint: check the path, the medium and the free space",
        f"{room.team_key}: refused: this is not a commitment, a signature, a reveal or a later value",
        "hint: ask the party for the file again",
        f"{last}: accepted: the commitment of union",
        "draw 1 of le-havre: waits for the commitments of: tribunal",
    ]
    assert answer.error.startswith("error: refused: 3 of 5 messages\n")
    before = state(draw)
    assert accepting(draw, wrong, absent).status == 1
    assert state(draw) == before


def test_programs_read_what_became_of_each_message(room: Room) -> None:
    draw = room.freeze()
    wrong, first = foreign(draw), draw.commitment("region")
    draw.accept(first)
    answer = room.run("ceremony", "accept", draw.folder, first, wrong, draw.commitment("union"), "--json")
    assert answer.status == 1
    assert [each["state"] for each in answer.view["messages"]] == ["known", "refused", "accepted"]
    assert answer.view["missing"] == ["tribunal"]


def test_the_same_message_again_is_no_error_and_changes_nothing_even_after_the_end(room: Room) -> None:
    draw = room.freeze()
    committed = [draw.commitment(name) for name in room.names]
    draw.accept(*committed, *committed)
    statement = draw.write("statement")
    signed = [draw.signature(name, statement) for name in room.names]
    draw.accept(*signed)
    both = statement, draw.write("signatures")
    revealed = [draw.reveal(name, *both) for name in room.names]
    draw.accept(*revealed)
    draw.write("draw")
    before = state(draw)
    again = accepting(draw, *committed, *signed, *revealed)
    assert (again.status, again.out.count("is there already"), state(draw)) == (0, 9, before)
    # The control: another message of the same kind is still refused.
    other = foreign(draw)
    other.write_bytes(
        protocol.COMMITMENT.encode(Commitment(protocol.list_hash(draw.list), "union", bytes(32)))
    )
    assert room.refused("ceremony", "accept", draw.folder, other).startswith("this draw has ended")


@pytest.mark.parametrize(
    ("typed", "is_void"), [("", False), ("no\n", False), ("y\n", False), ("yes\n", True)]
)
def test_a_void_names_who_would_be_named_and_asks_first(typed: str, is_void: bool, room: Room) -> None:  # noqa: FBT001
    draw = room.freeze()
    draw.reveal_all("region", "union")
    before, out = state(draw), room.new("end.json")
    answer = answered(room, typed, "ceremony", "void", draw.folder, "--out", out)
    assert answer.error.startswith(QUESTION)
    assert (answer.status, out.exists(), state(draw) != before) == (0 if is_void else 1, is_void, is_void)
    assert ("nothing was voided" in answer.error) == (not is_void)


def test_the_question_is_asked_and_answered_in_french_too(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    words = ("--language", "fr", "ceremony", "void", draw.folder, "--out", room.new("end.json"))
    refused = answered(room, "yes\n", *words)
    assert refused.error.startswith("Le procès-verbal nommera comme manquants\u00a0: tribunal.")
    assert "(oui/non)" in refused.error
    assert (refused.status, answered(room, "oui\n", *words).status) == (1, 0)


def test_a_list_without_a_last_day_cannot_be_voided_before_the_next_day(room: Room) -> None:
    """It was today by default: with one slip, somebody who still had all day was named."""
    file, folder = room.new("controls.csv"), room.new("draw")
    file.write_text(controls(9))
    keys = [word for name in room.names for word in ("--party", room.party(name) / f"{name}.pub")]
    given = ("--folder", folder, "--series", "le-havre", "--team", room.team, "--publish", "2026-12-20")
    room.done("list", "freeze", file, *given, *keys)
    draw = Draw(room, folder)
    assert draw.list.until.isoformat() == "2026-12-02"
    draw.commit("region", "union")
    before = state(draw)
    error = room.refused("ceremony", "void", folder, "--yes", "--out", room.new("end.json"))
    assert (error, state(draw)) == (EARLY.format(day="2026-12-02"), before)
    with at("2026-12-02"):
        draw.write("void")


@pytest.mark.parametrize("command", ["void", "draw"])
def test_a_draw_does_not_end_if_the_file_of_its_end_cannot_be_written(command: str, room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all(*(room.names if command == "draw" else room.names[:2]))
    out, before = draw.file, state(draw)
    sure = ("--yes",) if command == "void" else ()
    error = room.refused("ceremony", command, draw.folder, *sure, "--out", out)
    assert (error, state(draw)) == (f"{out} already exists", before)
    draw.write(command)


def freezing(room: Room, *more: object) -> list[object]:
    """Return the words that freeze a list into a new folder."""
    file = room.new("controls.csv")
    file.write_text(controls(9))
    keys = [word for name in room.names for word in ("--party", room.party(name) / f"{name}.pub")]
    given = ("--folder", room.new("draw"), "--team", room.team, "--publish", "2026-12-20")
    return ["list", "freeze", file, *given, *keys, *more]


def test_the_number_of_a_draw_follows_from_the_draw_before(room: Room) -> None:
    """It was typed, and a wrong one passed the whole ceremony; then no verifier accepted the series."""
    first = room.freeze()
    end = first.carried_out()
    second = room.freeze(first)
    assert (second.list.series, second.list.number) == ("le-havre", 2)
    assert second.list.previous == protocol.end_hash(protocol.END.parse(end.read_bytes()))
    one_of_both = "a list needs either the name of a new series, or the draw before it"
    assert room.refused(*freezing(room)) == one_of_both
    assert room.refused(*freezing(room, "--series", "le-havre", "--after", first.folder)) == one_of_both


def test_no_list_continues_a_draw_that_can_still_go_on_or_a_void_that_nobody_signed(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    after = ("--after", draw.folder)
    assert room.refused(*freezing(room, *after)) == "draw 1 of le-havre has not ended"
    end = draw.write("void")
    unsigned = "the record of the void is not signed: it waits for region, union"
    assert room.refused(*freezing(room, *after)) == unsigned
    draw.sign(end, "union")
    room.done(*freezing(room, *after))


def numbered(draw: Draw, number: int, previous: bytes) -> Path:
    """Return the list of a draw with another number, as an office with another program writes it."""
    path = draw.room.new("list.json")
    path.write_bytes(protocol.LIST.encode(replace(draw.list, number=number, previous=previous)))
    return path


def committing(room: Room, name: str, file: Path) -> str:
    """Return why a party refuses to commit to a list, and check that it remembers nothing."""
    before = (room.party(name) / "party.json").read_bytes()
    own = ("--party", room.party(name), "--list", file, "--out", room.new("commitment.json"))
    error = room.refused("party", "commit", *own)
    assert (room.party(name) / "party.json").read_bytes() == before
    return error


def test_a_party_refuses_a_number_that_does_not_follow_what_it_knows(room: Room) -> None:
    first = room.freeze()
    own = bytes(range(32))
    jumped = "this list is draw {} of its series, but the last one that you know is draw {}"
    assert committing(room, "union", numbered(first, 2, own)) == jumped.format(2, 0)
    error = committing(room, "union", numbered(first, 1, own))
    assert error == "this list is draw 1 of its series, but it names a draw before it"
    end = first.carried_out()
    known = protocol.end_hash(protocol.END.parse(end.read_bytes()))
    assert committing(room, "union", numbered(first, 3, known)) == jumped.format(3, 1)
    second = room.freeze(first)
    second.commit()
    third = numbered(second, 3, known)
    assert committing(room, "union", third) == "you do not know yet how draw 2 ended"


def test_a_party_that_missed_a_draw_takes_part_again_once_it_remembers_its_list_and_end(room: Room) -> None:
    first = room.freeze()
    end_of_first = first.carried_out()
    names, room.names = room.names, ("region", "tribunal", "ministry")
    guest = room.party("ministry")
    room.done("party", "create", "ministry", "--folder", guest, *room.passphrase)
    second = room.freeze(first)
    assert committing(room, "ministry", second.file).endswith("the last one that you know is draw 0")
    remember = ("party", "remember", "--party")
    room.done(*remember, guest, end_of_first, "--list", first.file)
    end = second.carried_out()
    room.names = names
    words = freezing(room, "--after", second.folder, "--until", DAY)
    room.done(*words)
    third = Draw(room, Path(str(words[words.index("--folder") + 1])))
    assert "is draw 3 of its series" in committing(room, "union", third.file)
    before = (room.party("union") / "party.json").read_bytes()
    wrong = (*remember, room.party("union"), end, "--list", first.file)
    assert room.refused(*wrong) == "this message belongs to another list"
    assert (room.party("union") / "party.json").read_bytes() == before
    for _ in range(2):
        room.done(*remember, room.party("union"), end, "--list", second.file)
    assert len(holders.opened(room.party("union")).others) == 1
    third.commit()


def test_a_party_that_a_void_names_is_told_when_it_may_sign_all_the_same(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    own = ("--party", room.party("tribunal"), "--list", draw.file, "--out", room.new("s"), *room.passphrase)
    refused = room.run("party", "sign", draw.write("void"), *own)
    assert "A party that a void names signs it only if it names all parties" in refused.error
    other = room.freeze(None, "--series", "rouen")
    other.until_reveals()
    shown = room.run("ceremony", "void", other.folder, "--yes", "--out", room.new("end.json")).out
    assert shown.endswith("one of these parties must sign the record: region, tribunal, union\n")


def test_a_void_can_be_recorded_on_its_day_and_its_redraw_too(room: Room) -> None:
    """Its transcript waited for the publication, and the register for the transcript."""
    draw = room.freeze(csv=simple(30))
    draw.reveal_all("region", "union")
    end = draw.write("void")
    register = room.folder / "register.jsonl"
    unsigned = room.refused("ceremony", "transcript", draw.folder, "--out", room.new("transcript"))
    assert unsigned == "the record of the void is not signed: it waits for region, union"
    draw.sign(end, "union")
    draw.remembered(end)
    out = room.new("transcript.json")
    told = room.run("ceremony", "transcript", draw.folder, "--out", out).out
    assert "publish it on 2026-12-20 or later" in told
    room.done("register", "void", register, out)
    found = opened(room.freeze(draw, csv=simple(30)))
    room.done("register", "drawn", register, found.transcript, found.result)
    # The control: what was drawn still waits.
    waits = room.refused("ceremony", "transcript", found.draw.folder, "--out", room.new("transcript"))
    assert waits == "the transcript is published on 2026-12-20 or later"


def test_the_transcript_of_a_void_says_nothing_of_lines_or_strata_that_the_parties_do_not_have(
    room: Room,
) -> None:
    csv = controls(60)
    draw = room.freeze(csv=csv)
    draw.reveal_all("region", "union")
    end = draw.write("void")
    draw.sign(end, "union")
    draw.remembered(end)
    raw = draw.write("transcript").read_bytes()
    found = protocol.TRANSCRIPT.parse(raw)
    words = {cell for line in csv.splitlines()[1:] for cell in line.split(";") if len(cell) > 2}
    assert len(words) > 60
    assert not [word for word in words if word.encode() in raw]
    # Nothing was drawn, and no seed can be computed: a secret is missing.
    assert (found.drawn, len(found.reveals)) == ((), 2)
    # The list and its leaves are the files that the parties have.
    assert protocol.LIST.encode(found.list) == draw.file.read_bytes()
    held = (draw.folder / "leaves.json").read_text()
    assert all(f'"{text}"' in held for text in found.leaves)
    # The redraw of the same controls has other leaves, so the transcript announces none of its lines.
    again = opened(room.freeze(draw, csv=csv))
    assert leaves_of(again).isdisjoint(leaf for text in found.leaves for leaf in split(text))


def leaves_of(found: Opened) -> set[bytes]:
    transcript = protocol.TRANSCRIPT.parse(found.transcript.read_bytes())
    return {leaf for text in transcript.leaves for leaf in split(text)}


def split(text: str) -> list[bytes]:
    return protocol.split(base64url.decode(text))


@pytest.mark.parametrize("given", ["", "\n", "            \n", "short\n", " eleven chrs \n"])
def test_a_party_without_a_passphrase_or_with_a_short_one_is_not_made(given: str, room: Room) -> None:
    (room.folder / "passphrase").write_text(given)
    folder = room.party("ministry")
    error = room.refused("party", "create", "ministry", "--folder", folder, *room.passphrase)
    assert (error, folder.exists()) == ("the passphrase is shorter than 12 characters", False)


def test_a_new_passphrase_is_typed_twice_and_not_shown(tmp_path: Path) -> None:
    def create(name: str, typed: tuple[str, ...]) -> Typist:
        words: list[str | Path] = [
            *DRAWS,
            "--language",
            "en",
            "party",
            "create",
            name,
            "--folder",
            tmp_path / name,
        ]
        with typing(words, tmp_path) as typist:
            for question, secret in zip(("new passphrase of", "repeat it"), typed, strict=False):
                typist.confides(question, secret)
            typist.process.wait(60)
            typist.sees("error" if len(typed) < 2 or len({*typed}) > 1 else "made")
        return typist

    empty = create("empty", ("",))
    assert "shorter than 12 characters" in empty.shown
    other = create("other", ("five words that chance drew", "five words that chance threw"))
    assert "the two passphrases differ" in other.shown
    assert not (tmp_path / "empty").exists()
    assert not (tmp_path / "other").exists()
    made = create("made", ("five words that chance drew",) * 2)
    assert "chance" not in made.shown
    assert (tmp_path / "made" / "made.pub").exists()


def test_no_error_after_a_slip_advises_to_end_the_draw(room: Room) -> None:
    """After a slip, such as a wrong file, some hints advised to void: a void names somebody for good."""
    with (ROOT / "templates/translations/fr/LC_MESSAGES/draws.po").open("rb") as file:
        said = [str(each.id) for each in read_po(file)]
    assert len(said) > 300
    assert [each for each in said if re.search(r"\bvoid (the draw|it)\b", each)] == []
    first, second = room.freeze(), room.freeze(None, "--series", "rouen")
    first.carried_out()
    wrong = [
        ("ceremony", "accept", second.folder, first.commitment("union")),
        ("ceremony", "accept", second.folder, room.team_key),
        ("ceremony", "draw", second.folder, "--out", room.new("end")),
        ("party", "commit", "--party", room.party("union"), "--list", room.team_key, "--out", room.new("c")),
        ("verify", first.file),
    ]
    shutil.copyfile(first.folder / "leaves.json", second.folder / "leaves.json")
    sealed = first.write("result")
    opening = ("team", "open", sealed, sealed, "--key", room.team_key, "--out", room.new("drawn.csv"))
    for words in [*wrong, opening]:
        answer = room.run(*words)
        assert answer.status == 1
        assert "void" not in answer.error


def test_the_result_is_sealed_for_the_team_of_the_list_and_for_nobody_else(room: Room) -> None:
    """A key was asked again, and any key was taken."""
    draw = room.freeze()
    draw.carried_out()
    other = room.folder / "other.key"
    public = room.done("team", "create", "--out", other)["public"]
    asked = room.run("ceremony", "result", draw.folder, "--team", public, "--out", room.new("result.age"))
    assert (asked.status, "No such option" in asked.error) == (2, True)
    sealed = draw.write("result")
    opening = ("team", "open", draw.folder / "private.age", sealed, "--key")
    assert room.refused(*opening, other, "--out", room.new("drawn.csv"))
    room.done(*opening, room.team_key, "--out", room.new("drawn.csv"))
    for wrong in ("", "age1x", room.party("union").joinpath("union.pub").read_text()):
        (draw.folder / "team.pub").write_text(wrong)
        error = room.refused("ceremony", "result", draw.folder, "--out", room.new("result.age"))
        assert error == "the list was changed after it was frozen"


def test_a_party_that_comes_after_the_last_day_is_told_and_reveals_nothing(room: Room) -> None:
    """Its secret would help nobody: the office accepts no reveal any more."""
    draw = room.freeze()
    both = draw.until_reveals()
    draw.reveal("region", *both)
    before = (room.party("union") / "party.json").read_bytes()
    out = room.new("reveal.json")
    own = ("--signatures", both[1], "--list", draw.file, "--out", out, "--party")
    with at("2026-12-02"):
        error = room.refused("party", "reveal", both[0], *own, room.party("union"))
        assert error == f"the last day for reveals was {DAY}: nobody accepts yours any more"
        assert (out.exists(), (room.party("union") / "party.json").read_bytes()) == (False, before)
        # Who made the reveal in time can still show it.
        room.done("party", "reveal", both[0], *own, room.party("region"))
