"""Envelopes by tus 1.0.0, on both databases: what is kept, what is refused, that nothing else stays."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import age, padding
from crypto.recipients import HybridIdentity, ScryptRecipient, X25519Identity
from portal import receiving
from portal.store.schema import chunks
from tests.builders import (
    INSPECTORATE,
    OUTSIDE,
    make_envelope,
    make_report_envelope,
    upload_metadata,
)
from tests.portal_room import BACKENDS, BODY, TUS, Room, declared, opened

SMALL = age.sealed_size(padding.SMALLEST)


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with opened(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture
def sqlite_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """For what is decided before the database is asked."""
    with opened(request, tmp_path, "sqlite") as made:
        yield made


def kept(room: Room, address: str) -> bytes:
    """Return the bytes that the portal has of the only envelope."""
    with room.database.read() as connection:
        rows = connection.execute(select(chunks).order_by(chunks.c.position)).all()
    assert address.startswith("/api/envelopes/")
    return b"".join(row.data for row in rows)


def code(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem, which must be one."""
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


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


def test_what_came_before_the_connection_broke_is_kept(room: Room) -> None:
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


def test_a_broken_creation_leaves_nothing(room: Room) -> None:
    """Its sender never learnt the address, so nobody could go on with it."""
    sealed = make_report_envelope(room.site)
    before = room.state()
    answer = room.client.post(
        "/api/envelopes",
        headers={**BODY, **declared(sealed)},
        input_stream=BytesIO(sealed.envelope[:60_000]),
        environ_overrides={"CONTENT_LENGTH": str(len(sealed.envelope))},
    )
    assert code(answer) == (400, "broken_off")
    assert room.state() == before


def test_a_whole_envelope_answers_but_cannot_be_deleted(room: Room) -> None:
    """After a lost answer HEAD tells the sender that all is there; its address deletes nothing."""
    address = room.send(make_report_envelope(room.site)).headers["Location"]
    before = room.state()
    assert room.client.head(address, headers=TUS).headers["Upload-Offset"] == str(SMALL)
    assert code(room.client.delete(address, headers=TUS)) == (403, "already_whole")
    assert room.patch(address, SMALL, b"").headers["Upload-Offset"] == str(SMALL)
    assert room.state() == before


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


def test_the_server_tells_what_it_can_do(sqlite_room: Room) -> None:
    """OPTIONS needs no version and names versions, extensions, largest size."""
    answer = sqlite_room.client.options("/api/envelopes")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(age.sealed_size(padding.LARGEST))


@pytest.mark.parametrize("headers", [{}, {"Tus-Resumable": "0.2.2"}])
def test_another_version_is_refused(sqlite_room: Room, headers: dict[str, str]) -> None:
    """The version is checked first, and ours is named."""
    answer = sqlite_room.client.head("/api/envelopes/AAAA", headers=headers)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert code(sqlite_room.client.post("/api/envelopes", headers=headers)) == (412, "tus_version")


def identity() -> HybridIdentity:
    return HybridIdentity.from_seed(bytes(32))


FORMS = {
    "plaintext": lambda: bytes(SMALL),
    "plain text": lambda: b"Monsieur, " * 6_719 + b"12345",
    "X25519 alone": lambda: age.seal_bytes(bytes(70_000), [X25519Identity(bytes(range(32))).recipient()])[
        :SMALL
    ],
    "passphrase": lambda: age.seal_bytes(bytes(70_000), [ScryptRecipient("lantern", 10)])[:SMALL],
    "two recipients": lambda: age.seal_bytes(bytes(70_000), [identity().recipient()] * 2)[:SMALL],
    "a header cut short": lambda: age.seal_bytes(bytes(70_000), [identity().recipient()])[30 : SMALL + 30],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("steps", [(SMALL,), (1_626, 1), (1, 1_625, 65_000)])
def test_what_is_not_sealed_to_one_hybrid_recipient_is_refused(
    room: Room, form: str, steps: tuple[int, ...]
) -> None:
    """As soon as the header is there the whole upload goes, however it came."""
    before = room.state()
    content = FORMS[form]()
    sealed = replace(make_report_envelope(room.site), envelope=content)
    address, offset = room.begin(sealed), 0
    for step in steps:
        answer = room.patch(address, offset, content[offset : offset + step])
        offset += step
    assert code(answer) == (400, "not_sealed")
    assert room.state() == before
    assert code(room.send(sealed)) == (400, "not_sealed")
    assert room.state() == before


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (None, (400, "length_missing")),
        ("-1", (400, "length_missing")),
        ("067195", (400, "length_missing")),
        ("0", (400, "wrong_size")),
        (str(SMALL - 1), (400, "wrong_size")),
        (str(SMALL + 1), (400, "wrong_size")),
        (str(age.sealed_size(65_537)), (400, "wrong_size")),
        (str(age.sealed_size(padding.SLOT)), (400, "wrong_size")),
        (str(age.sealed_size(padding.LARGEST) + 1), (413, "too_large")),
        ("9" * 19, (413, "too_large")),
        ("9" * 20, (400, "length_missing")),
    ],
)
def test_a_size_that_no_container_has_is_refused(
    sqlite_room: Room, length: str | None, expected: tuple[int, str]
) -> None:
    """Only the sizes of SPEC 4.2 are taken."""
    before = sqlite_room.state()
    headers = TUS | ({} if length is None else {"Upload-Length": length})
    assert code(sqlite_room.client.post("/api/envelopes", headers=headers)) == expected
    assert sqlite_room.state() == before


