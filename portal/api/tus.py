"""The headers of tus 1.0.0, read strictly (SPEC 7.1)."""

import re
from base64 import b64decode, b64encode
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from crypto import age, padding
from crypto.messages import CHANNEL
from portal.api.problems import Problem
from portal.store.cases import Report

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination"
TYPE = "application/offset+octet-stream"
LARGEST = age.sealed_size(padding.LARGEST)

_NUMBER = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_SIZES = {"case": 32, "memo": 60, "withdraw": 32}


def length(text: str | None) -> int:
    """Return the declared size; raises a Problem unless an envelope can have this size."""
    if text is None or not _NUMBER.fullmatch(text):
        raise Problem(400, "length_missing")
    size = int(text)
    if size > LARGEST:
        raise Problem(413, "too_large")
    check_size(size)
    return size


def check_size(size: int) -> None:
    """Raise a Problem unless an envelope can have this size (SPEC 4.2)."""
    container = bisect_left(range(padding.LARGEST + 1), size, key=age.sealed_size)
    if age.sealed_size(container) != size or padding.bucket(container) != container:
        raise Problem(400, "wrong_size")


def offset(text: str | None) -> int:
    """Return the offset at which the client continues; raises a Problem if it is missing or invalid."""
    if text is None or not _NUMBER.fullmatch(text):
        raise Problem(400, "offset_missing")
    return int(text)


def metadata(text: str | None) -> tuple[str, Report | None]:
    """Return the channel id and, for a first report, the public data of its case.

    Raises a Problem if the header is invalid. Any other key is refused, so that clients send no file names.
    No log of refusals may contain a file name.
    """
    values = _decoded(text) if text else {}
    channel = values.pop("channel", b"").decode("ascii", errors="replace")
    if not re.fullmatch(CHANNEL, channel, re.ASCII):
        raise Problem(400, "channel_missing")
    if not values:
        return channel, None
    if values.keys() - _SIZES.keys():
        raise Problem(400, "metadata_unknown")
    if {name: len(value) for name, value in values.items()} != _SIZES:
        raise Problem(400, "metadata_incomplete")
    return channel, Report(case_id=values["case"], memo=values["memo"], withdraw_id=values["withdraw"])


def expires(begun: date, upload_days: int) -> str:
    """Return when an upload begun on the day ``begun`` expires: at midnight, which reveals no time of day."""
    end = begun + timedelta(days=upload_days + 1)
    return format_datetime(datetime.combine(end, time(), UTC), usegmt=True)


def _decoded(text: str) -> dict[str, bytes]:
    values: dict[str, bytes] = {}
    for pair in text.split(","):
        name, _, value = pair.strip().partition(" ")
        if name in values:
            raise Problem(400, "metadata_malformed")
        values[name] = _base64(value)
    return values


def _base64(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raise Problem(400, "metadata_malformed") from None
    if b64encode(raw).decode() != text:
        raise Problem(400, "metadata_malformed")
    return raw
