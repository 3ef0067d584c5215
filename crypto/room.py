"""What a portal draws for each hour, so that nobody can tell how much of its room others take (SPEC 7.1)."""

from crypto import primitives

_LABEL = b"fanal/1/room"
_PART = 4


def draw(secret: bytes, deployment: bytes, name: str, period: int) -> float:
    """Return a number from 0 up to 1, most likely near the middle, that only the portal can know.

    ``secret`` is the seed of the instance key (32 bytes), ``name`` what it is drawn for, ``period`` the count
    of hours or days since 1970 that it holds in.
    """
    info = _LABEL + b"\0" + period.to_bytes(_PART, "big") + name.encode("ascii")
    drawn = primitives.derive(secret, salt=deployment, info=info)
    # The mean of two: with one, the highest of many draws would soon tell where the range ends.
    first, second = drawn[:_PART], drawn[_PART : 2 * _PART]
    return (int.from_bytes(first, "big") + int.from_bytes(second, "big")) / 2.0 ** (8 * _PART + 1)
