"""Dossiers: what they contain, what redaction removes, and how another machine verifies them."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from crypto import age, base64url, signing
from crypto.dossier import Purpose
from crypto.errors import NotForUs
from crypto.journal import Presence
from crypto.messages import QuestionnaireRef, Report
from inbox.cli import main
from inbox.dossiers import compose
from inbox.dossiers.compose import Doubt, Plan
from inbox.session.actions import Actor
from inbox.text.redaction import Redaction
from inbox.vault import queries_office
from inbox.vault.casework_tables import Duty, Identity, Measure
from inbox.vault.tables import Case, FollowUp
from templates import fonts
from tests.support import dossier_room as room_of
from tests.support.desk_room import sitting
from tests.support.dossier_room import (
    ADDRESSEE,
    LABELS,
    LETTER,
    NAME,
    PNG,
    SECRET,
    SOURCE,
    STOCK,
    Room,
    opened,
)
from tests.support.gate import chosen
from tests.support.inbox_builders import (
    ASKED,
    QUESTIONNAIRE,
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    answering,
    drop,
    first,
    stranger,
    today,
)
from tests.support.laws import FRENCH
from tests.support.questionnaires import as_version


@pytest.fixture(scope="module")
def whole(room: Room) -> Path:
    """A dossier from which officers removed nothing."""
    return room.make("whole.age", "--attachments", "original", "--every-file")


@pytest.fixture(scope="module")
def key(room: Room) -> str:
    """The fingerprint of the root key as printed on posters."""
    _, root_key = room.office.keyring()
    return signing.fingerprint(root_key)


def told(dossier: Path) -> str:
    """Return the pages and the JSON of a dossier in every form in which somebody could read them."""
    parts = opened(dossier)
    pdf = parts["dossier.pdf"]
    raw = (pdf + room_of.unpacked(pdf)).decode("latin-1")
    texts = [part.decode("latin-1") for part in parts.values()]
    document = parts["dossier.json"].decode()
    return "\n".join([room_of.printed(pdf), room_of.drawn(pdf), raw, document, *texts])


def test_a_dossier_states_its_legal_basis_and_that_it_does_not_name_the_reporter(whole: Path) -> None:
    printed = set(room_of.printed(opened(whole)["dossier.pdf"]).split())
    said = f"{FRENCH.dossier.law.fr} {FRENCH.dossier.secret.fr}".split()
    assert [] == [word for word in said if word not in printed]


def test_a_removed_passage_is_missing_from_the_pages_and_from_the_json(room: Room, whole: Path) -> None:
    """Even the font contains none of the glyphs of the passage.

    The control is the dossier without redaction.
    """
    redacted = room.make("redacted.age", "--redact", f"*:{NAME}", "--redact", f"what:{LETTER} a loué")
    said, control = told(redacted), told(whole)
    for word in ("Firmin", "Quélennec", "FIRMIN", LETTER):
        assert word not in said
        assert word in control
    pages, before = opened(redacted)["dossier.pdf"], opened(whole)["dossier.pdf"]
    assert LETTER not in room_of.letters(pages)
    assert LETTER in room_of.letters(before)
    assert NAME in room_of.drawn(before)
    texts = json.loads(opened(redacted)["dossier.json"])["entries"][0]["texts"]
    assert [["Au terminal, ", " ", " son badge.\nUn témoin parle de ", ", docker."]] == texts
    assert 3 == room_of.printed(pages).count("[passage retiré]") - 1


def test_the_name_of_an_attachment_can_be_removed_like_any_other_passage(room: Room, whole: Path) -> None:
    """The name disappears from the pages and from the JSON.

    The attachment itself is enclosed under a number.
    """
    name = json.loads(opened(whole)["dossier.json"])["files"][0]["name"][0]
    redacted = room.make("named.age", "--attachments", "original", "--every-file", "--redact", f"*:{name}")
    assert name in told(whole)
    first_file = json.loads(opened(redacted)["dossier.json"])["files"][0]
    assert (["", ""], "files/1") == (first_file["name"], first_file["part"])
    assert name not in told(redacted)


def test_officers_can_remove_all_passages_of_one_place_together(room: Room, tmp_path: Path) -> None:
    """Officers can describe a redaction in an option or in a file.

    In an English dossier, the mark is English, too.
    """
    (tmp_path / "redact.toml").write_text("[[redact]]\nplace = 'who_id'\n")
    dossier = room.make("place.age", "--redact", str(tmp_path / "redact.toml"), "--language", "en")
    assert "4417" not in told(dossier)
    assert "Details that identify these persons [passage removed]" in room_of.printed(
        opened(dossier)["dossier.pdf"]
    )


def test_no_dossier_is_made_if_a_passage_to_remove_is_not_found(room: Room, tmp_path: Path) -> None:
    """Nothing is written or recorded. Otherwise officers could believe that the passage was removed."""
    before = room.office.state()
    for redaction in ("*:Frimin", "what:badge 4417", "nowhere:", "who_id"):
        said = make(room, tmp_path / "out", "--redact", redaction)
        assert (1, "") == (said.code, said.out), redaction
    assert before == room.office.state()
    assert [] == [*tmp_path.iterdir()]


KEPT_BACK = "Answers left out because the reporter asked you never to repeat them: 1"


def make(room: Room, out: Path, *options: str, recipient: str | None = None) -> room_of.Said:
    recipient = ADDRESSEE.recipient().encode() if recipient is None else recipient
    words = ["dossier", "make", "1", "--for", "prosecutor", "--to", "X", "--recipient", recipient]
    return room.office.run(*words, "--out", out, *options)


def test_a_warning_names_every_place_that_still_contains_a_removed_passage(
    room: Room, tmp_path: Path
) -> None:
    """The preview shows this warning, and so does the command that makes the dossier."""
    said = make(room, tmp_path / "out", "--redact", f"what:{NAME}")
    shown = room.office.json(
        "dossier", "preview", "1", "--for", "prosecutor", "--to", "X", "--redact", f"what:{NAME}"
    )
    assert "is still in: follow-up-1" in said.err
    assert ["A passage that is removed elsewhere is still in: follow-up-1", KEPT_BACK] == shown["warnings"]


def test_officers_are_warned_of_words_that_the_reporter_asked_never_to_repeat(tmp_path: Path) -> None:
    """The warning names the place of the words.

    With a reason, a dossier for a prosecutor may contain the words. A disciplinary dossier may never contain
    such words, because the person concerned reads it.
    """
    office = Office.found(tmp_path)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    edit = answering(protect="la porte du quai Colbert", refs="un camion")
    bundle = portal.bundle(first(Reporter(world), text="Vu au quai COLBERT.", edit=edit))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    office.tell_no_prosecutor(1)
    words = ["dossier", "preview", "1", "--for", "disciplinary", "--to", "X"]
    said = ["Words that the reporter asked you never to repeat are in: what"]
    assert [*said, KEPT_BACK] == office.json(*words)["warnings"]
    assert [KEPT_BACK] == office.json(*words, "--redact", "what:quai Colbert")["warnings"]
    made = ["dossier", "make", *words[2:], "--recipient", STOCK.recipient().encode(), "--out"]
    refused = office.run(*made, tmp_path / "a")
    assert (1, True, False) == (refused.code, said[0] in refused.err, (tmp_path / "a").exists())
    assert 0 == office.run(*made, tmp_path / "b", "--redact", "what:quai Colbert").code
    refused = office.run(*made, tmp_path / "c", "--despite-warning", "the judge asks")
    assert (1, True) == (refused.code, "the person concerned will read this file" in refused.err)
    made[made.index("disciplinary")] = "prosecutor"
    room_of.tell_prosecutor(office)
    refused = office.run(*made, tmp_path / "d")
    assert (1, True) == (refused.code, "--despite-warning REASON" in refused.err)
    assert 0 == office.run(*made, tmp_path / "d", "--despite-warning", "the judge asks").code


def test_officers_are_warned_of_words_that_mix_letters_of_several_alphabets(tmp_path: Path) -> None:
    """A redaction typed on a keyboard misses a name with a foreign letter.

    The warning names the place of the word.
    """
    office = Office.found(tmp_path)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    bundle = portal.bundle(first(Reporter(world), text="Firmin et F\u0456rmin, QUELENNEC"))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    office.tell_no_prosecutor(1)
    words = ["dossier", "preview", "1", "--for", "disciplinary", "--to", "X"]
    shown = office.json(*words, "--redact", "*:Firmin", "--redact", "*:Quélennec")
    assert [["", " et F\u0456rmin, ", ""]] == shown["entries"][0]["texts"]
    (said,) = shown["warnings"]
    assert said.startswith("Words that mix letters of several alphabets")
    assert said.endswith(", in: what")


def test_a_dossier_contains_nothing_that_could_identify_the_reporter(room: Room) -> None:
    """A dossier omits the identity, and the answers about the source and the reporter's safety."""
    (room.folder / "identity").write_text("Ondine Kerguelen")
    room.office.json("case", "identity", "add", "1", "--text-file", room.folder / "identity")
    for purpose in ("prosecutor", "disciplinary"):
        said = told(room.make(f"{purpose}.age", "--attachments", "original", "--every-file", purpose=purpose))
        assert "MSKU 1234565" in said
        for word in ("Ondine", "le 3 mars", SOURCE, *LABELS, *LABELS.values(), "Merci"):
            assert word not in said, word
    shown = room.office.run("case", "show", "1").out
    assert all(word in shown for word in (SECRET, SOURCE, *LABELS, "Merci"))


