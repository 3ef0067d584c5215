"""The signed list of the files that a site serves, with their digests (SPEC 7.5)."""

from dataclasses import dataclass
from datetime import date

from crypto import exercise, shape, signing
from crypto.errors import CryptoError, Malformed
from crypto.shape import binary, integer, list_of, record, text
from crypto.signing import Label

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
_DIGEST = 32
_MOST = 1_000


class PagesExpired(CryptoError):
    """The list has expired, so no signature vouches for today's pages."""

    code = "pages-expired"


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site: its path, its type, and the SHA-256 of its decoded bytes."""

    path: str
    type: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Every file that a visitor's browser loads, except the keyring, which changes more often."""

    deployment: bytes
    serial: int
    valid_until: date
    policy: str
    files: tuple[Page, ...]

    def check_day(self, today: date) -> None:
        """Raise PagesExpired if the list is no longer valid on ``today``."""
        if today > self.valid_until:
            raise PagesExpired("manifest of the pages has expired: a new one must be signed")


_PAGE = record(Page, {"path": text(1_000, r"/[\w./-]*"), "type": text(127), "hash": binary(_DIGEST)})
PAGES = record(
    Pages,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "serial": integer(1),
        "valid_until": shape.day,
        "policy": text(4_000),
        "files": list_of(_PAGE, _MOST),
    },
    kind="pages",
)


def encode(pages: Pages) -> bytes:
    """Return manifest.json. Raise Malformed for a list that ``parse`` would refuse."""
    raw = PAGES.encode(pages)
    parse(raw, pages.deployment)
    return raw


def parse(raw: bytes, deployment: bytes) -> Pages:
    """Return the list in ``raw`` without verifying a signature.

    Raise Malformed if the list has a wrong form or belongs to another deployment.
    """
    pages = PAGES.parse(raw)
    exercise.check_deployment(pages.deployment, deployment, "manifest of the pages")
    _check(pages)
    return pages


def sign(raw: bytes, deployment: bytes, root_seed: bytes) -> bytes:
    """Return manifest.sig (64 bytes). Raise Malformed if ``raw`` is not a manifest of this deployment."""
    parse(raw, deployment)
    return signing.sign(Label.PAGES, deployment, raw, root_seed)


def open_pages(raw: bytes, signature: bytes, *, root_key: bytes, deployment: bytes) -> Pages:
    """Return the list if the root key (32 bytes) signed it for this deployment.

    Raise Malformed or Tampered.
    """
    with exercise.explained(raw, deployment, "manifest of the pages"):
        signing.verify(Label.PAGES, deployment, raw, signature, root_key)
    return parse(raw, deployment)


def _check(pages: Pages) -> None:
    paths = [page.path for page in pages.files]
    if paths != sorted(set(paths)):
        raise Malformed("manifest of the pages is not sorted, or lists a path twice")
