"""Questionnaires for tests: the shipped one, the first one ever shipped, and a small one."""

from crypto import questionnaire
from templates import shipped
from tests.support.paths import ROOT

SHIPPED = shipped.QUESTIONNAIRE.read_bytes()
SHIPPED_PARSED = questionnaire.parse(SHIPPED)
LAST = SHIPPED_PARSED.version
FIRST = (ROOT / "tests" / "golden" / "questionnaire-1.toml").read_bytes()
SMALL = """
id = "small"
version = 3
[[section]]
title.fr = "Un"
title.en = "One"
[[section.field]]
id = "path"
type = "choice"
concerns = "facts"
safe = "Many can say so."
label = { fr = "Quoi", en = "What" }
option = [
  { id = "a", label = {fr = "A", en = "A"}, flag = "danger", outside = "first", notice = {fr="x", en="x"} },
  { id = "b", label = { fr = "B", en = "B" }, group = { fr = "G", en = "G" } },
]
[[section]]
title.fr = "Deux"
title.en = "Two"
text.fr = "…"
text.en = "…"
folded = true
when = { path = ["a"] }
[[section.field]]
id = "refs"
type = "text"
concerns = "reporter"
most = 100
check = "container"
enough = true
flag = "protect"
when = { path = ["a", "b"] }
label = { fr = "Réf.", en = "Ref." }
hint = { fr = "h", en = "h" }
warning = { fr = "w", en = "w" }
[[section.field]]
id = "days"
type = "period"
concerns = "facts"
safe = "On each day many are there."
paper = false
label = { fr = "Jour", en = "Day" }
"""


def as_version(number: int, raw: bytes = SHIPPED) -> bytes:
    """Return the shipped questionnaire as another version."""
    return raw.replace(f"version = {LAST}".encode(), f"version = {number}".encode())
