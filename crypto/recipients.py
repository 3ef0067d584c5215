"""All recipient types of age: hybrid for messages, scrypt for key files, X25519 for other programs."""

from crypto.hybrid import HybridIdentity, HybridRecipient
from crypto.scrypt import ScryptIdentity, ScryptRecipient
from crypto.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "HybridIdentity",
    "HybridRecipient",
    "ScryptIdentity",
    "ScryptRecipient",
    "X25519Identity",
    "X25519Recipient",
]
