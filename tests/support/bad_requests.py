"""Invalid requests, and the raw answers to them."""

import re
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

_ANSWER = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r]*\r\n(.*?)\r\n\r\n(.*)", re.DOTALL)
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
# Texts that would reveal the server's software, or the place of a failure.
BANNERS = (b"Traceback", b"gunicorn", b"Werkzeug", b"Python", b"nginx", b'File "', b"Server:")
# Requests that only the portal accepts. The web server in front of the portal refuses these requests.
LENIENT = {"another coding"}


def head(line: str, *headers: str) -> bytes:
    """Return the first lines of a request that closes its connection."""
    return "\r\n".join((line, "Host: x", "Connection: close", *headers, "", "")).encode("latin-1")


def _slot(*headers: str) -> bytes:
    return head("POST /api/slot HTTP/1.1", *headers)


def _chunked(body: bytes, *headers: str) -> bytes:
    return _slot("Transfer-Encoding: chunked", *headers) + body


_LOCATOR = b"L" * 32
_CHUNK = b"20\r\n" + _LOCATOR + b"\r\n"
SECOND = head("GET /smuggled HTTP/1.1")

# Each of these inputs is refused (4xx), or gets no answer if the server cannot recognise a request in it.
REFUSED: Mapping[str, bytes] = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2 by upgrade of version": head("GET / HTTP/2.0"),
    "HTTP/9.9": head("GET / HTTP/9.9"),
    "no version": b"GET /api/nowhere\r\n\r\n",
    "no path": head("GET  HTTP/1.1"),
    "method in lower case": head("get / HTTP/1.1"),
    "method with a null": head("G\0T / HTTP/1.1"),
    "CONNECT": head("CONNECT example.net:443 HTTP/1.1"),
    "TRACE": head("TRACE / HTTP/1.1"),
    "a null in the path": head("GET /\0 HTTP/1.1"),
    "a control character in the path": head("GET /\x7f\x01 HTTP/1.1"),
    "a null in a header": head("GET / HTTP/1.1", "X-Odd: a\0b"),
    "a header without a name": head("GET / HTTP/1.1", ": b"),
    "a space before the colon": _slot("Content-Length : 32") + _LOCATOR,
    "a folded header": head("GET / HTTP/1.1", "X-Odd: a", " b"),
    "two hosts": head("GET / HTTP/1.1", "Host: y"),
    "path of 10,000 characters": head("GET /" + "a" * 10_000 + " HTTP/1.1"),
    "query of 10,000 characters": head("GET /?" + "a" * 10_000 + " HTTP/1.1"),
    "header of 5 kB": head("GET / HTTP/1.1", "X-Odd: " + "a" * 5_000),
    "length and chunks": _chunked(_CHUNK + b"0\r\n\r\n", "Content-Length: 4"),
    "two lengths": _slot("Content-Length: 32", "Content-Length: 5") + _LOCATOR,
    "a list of lengths": _slot("Content-Length: 32, 5") + _LOCATOR,
    "length with a sign": _slot("Content-Length: +32") + _LOCATOR,
    "length below zero": _slot("Content-Length: -1") + _LOCATOR,
    "length in hexadecimal": _slot("Content-Length: 0x20") + _LOCATOR,
    "length of 30 digits": _slot("Content-Length: " + "9" * 30) + _LOCATOR,
    "length too small": _slot("Content-Length: 31") + _LOCATOR,
    "length too large": _slot("Content-Length: 33") + _LOCATOR,
    "no length": _slot(),
    "chunk size that is none": _chunked(b"zz\r\n" + _LOCATOR + b"\r\n0\r\n\r\n"),
    "chunk size below zero": _chunked(b"-20\r\n" + _LOCATOR + b"\r\n0\r\n\r\n"),
    "chunk size past 64 bits": _chunked(b"f" * 17 + b"\r\n" + _LOCATOR + b"\r\n0\r\n\r\n"),
    "chunk longer than said": _chunked(b"1f\r\n" + _LOCATOR + b"\r\n0\r\n\r\n"),
    "chunk shorter than said": _chunked(b"21\r\n" + _LOCATOR + b"\r\n0\r\n\r\n"),
    "chunks without an end": _chunked(_CHUNK),
    "no chunks": _chunked(b"0\r\n\r\n"),
    "another coding": _slot("Transfer-Encoding: gzip, chunked") + _CHUNK + b"0\r\n\r\n",
    "a coding nobody knows": _slot("Transfer-Encoding: xchunked") + _CHUNK + b"0\r\n\r\n",
    "chunked twice": _chunked(_CHUNK + b"0\r\n\r\n", "Transfer-Encoding: chunked"),
    "chunked by HTTP/1.0": head("POST /api/slot HTTP/1.0", "Transfer-Encoding: chunked") + _CHUNK,
    "a coding hidden by a tab": _slot("Transfer-Encoding:\x0bchunked") + _CHUNK + b"0\r\n\r\n",
    "a chunk with an extension, and a trailer": _chunked(b"5;a=b\r\nhello\r\n0\r\nX-Odd: a\r\n\r\n"),
    "one word": b"word\r\n\r\n",
    "a header with a space in its name": head("GET / HTTP/1.1", "X Odd: a"),
    "a header without a colon": head("GET / HTTP/1.1", "X-Odd"),
    "seventy headers": head("GET /api/work HTTP/1.1", *(f"X-{n}: a" for n in range(70))),
    "a coding that is a word": _slot("Transfer-Encoding: word"),
    "a method nobody knows": head("WORD /api/work HTTP/1.1"),
    "a method to put in its place": head(
        "POST /api/envelopes/word HTTP/1.1", "Tus-Resumable: 1.0.0", "X-HTTP-Method-Override: word"
    ),
    "an upload in clear": head(
        "PATCH /api/envelopes/word HTTP/1.1",
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        "Upload-Offset: 0",
        "Content-Length: 5",
    )
    + b"clear",
    "an address half open": _slot("Origin: http://[::1]%", "Content-Length: 31") + _LOCATOR,
    "an upload of 4,000 nines": head(
        "POST /api/envelopes HTTP/1.1", "Tus-Resumable: 1.0.0", "Upload-Length: " + "9" * 4_000
    ),
    "an expectation nobody knows": _slot("Expect: a miracle", "Content-Length: 32") + _LOCATOR,
}


