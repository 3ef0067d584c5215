"""Join the lines of a text that officers typed."""


def one_line(text: str) -> str:
    """Return ``text`` on one line, with each run of white space replaced by one space.

    The journal, lists and pages show reasons in this form.
    """
    return " ".join(text.split())
