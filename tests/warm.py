"""Fill the caches of a new checkout before the test processes start, so that only one process does this work.

The caches contain the compiled tests with rewritten assertions, and the compressed pages of the usual portal.
"""

import sys
from importlib import import_module

import pytest

if __name__ == "__main__":
    collected = pytest.main(["--collect-only", "-q", "-q", "-p", "no:cacheprovider"])
    # This module is imported late, because conftest.py first has to name the folder for pages.
    import_module("tests.support.warm_portal")
    sys.exit(collected)
