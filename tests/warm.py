"""Fill the caches of a fresh checkout before the test processes start, which would all do this at once.

The caches hold the compiled tests, with their assertions rewritten, and the compressed pages of the usual
portal.
"""

import sys
from importlib import import_module

import pytest

if __name__ == "__main__":
    collected = pytest.main(["--collect-only", "-q", "-q", "-p", "no:cacheprovider"])
    # Only now: conftest.py has named the folder for pages.
    import_module("tests.support.warm_portal")
    sys.exit(collected)
