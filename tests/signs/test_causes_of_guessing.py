"""What is proposed where a model guesses and nothing else is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kgrad import signs
from tests.signs.cases.changes import LSTM, always
from tests.signs.runs import SETUP, run

pytestmark = pytest.mark.usefixtures("no_evidence")


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        (0.05, ["smaller_learning_rate", "check_labels", "scale_inputs"]),
        (1e-3, ["check_labels", "scale_inputs"]),
        # Weights that hardly move say nothing of labels.
        (1e-6, ["larger_learning_rate", "scale_inputs"]),
    ],
)
def test_labels_are_asked_for_wherever_weights_move(
    pace: float, expected: list[str]
) -> None:
    setup = replace(SETUP, optimizer="Adam", layers=LSTM.layers)
    snapshots = run(always(pace), setup=setup)
    (finding,) = signs.diagnose(snapshots, [signs.SlowProgress()])
    assert [remedy.id for remedy in finding.remedies] == expected
