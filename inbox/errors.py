"""Everything the inbox refuses to do, in words for the person who meets it."""


class Refused(Exception):
    """Nothing was changed; ``str`` says what happened, ``hint`` what to do about it.

    Neither may hold text that came from outside unless it is shown through ``terminal``.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


class HomeRefused(Refused):
    """The home folder is absent, already there, or in use."""


class WrongPassphrase(Refused):
    """No officer's secret opens with this passphrase."""

    def __init__(self) -> None:
        super().__init__("wrong passphrase", "check the keyboard layout and caps lock, then try again")


class HeaderDamaged(Refused):
    """vault.json is not as it was written."""

    def __init__(self) -> None:
        super().__init__("the vault's header vault.json is damaged", "put back a copy of vault.json")


class VaultMissing(Refused):
    """There is a header, but no vault beside it."""

    def __init__(self) -> None:
        super().__init__("vault.sqlite is missing", "put back the vault that belongs to this vault.json")


class VaultDamaged(Refused):
    """The passphrase was right, yet the vault does not read."""

    def __init__(self) -> None:
        super().__init__(
            "the passphrase is right, but the vault is damaged or belongs to another header",
            "put back a copy of vault.sqlite with its key store",
        )


class KeyStoreDamaged(Refused):
    """The key store is absent, altered, or of another time than the vault."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the key store {name} is missing or damaged", f"put back the copy of {name}")


class BundleRefused(Refused):
    """A bundle from the portal was not taken."""


class CaseRefused(Refused):
    """The case does not exist or does not allow what was asked."""
