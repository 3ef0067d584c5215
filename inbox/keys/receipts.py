"""Receipts: for each acknowledged case, sign one statement that there was a report (SPEC 5.6)."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import receipt, receipt_key
from crypto.receipt import RECEIPT, Receipt, SignedReceipt
from inbox.keys import rotation
from inbox.vault import queries_office, tables


@dataclass(frozen=True, slots=True)
class Signer:
    """The reply key that signs today: its id and seed, and the deployment id."""

    deployment: bytes
    key_id: bytes
    seed: bytes = field(repr=False)


def kept(session: Session, number: int | None = None) -> dict[int, tables.Receipt]:
    """Return the receipts by case number; ``number`` limits the result to one case."""
    rows = select(tables.Receipt)
    rows = rows if number is None else rows.filter_by(case=number)
    return {row.case: row for row in session.scalars(rows)}


def read(row: tables.Receipt) -> SignedReceipt:
    """Return the receipt for a slot."""
    return SignedReceipt(RECEIPT.parse(row.statement), row.signature)


def sign(
    session: Session,
    receipts: MutableMapping[int, tables.Receipt],
    acknowledged: Iterable[tables.Case],
    signer: Signer,
    today: date,
) -> None:
    """Sign a receipt for each of these cases that has no receipt yet, and add it to ``receipts``.

    A receipt is signed again, with today's date, only if the keyring no longer lists the key that signed the
    receipt. A key that is no longer listed was withdrawn or expired years ago, so nobody could save a proof
    with the old receipt.
    """
    listed = {
        key.id
        for key in rotation.standing(queries_office.reply_keys(session))
        if receipt_key.is_listed(key.not_after, today)
    }
    for case in acknowledged:
        row = receipts.get(case.number)
        if case.author_key is None or (row is not None and row.signed_by in listed):
            continue
        made = _signed(case.number, case.author_key, signer, today)
        if row is None:
            session.add(made)
            receipts[case.number] = made
        else:
            row.statement, row.signature, row.signed_by = made.statement, made.signature, made.signed_by


def _signed(number: int, author_key: bytes, signer: Signer, today: date) -> tables.Receipt:
    statement = Receipt(
        deployment=signer.deployment,
        author=receipt.author_hash(author_key),
        day=today,
        key_id=signer.key_id,
    )
    signature = receipt.sign(statement, signer.seed).signature
    return tables.Receipt(
        case=number, statement=RECEIPT.encode(statement), signature=signature, signed_by=signer.key_id
    )
