"""A form that arrives while a session ends or while the inbox locks is stored completely or not at all.

Anything that the desk has confirmed remains stored. If the form was not confirmed, the page says whether
anything was stored.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from inbox.access import conflicts
from inbox.casework import unfinished
from inbox.casework.unfinished import Form
from inbox.desk import locked, opening, serving
from inbox.desk.state import HOST, Desk
from inbox.system import idle_timeout
from inbox.system.idle_timeout import Inactive
from inbox.vault.casework_tables import DayOff
from inbox.vault.tables import Case, JournalEntry
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office, today

pytestmark = pytest.mark.copy_of("founded_three")

WORDS = "Vu au quai 7, vers midi"
REPORT = {"once": "one", "route": "letter", "language": "fr", "received": today().isoformat()}
REPORT |= {"q-what": WORDS, "q-coi": "no"}
DAY_OFF = {"first": "2027-01-04", "note": WORDS}
FORMS: dict[str, dict[str, str]] = {"/en/enter": REPORT, "/en/office/days-off": DAY_OFF}


def request(client: Client, path: str, form: Mapping[str, str]) -> bytes:
    """Return the bytes of the request that the officer's browser sends."""
    body = urlencode({"csrf_token": client.token()} | dict(form))
    cookie = client.raw.get_cookie("desk", HOST, client.desk.place)
    assert cookie
    lines = [
        f"POST {client.desk.place}{path} HTTP/1.1",
        f"Host: {client.desk.host}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Cookie: desk={cookie.value}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


@contextmanager
def half_sent(client: Client, sent: bytes) -> Iterator[tuple[serving.Server, socket.socket]]:
    """Yield a desk that has received part of this request, and the connection that sends the rest."""
    with (
        serving.listen(0) as listener,
        serving.serving(listener, client.app) as server,
        socket.create_connection((HOST, serving.port_of(listener)), timeout=30) as connection,
    ):
        connection.sendall(sent[: -len(sent) // 3])
        yield server, connection


def everything(connection: socket.socket) -> str:
    """Return everything received until the other end closes the connection."""
    found = b""
    with suppress(ConnectionError):
        while piece := connection.recv(1 << 16):
            found += piece
    return found.decode()


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_is_being_sent_while_the_session_ends_is_shown_again_and_not_processed(
    office: Office, path: str
) -> None:
    """An earlier draft is still there at the next sign-in. The control is a session that does not end."""
    for ends in (True, False):
        with sitting(office) as client:
            before = counted(client)
            unfinished.keep(client.desk.inbox, client.seat.actor(), Form.REPORT, None, (("q-what", WORDS),))
            sent = request(client, path, FORMS[path])
            with half_sent(client, sent) as (server, connection):
                if ends:
                    client.seat.active -= 3600
                connection.sendall(sent[-len(sent) // 3 :])
                server.answer()
                answered = everything(connection)
            assert (ends, ends) == ("401" in answered[:20], "Nothing was changed" in answered)
            assert (ends, True) == ("It is not kept" in answered, WORDS in answered or not ends)
            assert ends == (before == counted(client))
            kept = unfinished.of(client.desk.inbox, Client(client.desk, client.app).seat.actor(), None)
            assert (path == "/en/enter" and not ends) == (kept == {})


def counted(client: Client) -> list[int | None]:
    """Return the numbers of journal entries, of cases, and of days off."""
    with client.desk.inbox.transaction() as session:
        kinds = (JournalEntry, Case, DayOff)
        return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


@pytest.mark.parametrize("kind", ["a form", "a share"])
def test_a_form_that_arrives_while_the_inbox_locks_is_not_stored(
    office: Office, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No response confirms the form.

    The page of the locked desk tells officers to check before they send the form again.
    """
    before, answered, is_sent = office.state(), list[str](), threading.Event()

    def send_half(port: int) -> None:
        with socket.create_connection((HOST, port), timeout=30) as connection:
            connection.sendall(half)
            is_sent.set()
            answered.append(everything(connection))

    def end_in(_: float) -> None:
        """Lock the desk as the system's alarm signal would, without ending this process."""
        if is_sent.is_set():
            raise Inactive

    with office.unlocked() as opened, serving.listen(0) as listener:
        desk = Desk(opened, 8090, None)
        client = Client(desk)
        sent = request(client, "/en/enter", REPORT) if kind == "a form" else share_sent(client, office)
        half = sent[: len(sent) * 2 // 3]
        sending = threading.Thread(target=send_half, args=(serving.port_of(listener),))
        monkeypatch.setattr(idle_timeout, "end_in", end_in)
        monkeypatch.setattr(opening, "_TICK_SECONDS", 0.3)
        with pytest.raises(Inactive):
            opening.hold(desk, listener, lambda _: sending.start())
        sending.join()
    assert [""] == answered
    assert before == office.state()
    for said in ("check whether it is there", "vérifiez"):
        assert said in locked._page()


def share_sent(client: Client, office: Office) -> bytes:
    """Return the bytes of the request of an officer who signs in with a share file."""
    client.desk.seats.sign_out(client.seat)
    file = office.share_of("chloe").read_bytes()
    head = request(client, "/en/sign-in", {}).partition(b"\r\n\r\n")[0]
    part = b'--x\r\nContent-Disposition: form-data; name="share"; filename="s"\r\n\r\n%s\r\n--x--\r\n' % file
    lines = [each for each in head.split(b"\r\n") if not each.startswith(b"Content-")]
    lines += [b"Content-Type: multipart/form-data; boundary=x", b"Content-Length: %d" % len(part)]
    return b"\r\n".join([*lines, b"", part])


def test_a_desk_that_locks_while_it_files_a_report_keeps_only_the_draft_of_the_report(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No case, file or journal entry remains. When the form is sent again, it creates one case."""
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "lettre.pdf").write_bytes(b"%PDF-1.4")
    form = REPORT | {"file": "lettre.pdf"}
    before = office.state()

    def lock(*_: Any) -> None:
        raise Inactive

    with monkeypatch.context() as patched, sitting(office, stick) as client:
        patched.setattr(conflicts, "keep", lock)
        with pytest.raises(Inactive):
            client.send("/en/enter", **form)
    after = office.state()
    assert {"unfinished"} == {name for name in before if before[name] != after[name]}
    with sitting(office, stick) as client:
        assert f"{WORDS}</textarea>" in client.page("/en/enter")
        assert "Case 1: entered" in client.send("/en/enter", **form).text
        assert 409 == client.send("/en/enter", **form).status_code
    assert 1 == len(office.json("case", "list")["cases"])
