"""Lines of what officers type."""


def one_line(text: str) -> str:
    """Return ``text`` on one line, with one space wherever there was white space of any kind.

    So a reason stands in the journal, in lists and on pages, however it was typed.
    """
    return " ".join(text.split())
