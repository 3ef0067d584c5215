"""What each test process would make anew in a fresh checkout, all of them at once: made before they begin.

The tests as Python runs them, with their assertions rewritten, and the pages of the usual portal, compressed.
"""

import sys

import pytest

if __name__ == "__main__":
    collected = pytest.main(["--collect-only", "-q", "-q", "-p", "no:cacheprovider"])
    # By now the folder for pages is named (conftest.py).
    import tests.support.warm_portal  # noqa: F401

    sys.exit(collected)
