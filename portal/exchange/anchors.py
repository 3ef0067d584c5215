"""Write the outbox manifests of a channel, which prove its inbox's journal to outsiders (SPEC 9.3)."""

from collections.abc import Iterator
from pathlib import Path

from crypto import anchors as form
from crypto.bundle import Manifest
from portal import files
from portal.errors import Refused, why
from portal.store import outboxes
from portal.store.database import Database
from portal.typed import typed


def write(store: Database, channel: str, path: Path) -> list[int]:
    """Write the manifests of one channel to ``path`` and return their numbers. Raises Refused."""
    if path.exists():
        raise Refused(f"{path} already exists", "choose another --out: nothing is overwritten")
    with store.read() as connection:
        numbers = outboxes.numbers(connection, channel)
    try:
        files.write(path, form.write(_manifests(store, channel, numbers)))
    except OSError as error:
        raise Refused(f"{path} was not written: {why(error)}", "check the path and the free space") from error
    return numbers


def choose(store: Database, channel: str | None) -> str:
    """Return ``channel``, or the only channel if it is None.

    Raises Refused if no outbox of the channel was applied, or if ``channel`` is None and there are several
    channels.
    """
    with store.read() as connection:
        known = outboxes.channels(connection)
    wanted = [each for each in known if channel in {None, each}]
    if not wanted:
        what = "any channel" if channel is None else f"channel {channel!r}"
        raise Refused(
            f"no outbox of {what} was ever applied", f"first apply an outbox with {typed('import')}"
        )
    if len(wanted) > 1:
        # One body must not see the outboxes of another body's inbox.
        raise Refused(
            f"several channels have outboxes: {', '.join(wanted)}", "choose a channel with --channel"
        )
    return wanted[0]


def _manifests(store: Database, channel: str, numbers: list[int]) -> Iterator[tuple[int, Manifest]]:
    for n in numbers:
        with store.read() as connection:
            manifest = outboxes.manifest(connection, channel, n)
        yield n, manifest
