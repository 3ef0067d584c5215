"""Pictures that are made from others (ISO 23008-12, 6.6.2): how long their descriptions are."""

DERIVED = ("grid", "iovl", "iden", "tmap")
# The flag of numbers with 32 bits instead of 16, in the second byte.
_WIDE = 1
# A grid: version, flags, rows, columns, width and height.
_GRID = 4
# Layers: version, flags, a colour, width and height, and a place for each picture.
_LAYERS = 10
# A map of tones (ISO 21496-1, C.2.2): versions, flags, brightness, and five fractions for each colour or all.
_TONES_FLAGS, _HAS_COLOURS = 5, 0x80
_TONES, _FRACTIONS, _COLOURS = 22, 40, 3


def needed(kind: str, data: bytes, pictures: int) -> int:
    """Return the size in bytes that a description needs at most. Bytes after it have no meaning.

    ``data`` is its beginning, and ``pictures`` the number of pictures from which it is made.
    """
    pair = 8 if data[1:2] and data[1] & _WIDE else 4
    if kind == "grid":
        return _GRID + pair
    if kind == "iovl":
        return _LAYERS + pair * (1 + pictures)
    if kind == "tmap":
        many = len(data) > _TONES_FLAGS and data[_TONES_FLAGS] & _HAS_COLOURS
        return _TONES + _FRACTIONS * (_COLOURS if many else 1)
    return 0
