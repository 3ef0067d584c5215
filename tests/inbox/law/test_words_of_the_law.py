"""Codes of the law are shown with the names that the law in use gives them."""

import pytest

from inbox.language import labels
from inbox.law import in_use
from tests.support.inbox_builders import Office
from tests.support.laws import FILES, FRENCH, OTHER


def test_codes_are_shown_with_their_names_in_the_law_in_use(office: Office) -> None:
    """A code that only an earlier law has is shown unchanged."""
    regime = FRENCH.default_regime
    office.json("queue", "list")
    assert FRENCH.regimes[regime].name == labels.of("regime")[regime]
    assert f"({FRENCH.regimes[regime].name.en})" in office.run("office", "show").out
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    assert "regime: single (The one office)" in office.run("office", "show").out
    assert OTHER.regimes.keys() == labels.of("regime").keys()
    assert regime == labels.english("regime", regime)
    with pytest.raises(KeyError):
        labels.english("surface", "none")


def test_a_regime_that_the_law_does_not_have_is_refused(office: Office) -> None:
    """The error lists the regimes that the law has. The journal records nothing."""
    before = office.state(), len(office.json("journal", "list")["entries"])
    said = office.run("office", "set", "--regime", "single")
    assert (1, True) == (said.code, "use one of: internal, external" in said.err)
    assert before == (office.state(), len(office.json("journal", "list")["entries"]) - 1)
