"""age files as ASCII text, a strict PEM (C2SP age.md, "ASCII armor"; RFC 7468, section 3)."""

import base64
import binascii

from crypto.errors import Malformed

_BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
_END = "-----END AGE ENCRYPTED FILE-----"
_WHITESPACE = b" \t\r\n"


def armor(data: bytes) -> str:
    """Return ``data`` between BEGIN and END lines as padded base64 in lines of 64 columns."""
    body = base64.b64encode(data).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "".join(f"{line}\n" for line in [_BEGIN, *lines, _END])


def dearmor(text: bytes) -> bytes:
    """Return what ``armor`` was given; LF or CRLF and whitespace around are free, else raise Malformed."""
    lines = text.strip(_WHITESPACE).replace(b"\r\n", b"\n").split(b"\n")
    try:
        data = base64.b64decode(b"".join(lines[1:-1]), validate=True)
    except binascii.Error:
        data = b""
    # Writing it again leaves no second text for the same bytes.
    if armor(data).encode().split(b"\n")[:-1] != lines:
        raise Malformed("this is not an armored age file, check that it was copied whole")
    return data
