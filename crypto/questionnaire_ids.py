"""The ids of the page's own elements, which no question may use."""

# The ids of elements on the report page and on the offline form. A test compares these ids with the served
# pages.
OF_THE_PAGE = frozenset(
    (
        "acknowledge-by", "back", "back-to-text", "begin-again", "begin-more", "begin-unsafe", "beginnings",
        "calendar", "calendar-copied", "calendar-lines", "cannot-write", "case", "case-error", "case-title",
        "channels", "channels-list", "channels-only", "claim", "claim-differs", "closed", "closed-routes",
        "come-back", "completions", "confirm-1", "confirm-1-label", "confirm-2", "confirm-2-label",
        "confirm-error", "confirmed", "continue", "copied", "copy-token", "danger-now", "danger-sent",
        "danger-told", "day-by-day", "day-first", "day-last", "done", "earlier", "error", "failed",
        "feedback-by", "files", "files-camera", "files-hint", "files-list", "files-names", "files-note",
        "files-waiting", "follow-up", "follow-up-channels", "follow-up-channels-list", "follow-up-done",
        "follow-up-error", "follow-up-files", "follow-up-files-camera", "follow-up-files-hint",
        "follow-up-files-list", "follow-up-files-names", "follow-up-files-note", "follow-up-files-waiting",
        "follow-up-progress", "follow-up-progress-text", "follow-up-room", "follow-up-said",
        "follow-up-send", "follow-up-text", "follow-up-text-hint", "follow-up-unsent",
        "follow-ups-received", "form", "issued", "keys", "keys-error", "keys-hint", "keys-taken",
        "language-en", "language-fr", "languages", "loading", "locate", "located", "locator", "main",
        "measures", "messages", "more", "newest-first", "next-by", "no-messages", "now", "overdue",
        "previous", "print-token", "progress", "progress-text", "proof", "proof-error", "proof-saved",
        "retry", "save-locator", "save-proof", "send", "send-error", "show-token", "show-typed",
        "slot-file", "state", "status-fault", "status-label", "status-means", "step-case", "step-keys",
        "step-send", "step-token", "step-write", "texts", "to-case", "to-report", "token", "token-again",
        "token-asked", "token-hint", "token-shown", "token-words", "typed", "under-way", "unopened",
        "ways",
    )
)  # fmt: skip
