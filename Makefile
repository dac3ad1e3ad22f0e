# The commands for everyday work. A machine needs Python 3.11 or newer, make and git, and nothing else. The first
# command makes .venv and installs the pinned requirements into it. Later commands install nothing until a
# requirements file changes.
#
#   make run                      the dashboard, at http://127.0.0.1:8501
#   make test PYTHON=python3.12   another interpreter for a new .venv (an existing one is kept)
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
#                                 the small CPU build of torch; on Linux, PyPI's torch brings gigabytes of CUDA
#   make test CHROMIUM=/path      another browser for the browser tests; tests/browser/chromium.py says how one is
#                                 found by default
#   make serve REPLICAS=2 PORT=8501 ADDRESS=0.0.0.0
#                                 several processes behind HAProxy, for everybody who reaches this machine

# `make` without a target lists the commands. Nobody should download torch by accident.
.DEFAULT_GOAL := help

PYTHON ?=
TORCH_INDEX ?=
CHROMIUM ?=
ROWS ?=
MINUTES ?= 30
REPLICAS ?= 2
PORT ?= 8501
ADDRESS ?= 127.0.0.1
export CHROMIUM
# One more than there are processors, because the browser tests wait most of the time.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --no-input --disable-pip-version-check \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# Stamp files: their times say since when the requirements are installed. They are in .venv, and are deleted with it.
APP := $(VENV)/.app-installed
DEV := $(VENV)/.dev-installed

.PHONY: help run serve test lint format bench soak browser proxy redis clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(APP) ## serve the dashboard to this machine alone: http://127.0.0.1:8501
	$(BIN)/streamlit run dashboard.py --server.address 127.0.0.1 --server.fileWatcherType auto

serve: $(APP) ## several processes behind HAProxy (REPLICAS=2, PORT=8501, ADDRESS=127.0.0.1)
	@$(BIN)/python deploy/serve.py --replicas $(REPLICAS) --port $(PORT) --address $(ADDRESS)

# All test processes may read what the first one has compiled.
test: export PYTHONDONTWRITEBYTECODE =
test: lint browser proxy redis ## everything a change must pass: lint, then pytest with a real browser
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

lint: $(DEV) ## format check, ruff, mypy
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(DEV) ## format every file, and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEV) browser ## the measurements in benchmarks/ (ROWS="..." for some of them)
	$(BIN)/python -m benchmarks $(ROWS)

soak: $(DEV) browser ## half an hour of restless visitors (MINUTES=...); counts lost pages
	$(BIN)/python -m tests.browser.soak --minutes $(MINUTES)

browser: $(DEV) # find the browser for the tests, or install one
	@$(BIN)/python -m tests.browser.chromium

proxy: $(DEV) # find HAProxy for the tests, or install it if that needs no question
	@$(BIN)/python -m tests.deploy.haproxy

redis: $(DEV) # find a Redis server for the tests, or install one; without one they are skipped
	@$(BIN)/python -m tests.classroom.server

clean: ## remove caches (.venv stays; `rm -rf .venv` removes it)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +

$(APP): requirements.txt $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(APP)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

# The first interpreter that runs, is new enough, and can make an environment. A version manager's shim may not run, and
# Debian has venv in a package of its own. python3 comes first, because the owner of the machine chose it.
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
