"""A draw with three parties: what arrives is accepted once, in order, or refused in a sentence."""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from nacl import bindings

from crypto import age, minisign, signing
from crypto.recipients import ScryptIdentity
from draws import freezing, protocol, team
from draws.messages import SIGNATURE, Signature
from draws.parties import holders
from draws.protocol import Commitment, Later, Reveal
from tests.support.draw_room import DAY, Draw, Room, at, controls


def state(draw: Draw) -> bytes:
    return (draw.folder / "state.json").read_bytes()


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir()}


def refused(draw: Draw, *files: Path) -> str:
    """Return the error of a message that is refused, and check that no byte in the folder was changed."""
    before = contents(draw.folder)
    answer = draw.room.run("ceremony", "accept", draw.folder, *files)
    assert (answer.status, contents(draw.folder)) == (1, before)
    return answer.error.splitlines()[0].removeprefix("error: ")


def written(room: Room, raw: bytes) -> Path:
    path = room.new("message.json")
    path.write_bytes(raw)
    return path


def drawn_by_team(room: Room, draw: Draw, day: str = DAY) -> list[list[str]]:
    result = draw.write("result")
    out = room.new("drawn.csv")
    with at(day):
        opening = ("team", "open", draw.folder / "private.age", result)
        room.done(*opening, "--key", room.folder / "team.key", "--out", out)
    return [*csv.reader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";")]


def test_a_ceremony_of_three_draws_items_of_every_stratum_for_the_team_only(room: Room) -> None:
    draw = room.freeze()
    draw.carried_out()
    heading, *rows = drawn_by_team(room, draw)
    assert heading[:4] == ["item", "stratum", "salt", "container"]
    assert [row[0] for row in rows] == [str(item) for item in range(1, len(rows) + 1)]
    assert {row[1] for row in rows} == {each.name for each in draw.list.strata}
    assert {row[3] for row in rows} < {line.partition(";")[0] for line in controls(60).splitlines()[1:]}
    for file in draw.folder.iterdir():
        assert not any(row[3].encode() in file.read_bytes() for row in rows)
    found = room.done("verify", draw.transcript())
    assert (found["draws"][0]["drawn"], found["voids"], found["complete"]) == (len(rows), 0, True)


def test_a_party_that_commits_twice_is_refused(room: Room) -> None:
    draw = room.freeze()
    first = draw.commitment("union")
    draw.accept(first)
    other = protocol.COMMITMENT.encode(Commitment(protocol.list_hash(draw.list), "union", bytes(32)))
    assert refused(draw, written(room, other)) == "union has already committed"


def test_a_party_has_one_commitment_to_a_list_which_it_can_write_again(room: Room) -> None:
    """Otherwise a party that lost the file, or named one that exists, could only be named in a void."""
    draw = room.freeze()
    first = draw.commitment("union")
    own = ("--party", room.party("union"), "--list", draw.file, "--out")
    assert room.refused("party", "commit", *own, first) == f"{first} already exists"
    assert draw.commitment("union").read_bytes() == first.read_bytes()
    assert len(holders.opened(room.party("union")).draws) == 1


def test_a_commitment_of_another_party_cannot_be_copied(room: Room) -> None:
    draw = room.freeze()
    draw.accept(first := draw.commitment("union"))
    copied = protocol.COMMITMENT.parse(first.read_bytes()).commitment
    raw = protocol.COMMITMENT.encode(Commitment(protocol.list_hash(draw.list), "region", copied))
    assert refused(draw, written(room, raw)) == "this is the commitment of another party"


def test_nobody_else_can_take_part(room: Room) -> None:
    draw = room.freeze()
    raw = protocol.COMMITMENT.encode(Commitment(protocol.list_hash(draw.list), "chief", bytes(32)))
    assert refused(draw, written(room, raw)) == "chief is not a party of this draw"


def test_a_reveal_before_all_signatures_is_refused(room: Room) -> None:
    draw = room.freeze()
    draw.commit()
    statement = draw.write("statement")
    draw.sign(statement, "region", "tribunal")
    taken = holders.opened(room.party("union")).draws[0]
    raw = protocol.REVEAL.encode(Reveal(draw.list.id, taken.list, "union", taken.secret))
    assert refused(draw, written(room, raw)) == "nobody may reveal before all parties have signed"


