"""Envelopes by tus 1.0.0, on both databases: what is kept, what is refused, that nothing else stays."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import age, padding
from portal.api import receiving
from portal.store.schema import chunks
from tests.support.builders import OUTSIDE, make_envelope, make_report_envelope
from tests.support.portal_room import BODY, SITE, TUS, Room, code

SMALL = age.sealed_size(padding.SMALLEST)


def kept(room: Room, address: str) -> bytes:
    """Return the bytes that the portal has of the only envelope."""
    with room.database.read() as connection:
        rows = connection.execute(select(chunks).order_by(chunks.c.position)).all()
    assert address.startswith("/api/envelopes/")
    return b"".join(row.data for row in rows)


def test_a_report_in_one_request_is_whole(room: Room) -> None:
    """Creation with upload keeps the envelope as it was sent, and opens its case."""
    sealed = make_report_envelope(room.site)
    answer = room.send(sealed)
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(SMALL)
    assert "Upload-Expires" not in answer.headers
    assert kept(room, answer.headers["Location"]) == sealed.envelope
    assert [row[0] for row in room.state()["cases"]] == [sealed.keys.case_id]


def test_a_follow_up_opens_no_case(room: Room) -> None:
    """An envelope without a case id is kept beside no case."""
    assert room.follow_up(make_envelope(room.site)).status_code == 201
    assert room.state()["cases"] == []
    assert len(room.state()["envelopes"]) == 1


@pytest.mark.databases_differ
def test_an_upload_in_pieces_is_resumed_where_it_stopped(room: Room) -> None:
    """HEAD tells the offset after each PATCH; with the last byte the case opens."""
    sealed = make_report_envelope(room.site, file=bytes(1_000_000))
    address = room.begin(sealed)
    offset = 0
    for size in (1, 1_625, 300_000, 262_144, len(sealed.envelope)):
        assert room.state()["cases"] == []
        piece = sealed.envelope[offset : offset + size]
        answer = room.patch(address, offset, piece)
        offset += len(piece)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(offset))
        measured = room.client.head(address, headers=TUS)
        assert (measured.headers["Upload-Offset"], measured.headers["Upload-Length"]) == (
            str(offset),
            str(len(sealed.envelope)),
        )
    assert kept(room, address) == sealed.envelope
    assert len(room.state()["cases"]) == 1


def test_pieces_are_rows_of_at_most_256_kib(room: Room) -> None:
    """Memory does not grow with what is sent."""
    room.send(make_report_envelope(room.site, file=bytes(1_000_000)))
    with room.database.read() as connection:
        sizes = [len(data) for data in connection.execute(select(chunks.c.data)).scalars()]
    assert max(sizes) == receiving.PIECE


def test_data_received_before_a_broken_connection_is_kept(room: Room) -> None:
    """A request that ends early counts for the bytes that it brought."""
    sealed = make_report_envelope(room.site, file=bytes(600_000))
    address = room.begin(sealed)
    answer = room.client.patch(
        address,
        headers={**BODY, "Upload-Offset": "0"},
        input_stream=BytesIO(sealed.envelope[:400_000]),
        environ_overrides={"CONTENT_LENGTH": str(len(sealed.envelope))},
    )
    assert code(answer) == (400, "broken_off")
    assert room.client.head(address, headers=TUS).headers["Upload-Offset"] == "400000"
    assert room.patch(address, 400_000, sealed.envelope[400_000:]).status_code == 204
    assert kept(room, address) == sealed.envelope


def test_a_whole_envelope_answers_but_cannot_be_deleted(room: Room) -> None:
    """After a lost answer HEAD tells the sender that all is there; its address deletes nothing."""
    address = room.send(make_report_envelope(room.site)).headers["Location"]
    before = room.state()
    assert room.client.head(address, headers=TUS).headers["Upload-Offset"] == str(SMALL)
    assert code(room.client.delete(address, headers=TUS)) == (403, "already_whole")
    assert room.patch(address, SMALL, b"").headers["Upload-Offset"] == str(SMALL)
    assert room.state() == before


@pytest.mark.databases_differ
def test_an_unfinished_upload_can_be_given_up(room: Room) -> None:
    """DELETE forgets it with its bytes; afterwards its address is unknown."""
    before = room.state()
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:5_000])
    assert room.client.delete(address, headers=TUS).status_code == 204
    assert room.state() == before
    assert code(room.client.delete(address, headers=TUS)) == (404, "not_found")


def test_an_unfinished_upload_expires_at_a_midnight(room: Room) -> None:
    """Upload-Expires tells no time of day; after it the address is unknown."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    told = room.client.head(address, headers=TUS).headers["Upload-Expires"]
    assert told.endswith(" 00:00:00 GMT")
    room.wait(3)
    assert room.client.head(address, headers=TUS).status_code == 200
    room.wait(1)
    assert room.client.head(address, headers=TUS).status_code == 404
    assert code(room.patch(address, 0, sealed.envelope)) == (404, "not_found")