NEW = """
[[section.field]]
id = "canteen"
type = "line"
concerns = "…"
safe = "x"
most = 99
label = { fr = "Où mangez-vous ?", en = "Where do you eat?" }
"""


@pytest.mark.parametrize(("concerns", "goes"), [("reporter", False), ("facts", True)])
@pytest.mark.parametrize("purpose", chosen(["prosecutor", "disciplinary"], "prosecutor"))
def test_an_answer_to_a_new_question_is_included_only_if_the_question_concerns_the_facts(
    tmp_path: Path, concerns: str, purpose: str, *, goes: bool
) -> None:
    """A questionnaire is refused if one of its questions does not say what it concerns."""
    office = Office.found(tmp_path)
    world = World(office)
    asked = tmp_path / "asked.toml"
    raw = as_version(ASKED.version + 1, QUESTIONNAIRE.read_bytes())
    asked.write_bytes(raw + NEW.replace('concerns = "…"\n', "").encode())
    assert (
        "field 'canteen': 'concerns' is missing"
        in office.run("office", "questionnaire", "replace", asked).err
    )
    asked.write_bytes(raw + NEW.replace("…", concerns).encode())
    assert 0 == office.run("office", "questionnaire", "replace", asked).code
    portal = Portal(world, tmp_path / "medium")

    def edit(report: Report) -> Report:
        answers = {**report.answers, "canteen": SOURCE}
        return replace(report, questionnaire=QuestionnaireRef(ASKED.id, ASKED.version + 1), answers=answers)

    office.json(
        "exchange",
        "collect",
        portal.bundle(first(Reporter(world), edit=edit)),
        "--confirm-instance",
        portal.fingerprint,
    )
    shown = office.json("dossier", "preview", "1", "--for", purpose, "--to", "X")
    assert goes is ("canteen" in [entry["place"] for entry in shown["entries"]])
    assert goes is (SOURCE in str(shown))


