"""Return a page with a form as it was sent: with its input, and a message at each wrong field."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from inbox.desk.fields.markup import TICKED, Control, Form, Tag, attribute

_MAIN = re.compile(r"<main\b[^>]*>")
_TITLE = re.compile(r"<title>")


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf'\s{name}(?:="[^"]*")?(?=[\s>])')


_TICKED, _SELECTED = _pattern("checked"), _pattern("selected")
_VALUE, _DESCRIBED = _pattern("value"), _pattern("aria-describedby")


@dataclass(slots=True)
class Edits:
    """Replacements in a page, by position."""

    page: str
    _made: list[tuple[int, int, str]] = field(default_factory=list)

    def put(self, start: int, end: int, text: str) -> None:
        """Replace a section of the page with a text."""
        self._made.append((start, end, text))

    def done(self) -> str:
        """Return the page with all replacements."""
        pieces, last = [], 0
        for start, end, text in sorted(self._made, key=lambda each: each[:2]):
            pieces += [self.page[last:start], text]
            last = end
        return "".join((*pieces, self.page[last:]))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a field: the field's ``label``, and the ``id`` of its element ("" without an id)."""

    label: str
    said: str
    id: str = ""


def found(form: Form, said: Mapping[str, str]) -> list[Mistake]:
    """Return the mistakes of a form in the order of its fields. Unknown names are ignored."""
    controls = [(each, text) for name, text in said.items() if (each := form.named(name)) is not None]
    controls.sort(key=lambda each: each[0].tag.start)
    return [Mistake(_called(each), text, identity(each)) for each, text in controls]


def _called(control: Control) -> str:
    legend = control.legend if control.kind == "radio" else ""
    return legend or control.label or control.legend


def identity(control: Control) -> str:
    """Return the id of a field: its own id, or else the id that ``filled`` gives it."""
    return control.tag.attributes.get("id") or f"field-{control.name}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sent form: the ``given`` values, and the messages ``said`` at its fields, both keyed by field name.

    ``summary`` is HTML for the top of the page. ``title`` is put before the title of the page.
    """

    given: Mapping[str, Sequence[str]]
    said: Mapping[str, str]
    summary: str
    title: str


def filled(page: str, form: Form, refusal: Refusal) -> str:
    """Return a page with the form as it was sent and with the refusal. Closed elements are opened."""
    edits, opened = Edits(page), set[int]()
    left = defaultdict(list, {name: list(values) for name, values in refusal.given.items()})
    wrong = set(refusal.said)
    for control in form.controls:
        at = control.name if control.name in wrong else ""
        wrong.discard(at)
        if control.is_filled:
            _fill(edits, control, left[control.name], refusal.said.get(at, ""))
    for tag in _shut(form):
        if tag.start not in opened and "open" not in tag.attributes:
            opened.add(tag.start)
            edits.put(tag.end - 1, tag.end - 1, " open")
    place = _MAIN.search(page)
    if place:
        edits.put(place.end(), place.end(), f"\n{refusal.summary}")
    if head := _TITLE.search(page):
        edits.put(head.end(), head.end(), escape(refusal.title))
    return edits.done()


def _shut(form: Form) -> Iterator[Tag]:
    yield from form.around
    for control in form.controls:
        yield from control.around


def _fill(edits: Edits, control: Control, left: list[str], said: str) -> None:
    """Put the given value into a field, and put the message about a mistake in front of the field.

    If several text fields have the same name, each is filled with the next given value.
    """
    tag = control.tag
    text = edits.page[tag.start : tag.end]
    if control.kind in TICKED:
        is_ticked = tag.attributes.get("value", "on") in left
        text = _TICKED.sub("", text)
        text = _with(text, " checked" if is_ticked else "")
    elif tag.name == "input":
        text = _with(_VALUE.sub("", text), attribute("value", left.pop(0) if left else ""))
    elif tag.name == "textarea":
        edits.put(tag.end, tag.close, "\n" + escape(left.pop(0) if left else ""))
    else:
        value = left.pop(0) if left else ""
        for option in control.options:
            _choose(edits, option, is_chosen=option.attributes.get("value") == value)
    if said:
        text = _marked(text, control)
        wrong = f'<span class="wrong"{attribute("id", identity(control) + "-wrong")}>{escape(said)}</span>'
        text = wrong + text
    edits.put(tag.start, tag.end, text)


def _choose(edits: Edits, option: Tag, *, is_chosen: bool) -> None:
    text = _SELECTED.sub("", edits.page[option.start : option.end])
    edits.put(option.start, option.end, _with(text, " selected" if is_chosen else ""))


def _marked(text: str, control: Control) -> str:
    described = control.tag.attributes.get("aria-describedby", "")
    by = " ".join(filter(None, (f"{identity(control)}-wrong", described)))
    text = _with(_DESCRIBED.sub("", text), attribute("aria-describedby", by))
    text = text if "aria-invalid" in control.tag.attributes else _with(text, ' aria-invalid="true"')
    return text if "id" in control.tag.attributes else _with(text, attribute("id", identity(control)))


def _with(text: str, more: str) -> str:
    """Return a start tag with one more attribute."""
    return text[:-1] + more + ">"
