# Two commands are enough: `make run` serves the hub, `make test` runs every test.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# What is installed is marked, so that nothing is installed twice.
RUN := .venv/.run
DEV := .venv/.dev
DOCS := .venv/.docs
HUB_STORE ?= sqlite:///.cache/hub.db

.PHONY: setup run test drill lint bench neo4j docs lock clean

setup: $(RUN)

run: $(RUN)
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

neo4j: $(DEV)
	$(BIN)/python -m tests.neo4j

docs: $(DOCS)
	$(BIN)/mkdocs build --strict

lock: $(DEV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group docs -o requirements/docs.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/build.in -o requirements/build.txt

clean:
	rm -rf .venv .cache site

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