def test_the_words_of_the_recorded_identity_are_removed_wherever_they_occur(
    room: Room, tmp_path: Path
) -> None:
    """The control is a dossier that was made before the identity was recorded."""
    office = room.office.copy(tmp_path / "copy")
    copy = Room(office, room.reporter, tmp_path)
    (tmp_path / "identity").write_text(f"{NAME.lower()}\nTél. 06")
    before = told(copy.make("before.age"))
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "identity")
    said = told(copy.make("after.age"))
    assert ("Firmin" in before, "Firmin" in said, "FIRMIN" in said) == (True, False, False)


def test_one_officer_alone_cannot_find_out_the_identity_from_the_preview_of_a_dossier(
    room: Room, tmp_path: Path
) -> None:
    """The preview is the same, no matter whether or how often the case contains the identity.

    The preview removes none of the words of the identity. The test compares the previews at the desk with the
    previews made by the function behind the command.
    """
    office = room.office.copy(tmp_path / "copy")
    form = {"purpose": "prosecutor", "addressee": "X", "language": "fr", "enclosed": "none", "replies": "on"}
    plan = Plan(purpose=Purpose.PROSECUTOR, addressee="X", language="fr", with_replies=True)
    with sitting(office) as client:
        inbox, alone = client.desk.inbox, Actor({"alice": Presence.OWN}, today())
        seen = []
        for kept in (NAME, "Maëlle Kerguelen", f"{NAME}\nscellés\nquai Colbert"):
            with inbox.transaction() as session:
                session.merge(Identity(case=1, day=today(), text=kept))
            page = client.send("/en/case/1/dossier/preview", **form)
            text = re.sub("<[^>]+>", "", page.text)  # Leave out form tokens and entry numbers.
            seen.append((page.status_code, text, compose.preview(inbox, alone, 1, plan)))
    assert [seen[0]] * 3 == seen
    assert (Doubt.TO_LEAVE_OUT, "") in seen[0][2][1]
    assert (200, True) == (seen[0][0], "The reporter\u2019s identity is kept" in seen[0][1])