def test_a_party_reveals_only_after_it_has_seen_all_signatures(room: Room) -> None:
    draw = room.freeze()
    statement, signatures = draw.until_reveals()
    raw = signatures.read_bytes()
    signed = protocol.SIGNED.parse(raw)
    signatures.write_bytes(protocol.SIGNED.encode(signed[:2]))
    out = room.new("reveal")
    own = ("--party", room.party("region"), "--list", draw.file, "--out", out)
    error = room.refused("party", "reveal", statement, "--signatures", signatures, *own)
    assert error == "the valid signature of union is missing"
    assert not out.exists()


def test_a_false_reveal_is_refused(room: Room) -> None:
    draw = room.freeze()
    both = draw.until_reveals()
    honest = protocol.REVEAL.parse(draw.reveal("union", *both).read_bytes())
    for false in (
        Reveal(honest.id, honest.list, "union", bytes(32)),
        Reveal(bytes(16), honest.list, "union", honest.secret),
        Reveal(honest.id, honest.list, "region", honest.secret),
    ):
        error = refused(draw, written(room, protocol.REVEAL.encode(false)))
        assert error == f"the reveal of {false.party} does not match its commitment"


def test_a_late_reveal_is_refused_and_the_draw_can_only_be_voided(room: Room) -> None:
    draw = room.freeze()
    both = draw.until_reveals()
    draw.accept(draw.reveal("region", *both), draw.reveal("union", *both))
    late = draw.reveal("tribunal", *both)
    with at("2026-12-02"):
        assert refused(draw, late) == f"this reveal is late: the last day was {DAY}"
        end = draw.write("void")
        draw.sign(end, "union")
        message = "this draw has ended: a message that comes late is not accepted"
        assert refused(draw, late) == message
    found = room.done("verify", draw.transcript())
    assert (found["voids"], found["refusals"]) == (1, {"tribunal": 1})


def test_a_draw_in_which_nothing_is_missing_cannot_be_voided(room: Room) -> None:
    """Otherwise, whoever dislikes the outcome could void it."""
    draw = room.freeze()
    draw.reveal_all()
    before = state(draw)
    error = room.refused("ceremony", "void", draw.folder, "--yes", "--out", room.new("end"))
    assert (error, state(draw)) == ("nothing is missing: this draw cannot be voided", before)


