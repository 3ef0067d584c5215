"""What is shown, as values for JSON, the terminal and the pages of the desk."""

from typing import Any, TypeAlias

View: TypeAlias = dict[str, Any]
