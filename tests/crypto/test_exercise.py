"""The mark of an exercise in the id of its deployment."""

import re

import pytest

from crypto import base64url, bundle, card, exercise, keyring, pages, signing
from crypto.errors import Malformed, Tampered
from crypto.exercise import NotOfExercise, OfExercise
from tests.support.builders import Site, make_keyring, make_outbox
from tests.support.paths import ROOT

REAL = bytes(16)
EXERCISE = exercise.draw(exercise=True)


def test_a_drawn_id_says_what_it_is_for() -> None:
    """Ids have 16 bytes, and no two ids of exercises are the same."""
    assert exercise.is_exercise(EXERCISE)
    assert not exercise.is_exercise(exercise.draw(exercise=False))
    assert {len(exercise.draw(exercise=each)) for each in (True, False)} == {signing.DEPLOYMENT}
    assert exercise.draw(exercise=True) != EXERCISE


def test_a_real_id_is_drawn_again_if_it_has_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """By chance, random bytes could begin with the mark."""
    drawn = iter([EXERCISE, REAL])
    monkeypatch.setattr(exercise.secrets, "token_bytes", lambda _: next(drawn))
    assert REAL == exercise.draw(exercise=False)


@pytest.mark.parametrize(
    ("found", "ours", "error"),
    [(EXERCISE, REAL, OfExercise), (REAL, EXERCISE, NotOfExercise), (REAL, b"x" * 16, Malformed)],
    ids=["exercise-at-real", "real-at-exercise", "another"],
)
def test_files_of_another_deployment_are_refused(found: bytes, ours: bytes, error: type[Malformed]) -> None:
    """The refusal of a bundle says whether an exercise and a real deployment meet."""
    outbox = make_outbox(Site(deployment=found))
    with pytest.raises(Malformed) as refused:
        bundle.outbox_head(outbox.manifest, ours)
    assert error is type(refused.value)


def test_two_exercises_do_not_share_files() -> None:
    """One exercise refuses a bundle of another as a real deployment would."""
    outbox = make_outbox(Site(deployment=EXERCISE))
    with pytest.raises(Malformed, match="belongs to another deployment"):
        bundle.outbox_head(outbox.manifest, exercise.draw(exercise=True))


@pytest.mark.parametrize(
    ("found", "ours", "reason"),
    [
        (EXERCISE, REAL, "keyring belongs to an exercise"),
        (REAL, EXERCISE, "keyring belongs to a real deployment, and this is an exercise"),
        (REAL, b"x" * 16, "signature does not hold"),
        (EXERCISE, exercise.draw(exercise=True), "signature does not hold"),
    ],
    ids=["exercise-at-real", "real-at-exercise", "another", "another-exercise"],
)
def test_the_refusal_of_a_keyring_names_the_exercise(found: bytes, ours: bytes, reason: str) -> None:
    """Otherwise the only reason would be that the signature is wrong, which sounds like an attack."""
    site = Site(deployment=found)
    made = make_keyring(site)
    with pytest.raises(Tampered, match=reason):
        keyring.open_keyring(made.raw, made.signature, root_key=site.root_key, deployment=ours)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"deployment":1}', b'{"deployment":"AA"}', b"\xff"])
def test_a_file_that_names_no_deployment_keeps_the_reason_of_its_refusal(raw: bytes) -> None:
    with pytest.raises(Tampered, match="signature does not hold"):
        keyring.open_keyring(raw, bytes(64), root_key=bytes(32), deployment=EXERCISE)


def test_an_exercise_is_never_named_for_a_file_that_is_accepted() -> None:
    """The reason is only for files that are refused anyway."""
    with exercise.explained(b'{"deployment":"' + base64url.encode(EXERCISE).encode() + b'"}', REAL, "x"):
        pass


def test_only_one_function_compares_the_deployment_of_a_signed_file_with_ours() -> None:
    """Otherwise, one reader could forget the exercise. A challenge is not about a deployment's files."""
    comparing = re.compile(r"deployment (?:!=|==) |(?:!=|==) \w*\.?deployment\b")
    found = {
        each.name for each in (ROOT / "crypto").glob("*.py") if comparing.search(each.read_text("utf-8"))
    }
    assert {"challenge.py"} == found


def test_cards_and_lists_of_pages_are_refused_in_the_same_words() -> None:
    """A root never pins the card of an exercise, and never signs the pages of one."""
    listed = pages.Pages(
        deployment=EXERCISE,
        serial=1,
        valid_until=make_keyring(Site()).value.valid_until,
        policy="",
        files=(pages.Page("/", "text/html", bytes(32)),),
    )
    raw = pages.encode(listed)
    with pytest.raises(OfExercise):
        pages.parse(raw, REAL)
    with pytest.raises(Tampered, match="belongs to an exercise"):
        pages.open_pages(raw, bytes(64), root_key=bytes(32), deployment=REAL)
    site = Site(deployment=EXERCISE)
    channel = site.inspectorate.channel(listed.valid_until)
    offered = card.sign(
        card.Card(
            deployment=EXERCISE, serial=1, key=site.root_key, issued=listed.valid_until, channel=channel
        ),
        site.root_seed,
    )
    with pytest.raises(OfExercise):
        card.open_card(*offered, REAL)
