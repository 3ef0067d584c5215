"""Uploads of envelopes with the protocol tus 1.0.0, on both databases."""

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
    """Return the stored bytes of the only envelope."""
    with room.database.read() as connection:
        rows = connection.execute(select(chunks).order_by(chunks.c.position)).all()
    assert address.startswith("/api/envelopes/")
    return b"".join(row.data for row in rows)


def test_a_report_in_one_request_is_stored_completely(room: Room) -> None:
    """The creation request contains the envelope, and opens the case."""
    sealed = make_report_envelope(room.site)
    answer = room.send(sealed)
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(SMALL)
    assert "Upload-Expires" not in answer.headers
    assert kept(room, answer.headers["Location"]) == sealed.envelope
    assert [row[0] for row in room.state()["cases"]] == [sealed.keys.case_id]


def test_a_follow_up_opens_no_case(room: Room) -> None:
    """An envelope without a case id is stored without a case."""
    assert room.follow_up(make_envelope(room.site)).status_code == 201
    assert room.state()["cases"] == []
    assert len(room.state()["envelopes"]) == 1


@pytest.mark.databases_differ
def test_an_upload_in_pieces_continues_at_its_offset(room: Room) -> None:
    """HEAD returns the offset after each PATCH. The case is opened when the last byte arrives."""
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


def test_pieces_are_stored_in_rows_of_at_most_256_kib(room: Room) -> None:
    """Therefore memory use does not depend on the size of a body."""
    room.send(make_report_envelope(room.site, file=bytes(1_000_000)))
    with room.database.read() as connection:
        sizes = [len(data) for data in connection.execute(select(chunks.c.data)).scalars()]
    assert max(sizes) == receiving.PIECE


def test_data_that_arrived_before_the_connection_broke_is_kept(room: Room) -> None:
    """The client then continues after these bytes."""
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


def test_a_complete_envelope_cannot_be_deleted_through_its_address(room: Room) -> None:
    """If an answer was lost, HEAD tells the client that everything arrived."""
    address = room.send(make_report_envelope(room.site)).headers["Location"]
    before = room.state()
    assert room.client.head(address, headers=TUS).headers["Upload-Offset"] == str(SMALL)
    assert code(room.client.delete(address, headers=TUS)) == (403, "already_whole")
    assert room.patch(address, SMALL, b"").headers["Upload-Offset"] == str(SMALL)
    assert room.state() == before


@pytest.mark.databases_differ
def test_an_unfinished_upload_can_be_cancelled(room: Room) -> None:
    """DELETE removes the upload with its bytes. Afterwards, the upload's address is unknown."""
    before = room.state()
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:5_000])
    assert room.client.delete(address, headers=TUS).status_code == 204
    assert room.state() == before
    assert code(room.client.delete(address, headers=TUS)) == (404, "not_found")


def test_an_unfinished_upload_expires_at_midnight(room: Room) -> None:
    """Upload-Expires reveals no time of day. After that midnight, the address is unknown."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    told = room.client.head(address, headers=TUS).headers["Upload-Expires"]
    assert told.endswith(" 00:00:00 GMT")
    room.wait(3)
    assert room.client.head(address, headers=TUS).status_code == 200
    room.wait(1)
    assert room.client.head(address, headers=TUS).status_code == 404
    assert code(room.patch(address, 0, sealed.envelope)) == (404, "not_found")


def test_a_header_can_name_the_http_method(sqlite_room: Room) -> None:
    """A client that can send only POST can continue and cancel an upload."""
    sealed = make_report_envelope(sqlite_room.site)
    address = sqlite_room.begin(sealed)
    override = {**BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert sqlite_room.client.post(address, headers=override, data=sealed.envelope[:9]).status_code == 204
    measured = sqlite_room.client.post(address, headers={**TUS, "X-HTTP-Method-Override": "HEAD"})
    assert measured.headers["Upload-Offset"] == "9"
    assert code(sqlite_room.client.post(address, headers=TUS)) == (405, "method_not_allowed")
    deleted = sqlite_room.client.post(address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
    assert deleted.status_code == 204


def test_the_server_announces_its_tus_version_and_extensions_and_the_largest_size(sqlite_room: Room) -> None:
    """OPTIONS needs no version header."""
    answer = sqlite_room.client.options("/api/envelopes")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(age.sealed_size(padding.LARGEST))


@pytest.mark.databases_differ
def test_two_clients_that_send_to_one_upload_do_not_corrupt_it(room: Room) -> None:
    """If both clients send bytes for one offset, only the bytes of the first client are kept."""
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
def test_junk_from_an_outdated_request_does_not_damage_an_upload_that_has_grown(room: Room) -> None:
    """The outdated request gets an error. Junk at the right offset ends the upload."""
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
    """A request body. While the body is read, another request adds bytes to the same upload."""

    def __init__(self, other: Callable[[], TestResponse], content: bytes = b"") -> None:
        super().__init__(content or age.seal_bytes(bytes(3_000), [SITE.inspectorate.intake.recipient()]))
        self._other = other

    def readinto(self, buffer: Any) -> int:
        assert self._other().status_code in {204, 409}
        return super().readinto(buffer)


def test_an_envelope_with_the_case_id_of_another_report_does_not_change_that_case(room: Room) -> None:
    """The second sender may be anybody, so the case keeps the memo and withdraw id of the first sender."""
    true = make_report_envelope(room.site)
    room.send(true)
    case = room.state()["cases"]
    other = replace(make_report_envelope(room.site, OUTSIDE), case_id=true.case_id)
    assert room.send(other).status_code == 201
    assert room.state()["cases"] == case
    assert len(room.state()["envelopes"]) == 2
