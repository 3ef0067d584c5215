"""Two officers at one page: each types the passphrase for this very act, and nothing keeps it."""

from flask import g, request

from inbox.keys import share_file
from inbox.session.actions import Deed
from inbox.session.inbox import Inbox, Witnesses

FIELD = "passphrase-"


def asking(inbox: Inbox) -> Witnesses:
    """Return who confirms a deed with the passphrases that came with the form; nobody if none did."""

    def ask(deed: Deed) -> tuple[str, ...]:
        given = {name: request.form.get(FIELD + name, "") for name in inbox.sealed}
        needed = min(2, len(inbox.present))
        g.deed, g.names, g.needed, g.has_typed = deed, list(inbox.sealed), needed, any(given.values())
        confirmed: list[str] = []
        for name, file in inbox.sealed.items():
            if given[name] and len(confirmed) < needed:
                share_file.unseal(file, given[name])
                confirmed.append(name)
        return tuple(confirmed)

    return ask
