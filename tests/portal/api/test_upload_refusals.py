"""Refused uploads: each gets its error code and leaves nothing behind."""

from base64 import b64encode
from dataclasses import replace
from io import BytesIO

import pytest

from crypto import age, padding
from crypto.recipients import HybridIdentity, ScryptRecipient, X25519Identity
from tests.support.builders import INSPECTORATE, make_envelope, make_report_envelope, upload_metadata
from tests.support.portal_room import BODY, TUS, Room, code
from tests.support.work import unsent, work

SMALL = age.sealed_size(padding.SMALLEST)


@pytest.mark.parametrize("headers", [{}, {"Tus-Resumable": "0.2.2"}])
def test_another_version_of_tus_is_refused(sqlite_room: Room, headers: dict[str, str]) -> None:
    """The portal checks the version first. The answer names the supported version."""
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
def test_an_upload_that_is_not_sealed_to_one_hybrid_recipient_is_refused(
    room: Room, form: str, steps: tuple[int, ...]
) -> None:
    """The header is checked once it is complete. A refused upload is deleted as a whole."""
    before = room.state()
    content = FORMS[form]()
    sealed = replace(make_report_envelope(room.site), envelope=content)
    address, offset = room.begin(sealed), 0
    answers = []
    for step in steps:
        answers.append(room.patch(address, offset, content[offset : offset + step]))
        offset += step
    assert code(answers[-1]) == (400, "not_sealed")
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
def test_a_size_that_no_container_can_have_is_refused(
    sqlite_room: Room, length: str | None, expected: tuple[int, str]
) -> None:
    """Only the sizes of SPEC 4.2 are accepted."""
    before = sqlite_room.state()
    headers = TUS | ({} if length is None else {"Upload-Length": length})
    assert code(sqlite_room.client.post("/api/envelopes", headers=headers)) == expected
    assert sqlite_room.state() == before


@pytest.mark.parametrize("container", [65_536, 67_584, 1_048_576, padding.LARGEST])
def test_every_container_size_up_to_1_gib_is_accepted(sqlite_room: Room, container: int) -> None:
    """The upload is only announced, without any bytes."""
    headers = TUS | {
        "Upload-Length": str(age.sealed_size(container)),
        "Upload-Metadata": upload_metadata(channel=INSPECTORATE.encode()),
        **work(sqlite_room.site, unsent(age.sealed_size(container))),
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
def test_invalid_metadata_is_refused(sqlite_room: Room, metadata: str | None, expected: str) -> None:
    """Unknown members are invalid, too, because clients must not send a file name."""
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
def test_a_wrong_offset_changes_nothing(
    room: Room, headers: dict[str, str], data: bytes, expected: tuple[int, str]
) -> None:
    """Bytes at another offset, or beyond the declared size, are not stored."""
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:10])
    before = room.state()
    assert code(room.client.patch(address, headers=BODY | headers, data=data)) == expected
    assert room.state() == before


def test_a_chunked_body_beyond_the_declared_size_is_not_stored(room: Room) -> None:
    """A body that is too long does not complete the envelope either."""
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


@pytest.mark.parametrize("name", ["AAAA", "A" * 22, "é", "%00", "a" * 5_000])
def test_an_unknown_upload_is_not_found(sqlite_room: Room, name: str) -> None:
    for method in ("PATCH", "DELETE"):
        headers = BODY | {"Upload-Offset": "0"}
        answer = sqlite_room.client.open(f"/api/envelopes/{name}", method=method, headers=headers)
        assert code(answer) == (404, "not_found")


def test_a_portal_without_a_keyring_accepts_no_uploads(sqlite_room: Room) -> None:
    """Before the first keyring, nobody could open an envelope."""
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM keyring")
    assert code(sqlite_room.send(make_report_envelope(sqlite_room.site))) == (503, "no_keyring")
    assert code(sqlite_room.client.get("/keyring.json")) == (404, "no_keyring")
