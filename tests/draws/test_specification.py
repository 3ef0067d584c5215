"""docs/draws.md describes what the code does."""

import re

from draws.rules import RULES
from tests.support.paths import ROOT

TEXT = " ".join((ROOT / "docs" / "draws.md").read_text("utf-8").split())
PYTHON = (ROOT / "draws" / "protocol.py").read_text("utf-8")
SCRIPT = (ROOT / "draws" / "scripts" / "verify.js").read_text("utf-8")


def test_every_label_is_in_the_specification_and_both_implementations_use_the_same() -> None:
    labels = {*re.findall(r'"fanal/draw/1/([a-z]+)"', TEXT)}
    python = {*re.findall(r'(?:hashed|_begun)\("([a-z]+)"', PYTHON), *re.findall(r"draw/1/([a-z]+)", PYTHON)}
    # Only who freezes a list computes salts and leaves of lines.
    script = {*re.findall(r'hashed\("([a-z]+)"', SCRIPT), *re.findall(r"draw/1/([a-z]+)", SCRIPT)}
    assert labels == python
    assert labels - {"salt", "line"} == script


def test_every_kind_of_record_is_in_the_specification_with_its_members() -> None:
    described = dict(re.findall(r'kind: "(draw-[a-z]+)"(?:, ([^}]*))?', TEXT))
    kinds = {*re.findall(r'"(draw-[a-z]+)"', PYTHON)}
    assert kinds == described.keys()
    assert {*re.findall(r'"(draw-[a-z]+)"', SCRIPT)} == kinds - {"draw-commitment"}


def test_the_rules_of_the_verifier_are_the_bold_words_of_the_specification() -> None:
    assert {*re.findall(r"\(\*\*([a-z]+)\*\*\)", TEXT)} == {*RULES} - {"transcript"}


def test_the_verifier_imports_only_the_protocol_and_the_cryptography() -> None:
    """An auditor reads two modules of this room."""
    source = (ROOT / "draws" / "verify.py").read_text("utf-8")
    imported = {*re.findall(r"^from (draws\S*|inbox\S*|templates\S*) import (.+)$", source, re.MULTILINE)}
    assert {name for name, _ in imported} == {"draws", "draws.protocol"}
    assert ("draws", "protocol") in imported
    assert not re.search(r"^(?:from|import) (?:inbox|draws\.(?!protocol))", PYTHON, re.MULTILINE)
