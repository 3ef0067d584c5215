"""Nothing in the portal's database can link a proof of receipt to a case (SPEC 5.6)."""

from collections.abc import Iterator
from datetime import timedelta

from crypto import age, base64url, container, messages, padding, receipt, signing
from crypto.messages import Received, Slot, Status
from crypto.receipt import RECEIPT, Receipt, SignedReceipt
from crypto.signing import Label
from tests.support.builders import INSPECTORATE, Sealed, make_outbox, make_report_envelope, today
from tests.support.portal_room import Room

OWN = timedelta(14)


def receipted(room: Room, case: Sealed) -> tuple[SignedReceipt, bytes]:
    """Return a receipt for the reporter of a case, and the sealed slot that contains it."""
    body = room.site.bodies[case.channel]
    statement = Receipt(
        deployment=room.site.deployment,
        author=receipt.author_hash(case.keys.author_key),
        day=today(),
        key_id=body.channel(today()).reply_keys[0].id,
    )
    signed = receipt.sign(statement, body.reply_seed)
    slot = Slot(
        channel=case.channel,
        case_id=case.case_id,
        serial=1,
        issued=today(),
        next_by=today() + OWN,
        status=Status.ACKNOWLEDGED,
        measures_disclosed=(),
        earlier=0,
        messages=(),
        received=Received(0, ()),
        receipt=signed,
    )
    raw = messages.SLOT.encode(slot)
    signature = signing.sign(Label.SLOT, room.site.deployment, raw, body.reply_seed)
    plain = container.write([], lambda _: raw, lambda _: signature, padding.slot)
    return signed, age.seal_bytes(b"".join(plain), [case.keys.reply_identity.recipient()])


def kept(value: object) -> Iterator[bytes]:
    """Yield all bytes and texts in nested values."""
    if isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from kept(each)
    elif isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()


def written(raw: bytes) -> list[bytes]:
    """Return the encodings in which a value might be stored."""
    return [raw, raw.hex().encode(), base64url.encode(raw).encode()]


def test_no_row_of_the_portal_links_a_proof_to_its_case(room: Room) -> None:
    """The test searches before and after the export. The control: the search finds every case id.

    No hash of a stored value equals the hash of an author key in a proof.
    """
    cases = [make_report_envelope(room.site, INSPECTORATE) for _ in range(3)]
    for case in cases:
        assert room.send(case).status_code == 201
    before = [*kept(room.state())]
    collected = room.export()
    made = [receipted(room, case) for case in cases]
    assert {len(sealed) for _, sealed in made} == {age.sealed_size(padding.SLOT)}
    slots = {case.case_id: sealed for case, (_, sealed) in zip(cases, made, strict=True)}
    room.bring(make_outbox(room.site, collected=[collected.link], slots=slots))
    rows = [*before, *kept(room.state())]
    for case, (signed, _) in zip(cases, made, strict=True):
        author_key = case.keys.author_key
        parts = (author_key, signed.statement.author, signed.signature, RECEIPT.encode(signed.statement))
        for part in parts:
            assert not any(form in row for row in rows for form in written(part))
        assert any(form in row for row in rows for form in written(case.case_id))
    hashed = {receipt.author_hash(row) for row in rows if len(row) == signing.PUBLIC}
    assert len(hashed) > len(cases)
    assert not hashed & {signed.statement.author for signed, _ in made}
