"""Check that an intake bundle is the next bundle from its portal (SPEC 8.3).

An officer must have confirmed this portal.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto.bundle import FIRST, IntakeHead
from crypto.signing import fingerprint, is_same_fingerprint
from inbox.exchange.verify import Announced
from inbox.language.errors import BundleRefused
from inbox.language.messages import sentence
from inbox.vault import queries_exchange
from inbox.vault.tables import Instance

_COMPARE = sentence("compare this key with the fingerprint that was printed when the portal was made")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How an officer accepts instance keys: by fingerprints that were typed, or by the answer to a question.

    ``after_restore`` is set if the vault was restored from a backup, so that bundles may be lost for good.
    """

    confirmed: str | None
    new: str | None
    ask: Callable[[str], bool]
    after_restore: bool = False


def follows(session: Session, announced: Announced, acceptance: Acceptance) -> bool:
    """Return True if the bundle is the next bundle, or False if this bundle was collected before.

    Raises BundleRefused for all other bundles, with the number of the expected bundle.
    """
    intake = announced.head
    known = queries_exchange.intake(session, intake.instance_key, intake.n)
    if known is not None:
        if known.hash != announced.hash:
            raise BundleRefused(
                sentence(
                    "a different bundle {n} was collected before: one of the two bundles is forged",
                    n=intake.n,
                ),
                sentence("keep both files, and tell whoever runs the portal"),
            )
        return False
    pinned = queries_exchange.pinned_instance(session)
    if pinned is None:
        _check_first(fingerprint(intake.instance_key), acceptance)
    elif pinned.key == intake.instance_key:
        _check_pinned(fingerprint(pinned.key), acceptance)
    elif session.get(Instance, intake.instance_key) is not None:
        raise BundleRefused(
            sentence("the bundle is from a portal that was replaced"),
            sentence("collect the bundles of the current portal"),
        )
    else:
        _check_new(fingerprint(intake.instance_key), acceptance)
    if not (acceptance.after_restore and is_gap(session, intake)):
        last = queries_exchange.last_intake(session, intake.instance_key)
        _check_next(intake, last.n if last else 0, last.hash if last else FIRST)
    return True


def check_given(named: Collection[bytes], acceptance: Acceptance) -> None:
    """Raise BundleRefused if a given fingerprint matches none of the keys ``named`` by bundles.

    ``named`` are instance keys (32 bytes each). Without a key, nothing is compared. No vault is needed here:
    ``follows`` checks later whether the key is the portal's.
    """
    found = sorted(map(fingerprint, named))
    for given in filter(None, (acceptance.confirmed, acceptance.new)):
        if found and not any(is_same_fingerprint(given, each) for each in found):
            raise _not_the_one_given(", ".join(found))


def is_gap(session: Session, intake: IntakeHead) -> bool:
    """Return whether bundles of the current portal are missing before this bundle."""
    last = queries_exchange.last_intake(session, intake.instance_key)
    return last is not None and intake.n > last.n + 1


def accept(session: Session, instance_key: bytes) -> int | None:
    """Pin the instance key if it is new.

    Returns the number of the last bundle of the previous portal if the new key ends its chain, otherwise
    None.
    """
    pinned = queries_exchange.pinned_instance(session)
    if pinned is not None and pinned.key == instance_key:
        return None
    ended = queries_exchange.last_intake(session, pinned.key) if pinned else None
    position = pinned.position + 1 if pinned else 1
    session.add(Instance(key=instance_key, position=position))
    session.flush()
    return ended.n if ended else None


def _check_first(found: str, acceptance: Acceptance) -> None:
    given = acceptance.confirmed or acceptance.new
    if given is None:
        if acceptance.ask(f"the portal's instance key is {found}; {_COMPARE}: is it the same?"):
            return
        raise BundleRefused(
            sentence("no portal is confirmed yet; this bundle's instance key is {found}", found=found),
            sentence(
                '{compare}, then repeat with --confirm-instance "{found}"', compare=_COMPARE, found=found
            ),
        )
    if not is_same_fingerprint(given, found):
        raise _not_the_one_given(found)


def _not_the_one_given(found: str) -> BundleRefused:
    return BundleRefused(
        sentence("the bundle's instance key is {found}, not the given key", found=found),
        sentence("somebody may have replaced the bundle in transit: {compare}", compare=_COMPARE),
    )


def _check_pinned(found: str, acceptance: Acceptance) -> None:
    if acceptance.confirmed is not None and not is_same_fingerprint(acceptance.confirmed, found):
        raise BundleRefused(
            sentence("the confirmed portal has the instance key {found}, not the given key", found=found),
            _COMPARE,
        )


def _check_new(found: str, acceptance: Acceptance) -> None:
    if acceptance.new is None or not is_same_fingerprint(acceptance.new, found):
        raise BundleRefused(
            sentence(
                "the bundle is not from the confirmed portal; the bundle's instance key is {found}",
                found=found,
            ),
            sentence(
                'if the portal was rebuilt, {compare}, then repeat with --new-instance "{found}"',
                compare=_COMPARE,
                found=found,
            ),
        )


def _check_next(intake: IntakeHead, last: int, previous: bytes) -> None:
    if intake.n > last + 1:
        raise BundleRefused(
            sentence("bundle {last} is missing before bundle {n}", last=last + 1, n=intake.n),
            sentence(
                "look for bundle {last}, or ask for a new export: fanal-portal run export --out DIR"
                " --again {last}",
                last=last + 1,
            ),
        )
    if intake.previous != previous:
        raise BundleRefused(
            sentence("bundle {n} does not continue the chain of the bundle collected before it", n=intake.n),
            sentence("keep both files, and tell whoever runs the portal"),
        )