def test_a_void_without_a_signature_of_another_party_is_not_published(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    draw.write("void")
    with at("2026-12-20"):
        error = room.refused("ceremony", "transcript", draw.folder, "--out", room.new("transcript"))
    assert error == "the record of the void is not signed: it waits for region, union"


def test_a_draw_after_a_void_needs_new_commitments_to_new_secrets(room: Room) -> None:
    """The secrets of the void draw are known. A party that used its own again would hide nothing."""
    first = room.freeze()
    first.reveal_all("region", "union")
    end = first.write("void")
    first.sign(end, "union")
    first.remembered(end)
    second = room.freeze(first)
    for name in room.names:
        assert refused(second, first.commitment(name)) == "this message belongs to another list"
    second.carried_out()
    known = [each.secret for name in room.names for each in holders.opened(room.party(name)).draws]
    assert len({*known}) == len(known) == 6


def test_a_party_named_in_a_void_does_not_sign_it(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    end = draw.write("void")
    own = ("--party", room.party("tribunal"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", end, *own, *room.passphrase)
    assert error == "the record says that your own message is missing"


def test_a_party_does_not_take_part_twice_with_the_same_number(room: Room) -> None:
    """A hidden redraw needs a second list of the same number."""
    room.freeze().commit()
    again = room.freeze()
    own = ("--party", room.party("union"), "--list", again.file, "--out", room.new("commitment"))
    error = room.refused("party", "commit", *own)
    assert error == "you have already taken part in draw 1 with another list"


def test_a_list_that_does_not_name_the_end_of_the_draw_before_is_refused(room: Room) -> None:
    first = room.freeze()
    first.carried_out()
    other = Draw(room, room.new("other"))
    shutil.copytree(first.folder, other.folder)
    changed = json.loads(state(other))
    changed["end"]["seed"] = "A" * 43
    (other.folder / "state.json").write_text(json.dumps(changed, separators=(",", ":")))
    draw = room.freeze(other)
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("commitment"))
    error = room.refused("party", "commit", *own)
    assert error == "this list does not name the end of draw 1 that you know"
    room.freeze(first).carried_out()


def test_a_party_does_not_sign_a_statement_without_its_own_commitment(room: Room) -> None:
    draw = room.freeze()
    draw.commit()
    path = draw.write("statement")
    given = protocol.STATEMENT.parse(path.read_bytes())
    exchanged = protocol.Statement(given.list, (*given.commitments[:2], bytes(32)))
    path.write_bytes(protocol.STATEMENT.encode(exchanged))
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", path, *own, *room.passphrase)
    assert error == "the statement does not have your commitment at your place"


def test_a_party_signs_one_statement_for_a_list(room: Room) -> None:
    draw = room.freeze()
    draw.commit()
    path = draw.write("statement")
    draw.signature("union", path)
    given = protocol.STATEMENT.parse(path.read_bytes())
    exchanged = protocol.Statement(given.list, (bytes(32), *given.commitments[1:]))
    path.write_bytes(protocol.STATEMENT.encode(exchanged))
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", path, *own, *room.passphrase)
    assert error == "you have already signed another statement for this list"


def test_a_signature_by_another_key_is_refused(room: Room) -> None:
    draw = room.freeze()
    draw.commit()
    statement = draw.write("statement")
    signature = minisign.sign(statement.read_bytes(), bytes(32), "statement")
    assert refused(draw, written(room, signature)) == "no party made this signature for a file of this draw"


@pytest.mark.parametrize("file", ["statement", "later", "void"])
def test_a_signature_of_a_file_that_is_not_there_yet_is_refused(file: str, room: Room) -> None:
    draw = room.freeze()
    draw.commit("union", "region")
    raw = SIGNATURE.encode(Signature(protocol.list_hash(draw.list), file, "union", bytes(64)))
    assert refused(draw, written(room, raw)) == "there is nothing to sign yet"


def test_a_signature_that_is_false_or_of_another_party_is_refused(room: Room) -> None:
    draw = room.freeze()
    draw.commit()
    statement = draw.write("statement")
    honest = SIGNATURE.parse(draw.signature("union", statement).read_bytes())
    for false in (replace(honest, signature=bytes(64)), replace(honest, party="region")):
        error = refused(draw, written(room, SIGNATURE.encode(false)))
        assert error == f"the signature of {false.party} is not valid for this draw"
    draw.accept(written(room, SIGNATURE.encode(honest)))


def signed_again(room: Room, name: str, file: bytes) -> bytes:
    """Return a valid signature of a party that differs from the one of its program (RFC 8032, 5.1.6)."""
    identity = ScryptIdentity("a passphrase")
    seed = age.unseal_bytes((room.party(name) / "key.age").read_bytes(), [identity])
    message = hashlib.blake2b(file).digest()
    key = hashlib.sha512(seed).digest()[:32]
    secret = bytes([key[0] & 248, *key[1:31], key[31] & 127 | 64])
    nonce = bindings.crypto_core_ed25519_scalar_reduce(hashlib.sha512(b"another nonce").digest())
    point = bindings.crypto_scalarmult_ed25519_base_noclamp(nonce)
    challenge = hashlib.sha512(point + signing.public_key(seed) + message).digest()
    product = bindings.crypto_core_ed25519_scalar_mul(
        bindings.crypto_core_ed25519_scalar_reduce(challenge), secret
    )
    return point + bindings.crypto_core_ed25519_scalar_add(nonce, product)


def test_a_party_counts_once_although_it_can_sign_in_many_ways(room: Room) -> None:
    """Otherwise one party could sign dice as often as more than half of the parties."""
    draw = room.freeze(None, "--later", "dice", "hall", DAY)
    draw.reveal_all()
    thrown = draw.write("later", "35261" * 10)
    draw.sign(thrown, "union")
    again = signed_again(room, "union", thrown.read_bytes())
    raw = SIGNATURE.encode(Signature(protocol.list_hash(draw.list), "later", "union", again))
    assert refused(draw, written(room, raw)) == "union has already signed"
    ending = ("ceremony", "draw", draw.folder, "--out", room.new("end"))
    assert room.refused(*ending) == "still missing: the later value (dice), with its signatures"


@pytest.mark.parametrize("file", ["list.json", "leaves.json"])
def test_a_list_that_was_changed_after_it_was_frozen_is_refused(file: str, room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all()
    path = draw.folder / file
    other = room.freeze(csv=controls(59))
    shutil.copyfile(other.folder / file, path)
    before = state(draw)
    error = room.refused("ceremony", "draw", draw.folder, "--out", room.new("end"))
    assert (error, state(draw)) == ("the list was changed after it was frozen", before)


def test_leaves_that_are_no_text_of_bytes_are_refused_as_a_changed_list(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all()
    path = draw.folder / "leaves.json"
    given = json.loads(path.read_text())
    # A block of base64 never has one character alone.
    given["leaves"][0] = given["leaves"][0][:-2]
    assert len(given["leaves"][0]) % 4 == 1
    path.write_text(json.dumps(given, separators=(",", ":")))
    before, out = contents(draw.folder), room.new("end")
    error = room.refused("ceremony", "draw", draw.folder, "--out", out)
    assert (error, contents(draw.folder)) == ("the list was changed after it was frozen", before)
    assert not out.exists()


def test_a_clock_that_was_set_back_is_refused(room: Room) -> None:
    draw = room.freeze()
    first = draw.commitment("union")
    before = state(draw)
    with at(f"{DAY} 08:59"):
        error = room.refused("ceremony", "accept", draw.folder, first)
    assert error == f"the clock was set back: this draw has already seen {DAY} 09:00"
    assert state(draw) == before


def test_the_transcript_is_not_published_before_its_day(room: Room) -> None:
    draw = room.freeze()
    draw.carried_out()
    out = room.new("transcript")
    error = room.refused("ceremony", "transcript", draw.folder, "--out", out)
    assert error == "the transcript is published on 2026-12-20 or later"
    assert not out.exists()


def test_the_team_cannot_open_the_result_before_its_day(room: Room) -> None:
    draw = room.freeze(None, "--opens", "2026-12-03")
    draw.carried_out()
    result, out = draw.write("result"), room.new("drawn.csv")
    opening = ("team", "open", draw.folder / "private.age", result, "--key", room.folder / "team.key")
    error = room.refused(*opening, "--out", out)
    assert error == "the result may be opened on 2026-12-03 or later"
    assert len(drawn_by_team(room, draw, "2026-12-03")) > 1


def test_the_team_refuses_the_result_of_another_list(room: Room) -> None:
    draw = room.freeze()
    other = room.freeze(None, "--series", "rouen")
    draw.carried_out()
    result = draw.write("result")
    opening = ("team", "open", other.folder / "private.age", result, "--key", room.folder / "team.key")
    error = room.refused(*opening, "--out", room.new("drawn.csv"))
    assert error == "the draw was made from another list than this private file"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda lines: (lines[0].replace("MSCU", "HLCU"), *lines[1:]), id="another container"),
        pytest.param(lambda lines: (lines[1], lines[0], *lines[2:]), id="another order"),
        pytest.param(lambda lines: lines[1:], id="a line less"),
        pytest.param(lambda lines: (*lines, lines[0]), id="a line more"),
    ],
)
def test_the_team_refuses_lines_that_were_not_frozen(
    room: Room, change: Callable[[Sequence[str]], tuple[str, ...]]
) -> None:
    """An office could seal other lines under the hash of the frozen list."""
    draw = room.freeze()
    draw.carried_out()
    key, private, out = room.folder / "team.key", draw.folder / "private.age", room.new("drawn.csv")
    team_key = team.read_key(key)
    frozen = freezing.unseal(private.read_bytes(), team_key)
    changed = replace(frozen, lines=change(frozen.lines))
    private.write_bytes(freezing.seal(changed, team_key.recipient()))
    error = room.refused("team", "open", private, draw.write("result"), "--key", key, "--out", out)
    assert error == "the draw was made from another list than this private file"
    assert not out.exists()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "the list has no lines"),
        (["A;u;scanner;low;RAS;", "A;u;scanner;low;RAS;"], "lines 2 and 3 have the same “container”"),
        # Written in two ways, a container would have two tickets.
        (["csqu 305438-3;u;x;y;RAS;", "CSQU3054383;u;x;y;RAS;"], "lines 2 and 3 have the same “container”"),
        # Office programs write blanks and hyphens that do not break a line.
        (
            ["CSQU\u00a0305438\u20113;u;x;y;RAS;", "CSQU3054383;u;x;y;RAS;"],
            "lines 2 and 3 have the same “container”",
        ),
        (
            ["CSQU_305438\u20133;u;x;y;RAS;", "CSQU3054383;u;x;y;RAS;"],
            "lines 2 and 3 have the same “container”",
        ),
        (["A;u;scanner;low;RAS;", ";u;scanner;low;RAS;"], "line 3: the cell “container” is empty"),
        (["A;u;scanner;low;RAS;", ". / -;u;scanner;low;RAS;"], "line 3: the cell “container” is empty"),
    ],
)
def test_a_list_with_duplicates_or_without_numbers_is_not_frozen(
    lines: list[str], why: str, room: Room
) -> None:
    file, folder = room.new("controls.csv"), room.new("draw")
    file.write_text("\n".join([controls(0).strip(), *lines]))
    keys = [word for name in room.names for word in ("--party", room.party(name) / f"{name}.pub")]
    words = ("list", "freeze", file, "--folder", folder, "--series", "a", "--team", room.team)
    assert room.refused(*words, *keys, "--publish", "2026-12-20") == why
    assert not folder.exists()
    two = room.refused(*words, *keys[:4], "--publish", "2026-12-20")
    assert two == "a draw needs 3 to 9 parties"


