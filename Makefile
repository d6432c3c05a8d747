# Every target sets itself up: a bare Debian or Ubuntu with Python >= 3.11 and make is enough.
# What is installed stays in this folder (.tools, .venv); only Tesseract and Chromium come from apt, when it may.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' && { command -v $$p; break; }; done)
UV := $(shell command -v uv || echo .tools/bin/uv)
BIN := .venv/bin
export UV_PYTHON = $(PYTHON)
export UV_PROJECT_ENVIRONMENT = .venv
# compiled once here instead of at every first import
export UV_COMPILE_BYTECODE = 1

# the tests of one file stay in one process
TWO_PROCESSES = --numprocesses 2 --dist loadscope --no-loadscope-reorder

.PHONY: help
help: ## list every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: setup tesseract ## set up everything, generate a practice, run the whole pipeline, show the report
	$(BIN)/medbooks demo

.PHONY: test
test: setup-dev tesseract chromium servers lint types contracts ## set up everything, run every check and test
	$(BIN)/pytest $(TWO_PROCESSES)

.PHONY: check
check: setup-dev ## lint, types, import rules, unit and graph tests but the crash proofs and the longest: within three minutes
	@$(MAKE) --no-print-directory --jobs 2 lint types contracts
	$(BIN)/pytest -m "not slow and not crash and not long" $(TWO_PROCESSES) tests/unit tests/graph

.PHONY: up
up: setup ## start Dagster, reports and MLflow on this machine only
	$(BIN)/medbooks up

.PHONY: setup
setup: .venv/.synced ## install the locked packages into .venv

.PHONY: setup-dev
setup-dev: .venv/.synced-dev ## the same with test tools and the beancount extra

# the development set holds the other one, so either stamp will do for `setup`
.venv/.synced: pyproject.toml uv.lock | uv
	@if [ -f .venv/.synced-dev ] && [ .venv/.synced-dev -nt uv.lock ] && [ .venv/.synced-dev -nt pyproject.toml ]; then :; \
	else $(UV) sync --locked --no-dev --quiet; rm -f .venv/.synced-dev; fi
	@touch $@

.venv/.synced-dev: pyproject.toml uv.lock | uv
	$(UV) sync --locked --extra books --extra postgres --quiet
	@touch $@ .venv/.synced

# the libraries we are measured against
.PHONY: setup-bench
setup-bench: setup-dev
	$(UV) sync --locked --extra books --extra postgres --extra bench --quiet

.PHONY: uv
uv:
	@test -n "$(PYTHON)" || { echo "medbooks needs Python 3.11, 3.12 or 3.13: apt-get install python3"; exit 6; }
	@command -v uv >/dev/null || [ -x .tools/bin/uv ] || { \
	  $(PYTHON) -m pip --version >/dev/null 2>&1 || { \
	    [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-pip >/dev/null; } || { \
	    echo "medbooks needs pip once, to fetch uv: apt-get install python3-pip"; exit 6; }; \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools 'uv>=0.8'; }

.PHONY: tesseract
tesseract:
	@command -v tesseract >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq tesseract-ocr >/dev/null; } \
	  || echo "scanned bills wait in quarantine until Tesseract is installed: apt-get install tesseract-ocr"

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	  || echo "browser tests are skipped until Chromium is installed: apt-get install chromium"

# the real servers that the tests start on loopback: sftp, imap, a database; and the second opinions on the books
.PHONY: servers
servers:
	@for need in sshd:openssh-server dovecot:dovecot-imapd pg_ctl:postgresql hledger:hledger ledger:ledger; do \
	  program=$${need%%:*}; package=$${need##*:}; \
	  PATH="$$PATH:/usr/sbin:$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)" command -v $$program >/dev/null || { \
	    [ "$$(id -u)" = 0 ] && apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >/dev/null; } \
	  || echo "tests that need $$program are skipped until it is installed: apt-get install $$package"; \
	done

.PHONY: lint
lint: setup-dev ## ruff for Python, sqlfluff for SQL
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project

.PHONY: types
types: setup-dev ## mypy --strict on the packages that promise it
	$(BIN)/mypy

.PHONY: contracts
contracts: setup-dev ## import rules of the house
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: setup-dev ## write what the formatters would write
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet
	$(BIN)/sqlfluff fix --disable-progress-bar dbt_project

.PHONY: docs
docs: setup-dev ## write docs/data-dictionary.md and the golden graph anew
	MEDBOOKS_UPDATE_GOLDEN=1 $(BIN)/pytest -q -p no:randomly tests/graph

.PHONY: bench
bench: setup-dev ## what a day costs on top of a month and of a year
	$(BIN)/python benchmarks/incremental.py

.PHONY: bench-readers
bench-readers: setup-bench ## HL7 against hl7apy and python-hl7; the synthetic practice, small and large
	$(BIN)/python -m benchmarks.hl7 --check
	$(BIN)/python benchmarks/practice.py

.PHONY: bench-ledger
bench-ledger: setup-dev servers ## the journal against beancount, hledger and ledger, up to a million entries
	$(BIN)/python benchmarks/ledger.py

.PHONY: bench-era
bench-era: setup-bench ## remittances: ours against pyx12 and others at 1, 10, 100 MB and 2,000 small files
	$(BIN)/python benchmarks/era835.py

.PHONY: bench-documents
bench-documents: setup-dev tesseract ## how well scanned bills are read, by field and resolution, and that nothing wrong is booked
	$(BIN)/python -m benchmarks.documents

.PHONY: fuzz
fuzz: setup-dev ## a million mutated remittances: nothing raises, hangs or loses a segment
	$(BIN)/python tests/fuzz/remittances.py

.PHONY: fuzz-readers
fuzz-readers: setup-dev ## ten thousand mutated files of every other format: nothing raises, tells a value or loses a cent
	$(BIN)/python tests/fuzz/readers.py

.PHONY: parity
parity: setup-dev ## the longer proof: thousands of spoiled remittances, judged as pyx12 judges them or by a listed defect
	$(BIN)/pytest -m slow $(addprefix tests/unit/formats/x12/era835/validation/,test_x12_parity.py test_x12_prover.py)

.PHONY: verify
verify: setup ## read a generated practice back and compare it with the truth, to the cent: make verify SEED=42
	$(BIN)/medbooks practice verify --seed $(or $(SEED),7)

.PHONY: verify-order
verify-order: setup-dev ## the same files in eight orders and batches leave the same balances (about ten minutes)
	$(BIN)/pytest -m slow tests/e2e/test_order_of_arrival.py

.PHONY: verify-books
verify-books: setup-dev tesseract ## the longer proof: a generated practice through the whole pipeline equals the truth, in marts and ledger
	$(BIN)/pytest -m slow tests/e2e/test_practice_books.py

.PHONY: crash-posting
crash-posting: setup-dev servers ## the longer proof: a thousand kills of posters per database and vendor stand-in
	$(BIN)/pytest -m slow -s tests/unit/gl/test_crashing_posters.py tests/unit/gl/test_crashing_vendors.py

.PHONY: gl-limits
gl-limits: setup-dev ## the longer proof: 10,000 posts to each vendor stand-in within its limits
	$(BIN)/pytest -m slow tests/unit/gl/test_outside_long_run.py

.PHONY: crash
crash: setup-dev ## the longer proof: 40 random kill -9 during runs
	$(BIN)/pytest -m slow tests/e2e/test_killed_runs.py

.PHONY: models
models: setup-dev ## the longer proof: figures of the model cards
	$(BIN)/pytest -m slow tests/unit/models_ml

.PHONY: clean
clean: ## remove environments and caches; the practice's data stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt_project/target
