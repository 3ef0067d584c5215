"""The keys of the twelve words cannot open the report itself."""

import pytest

from crypto import casetoken
from crypto.age import seal_bytes, unseal_bytes
from crypto.errors import Malformed, NotForUs
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


@pytest.mark.parametrize(("entropy", "deployment"), [(15, 16), (17, 16), (16, 15), (16, 17)])
def test_a_token_or_deployment_id_of_another_length_has_no_keys(entropy: int, deployment: int) -> None:
    with pytest.raises(Malformed):
        casetoken.derive(bytes(entropy), bytes(deployment))


@pytest.mark.parametrize("size", [15, 17, 20])
def test_a_token_of_another_length_has_no_words(size: int) -> None:
    with pytest.raises(Malformed):
        casetoken.words(bytes(size), "en")


def test_an_error_about_the_twelve_words_counts_them_from_one_and_does_not_repeat_them() -> None:
    words = casetoken.words(bytes(16), "en")
    with pytest.raises(casetoken.WrongCount, match="case token has 11 words, not 12"):
        casetoken.parse(" ".join(words[1:]))
    with pytest.raises(casetoken.UnknownWord, match="word 3 of the case token") as unknown:
        casetoken.parse(" ".join([*words[:2], "zzz", *words[3:]]))
    assert "zzz" not in str(unknown.value)


def test_a_new_token_has_sixteen_random_bytes_and_its_keys_are_not_printed() -> None:
    tokens = {casetoken.generate() for _ in range(9)}
    assert ({16}, 9) == ({len(each) for each in tokens}, len(tokens))
    assert repr(casetoken.derive(tokens.pop(), bytes(16))) == "CaseKeys(…)"
