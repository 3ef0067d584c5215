"""The signed list of pages: its deployment, order, limits and expiry (SPEC 7.5)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from crypto import pages, signing
from crypto.errors import Malformed, Tampered
from crypto.pages import Page, Pages, PagesExpired
from crypto.signing import Label
from tests.vectors.fixtures import DEPLOYMENT, ROOT_SEED, fixed

DAY = date(2026, 11, 24)
FIRST = Page("/", "text/html", bytes(32))
LIST = Pages(
    deployment=DEPLOYMENT,
    serial=1,
    valid_until=DAY,
    policy="default-src 'self'",
    files=(FIRST, Page("/a.js", "text/javascript", bytes(32))),
)
ROOT_KEY = signing.public_key(ROOT_SEED)


def numbered(count: int) -> tuple[Page, ...]:
    return tuple(replace(FIRST, path=f"/{number:04}") for number in range(count))


@pytest.mark.parametrize(
    "changed",
    [
        {"files": LIST.files[::-1]},
        {"files": LIST.files[:1] * 2},
        {"files": (replace(FIRST, path="a"),)},
        {"files": (replace(FIRST, path="/" + "a" * 1_000),)},
        {"files": (replace(FIRST, type="a" * 128),)},
        {"files": (replace(FIRST, hash=bytes(31)),)},
        {"files": numbered(1_001)},
        {"serial": 0},
        {"policy": "a" * 4_001},
        {"deployment": bytes(15)},
    ],
)
def test_a_list_of_pages_that_a_reader_would_refuse_is_not_signed(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        pages.encode(replace(LIST, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"files": (replace(FIRST, path="/" + "a" * 999, type="a" * 127),)},
        {"files": numbered(1_000)},
        {"policy": "a" * 4_000},
    ],
)
def test_a_written_list_of_pages_is_read_unchanged(changed: dict[str, Any]) -> None:
    made = replace(LIST, **changed)
    assert pages.parse(pages.encode(made), DEPLOYMENT) == made


def test_a_list_of_pages_from_another_deployment_or_signer_is_refused() -> None:
    raw, other = pages.encode(LIST), fixed("other", 16)
    signature = pages.sign(raw, DEPLOYMENT, ROOT_SEED)
    for refused in (lambda: pages.parse(raw, other), lambda: pages.sign(raw, other, ROOT_SEED)):
        with pytest.raises(Malformed):
            refused()
    for wrong in (
        pages.sign(raw, DEPLOYMENT, fixed("thief")),
        signing.sign(Label.KEYRING, DEPLOYMENT, raw, ROOT_SEED),
    ):
        with pytest.raises(Tampered):
            pages.open_pages(raw, wrong, root_key=ROOT_KEY, deployment=DEPLOYMENT)
    assert pages.open_pages(raw, signature, root_key=ROOT_KEY, deployment=DEPLOYMENT) == LIST


def test_a_list_of_pages_is_valid_through_its_last_day() -> None:
    LIST.check_day(DAY)
    with pytest.raises(PagesExpired):
        LIST.check_day(DAY + timedelta(1))
