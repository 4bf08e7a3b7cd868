# `make run`: the demonstration.  `make test`: everything that CI runs.  Each sets up .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1
export MPLBACKEND ?= agg

.PHONY: run test lint types unit proofs smoke proof notes browser bench mutation
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

# The theorems in Coq: install Coq where it is missing (it says so), compile, list each theorem with its axioms.
proof:
	$(MAKE) --no-print-directory -C proof

# The site: open site/index.html.  Then its tests, and every command of the README that is quick.
notes: .venv/notes
	$(BIN)/python -m paper_notes.builder
	$(BIN)/pytest tests/notes tests/test_readme.py

# Every page of the site in headless Chromium (apt-get install chromium chromium-driver).
browser: notes
	$(BIN)/pytest paper_notes/browser

# Every change of one operator, number, name or text that no test sees; hours.
mutation: .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[mutation]'
	$(BIN)/python -m mutmut run
	$(BIN)/python -m mutmut results
	@$(BIN)/python -m mutmut results --all true | awk -F '[.]x|: ' \
	  '{n[$$1]++; k[$$1] += $$NF ~ /killed|timeout/} END {for (f in n) print f, k[f] " of " n[f]}' | sort

bench: .venv/ready
	$(BIN)/python -m benchmarks

# torch comes first and by itself, at the exact version: a range would fetch builds for hardware that is not here.
.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)" numpy -c constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,dev,bench]' -c constraints.txt
	touch $@

.venv/notes: .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[notes]' -c constraints.txt
	touch $@
