"""The names of columns, strata and codes as people read them: sentences, which the catalogue translates."""

from collections.abc import Sequence

from inbox.language.messages import Sentence, sentence

COLUMNS = {
    # A list of controls.
    "container": sentence("container"),
    "iso_type": sentence("ISO type"),
    "seal": sentence("seal"),
    "call": sentence("call"),
    "bill_of_lading": sentence("bill of lading"),
    "mrn": sentence("MRN"),
    "hs6": sentence("HS6"),
    "origin": sentence("origin"),
    "origin_risk": sentence("origin risk"),
    "port": sentence("port"),
    "declarant": sentence("declarant"),
    "consignee": sentence("consignee"),
    "circuit": sentence("circuit"),
    "selection_origin": sentence("selection origin"),
    "unit": sentence("unit"),
    "check": sentence("check"),
    "begin": sentence("begin"),
    "end": sentence("end"),
    "result": sentence("result"),
    "image": sentence("image"),
    "team": sentence("team"),
    "shift": sentence("shift"),
    "haulier": sentence("haulier"),
    "cancelled_by": sentence("cancelled by"),
    "release": sentence("release"),
    "weight": sentence("weight"),
    # The result of a draw, and the register.
    "item": sentence("item"),
    "stratum": sentence("stratum"),
    "salt": sentence("salt"),
    "by": sentence("by"),
    "reason": sentence("reason"),
    "new_seal": sentence("new seal"),
    "n": sentence("entry"),
    "day": sentence("day"),
    "what": sentence("what"),
    "ceremony": sentence("draw"),
    "list": sentence("list"),
    "previous": sentence("end of the draw before"),
    "sample": sentence("sample"),
    "refuser": sentence("refuser"),
    "first": sentence("first check by"),
    "broker": sentence("broker"),
    "corrects": sentence("corrects entry"),
    "month": sentence("month"),
    # Transfers.
    "number": sentence("number"),
    "post": sentence("post"),
    "profile": sentence("profile"),
    "exposure": sentence("exposure"),
    "since": sentence("since"),
    "until": sentence("until"),
    "signed_by": sentence("signed by"),
    "order": sentence("order"),
    "state": sentence("state"),
    "from": sentence("from"),
    "to": sentence("to"),
    "agent": sentence("commitment to the number"),
}
_NOTHING = {
    "yes": sentence("nothing found"),
    "no": sentence("something found"),
}
_CANCELLED = {"yes": sentence("selection cancelled"), "no": sentence("selection kept")}
# The codes of the register.
WORDS = {
    "ceremony": sentence("draw"),
    "void": sentence("void"),
    "drawn": sentence("drawn"),
    "done": sentence("done"),
    "not-done": sentence("not-done"),
    "look": sentence("look"),
    "nothing": sentence("nothing"),
    "missed": sentence("missed"),
    "gone": sentence("gone"),
    "not-found": sentence("not-found"),
    "no-staff": sentence("no-staff"),
    "no-equipment": sentence("no-equipment"),
    "unsafe": sentence("unsafe"),
    "ordered": sentence("ordered"),
    "other": sentence("other"),
    "simple": sentence("simple"),
    "stratified": sentence("stratified"),
    "weighted": sentence("weighted"),
}
KINDS = {
    "first-broker": sentence("first check and broker meet"),
    "first-haulier": sentence("first check and haulier meet"),
    "by-broker": sentence("second check and broker meet"),
    "by-haulier": sentence("second check and haulier meet"),
    "miss-first": sentence("possible misses of a first check"),
    "miss-broker": sentence("possible misses of a broker"),
    "miss-haulier": sentence("possible misses of a haulier"),
    "miss-first-broker": sentence("possible misses of a first check and a broker"),
    "miss-first-haulier": sentence("possible misses of a first check and a haulier"),
}


def stratum(values: Sequence[str]) -> Sentence:
    """Return a stratum as people read it: ``values`` are those of ``columns.STRATUM`` after the unit."""
    check, risk, nothing, cancelled = values
    return sentence(
        "{check}, origin risk {risk}, {nothing}, {cancelled}",
        check=check,
        risk=risk,
        nothing=_NOTHING.get(nothing, nothing),
        cancelled=_CANCELLED.get(cancelled, cancelled),
    )
