"""Shared by all tests: quiet TensorFlow, and a monitor that never grumbles."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Small models in two processes: one thread each is faster than two.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import gc
import logging
import sys
from collections.abc import Iterator

import pytest

from kgrad.remedies import evidence


def pytest_collection_finish() -> None:
    """What imports made is no garbage, and is not searched for any."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_graphs_of_tests_that_are_over() -> Iterator[None]:
    """TensorFlow never forgets a custom gradient, nor the graph it is of.

    Without this, each training leaves some 10,000 objects to be searched in
    every collection of garbage from then on.
    """
    ops = sys.modules.get("tensorflow.python.framework.ops")
    known = ops.gradient_registry._registry if ops else {}
    before = set(known)
    yield
    for name in known.keys() - before:
        if name.startswith("CustomGradient-"):
            del known[name]


@pytest.fixture(autouse=True)
def same_random_numbers() -> None:
    """A run of the tests is like the last one, but for rounding."""
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.utils.set_random_seed(0)


@pytest.fixture
def no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remedies are in the order in which their sign names them."""
    monkeypatch.setattr(evidence, "load", lambda: {})


@pytest.fixture(autouse=True)
def no_hidden_failure(
    caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A failure of the monitor's own is logged where warnings are errors."""
    yield
    hidden = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.name == "kgrad" and record.levelno >= logging.ERROR
    ]
    assert not hidden, hidden
