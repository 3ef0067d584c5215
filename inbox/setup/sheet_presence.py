"""Who must be present to renew shares when a sheet opened the inbox.

Anybody can bring the words of a sheet. Whoever held a colleague's would count as two officers; whoever held
all would count as everybody, and could set the passphrases of the others.
"""

from collections.abc import Mapping, Sequence

from crypto.journal import Presence
from inbox.language.errors import Refused
from inbox.language.messages import sentence


def check(
    present: Mapping[str, Presence], before: Sequence[str], staying: Sequence[str], passphrases_lost: str
) -> None:
    """Return if those who are ``present`` may renew the shares of the officers ``before``.

    With a sheet, all who are ``staying`` must be there, each by passphrase or by their own sheet, and two of
    them by passphrase (one in a circle of two). The reason ``passphrases_lost`` lifts the second rule:
    otherwise, a circle that has lost too many would be shut out of its shares for ever. Raises Refused, also
    if enough are there by passphrase and some are said to be lost.
    """
    own = [name for name, how in present.items() if how is not Presence.SHEET]
    if len(own) < len(present):
        _check_all_are_here(present, staying)
    needed = min(2, len(before) - 1)
    if len(own) < needed and not passphrases_lost:
        raise Refused(
            sentence("with a sheet, two officers have to give their own passphrases")
            if needed > 1
            else sentence("with both sheets, nobody gives a passphrase: one officer has to"),
            sentence(
                "ask another officer to come with share and passphrase; if too many passphrases are lost,"
                " say why: --passphrases-lost REASON; all officers are told the reason"
            ),
        )
    if len(own) >= needed and passphrases_lost:
        raise Refused(
            sentence("enough officers are here by their own passphrases"),
            sentence("leave out --passphrases-lost"),
        )


def _check_all_are_here(present: Mapping[str, Presence], staying: Sequence[str]) -> None:
    if away := [name for name in staying if name not in present]:
        raise Refused(
            sentence(
                "with a sheet, shares are renewed only while all officers are here; missing: {names}",
                names=", ".join(away),
            ),
            sentence("each brings their share and passphrase, or their sheet: --share FILE"),
        )