def test_two_officers_see_which_passages_are_removed_because_they_would_reveal_the_reporter(
    room: Room, tmp_path: Path
) -> None:
    """Otherwise a person concerned, if recorded as the reporter, could disappear from a dossier unnoticed."""
    office = room.office.copy(tmp_path / "copy")
    (tmp_path / "identity").write_text(NAME)
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "identity")
    with office.unlocked() as opened_inbox:
        two = opened_inbox.by_opening(today())
        told_of = []
        for who in (two, replace(two, is_fresh=False)):
            for redactions in ((), (Redaction("what", NAME),)):
                plan = Plan(purpose=Purpose.PROSECUTOR, addressee="X", language="fr", redactions=redactions)
                content, doubts = compose.preview(opened_inbox.inbox, who, 1, plan)
                counted = [each for each in doubts if each[0] in {Doubt.LEFT_OUT, Doubt.TO_LEAVE_OUT}]
                pieces = [piece for entry in content.entries for text in entry.texts for piece in text]
                told_of.append((counted, any("FIRMIN" in piece.upper() for piece in pieces)))
    (sealed, is_seen), (again, _), (alone, is_whole), (less, _) = told_of
    assert [Doubt.LEFT_OUT] == [doubt for doubt, _ in sealed] == [doubt for doubt, _ in again]
    assert (False, True) == (is_seen, is_whole)
    assert [Doubt.TO_LEAVE_OUT] == [doubt for doubt, _ in alone]
    assert alone == less


def test_a_dossier_says_that_an_unsigned_report_is_unsigned(tmp_path: Path) -> None:
    """Officers can remove passages from an unsigned report, too."""
    office = Office.found(tmp_path)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    bundle = portal.bundle(Sent(drop(world, f"Un mot de {NAME}")))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    room_of.tell_prosecutor(office)
    dossier = Room(office, Reporter(world), tmp_path).make("drop.age", "--redact", f"note:{NAME}")
    document = json.loads(opened(dossier)["dossier.json"])
    assert [("note", "Note non signée", [["Un mot de ", ""]])] == [
        (entry["place"], entry["label"], entry["texts"]) for entry in document["entries"]
    ]


def test_officers_can_include_answers_that_a_dossier_omits_by_default(room: Room) -> None:
    """Officers cannot include an answer that the reporter asked the office never to repeat."""
    options = ("--include", "how_know", "--include", "strange", "--with-replies")
    said = told(room.make("more.age", *options))
    assert all(word in said for word in ("Comment le savez-vous", SOURCE, "Merci, nous avons lu."))
    assert 1 == make(room, room.folder / "none.age", "--include", "protect").code
    assert 1 == make(room, room.folder / "none.age", "--include", "days").code


def test_a_disciplinary_dossier_does_not_show_when_the_report_arrived(room: Room, whole: Path) -> None:
    """The control is a dossier for a prosecutor, which shows that day."""
    parts = opened(room.make("days.age", purpose="disciplinary"))
    document = json.loads(parts["dossier.json"])
    assert document["received"] is None
    assert {None} == {entry["day"] for entry in document["entries"]}
    assert "Reçu le" not in room_of.printed(parts["dossier.pdf"])
    assert today().isoformat() == json.loads(opened(whole)["dossier.json"])["received"]


