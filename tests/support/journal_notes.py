"""The journal entries that each command records, in a table."""

from datetime import timedelta

from tests.support.inbox_builders import today

CANARY = "zibeline-quartz-7319"

_LONG_AGO = (today() - timedelta(25)).isoformat()
# Each command, then its journal entry: the action, the case, the values and the reason.
NOTES: list[tuple[list[str], tuple[str, int | None, dict[str, object], str]]] = [
    (["case", "list"], ("list", None, {}, "")),
    (["case", "show", "1"], ("show", 1, {}, "")),
    (["file", "preview", "1", "2", "--page", "3"], ("preview", 1, {"file": 2, "page": 3}, "")),
    (["file", "export", "1", "2", "--out", "FILE", "--reason", "x"], ("extract", 1, {"file": 2}, "x")),
    (["message", "reply", "1", "--text", CANARY], ("reply", 1, {}, "")),
    (["message", "reply", "1", "--template", "withheld"], ("reply", 1, {"template": "withheld"}, "")),
    (["message", "reply", "1", "--text", CANARY, "--preview"], ("preview-reply", 1, {}, "")),
    (["message", "template", "list"], ("list-templates", None, {}, "")),
    (["message", "template", "replace", "REPLIES"], ("adopt-templates", None, {}, "")),
    (["case", "reopen", "1", "--reason", "more came"], ("reopen", 1, {}, "more came")),
    (["message", "retract", "1", "2"], ("unsend", 1, {"reply": 2}, "")),
    (["case", "set-status", "1", "assessing"], ("set-status", 1, {"status": "assessing"}, "")),
    (["case", "note", "1", "--text", CANARY], ("note", 1, {}, "")),
    (["case", "tag", "add", "1", CANARY], ("tag", 1, {}, "")),
    (["case", "tag", "remove", "1", CANARY], ("tag", 1, {"removed": True}, "")),
    (["case", "assign", "1", "bruno"], ("assign", 1, {"officer": "bruno"}, "")),
    (["case", "unassign", "1"], ("assign", 1, {}, "")),
    (
        ["case", "set-source-risk", "1", "low", "--reason", "many know"],
        ("assess-source", 1, {"risk": "low"}, "many know"),
    ),
    (
        [
            *(
                "case",
                "measure",
                "add",
                "1",
                "protection_offered",
                "--addressee",
                CANARY,
                "--reference",
                CANARY,
            ),
            *("--despite-warning", "it is theirs"),
        ],
        ("record-measure", 1, {"kind": "protection_offered", "despite": True}, "it is theirs"),
    ),
    (["case", "measure", "share", "1", "2"], ("tell-measure", 1, {"measure": 2}, "")),
    (["case", "measure", "unshare", "1", "2"], ("tell-measure", 1, {"measure": 2, "no_longer": True}, "")),
    (
        ["case", "measure", "retract", "1", "1", "--reason", "another case"],
        (
            "remove-measure",
            1,
            {"measure": 1, "kind": "process_fix", "recorded": today().isoformat()},
            "another case",
        ),
    ),
    (
        ["case", "set-credibility", "1", "2", "--reason", "two agree"],
        ("rate", 1, {"credibility": "2"}, "two agree"),
    ),
    (
        ["case", "decide", "1", "no_transmission", "--reason", "no offence"],
        ("decide-by-two", 1, {"duty": "art40", "decision": "no_transmission"}, "no offence"),
    ),
    (
        ["message", "reply", "1", "--template", "acknowledgement"],
        ("reply", 1, {"template": "acknowledgement", "acknowledges": True}, ""),
    ),
    (
        ["message", "reply", "1", "--template", "feedback", "--text", CANARY, "--feedback"],
        ("reply", 1, {"template": "feedback", "feedback": True}, ""),
    ),
    (
        ["case", "close", "1", "moot", "--disclosure", "full", "--text", CANARY],
        # Two officers closed the case beforehand.
        ("close-by-two", 1, {"outcome": "moot", "disclosure": "full", "acknowledges": True}, ""),
    ),
    (
        ["case", "decide", "1", "not_needed", "--reason", "nobody"],
        ("decide-by-two", 1, {"duty": "art14", "decision": "not_needed"}, "nobody"),
    ),
    (["retention", "hold", "1", "--reason", "trial"], ("hold", 1, {}, "trial")),
    (["retention", "unhold", "1", "--reason", "over"], ("release-hold", 1, {}, "over")),
    (["case", "reopen", "2", "--reason", "more came"], ("reopen", 2, {}, "more came")),
    (["case", "timeline", "1"], ("read-timeline", 1, {}, "")),
    (["office", "oversight"], ("oversee", None, {}, "")),
    (["office", "goals", "--year", "2026"], ("measure-goals", None, {"year": 2026}, "")),
    (["office", "show"], ("list-settings", None, {}, "")),
    (["office", "set", "--regime", "external"], ("choose-regime", None, {"regime": "external"}, "")),
    (
        ["case", "extend", "2", "--reason", "abroad", "--text", CANARY, "--preview"],
        ("preview-reply", 2, {}, ""),
    ),
    (["case", "extend", "2", "--reason", "abroad", "--text", CANARY], ("extend", 2, {}, "abroad")),
    (["office", "day-off", "list"], ("list-settings", None, {}, "")),
    (
        ["office", "day-off", "add", "2031-01-02", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "added", "days": 2, "first": "2031-01-02", "last": "2031-01-03"},
            "",
        ),
    ),
    (
        ["office", "day-off", "remove", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "removed", "days": 1, "first": "2031-01-03", "last": "2031-01-03"},
            "",
        ),
    ),
    (["queue", "list"], ("list", None, {"view": "queue"}, "")),
    (["queue", "list", "--search", CANARY], ("search", None, {"view": "queue"}, "")),
    (["case", "set-score", "1", "--danger", "2", "--reason", "armed"], ("judge", 1, {"danger": 2}, "armed")),
    (["case", "identity", "add", "1", "--text-file", "TEXT"], ("keep-identity", 1, {}, "")),
    (
        ["case", "identity", "consent", "1", "--day", "2026-01-02", "--reason", "the report"],
        ("note-consent", 1, {"consent": "given"}, "the report"),
    ),
    (["case", "identity", "withdraw", "1"], ("note-consent", 1, {"consent": "withdrawn"}, "")),
    (["case", "identity", "show", "1"], ("read-identity", 1, {}, "")),
    (["dossier", "disclosure", "list", "1"], ("list-disclosures", 1, {}, "")),
    (
        [
            "dossier",
            "disclosure",
            "add",
            "1",
            "--to",
            CANARY,
            "--what",
            "report",
            "--ground",
            "other",
            "--reason",
            "x",
        ],
        ("disclose", 1, {"what": "report", "ground": "other"}, "x"),
    ),
    (
        ["case", "measure", "add", "1", "judicial_investigation"],
        ("record-measure", 1, {"kind": "judicial_investigation"}, ""),
    ),
    (
        ["case", "decide", "1", "not_told", "--reason", "x"],
        ("decide-by-two", 1, {"duty": "identity_notice", "decision": "not_told"}, "x"),
    ),
    (
        [
            "dossier",
            "disclosure",
            "add",
            "1",
            "--to",
            "Tribunal judiciaire",
            "--what",
            "identity",
            "--ground",
            "judicial",
            "--reason",
            "request 26/12",
        ],
        ("disclose-identity", 1, {"what": "identity", "ground": "judicial"}, "request 26/12"),
    ),
    (
        ["dossier", "preview", "1", "--for", "disciplinary", "--to", CANARY, "--redact", "what:case 1"],
        ("show", 1, {"view": "dossier", "purpose": "disciplinary"}, ""),
    ),
    (["queue", "list", "--junk"], ("list", None, {"view": "queue"}, "")),
    (
        ["access", "conflict", "add", "1", "bruno", "--reason", "kin"],
        ("exclude", 1, {"officer": "bruno"}, "kin"),
    ),
    (["access", "conflict", "list"], ("list-conflicts", None, {}, "")),
    (
        ["access", "conflict", "remove", "1", "bruno", "--reason", "no kin"],
        ("lift-conflict", 1, {"officer": "bruno"}, "no kin"),
    ),
    (["access", "alias", "add", "bruno", CANARY], ("name-alias", None, {"officer": "bruno"}, "")),
    (["access", "alias", "list"], ("list-conflicts", None, {"view": "aliases"}, "")),
    (["access", "alias", "remove", "bruno", CANARY], ("remove-alias", None, {"officer": "bruno"}, "")),
    (["case", "declare", "1"], ("declare", 1, {}, "")),
    (["case", "link", "list", "1"], ("list-links", 1, {}, "")),
    (["case", "link", "add", "1", "2", "duplicate"], ("link", 2, {"relation": "duplicate"}, "")),
    (["case", "link", "remove", "1", "2"], ("unlink", 2, {}, "")),
    (["case", "link", "dismiss", "1", "2"], ("dismiss-link", 2, {}, "")),
    (["access", "restrict", "1", "chloe", "alice"], ("entrust", 1, {"officers": ("alice", "chloe")}, "")),
    (["access", "handlers", "1"], ("list-handlers", 1, {}, "")),
    (["access", "unrestrict", "1"], ("open-to-all", 1, {}, "")),
    (["journal", "list"], ("read-journal", None, {"how": "print"}, "")),
    (["journal", "verify"], ("read-journal", None, {"how": "verify"}, "")),
    (["exchange", "keyring", "--out", "FOLDER"], ("renew-keyring", None, {}, "")),
    (
        ["exchange", "sign-pages", "PAGES", "--out", "FOLDER"],
        ("sign-pages", None, {"serial": 7, "sha256": "DIGEST"}, ""),
    ),
    (["exchange", "outbox", "--out", "FOLDER"], ("make-outbox", None, {}, "")),
    (["exchange", "outbox", "--out", "FOLDER", "--again", "1"], ("copy-outbox", None, {"outbox": 1}, "")),
    (["key", "list"], ("list-keys", None, {}, "")),
    (["officer", "list"], ("list-officers", None, {}, "")),
    (["retention", "list"], ("list-retention", None, {}, "")),
    (["exchange", "unopened", "list"], ("list", None, {"view": "unopened"}, "")),
    (["retention", "list-destroyed"], ("list-destroyed", None, {}, "")),
    (["office", "register", "protection"], ("read-register", None, {"register": "protection"}, "")),
    (
        ["office", "register", "alerts", "--year", "2026", "--out", "REGISTER"],
        ("export-register", None, {"register": "alerts", "year": 2026}, ""),
    ),
    (
        [
            *("office", "consultation", "add", "--body", CANARY, "--day", _LONG_AGO),
            *("--subject", CANARY, "--opinion", CANARY, "--reference", CANARY),
        ],
        ("record-consultation", None, {"consultation": 1}, ""),
    ),
    (
        ["office", "consultation", "retract", "1", "--reason", "twice"],
        ("retract-consultation", None, {"consultation": 1}, "twice"),
    ),
    (["office", "sheet", "processing", "--out", "SHEET"], ("write-sheet", None, {"sheet": "processing"}, "")),
    (["exchange", "channel", "list"], ("list-channels", None, {}, "")),
    (
        ["request", "add", "--person", "case", "--received", _LONG_AGO, "--way", "letter"],
        ("record-access", None, {"request": 2}, ""),
    ),
    (["request", "list"], ("list", None, {"view": "access"}, "")),
    (["request", "show", "2"], ("list", None, {"view": "access"}, "")),
    (["request", "passages", "1", "--request", "2"], ("show", 1, {"view": "access"}, "")),
    (
        ["request", "extend", "--because", "number"],
        ("extend-access", None, {"because": "number"}, ""),
    ),
    (
        ["request", "unopposed", "1", "--request", "2", "--day", _LONG_AGO, "--reference", "TJ"],
        ("note-unopposed", 1, {}, ""),
    ),
    (["request", "answer", "2", "--out", "LETTER"], ("answer-access", None, {"request": 2}, "")),
]
