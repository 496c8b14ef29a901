# Two commands are enough: `make run` serves the hub, `make test` runs the tests but those that take long, `make drill` does.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# What is installed is marked, so that nothing is installed twice.
RUN := .venv/.run
DEV := .venv/.dev
DOCS := .venv/.docs
EXPLORER := hub/graphql/explorer_files
HUB_STORE ?= sqlite:///.cache/hub.db

.PHONY: setup run test drill lint bench neo4j docs explorer lock clean

setup: $(RUN) $(EXPLORER)

run: $(RUN) $(EXPLORER)
	@mkdir -p .cache
	$(BIN)/hub serve --demo --store $(HUB_STORE)

test: $(DEV)
	$(BIN)/python -m tests.running test

drill: $(DEV)
	$(BIN)/python -m tests.running drill

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/codespell

bench: $(DEV)
	$(BIN)/python -m bench
	$(BIN)/python -m bench.bulk
	$(BIN)/python -m bench.gateways

neo4j: $(DEV)
	$(BIN)/python -m tests.neo4j

docs: $(DOCS)
	$(BIN)/mkdocs build --strict

lock: $(DEV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra traces -o requirements/traces.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra traces --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group docs -o requirements/docs.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/build.in -o requirements/build.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/client.in -o requirements/client.txt

explorer: $(EXPLORER)

clean:
	rm -rf .venv .cache site $(EXPLORER)

# Without npm or its registry the explorer takes the same files from a public CDN.
$(EXPLORER): hub/graphql/explorer_page/package-lock.json hub/graphql/explorer_page/package.json
	@cd hub/graphql/explorer_page && { npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 && npm run files; } >/dev/null 2>&1 \
	|| { rm -rf node_modules ../explorer_files; echo "GraphiQL is not installed (npm is not here, or could not): the explorer takes it from its public CDN"; }

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(RUN): requirements/run.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(DOCS): requirements/docs.txt $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@
