"""Attachments: sandbox, previews, sanitised copies, PDF."""
