"""Vectors of strict JSON and of padding (SPEC 1.3, 3 and 4.2)."""

from crypto import age, archive, padding
from tests.vectors.fixtures import Vector, vector


def strict_json() -> list[Vector]:
    """SPEC 1.3."""
    good = {
        "empty-object": "{}",
        "accents-and-emoji": '{"a":"É😀\u2028\u007f"}',
        "escapes": r'{"a":"\"\\\b\f\n\r\t\u0000\u001f"}',
        "largest-integer": "[9007199254740991,-9007199254740991]",
        "eight-deep": "[[[[[[[[]]]]]]]]",
        "constants": "[true,false,null]",
        "digits-in-key": '{"a1_b":0}',
        "hyphen-and-dot-in-key": '{"anne-marie.b":0}',
    }
    bad = {
        "white-space": "{ }",
        "trailing-newline": "{}\n",
        "trailing-value": "{}{}",
        "float": "[1.5]",
        "integral-float": "[1.0]",
        "exponent": "[1e3]",
        "minus-zero": "[-0]",
        "leading-zero": "[01]",
        "too-large-integer": "[9007199254740992]",
        "too-small-integer": "[-9007199254740992]",
        "nan": "[NaN]",
        "infinity": "[Infinity]",
        "repeated-key": '{"a":1,"a":1}',
        "repeated-key-escaped": '{"a":1,"\\u0061":1}',
        "upper-case-key": '{"A":1}',
        "proto-key": '{"__proto__":1}',
        "empty-key": '{"":1}',
        "key-begins-with-hyphen": '{"-a":1}',
        "key-begins-with-dot": '{".a":1}',
        "number-key": '{"1":1}',
        "nine-deep": "[[[[[[[[[]]]]]]]]]",
        "lone-surrogate": r'["\ud800"]',
        "escaped-pair": r'["\ud83d\ude00"]',
        "escaped-slash": r'["\/"]',
        "escaped-letter": r'["\u0061"]',
        "upper-case-escape": r'["\u001F"]',
        "long-newline": r'["\u000a"]',
        "raw-control": '["\x01"]',
        "single-quotes": "['a']",
        "comment": "[/**/]",
        "trailing-comma": "[1,]",
        "empty": "",
    }
    raw = {
        "byte-order-mark": b"\xef\xbb\xbf{}",
        "not-utf-8": b'["\xff"]',
        "overlong": b'["\xc0\x80"]',
        "surrogate-utf-8": b'["\xed\xa0\x80"]',
    }
    return (
        [vector(name, {"json": text.encode().hex()}) for name, text in good.items()]
        + [vector(name, {"json": text.encode().hex()}, expect="malformed") for name, text in bad.items()]
        + [vector(name, {"json": data.hex()}, expect="malformed") for name, data in raw.items()]
    )


def paddings() -> list[Vector]:
    """Return the vectors of paddings and of sealed sizes (SPEC 4.2 and 3)."""
    rules = {
        "padme": (padding.padme, [1, 2, 3, 8, 9, 65_537, 100_000, 10_000_019, 2**30, 2**30 + 1]),
        "report": (padding.bucket, [2_048, 65_536, 65_537, 67_584, 1_000_000_000, 1_107_296_256]),
        "slot": (padding.slot, [2_048, 16_384]),
        "sealed": (age.sealed_size, [0, 1, 16_384, 65_536, 65_537, 1_107_296_256]),
    }
    made = [
        vector(f"{kind}-{size}", {"kind": kind, "size": size}, {"size": rule(size)})
        for kind, (rule, sizes) in rules.items()
        for size in sizes
    ]
    sizes = [0, 1, 512, 513, 64]
    total = archive.END + sum(map(archive.span, sizes))
    return [
        *made,
        vector("archive-of-five", {"kind": "archive", "sizes": sizes}, {"size": total}),
        vector("report-too-large", {"kind": "report", "size": 1_107_296_257}, expect="malformed"),
        vector("slot-too-large", {"kind": "slot", "size": 16_385}, expect="malformed"),
    ]