def test_dice_come_after_all_reveals_and_more_than_half_of_the_parties_sign_them(room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "in the hall", DAY)
    both = draw.until_reveals()
    draw.accept(draw.reveal("region", *both), draw.reveal("union", *both))
    throw = ("ceremony", "later", draw.folder, "35261" * 10, "--out", room.new("later.json"))
    assert room.refused(*throw) == "the later value comes after all reveals"
    draw.accept(draw.reveal("tribunal", *both))
    short = ("ceremony", "later", draw.folder, "7777777" * 8, "--out", room.new("later.json"))
    assert room.refused(*short) == "this is not a throw of at least 50 dice, each from 1 to 6"
    thrown = draw.write("later", "35261" * 10)
    draw.sign(thrown, "union")
    ending = ("ceremony", "draw", draw.folder, "--out", room.new("end"))
    assert room.refused(*ending) == "still missing: the later value (dice), with its signatures"
    draw.sign(thrown, "region")
    draw.write("draw")
    (found,) = room.done("verify", draw.transcript())["draws"]
    assert found["later"] == f"dice in the hall: {'35261' * 10}"


def test_a_pulse_is_taken_only_on_its_day_after_the_reveals(room: Room) -> None:
    file, folder = room.new("controls.csv"), room.new("draw")
    file.write_text(controls(9))
    keys = [word for name in room.names for word in ("--party", room.party(name) / f"{name}.pub")]
    words = ("list", "freeze", file, "--folder", folder, "--series", "a", "--team", room.team, *keys)
    early = room.refused(*words, "--publish", "2026-12-20", "--later", "nist", "7", DAY)
    assert early == "the pulse is known before the reveals end"
    draw = room.freeze(None, "--later", "nist", "7", "2026-12-02")
    draw.reveal_all()
    value = ("ceremony", "later", draw.folder, "ab" * 64, "--out", room.new("later.json"))
    assert room.refused(*value) == "the value of this round is not known before 2026-12-02"
    with at("2026-12-02"):
        draw.write("later", "ab" * 64)
        draw.write("draw")
    assert room.done("verify", draw.transcript())["draws"][0]["later"] == f"nist 7: {'ab' * 64}"