def test_neither_a_dossier_nor_a_command_about_the_case_proves_who_reported(room: Room, whole: Path) -> None:
    """Keys, signatures, salts, and the ids of the case, a key or the keyring would prove who reported."""
    seen = list(opened(whole).values())
    seen += [room_of.unpacked(opened(whole)["dossier.pdf"]), told(whole).encode()]
    for command in (
        ["case", "list"], ["case", "show", "1"], ["queue", "list"], ["dossier", "disclosure", "list", "1"],
        ["case", "identity", "show", "1"],
        ["dossier", "preview", "1", "--for", "prosecutor", "--to", "X", "--with-replies"],
    ):  # fmt: skip
        seen += [room.office.run(*command, *form).out.encode() for form in ([], ["--json"])]
    kept = room_of.proofs_of_reporter(room)
    assert not [name for name, value in kept.items() for form in room_of.forms(value) if holds(seen, form)]
    with room.office.opened() as inbox, inbox.transaction() as session:
        case = session.get_one(Case, 1)
        control = [case.message, b"".join(filter(None, (case.signature, case.envelope, case.withdraw_id)))]
        control += [row.signature + row.id for row in session.scalars(select(FollowUp))]
    unseen = [
        name for name, value in kept.items() if not any(holds(control, each) for each in room_of.forms(value))
    ]
    assert [] == unseen


def holds(haystacks: list[bytes], needle: bytes) -> bool:
    return any(needle in haystack for haystack in haystacks)


def test_a_dossier_contains_unchanged_attachments_and_their_hashes(
    room: Room, whole: Path, tmp_path: Path
) -> None:
    """Officers can omit the attachments."""
    parts = opened(whole)
    assert (PNG, b"liste", b"plan") == (parts["files/1"], parts["files/2"], parts["files/3"])
    listed = json.loads(parts["dossier.json"])["files"]
    for file in listed:
        (tmp_path / "part").write_bytes(parts[file["part"]])
        command = ["sha256sum", str(tmp_path / "part")]
        digest = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[0]
        assert digest == file["sha256"]
        assert digest in room_of.printed(parts["dossier.pdf"])
    assert {"manifest.json", "manifest.sig", "dossier.pdf", "dossier.json"} == set(
        opened(room.make("bare.age"))
    )


def verify(*words: str | Path) -> tuple[int, str, str]:
    """Run the command as on another machine: without a home folder."""
    said = run_alone("dossier", "verify", *words)
    return said.code, said.out, said.err


def run_alone(*words: str | Path) -> room_of.Said:
    return room_of.run(main.run, [str(word) for word in words])


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """The addressee's key file, as age writes it."""
    file = tmp_path / "addressee.key"
    file.write_text(f"# created\n{ADDRESSEE.encode()}\n")
    return file


def test_another_machine_can_verify_a_dossier_with_only_the_public_key(
    room: Room, whole: Path, key: str, identity: Path, tmp_path: Path
) -> None:
    """The dossier may be sealed or already opened. The key may be given as a fingerprint."""
    _, root_key = room.office.keyring()
    tar = tmp_path / "dossier.tar"
    tar.write_bytes(age.unseal_bytes(whole.read_bytes(), [ADDRESSEE]))
    for given in (key, key.replace(" ", "").lower(), base64url.encode(root_key)):
        for words in ((whole, "--identity", identity), (tar,)):
            code, out, _ = verify(*words, "--key", given)
            assert (0, True) == (code, out.startswith("no byte has changed since the dossier was signed\n"))
            assert "dossier of case 1 for: prosecutor" in out
    assert 1 == verify(whole, "--key", key)[0]
    assert 1 == verify(tar, "--key", signing.fingerprint(bytes(32)))[0]
    assert 1 == verify(tmp_path / "nothing", "--key", key)[0]


def test_an_external_body_signs_its_dossiers_with_the_key_of_its_card(
    room: Room, key: str, tmp_path: Path
) -> None:
    """The external body has no root key.

    Officers of the office with the root key have compared the key on the body's card.
    """
    office = room.office.copy(tmp_path / "body")
    with office.opened() as inbox, inbox.transaction() as session:
        queries_office.office(session).root_seed = None
        card_key = signing.fingerprint(signing.public_key(queries_office.office(session).card_seed))
    dossier = Room(office, room.reporter, tmp_path).make("body.age")
    tar = tmp_path / "dossier.tar"
    tar.write_bytes(age.unseal_bytes(dossier.read_bytes(), [ADDRESSEE]))
    assert (0, 1) == (verify(tar, "--key", card_key)[0], verify(tar, "--key", key)[0])


