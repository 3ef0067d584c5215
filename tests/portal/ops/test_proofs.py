"""`portal verify-receipt` checks proofs, challenges and answers without a network or a database."""

import json
import shlex
from pathlib import Path

import pytest

from crypto import base64url, challenge, strictjson
from tests.support import guides, portal_terminal
from tests.support.builders import today
from tests.support.paths import ROOT
from tests.vectors.fixtures import HERE, TOKEN

CHALLENGED = ("--challenge", "challenge.json")


def vectors(topic: str) -> dict[str, dict[str, bytes]]:
    """Return the input bytes of all vectors of a topic, by their ids."""
    tests = json.loads((HERE / f"{topic}.json").read_text("utf-8"))["tests"]
    return {each["id"]: {name: bytes.fromhex(part) for name, part in each["input"].items()} for each in tests}


def check(folder: Path, *words: str, code: int = 0) -> str:
    """Check the proof in a folder; return the output. Arguments that end in .json are files in the folder."""
    typed = [folder / word if word.endswith(".json") else word for word in words]
    return portal_terminal.run(folder, "verify-receipt", folder / "proof.json", *typed, code=code)


PROOFS, ANSWERS = vectors("proof"), vectors("answer")
GOOD = PROOFS["first-day-of-the-key"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the configuration of the vectors' site and a valid proof. There is no database."""
    settings = {name: base64url.encode(GOOD[name]) for name in ("deployment", "root_key")}
    (tmp_path / "portal.toml").write_text(
        "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    )
    (tmp_path / "proof.json").write_bytes(GOOD["proof"])
    return tmp_path


REFUSED = {
    "a-day-before-the-key": "names a day on which its key was not valid",
    "a-day-after-the-key": "names a day on which its key was not valid",
    "another-day": "a signature does not hold",
    "signed-by-another-key": "a signature does not hold",
    "root-as-the-file-says": "about another site",
    "receipt-of-another-deployment": "about another site",
    "not-a-proof": "not a proof of receipt",
    "one-member-more": "not a proof of receipt",
    "too-large": "cannot be read: file too large",
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_proof_is_refused_in_plain_words(folder: Path, name: str) -> None:
    (folder / "proof.json").write_bytes(PROOFS[name]["proof"])
    assert REFUSED[name] in check(folder, code=1)


def test_a_missing_proof_file_is_reported(folder: Path) -> None:
    (folder / "proof.json").unlink()
    assert "proof.json cannot be read: no such file" in check(folder, code=1)


def test_the_output_states_what_a_proof_shows_and_what_it_does_not_show(folder: Path) -> None:
    """The command writes nothing: no database, and no list of checked proofs."""
    before = sorted(folder.iterdir())
    said = check(folder)
    for words in ("signed on 2026-11-24", "channel inspection", "valid from 2026-11-24 to 2027-02-22"):
        assert words in said
    assert "a dishonest inbox, or a thief of this key, can sign an earlier day" in said
    assert "neither who made the report nor what it says" in said
    assert "--ask NAME" in said
    assert before == sorted(folder.iterdir())


def test_a_challenge_is_written_once_and_names_the_verifier_and_the_receipt(folder: Path) -> None:
    """A second challenge would make an answer to the first worthless."""
    ask = ("--ask", "Court of Appeal", *CHALLENGED)
    assert "challenge.json: give it to the person" in check(folder, *ask)
    raw = (folder / "challenge.json").read_bytes()
    found = challenge.CHALLENGE.parse(raw)
    assert "Court of Appeal" == found.verifier
    assert GOOD["deployment"] == found.deployment
    assert "already exists" in check(folder, *ask, code=1)
    assert raw == (folder / "challenge.json").read_bytes()


@pytest.mark.parametrize("name", ["", " ", "Court ", "Court\nof Appeal", "x" * 201])
def test_a_verifier_name_that_no_challenge_may_contain_is_refused(folder: Path, name: str) -> None:
    said = check(folder, "--ask", name, *CHALLENGED, code=1)
    assert "a challenge cannot contain this name" in said
    assert not (folder / "challenge.json").exists()


def test_the_commands_of_the_guide_check_a_proof_and_its_owner(folder: Path) -> None:
    """The reporter answers the challenge between the last two commands."""
    guide = (ROOT / "docs/verifying.md").read_text("utf-8")
    lines = guides.lines(guides.section(guide, "Check a proof of receipt"))
    typed = [line.removeprefix("portal --config FILE verify-receipt proof.json") for line in lines]
    simple, ask, answered = map(shlex.split, typed)
    assert "signed on 2026-11-24" in check(folder, *simple)
    check(folder, *ask)
    raw = (folder / "challenge.json").read_bytes()
    (folder / "answer.json").write_bytes(challenge.answer(raw, TOKEN.author_seed, GOOD["deployment"]))
    assert f"the answer holds: the challenge of Your name from {today()}" in check(folder, *answered)


ANSWERED = (*CHALLENGED, "--answer", "answer.json")
DISBELIEVED = {
    "other-verifier": "answers another challenge",
    "other-day": "answers another challenge",
    "other-random": "answers another challenge",
    "by-other-words": "are not those of the proof",
    "challenge-for-another-receipt": "are not those of the proof",
    "another-signature": "a signature does not hold",
    "verifier-empty": "this is not an answer to",
}


@pytest.mark.parametrize("name", DISBELIEVED)
def test_an_answer_that_does_not_fit_the_challenge_or_the_proof_is_refused(folder: Path, name: str) -> None:
    given = ANSWERS[name]
    (folder / "challenge.json").write_bytes(given["challenge"])
    (folder / "answer.json").write_bytes(given["answer"])
    assert DISBELIEVED[name] in check(folder, *ANSWERED, code=1)


def test_an_answer_by_the_reporter_is_accepted(folder: Path) -> None:
    given = ANSWERS["answered"]
    (folder / "challenge.json").write_bytes(given["challenge"])
    (folder / "answer.json").write_bytes(given["answer"])
    assert "the answer holds: the challenge of Maître Élise Dupont from 2026-11-24" in check(
        folder, *ANSWERED
    )
    told = json.loads(check(folder, *ANSWERED, "--json"))
    assert {"verifier": "Maître Élise Dupont", "day": "2026-11-24"} == told.pop("challenge")
    assert told == json.loads(check(folder, "--json"))


@pytest.mark.parametrize(
    "words",
    [
        CHALLENGED,
        ("--ask", "x"),
        ("--answer", "answer.json"),
        (*CHALLENGED, "--ask", "x", "--answer", "answer.json"),
    ],
)
def test_a_challenge_with_incomplete_options_is_refused_as_wrong_usage(
    folder: Path, words: tuple[str, ...]
) -> None:
    assert "--challenge" in check(folder, *words, code=2)
    assert not (folder / "challenge.json").exists()


def test_a_hostile_verifier_name_cannot_control_the_terminal(folder: Path) -> None:
    """A name may contain almost any character, for example one that reverses the direction of text."""
    asked = strictjson.decode(ANSWERS["answered"]["challenge"])
    assert isinstance(asked, dict)
    raw = strictjson.encode(asked | {"verifier": "\u202eCourt\x9b2J"})
    (folder / "challenge.json").write_bytes(raw)
    answer = challenge.answer(raw, TOKEN.author_seed, GOOD["deployment"])
    (folder / "answer.json").write_bytes(answer)
    said = check(folder, *ANSWERED)
    assert "Court" in said
    assert not {"\u202e", "\x9b"} & set(said)
