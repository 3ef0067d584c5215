"""A form that is refused is shown again on its page: nobody sees more by that than by asking for the page."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete

from inbox.desk.fields import filling, markup
from inbox.desk.fields.declaring import FIELD
from inbox.vault.casework_tables import Declaration
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office

pytestmark = pytest.mark.copy_of("founded_three")

SECRET = "zebra"


@contextmanager
def desk_of(office: Office) -> Iterator[tuple[Client, Client]]:
    """Give the browsers of alice and bruno at one desk."""
    with sitting(office) as alice:
        yield alice, Client(alice.desk, alice.app, "bruno")


def of_page(client: Client, path: str, lacks: str = "nowhere") -> dict[str, str]:
    """Return the field of a form which says that it is on a page, and has to be given something."""
    needs = [[lacks, "text", True, None, None]]
    return {FIELD: json.dumps([f"{client.desk.place}{path}", "GET", 0, needs, []])}


def test_a_form_brings_nobody_to_a_page_that_is_kept_from_them(one_case: Office) -> None:
    """Neither who is excluded nor whose session has ended; the control is an officer who may read it."""
    with desk_of(one_case) as (alice, bruno):
        assert alice.send("/en/case/1/readers/exclude", officer="bruno", reason="kin").status_code == 303
        forged = of_page(alice, "/en/case/1")
        assert SECRET in alice.send("/en/access", **forged).text
        assert bruno.ask("/en/case/1").status_code != 200
        for path in ("/en/access", "/en/case/1/note"):
            came = bruno.send(path, **forged)
            assert (422, False) == (came.status_code, SECRET in came.text), path
        alice.desk.seats.sign_out(alice.seat)
        ended = alice.send("/en/access", **forged)
        assert (401, False) == (ended.status_code, SECRET in ended.text)
        typed = forged | {"officer": "nobody", "passphrase": "a guess"}
        at_the_door = alice.send("/en/sign-in", **typed)
        assert (401, False) == (at_the_door.status_code, SECRET in at_the_door.text)


def test_a_form_brings_nobody_to_a_case_before_they_declare_or_after_it_is_locked(one_case: Office) -> None:
    with desk_of(one_case) as (alice, bruno):
        forged = of_page(alice, "/en/case/1")
        with alice.desk.inbox.vault.transaction() as session:
            session.execute(delete(Declaration).filter_by(officer="bruno"))
        assert SECRET not in bruno.page("/en/case/1")
        came = bruno.send("/en/access", **forged)
        assert (422, False) == (came.status_code, SECRET in came.text)
        alice.desk.lock()
        locked = alice.send("/en/access", **forged)
        assert (422, False) == (locked.status_code, SECRET in locked.text)


def test_a_reading_by_a_refused_form_stands_in_the_journal_as_any_other(one_case: Office) -> None:
    """Once for a session, however the page is come by."""

    def readers() -> list[str]:
        found = one_case.json("journal", "print", "--case", "1", "--action", "show")["entries"]
        return [name for each in found for name in each["officers"]]

    with desk_of(one_case) as (_, bruno):
        for _ in range(2):
            assert SECRET in bruno.send("/en/access", **of_page(bruno, "/en/case/1")).text
    assert readers() == ["bruno"]


def test_a_stale_form_shows_what_others_did_before_what_it_lacks(one_case: Office) -> None:
    """The form that is shown again begins where its officer has seen all of it."""
    with desk_of(one_case) as (alice, bruno):
        seen = re.findall(r'name="as_of" value="(\d+)"', alice.page("/en/case/1/work"))[0]
        assert bruno.send("/en/case/1/assess", officer="bruno").status_code == 303
        form = {"as_of": seen, "addressee": "Brest"} | of_page(alice, "/en/case/1/work", "reason")
        met = alice.send("/en/case/1/decide", **form)
        assert (409, True) == (met.status_code, "<strong>assigned</strong>" in met.text)
        assert 'value="Brest"' in met.text
        (own,) = re.findall(rf'name="{FIELD}" value="([^"]+&quot;reason&quot;[^"]+)"', met.text)
        assert own.count("/case/1/work") == 1
        form["as_of"] = re.findall(r'name="as_of" value="(\d+)"', met.text)[0]
        lacking = alice.send("/en/case/1/decide", **form)
        assert (422, False) == (lacking.status_code, "<strong>assigned</strong>" in lacking.text)


def test_no_passphrase_and_no_file_is_put_back() -> None:
    """Nor anything that the page itself says with a form."""
    page = "".join(
        f'<label>{kind}<input type="{kind}" name="{kind}" value=""></label>'
        for kind in ("password", "file", "hidden", "text")
    )
    page = f'<main><form method="post" action="/x">{page}</form></main>'
    (form,) = markup.read(page)
    given = {kind: [f"given {kind}"] for kind in ("password", "file", "hidden", "text")}
    again = filling.filled(page, form, filling.Refusal(given, {"password": "fill this in"}, "", ""))
    assert re.findall(r"given \w+", again) == ["given text"]
