"""Everything the inbox refuses to do, in words for the person who meets it."""

from collections.abc import Sequence
from typing import Self

from inbox.language.messages import Sentence, sentence


class Refused(Exception):
    """Nothing was changed; ``what`` says what happened, ``hint`` what to do about it.

    Neither may hold text that came from outside unless it is shown through ``terminal``. ``fields`` are the
    names of the fields that may be at fault, in the forms that have them; none where no field is.
    """

    fields: tuple[str, ...] = ()

    def __init__(self, what: Sentence, hint: Sentence) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def at(self, *fields: str) -> Self:
        """Return it, said of one of these fields: the first of a form, or the first that something is in."""
        self.fields = fields
        return self


class HomeRefused(Refused):
    """The home folder is absent, already there, or in use."""


class WrongPassphrase(Refused):
    """An officer's share does not open with this passphrase."""

    def __init__(self, officer: str) -> None:
        super().__init__(
            sentence("wrong passphrase for the share of {officer}", officer=officer),
            sentence("check the keyboard layout and caps lock, then try again"),
        )


class ShareDamaged(Refused):
    """A file holds no share, or one of which a word is wrong."""

    def __init__(self) -> None:
        super().__init__(
            sentence("a share is damaged, or the file is none"),
            sentence("look for a copy, or compare the words with the sheet"),
        )


class TooLittleMemory(Refused):
    """A passphrase cannot be stretched: less memory is free than its share file asks for."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            sentence("too little memory is free: a passphrase takes {needed} MiB", needed=needed >> 20),
            sentence("end other programs, or raise the limit (ulimit -v unlimited), then try again"),
        )


class OtherSharing(Refused):
    """The shares are not all of the present sharing of this inbox."""

    def __init__(self) -> None:
        super().__init__(
            sentence("a share is of another inbox, or from before the officers changed"),
            sentence(
                "bring the newest shares: the name of the file ends in the letters of the ceremony's record"
            ),
        )


# Why an act of one officer takes two.
USED_UP = sentence(
    "this takes two officers, each with an own passphrase: what one officer alone is told of whether words"
    " about this case touch who its reporter is, is used up"
)


class Locked(Refused):
    """An act takes the passphrases of two officers, or of the one there is, and they were not all given."""

    def __init__(self, needed: int, why: Sentence | None = None) -> None:
        """Take how many passphrases it takes, and why, where an act of one officer takes two."""
        super().__init__(
            why
            or (
                sentence("this takes two officers, each with an own passphrase")
                if needed > 1
                else sentence("this takes the officer's passphrase")
            ),
            sentence(
                "ask a second officer to come; who opened with the words of a sheet has none, and gives"
                " them with --share to a single command, not in a session: officers renew"
            ),
        )


class Superseded(Refused):
    """vault.json is no longer the one by which this inbox was opened."""

    def __init__(self) -> None:
        super().__init__(
            sentence("vault.json has changed since this inbox was opened"),
            sentence("open it again, with the newest shares"),
        )


class HeaderDamaged(Refused):
    """vault.json is not as it was written, or not as the shares say."""

    def __init__(self) -> None:
        super().__init__(
            sentence("the vault's header vault.json is damaged"), sentence("put back a copy of vault.json")
        )


class VaultMissing(Refused):
    """There is a header, but no vault beside it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence("{name} is missing", name=name),
            sentence("put back the vault that belongs to this vault.json"),
        )


class VaultDamaged(Refused):
    """The passphrase was right, yet the vault does not read."""

    def __init__(self) -> None:
        super().__init__(
            sentence("the shares are right, but the vault is damaged or belongs to another header"),
            sentence("put back a copy of the vault with its key store"),
        )


class KeyStoreDamaged(Refused):
    """The key store is absent, altered, or of another time than the vault."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence("the key store {name} is missing or damaged", name=name),
            sentence("put back the copy of {name}", name=name),
        )


class FileRefused(Refused):
    """What a person named is no file that could be read, or too large a one."""


class BundleRefused(Refused):
    """A bundle from the portal was not taken."""


class CaseRefused(Refused):
    """The case does not exist or does not allow what was asked."""


class Undeclared(CaseRefused):
    """Officers who have not said that a case does not concern them are about to read it, or to act on it."""

    def __init__(self, cases: Sequence[int], names: Sequence[str]) -> None:
        which, asked = ", ".join(map(str, cases)), " and ".join(names)
        one = sentence("{names} must declare to have no interest in case {cases}", names=asked, cases=which)
        many = sentence("{names} must declare to have no interest in cases {cases}", names=asked, cases=which)
        super().__init__(
            one if len(cases) == 1 else many,
            sentence(
                "before anybody reads it or acts on it: inbox declare {cases}; or leave it to others:"
                " inbox conflict exclude CASE NAME --reason TEXT",
                cases=" ".join(map(str, cases)),
            ),
        )
        self.cases = tuple(cases)
        self.names = tuple(names)
