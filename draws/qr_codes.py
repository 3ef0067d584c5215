"""QR codes of messages, for the scanner at the office's machine."""

from collections.abc import Sequence

import segno

# Scanners need a white border of this many modules (ISO/IEC 18004, 6.3.8).
_BORDER = 4


def modules(line: str) -> Sequence[Sequence[bool]]:
    """Return the rows of a QR code with its white border; True means dark.

    The letters of a message are those that QR codes hold best, so that even the longest message has less than
    80 modules in a row.
    """
    code = segno.make_qr(line, error="m")
    return [[bool(each) for each in row] for row in code.matrix_iter(border=_BORDER)]
