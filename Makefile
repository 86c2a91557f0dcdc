# One word per task. `make up` opens a shop; `make test` proves it; both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= $(HOME)/.evertill
VECTORS ?= ../shared/data/vectors
JSON ?= build/vectors.json

.DEFAULT_GOAL := help
.PHONY: help setup up test check vectors bench texts screens lock clean unit

help:
	@echo "make up       open one shop on this machine (sets up first)"
	@echo "make test     all tests (sets up first); make check: the fast ones"
	@echo "make vectors  published cases through our rules: VECTORS=folder JSON=file"
	@echo "make screens  a picture of every screen, into build/screens and docs/screens"
	@echo "make bench    measure, [ONLY=name]; make setup: only set up; make lock: pin versions anew"

# Virtual environment with exactly the locked versions; made anew when a lock file changes.
$(VENV)/.run: requirements.lock pyproject.toml
	@echo "== Setting up: Python packages"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { scripts/debian-packages venv && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@echo "== Setting up: what the tests need"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

setup: $(VENV)/.run
	@scripts/debian-packages fonts
	@$(BIN)/evertill setup --home $(HOME_DIR)

up: $(VENV)/.run
	@scripts/debian-packages fonts
	@exec $(BIN)/evertill up --home $(HOME_DIR)

check: $(VENV)/.test
	$(BIN)/ruff check src tests bench scripts
	$(BIN)/ruff format --check -q src tests bench scripts
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit tests/test_tidy.py -n 2 -q

test: $(VENV)/.test
	@scripts/debian-packages fonts browser tools
	$(BIN)/ruff check src tests bench scripts
	$(BIN)/mypy
	$(BIN)/python -m pytest tests --ignore=tests/browser -n 2 --dist loadfile --durations=10
	$(BIN)/python -m pytest tests/browser -n 2 --dist loadfile --durations=5

vectors: $(VENV)/.test
	@mkdir -p $(dir $(JSON))
	$(BIN)/python -m tests.vectors.run --vectors $(VECTORS) --json $(JSON)

bench: $(VENV)/.test
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

texts: $(VENV)/.test
	$(BIN)/python scripts/texts.py update

screens: $(VENV)/.test
	@scripts/debian-packages fonts browser
	$(BIN)/python scripts/screens.py build/screens

lock: $(VENV)/.test
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url requirements-test.in -o requirements-test.lock

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
