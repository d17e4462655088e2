# Everything a newcomer types. `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_PROCESSES ?= 2
UNIT_PROCESSES ?= 3
REQUIREMENTS := deploy/requirements
TEXTS := services/catalogues/catalogues/texts

.PHONY: help up status reset check format test-unit test chaos lint bench lock schema engine-schemas texts clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Consilium needs Python 3.11 or newer; try: make PYTHON=python3.12 up"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

# A stamp a set of packages: pip runs again only when its lock file changes.
$(VENV)/%.stamp: $(REQUIREMENTS)/%.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing packages ($*) ..."
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes -r $< \
		| { grep --line-buffered -oE '^Collecting [^ ]+' || true; }
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input -q --no-deps --no-build-isolation -e .
	@touch $@

up: $(VENV)/local.stamp ## Start the engines and services, with demo data in an empty store; Ctrl-C stops all
	@exec $(BIN)/consilium up

status: $(VENV)/local.stamp ## Print the addresses and demo sign-ins of the running system
	@$(BIN)/consilium status

reset: $(VENV)/local.stamp ## Delete all local data, to start over
	@$(BIN)/consilium reset --yes

check: lint test-unit ## Check style, types, imports and the unit tests; takes about half a minute

format: $(VENV)/local.stamp $(VENV)/dev.stamp ## Format the code, and mend what ruff can mend
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

# One process more than there are cores in a small machine, because some of these tests wait.
test-unit: $(VENV)/local.stamp $(VENV)/dev.stamp ## Run the tests that need no engine and start no service
	@$(BIN)/python -m pytest -p no:schemathesis -n $(UNIT_PROCESSES) tests/*/unit tests/architecture $(PYTEST_ARGS)

# Two processes, each with engines of its own: TEST_PROCESSES=0 runs all in one.
test: $(VENV)/local.stamp $(VENV)/dev.stamp ## Run every test
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) $(PYTEST_ARGS)

chaos: $(VENV)/local.stamp $(VENV)/dev.stamp ## Run the kills and outages, which `make test` leaves out
	@$(BIN)/python -m pytest -m chaos $(PYTEST_ARGS)

lint: $(VENV)/local.stamp $(VENV)/dev.stamp ## Check style, types and imports
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy services && $(BIN)/lint-imports

bench: $(VENV)/local.stamp $(VENV)/dev.stamp ## Measure: prints a table and writes bench.json
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

schema: $(VENV)/local.stamp ## Write schema.graphql, examples/cache/schema.json, docs/list-sizes.md and docs/authorities.md from the code
	@$(BIN)/consilium schema print > schema.graphql
	@$(BIN)/consilium schema list-sizes > docs/list-sizes.md
	@$(BIN)/consilium schema caches > examples/cache/schema.json
	@$(BIN)/consilium schema authorities > docs/authorities.md

# `texts LANGUAGE=nl` adds a language. A trailing comma counts as an argument, so that a plural has three or four.
texts: $(VENV)/local.stamp ## Bring the translations' files up to date with the code
	@for service in gateway profiles catalogues problems; do \
		keywords='-k Message:1c,2 -k Message:1c,2,3,3t -k Message:1c,2,3,4t'; folders=services/$$service/$$service; \
		if [ $$service = problems ]; then keywords='-k Sentence'; folders='services/kit services/catalogues services/profiles services/graph services/gateway/gateway'; fi; \
		$(BIN)/pybabel -q extract --no-default-keywords $$keywords --no-location \
			--project Consilium --version texts --header-comment "# See docs/development/recipes/translation.md." \
			-o $(VENV)/$$service.pot $$folders && \
		$(BIN)/pybabel -q update -D $$service -i $(VENV)/$$service.pot -d $(TEXTS) -w 120 --no-fuzzy-matching --ignore-obsolete \
			--ignore-pot-creation-date $(if $(LANGUAGE),-l $(LANGUAGE) --init-missing) || exit; \
	done

engine-schemas: $(VENV)/local.stamp $(VENV)/dev.stamp ## Write schema.txt of both engines' tests from what the migrations make
	@CONSILIUM_WRITE_SCHEMAS=1 $(BIN)/python -m pytest -q -k declared tests/profiles/integration/test_schema.py tests/graph/integration/test_schema.py

lock: ## Resolve the lock files again (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --extra local --extra dev pyproject.toml -o $(REQUIREMENTS)/dev.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --extra local -c $(REQUIREMENTS)/dev.lock pyproject.toml -o $(REQUIREMENTS)/local.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url -c $(REQUIREMENTS)/dev.lock pyproject.toml -o $(REQUIREMENTS)/services.lock

clean: ## Delete the virtual environment and caches (not the data)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
