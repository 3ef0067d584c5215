"""The room for replies in a slot of fixed size (SPEC 5.3)."""

from bisect import bisect_left
from dataclasses import replace
from datetime import date

from crypto import messages
from crypto.messages import Received, Reply, Slot, Status
from crypto.strictjson import LARGEST
from inbox.replies import slots

DAY = date(2026, 11, 2)


def slot_with(length: int) -> Slot:
    """Return a new slot with one unseen reply of this many characters."""
    return Slot(
        channel="douane",
        case_id=bytes(32),
        serial=1,
        issued=DAY,
        next_by=DAY,
        status=Status.RECEIVED,
        measures_disclosed=(),
        earlier=0,
        messages=(Reply(1, DAY, "x" * length),),
        received=Received(0, ()),
        receipt=slots._ANY_RECEIPT,
    )


def test_the_longest_reply_leaves_room_for_the_largest_values_that_a_slot_can_have() -> None:
    """The slot must still fit if its numbers have 16 digits. One more character would be too many."""

    def largest(length: int) -> Slot:
        return replace(
            slot_with(length),
            serial=LARGEST,
            earlier=LARGEST,
            status=max(Status, key=len),
            measures_disclosed=("protection",),
            received=Received(LARGEST, (bytes(8),) * messages.RECEIVED_IDS, DAY),
        )

    def is_refused(length: int) -> bool:
        return not slots.holds(slot_with(length), 0, ("protection",))

    refused = bisect_left(range(1, 16_384), 1, key=is_refused)
    assert 9_000 < refused < 16_000
    assert slots._fits(largest(refused))
    assert not slots._fits(largest(refused + 1))
