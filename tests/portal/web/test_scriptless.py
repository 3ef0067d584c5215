"""The portal without JavaScript: the forms for sealed files and slots (SPEC 7.7)."""

import base64
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from crypto import age
from portal.api import receiving
from portal.api import sealed_file as sealed_files
from portal.api.problems import Problem
from portal.api.quotas import SHARES
from portal.app import load_questionnaire
from portal.store.quotas import TEXT, Kind
from portal.store.schema import chunks, envelopes, scriptless
from portal.web import pages
from templates.catalogues import LANGUAGES
from tests.support.builders import make_envelope, make_report_envelope
from tests.support.portal_room import Room, filed
from tests.support.sealed_files import form, header, post, sealed_file


def page(room: Room, language: str, code: str) -> bytes:
    """Return the answer page for an error code."""
    return pages.answers(room.settings, load_questionnaire(room.settings))[language, code]


def whole(room: Room) -> bytes:
    return sealed_file(make_report_envelope(room.site))


def cut(size: int) -> Callable[[Room], bytes]:
    return lambda room: whole(room)[:size]


WRONG: dict[str, tuple[Callable[[Room], bytes | None], str]] = {
    "no file": (lambda _: None, "file_missing"),
    "an empty file": (lambda _: b"", "file_missing"),
    "plaintext": (lambda _: b"Dear inspectors, " * 5_000, "not_sealed"),
    "the age file alone": (lambda room: make_envelope(room.site), "not_sealed"),
    "plaintext behind a header": (lambda room: header() + bytes(len(make_envelope(room.site))), "not_sealed"),
    "only a header": (lambda _: header(), "wrong_size"),
    "half a header": (cut(171), "not_sealed"),
    "a header cut before its end": (cut(100), "not_sealed"),
    "one byte less": (lambda room: whole(room)[:-1], "wrong_size"),
    "one byte more": (lambda room: whole(room) + b"\0", "wrong_size"),
    "another version": (lambda room: whole(room).replace(b"fanal/1", b"fanal/2", 1), "not_sealed"),
    "a channel that is not there": (
        lambda room: header(b"nobody") + make_envelope(room.site),
        "channel_unknown",
    ),
    "a channel of another form": (lambda room: header(b"No\0body") + make_envelope(room.site), "refused"),
    "a case without memo": (
        lambda room: header(rest=b"c" * 32 + bytes(60) + b"w" * 32) + make_envelope(room.site),
        "refused",
    ),
    "a slot's size": (lambda room: header() + make_envelope(room.site, size=16_384), "wrong_size"),
    "too large": (lambda _: header() + bytes(sealed_files.LARGEST), "too_large"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WRONG)
def test_an_invalid_file_is_refused_and_not_stored(sqlite_room: Room, name: str, language: str) -> None:
    """The page that explains the refusal is in the language of the form."""
    make, code = WRONG[name]
    before = sqlite_room.state()
    status, said = post(sqlite_room, make(sqlite_room), language)
    assert (status >= 400, said) == (True, page(sqlite_room, language, code))
    assert sqlite_room.state() == before


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "null", "Sec_Fetch_Site": "same-origin"}, True),
        ({"Origin": "http://localhost", "Sec_Fetch_Site": "none"}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "https://localhost.elsewhere.example"}, False),
        ({"Origin": "file://"}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": "http://a@[b"}, False),
        ({"Origin": "null", "Sec_Fetch_Site": "cross-site"}, False),
        ({"Sec_Fetch_Site": "same-site"}, False),
    ],
)
def test_a_form_is_refused_if_the_browser_says_that_another_site_submits_it(
    sqlite_room: Room,
    headers: dict[str, str],
    taken: bool,  # noqa: FBT001
) -> None:
    """Our own pages may have the origin `null`, because they send no referrer."""
    before = sqlite_room.state()
    status, said = post(sqlite_room, whole(sqlite_room), **headers)
    assert (status, said) == (
        200 if taken else 403,
        page(sqlite_room, "en", "kept" if taken else "other_site"),
    )
    assert (sqlite_room.state() == before) is not taken


