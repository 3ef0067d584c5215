"""Files for the form without JavaScript (SPEC 7.7)."""

from typing import Any

from tests.support.builders import INSPECTORATE, Sealed
from tests.support.portal_room import Room

Answer = tuple[int, bytes]


def header(channel: bytes = INSPECTORATE.encode(), rest: bytes = bytes(124)) -> bytes:
    """Return the 172 public bytes of a follow-up or an unsigned report.

    If ``rest`` is given, return those of a first report.
    """
    return b"fanal/1/sealed\0\0" + channel.ljust(32, b"\0") + rest


def sealed_file(report: Sealed) -> bytes:
    """Return the file of a first report."""
    rest = report.case_id + report.memo + report.withdraw_id
    return header(report.channel.encode(), rest) + report.envelope


def form(content: bytes, name: str = "x", field: str = "sealed") -> dict[str, Any]:
    """Return a body with one file, as browsers make it, and the type of the body, for a test client."""
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--b--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


def post(room: Room, content: bytes | None, language: str = "en", name: str = "x", **headers: str) -> Answer:
    """Send a file with the form. Without ``content``, send no file. Return the status and the page."""
    sent = form(content, name) if content is not None else form(b"", "")
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    answer = room.client.post(f"/{language}/sealed", headers=named, **sent)
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, answer.data
