# Everything a checkout needs: `make help` lists it. Recipes say only what a person can use.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
COMPARED := $(VENV)/.compared
ORDERS ?= 500
SEED ?= 2026
COUNT ?= 100000
STEPS ?= 10000

# Tests of one file share a sandbox process; files run beside each other, one per processor.
SIDE_BY_SIDE := -n auto --dist loadfile

.PHONY: help demo demo-stop up down test check generate bench bench-rules bench-inventory bench-carriers fuzz-rules stock-proof n8n-package pictures clean

help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do \
		printf '  make %-15s %s\n' "$$name" "$$what"; done

demo: $(INSTALLED) ## start everything, send 500 orders through the flows, check and report (ORDERS=, SEED=)
	@$(BIN)/dockline demo --orders $(ORDERS) --seed $(SEED)

demo-stop: down ## stop what the demo left running

up: $(INSTALLED) ## start connector, sandbox and n8n with all flows
	@$(BIN)/dockline up

down: ## stop connector, sandbox and n8n
	@if [ -x $(BIN)/dockline ]; then $(BIN)/dockline down; else echo "Nothing is installed here, so nothing runs."; fi

test: $(INSTALLED) ## run every test, those on a real n8n included (installs n8n when it is missing)
	@$(BIN)/dockline install
	@$(BIN)/python -m pytest -q -m end_to_end
	@$(BIN)/python -m pytest -q -m "not end_to_end" $(SIDE_BY_SIDE)

check: $(INSTALLED) ## format, lint, types, import contracts, generated files, fast tests
	@$(BIN)/ruff format --quiet --check . || { echo "Not formatted; mend it: $(BIN)/ruff format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@found=$$($(BIN)/lint-imports) || { echo "$$found"; exit 1; }
	@$(BIN)/python -m canonical_models.schema_files --check
	@$(BIN)/python -m connector_service.rules_engine.vocabularies.generate --check
	@$(BIN)/python -m connector_service.rules_engine.schemas.generate --check
	@$(BIN)/python -m connector_service.feeds.generate --check
	@$(BIN)/python -m nodes.n8n_package --check
	@$(BIN)/python -m nodes.docs_tables --check
	@$(BIN)/python -m connector_service.local.flows_page --check
	@$(BIN)/python -m pytest -q -m "not end_to_end and not slow" $(SIDE_BY_SIDE)

generate: $(INSTALLED) n8n-package ## bring JSON Schemas, the n8n package and the tables in the docs up to date
	@$(BIN)/python -m canonical_models.schema_files --write
	@$(BIN)/python -m connector_service.rules_engine.vocabularies.generate --write
	@$(BIN)/python -m connector_service.rules_engine.schemas.generate --write
	@$(BIN)/python -m connector_service.feeds.generate --write
	@$(BIN)/python -m nodes.docs_tables --write
	@$(BIN)/python -m connector_service.local.flows_page --write

bench: $(COMPARED) ## measure throughput, latency, start time and memory
	@$(BIN)/python -m benchmarks

bench-rules: $(COMPARED) ## measure the rules engine beside zen-engine and json-logic
	@$(BIN)/python -m benchmarks rules

bench-inventory: $(INSTALLED) ## measure reservations, warehouse choices, a flash sale and availability reads
	@$(BIN)/python -m benchmarks inventory

bench-carriers: $(INSTALLED) ## measure rate shopping with a hanging carrier, under load, and beside karrio's own calls
	@$(BIN)/python -m benchmarks carriers

fuzz-rules: $(INSTALLED) ## ask random rule files about random facts; engine and oracle must agree (COUNT=, SEED=)
	@$(BIN)/python -m benchmarks.rules_fuzz --count $(COUNT) --seed $(SEED)

stock-proof: $(INSTALLED) ## prove by STEPS=10000 random steps that no interleaving oversells or leaks stock
	@STOCK_PROOF=$(STEPS) $(BIN)/python -m pytest -q tests/inventory/test_stock_machine.py

n8n-package: $(INSTALLED) ## write, lint and build the n8n node package from the declared nodes
	@$(BIN)/python -m nodes.n8n_package --write
	@$(BIN)/python -m connector_service.local.n8n_build

pictures: $(INSTALLED) ## take a picture of every flow from the n8n editor
	@$(BIN)/dockline pictures

clean: down ## stop everything; delete the virtual environment and build results (orders in .dockline stay)
	@rm -rf $(VENV) build demo-report.html .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock requirements-dev.lock pyproject.toml
	@. ./.ci/find-python && echo "Installing into $(VENV) with $$PYTHON; once, about a minute" && \
		{ $(BIN)/python -c "$$FITS" 2>/dev/null || "$$PYTHON" -m venv --clear $(VENV); } && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock -r requirements-dev.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(COMPARED): $(INSTALLED) requirements-bench.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.lock
	@touch $@