def test_methods_can_be_named_in_a_header(sqlite_room: Room) -> None:
    """A client that only sends POST can go on with an upload, and give it up."""
    sealed = make_report_envelope(sqlite_room.site)
    address = sqlite_room.begin(sealed)
    override = {**BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert sqlite_room.client.post(address, headers=override, data=sealed.envelope[:9]).status_code == 204
    measured = sqlite_room.client.post(address, headers={**TUS, "X-HTTP-Method-Override": "HEAD"})
    assert measured.headers["Upload-Offset"] == "9"
    assert code(sqlite_room.client.post(address, headers=TUS)) == (405, "method_not_allowed")
    deleted = sqlite_room.client.post(address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
    assert deleted.status_code == 204


def test_the_server_announces_its_capabilities(sqlite_room: Room) -> None:
    """OPTIONS needs no version and names versions, extensions, largest size."""
    answer = sqlite_room.client.options("/api/envelopes")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(age.sealed_size(padding.LARGEST))


@pytest.mark.databases_differ
def test_two_clients_on_one_upload_do_not_corrupt_it(room: Room) -> None:
    """Whoever is second at an offset is told so, and the bytes of the first stay."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    overtaken = Overtaken(lambda: room.patch(address, 0, sealed.envelope[:2_000]))
    answer = room.client.patch(
        address,
        headers={**BODY, "Upload-Offset": "0"},
        input_stream=overtaken,
        environ_overrides={"CONTENT_LENGTH": "3000"},
    )
    assert code(answer) == (409, "offset_moved")
    assert kept(room, address) == sealed.envelope[:2_000]


@pytest.mark.databases_differ
def test_junk_of_a_stale_request_takes_nothing_from_who_goes_on(room: Room) -> None:
    """It is told that the upload has grown; the other finishes. Junk at its place ends an upload."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    overtaken = Overtaken(lambda: room.patch(address, 0, sealed.envelope[:30_000]), bytes(5_000))
    stale = {**BODY, "Upload-Offset": "0"}
    size = {"CONTENT_LENGTH": "5000"}
    answer = room.client.patch(address, headers=stale, input_stream=overtaken, environ_overrides=size)
    assert code(answer) == (409, "offset_moved")
    assert room.patch(address, 30_000, sealed.envelope[30_000:]).status_code == 204
    assert kept(room, address) == sealed.envelope
    other = room.begin(make_report_envelope(room.site))
    assert code(room.patch(other, 0, bytes(5_000))) == (400, "not_sealed")
    assert room.client.head(other, headers=TUS).status_code == 404


class Overtaken(BytesIO):
    """A body during which somebody else is quicker."""

    def __init__(self, other: Callable[[], TestResponse], content: bytes = b"") -> None:
        super().__init__(content or age.seal_bytes(bytes(3_000), [SITE.inspectorate.intake.recipient()]))
        self._other = other

    def readinto(self, buffer: Any) -> int:
        assert self._other().status_code in {204, 409}
        return super().readinto(buffer)


def test_an_envelope_with_the_case_id_of_another_is_kept_and_changes_no_case(room: Room) -> None:
    """Whoever comes second may be anybody: memo and withdraw id of the case stay the first one's."""
    true = make_report_envelope(room.site)
    room.send(true)
    case = room.state()["cases"]
    other = replace(make_report_envelope(room.site, OUTSIDE), case_id=true.case_id)
    assert room.send(other).status_code == 201
    assert room.state()["cases"] == case
    assert len(room.state()["envelopes"]) == 2