def test_verification_finds_any_changed_byte_and_names_the_changed_part(
    whole: Path, key: str, tmp_path: Path
) -> None:
    """The test changes every 97th byte. For a byte between two parts, the message names the earlier part."""
    raw = bytearray(age.unseal_bytes(whole.read_bytes(), [ADDRESSEE]))
    starts = {
        raw.index(content[:16]): (name, len(content))
        for name, content in opened(whole).items()
        if len(content) > 15
    }
    tar = tmp_path / "dossier.tar"
    for place in range(0, len(raw), 97):
        raw[place] ^= 1
        tar.write_bytes(raw)
        raw[place] ^= 1
        code, out, err = verify(tar, "--key", key)
        assert (1, "") == (code, out), place
        for start, (name, size) in starts.items():
            if start <= place < start + size:
                named = "manifest.json, or its signature," if name.startswith("manifest") else name
                assert f"do not trust this dossier: {named} is not what was signed" in err
    tar.write_bytes(raw + bytes(512))
    assert "what stands behind files/3" in verify(tar, "--key", key)[2]
    tar.write_bytes(raw[:-1024])
    assert "what stands behind files/3" in verify(tar, "--key", key)[2]


def test_verification_refuses_a_sealed_dossier_in_which_one_byte_changed(
    whole: Path, key: str, identity: Path, tmp_path: Path
) -> None:
    """The byte is in the header, in the first chunk, or at the end."""
    raw = whole.read_bytes()
    for place in (30, 1_000, 2_000, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        (tmp_path / "changed.age").write_bytes(changed)
        code, out, err = verify(tmp_path / "changed.age", "--key", key, "--identity", identity)
        assert (1, "") == (code, out)
        assert err.startswith("error: ")
    identity.write_text("AGE-SECRET-KEY-1WRONG")
    assert 1 == verify(whole, "--key", key, "--identity", identity)[0]


def test_an_addressee_can_open_a_dossier_with_the_ordinary_age_and_tar_programs(
    room: Room, key: str, tmp_path: Path
) -> None:
    """The command warns that an ordinary age key does not resist quantum computers."""
    said = make(room, tmp_path / "stock.age", recipient=STOCK.recipient().encode())
    assert "quantum computer" in said.err
    (tmp_path / "key").write_text(STOCK.encode() + "\n")
    subprocess.run(
        [
            "age",
            "-d",
            "-i",
            str(tmp_path / "key"),
            "-o",
            str(tmp_path / "d.tar"),
            str(tmp_path / "stock.age"),
        ],
        check=True,
    )
    subprocess.run(["tar", "-xf", str(tmp_path / "d.tar"), "-C", str(tmp_path)], check=True)
    assert (tmp_path / "dossier.pdf").read_bytes().startswith(b"%PDF-")
    assert 0 == verify(tmp_path / "d.tar", "--key", key)[0]
    assert "quantum" not in make(room, tmp_path / "hybrid.age").err


def test_only_the_addressee_can_open_a_dossier(whole: Path) -> None:
    """The header of a dossier has a single recipient, and other keys do not open it."""
    head, _, _ = whole.read_bytes().partition(b"\n---")
    assert 1 == head.count(b"\n-> ")
    with pytest.raises(NotForUs):
        age.unseal_bytes(whole.read_bytes(), [STOCK, stranger()])
    assert age.unseal_bytes(whole.read_bytes(), [STOCK, ADDRESSEE])


@pytest.mark.parametrize("recipient", ["", "age1", "age1pq1xyz", "age1" + "q" * 58, "age1\x1b[2J"], ids=repr)
def test_an_invalid_recipient_is_refused(room: Room, tmp_path: Path, recipient: str) -> None:
    said = make(room, tmp_path / "out", recipient=recipient)
    assert (1, "", False) == (said.code, said.out, "\x1b" in said.err)
    assert [] == [*tmp_path.iterdir()]


def test_the_journal_and_the_ledger_record_each_dossier(room: Room, tmp_path: Path) -> None:
    """The journal and the ledger name the addressee, the ground and the dossier.

    A dossier is never written over another file.
    """
    file = tmp_path / "recipient"
    file.write_text(ADDRESSEE.recipient().encode() + "\n")
    said = make(room, tmp_path / "out", recipient=str(file))
    assert 0 == said.code
    entries = room.office.json("journal", "list")["entries"]
    entry = next(each for each in reversed(entries) if each["action"] == "make-dossier")
    assert 1 == entry["case"]
    recipient = entry["values"].pop("recipient")
    assert ({"purpose": "prosecutor", "enclosed": "none"}, True) == (
        entry["values"],
        recipient.startswith("age1pq1") and ADDRESSEE.recipient().encode().startswith(recipient),
    )
    row = room.office.json("dossier", "disclosure", "list", "1")["disclosures"][-1]
    assert ("X", "judicial", True) == (row["recipient"], row["ground"], row["what"].startswith("dossier "))
    before = (tmp_path / "out").read_bytes()
    assert 1 == make(room, tmp_path / "out").code
    assert before == (tmp_path / "out").read_bytes()


@pytest.mark.slow
def test_a_disciplinary_dossier_requires_a_decision_about_the_prosecutor_first(
    room: Room, tmp_path: Path
) -> None:
    """The person concerned reads such a dossier.

    The decision is required even if no rule asks for it, and no reason replaces it. If officers decide to
    inform the prosecutor, the dossier waits for the prosecutor's answer.
    """
    words = ["--for", "disciplinary", "--to", "Y", "--recipient", STOCK.recipient().encode(), "--out"]
    made = ["dossier", "make", "1", *words, tmp_path / "out"]
    office = room.office.copy(tmp_path / "own")
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Duty, (1, "art40")))
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    for put in (None, ("case", "decide", "1", "no_transmission"), ("case", "decide", "1", "transmit")):
        if put:
            office.json(*put, "--reason", "x")
        for more in ((), ("--despite-warning", "he leaves")):
            said = office.run(*made, *more)
            if put and "no_transmission" in put:
                assert 0 == said.code
                (tmp_path / "out").unlink()
            else:
                assert (1, False) == (said.code, (tmp_path / "out").exists())
                assert "this dossier would warn the person concerned too early" in said.err
                assert "inbox case decide 1 transmit|no_transmission --reason TEXT; then ask" in said.err
    office.json("case", "measure", "add", "1", "prosecutor_word", "--restrictions", "no search")
    assert "The prosecutor has not said that this can be done: Procédure" in office.run(*made).err
    assert 0 == office.run(*made, "--despite-warning", "he leaves").code


