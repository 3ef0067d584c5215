"""Malformed forms, and forms that are expensive to parse, are refused quickly. Nothing is stored."""

import time

import pytest

from tests.support.bad_forms import FORMS, TYPE
from tests.support.portal_room import Room

FIELDS = "application/x-www-form-urlencoded"
SENT = {
    **{name: ("sealed", TYPE, body) for name, body in FORMS.items()},
    "many fields": ("slot", FIELDS, b"&".join(b"a%d=%%41" % n for n in range(8_000))[:64_000]),
    "a locator of 60,000 letters": ("slot", FIELDS, b"locator=" + b"A+" * 30_000),
    "fields in a coding nobody knows": ("slot", f"{FIELDS}; charset=nobody", b"locator=abc"),
    "a boundary in pieces": ("sealed", "multipart/form-data; boundary*0=a; boundary*=utf-8''b", b"--a--\r\n"),
    "an empty boundary": ("sealed", "multipart/form-data; boundary=", b"--\r\n\r\n--"),
    "a type in pieces": ("slot", "multipart/form-data" + ";a*0=b" * 600, b"x"),
    "a type that does not end": ("slot", "multipart/form-data;" + 'a="\\' * 900, b"x"),
    "a type of semicolons": ("slot", "x;" * 1_900, b"x"),
}


@pytest.mark.parametrize("name", SENT)
def test_a_form_that_no_browser_would_send_is_refused_quickly(same_room: Room, name: str) -> None:
    """The answer is a page. Parsing 1 MiB takes less than a second of CPU time."""
    form, kind, body = SENT[name]
    before, begun = same_room.state(), time.process_time()
    answer = same_room.client.post(f"/en/{form}", data=body, content_type=kind)
    assert time.process_time() - begun < 1
    assert answer.status_code in ({400, 413} if form == "sealed" else {200, 400})
    assert answer.content_type == "text/html; charset=utf-8"
    assert same_room.state() == before
