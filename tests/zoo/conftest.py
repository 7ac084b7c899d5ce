"""Runs and presets of a tiny model, trained once for all tests."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zoo.made import tiny
from zoo.pretrained import preset
from zoo.tasks import bach_corpus
from zoo.training.train import train

NAME = "temporal_order/simple_rnn-clipnorm"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is trained once is trained in one process only."""
    for item in items:
        if "tiny_runs" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("tiny"))


@pytest.fixture(scope="session")
def tiny_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three finished runs of `NAME`; not to be changed."""
    runs = tmp_path_factory.mktemp("tiny_runs")
    with warnings.catch_warnings():
        # Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
        warnings.filterwarnings("ignore", "__array__ implementation")
        for seed in range(3):
            train(tiny(seed=seed, epochs=1), runs)
    return runs


@pytest.fixture(scope="session")
def tiny_presets(
    tiny_runs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with their preset; not to be changed."""
    presets = tmp_path_factory.mktemp("tiny_presets")
    preset.pack(tiny_runs, presets)
    return presets


@pytest.fixture(scope="session", autouse=True)
def scores_are_read_once(pytestconfig: pytest.Config) -> Iterator[None]:
    """Piano rolls of the chorales stay in pytest's cache, not in Keras' home.

    All processes share it, and the next run of the tests finds them there.
    """
    folder = pytestconfig.cache.mkdir("datasets")  # type: ignore[union-attr]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bach_corpus, "datasets", lambda: folder)
        yield
