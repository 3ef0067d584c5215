"""Pages that are compressed less, for tests that start a portal. No other process may find such pages."""

import functools

import brotli

compress = functools.partial(brotli.compress, quality=1)
# PROGRAM is code to run before PORTAL or SERVER of ``forks``. ENVIRONMENT contains variables for the same
# process.
PROGRAM = "import brotli; from tests.support import quick_pages; brotli.compress = quick_pages.compress; "
ENVIRONMENT = {"CACHE_DIRECTORY": ""}
