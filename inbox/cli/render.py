"""Render views as lines of text for people. This module makes values from outside harmless, one by one."""

from collections.abc import Iterator, Sequence

from crypto.printable import visible
from crypto.questionnaire import Flag
from inbox.cli import render_work
from inbox.exchange.collect import Outcome
from inbox.language import labels
from inbox.language.views import View
from inbox.overview import case_view
from inbox.session import action_words
from inbox.setup.sheet_notice import Notice
from inbox.system.terminal import quoted
from inbox.vault.casework_tables import PORTAL


def sheet_notices(found: Sequence[Notice]) -> Iterator[str]:
    """Yield the notices of renewals with a paper sheet, and who has confirmed each."""
    for each in found:
        by = action_words.officers(each.by, "en")
        yield visible(f"NOTICE: on {each.day} the shares were renewed with a sheet, by {by}")
        if each.passphrases_lost is not None:
            yield visible(f"  Too few officers gave a passphrase. Reason given: {each.passphrases_lost}")
        yield "  If you were not there, tell the others and whoever oversees you at once."
        yield from _confirmed(each)


def _confirmed(notice: Notice) -> Iterator[str]:
    """Yield who has confirmed a notice, what each confirmation proves, and when the notice ends."""
    if notice.confirmed_by_own:
        yield visible(f"  Read by {', '.join(notice.confirmed_by_own)}.")
    if notice.confirmed_by_sheet:
        names = ", ".join(notice.confirmed_by_sheet)
        yield visible(f"  Confirmed in the name of {names}, which proves nothing: whoever brought")
        yield "  a sheet chose the passphrase of its officer."
    if notice.waits_for:
        yield visible(f"  Not read yet by {', '.join(notice.waits_for)}: inbox officer acknowledge")
    yield f"  Shown until all have read it, and at least until {notice.until}."


def overview(view: View) -> Iterator[str]:
    """Yield the list of cases, the number of unfiled envelopes, and the cases with unread messages."""
    if not view["cases"]:
        yield "no cases yet"
    yield from _cases_of(view)
    yield from _unopened_of(view)
    unread = [case["case"] for case in view["cases"] if to_read(case)]
    if unread:
        yield ""
        yield f"not read yet: {_cases(unread)}; to see one: inbox case show CASE"


def summary(case: View) -> str:
    """Return the line of a case in lists, or the command that officers must run before the line is shown."""
    undeclared = f"       not shown before: inbox case declare {case['case']}"
    return undeclared if case["summary"] is None else quoted(case["summary"])


def _cases_of(view: View) -> Iterator[str]:
    for case in view["cases"]:
        counts = f"{case['follow_ups']} follow-ups, {case['attachments']} files, {case['messages']} replies"
        language = case["language"] or "--"
        yield f"{case['case']:>5}  {case['received']}  {case['status']:<14}  {language}  {counts}"
        yield summary(case)
        if marks := [*case["flags"], *(f"excludes {name}" for name in case["kept_from"])]:
            yield f"       [{visible(', '.join(marks))}]"
        if new := to_read(case):
            yield f"       NOT READ YET: {new}"


def _unopened_of(view: View) -> Iterator[str]:
    if view["unopened"]:
        yield ""
        yield f"unfiled envelopes: {view['unopened']}; see: inbox exchange unopened list"


def unopened(row: View) -> Iterator[str]:
    """Yield the lines of an unfiled envelope."""
    kind = f"{row['kind']}: {labels.english('unopened', row['kind'])}"
    yield f"{row['number']:>5}  {row['received']}  bundle {row['bundle']}  {kind}"
    kept = f"kept as {row['file']}" if row["file"] else "kept without the envelope"
    yield f"       {kept}, until {row['kept_until']}"


def details(view: View) -> Iterator[str]:
    """Yield one case in full."""
    yield f"case {view['case']}: {view['status']}"
    language = view["language"] or "unknown"
    yield f"received {view['received']}, collected {view['collected']}, language {language}"
    if view["received_doubted"]:
        yield f"the portal says that it arrived on {view['received_doubted']}, which is impossible"
    if view["route"] != PORTAL:
        route = labels.english("route", view["route"])
        yield f"entered by officers, possibly in their own words; how it arrived: {route}"
    yield from _to_know(view)
    if view["note"] is not None:
        yield from ("", "note:", quoted(view["note"]))
    for field, answer in view["answers"].items():
        yield from (
            "",
            _question(field, view),
            quoted(_answer(field, answer, view["labels"])),
        )
    yield from _files(view["case"], view["attachments"])
    for kind, each in case_view.in_order(view):
        if kind == "reply":
            yield from ("", f"reply {each['number']} of {each['day']}, {_way(each)}:", quoted(each["text"]))
        else:
            new = ", not read before" if each["unread"] else ""
            head = f"follow-up {each['number']}, written {each['written']}{new}:"
            yield from ("", head, quoted(each["text"]))
            yield from _files(view["case"], each["attachments"])
    yield from ("", "the work on it:", *render_work.of(view["work"]))
    yield from render_work.notes(view["work"])