@pytest.mark.slow
def test_the_command_that_makes_a_dossier_can_also_record_it_as_a_measure(room: Room, tmp_path: Path) -> None:
    """The measure has the reference of the dossier.

    Before officers have assessed the risk to the reporter, nothing is recorded or written.
    """
    assert 1 == make(room, tmp_path / "out", "--measure").code
    assert [] == [*tmp_path.iterdir()]
    room.office.json("case", "set-source-risk", "1", "high", "--reason", "x")
    assert 0 == make(room, tmp_path / "out", "--measure").code
    noted = room.office.json("case", "show", "1")["work"]["measures"][-1]
    row = room.office.json("dossier", "disclosure", "list", "1")["disclosures"][-1]
    assert ("art40_transmission", "X", row["what"]) == (noted["kind"], noted["addressee"], noted["reference"])
    out = tmp_path / "other"
    words = ["--to", "Y", "--recipient", STOCK.recipient().encode(), "--measure", "--out", out]
    said = room.office.run("dossier", "make", "1", "--for", "disciplinary", *words)
    assert (1, False) == (said.code, out.exists())
    assert "this dossier would warn the person concerned too early" in said.err
    words.remove("--measure")
    assert said.err == room.office.run("dossier", "make", "1", "--for", "disciplinary", *words).err
    words.append("--measure")
    room.office.json("case", "measure", "add", "1", "prosecutor_word")
    assert 0 == room.office.run("dossier", "make", "1", "--for", "disciplinary", *words).code
    assert "disciplinary_opened" == room.office.json("case", "show", "1")["work"]["measures"][-1]["kind"]


def test_a_reason_is_required_for_a_dossier_to_an_addressee_named_in_the_case(
    room: Room, tmp_path: Path
) -> None:
    """The journal keeps the reason, and oversight counts it."""
    before, counted = (
        room.office.state(),
        room.office.json("office", "oversight")["actions"]["despite-warning"],
    )
    said = make(room, tmp_path / "out", "--to", "firmin quelennec")
    assert (1, True) == (said.code, "The case names the addressee, who would be warned" in said.err)
    assert (before, []) == (room.office.state(), [*tmp_path.iterdir()])
    room.office.json(
        "dossier", "make", "1", "--for", "disciplinary", "--to", NAME, "--recipient",
        STOCK.recipient().encode(), "--out", tmp_path / "out", "--despite-warning", "he asked for it",
    )  # fmt: skip
    (*_, noted) = [each for each in room.office.json("journal", "list")["entries"] if each["reason"]]
    assert ("make-dossier", True, "he asked for it") == (
        noted["action"], noted["values"].get("despite"), noted["reason"]
    )  # fmt: skip
    assert counted + 1 == room.office.json("office", "oversight")["actions"]["despite-warning"]


