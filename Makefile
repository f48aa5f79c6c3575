# `make` lists what can be done. Everything made lies in .venv/, and is made again only when its source is newer.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SILENT:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
LOG := .venv/install.log

# Settings of pip or Python that would send packages elsewhere than into .venv.
unexport PIP_CONSTRAINT PIP_NO_BINARY PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_ROOT PIP_TARGET PIP_USER
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check

PO := $(wildcard translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)

BOLD := $(if $(MAKE_TERMOUT),\033[1m)
PLAIN := $(if $(MAKE_TERMOUT),\033[0m)
say = printf '  $(BOLD)%-11s$(PLAIN) %s\n' "$(1)" "$(2)"
# Runs a command whose output is of interest only when it fails.
quietly = $(1) >$(LOG) 2>&1 || { tail -n 25 $(LOG) >&2; echo "This step failed; the lines above say why." >&2; exit 1; }

.PHONY: help
help: ## List what can be done
	echo "Consult: make ..."
	sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1\t\2/p' Makefile | expand -t 16

.PHONY: run
run: .venv/.project $(MO) ## Start Consult here with its illustrated consultations
	exec $(BIN)/consult run

.PHONY: check
check: .venv/.dev $(MO) ## Check style, layers, types, templates and unit tests (about a minute)
	.ci/stages format lint layers types templates unit

.PHONY: test
test: .venv/.dev $(MO) ## Check, then test on SQLite, PostgreSQL and in a browser (some minutes)
	.ci/stages format lint layers types templates unit integration migrations journeys wheel

.PHONY: bench
bench: .venv/.dev $(MO) ## Measure speed
	.ci/stages bench

.PHONY: format
format: .venv/.dev ## Put the code into its format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: catalogues
catalogues: .venv/.dev ## Read the sentences anew into every catalogue; LOCALE=km begins another
	$(call say,catalogues,reading sentences)
	mkdir -p translations
	$(call quietly,$(BIN)/pybabel extract --mapping babel.cfg --output translations/messages.pot --no-wrap \
		--add-location=file --sort-by-file --add-comments 'Translators:' --project consult --version 0 \
		--keyword _l --keyword _p:1c$(comma)2 --keyword lazy_gettext --keyword lazy_ngettext:1$(comma)2 --keyword lazy_pgettext:1c$(comma)2 \
		--keyword lazy_npgettext:1c$(comma)2$(comma)3 .)
	$(if $(PO),$(call quietly,$(BIN)/pybabel update --input-file translations/messages.pot --output-dir translations \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date))
	$(if $(LOCALE),$(call quietly,$(BIN)/pybabel init --no-wrap --input-file translations/messages.pot \
		--output-dir translations --locale $(LOCALE)))
	$(MAKE) --no-print-directory compiled

.PHONY: lock
lock: .venv/.dev ## Compile requirements*.in into requirements*.txt; UPGRADE=1 takes newer releases
	$(call say,lock,requirements.txt)
	$(LOCK) requirements.in --output-file requirements.txt
	$(call say,lock,requirements-dev.txt)
	$(LOCK) requirements.in requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt

LOCK = UV_CACHE_DIR=.venv/uv $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--group build --no-annotate --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove all that was made, but not var/, the service's own data
	rm -rf .venv build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -f translations/messages.pot $(MO)
	find . -name __pycache__ -prune -exec rm -rf {} +

# --- What the above stand on ---

comma := ,

.PHONY: compiled
compiled: $(MO)

.venv/.python:
	command -v $(PYTHON) >/dev/null && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Consult needs Python 3.11 or newer. On Debian 12 or Ubuntu 24.04: apt-get install python3 python3-venv" >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Consult needs Python's venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(call say,python,making .venv)
	$(PYTHON) -m venv .venv
	touch $@

.venv/.runtime: requirements.txt | .venv/.python
	$(call say,packages,installing what Consult runs on (once$(comma) under a minute))
	$(call quietly,$(PIP) --require-hashes -r requirements.txt)
	touch $@

.venv/.project: pyproject.toml setup.py requirements.in .venv/.runtime
	$(call say,consult,installing the checkout)
	$(call quietly,$(PIP) --no-index --no-deps --no-build-isolation --editable .)
	touch $@

.venv/.dev: requirements-dev.txt .venv/.project
	$(call say,packages,installing what checks and tests use (once$(comma) under a minute))
	$(call quietly,$(PIP) --require-hashes -r requirements-dev.txt)
	touch $@

%.mo: %.po | .venv/.runtime
	$(call say,catalogue,$<)
	$(call quietly,$(BIN)/pybabel compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/messages.po,%,$<)))
