"""An outbox opens cases that officers entered.

The opened cases look like other cases, and belong to the outbox's channel.
"""

from dataclasses import replace

import pytest

from crypto import memo
from tests.support.builders import INSPECTORATE, OUTSIDE, Sealed, make_outbox, make_report_envelope
from tests.support.portal_room import Room, filed, refused, slots


def entered(room: Room, channel: str = INSPECTORATE) -> Sealed:
    """Return a case that the portal does not know yet."""
    return make_report_envelope(room.site, channel)


def of(room: Room, case: Sealed) -> tuple[object, ...]:
    (row,) = (row for row in room.state()["cases"] if case.case_id in row)
    return row


def test_an_outbox_that_opens_a_case_without_a_slot_is_refused(room: Room) -> None:
    """The portal must always return a slot that the reporter can verify."""
    refused(
        room,
        make_outbox(room.site, opened=[entered(room)]),
        "opens a case without a slot",
    )


def test_an_outbox_cannot_open_a_case_of_another_channel(room: Room) -> None:
    """The case exists in that channel, or was withdrawn there."""
    foreign, withdrawn = filed(room, OUTSIDE), filed(room, OUTSIDE)
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    before = room.state()["cases"]
    both = [foreign, withdrawn]
    assert room.bring(make_outbox(room.site, slots=slots(*both), opened=both)).left_out == 2
    assert room.state()["cases"] == before


def test_an_outbox_does_not_reopen_a_withdrawn_case(room: Room) -> None:
    """The inbox continues to list the case until it learns of the withdrawal."""
    case = entered(room)
    first = make_outbox(room.site, slots=slots(case), opened=[case])
    room.bring(first)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, slots=slots(case), opened=[case]))
    assert room.state()["cases"] == []
    (withdrawal,) = room.export().intake.withdrawn
    assert withdrawal.withdraw_key == case.keys.withdraw_key


def test_an_outbox_does_not_change_an_existing_case(room: Room) -> None:
    """The data from the reporter's page counts, even if an outbox contains other data."""
    case = filed(room)
    before = of(room, case)
    other = replace(case, memo=bytes(60), withdraw_id=bytes(32))
    room.bring(make_outbox(room.site, slots=slots(case), opened=[other]))
    assert of(room, case)[:-1] == before[:-1]


@pytest.mark.databases_differ
def test_an_opened_case_looks_like_a_collected_one(room: Room) -> None:
    """The columns, the sizes and the day are the same. The reporter finds the channel and the slot."""
    collected, case = filed(room), entered(room)
    brought = slots(collected, case)
    link = room.export().link
    room.bring(make_outbox(room.site, collected=[link], slots=brought, opened=[case]))

    def shape(row: tuple[object, ...]) -> list[object]:
        return [len(cell) if isinstance(cell, bytes) else cell for cell in row]

    assert shape(of(room, collected)) == shape(of(room, case))
    answer = room.slot(case.keys.locator)
    assert (answer[:5], answer[65:]) == (room.slot(collected.keys.locator)[:5], brought[case.case_id])
    found = memo.unseal(
        answer[5:65], case.keys.memo_key, deployment=room.site.deployment, case_id=case.case_id
    )
    assert found.channel == INSPECTORATE


def test_opening_a_case_again_changes_nothing(room: Room) -> None:
    """The same or a later outbox may list the case again if the inbox has not yet learned of the import."""
    case = entered(room)
    brought = slots(case)
    first = make_outbox(room.site, slots=brought, opened=[case])
    room.bring(first)
    before = room.state()
    assert room.bring(first).applied is False
    assert room.state() == before
    room.wait(3)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, slots=brought, opened=[case]))
    assert room.state()["cases"] == before["cases"]
