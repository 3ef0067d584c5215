"""Files on their way into the home: kept apart until the vault knows them.

Only what is still on its way is ever removed. A file in its place stays, whatever the vault says: the vault
may be an older copy that was put back, and the portal has long forgotten what came.
"""

from sqlalchemy.orm import Session

from inbox import disk, records
from inbox.home import Home


def settle(home: Home, session: Session) -> None:
    """Move what the vault knows to its place; remove what interrupted or refused work left behind."""
    arrived = list(home.arriving.iterdir())
    if not arrived:
        return
    places = {path.name: path for path in map(home.attachment, records.attachment_ids(session))}
    places |= {path.name: path for path in map(home.envelope, records.envelope_hashes(session))}
    for path in arrived:
        if place := places.get(path.name):
            path.replace(place)
        else:
            path.unlink()
    for folder in (home.attachments, home.unopened, home.arriving):
        disk.sync_folder(folder)
