"""Find the forms of a page of the desk, with their fields and positions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

# Fields that are never filled in again: values that the page sets, and secrets that must not be kept.
_NEVER_FILLED = {"hidden", "password", "file", "submit", "button"}
TICKED = {"checkbox", "radio"}


@dataclass(slots=True)
class Tag:
    """An element. ``end`` is the end of its start tag, and ``close`` is the start of its end tag."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int
    close: int = 0


@dataclass(slots=True)
class Control:
    """A field of a form, or one choice of several. ``label`` is its text on the page.

    ``around`` are the enclosing elements that are closed until an officer opens them.
    """

    tag: Tag
    around: tuple[Tag, ...]
    options: list[Tag] = field(default_factory=list)
    label: str = ""
    legend: str = ""

    @property
    def name(self) -> str:
        """The name of the field in the form."""
        return self.tag.attributes.get("name", "")

    @property
    def kind(self) -> str:
        """The type of the field: the type of an HTML input, or the name of another element."""
        return self.tag.attributes.get("type", "text") if self.tag.name == "input" else self.tag.name

    @property
    def is_filled(self) -> bool:
        """Whether this is a field that an officer fills in, so that the program may fill it in again."""
        return bool(self.name) and self.kind not in _NEVER_FILLED


@dataclass(slots=True)
class Form:
    """A form that is sent by POST. ``ways`` are the addresses of its buttons.

    The fields are not checked if the form is sent to an address in ``unchecked``. ``around`` has the same
    meaning as in ``Control``. ``at`` is the address of the part of the page that holds the form, or "" if
    this part has no address.
    """

    tag: Tag
    around: tuple[Tag, ...] = ()
    controls: list[Control] = field(default_factory=list)
    ways: set[str] = field(default_factory=set)
    unchecked: set[str] = field(default_factory=set)
    at: str = ""

    def named(self, name: str) -> Control | None:
        """Return the first field with this name."""
        return next((each for each in self.controls if each.name == name), None)

    def hidden(self) -> dict[str, str]:
        """Return the values of the form's hidden fields."""
        own = (each for each in self.controls if each.kind == "hidden")
        return {each.name: each.tag.attributes.get("value", "") for each in own}


def read(page: str) -> list[Form]:
    """Return a page's forms that are sent by POST, in order."""
    parser = _Parser(page)
    return list(parser.finished())


def attribute(name: str, value: str) -> str:
    """Return an attribute as HTML."""
    return f' {name}="{escape(value)}"'


class _Parser(HTMLParser):
    _TEXTS = ("label", "legend")

    def __init__(self, page: str) -> None:
        super().__init__()
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._forms: list[Form] = []
        self._loose: list[tuple[str, Control]] = []
        self._labels: dict[str, str] = {}
        self._within: list[Control] = []
        self._open: list[Tag] = []
        self._parts: list[str] = []
        self._current: Form | None = None
        self._inner: Control | None = None
        self._text: list[str] | None = None
        self.feed(page)
        self.close()

    def finished(self) -> Iterator[Form]:
        """Return the forms with all their fields, including fields outside the form element."""
        by_id = {each.tag.attributes.get("id"): each for each in self._forms}
        for owner, control in self._loose:
            if owner in by_id:
                by_id[owner].controls.append(control)
        for form in self._forms:
            for control in form.controls:
                control.label = control.label or self._labels.get(control.tag.attributes.get("id", ""), "")
            yield form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        found = Tag(tag, {name: value or "" for name, value in attrs}, start, start)
        found.end = start + len(self.get_starttag_text() or "")
        match tag:
            case "form":
                self._begin(found)
            case "div":
                self._parts.append(found.attributes.get("data-at", ""))
            case "details" | "fieldset":
                self._open.append(found)
            case "label" | "legend":
                self._text, self._within = [], []
                self._open.append(found)
            case "input" | "select" | "textarea":
                self._control(found)
            case "button":
                self._button(found)
            case "option" if self._inner is not None:
                self._inner.options.append(found)
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._current = None
            case "div" if self._parts:
                self._parts.pop()
            case "select" | "textarea" if self._inner is not None:
                self._inner.tag.close = self._at()
                self._inner = None
            case "details" | "fieldset" | "label" | "legend":
                self._shut(tag)
            case _:
                pass

    def handle_data(self, data: str) -> None:
        # The small hint beside a label is not part of the label.
        if self._text is not None and self._inner is None and self.lasttag != "small":
            self._text.append(data)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _begin(self, tag: Tag) -> None:
        self._current = None
        if tag.attributes.get("method") == "post":
            around = tuple(each for each in self._open if each.name == "details")
            at = next(filter(None, reversed(self._parts)), "")
            self._current = Form(tag, around, ways={tag.attributes.get("action", "")}, at=at)
            self._forms.append(self._current)

    def _control(self, tag: Tag) -> None:
        legends = [each.attributes["legend"] for each in self._open if "legend" in each.attributes]
        around = tuple(each for each in self._open if each.name == "details")
        control = Control(tag, around, legend=legends[-1] if legends else "")
        if tag.name != "input":
            self._inner = control
        if self._text is not None:
            self._within.append(control)
        if owner := tag.attributes.get("form"):
            self._loose.append((owner, control))
        elif self._current is not None:
            self._current.controls.append(control)

    def _button(self, tag: Tag) -> None:
        if self._current is not None and (way := tag.attributes.get("formaction")):
            self._current.ways.add(way)
            if "formnovalidate" in tag.attributes:
                self._current.unchecked.add(way)

    def _shut(self, tag: str) -> None:
        at = next((n for n in reversed(range(len(self._open))) if self._open[n].name == tag), None)
        if at is None:
            return
        found = self._open[at]
        del self._open[at:]
        if tag in self._TEXTS:
            text, self._text = " ".join("".join(self._text or []).split()), None
            if tag == "legend" and self._open:
                outer = self._open[-1]
                outer.attributes = {**outer.attributes, "legend": text}
            self._labels[found.attributes.get("for", "")] = text
            for control in self._within:
                control.label = text
