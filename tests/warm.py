"""What each test process would make anew in a fresh checkout, all of them at once: made before they begin.

The tests as Python runs them, with their assertions rewritten, and the pages of the usual portal, compressed.
"""

import sys
from importlib import import_module

import pytest

if __name__ == "__main__":
    collected = pytest.main(["--collect-only", "-q", "-q", "-p", "no:cacheprovider"])
    # By now the folder for pages is named (conftest.py).
    import_module("tests.support.warm_portal")
    sys.exit(collected)
