"""Vectors of case tokens (SPEC 2)."""

import unicodedata

from crypto import casetoken
from tests.vectors.fixtures import DEPLOYMENT, Vector, fixed, vector


def tokens() -> list[Vector]:
    """SPEC 2."""
    made = []
    for name, entropy in {"zeros": bytes(16), "ones": b"\xff" * 16, "fixed": fixed("entropy", 16)}.items():
        keys = casetoken.derive(entropy, DEPLOYMENT)
        listed = {
            language: unicodedata.normalize("NFKD", " ".join(casetoken.words(entropy, language)))
            for language in ("en", "fr")
        }
        output = {
            "words": listed,
            "reply_identity": keys.reply_identity.encode(),
            "reply_recipient": keys.reply_identity.recipient().encode(),
            **{
                part: getattr(keys, part).hex()
                for part in (
                    "author_key",
                    "memo_key",
                    "withdraw_key",
                    "withdraw_id",
                    "salt",
                    "locator",
                    "case_id",
                )
            },
        }
        made.append(
            vector(f"derive-{name}", {"entropy": entropy.hex(), "deployment": DEPLOYMENT.hex()}, output)
        )
    entropy = fixed("entropy", 16)
    french, english = (casetoken.words(entropy, language) for language in ("fr", "en"))
    plain = ["".join(c for c in unicodedata.normalize("NFKD", w) if c.isascii()) for w in french]
    readings = {
        "french": ("fr", " ".join(french)),
        "english": ("en", " ".join(english)),
        "decomposed": ("fr", unicodedata.normalize("NFD", " ".join(french))),
        "no-accents-upper-case": ("fr", " ".join(plain).upper()),
        "first-four-letters": ("fr", " ".join(word[:4] for word in plain)),
        "hyphens-and-lines": ("fr", "\n- ".join(french)),
        "numbered": ("en", " ".join(f"{n}. {word}" for n, word in enumerate(english, 1))),
    }
    for name, (language, text) in readings.items():
        found = {"candidates": [{"language": language, "entropy": entropy.hex()}]}
        made.append(vector(f"read-{name}", {"words": text}, found))
    zero = ["abandon"] * 11 + ["about"]
    wrong = {
        "eleven-words": (" ".join(english[:11]), {"reason": "wrong-count"}),
        "thirteen-words": (" ".join([*english, "zoo"]), {"reason": "wrong-count"}),
        "nothing": ("", {"reason": "wrong-count"}),
        "swapped-words": (" ".join([english[1], english[0], *english[2:]]), {"reason": "wrong-checksum"}),
        "last-word-wrong": (" ".join([*zero[:11], "zoo"]), {"reason": "wrong-checksum"}),
        "unknown-word": (
            " ".join([*zero[:5], "lanternx", *zero[6:]]),
            {"reason": "unknown-word", "index": 5, "word": "lanternx"},
        ),
        "five-letters": (
            " ".join(["aband", *zero[1:]]),
            {"reason": "unknown-word", "index": 0, "word": "aband"},
        ),
        "languages-mixed": (
            " ".join([*english[:7], "brebis", *english[8:]]),
            {"reason": "unknown-word", "index": 7, "word": "brebis"},
        ),
    }
    return made + [
        vector(f"read-{name}", {"words": text}, output, expect="malformed")
        for name, (text, output) in wrong.items()
    ]
