"""How long the keyring lists a reply key that signs receipts (SPEC 5.6)."""

from datetime import date, timedelta

import pytest

from crypto import receipt_key

LAST = date(2026, 11, 30)


@pytest.mark.parametrize(("days", "is_listed"), [(-1, True), (0, True), (1_825, True), (1_826, False)])
def test_a_reply_key_stays_listed_for_1825_days_after_its_last_day(days: int, *, is_listed: bool) -> None:
    assert is_listed is receipt_key.is_listed(LAST, LAST + timedelta(days=days))
