"""Charts are SVG without script and style. Everybody can read them, also in black and white."""

import ast
import re
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from inbox.figures.published import chart
from inbox.figures.published.chart import WIDTH, Chart, Divided, Mark
from tests.support.paths import ROOT

SIGN = "[c]"
LETTER = 6  # a lower bound of the width of a letter, in units of the drawing
SVG = "{http://www.w3.org/2000/svg}"


def marks(*values: int | None) -> Sequence[Mark]:
    return [Mark(f"G{n}", value, SIGN if value is None else str(value)) for n, value in enumerate(values)]


def years(*values: int | None) -> Sequence[Mark]:
    return [Mark(str(2027 + n), each.value, each.text) for n, each in enumerate(marks(*values))]


def parts(drawn: Chart, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(drawn.for_page()).iter(SVG + tag))  # noqa: S314  (our own)


def texts(drawn: Chart) -> list[str]:
    return [each.text or "" for each in parts(drawn, "text")]


def test_a_missing_value_has_the_sign_and_no_bar() -> None:
    drawn = chart.bars("b", "Title", "Told.", marks(12, None, 7))
    assert len(parts(drawn, "rect")) == 2
    assert texts(drawn) == ["Title", "G0", "12", "G1", SIGN, "G2", "7"]


def test_bars_are_as_long_as_their_values() -> None:
    long, short = parts(chart.bars("b", "Title", "Told.", marks(40, 10)), "rect")
    assert float(long.attrib["width"]) == pytest.approx(4 * float(short.attrib["width"]), rel=0.01)


def test_a_divided_bar_with_a_missing_value_shows_only_the_sign_for_missing_values() -> None:
    rows = [Divided("A", marks(5, None), SIGN), Divided("B", marks(5, 15), SIGN)]
    drawn = chart.shares("s", "Title", "Told.", rows)
    bars = [each for each in parts(drawn, "rect") if each.attrib["stroke"] != "none"]
    assert len(bars) == 2 + 2  # the swatches, and the two shares of the second row
    assert texts(drawn).count(SIGN) == 1


def test_the_shares_in_a_chart_look_different_even_without_colour() -> None:
    drawn = chart.shares("s", "Title", "Told.", [Divided("", marks(*[9] * chart.MOST_SHARES), SIGN)])
    root = ET.fromstring(drawn.for_page())  # noqa: S314  (our own)
    looks: list[str] = []
    for each in root:
        if each.tag == SVG + "rect":
            looks.append(each.attrib["fill"])
        elif each.tag == SVG + "path":
            # The directions of the lines of a hatching: across, down, rising, falling.
            moves = re.findall(r"M([\d.]+) ([\d.]+)(?:(H)|(V)|L([\d.]+) ([\d.]+))", each.attrib["d"])
            ways = {
                h or v or ("rising" if float(y2) < float(y1) else "falling") for _, y1, h, v, _, y2 in moves
            }
            looks[-1] += " ".join(sorted(ways))
    swatches, bar = looks[: chart.MOST_SHARES], looks[chart.MOST_SHARES :]
    assert len(set(swatches)) == chart.MOST_SHARES
    assert bar == swatches
    colours = {each.attrib.get(name, "none") for each in root.iter() for name in ("fill", "stroke")}
    assert colours == {"#222222", "#ffffff", "none"}


def test_a_bar_cannot_have_more_shares_than_there_are_different_fills() -> None:
    with pytest.raises(ValueError, match="too many"):
        chart.shares("s", "Title", "Told.", [Divided("", marks(*[9] * (chart.MOST_SHARES + 1)), SIGN)])


def test_a_missing_year_interrupts_the_line() -> None:
    drawn = chart.line("l", "Title", "Told.", years(5, 6, None, 8, 9, 10))
    lines = [each for each in parts(drawn, "path") if "L" in each.attrib["d"]]
    assert len(lines) == 1 + 2
    assert len(parts(drawn, "circle")) == 5
    assert texts(drawn).count(SIGN) == 1


