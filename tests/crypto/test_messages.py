"""The lists of files and the limits of messages, beyond what the vectors test."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from crypto import container, messages, shape, signing
from crypto.container import Signed
from crypto.errors import Malformed, Tampered
from crypto.signing import Label
from tests.vectors.fixtures import DEPLOYMENT, REPLY_SEED, TOKEN, fixed
from tests.vectors.messages import example_report

DAY = date(2026, 11, 24)
LISTED = messages.File(number=1, name="", type="image/jpeg", size=3, digest=fixed("file"))
FOUND = container.File(number=1, size=3, digest=fixed("file"))


def follow_up(text: str = "", files: tuple[messages.File, ...] = ()) -> bytes:
    return messages.FOLLOW_UP.encode(
        messages.FollowUp(
            channel="inspection",
            key_id=fixed("key", 16),
            case_id=TOKEN.case_id,
            id=fixed("follow-up", 16),
            seen=0,
            keyring=messages.SeenKeyring(3, fixed("keyring")),
            text=text,
            files=files,
            written=DAY,
        )
    )


def slot(ids: int = 0, measures: int = 0) -> bytes:
    return messages.SLOT.encode(
        messages.Slot(
            channel="inspection",
            case_id=TOKEN.case_id,
            serial=1,
            issued=DAY,
            next_by=DAY,
            status=messages.Status.RECEIVED,
            measures_disclosed=("audit",) * measures,
            earlier=0,
            messages=(),
            received=messages.Received(ids, (bytes(8),) * ids),
        )
    )


def opened(message: bytes, *found: container.File) -> Any:
    signature = signing.sign(Label.REPORT, DEPLOYMENT, message, TOKEN.author_seed)
    return messages.open_message(DEPLOYMENT, Signed(found, message, signature))


@pytest.mark.parametrize("message", [example_report(files=(LISTED,)), follow_up(files=(LISTED,))])
def test_a_message_must_list_exactly_the_files_of_its_container(message: bytes) -> None:
    """A wrong number, size or digest is refused."""
    assert opened(message, FOUND).files == (LISTED,)
    for found in ((), (FOUND, container.File(2, 3, fixed("file"))), (container.File(1, 4, fixed("file")),)):
        with pytest.raises(Malformed):
            opened(message, *found)
    with pytest.raises(Tampered):
        opened(message, container.File(1, 3, fixed("other file")))


def test_a_slot_with_files_is_refused() -> None:
    """Nobody would look at files in a slot, so somebody could hide data in them."""
    raw = slot()
    signature = signing.sign(Label.SLOT, DEPLOYMENT, raw, REPLY_SEED)
    key = signing.public_key(REPLY_SEED)
    assert messages.open_slot(DEPLOYMENT, Signed((), raw, signature), key).serial == 1
    with pytest.raises(Malformed):
        messages.open_slot(DEPLOYMENT, Signed((FOUND,), raw, signature), key)


@pytest.mark.parametrize(
    ("form", "made", "most"),
    [
        (messages.FOLLOW_UP, lambda size: follow_up("😀" * size), 200_000),
        (messages.REPORT, lambda size: example_report(answers={"a" * size: ""}), 32),
        (messages.REPORT, lambda size: example_report(answers={"who": ("",) * size}), 1_000),
        (messages.REPORT, lambda size: example_report(files=(named("é" * size, ""),)), 255),
        (messages.REPORT, lambda size: example_report(files=(named("", "a" * size),)), 127),
        (messages.SLOT, lambda size: slot(ids=size), 16),
        (messages.SLOT, lambda size: slot(measures=size), 1_000),
    ],
    ids=["text", "question-id", "list", "file-name", "file-type", "received-ids", "measures"],
)
def test_a_message_may_be_as_large_as_spec_allows_and_no_larger(
    form: shape.Shape[Any], made: Callable[[int], bytes], most: int
) -> None:
    assert form.encode(form.parse(made(most))) == made(most)
    with pytest.raises(Malformed):
        form.parse(made(most + 1))


def named(name: str, kind: str) -> messages.File:
    return messages.File(number=1, name=name, type=kind, size=0, digest=bytes(32))
