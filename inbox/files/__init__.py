"""Attachments: sandbox, previews, sanitised copies, PDF output."""
