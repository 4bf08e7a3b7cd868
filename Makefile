# `make run`: the demonstration.  `make test`: everything that CI runs.  Each sets up .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1
export MPLBACKEND ?= agg

.PHONY: run test lint types unit proofs smoke notes bench
run: .venv/ready
	$(BIN)/fourier-margin demo

test: lint types unit proofs smoke

lint: .venv/ready
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(BIN)/pytest -n 2 tests

proofs: .venv/ready
	$(BIN)/pytest -n 2 verify

smoke: .venv/ready
	$(BIN)/fourier-margin demo --scale smoke

bench: .venv/ready
	$(BIN)/python -m benchmarks

# torch comes first and by itself, at the exact version: a range would fetch builds for hardware that is not here.
.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)" numpy -c constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,dev,bench]' -c constraints.txt
	touch $@
