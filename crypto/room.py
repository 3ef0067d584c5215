"""Secret random numbers for each hour, which hide how much of a portal's room is in use (SPEC 7.1)."""

from crypto import primitives

_LABEL = b"fanal/1/room"
_PART = 4


def draw(secret: bytes, deployment: bytes, name: str, period: int) -> float:
    """Return a number of at least 0 and less than 1, usually near the middle of this range.

    Only the portal can compute the number. ``secret`` is the seed of the instance key (32 bytes). ``name``
    says what the number is used for. ``period`` is the hour or day in which the number is valid, counted from
    1970.
    """
    info = _LABEL + b"\0" + period.to_bytes(_PART, "big") + name.encode("ascii")
    drawn = primitives.derive(secret, salt=deployment, info=info)
    # The mean of two numbers. With a single number, the highest of many draws would soon reveal the end of
    # the range.
    first, second = drawn[:_PART], drawn[_PART : 2 * _PART]
    return (int.from_bytes(first, "big") + int.from_bytes(second, "big")) / 2.0 ** (8 * _PART + 1)
