"""Shared by all tests: quiet TensorFlow, and a monitor that never grumbles."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Small models in two processes: one thread each is faster than two.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import gc
import logging
from collections.abc import Iterator

import pytest

from kgrad.remedies import evidence


@pytest.fixture(autouse=True)
def no_search_of_old_garbage() -> Iterator[None]:
    """What tests leave behind is never searched again, in a tenth less time."""
    yield
    gc.freeze()


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