@pytest.mark.parametrize("hidden", [(), (3, 4, 5, 11), range(20)])
def test_no_texts_touch_in_a_chart_of_twenty_years(hidden: Sequence[int]) -> None:
    values = [None if n in hidden else 900 + 37 * n % 91 for n in range(20)]
    written = parts(chart.line("l", "Title", "Told.", years(*values)), "text")[1:]
    places = [(float(each.attrib["x"]), float(each.attrib["y"]), len(each.text or "")) for each in written]
    assert len(places) > 5
    for n, (x, y, letters) in enumerate(places):
        assert LETTER * letters / 2 <= x + 1
        assert x + LETTER * letters / 2 <= WIDTH + 1
        for other_x, other_y, others in places[:n]:
            assert abs(y - other_y) > 10 or abs(x - other_x) >= LETTER * (letters + others) / 2


def test_no_line_passes_through_a_number_and_nothing_covers_a_line() -> None:
    drawn = chart.line("l", "Title", "Told.", years(30000, 90000, 50000, 40000, 100000))
    assert parts(drawn, "rect") == []
    points = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in parts(drawn, "circle")]
    numbers = [each for each in parts(drawn, "text") if each.attrib.get("paint-order")]
    assert len(numbers) == len(points)
    for number in numbers:
        middle, bottom = float(number.attrib["x"]), float(number.attrib["y"])
        half = LETTER * len(number.text or "") / 2
        for (left, start), (right, end) in pairwise(points):
            for x in (middle - half, middle, middle + half):
                if left <= x <= right:
                    y = start + (end - start) * (x - left) / (right - left)
                    assert not bottom - 10 < y < bottom


def test_the_sign_of_a_missing_year_is_halfway_up_and_not_near_zero() -> None:
    drawn = chart.line("l", "Title", "Told.", years(5, None, 7))
    (sign,) = [each for each in parts(drawn, "text") if each.text == SIGN]
    tops = [float(each.attrib["cy"]) for each in parts(drawn, "circle")]
    floor = float(parts(drawn, "path")[0].attrib["d"].removeprefix("M0 ").partition("H")[0])
    assert min(tops) + 30 < float(sign.attrib["y"]) < floor - 30


def test_a_long_line_shows_its_last_value_and_its_highest_and_lowest_values() -> None:
    values = [500 + 13 * n % 40 for n in range(20)]
    values[3], values[8], values[19] = 999, 111, 555
    assert {"999", "111", "555"} <= set(texts(chart.line("l", "Title", "Told.", years(*values))))


def test_long_labels_are_broken_within_the_chart() -> None:
    label = "Un très long libellé, " * 9 + "sansaucunespacepourcouperlalignequiestplusLonguequeledessin" * 3
    for drawn in (
        chart.bars("b", "Title", "Told.", [Mark(label, 1234567, "1234567 (100 %)")]),
        chart.shares("s", "Title", "Told.", [Divided("", [Mark(label, 9, "9 (100 %)")] * 2, SIGN)]),
    ):
        assert max(len(each) for each in texts(drawn)) * LETTER < WIDTH
        heights = [float(each.attrib["y"]) for each in parts(drawn, "text")]
        assert max(heights) < drawn.height


@pytest.mark.parametrize("values", [(), (None,), (7,), (None, None)])
def test_charts_with_few_values_or_without_any_can_be_drawn(values: Sequence[int | None]) -> None:
    for drawn in (
        chart.bars("b", "Title", "Told.", marks(*values)),
        chart.line("l", "Title", "Told.", years(*values)),
    ):
        assert texts(drawn).count(SIGN) == values.count(None)


def test_a_chart_has_a_title_and_a_text_alternative_and_escapes_both() -> None:
    drawn = chart.bars("b", "<b>Title & co</b>", "Told <i>.", marks(7))
    root = ET.fromstring(drawn.for_page())  # noqa: S314  (our own)
    assert root.attrib["role"] == "img"
    names = root.attrib["aria-labelledby"].split()
    assert [each.text for name in names for each in root if each.attrib.get("id") == name] == [
        "<b>Title & co</b>",
        "Told <i>.",
    ]


def test_the_charts_need_no_other_part_of_the_inbox() -> None:
    """The desk's oversight can use them, too. The control finds what the edition imports."""

    def imported(name: str) -> set[str]:
        """Return the packages of this project that a module imports."""
        tree = [*ast.walk(ast.parse((ROOT / "inbox" / "figures" / "published" / name).read_text("utf-8")))]
        modules = [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]
        modules += [each.name for node in tree if isinstance(node, ast.Import) for each in node.names]
        return {module.partition(".")[0] for module in modules} & {"inbox", "portal", "crypto", "templates"}

    assert imported("edition.py")
    assert not imported("chart.py")
