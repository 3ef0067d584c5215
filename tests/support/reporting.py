"""A report to a portal whose keyring comes from a real inbox."""

from crypto import memo
from tests.support.builders import today, upload_metadata
from tests.support.inbox_builders import CHANNEL, Reporter
from tests.support.portal_room import BODY
from tests.support.work import offered


def announced(reporter: Reporter, envelope: bytes, offer: bytes) -> dict[str, str]:
    """Return the headers with which a page sends a report in one request. ``offer`` is from /api/work."""
    keys, world = reporter.keys, reporter.world
    note = memo.Note(CHANNEL, today())
    sealed = memo.seal(note, keys.memo_key, deployment=world.deployment, case_id=keys.case_id)
    metadata = upload_metadata(
        channel=CHANNEL.encode(), case=keys.case_id, memo=sealed, withdraw=keys.withdraw_id
    )
    given = {"Upload-Length": str(len(envelope)), "Upload-Metadata": metadata}
    return {**BODY, **given, **offered(offer, envelope, CHANNEL)}
