"""The keys of the twelve words cannot open the report itself."""

import pytest

from crypto import casetoken
from crypto.age import seal_bytes, unseal_bytes
from crypto.errors import NotForUs
from crypto.recipients import HybridIdentity

INTAKE = HybridIdentity.from_seed(bytes(range(32)))


def test_the_case_token_does_not_open_the_sent_report() -> None:
    """A person who finds the words can read replies, but not the report.

    The control is the intake key, which opens the report.
    """
    envelope = seal_bytes(b"report", [INTAKE.recipient()])
    keys = casetoken.derive(casetoken.generate(), bytes(16))
    seeds = [keys.author_seed, keys.memo_key, keys.withdraw_key]
    identities = [keys.reply_identity, *map(HybridIdentity.from_seed, seeds)]
    for identity in identities:
        with pytest.raises(NotForUs):
            unseal_bytes(envelope, [identity])
    assert b"report" == unseal_bytes(envelope, [INTAKE])
