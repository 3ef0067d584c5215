"""Errors that end a command. Each error explains what happened and what to do."""


class Refused(Exception):
    """A command was refused; exit code 1. ``hint`` tells the person at the terminal what to do.

    A refused command has changed nothing, unless the function that raises the error says otherwise.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class BadConfiguration(Refused):
    """The configuration file has a mistake, which the message names. Exit code 2."""


def why(error: OSError) -> str:
    """Return the system's reason for an error, in lower case, for the end of a message."""
    return (error.strerror or "unknown reason").lower()
