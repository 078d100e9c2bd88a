# Every target sets up .venv when it is not there, or when a pyproject.toml has changed since.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ARGS ?=
# The pages' scripts and styles. Node comes from the virtual environment, so none need be installed.
BUILT := src/webfoot/web/static/built/manifest.json
NPM := cd frontend && PATH="$(abspath $(BIN)):$$PATH" npm --no-update-notifier

.DEFAULT_GOAL := help
.PHONY: help demo serve frontend dist test test-scaled test-browser screenshots soak check format bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## train the bundled duck from its bundled walk, export the policy and prove it
	$(BIN)/webfoot train walk --robot duckling --out runs --video $(ARGS)

serve: $(INSTALLED) $(BUILT) ## run the service at http://127.0.0.1:8800, with a worker (ARGS="--port 9000")
	$(BIN)/webfoot serve $(ARGS)

frontend: $(BUILT) ## build the pages' scripts and styles

dist: $(INSTALLED) $(BUILT) ## build the wheels of the runtime and of webfoot, with the pages in it, into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist ./runtime .

test: $(INSTALLED) $(BUILT) ## run the tests (ARGS="-k name" chooses)
	$(NPM) test --silent
	$(BIN)/python -m pytest -m "not soak" -n auto --maxprocesses 8 $(ARGS)

test-scaled: $(INSTALLED) $(BUILT) ## run the service's tests on PostgreSQL and Redis (Debian: postgresql, redis-server)
	TEST_STACK=scaled $(BIN)/python -m pytest tests/web -m "not soak" -n auto --maxprocesses 8 $(ARGS)

test-browser: $(INSTALLED) $(BUILT) ## drive the pages in a real browser (Debian: chromium)
	$(NPM) run --silent browser

screenshots: $(INSTALLED) $(BUILT) ## draw every page into docs/pages (Debian: chromium)
	$(NPM) run --silent screenshots

soak: $(INSTALLED) $(BUILT) ## run the long trials
	$(BIN)/python -m pytest -m soak $(ARGS)

check: $(INSTALLED) frontend/node_modules/.installed ## formatting, lint and types
	$(NPM) run --silent check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

format: $(INSTALLED) ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.benchmark ## measure; each script in benchmarks/ prints a table
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script $(ARGS) || exit 1; done

clean: ## remove what was built, runs excepted
	rm -rf $(VENV) frontend/node_modules $(dir $(BUILT)) build dist .pytest_cache .ruff_cache .hypothesis src/*.egg-info runtime/build runtime/src/*.egg-info
	find src runtime tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.benchmark: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ./runtime --editable '.[dev,benchmark]'
	@touch $@

$(INSTALLED): pyproject.toml runtime/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
		{ echo "webfoot needs Python 3.11 or 3.12; set it with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ./runtime --editable '.[dev]'
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json $(INSTALLED)
	$(NPM) ci --silent
	@touch $@

$(BUILT): frontend/node_modules/.installed frontend/vite.config.ts $(shell find frontend/src -type f)
	$(NPM) run --silent build -- --logLevel warn
	@touch $@
