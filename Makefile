# `make demo` shows Fanal at work, `make test` checks everything. Both first install what they need.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check pytest coverage lint types js built built-check bench sheets soak lock texts clean

# Otherwise each command that a test starts would compile the program again.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that is new enough: Debian's, or else the first that the shell finds.
ifndef PYTHON
PYTHON := $(firstword $(foreach python,/usr/bin/python3 python3,$(shell \
  $(python) -c 'import sys; print("$(python)" * (sys.version_info >= (3, 11)))' 2>/dev/null)))
endif

# The programs that the tests run, as command (or file) = Debian package.
TEST_TOOLS := node=nodejs npm=npm chromium=chromium chromium-headless-shell=chromium-headless-shell age=age firefox-esr=firefox-esr busybox=busybox curl=curl bsdtar=libarchive-tools \
  '/usr/lib/postgresql/*/bin/initdb=postgresql' /usr/sbin/nginx=nginx /usr/lib/nginx/modules/ngx_stream_module.so=libnginx-mod-stream \
  /usr/lib/nginx/modules/ngx_http_lua_module.so=libnginx-mod-http-lua \
  /usr/lib/nginx/modules/ngx_http_brotli_static_module.so=libnginx-mod-http-brotli-static \
  /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so=libnginx-mod-http-headers-more-filter \
  tor=tor '/usr/lib/*/faketime/libfaketimeMT.so.1=faketime' systemd-analyze=systemd systemd-nspawn=systemd-container exiftool=libimage-exiftool-perl ffmpeg=ffmpeg heif-enc=libheif-examples \
  mediainfo=mediainfo exiv2=exiv2 \
  bwrap=bubblewrap groff=groff-base /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core pdftotext=poppler-utils qpdf=qpdf certbot=certbot
# `make release` needs these programs, and so do its tests in the gate.
PACKAGE_TOOLS := dh=debhelper dpkg-buildpackage=dpkg-dev minisign=minisign gpg=gpg gpgconf=gpgconf
# Only `make soak` needs these: another browser engine and a virtual screen for it, a checker of Debian packages, the
# program that makes a bare Debian to install the packages in, and a certificate authority for tests.
SOAK_TOOLS := WebKitWebDriver=webkit2gtk-driver Xvfb=xvfb lintian=lintian debootstrap=debootstrap pebble=pebble mkfs.exfat=exfatprogs
NODE_TOOLS := node=nodejs npm=npm

# The scripts of the pages, one file for each. The portal's machine needs neither node nor the sources of the scripts.
PAGES := report status verify leave
ESBUILD := node_modules/.bin/esbuild --bundle --minify --format=esm --target=es2022 --charset=utf8 --log-level=warning \
  --legal-comments=none --banner:js='// Fanal, AGPL-3.0-or-later; libraries: /static/licenses.txt'
# The page for draws is opened from disk, and has no site with this file. It is given away, so it contains the notices of
# its libraries.
DRAWS := $(subst legal-comments=none,legal-comments=eof,$(subst /static/licenses.txt,/usr/share/doc/fanal-draws/licenses.txt,$(ESBUILD))) \
  draws/scripts/page.js