# A server that waits for the rest of these requests does not answer until the client closes its side.
INCOMPLETE = {"HTTP/2 preface", "length too large", "chunk shorter than said", "chunks without an end"}


@dataclass(frozen=True, slots=True)
class Raw:
    """A raw answer: status (0 for no answer), head and body."""

    status: int
    head: bytes
    body: bytes

    @property
    def told(self) -> list[bytes]:
        """The texts by which the server reveals more about itself than it should."""
        return [banner for banner in BANNERS if banner.lower() in (self.head + self.body).lower()]


def exchange(port: int, content: bytes, *, end: bool = True, source: str = "127.0.0.1") -> Raw:
    """Send bytes, and return the first answer and everything after it.

    ``end``: close the sending side afterwards. ``source`` is the address of the client.
    """
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0)) as connection:
        try:
            connection.sendall(content)
            if end:
                connection.shutdown(socket.SHUT_WR)
        except OSError:  # the server refused the request before everything was sent
            pass
        while more := _received(connection):
            answer += more
    found = _ANSWER.match(answer.removeprefix(_GO_ON))
    return Raw(int(found[1]), found[2], found[3]) if found else Raw(0, b"", answer)


def told(answers: Counter[int]) -> str:
    """Return a text that states how many requests were sent, and how they were answered."""
    classes = Counter(status // 100 for status in answers.elements())
    kinds = ", ".join(f"{classes[each]} answered {each}xx" for each in (2, 4, 5))
    return f"{answers.total()} sent, {kinds}, {classes[0]} without a head"


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionError:
        return b""
