# `make demo` shows it, `make test` checks everything; both install first what they need.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test pytest coverage lint types js vendor vendor-check bench soak lock clean

# The first Python that is new enough: Debian's own, then whichever the shell finds.
ifndef PYTHON
PYTHON := $(firstword $(foreach python,/usr/bin/python3 python3,$(shell \
  $(python) -c 'import sys; print("$(python)" * (sys.version_info >= (3, 11)))' 2>/dev/null)))
endif

# what the tests drive for real, as command (or file) = Debian package
TEST_TOOLS := node=nodejs npm=npm chromium=chromium age=age firefox-esr=firefox-esr busybox=busybox curl=curl bsdtar=libarchive-tools \
  '/usr/lib/postgresql/*/bin/initdb=postgresql' /usr/sbin/nginx=nginx \
  /usr/lib/nginx/modules/ngx_http_brotli_static_module.so=libnginx-mod-http-brotli-static \
  /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so=libnginx-mod-http-headers-more-filter \
  tor=tor '/usr/lib/*/faketime/libfaketimeMT.so.1=faketime' systemd-analyze=systemd exiftool=libimage-exiftool-perl
NODE_TOOLS := node=nodejs npm=npm

VENDOR := portal/static/vendor
ESBUILD := node_modules/.bin/esbuild $(VENDOR)/age.entry.js --bundle --format=esm --target=es2022 \
  --charset=utf8 --legal-comments=inline --log-level=warning
VENDORED := age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base @scure/bip39
LICENSES := for package in $(VENDORED); do printf '\n=== %s\n\n' $$package; cat node_modules/$$package/LICENSE; done

# `make lock UPGRADE=--upgrade` moves to the newest versions; without it only what the .in files changed moves.
UPGRADE :=
COMPILE := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --quiet $(UPGRADE)

help:
	@echo 'make demo          the whole path on this machine, from a report to the answer'
	@echo 'make test          everything below that checks; one gate'
	@echo 'make pytest        the Python tests alone'
	@echo 'make coverage      the Python tests, and which branches they reach'
	@echo 'make lint          ruff and the imports between the rooms'
	@echo 'make types         mypy and tsc'
	@echo 'make js            the JavaScript tests in node'
	@echo 'make vendor        build the vendored JavaScript anew'
	@echo 'make vendor-check  compare the vendored JavaScript with a fresh build'
	@echo 'make bench         measure'
	@echo 'make soak          run for long under load'
	@echo 'make lock          compile the lock files anew (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean         remove what make installed'

demo: .venv/project
	./deploy/demo.sh

test: test-tools lint types js vendor-check pytest

.PHONY: test-tools
test-tools:
	@deploy/debian-packages.sh $(TEST_TOOLS)

# one module's tests stay in one worker, so that they share its server or browser
pytest: test-tools .venv/project node_modules/.package-lock.json
	.venv/bin/python -m pytest -n 2 --dist loadscope

coverage: test-tools .venv/project node_modules/.package-lock.json
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest -n 2 --dist loadscope
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

lint: .venv/project
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports

types: .venv/project node_modules/.package-lock.json
	.venv/bin/mypy
	node_modules/.bin/tsc --project .
	node_modules/.bin/tsc --project tests/js

js: node_modules/.package-lock.json
	node --test tests/js/*.test.*js

vendor: node_modules/.package-lock.json
	$(ESBUILD) --outfile=$(VENDOR)/age.js
	{ $(LICENSES); } > $(VENDOR)/LICENSES

vendor-check: node_modules/.package-lock.json
	@$(ESBUILD) | cmp - $(VENDOR)/age.js && { $(LICENSES); } | cmp - $(VENDOR)/LICENSES || \
	  { echo 'the vendored JavaScript differs from a fresh build'; echo 'hint: make vendor'; exit 1; } >&2

bench: .venv/project
	.venv/bin/python -m benchmarks

soak: .venv/project
	.venv/bin/python -m benchmarks.soak

lock: .venv/project
	$(COMPILE) requirements/run.in --output-file requirements/run.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	npm install --package-lock-only

clean:
	rm -rf .venv node_modules

# A .venv that was moved here, copied here, or lost its Python names another folder or nothing: make it anew.
ifeq ($(findstring $(CURDIR)/.venv/,$(shell .venv/bin/pip --version 2>/dev/null)),)
.PHONY: .venv/python
endif

# The three stamps below are empty files: a Python, the locked packages in it, this project in it.
.venv/python:
	$(if $(PYTHON),,$(error no Python 3.11 or newer was found; hint: make $(MAKECMDGOALS) PYTHON=/path/to/python3))
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || deploy/debian-packages.sh python3-venv
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/locked: .venv/python requirements/dev.txt
	.venv/bin/pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

.venv/project: .venv/locked pyproject.toml
	.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@deploy/debian-packages.sh $(NODE_TOOLS)
	npm ci --ignore-scripts
	@touch $@
