"""The registers that the law requires, one at a time, and the opinions of staff bodies."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.desk import forms, rendering
from inbox.desk.done import Done
from inbox.desk.forms import choice, line, required_day
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, seat
from inbox.registers import consultations, registers
from inbox.registers.consultations import LONGEST, Said
from inbox.registers.registers import Form
from inbox.registers.rows import Register, Wanted, said
from inbox.system import apart

pages = Blueprint("registers", __name__, url_prefix="/office/register")


@pages.get("")
@pages.get("/<name>")
@pages.get("/<name>/<int:year>")
def show(name: str = Register.ALERTS, year: int | None = None) -> ResponseReturnValue:
    """Show a register, complete or for one year, with links to the other registers."""
    found = registers.read(here().inbox, actor(), Wanted(_named(name), year))
    shown = {"found": found, "wanted": found.wanted, "offered": papers.offered()}
    return rendering.page("office/register.html", **shown, in_words=said, longest=LONGEST)


@pages.post("/<name>")
def export(name: str) -> ResponseReturnValue:
    """Write a register, complete or for one year, to the given folder."""
    register, form = _named(name), choice("form", Form)
    year = forms.number("year", LARGEST) if request.form.get("year") else None
    who, language = actor(), rendering.language()
    of = "" if year is None else f"-{year}"
    out = papers.folder() / f"{apart.REGISTER}-{register}{of}-{who.today}.{form}"
    registers.export(here().inbox, who, Wanted(register, year), out, language)
    return _done(register, Done.REGISTER_WRITTEN)


@pages.post("/consultations/record")
def record() -> ResponseReturnValue:
    """Record the opinion of a staff body or the data protection officer."""
    given = Said(line("consulted"), line("subject"), line("opinion"), line("reference"))
    consultations.record(here().inbox, actor(), required_day("day"), given)
    return _done(Register.CONSULTATIONS, Done.CONSULTATION_RECORDED)


@pages.post("/consultations/retract")
def retract() -> ResponseReturnValue:
    """Retract the texts of a consultation that was recorded by mistake."""
    number = forms.number("consultation", LARGEST)
    consultations.retract(here().inbox, actor(), number, line("reason"))
    return _done(Register.CONSULTATIONS, Done.CONSULTATION_RETRACTED)


def _named(name: str) -> Register:
    if name not in list(Register):
        abort(HTTPStatus.NOT_FOUND)
    return Register(name)


def _done(register: Register, what: Done) -> ResponseReturnValue:
    seat().say(what)
    return redirect(url_for("registers.show", name=register.value), HTTPStatus.SEE_OTHER)
