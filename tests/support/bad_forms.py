"""Forms that no browser sends: bodies that are slow to parse, and long text in every position of a part."""

from collections.abc import Mapping

_BOUNDARY = b"abcdefghij" * 7
_LINE = b"--" + _BOUNDARY
_HEAD = _LINE + b'\r\nContent-Disposition: form-data; name="sealed"; filename="a"\r\n\r\n'
_END = b"\r\n" + _LINE + b"--\r\n"
TYPE = "multipart/form-data; boundary=" + _BOUNDARY.decode()
_SIZE = 1 << 20


def _of(piece: bytes) -> bytes:
    return (piece * (_SIZE // len(piece) + 1))[:_SIZE]


def _part(header: bytes, body: bytes = b"x") -> bytes:
    return _LINE + b"\r\n" + header + b"\r\n\r\n" + body + _END


_NAMED = b'Content-Disposition: form-data; name="sealed"; filename'

FORMS: Mapping[str, bytes] = {
    "nothing": b"",
    "zeros": _HEAD + bytes(_SIZE) + _END,
    "carriage returns": _HEAD + _of(b"\r") + _END,
    "line feeds": _HEAD + _of(b"\n") + _END,
    "lines": _HEAD + _of(b"\r\n") + _END,
    "beginnings of an end": _HEAD + _of(b"\r\n--") + _END,
    "ends but for a letter": _HEAD + _of(b"\r\n" + _LINE[:-1]) + _END,
    "ends and a letter": _HEAD + _of(b"\r\n" + _LINE + b"x") + _END,
    "ends and spaces": _HEAD + _of(b"\r\n" + _LINE + b" " * 4_000 + b"x") + _END,
    "lines before the first part": _of(b"\n"),
    "ends but for a letter before the first part": _of(b"\r\n" + _LINE[:-1]),
    "ends and spaces before the first part": _of(b"\n" + _LINE + b" " * 4_000),
    "headers of a part": _LINE + b"\r\n" + _of(b"X: " + b"a" * 500 + b"\r\n"),
    "a header without a colon": _LINE + b"\r\n" + _of(b"a"),
    "parameters that do not end": _part(b"Content-Disposition: form-data" + _of(b';a="\\')),
    "parameters in pieces": _part(b"Content-Disposition: form-data" + b';a*0="b"' * 25_000),
    "a name in another coding": _part(_NAMED + b"*=utf-8''a"),
    "a name in a coding nobody knows": _part(_NAMED + b"*=nobody''a"),
    "a name in half a coding": _part(_NAMED + b"*=utf-16''%ff%fe"),
    "a coding of seven bits": _part(_NAMED + b'="a"\r\nContent-Type: text/plain; charset=utf-7'),
    "a part with a length below zero": _part(_NAMED + b'="a"\r\nContent-Length: -1'),
    "a coding nobody knows": _part(_NAMED + b'="a"\r\nContent-Type: text/plain; charset=nobody'),
    "another field": _part(b'Content-Disposition: form-data; name="other"; filename="a"'),
    "a part that is cut": _HEAD + b"x",
    "a hundred parts": _part(_NAMED + b'="a"')[: -len(_END)] * 100 + _END,
}
