# The only entry point: one command per target, `make help` lists them.
# PYTHON is the interpreter that .venv is made with; everything after that runs inside .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SOURCES := connectors/sdk/egovhub $(dir $(wildcard connectors/*/connector.py)) services deploy tests

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check format bench faults mutants wheel registry topics lock pin-kafka clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv from the lock file (needs Python >= 3.11 and the network, once)

$(READY): requirements.lock connectors/sdk/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python >= 3.11 is needed, $(PYTHON) is %d.%d: make setup PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e connectors/sdk
	@touch $@

demo: setup ## live figures on an embedded Kafka; LOG=file.csv replays a log instead of the city, PORT=9192 moves it
	$(BIN)/python -m deploy.demo $(if $(LOG),--log $(LOG)) $(if $(PORT),--port $(PORT))

test: setup ## every test; the integration tests start their own Kafka
	$(BIN)/python -m pytest

test-fast: setup ## the tests that need no Kafka
	$(BIN)/python -m pytest -m "not integration"

check: setup ## style, types, who imports whom, and the wire contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	PYTHONPATH=connectors $(BIN)/lint-imports
	$(BIN)/python -m egovhub.contract check

format: setup ## put the sources into the one format
	$(BIN)/ruff format .

bench: setup ## events/s and CPU per event; takes minutes
	$(BIN)/python -m tests.bench

faults: setup ## kill connectors and brokers under load and compare all facts with the truth; an hour; CONNECTOR=onestop
	nice $(BIN)/python -m tests.faults $(if $(CONNECTOR),--connector $(CONNECTOR))

mutants: setup ## change the law in the core a little, often, and list what no test notices; ONLY="calendar case"
	nice $(BIN)/python -m tests.mutation $(ONLY)

wheel: setup ## build the SDK, the only thing published, into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist connectors/sdk

registry: setup ## write the static schema registry tree into build/registry
	$(BIN)/python -m egovhub.registry build/registry

topics: setup ## create the topics on the cluster of HUB_KAFKA_BOOTSTRAP and check those that exist
	$(BIN)/python -m services topics create

lock: setup ## resolve requirements.in again into requirements.lock (needs uv on the PATH)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock requirements.in

pin-kafka: setup ## resolve the embedded Kafka again into deploy/kafka-jars.sha256
	$(BIN)/python -m deploy.kafka_jars pin

clean: ## remove what the targets made; keeps .venv and the fetched jars
	rm -rf build dist .state .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
