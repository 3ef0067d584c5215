"""The list of what counsel has to confirm in the French law, at the end of docs/law.md.

`python -m tests.support.law_list` writes the list.
"""

from collections.abc import Iterator

from templates import shipped
from templates.law import reader
from templates.law.rules import Law
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "law.md"
HEADING = "## What counsel has to confirm\n"


def listed(law: Law) -> str:
    """Return the list: the file, key and source of each rule, and the point to confirm."""
    return "\n".join(_items(law)) + "\n"


def _items(law: Law) -> Iterator[str]:
    for each in law.to_confirm:
        key = f", `{each.key}`" if each.key else ""
        assert each.basis.confirm
        yield f"- **`{each.file}`{key}** ({each.basis.source})  "
        yield f"  {each.basis.confirm.en}  "
        yield f"  *{each.basis.confirm.fr}*"


if __name__ == "__main__":
    before = PAGE.read_text("utf-8").partition(HEADING)[0]
    french = reader.read(shipped.JURISDICTIONS / "fr")
    PAGE.write_text(f"{before}{HEADING}\n{listed(french)}", "utf-8")