def test_a_report_without_javascript_is_stored_like_a_report_with_javascript(room: Room) -> None:
    """The envelope, the case and the memo are stored as usual.

    Neither the file's name nor the way it was sent is stored.
    """
    report = make_report_envelope(room.site, file=bytes(700_000))
    assert post(room, sealed_file(report), name="my-secret-name.bin") == (
        200,
        page(room, "en", "kept"),
    )
    with room.database.read() as connection:
        (row,) = connection.execute(select(envelopes)).all()
        rows = connection.execute(select(chunks).order_by(chunks.c.position)).all()
    assert b"".join(each.data for each in rows) == report.envelope
    assert max(len(each.data) for each in rows) <= receiving.PIECE
    assert (row.case_id, row.memo, row.withdraw_id) == (report.case_id, report.memo, report.withdraw_id)
    assert room.slot(report.keys.locator)[0] == 1
    state = room.state()
    assert "my-secret-name" not in repr(state)
    assert [len(row) for row in state[scriptless.name]] == [3], "the row has only a day and two sums"


def test_a_follow_up_or_unsigned_drop_opens_no_case(sqlite_room: Room) -> None:
    """The header of such a file has zeros after the channel, so the portal learns only the channel."""
    assert post(sqlite_room, header() + make_envelope(sqlite_room.site))[0] == 200
    with sqlite_room.database.read() as connection:
        (row,) = connection.execute(select(envelopes)).all()
    assert (row.case_id, row.memo, row.withdraw_id) == (None, None, None)


def test_the_largest_file_is_accepted(sqlite_room: Room) -> None:
    """A container of 16 MiB fits into the daily share."""
    content = header() + make_envelope(sqlite_room.site, size=16 << 20)
    assert len(content) == sealed_files.LARGEST
    assert post(sqlite_room, content)[0] == 200


def test_without_javascript_only_a_hundredth_of_the_room_may_be_used_each_day(sqlite_room: Room) -> None:
    """Reports with JavaScript are still accepted.

    The next day, reports without JavaScript are accepted again.
    """
    sqlite_room.configure(capacity_gb=TEXT * 150 / 10**9)
    assert post(sqlite_room, whole(sqlite_room))[0] == 200
    before = sqlite_room.state()
    assert post(sqlite_room, whole(sqlite_room)) == (507, page(sqlite_room, "en", "quota_full"))
    assert sqlite_room.state() == before
    filed(sqlite_room)
    sqlite_room.wait(1)
    assert post(sqlite_room, whole(sqlite_room))[0] == 200


def test_a_flood_of_reports_with_javascript_does_not_block_reports_without_javascript(
    sqlite_room: Room,
) -> None:
    sqlite_room.configure(capacity_gb=1.1 * TEXT / SHARES[Kind.REPORT] / 10**9, upload_days=1)
    filed(sqlite_room)
    filed(sqlite_room)
    assert sqlite_room.send(make_report_envelope(sqlite_room.site)).status_code == 507
    sqlite_room.configure(capacity_gb=TEXT * 110 / 10**9)
    assert post(sqlite_room, whole(sqlite_room))[0] == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slot_is_returned_for_a_locator_that_is_typed_or_uploaded(sqlite_room: Room, language: str) -> None:
    """The download has the bytes of `/api/slot`. Capitals and spaces do not matter."""
    report = filed(sqlite_room)
    text = base64.b32encode(report.keys.locator).decode().rstrip("=")
    grouped = " ".join(text[at : at + 4] for at in range(0, 52, 4))
    for typed in (text, grouped, f" {grouped.lower()}\r\n"):
        for data in ({"locator": typed}, {"file": (BytesIO(typed.encode()), "locator.txt")}):
            answer = sqlite_room.client.post(f"/{language}/slot", data=data)
            assert (answer.status_code, answer.content_type) == (200, "application/octet-stream")
            assert answer.headers["Content-Disposition"] == 'attachment; filename="slot.bin"'
            assert len(answer.data) == 18_108
            assert answer.data[:65] == sqlite_room.slot(report.keys.locator)[:65]
    unknown = sqlite_room.client.post(f"/{language}/slot", data={"locator": "A" * 52})
    assert (unknown.status_code, len(unknown.data), unknown.data[0]) == (200, 18_108, 0)


