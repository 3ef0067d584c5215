"""What each command leaves in the journal, as a table."""

from datetime import timedelta

from tests.support.inbox_builders import today

CANARY = "zibeline-quartz-7319"

_LONG_AGO = (today() - timedelta(25)).isoformat()
# Command, then action, case, values, reason.
NOTES: list[tuple[list[str], tuple[str, int | None, dict[str, object], str]]] = [
    (["list"], ("list", None, {}, "")),
    (["show", "1"], ("show", 1, {}, "")),
    (["preview", "1", "2", "--page", "3"], ("preview", 1, {"file": 2, "page": 3}, "")),
    (["attachment", "1", "2", "--out", "FILE", "--reason", "x"], ("extract", 1, {"file": 2}, "x")),
    (["reply", "1", "--text", CANARY], ("reply", 1, {}, "")),
    (["reply", "1", "--template", "withheld"], ("reply", 1, {"template": "withheld"}, "")),
    (["reply", "1", "--text", CANARY, "--preview"], ("preview-reply", 1, {}, "")),
    (["templates"], ("list-templates", None, {}, "")),
    (["templates", "REPLIES"], ("adopt-templates", None, {}, "")),
    (["reopen", "1", "--reason", "more came"], ("reopen", 1, {}, "more came")),
    (["unsend", "1", "2"], ("unsend", 1, {"reply": 2}, "")),
    (["status", "1", "assessing"], ("set-status", 1, {"status": "assessing"}, "")),
    (["note", "1", "--text", CANARY], ("note", 1, {}, "")),
    (["tag", "1", CANARY], ("tag", 1, {}, "")),
    (["tag", "1", CANARY, "--remove"], ("tag", 1, {"removed": True}, "")),
    (["assign", "1", "bruno"], ("assign", 1, {"officer": "bruno"}, "")),
    (["assign", "1", "--nobody"], ("assign", 1, {}, "")),
    (
        ["source-risk", "1", "low", "--reason", "many know"],
        ("assess-source", 1, {"risk": "low"}, "many know"),
    ),
    (
        [
            *("measure", "1", "protection_offered", "--addressee", CANARY, "--reference", CANARY),
            *("--despite-warning", "it is theirs"),
        ],
        ("record-measure", 1, {"kind": "protection_offered", "despite": True}, "it is theirs"),
    ),
    (["tell", "1", "2"], ("tell-measure", 1, {"measure": 2}, "")),
    (["tell", "1", "2", "--no-longer"], ("tell-measure", 1, {"measure": 2, "no_longer": True}, "")),
    (
        ["retract", "1", "1", "--reason", "another case"],
        ("remove-measure", 1, {"measure": 1}, "another case"),
    ),
    (["credibility", "1", "2", "--reason", "two agree"], ("rate", 1, {"credibility": "2"}, "two agree")),
    (
        ["decide", "1", "no_transmission", "--reason", "no offence"],
        ("decide-by-two", 1, {"duty": "art40", "decision": "no_transmission"}, "no offence"),
    ),
    (["reply", "1", "--template", "acknowledgement"], ("reply", 1, {"template": "acknowledgement"}, "")),
    (
        ["reply", "1", "--template", "feedback", "--text", CANARY, "--feedback"],
        ("reply", 1, {"template": "feedback", "feedback": True}, ""),
    ),
    (
        ["close", "1", "moot", "--disclosure", "full", "--text", CANARY],
        # Two closed it before.
        ("close-by-two", 1, {"outcome": "moot", "disclosure": "full"}, ""),
    ),
    (
        ["decide", "1", "not_needed", "--reason", "nobody"],
        ("decide-by-two", 1, {"duty": "art14", "decision": "not_needed"}, "nobody"),
    ),
    (["hold", "1", "--reason", "trial"], ("hold", 1, {}, "trial")),
    (["hold", "1", "--release", "--reason", "over"], ("release-hold", 1, {}, "over")),
    (["reopen", "2", "--reason", "more came"], ("reopen", 2, {}, "more came")),
    (["timeline", "1"], ("read-timeline", 1, {}, "")),
    (["oversight"], ("oversee", None, {}, "")),
    (["settings"], ("list-settings", None, {}, "")),
    (["settings", "--regime", "external"], ("choose-regime", None, {"regime": "external"}, "")),
    (
        ["extend", "2", "--reason", "abroad", "--text", CANARY, "--preview"],
        ("preview-reply", 2, {}, ""),
    ),
    (["extend", "2", "--reason", "abroad", "--text", CANARY], ("extend", 2, {}, "abroad")),
    (["days-off", "list"], ("list-settings", None, {}, "")),
    (
        ["days-off", "add", "2031-01-02", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "added", "days": 2, "first": "2031-01-02", "last": "2031-01-03"},
            "",
        ),
    ),
    (
        ["days-off", "remove", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "removed", "days": 1, "first": "2031-01-03", "last": "2031-01-03"},
            "",
        ),
    ),
    (["queue"], ("list", None, {"view": "queue"}, "")),
    (["queue", "--search", CANARY], ("search", None, {"view": "queue"}, "")),
    (["judge", "1", "--danger", "2", "--reason", "armed"], ("judge", 1, {"danger": 2}, "armed")),
    (["identity", "set", "1", "--text-file", "TEXT"], ("keep-identity", 1, {}, "")),
    (
        ["identity", "consent", "1", "--day", "2026-01-02", "--reason", "the report"],
        ("note-consent", 1, {"consent": "given"}, "the report"),
    ),
    (["identity", "consent", "1", "--withdrawn"], ("note-consent", 1, {"consent": "withdrawn"}, "")),
    (["identity", "show", "1"], ("read-identity", 1, {}, "")),
    (["disclosures", "list", "1"], ("list-disclosures", 1, {}, "")),
    (
        ["disclosures", "add", "1", "--to", CANARY, "--what", "report", "--ground", "other", "--reason", "x"],
        ("disclose", 1, {"what": "report", "ground": "other"}, "x"),
    ),
    (
        ["measure", "1", "judicial_investigation"],
        ("record-measure", 1, {"kind": "judicial_investigation"}, ""),
    ),
    (
        ["decide", "1", "not_told", "--reason", "x"],
        ("decide-by-two", 1, {"duty": "identity_notice", "decision": "not_told"}, "x"),
    ),
    (
        [
            "disclosures",
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
    (["queue", "--junk"], ("list", None, {"view": "queue"}, "")),
    (["conflict", "exclude", "1", "bruno", "--reason", "kin"], ("exclude", 1, {"officer": "bruno"}, "kin")),
    (["conflict", "list"], ("list-conflicts", None, {}, "")),
    (
        ["conflict", "lift", "1", "bruno", "--reason", "no kin"],
        ("lift-conflict", 1, {"officer": "bruno"}, "no kin"),
    ),
    (["conflict", "alias", "bruno", CANARY], ("name-alias", None, {"officer": "bruno"}, "")),
    (["conflict", "aliases"], ("list-conflicts", None, {"view": "aliases"}, "")),
    (["conflict", "unalias", "bruno", CANARY], ("remove-alias", None, {"officer": "bruno"}, "")),
    (["declare", "1"], ("declare", 1, {}, "")),
    (["links", "1"], ("list-links", 1, {}, "")),
    (["link", "1", "2", "duplicate"], ("link", 2, {"relation": "duplicate"}, "")),
    (["unlink", "1", "2"], ("unlink", 2, {}, "")),
    (["link", "1", "2", "--dismiss"], ("dismiss-link", 2, {}, "")),
    (["handlers", "1", "chloe", "alice"], ("entrust", 1, {"officers": ("alice", "chloe")}, "")),
    (["handlers", "1"], ("list-handlers", 1, {}, "")),
    (["handlers", "1", "--anyone"], ("open-to-all", 1, {}, "")),
    (["journal", "print"], ("read-journal", None, {"how": "print"}, "")),
    (["journal", "verify"], ("read-journal", None, {"how": "verify"}, "")),
    (["keyring", "--out", "FOLDER"], ("renew-keyring", None, {}, "")),
    (["sign-pages", "PAGES", "--out", "FOLDER"], ("sign-pages", None, {"serial": 7, "sha256": "DIGEST"}, "")),
    (["outbox", "--out", "FOLDER"], ("make-outbox", None, {}, "")),
    (["outbox", "--out", "FOLDER", "--again", "1"], ("copy-outbox", None, {"outbox": 1}, "")),
    (["keys", "list"], ("list-keys", None, {}, "")),
    (["officers", "list"], ("list-officers", None, {}, "")),
    (["retention"], ("list-retention", None, {}, "")),
    (["unopened"], ("list", None, {"view": "unopened"}, "")),
    (["destroyed"], ("list-destroyed", None, {}, "")),
    (["register", "protection"], ("read-register", None, {"register": "protection"}, "")),
    (
        ["register", "alerts", "--year", "2026", "--out", "REGISTER"],
        ("export-register", None, {"register": "alerts", "year": 2026}, ""),
    ),
    (
        [
            *("consultation", "record", "--body", CANARY, "--day", _LONG_AGO),
            *("--subject", CANARY, "--opinion", CANARY, "--reference", CANARY),
        ],
        ("record-consultation", None, {"consultation": 1}, ""),
    ),
    (
        ["consultation", "retract", "1", "--reason", "twice"],
        ("retract-consultation", None, {"consultation": 1}, "twice"),
    ),
    (["sheet", "processing", "--out", "SHEET"], ("write-sheet", None, {"sheet": "processing"}, "")),
    (["channels", "list"], ("list-channels", None, {}, "")),
    (
        ["access", "record", "--person", "case", "--received", _LONG_AGO, "--way", "letter"],
        ("record-access", None, {"request": 2}, ""),
    ),
    (["access", "list"], ("list", None, {"view": "access"}, "")),
    (["access", "show", "2"], ("list", None, {"view": "access"}, "")),
    (["access", "passages", "1", "--request", "2"], ("show", 1, {"view": "access"}, "")),
    (
        ["access", "extend", "--because", "number"],
        ("extend-access", None, {"because": "number"}, ""),
    ),
    (
        ["access", "unopposed", "1", "--request", "2", "--day", _LONG_AGO, "--reference", "TJ"],
        ("note-unopposed", 1, {}, ""),
    ),
    (["access", "answer", "2", "--out", "LETTER"], ("answer-access", None, {"request": 2}, "")),
]