INSIDE := age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base @scure/bip39
BUILD = rm -f $(1)/static/js/* && \
  $(ESBUILD) $(PAGES:%=portal/scripts/%.js) --outdir=$(1)/static/js && \
  $(ESBUILD) portal/scripts/offline.js --conditions=offline --outfile=$(1)/offline.js && \
  $(ESBUILD) portal/scripts/checkproof.js --conditions=offline --outfile=$(1)/proof.js && \
  $(ESBUILD) portal/style.css portal/paper.css --outdir=$(1)/static && \
  for package in $(INSIDE); do printf '\n=== %s\n\n' $$package; cat node_modules/$$package/LICENSE; done > $(1)/static/licenses.txt

# `make lock UPGRADE=--upgrade` takes the newest versions. Without it, only packages that changed in the .in files change.
UPGRADE :=
COMPILE := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --quiet $(UPGRADE)

help:
	@echo 'make demo          show the whole path on this machine, from a report to the answer (PORT=… DESK_PORT=…)'
	@echo 'make test          run the gate: all checks that a change must pass, as in CI'
	@echo 'make check         run linters, type checks, JavaScript tests, and quick tests of the rooms changed since main'
	@echo 'make pytest        run only the Python tests'
	@echo 'make coverage      run the Python tests, and show which branches they reach'
	@echo 'make lint          run ruff, and check the imports between the rooms (packages)'
	@echo 'make types         run mypy and tsc'
	@echo 'make js            run the JavaScript tests in node'
	@echo 'make built         rebuild the scripts of the pages'
	@echo 'make built-check   compare the scripts with a fresh build'
	@echo 'make bench         run the benchmarks'
	@echo 'make sheets        take pictures of all pages for reporters in every state (SHEETS=build/sheets)'
	@echo 'make soak          run for a long time under load, and record the results (make soak NAME… for some parts)'
	@echo 'make sentences     draw 300 sentences for a reader who does not know the project (SEED=1 KEY=keyfile; FRENCH=150 for 150 French ones; PEER=1 to compare with Python)'
	@echo 'make mutants       change the code at random, and check that the tests of its room fail (MUTANTS="--seed 7 crypto")'
	@echo 'make texts         add new texts to the catalogues, and list those not translated (LANG=nl PAGE=home)'
	@echo 'make release       build the packages of this commit in dist/ (docs/releasing.md)'
	@echo 'make sign-release  sign the packages in dist/ with the secret key of a maintainer (KEY=…)'
	@echo 'make medium        make a medium that installs the inbox without a network (DIR=… KEYS=…; docs/medium.md)'
	@echo 'make sign-medium   sign such a medium with the secret key of a maintainer (DIR=… KEY=…)'
	@echo 'make lock          recompile the lock files (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean         remove everything that make installed'

demo: .venv/demo
	./deploy/demo.sh

# Targets that need one core each run in parallel. The output of each is printed in one piece.
test: test-tools .venv/project node_modules/.package-lock.json
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types warm lint js built-check
	@$(MAKE) --no-print-directory pytest
	@$(MAKE) --no-print-directory soak-records

check: .venv/project node_modules/.package-lock.json
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types lint js
	@.venv/bin/python -m tests.touched

.PHONY: test-tools soak-tools
test-tools:
	@deploy/debian-packages.sh $(TEST_TOOLS) $(PACKAGE_TOOLS)

soak-tools: test-tools
	@deploy/debian-packages.sh $(SOAK_TOOLS)

# Prepare once what each test process would otherwise prepare for itself. The tests also run without this step.
.PHONY: warm
warm: .venv/project node_modules/.package-lock.json
	@.venv/bin/python -m tests.warm > /dev/null

pytest: test-tools .venv/project node_modules/.package-lock.json
	tests/run.sh

coverage: test-tools .venv/project node_modules/.package-lock.json
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest -n 2 --dist loadscope --no-loadscope-reorder
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

lint: .venv/project
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports

types: .venv/project node_modules/.package-lock.json
	.venv/bin/mypy
	node_modules/.bin/tsc --project .
	node_modules/.bin/tsc --project . --customConditions offline
	node_modules/.bin/tsc --project tests/js

js: node_modules/.package-lock.json
	node --test tests/js/*.test.*js

built: node_modules/.package-lock.json
	$(call BUILD,portal)
	$(DRAWS) --outfile=draws/page.js

built-check: node_modules/.package-lock.json
	@fresh=$$(mktemp -d) && trap 'rm -r "$$fresh"' EXIT && $(call BUILD,"$$fresh") && \
	  $(DRAWS) --outfile="$$fresh/draws/page.js" && cmp -s "$$fresh/draws/page.js" draws/page.js && \
	  (cd "$$fresh" && for each in static/* *.js; do diff -rq "$(CURDIR)/portal/$$each" "$$each" || exit 1; done) || \
	  { echo 'the built scripts differ from a fresh build'; echo 'hint: make built'; exit 1; } >&2

bench: .venv/project
	.venv/bin/python -m benchmarks
	.venv/bin/python -m benchmarks.journey

SHEETS := build/sheets
sheets: .venv/project
	.venv/bin/python -m tests.support.page_sheets $(SHEETS)

.PHONY: sentences
sentences: .venv/project
	@.venv/bin/python -m benchmarks.sentences $(SEED) $(if $(KEY),--key $(KEY)) $(if $(FRENCH),--french $(FRENCH)) $(if $(PEER),--peer)

# The words after `soak` are names of its parts, not targets.
ifeq (soak,$(firstword $(MAKECMDGOALS)))
SOAK := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(SOAK)
$(SOAK): soak
	@:
endif

soak: soak-tools .venv/project .venv/release node_modules/.package-lock.json
	.venv/bin/python -m benchmarks.soak $(SOAK)

# For example: make mutants MUTANTS='--seed 7 --each 30 crypto'
MUTANTS :=
.PHONY: mutants
mutants: test-tools .venv/project
	.venv/bin/python -m benchmarks.mutants $(MUTANTS)

# Print each record in docs/soak.json that is older than the code it covers. This never fails.
.PHONY: soak-records
soak-records: .venv/project
	@.venv/bin/python -m benchmarks.soak --stale

# The packages of the commit that is checked out, in dist/ (docs/releasing.md).
.PHONY: release sign-release
release: .venv/project .venv/release
	@deploy/debian-packages.sh $(PACKAGE_TOOLS) $(NODE_TOOLS)
	.venv/bin/python -m deploy.release build

# For example: make sign-release KEY=/media/anne/anne.key
sign-release: .venv/project
	$(if $(KEY),,$(error say with which secret key; hint: make sign-release KEY=/path/to/name.key))
	.venv/bin/python -m deploy.release sign dist $(KEY)

# A medium that installs or updates the inbox without a network (docs/medium.md), from the release in dist/. For example:
# make medium DIR=/media/stick/fanal KEYS='/media/keys/anne.pub /media/keys/bruno.pub'
.PHONY: medium sign-medium
medium: .venv/project
	$(if $(and $(DIR),$(KEYS)),,$(error say where and with which public keys; hint: make medium DIR=/path/to/new/folder KEYS='anne.pub bruno.pub'))
	.venv/bin/python -m deploy.medium build $(DIR) $(KEYS)

sign-medium: .venv/project
	$(if $(and $(DIR),$(KEY)),,$(error say which medium and which secret key; hint: make sign-medium DIR=/path/to/folder KEY=/path/to/name.key))
	.venv/bin/python -m deploy.medium sign $(DIR) $(KEY)

lock: .venv/project
	$(COMPILE) requirements/portal.in --output-file requirements/portal.txt
	$(COMPILE) requirements/inbox.in --output-file requirements/inbox.txt
	$(COMPILE) requirements/draws.in --output-file requirements/draws.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/demo.in --output-file requirements/demo.txt
	$(COMPILE) requirements/release.in --output-file requirements/release.txt
	npm install --package-lock-only

# LANG counts only on make's command line: the LANG of the shell is a locale (fr_FR.UTF-8), not a language.
texts: .venv/project
	@.venv/bin/python -m tests.support.translating $(if $(filter command line,$(origin LANG)),$(LANG),fr) $(PAGE)

clean:
	rm -rf .venv node_modules build dist

# If .venv was moved or copied here, or if its Python is gone, its pip names another folder or nothing. Then .venv is made
# again.
ifeq ($(findstring $(CURDIR)/.venv/,$(shell .venv/bin/pip --version 2>/dev/null)),)
.PHONY: .venv/python
endif

# The stamps below are empty files: one each for the Python, its locked packages, the additional packages of a release, and
# this project. The demo has its own stamp, because it needs neither the tools nor the browsers of the tests. If the locked
# packages change, .venv is made again: pip would keep a package that is no longer in the list.
.venv/python: $(wildcard requirements/*.txt)
	$(if $(PYTHON),,$(error no Python 3.11 or newer was found; hint: make $(MAKECMDGOALS) PYTHON=/path/to/python3))
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || deploy/debian-packages.sh python3-venv
	@# If .venv is a link, --clear would empty the folder of another copy of the project.
	@if [ -L .venv ]; then rm .venv; fi
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/locked: .venv/python requirements/dev.txt
	.venv/bin/pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

# Only `make release` needs these packages.
.venv/release: .venv/locked requirements/release.txt
	.venv/bin/pip install --quiet --require-hashes --requirement requirements/release.txt
	@touch $@

.venv/demo: .venv/python requirements/demo.txt pyproject.toml
	@echo 'Installing what the demo needs.'
	.venv/bin/pip install --quiet --require-hashes --requirement requirements/demo.txt
	.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/project: .venv/locked pyproject.toml
	.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@deploy/debian-packages.sh $(NODE_TOOLS)
	npm ci --ignore-scripts
	@touch $@