def _to_know(view: View) -> Iterator[str]:
    """Yield warnings that officers must see first."""
    yield from (_loud("flag", flag) for flag in view["flags"])
    yield from (f"EXCLUDED: {visible(name)}: do not mention this case to them" for name in view["kept_from"])
    yield from (f"minimised on {each['day']} at {visible(each['place'])}" for each in view["struck"])
    if view["handlers"]:
        yield f"FOR ITS HANDLERS ONLY: {visible(', '.join(view['handlers']))}"
    if view["junked"]:
        yield f"JUNK since {view['junked']}: not in the queue; inbox case unjunk {view['case']}"
    for caution in view["cautions"]:
        yield _loud("caution", caution)
        if caution == Flag.DANGER:
            yield f"  {_danger(view)}"
    if view["alike"]:
        yield f"CHECK these words with letters of several alphabets: {visible(', '.join(view['alike']))}"


def _danger(view: View) -> str:
    """Return whether officers have recorded an action on the danger that a report describes."""
    if view["work"]["is_danger_open"]:
        return f"no action on this danger has been recorded yet: inbox case measure add {view['case']} KIND"
    return "action on this danger has been recorded"


def keyring(view: View) -> Iterator[str]:
    """Yield the lines that the portal needs about a keyring."""
    how = "renewed" if view["renewed"] else "unchanged"
    yield f"keyring {view['serial']}, {how}, valid until {view['valid_until']}"
    yield "`fanal-portal setup` reads both values from root.json; a file of answers needs these two lines:"
    yield f'deployment = "{view["deployment"]}"'
    yield f'root_key = "{view["root_key"]}"'


def outcome(result: Outcome) -> Iterator[str]:
    """Yield the result of a bundle that was not refused."""
    name = visible(result.bundle)
    if result.filed is None:
        yield f"{name}: bundle {result.n} {labels.english('bundle', result.state)}"
        return
    filed = result.filed
    yield (
        f"{name}: bundle {result.n} collected: {len(filed.cases)} new cases,"
        f" {len(filed.follow_ups)} follow-ups, {len(filed.withdrawn)} withdrawals,"
        f" {len(filed.repeated)} repeated, {len(filed.unopened)} unfiled"
    )
    if filed.cases:
        yield f"new cases: {_spans(filed.cases)}"
    if filed.follow_ups:
        yield f"follow-ups to: {_cases(filed.follow_ups)}"
    if filed.withdrawn:
        yield f"withdrawn by the reporter: {_cases(filed.withdrawn)}"
    for case, officer in result.kept_from:
        yield f"case {case} excludes {visible(officer)}: do not mention it to them"
    if filed.resolved:
        yield f"filed at last, and no longer listed as unfiled: {_numbers(filed.resolved)}"
    if filed.unopened:
        yield "to see unfiled envelopes: inbox exchange unopened list"
    yield from (f"warning: {warning}" for warning in result.warnings)


def outcome_view(result: Outcome) -> View:
    """Return the result of a bundle as a JSON value."""
    filed = result.filed
    return {
        "bundle": result.bundle,
        "n": result.n,
        "state": result.state,
        "cases": filed.cases if filed else [],
        "follow_ups": filed.follow_ups if filed else [],
        "withdrawn": filed.withdrawn if filed else [],
        "unopened": filed.unopened if filed else [],
        "resolved": sorted(filed.resolved) if filed else [],
        "repeated": len(filed.repeated) if filed else 0,
        "kept_from": [{"case": case, "officer": officer} for case, officer in result.kept_from],
        "warnings": result.warnings,
        "error": str(result.refused) if result.refused else None,
        "hint": result.refused.hint if result.refused else None,
    }


def _loud(codes: str, code: str) -> str:
    """Return a code's label with the part before its colon in capitals: terminals have no other emphasis."""
    head, colon, rest = labels.english(codes, code).partition(":")
    return f"{head.upper()}{colon}{rest}"


def to_read(row: View) -> str:
    """Return which messages of a case are unread, in words; the result can be empty."""
    count = row["unread_follow_ups"] or 0
    follow_ups = f"{count} follow-up" + "s" * (count > 1)
    return ", ".join(["the report"] * bool(row["new"]) + [follow_ups] * (count > 0))


def _files(case: int, files: list[View]) -> Iterator[str]:
    for file in files:
        yield f"file {file['number']}, {file['size']} bytes:"
        sent = f"sent as {file['type']}; to check: inbox file show {case} {file['number']}"
        said = file["name"], sent if file["type"] else ""
        yield quoted("\n".join(filter(None, said)) or "no name")


def _question(field: str, view: View) -> str:
    label = visible(view["labels"].get(field, field))
    odd = view["odd"].get(field)
    return f"{label} ({labels.english('oddity', odd)})" if odd else label


def _answer(field: str, answer: str | Sequence[str], labels: dict[str, str]) -> str:
    given = [answer] if isinstance(answer, str) else answer
    return "\n".join(labels.get(f"{field}.{each}", each) for each in given)


def _way(message: View) -> str:
    if message["seen"]:
        return "read by the reporter"
    return "sent, not confirmed as read" if message["sent"] else "waits for the next outbox"


def _cases(numbers: list[int]) -> str:
    return f"case {_numbers(numbers)}"


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, sorted(set(numbers))))


def _spans(numbers: list[int]) -> str:
    """Return numbers as text, with ranges. A range may include hidden cases."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