def test_a_dossier_for_a_prosecutor_requires_the_decision_to_inform_the_prosecutor(
    room: Room, tmp_path: Path
) -> None:
    """Otherwise a prosecutor could get the case, and no record would show that proceedings are pending."""
    room = Room(room.office.copy(tmp_path / "copy"), room.reporter, tmp_path)
    with room.office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Measure))
    said = make(room, tmp_path / "out")
    assert (1, False) == (said.code, (tmp_path / "out").exists())
    assert "nobody has decided to inform the prosecutor" in said.err
    room.office.json("case", "set-source-risk", "1", "high", "--reason", "x")
    assert 0 == make(room, tmp_path / "out", "--measure").code
    assert 0 == make(room, tmp_path / "again").code


def test_no_dossier_is_made_if_an_attachment_is_damaged(room: Room, tmp_path: Path) -> None:
    """No file and no entry in the ledger remains."""
    office = room.office.copy(tmp_path / "copy")
    for sealed in (office.root / "attachments").iterdir():
        sealed.write_bytes(sealed.read_bytes()[:-1])
    before = office.state()
    said = make(
        Room(office, room.reporter, tmp_path), tmp_path / "out", "--attachments", "original", "--every-file"
    )
    assert (1, True) == (said.code, "missing or damaged" in said.err)
    assert before == office.state()
    assert not (tmp_path / "out").exists()


MARK = "\u0301"
HOSTILE = (
    "<script>alert(1)</script> {{ 7*7 }} {% raw %} {nb} \\) endstream endobj /JS (app.alert(1))"
    f" \u202egnp.exe\u202c \x1b]0;x\x07 \x00 \ufe0f\u034f e{MARK * 500} \u05e9\u05dc\u05d5\u05dd \u6f22\u5b57"
    f" <U+0041> [passage retiré] {'W' * 8_000}"
)
SHOWN = (
    "<script>alert(1)</script>{{7*7}}{%raw%}{nb}\\)endstreamendobj/JS(app.alert(1))<U+202E>gnp.exe<U+202C>"
    "<U+001B>]0;x<U+0007><U+0000><U+FE0F><U+034F>"
)


def test_hostile_text_is_printed_in_a_dossier_as_harmless_text(tmp_path: Path) -> None:
    """The pages have no active content.

    The pages show the day but not the time. Every run makes the same bytes.
    """
    office = Office.found(tmp_path)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    bundle = portal.bundle(first(Reporter(world), text=HOSTILE))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    room_of.tell_prosecutor(office)
    room = Room(office, Reporter(world), tmp_path)
    pdfs = [opened(room.make(f"{n}.age"))["dossier.pdf"] for n in range(2)]
    assert pdfs[0] == pdfs[1]
    said = "".join(room_of.printed(pdfs[0]).split())
    assert SHOWN in said
    drawn = room_of.drawn(pdfs[0])
    assert "\u05e9\u05dc\u05d5\u05dd <U+6F22><U+5B57>" in drawn
    assert f"\u00e9{MARK * 3}<U+0301>" in drawn  # further accents are printed as numbers
    assert drawn.count("<U+0301>") > 490
    assert 8_000 == sum(map(len, re.findall("W{9,}", drawn)))
    raw = room_of.unpacked(pdfs[0])
    catalogue = raw.split(b"stream")[0::2]
    for word in (
        b"/JavaScript",
        b"/JS",
        b"/AA",
        b"/Launch",
        b"/URI",
        b"/EmbeddedFile",
        b"/AcroForm",
        b"/Annots",
    ):
        assert not holds(catalogue, word), word
    assert f"/CreationDate (D:{today():%Y%m%d}000000Z)".encode() in raw
    assert not holds([raw], b"/ModDate")


def test_the_error_about_a_missing_font_names_the_package_to_install(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    said = make(room, tmp_path / "out")
    assert (1, True) == (said.code, "fonts-dejavu-core" in said.err)
    assert [] == [*tmp_path.iterdir()]
