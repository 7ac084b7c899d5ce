# `make demo` and `make test` need Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: demo test test-all check benchmark docs pictures clean

demo: .venv/installed
	$(BIN)/python -m zoo compare temporal_order

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(PYTEST) -n 3 --dist loadgroup -m "not full and not benchmark" --durations 20
	$(PYTEST) -m "benchmark and not full"

# Every test, also of Ray (all of it), `espeak-ng`, what kgrad reports to and
# what takes long; then a part of them on other versions.
EXTRAS := dev,mlflow,notebooks,parquet,ray,release,tuner,wandb
test-all: check
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[$(EXTRAS)]"
	$(PYTEST) -n 3 --dist loadgroup -m "not benchmark" --durations 20
	$(PYTEST) -m benchmark
	$(BIN)/python -m tests.matrix

benchmark: .venv/installed
	$(BIN)/python -m tests.benchmarks.overhead

# To be opened from disk: build/docs/index.html.
docs: .venv/installed
	$(BIN)/python -m sphinx -W --keep-going -d build/doctrees docs build/docs

# Of the tab, from the runs of `make demo`; of signs, from runs of the clinic.
pictures: .venv/installed
	$(BIN)/python -m tests.pictures runs
	$(BIN)/python -m tests.pictures_of_signs

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf .venv build *.egg-info