@pytest.mark.parametrize("container", [65_536, 67_584, 1_048_576, padding.LARGEST])
def test_every_size_that_a_container_may_have_is_taken(sqlite_room: Room, container: int) -> None:
    """Declaring costs nothing yet, up to 1 GiB and its headers."""
    headers = TUS | {
        "Upload-Length": str(age.sealed_size(container)),
        "Upload-Metadata": upload_metadata(channel=INSPECTORATE.encode()),
    }
    assert sqlite_room.client.post("/api/envelopes", headers=headers).status_code == 201


def text(value: bytes) -> str:
    return b64encode(value).decode()


CHANNEL = f"channel {text(INSPECTORATE.encode())}"
CASE = f"case {text(bytes(32))}"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (None, "channel_missing"),
        ("", "channel_missing"),
        ("channel", "channel_missing"),
        (f"channel {text(b'No Such')}", "channel_missing"),
        (f"channel {text(b'elsewhere')}", "channel_unknown"),
        (f"{CHANNEL},{CHANNEL}", "metadata_malformed"),
        ("channel ???", "metadata_malformed"),
        (f"channel {text(b'a')[:-1]}B", "metadata_malformed"),
        (f"{CHANNEL},{CASE}", "metadata_incomplete"),
        (f"{CHANNEL},{CASE},memo {text(bytes(59))},withdraw {text(bytes(32))}", "metadata_incomplete"),
        (f"{CHANNEL},filename {text(b'me.pdf')}", "metadata_unknown"),
        (f"{CHANNEL},filetype {text(b'application/pdf')}", "metadata_unknown"),
    ],
)
def test_metadata_is_read_strictly(sqlite_room: Room, metadata: str | None, expected: str) -> None:
    """What is incomplete, malformed or too talkative is refused whole: a file's name must not be sent."""
    before = sqlite_room.state()
    headers = BODY | {"Upload-Length": str(SMALL)}
    if metadata is not None:
        headers["Upload-Metadata"] = metadata
    answer = sqlite_room.client.post("/api/envelopes", headers=headers, data=make_envelope(sqlite_room.site))
    assert code(answer) == (400, expected)
    assert sqlite_room.state() == before


@pytest.mark.parametrize(
    ("headers", "data", "expected"),
    [
        ({"Upload-Offset": "1"}, b"a", (409, "offset_moved")),
        ({"Upload-Offset": "99"}, b"a", (409, "offset_moved")),
        ({"Upload-Offset": "-1"}, b"a", (400, "offset_missing")),
        ({}, b"a", (400, "offset_missing")),
        ({"Upload-Offset": "10", "Content-Type": "text/plain"}, b"a", (415, "content_type")),
        ({"Upload-Offset": "10"}, bytes(SMALL), (413, "too_large")),
    ],
)
def test_a_lie_about_the_offset_changes_nothing(
    room: Room, headers: dict[str, str], data: bytes, expected: tuple[int, str]
) -> None:
    """Bytes that do not follow what is there, or are too many, are not kept."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:10])
    before = room.state()
    assert code(room.client.patch(address, headers=BODY | headers, data=data)) == expected
    assert room.state() == before


def test_a_surplus_without_a_length_is_not_kept(room: Room) -> None:
    """A chunked body that goes on beyond the declared size never makes an envelope whole."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:10])
    before = room.state()
    answer = room.client.patch(
        address,
        headers={**BODY, "Upload-Offset": "10", "Transfer-Encoding": "chunked"},
        input_stream=BytesIO(sealed.envelope[10:] + b"!"),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert code(answer) == (413, "too_large")
    assert room.state() == before


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


class Overtaken(BytesIO):
    """A body during which somebody else is quicker."""

    def __init__(self, other: Callable[[], TestResponse]) -> None:
        super().__init__(age.seal_bytes(bytes(3_000), [identity().recipient()]))
        self._other = other

    def readinto(self, buffer: Any) -> int:
        assert self._other().status_code in {204, 409}
        return super().readinto(buffer)


def test_an_envelope_under_anothers_case_id_is_kept_and_changes_no_case(room: Room) -> None:
    """Whoever comes second may be anybody: memo and withdraw id of the case stay the first one's."""
    true = make_report_envelope(room.site)
    room.send(true)
    case = room.state()["cases"]
    other = replace(make_report_envelope(room.site, OUTSIDE), case_id=true.case_id)
    assert room.send(other).status_code == 201
    assert room.state()["cases"] == case
    assert len(room.state()["envelopes"]) == 2


@pytest.mark.parametrize("name", ["AAAA", "A" * 22, "é", "%00", "a" * 5_000])
def test_an_unknown_address_is_not_found(sqlite_room: Room, name: str) -> None:
    """No name leads to anything else than 404."""
    for method in ("PATCH", "DELETE"):
        headers = BODY | {"Upload-Offset": "0"}
        answer = sqlite_room.client.open(f"/api/envelopes/{name}", method=method, headers=headers)
        assert code(answer) == (404, "not_found")


def test_a_portal_without_keyring_takes_nothing(sqlite_room: Room) -> None:
    """Before the first keyring nobody could read what is sent."""
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM keyring")
    assert code(sqlite_room.send(make_report_envelope(sqlite_room.site))) == (503, "no_keyring")
    assert code(sqlite_room.client.get("/keyring.json")) == (404, "no_keyring")
