# `make demo` and `make test` need Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check benchmark pictures clean

demo: .venv/installed
	$(BIN)/python -m zoo compare temporal_order

test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not benchmark" --durations 20
	$(BIN)/python -m pytest -m benchmark

benchmark: .venv/installed
	$(BIN)/python -m tests.benchmarks.overhead

# Of the tab, from the runs of `make demo`.
pictures: .venv/installed
	$(BIN)/python -m tests.pictures runs

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf .venv build *.egg-info
