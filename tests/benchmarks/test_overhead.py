"""The benchmark runs; only what cannot be noise is asserted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgrad.session.sample_schedule import LEAST
from tests.benchmarks import actions, large_models, overhead
from tests.benchmarks.rivals import OwnTape
from tests.docs.pages import DOCS
from tests.small import data, dense


@pytest.mark.benchmark
@pytest.mark.slow
def test_watching_costs_less_than_a_second_backward_pass() -> None:
    name = "SimpleRNN(32), T=64"
    measured = overhead.measure(name, blocks=1)
    assert set(measured.ratios) == {"plain again", "kgrad"}
    assert measured.plain.shape == (1,)
    ratio = measured.ratios["kgrad"] / measured.ratios["plain again"]
    assert np.median(ratio) < 1.5
    assert measured.first_steps["kgrad"] > 0


@pytest.mark.benchmark
@pytest.mark.slow
def test_an_action_that_does_nothing_costs_next_to_nothing() -> None:
    measured = actions.measure("SimpleRNN(32), T=64", "Skip", blocks=4)
    assert set(measured) == {"without, again", "Skip"}
    assert np.median(measured["Skip"] / measured["without, again"]) < 1.2


@pytest.mark.benchmark
@pytest.mark.slow
def test_watching_many_layers_does_not_double_a_step() -> None:
    measured = large_models.measure("50 layers: Dense(256)", blocks=1)
    ratio = measured.ratios["kgrad"] / measured.ratios["plain again"]
    assert np.median(ratio) < 1.6


def test_gradients_are_recomputed_as_rarely_as_kgrad_samples() -> None:
    x, y = data(1)
    rare = OwnTape(x, y, every=LEAST, histograms=True)
    rare.set_model(dense())
    for batch in range(2 * LEAST):
        rare.on_train_batch_end(batch)
        assert len(rare.kept) == batch // LEAST + 1
    kernel, bias = rare.kept[-1]
    assert kernel[0].shape == bias[0].shape == (64,)
    assert (kernel[0].sum(), bias[0].sum()) == (6, 2)


def test_its_page_has_a_row_for_each_contender() -> None:
    def measured(**ratios: float) -> overhead.Measured:
        return overhead.Measured(
            np.array([0.08]), {k: np.array([v]) for k, v in ratios.items()}, {}
        )

    rounds = {"a": [measured(kgrad=1.02), measured(check_numerics=1.8)]}
    assert overhead.page(rounds).splitlines() == [
        "|  | a |",
        "| --- | --- |",
        "| the plain step | 80 ms |",
        "| **kgrad** | 1.020 (1.020 to 1.020) |",
        "| `tf.debugging.enable_check_numerics` | 1.800 (1.800 to 1.800) |",
    ]


def test_the_page_of_costs_can_be_written(tmp_path: Path) -> None:
    page = tmp_path / "costs.md"
    page.write_text((DOCS / "costs.md").read_text())
    assert overhead.SECTION.write(page, "new")