def test_a_draw_whose_pulse_did_not_come_is_voided_by_all_parties_after_its_day(room: Room) -> None:
    """No party owes the pulse. One honest party is enough to stop a void although the pulse came."""
    draw = room.freeze(None, "--later", "nist", "7", "2026-12-02")
    draw.reveal_all()
    with at("2026-12-02"):
        before = state(draw)
        error = room.refused("ceremony", "void", draw.folder, "--out", room.new("end"))
        late = "what is missing may still come: the draw can be voided on 2026-12-03 or later"
        assert (error, state(draw)) == (late, before)
    with at("2026-12-03"):
        end = draw.write("void")
        draw.sign(end, "region", "union")
    with at("2026-12-20"):
        out = ("--out", room.new("transcript"))
        error = room.refused("ceremony", "transcript", draw.folder, *out)
        assert error == "the record of the void is not signed: it waits for tribunal"
        draw.sign(end, "tribunal")
    found = room.done("verify", draw.transcript())
    assert (found["voids"], found["refusals"], found["draws"][0]["missing"]) == (1, {}, [])
    told = room.run("verify", draw.transcript()).out
    assert told == "draw 1: void; compare by hand with the source that nist 7 did not come\n"
    with at("2026-12-20"):
        shown = room.run("ceremony", "show", draw.folder).out
        assert shown == "draw 1 of le-havre: void: the later value did not come\n"
    draw.remembered(end)
    with at("2026-12-20"):
        room.freeze(draw, "--until", "2026-12-20").carried_out()


