# All that is done to this project, by name. Everything runs in .venv, made on first use.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt
CASE := qingshui examples/qingshui.json --on 2022-06-01

.DEFAULT_GOAL := help
.PHONY: help test deep demo docs golden bench format clean

help:  ## this list
	@awk -F ':.*## *' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

test: .venv/.stamp  ## layers, types, lint, format, tests
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pytest --numprocesses auto --dist loadgroup

deep: .venv/.stamp  ## at full length what `make test` runs a sample of; takes hours
	$(BIN)/pytest tests/deep --deep --numprocesses auto --dist loadgroup

demo: .venv/.stamp  ## decide one household, then say why
	$(BIN)/policy decide $(CASE)
	$(BIN)/policy explain $(CASE)

docs: .venv/.stamp-docs build/mermaid/mermaid.min.js  ## build the site into site/; a broken link or a reference to another host is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

golden: .venv/.stamp  ## write the expected results anew; read the diff before committing it
	$(BIN)/pytest --update-golden

bench: .venv/.stamp  ## run the benchmarks
	$(BIN)/python -m benchmarks

format: .venv/.stamp  ## format the Python code, mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:  ## remove all that can be made again, .venv too
	rm -rf .venv build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[dev]'
	touch $@

build/mermaid/mermaid.min.js: .venv/.stamp scripts/mermaid.py
	$(BIN)/python scripts/mermaid.py
	touch $@

.venv/.stamp-docs: .venv/.stamp
	$(PIP) -e '.[docs]'
	touch $@