@pytest.mark.parametrize("typed", ["", "A" * 51, "A" * 53, "A" * 51 + "B", "1" * 52, "é" * 52, "A" * 70_000])
def test_an_invalid_locator_is_answered_with_a_page(sqlite_room: Room, typed: str) -> None:
    """The locator has a wrong length, wrong letters or wrong unused bits. Nothing is looked up."""
    answer = sqlite_room.client.post("/fr/slot", data={"locator": typed})
    code = "too_large" if len(typed) > 65_536 else "locator_wrong"
    assert (answer.status_code >= 400, answer.data) == (True, page(sqlite_room, "fr", code))
    foreign = sqlite_room.client.post(
        "/fr/slot", data={"locator": "A" * 52}, headers={"Origin": "https://x.example"}
    )
    assert (foreign.status_code, foreign.data) == (403, page(sqlite_room, "fr", "other_site"))


def test_neither_valid_nor_invalid_forms_create_temporary_files(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted files could be recovered later.

    The control: without our code, the library creates a temporary file.
    """

    def no_file(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_file)
    report = make_report_envelope(sqlite_room.site, file=bytes(700_000))
    content = sealed_file(report)
    with pytest.raises(AssertionError, match="a temporary file"):
        Request(EnvironBuilder(method="POST", **form(content)).get_environ()).files  # noqa: B018 - the control
    assert sqlite_room.client.post("/en/sealed", **form(content)).status_code == 200
    assert sqlite_room.client.post("/en/sealed", data=content).status_code == 400
    assert sqlite_room.client.post("/en/sealed", json={"sealed": "x"}).status_code == 400
    many = {"sealed": [(BytesIO(b"x"), str(each)) for each in range(9)]}
    assert sqlite_room.client.post("/en/sealed", data=many).status_code == 413
    assert sqlite_room.client.get("/en/slot").status_code == 404


def test_an_interrupted_upload_without_javascript_leaves_nothing_behind(sqlite_room: Room) -> None:
    """Nobody could continue such an upload."""
    before = sqlite_room.state()

    sent = form(whole(sqlite_room))
    answer = sqlite_room.client.post(
        "/fr/sealed",
        content_type=sent["content_type"],
        input_stream=BytesIO(sent["data"][:50_000]),
        environ_overrides={"CONTENT_LENGTH": str(len(sent["data"]))},
    )
    assert (answer.status_code, answer.data) == (400, page(sqlite_room, "fr", "broken_off"))
    assert sqlite_room.state() == before


def test_an_upload_without_javascript_leaves_nothing_behind_if_the_database_fails(
    sqlite_room: Room,
) -> None:
    """Nobody could continue the upload, because nobody has its address.

    With JavaScript, the page finds its upload again by the header.
    """
    report = make_report_envelope(sqlite_room.site, file=bytes(700_000))
    assert len(report.envelope) > 2 * receiving.PIECE
    before = sqlite_room.state()
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON chunks WHEN NEW.position > 0 "
            "BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    assert post(sqlite_room, sealed_file(report))[0] == 500
    assert sqlite_room.state() == before
    assert sqlite_room.send(report).status_code == 500
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert post(sqlite_room, sealed_file(report))[0] == 200
    again = sqlite_room.send(report)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(receiving.PIECE))
    rest = report.envelope[receiving.PIECE :]
    assert sqlite_room.patch(again.headers["Location"], receiving.PIECE, rest).status_code == 204


def test_the_sizes_of_a_sealed_file_are_those_of_the_specification() -> None:
    """The header has 172 bytes, and the container at most 16 MiB."""
    assert (sealed_files.HEADER, len(header())) == (172, 172)
    assert sealed_files.LARGEST == 172 + age.sealed_size(16_777_216) == 16_783_127
    with pytest.raises(Problem, match="wrong_size"):
        sealed_files.parse(header())