def test_dice_that_are_not_signed_void_the_draw_and_name_who_did_not_sign(room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "hall", "2026-12-02")
    draw.reveal_all()
    with at("2026-12-02"):
        thrown = draw.write("later", "35261" * 10)
        draw.sign(thrown, "union")
        shown = room.run("ceremony", "show", draw.folder).out
        assert "waits for more signatures under the dice, of: region, tribunal" in shown
        end = draw.write("void")
        own = ("--list", draw.file, "--out", room.new("signature"), *room.passphrase)
        error = room.refused("party", "sign", end, "--party", room.party("region"), *own)
        assert error == "the record says that your own message is missing"
        draw.sign(end, "union")
    found = room.done("verify", draw.transcript())
    assert found["refusals"] == {"region": 1, "tribunal": 1}


def test_a_draw_with_dice_is_not_voided_before_their_day_or_with_enough_signatures(room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "hall", "2026-12-02")
    draw.reveal_all()
    voiding = ("ceremony", "void", draw.folder, "--out", room.new("end"))
    late = "what is missing may still come: the draw can be voided on 2026-12-02 or later"
    assert room.refused(*voiding) == late
    with at("2026-12-02"):
        draw.sign(draw.write("later", "35261" * 10), "union", "tribunal")
        assert room.refused(*voiding) == "nothing is missing: this draw cannot be voided"


def test_dice_that_were_mistyped_are_typed_again_until_a_party_has_signed_them(room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "hall", DAY)
    draw.reveal_all()
    draw.write("later", "35261" * 10)
    thrown = draw.write("later", "35262" * 10)
    draw.sign(thrown, "union")
    again = ("ceremony", "later", draw.folder, "1" * 50, "--out", room.new("later.json"))
    assert room.refused(*again) == "the later value is already there"
    draw.sign(thrown, "region")
    draw.write("draw")
    (found,) = room.done("verify", draw.transcript())["draws"]
    assert found["later"] == f"dice hall: {'35262' * 10}"


def test_a_later_value_that_the_list_does_not_name_is_refused(room: Room) -> None:
    """Whoever could choose the source or the round after the reveals would choose the outcome."""
    for later, source, round_ in (
        ((), "nist", "7"),
        (("--later", "nist", "7", "2026-12-02"), "nist", "8"),
        (("--later", "nist", "7", "2026-12-02"), "drand", "7"),
    ):
        draw = room.other("other").freeze(None, *later)
        draw.reveal_all()
        raw = protocol.LATER.encode(Later(protocol.list_hash(draw.list), source, round_, "ab" * 32))
        with at("2026-12-02"):
            assert refused(draw, written(room, raw)) == "the list does not name this source and round"


def test_a_party_signs_dice_once(room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "hall", DAY)
    draw.reveal_all()
    draw.signature("union", draw.write("later", "35261" * 10))
    other = draw.write("later", "11111" * 10)
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", other, *own, *room.passphrase)
    assert error == "you have already signed other dice for this list"


