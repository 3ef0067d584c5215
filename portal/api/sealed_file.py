"""The file sent without JavaScript: a public header of fixed length, then the age file (SPEC 7.7)."""

import re

from crypto import age
from crypto.messages import CHANNEL
from portal.api import tus
from portal.api.problems import Problem
from portal.store.cases import Report

MAGIC = b"fanal/1/sealed\0\0"
HEADER = 172
# A container of 16 MiB fits into the memory of one process while the container arrives, and into a day's
# share of a small disk.
LARGEST = HEADER + age.sealed_size(16 << 20)
_CHANNEL = slice(16, 48)
_CASE = slice(48, 80)
_MEMO = slice(80, 140)
_WITHDRAW = slice(140, HEADER)


def parse(content: bytes) -> tuple[str, Report | None, bytes]:
    """Return the channel id, the public data of a new case (or None), and the envelope.

    In the header of a follow-up or an unsigned drop, only zeros follow the channel. Raises a Problem for
    anything else: an unknown format, plaintext, or a size that envelopes cannot have.
    """
    if not content.startswith(MAGIC) or len(content) < HEADER:
        raise Problem(400, "not_sealed")
    if len(content) > LARGEST:
        raise Problem(413, "too_large")
    channel = content[_CHANNEL].rstrip(b"\0").decode("ascii", errors="replace")
    if not re.fullmatch(CHANNEL, channel, re.ASCII):
        raise Problem(400, "channel_missing")
    envelope = content[HEADER:]
    tus.check_size(len(envelope))
    return channel, _report(content), envelope


def _report(content: bytes) -> Report | None:
    parts = [content[part] for part in (_CASE, _MEMO, _WITHDRAW)]
    given = [any(part) for part in parts]
    if not any(given):
        return None
    if not all(given):
        raise Problem(400, "metadata_incomplete")
    case_id, memo, withdraw_id = parts
    return Report(case_id=case_id, memo=memo, withdraw_id=withdraw_id)
