"""A refused form is shown again on its own page, which shows only what the officer may read."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete

from inbox.desk.fields import filling, markup
from inbox.desk.fields.again import LED_FROM
from inbox.desk.fields.declaring import FIELD
from inbox.vault.casework_tables import Declaration
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office

pytestmark = pytest.mark.copy_of("founded_three")

SECRET = "zebra"


@contextmanager
def desk_of(office: Office) -> Iterator[tuple[Client, Client]]:
    """Yield the browsers of alice and bruno at one desk."""
    with sitting(office) as alice:
        yield alice, Client(alice.desk, alice.app, "bruno")


def of_page(client: Client, path: str, lacks: str = "nowhere") -> dict[str, str]:
    """Return form fields that name the form's own page, and leave a required field empty."""
    needs = [[lacks, "text", True, None, None]]
    return {FIELD: json.dumps([f"{client.desk.place}{path}", "GET", 0, needs, []])}


def test_an_officer_who_may_not_read_a_page_does_not_see_it_after_a_refused_form(one_case: Office) -> None:
    """Access ends when the officer is excluded or the session ends.

    The control is an officer who may read the page.
    """
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


def test_a_refused_form_never_shows_an_undeclared_case_and_after_locking_it_shows_no_case(
    one_case: Office,
) -> None:
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


def test_showing_a_case_in_a_refused_form_is_journalled_as_reading_the_case(one_case: Office) -> None:
    """Reading is journalled once per session, as when the page itself is opened."""

    def readers() -> list[str]:
        found = one_case.json("journal", "list", "--case", "1", "--action", "show")["entries"]
        return [name for each in found for name in each["officers"]]

    with desk_of(one_case) as (_, bruno):
        for _ in range(2):
            assert SECRET in bruno.send("/en/access", **of_page(bruno, "/en/case/1")).text
    assert readers() == ["bruno"]


def test_a_stale_form_first_shows_what_other_officers_did_and_then_names_missing_fields(
    one_case: Office,
) -> None:
    """The page that shows the form again marks these actions as seen by the officer."""
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


def test_a_refused_form_does_not_repeat_passphrases_or_files_or_hidden_fields() -> None:
    page = "".join(
        f'<label>{kind}<input type="{kind}" name="{kind}" value=""></label>'
        for kind in ("password", "file", "hidden", "text")
    )
    page = f'<main><form method="post" action="/x">{page}</form></main>'
    (form,) = markup.read(page)
    given = {kind: [f"given {kind}"] for kind in ("password", "file", "hidden", "text")}
    again = filling.filled(page, form, filling.Refusal(given, {"password": "this field is required"}, "", ""))
    assert re.findall(r"given \w+", again) == ["given text"]


def undeclared(client: Client) -> None:
    """Delete the declarations of this client's officer."""
    with client.desk.inbox.vault.transaction() as session:
        session.execute(delete(Declaration).filter_by(officer=client.seat.officer))


def form_of(page: str, path: str) -> markup.Form:
    return next(each for each in markup.read(page) if any(way.endswith(path) for way in each.ways))


def filled_in(page: str, path: str) -> dict[str, set[str]]:
    """Find the form with this target path on a page; return what is filled in, ticked and chosen there."""
    found: dict[str, set[str]] = {}
    for each in form_of(page, path).controls:
        own = each.tag.attributes
        if each.tag.name == "select":
            values = {
                option.attributes["value"] for option in each.options if "selected" in option.attributes
            }
        elif each.kind in markup.TICKED:
            values = {own.get("value", "on")} if "checked" in own else set()
        else:
            values = {own.get("value", "")}
        found.setdefault(each.name, set()).update(values - {""})
    return found


def test_a_form_for_several_cases_stays_filled_in_while_the_officer_declares_a_case(one_case: Office) -> None:
    """Nothing is done until the officer sends the form again, and the passphrase is not filled in."""
    with desk_of(one_case) as (_, bruno):
        undeclared(bruno)
        hidden = form_of(bruno.page("/en/queue/1"), "/many/assign").hidden()
        typed = {"case": "1", "officer": "chloe", "reason": 'a "<b>"', "passphrase-bruno": "four words typed"}
        asked = bruno.send("/en/many/assign", **hidden | typed).text
        assert ("Nothing was done" in asked, "four words" in asked) == (True, False)
        came = bruno.send("/en/case/1/declare", **form_of(asked, "/case/1/declare").hidden())
        assert (200, True) == (came.status_code, "Nothing else was done yet" in came.text)
        assert "chloe" not in re.sub(r"<select.*?</select>", "", came.text, flags=re.DOTALL)
        found = filled_in(came.text, "/many/assign")
        assert ({"1"}, {"chloe"}, {'a "<b>"'}) == (found["case"], found["officer"], found["reason"])
        again = form_of(came.text, "/many/assign").hidden()
        assert 303 == bruno.send("/en/many/assign", **again | typed).status_code
        assert "chloe" in bruno.page("/en/queue/1")
        undeclared(bruno)
        asked = bruno.send("/en/many/assign", **hidden | typed).text
        waiting = form_of(asked, "/case/1/declare").hidden()
        many = bruno.send("/en/many/declare", **waiting | {"case": "1"}).text
        assert {"1"} == filled_in(many, "/many/assign")["case"]


def test_declaring_a_case_leads_to_the_page_that_the_officer_asked_for(one_case: Office) -> None:
    with desk_of(one_case) as (_, bruno):
        for path in ("/en/case/1/timeline", "/en/case/1/work"):
            undeclared(bruno)
            hidden = form_of(bruno.page(path), "/case/1/declare").hidden()
            came = bruno.send("/en/case/1/declare", **hidden)
            assert (303, f"{bruno.desk.place}{path}") == (came.status_code, came.location)
            assert "I declare no conflict of interest" not in bruno.page(path)


@pytest.mark.parametrize(
    "way",
    [
        '["https://example.org/", "", []]',
        '["//example.org/en/queue", "", []]',
        '["{place}/fr/case/1/timeline", "", []]',
        '["{place}/en/case/1/note", "", []]',
        '["{place}/en/many/assign", "[\\"//example.org/\\", \\"GET\\", 0, [], []]", [["case", "1"]]]',
        '["{place}/en/many/assign", "[\\"{place}/en/access\\", \\"GET\\", 0, [], []]", [["case", "1"]]]',
        '["{place}/en/many/assign", "[]", 7]',
        '["{place}/en/queue/1", "", [["case"]]]',
        "[" * 100_000,
        "7",
        "",
    ],
)
def test_if_the_destination_is_forged_declaring_leads_to_the_case(one_case: Office, way: str) -> None:
    """The test above is the control."""
    with desk_of(one_case) as (_, bruno):
        undeclared(bruno)
        came = bruno.send("/en/case/1/declare", **{LED_FROM: way.replace("{place}", bruno.desk.place)})
        assert (303, f"{bruno.desk.place}/en/case/1") == (came.status_code, came.location)


def test_declaring_a_case_does_not_lead_to_a_page_that_the_officer_may_not_read(
    one_case: Office,
) -> None:
    with desk_of(one_case) as (alice, bruno):
        page = json.dumps([f"{alice.desk.place}/en/case/1/readers", "GET", 0, [], []])
        forged = {LED_FROM: json.dumps([f"{alice.desk.place}/en/case/1/note", page, []])}
        assert alice.send("/en/case/1/readers/exclude", officer="bruno", reason="kin").status_code == 303
        came = bruno.send("/en/many/declare", case="1", **forged)
        assert (409, False) == (came.status_code, SECRET in came.text)