def test_a_draw_is_not_voided_before_the_last_day_for_reveals(room: Room) -> None:
    draw = room.freeze(None, "--until", "2026-12-10")
    both = draw.until_reveals()
    draw.accept(draw.reveal("region", *both), draw.reveal("union", *both))
    before = state(draw)
    with at("2026-12-09"):
        error = room.refused("ceremony", "void", draw.folder, "--out", room.new("end"))
    late = "what is missing may still come: the draw can be voided on 2026-12-10 or later"
    assert (error, state(draw)) == (late, before)
    with at("2026-12-10"):
        draw.accept(draw.reveal("tribunal", *both))
        draw.write("draw")


def test_a_party_does_not_sign_a_void_that_is_too_early_or_of_a_day_that_has_not_come(room: Room) -> None:
    """The office could change its program or its clock; the parties have their own."""
    draw = room.freeze(None, "--until", "2026-12-10")
    draw.reveal_all("region", "union")
    with at("2026-12-10"):
        end = draw.write("void")
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", end, *own, *room.passphrase)
    assert error == "the record is of 2026-12-10: it is too early, or this day has not come"
    early = replace(protocol.VOID.parse(end.read_bytes()), day=protocol.date(2026, 12, 9))
    end.write_bytes(protocol.VOID.encode(early))
    with at("2026-12-10"):
        error = room.refused("party", "sign", end, *own, *room.passphrase)
    assert error == "the record is of 2026-12-09: it is too early, or this day has not come"


@pytest.mark.parametrize("stage", ["signature", "reveal"])
def test_if_nobody_sends_anything_a_void_names_all_and_one_of_them_signs_it(stage: str, room: Room) -> None:
    """Otherwise, the series could not go on."""
    draw = room.freeze()
    nobody = ("ceremony", "void", draw.folder, "--out", room.new("end"))
    assert room.refused(*nobody) == "nobody has sent anything yet"
    draw.commit()
    if stage == "reveal":
        draw.sign(draw.write("statement"))
    end = draw.write("void")
    draw.sign(end, "tribunal")
    found = room.done("verify", draw.transcript())
    assert (found["voids"], found["refusals"]) == (1, dict.fromkeys(room.names, 1))


@pytest.mark.parametrize("stage", protocol.STAGES)
def test_a_party_is_told_if_a_void_names_it_although_it_made_what_is_missing(stage: str, room: Room) -> None:
    draw = room.freeze(None, "--later", "dice", "hall", DAY)
    held = {"commitment": [draw.commitment(name) for name in room.names]}
    if stage != "commitment":
        draw.accept(*held["commitment"])
        statement = draw.write("statement")
        held["signature"] = [draw.signature(name, statement) for name in room.names]
    if stage in {"reveal", "later"}:
        draw.accept(*held["signature"])
        signatures = draw.write("signatures")
        held["reveal"] = [draw.reveal(name, statement, signatures) for name in room.names]
    if stage == "later":
        draw.accept(*held["reveal"])
        thrown = draw.write("later", "35261" * 10)
        held["later"] = [draw.signature(name, thrown) for name in room.names[:2]]
    region, tribunal = held[stage][:2]
    assert tribunal.exists()
    draw.accept(region)
    end = draw.write("void")
    remember = ("party", "remember", end, "--party")
    wrongly = {name: room.done(*remember, room.party(name))["named_wrongly"] for name in room.names}
    assert wrongly == {"region": False, "tribunal": True, "union": stage != "later"}
    told = room.run(*remember, room.party("tribunal")).out
    assert told.startswith("remembered. This record says that something of yours is missing, but you made it")


def test_a_party_that_did_not_make_what_is_missing_is_told_nothing(room: Room) -> None:
    draw = room.freeze()
    draw.reveal_all("region", "union")
    end = draw.write("void")
    assert room.run("party", "remember", end, "--party", room.party("tribunal")).out == "remembered\n"


