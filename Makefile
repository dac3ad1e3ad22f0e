# The commands people repeat. A machine that has Python 3.11 or newer, make and git needs nothing else:
# the first command makes .venv and installs the pinned requirements into it, later ones install nothing
# until a requirements file changes.
#
#   make run                      the dashboard, at http://127.0.0.1:8501
#   make test PYTHON=python3.12   another interpreter for a new .venv (an existing one is kept)
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
#                                 where PyPI's torch would bring gigabytes of CUDA (Linux): the CPU build instead
#   make test CHROMIUM=/path      another browser for the browser tests; how one is found otherwise:
#                                 tests/browser/chromium.py

# A bare `make` explains. Downloading torch should be somebody's wish, not a surprise.
.DEFAULT_GOAL := help

PYTHON ?=
TORCH_INDEX ?=
CHROMIUM ?=
ROWS ?=
MINUTES ?= 30
export CHROMIUM

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --no-input --disable-pip-version-check \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# Stamps: what is installed, and since when. They live in .venv and go with it.
APP := $(VENV)/.app-installed
DEV := $(VENV)/.dev-installed

.PHONY: help run test lint format bench soak browser clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(APP) ## the dashboard, for this machine alone: http://127.0.0.1:8501
	$(BIN)/streamlit run dashboard.py --server.address 127.0.0.1 --server.fileWatcherType auto

test: lint browser ## everything a change must pass: lint, then pytest with a real browser
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(DEV) ## format check, ruff, mypy
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(DEV) ## put every file into the project's format and mend what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEV) browser ## the measurements in benchmarks/ (ROWS="..." for some of them)
	$(BIN)/python -m benchmarks $(ROWS)

soak: $(DEV) browser ## half an hour of restless visitors (MINUTES=...); how many pages were lost
	$(BIN)/python -m tests.browser.soak --minutes $(MINUTES)

browser: $(DEV) # the browser for the tests: found, or else installed
	@$(BIN)/python -m tests.browser.chromium

clean: ## remove caches (.venv stays; `rm -rf .venv` starts it anew)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +

$(APP): requirements.txt $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(APP)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

# The first interpreter that is new enough, runs (a version manager's shim may not) and can make an environment
# (Debian ships venv apart). python3 comes first: it is the one that the machine's owner chose.
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)

$(BIN)/python:
	@for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
	done; \
	echo "Unrolled needs Python 3.11 or newer, with its venv module. Tried: $(CANDIDATES)." >&2; \
	echo "Install one (on Debian and Ubuntu: apt-get install python3 python3-venv), or name one:" >&2; \
	echo "    make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1
