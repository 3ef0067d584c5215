"""Views: plain values to show as JSON, at the terminal and on the pages of the desk."""

from typing import Any, TypeAlias

View: TypeAlias = dict[str, Any]
