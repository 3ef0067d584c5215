"""The law as data. The program reads French law and other laws. An error names the file, line and field."""

import hashlib
import os
import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.toml_lines import line_of
from crypto.toml_schema import EXPECTED, Mismatch
from inbox.language import toml_files
from templates.law import folder, reader
from templates.law.rules import (
    Asked,
    Body,
    DutyRole,
    Effect,
    Event,
    Law,
    MeasureRole,
    Reach,
    Told,
)
from tests.support.laws import FILES, FOLDERS, FRANCE, FRENCH, LAWS, OTHER
from tests.support.paths import ROOT


def changed(found: str, put: str, file: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    text = files[file].decode()
    assert found in text
    return {**files, file: text.replace(found, put, 1).encode()}


def refused(files: Mapping[str, bytes]) -> str:
    with pytest.raises(Mismatch) as caught:
        reader.parse(files)
    return str(caught.value)


# The values of the shipped French law.


def test_the_deadlines_of_the_law() -> None:
    spans = {code: [str(each) for each in clock.within] for code, clock in FRENCH.clocks.items()}
    assert spans == {
        "first_act": ["same day", "2 working days", "5 working days", "10 working days"],
        "ack_eu": ["7 days"],
        "ack_fr": ["7 working days"],
        "feedback": ["3 months"],
    }
    assert {"ack_eu", "ack_fr", "feedback"} == {
        code for code, each in FRENCH.clocks.items() if each.statutory
    }
    feedback = FRENCH.clocks["feedback"]
    assert (Event.ACKNOWLEDGED, "ack_eu") == (feedback.starts, feedback.or_after)
    assert feedback.extension is not None
    assert ("6 months", {"external"}) == (str(feedback.extension.within), feedback.extension.regimes)
    assert ("2 working days", "3 months") == (str(FRENCH.clocks["first_act"].of(2)), str(feedback.of(2)))
    assert ("internal", {"internal", "external"}) == (FRENCH.default_regime, FRENCH.clocks["ack_fr"].regimes)


def test_two_officers_decide_within_a_day_whether_the_prosecutor_is_informed() -> None:
    duty = FRENCH.duties[FRENCH.duty(DutyRole.PROSECUTOR)]
    assert (Asked.OFFENCE, Event.KNOWN, "1 day") == (duty.asked, duty.starts, str(duty.within))
    assert duty.urgent is not None
    assert ("same day", "prosecutor_phoned") == (str(duty.urgent.within), duty.urgent.measure)
    assert {"transmit": 2, "no_transmission": 2} == {
        code: each.officers for code, each in duty.decisions.items()
    }
    assert duty.decisions["transmit"].measure == FRENCH.measure(MeasureRole.TRANSMISSION)
    assert {"art40_transmission", "prosecutor_phoned"} == FRENCH.tells_prosecutor


def test_every_case_needs_a_decision_on_informing_the_persons_named_and_the_decision_can_be_deferred() -> (
    None
):
    duty = FRENCH.duties[FRENCH.duty(DutyRole.PERSONS)]
    assert (Asked.ALWAYS, Event.RECEIVED, "1 month") == (duty.asked, duty.starts, str(duty.within))
    deferring = {
        code: str(each.longest) for code, each in duty.decisions.items() if each.effect is Effect.DEFERS
    }
    assert {"defer": "1 year"} == deferring
    assert {"informed"} == {code for code, each in duty.decisions.items() if each.informs}


def test_every_access_request_is_answered_after_the_same_number_of_days() -> None:
    duty = FRENCH.duties[FRENCH.duty(DutyRole.ACCESS)]
    assert ("1 month", "25 days") == (str(duty.within), str(duty.answer_after))
    assert ("3 months", "2 months") == (str(duty.extended), str(duty.names_kept))
    assert {"answered", "neither"} == duty.decisions.keys()
    assert {2} == {each.officers for each in duty.decisions.values()}


def test_two_officers_need_a_ground_to_declare_a_report_inadmissible() -> None:
    duty = FRENCH.duties[FRENCH.duty(DutyRole.ADMISSIBILITY)]
    decision = duty.decisions["inadmissible"]
    assert (2, "inadmissible") == (decision.officers, decision.outcome)
    assert {"facts", "consideration", "secret", "unclear"} == decision.grounds.keys()
    assert "2 months" == str(FRENCH.retention.periods[FRENCH.outcomes["inadmissible"].retention].keep)


def test_reporters_may_be_told_only_of_measures_of_protection_and_organisation() -> None:
    """An unknown reporter may be a member of the criminal network."""
    told = {code for code, each in FRENCH.measures.items() if each.told is not Told.NEVER}
    protection = {code for code in FRENCH.measures if "protection" in code}
    assert told == {"process_fix", "referred_external", "forwarded_external", "none"} | protection
    assert 5 == len(protection)


def test_measures_that_could_warn_suspects_need_the_prosecutors_word() -> None:
    free = {code for code, each in FRENCH.measures.items() if not each.needs_word}
    assert {"hearing", "suspension", "mobility", "access_suspended", "dnred_informed"}.isdisjoint(free)
    # Measures against danger, measures for protection, and measures that the law or the prosecutor requires
    # are never delayed.
    assert {code for code in FRENCH.measures if "protection" in code} <= free
    assert {"prosecutor_phoned", "art40_transmission", "log_preservation", "referred_external"} <= free


def test_a_case_in_proceedings_is_kept_until_two_officers_record_a_final_decision() -> None:
    opens = {code for code, each in FRENCH.measures.items() if each.opens_proceedings}
    assert opens == FRENCH.tells_prosecutor | {
        "judicial_investigation", "disciplinary_opened", "disciplinary_sanction", "suspension"
    }  # fmt: skip
    for role in (MeasureRole.FINAL_DECISION, MeasureRole.OFFICE_DECISION):
        final = FRENCH.measures[FRENCH.measure(role)]
        assert (True, 2) == (final.ends_proceedings, final.officers)
    assert {"disciplinary_sanction": 4} == {
        code: each.groups for code, each in FRENCH.measures.items() if each.groups
    }


def test_two_officers_must_agree_to_close_a_case_with_an_outcome_that_contradicts_the_report() -> None:
    against = {"unfounded", "insufficient", "bad_faith"}
    two = {code for code, each in FRENCH.outcomes.items() if each.officers == 2}
    assert two == against | {"unverifiable", "inadmissible", "out_of_scope"}
    assert {"out_of_scope"} == {code for code, each in FRENCH.outcomes.items() if each.body is Body.NEEDED}


def test_each_kind_of_data_has_a_retention_period() -> None:
    kept = FRENCH.retention
    periods = {**kept.periods, "proceedings": kept.proceedings, "junk": kept.junk, "unopened": kept.unopened}
    assert {
        code: (str(each.keep), each.archive and str(each.archive), each.visa)
        for code, each in periods.items()
    } == {
        "admissible": ("1 year", "5 years", True),
        "inadmissible": ("2 months", None, True),
        "proceedings": ("1 year", None, True),
        "junk": ("30 days", None, False),
        "unopened": ("2 months", None, False),
    }


def test_the_inspectorate_of_finance_is_not_an_external_authority() -> None:
    external = {code for code, each in FRENCH.authorities.items() if each.kind is Reach.EXTERNAL}
    assert {"defender_of_rights", "anticorruption_agency"} == external
    assert {"lawyer", "doctor", "union"} == {
        code for code, each in FRENCH.authorities.items() if each.kind is Reach.ADVICE
    }
    assert all("IGF" not in each.name.en for each in FRENCH.authorities.values())


def test_obstacles_and_offences_and_the_name_of_the_ledger_are_as_the_law_decided() -> None:
    assert (2, 2) == (FRENCH.obstacles.urgent.value, FRENCH.obstacles.junk_officers.value)
    assert (2, True) == (FRENCH.offence.severity, "délit" in FRENCH.offence.tags)
    assert ("registre des communications", ("registre",)) == (
        FRENCH.words["ledger"].name.fr, FRENCH.words["ledger"].avoid
    )  # fmt: skip


# A law of another jurisdiction.


def test_the_law_of_the_other_jurisdiction_shares_no_code_with_the_french_one() -> None:
    """Therefore a program that relies on a code of French law fails with the other law."""
    for table in ("regimes", "clocks", "duties", "measures", "outcomes", "guarantees"):
        french, other = getattr(FRENCH, table), getattr(OTHER, table)
        assert other
        assert french.keys().isdisjoint(other), table
    assert ("JO", {4, 5}) == (OTHER.calendar.country, OTHER.calendar.weekend)
    assert ("FR", {5, 6}) == (FRENCH.calendar.country, FRENCH.calendar.weekend)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_a_law_has_a_rule_for_every_role(law: Law) -> None:
    assert len(MeasureRole) == len({law.measure(role) for role in MeasureRole})
    assert len(DutyRole) == len({law.duty(role) for role in DutyRole})
    assert law.tells_prosecutor
    assert law.regimes[law.default_regime].is_default


@pytest.mark.parametrize("name", LAWS)
def test_each_flag_of_the_law_has_the_value_that_its_file_gives(name: str) -> None:
    """A flag that is missing in the file is read as false."""
    law, said = LAWS[name], {file: tomllib.loads(raw.decode()) for file, raw in FILES[name].items()}
    flags = ("opens_proceedings", "ends_proceedings", "is_inquiry", "needs_word", "addressee")
    for code, row in said["measures.toml"]["measure"].items():
        measure = law.measures[code]
        assert [row.get(flag, False) for flag in flags] == [getattr(measure, flag) for flag in flags]
        assert (row.get("officers", 1), row.get("groups", 0)) == (measure.officers, measure.groups)
    for code, row in said["outcomes.toml"]["outcome"].items():
        outcome = law.outcomes[code]
        assert (row.get("needs_word", False), row.get("body", "none")) == (outcome.needs_word, outcome.body)
        assert row.get("finds_facts", False) is outcome.finds_facts
        assert row.get("linked", False) is outcome.linked
        assert (row.get("only_after"), row.get("never_after")) == (outcome.only_after, outcome.never_after)
    for code, row in said["law.toml"]["regime"].items():
        assert (row["oral"], row["default"]) == (law.regimes[code].oral, law.regimes[code].is_default)
    for code, row in said["authorities.toml"]["authority"].items():
        assert (row["referral"], row["kind"]) == (law.authorities[code].referral, law.authorities[code].kind)
    for code, row in said["retention.toml"]["period"].items():
        assert row["visa"] == law.retention.periods[code].visa


# Errors.

MISTAKES = tomllib.loads((ROOT / "tests" / "golden" / "jurisdictions" / "mistakes.toml").read_text())[
    "mistake"
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{n} {each['put']}" for n, each in enumerate(MISTAKES)])
def test_an_error_in_the_law_names_the_file_and_the_line_and_the_field(mistake: Mapping[str, str]) -> None:
    file = mistake["file"]
    files = changed(mistake["found"], mistake["put"], file, FILES[mistake.get("law", "fr")])
    message = refused(files)
    place = re.fullmatch(rf"(?:line (\d+): )?{re.escape(file)}(?:, [\w.]+ \d)?(?:: | must be ).*", message)
    assert place, message
    assert mistake["said"] in message
    lines = ["", *(line.strip() for line in files[file].decode().splitlines())]
    assert lines[int(place[1] or 0)].startswith(mistake["at"])
    assert bool(mistake["at"]) == bool(place[1])


def test_the_tested_errors_include_one_in_every_file_of_the_law() -> None:
    assert set(folder.NAMES) == {mistake["file"] for mistake in MISTAKES}


def keys(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items():
        yield (*path, key)
        if isinstance(inner, dict):
            yield from keys(inner, (*path, key))


@pytest.mark.parametrize("file", folder.NAMES)
def test_a_misspelt_key_is_refused_in_any_file(file: str) -> None:
    """Otherwise the rule would be ignored without notice."""
    text = FILES["xx"][file].decode()
    for path in keys(tomllib.loads(text)):
        lines = text.splitlines(keepends=True)
        line = line_of(text, path)
        assert line is not None
        wrong = re.sub(rf"\b{path[-1]}\b(?=\]| =|\.)", f"{path[-1]}X", lines[line - 1], count=1)
        assert wrong != lines[line - 1]
        lines[line - 1] = wrong
        assert file in refused({**FILES["xx"], file: "".join(lines).encode()})


PUT = st.sampled_from(["", "1", "true", '""', '"x"', "[]", '["x"]', "{}", "nan", "1979-05-27", "'''", "["])


@given(st.sampled_from([(name, file) for name in FILES for file in folder.NAMES]), st.data())
def test_a_damaged_file_is_named_in_an_error_or_read_as_another_law(
    where: tuple[str, str], data: st.DataObject
) -> None:
    """A line is deleted, duplicated, moved, or given another value."""
    name, file = where
    lines = FILES[name][file].decode().splitlines()
    line = data.draw(st.sampled_from([n for n, text in enumerate(lines) if text and text[0] != "#"]))
    match data.draw(st.sampled_from(["gone", "moved", "twice", "put"])):
        case "gone":
            del lines[line]
        case "moved":
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(line))
        case "twice":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[line])
        case _:
            lines[line] = f"{lines[line].partition(' = ')[0]} = {data.draw(PUT)}"
    said = ""
    try:
        reader.parse({**FILES[name], file: "\n".join(lines).encode()})
    except Mismatch as mistake:
        said = str(mistake)
    assert not said or any(each in said for each in folder.NAMES)


# Folders.


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name, content in FILES["fr"].items():
        (tmp_path / name).write_bytes(content)
    assert reader.read(tmp_path) == FRENCH  # the control
    return tmp_path


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to(FOLDERS["fr"] / path.name)


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def foldered(path: Path) -> None:
    path.unlink()
    path.mkdir()


def sparse(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1 << 40)


_TOO_LARGE = "'measures.toml' must be a file of at most 256 KiB"
GIVEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "'measures.toml' is missing"),
    "link": (linked, "'measures.toml' must be a regular file, not a link, folder, pipe or device"),
    "pipe": (piped, "'measures.toml' must be a regular file"),
    "folder": (foldered, "'measures.toml' must be a regular file"),
    "large": (lambda path: path.write_bytes(b"#" * 10**7), _TOO_LARGE),
    "a hole": (sparse, _TOO_LARGE),
    "no text": (lambda path: path.write_bytes(b"\xff"), "measures.toml is not TOML"),
    "latin-1": (lambda path: path.write_bytes(path.read_text().encode("latin-1", "ignore")), "is not TOML"),
    "empty": (lambda path: path.write_bytes(b""), "measures.toml: 'measure' is missing"),
    "more": (lambda path: path.with_suffix(".toml~").touch(), "'measures.toml~' is not known here"),
    "hidden": (lambda path: path.with_name(".git").mkdir(), "'.git' is not known here"),
    "dots": (lambda path: path.write_text("a." * 50_000 + "a = 1"), "a dotted key has more than 16 parts"),
    "brackets": (lambda path: path.write_text("a = " + "[" * 100_000), "measures.toml is not TOML"),
    "tables": (lambda path: path.write_text("[[a]]\n" * 30_000), "'measure' is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "said"), GIVEN.values(), ids=GIVEN)
def test_a_file_that_is_not_a_regular_text_file_is_quickly_refused_and_named(
    copied: Path, make: Callable[[Path], object], said: str
) -> None:
    make(copied / "measures.toml")
    begun = time.process_time()
    with pytest.raises(Mismatch) as caught:
        reader.read(copied)
    assert said in str(caught.value)
    assert time.process_time() - begun < 2


def test_a_path_that_is_not_a_folder_is_refused_and_named(copied: Path, tmp_path: Path) -> None:
    link = tmp_path.with_name("link")
    link.symlink_to(copied)
    for path in (link, copied / "law.toml"):
        with pytest.raises(Mismatch, match=f"{path} must be a folder, not a link"):
            reader.read(path)
    with pytest.raises(FileNotFoundError):
        reader.read(copied / "nothing")


# The hash.


@pytest.mark.parametrize("name", FOLDERS)
def test_the_hash_covers_the_name_and_the_content_of_each_file_and_their_lengths(name: str) -> None:
    """A shell loop over `*.toml` can compute the hash."""
    parts = [part for file in sorted(FILES[name]) for part in (file.encode(), FILES[name][file])]
    counted = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    assert hashlib.sha256(counted).digest() == LAWS[name].sha256
    assert folder.sha256(dict(reversed(FILES[name].items()))) == LAWS[name].sha256


def test_different_files_have_different_hashes() -> None:
    files = FILES["xx"]
    moved = {**files, "law.toml": files["law.toml"][:-1], "measures.toml": b"\n" + files["measures.toml"]}
    commented = {**files, "law.toml": files["law.toml"] + b"#\n"}
    hashes = {folder.sha256(each) for each in (files, moved, commented, FILES["fr"])}
    assert 4 == len(hashes)


# Questions for counsel.


@pytest.mark.parametrize("name", FOLDERS)
def test_every_question_for_counsel_is_listed_with_its_file_and_rule(name: str) -> None:
    asked = {
        (file, ".".join(path[:-1]))
        for file, raw in FILES[name].items()
        for path in keys(tomllib.loads(raw.decode()))
        if path[-1] == "confirm"
    }
    assert asked
    assert asked == {(each.file, each.key) for each in LAWS[name].to_confirm}
    assert all(each.basis.confirm and each.basis.source for each in LAWS[name].to_confirm)


def test_the_desk_translates_every_expectation_that_an_error_states() -> None:
    """Another test checks that the catalogue has these texts."""
    assert EXPECTED == {code: said.template for code, said in toml_files._EXPECTED.items()}


def test_the_end_of_a_period_depends_on_the_given_calendar() -> None:
    """The code for periods must not always use the calendar of France."""

    class Always:
        """A calendar without days off."""

        def after(self, day: date, count: int) -> date:
            return day + timedelta(days=count)

    span = OTHER.clocks["receipt"].of(1)
    assert date(2026, 12, 27) == span.after(date(2026, 12, 24), Always())
    assert date(2026, 12, 30) == span.after(date(2026, 12, 24), FRANCE)
