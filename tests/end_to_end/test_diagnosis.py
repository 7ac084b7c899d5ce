"""Models that fail for one reason get one diagnosis, with that reason."""

from __future__ import annotations

from pathlib import Path

import pytest

import kgrad
from tests.end_to_end.test_nonfinite import BATCH, model_and_data
from zoo.recipe import Recipe
from zoo.training.train import train

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore:__array__ implementation:DeprecationWarning"
    ),
]


@pytest.mark.parametrize("seed", range(3))
def test_a_relu_rnn_that_turns_to_nan_has_one_illness(
    seed: int, tmp_path: Path
) -> None:
    model, x, y = model_and_data(seed)
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[])
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=[monitor])
    (diagnosis,) = monitor.diagnoses
    assert diagnosis.cause.sign in ("exploding", "large_updates")
    (lost,) = (f for f in diagnosis.because if f.sign == "nonfinite")
    assert diagnosis.first_step < lost.first_step
    assert diagnosis.sentence.startswith(
        f"The loss is NaN or infinite from step {lost.first_step} on, first "
        f"in the gradient of `{lost.target}`, the weights from step "
    )
    assert f", because {diagnosis.cause.clause}" in diagnosis.sentence
    # `test_nonfinite.py` tries it: the loss stays finite.
    assert diagnosis.remedies[0].name == "gradient clipping"
    assert kgrad.RunHistory.load(tmp_path).diagnoses == (diagnosis,)


def test_an_explosion_is_why_the_plain_rnn_learns_nothing(
    tmp_path: Path,
) -> None:
    train(Recipe.of("temporal_order", cell="simple_rnn", epochs=4), tmp_path)
    run = tmp_path / "temporal_order" / "simple_rnn-base"
    (diagnosis,) = kgrad.RunHistory.load(run).diagnoses
    assert diagnosis.cause.sign == "exploding"
    slow = diagnosis.because[-1]
    assert slow.sign == "slow_progress"
    assert slow.first_step == 1 < diagnosis.first_step
    assert diagnosis.sentence.startswith(
        f"{slow.clause}, because {diagnosis.cause.clause}"
    )
    assert diagnosis.remedies[0].name == "gradient clipping"