def test_a_party_remembers_one_end_of_a_draw(room: Room) -> None:
    """Two transcripts of one draw would each begin a series of their own."""
    draw = room.freeze()
    both = draw.until_reveals()
    draw.accept(draw.reveal("region", *both), draw.reveal("union", *both))
    copy = Draw(room, room.new("copy"))
    shutil.copytree(draw.folder, copy.folder)
    void = draw.write("void")
    copy.accept(copy.reveal("tribunal", *both))
    drawn = copy.write("draw")
    sign = ("party", "sign", void, "--list", draw.file, "--out", room.new("s"), *room.passphrase, "--party")
    known = "you know another end of this draw"
    room.done("party", "remember", drawn, "--party", room.party("region"))
    assert room.refused("party", "remember", void, "--party", room.party("region")) == known
    assert room.refused(*sign, room.party("region")) == known
    room.done(*sign, room.party("union"))
    assert room.refused("party", "remember", drawn, "--party", room.party("union")) == known


def test_a_party_does_not_go_back_to_an_earlier_number(room: Room) -> None:
    """Otherwise, somebody could show it a shorter series, without the draws that followed."""
    first = room.freeze()
    first.carried_out()
    second = room.freeze(first)
    second.carried_out()
    third = room.freeze(second)
    union = room.party("union")
    document = json.loads((union / "party.json").read_text())
    document["draws"] = document["draws"][1:]
    room.done("party", "commit", "--party", union, "--list", third.file, "--out", room.new("commitment"))
    other = room.freeze()
    own = ("--party", union, "--list", other.file, "--out", room.new("commitment"))
    assert room.refused("party", "commit", *own) == "you have already taken part in draw 1 with another list"
    (union / "party.json").write_text(json.dumps(document, separators=(",", ":")))
    error = room.refused("party", "commit", *own)
    assert error == "you have already taken part in draw 2, which is later"


def test_a_party_does_not_sign_a_statement_with_one_commitment_twice(room: Room) -> None:
    """One secret for two parties would leave one party fewer that chance needs."""
    draw = room.freeze()
    draw.commit()
    path = draw.write("statement")
    given = protocol.STATEMENT.parse(path.read_bytes())
    twice = protocol.Statement(given.list, (given.commitments[2], *given.commitments[1:]))
    path.write_bytes(protocol.STATEMENT.encode(twice))
    own = ("--party", room.party("union"), "--list", draw.file, "--out", room.new("signature"))
    error = room.refused("party", "sign", path, *own, *room.passphrase)
    assert error == "the statement has one commitment twice"


def test_a_list_that_was_exchanged_with_its_leaves_is_refused(room: Room) -> None:
    """What has arrived names the list hash, so both files together do not help."""
    draw = room.freeze()
    draw.reveal_all()
    other = room.freeze(csv=controls(59))
    for file in ("list.json", "leaves.json"):
        shutil.copyfile(other.folder / file, draw.folder / file)
    before = state(draw)
    error = room.refused("ceremony", "draw", draw.folder, "--out", room.new("end"))
    assert (error, state(draw)) == ("the list was changed after it was frozen", before)


def test_a_message_travels_as_one_line_and_a_wrong_letter_is_noticed(room: Room) -> None:
    draw = room.freeze()
    out = room.new("commitment.json")
    own = ("--party", room.party("union"), "--list", draw.file, "--out", out)
    line = room.done("party", "commit", *own)["line"]
    swapped = line[:40] + ("A" if line[40] != "A" else "B") + line[41:]
    before = state(draw)
    error = room.refused("ceremony", "accept", draw.folder, "--line", swapped)
    assert error == "the line was not read completely, or a character is wrong"
    assert state(draw) == before
    assert room.done("ceremony", "accept", draw.folder, "--line", line)["missing"] == ["region", "tribunal"]


def test_a_series_shows_voids_and_a_hidden_redraw_breaks_it(room: Room) -> None:
    first = room.freeze()
    first.reveal_all("region", "union")
    end = first.write("void")
    first.sign(end, "region")
    first.remembered(end)
    second = room.freeze(first)
    second.carried_out()
    third = room.freeze(second)
    third.carried_out()
    one, two, three = first.transcript(), second.transcript(), third.transcript()
    found = room.done("verify", three, one, two)
    assert (found["voids"], found["refusals"], found["complete"]) == (1, {"tribunal": 1}, True)
    broken = "not valid: the draws do not follow one another: one is missing, or was repeated"
    assert room.refused("verify", one, three) == broken
    assert room.refused("verify", one, two, two) == broken
    assert not room.done("verify", two, three)["complete"]
