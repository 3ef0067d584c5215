"""Print the work on a case."""

from collections.abc import Iterator

from crypto.printable import visible
from inbox.language import labels
from inbox.language.views import View
from inbox.system.terminal import quoted
from inbox.vault import score


def of(work: View) -> Iterator[str]:
    """Yield the work on a case, without notes: score, deadlines, measures, assignment."""
    judged = "" if work["judged"] else ", as the rules propose"
    yield f"priority {work['priority']}, score {work['score']} of {score.MOST}{judged}"
    yield from (_part(name, work) for name in score.NAMES)
    yield from (_clock(each) if "clock" in each else _duty(each) for each in work["deadlines"])
    yield from work["held_back"]
    if work["unasked"]:
        yield _unasked(work["unasked"])
    yield _regime(work)
    yield from _kept(work)
    if work["assigned"]:
        yield f"assigned to {visible(work['assigned'])}"
    if work["tags"]:
        yield f"tags: {visible(', '.join(work['tags']))}"
    yield from _source_risk(work)
    yield rating(work["rating"])
    yield from _end(work)
    for each in work["measures"]:
        yield measure(each)
        if each["sent"]:
            yield quoted(each["sent"])
    for each in work["links"]:
        yield f"related to case {each['case']}: {each['relation']}, since {each['since']}"


def notes(work: View) -> Iterator[str]:
    """Yield the notes of officers."""
    for each in work["notes"]:
        yield from ("", f"note of {each['day']} by {visible(each['by'])}:", quoted(each["text"]))


def rating(each: View) -> str:
    """Return the credibility rating on one line."""
    label = labels.english("credibility", each["credibility"])
    return f"credibility of what it says: {each['source']}{each['credibility']}, {label.lower()}"


def measure(each: View) -> str:
    """Return a measure on one line."""
    label = labels.english("measure", each["kind"])
    group = f", group {each['degree']}" if each["degree"] else ""
    to = f", {visible(each['addressee'])}" if each["addressee"] else ""
    reference = f", ref. {visible(each['reference'])}" if each["reference"] else ""
    limits = f", restrictions: {visible(each['restrictions'])}" if each["restrictions"] else ""
    shown = "the reporter is told" if each["told"] else "the reporter is not told"
    return f"measure {each['number']}, {each['day']}: {label}{group}{to}{reference}{limits} ({shown})"


def _kept(work: View) -> Iterator[str]:
    """Yield why a case must not be destroyed, whatever its age."""
    if work["held"]:
        yield f"LEGAL HOLD since {work['held']}: kept for a procedure; the reporter is not told"
    if work["pursued"]:
        yield "proceedings are open: the case is kept until two officers record the final decision"


def _end(work: View) -> Iterator[str]:
    """Yield the outcome of a case, or its prepared outcome and the obstacles to closing."""
    if work["outcome"]:
        yield _outcome(work)
        return
    if work["prepared_outcome"]:
        yield f"decided outcome: {labels.english('outcome', work['prepared_outcome'])}"
    if obstacles := (*work["closing"], *work["closing_depending"]):
        anew = work["closing_anew"]
        yield "obstacles to closing it:"
        for what in obstacles:
            yield f"  {labels.english('obstacle_anew' if what in anew else 'obstacle', what)}"


def _part(name: str, work: View) -> str:
    """Return a part of the score, and the answers behind the proposed value."""
    line = f"  {name:<14} {work['parts'][name]} of {score.HIGHEST}"
    if name not in work["proposed"]:
        return line
    rule = work["proposed"][name]
    because = "; ".join(
        f"{question}: {', '.join(given) or 'any answer'}" for question, given in rule["because"].items()
    )
    return f"{line}  (proposed by the rules: {rule['value']} for {because})"


def _clock(each: View) -> str:
    label = labels.english("clock", each["clock"])
    return f"  {_until(each['day'], each)}  {label}{_done(each)}{_promised(each)}"


def _promised(each: View) -> str:
    return f" (the waiting acknowledgement promises {each['promised']})" if each["promised"] else ""


def _done(each: View) -> str:
    if each["done"]:
        return ", done"
    if each["sent"]:
        return f", sent {each['sent']}, not confirmed"
    if each["waits"]:
        return ", written, waits for the next outbox"
    if each["impossible"]:
        return ", CANNOT BE MET: the reporter cannot be reached"
    return ", never done" if each["dropped"] else ""


def _duty(each: View) -> str:
    decision = labels.english("decision", each["decision"]) if each["decision"] else _undecided(each)
    if each["urgent"]:
        decision += f"; IMMINENT DANGER, do this now: {labels.english('measure', each['urgent'])}"
    ground = f"{labels.english('decision_ground', each['ground'])}; " if each["ground"] else ""
    why = f" ({ground}{visible(each['reason'])})" if each["reason"] else ""
    return f"  {_until(each['due'], each)}  {labels.english('duty', each['duty'])}: {decision}{why}"


def _undecided(each: View) -> str:
    if not (before := each["before"]):
        return "to be decided"
    what = "decide whether to send that as well" if before["sent"] else "to be decided again"
    said = labels.english("decision", before["decision"])
    return f"{said} on {before['day']}; something new has been received since: {what}"


def _regime(work: View) -> str:
    more = f", time for feedback extended on {work['extended']}" if work["extended"] else ""
    return f"deadlines of: {labels.english('regime', work['regime']).lower()}{more}"


def _until(day: str, each: View) -> str:
    settled = each.get("done") or each.get("decided")
    if each["urgency"] or not settled:
        how = each["urgency"] or ("late" if each["late"] else "")
        return f"{day}  {how:<18}"
    how = f"late: {day}" if each["late"] else ""
    return f"{settled}  {how:<18}"


def _unasked(each: View) -> str:
    """Return, on one line, why no decision about informing the prosecutor is required."""
    return (
        f"  {labels.english('duty', each['duty'])}: no decision is required, because the severity is"
        f" {each['severity']}, below {each['from']}, and no tag is one of: {', '.join(each['tags'])};"
        " a decision is still needed before an outcome is told, and before an outcome that finds facts"
    )


def _source_risk(work: View) -> Iterator[str]:
    if known := work["source_risk"]:
        yield f"risk to the reporter: {known}"
    elif proposed := work["proposed_source_risk"]:
        yield f"risk to the reporter: {proposed}? (proposed from the answers, not assessed)"
    else:
        yield "risk to the reporter: not assessed"


def _outcome(work: View) -> str:
    why = f" ({visible(work['withheld'])})" if work["withheld"] else ""
    return f"outcome: {labels.english('outcome', work['outcome'])}, disclosure {work['disclosure']}{why}"
