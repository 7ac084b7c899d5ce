from __future__ import annotations

import re
from typing import Any

import pytest

from kgrad import signs
from tests.zoo.clinic.baselines.made import STEPS, late, run
from zoo.clinic.baselines import (
    BASELINES,
    AutoTrainer,
    Baseline,
    DeepDiagnosis,
    Observation,
    SageMakerDebugger,
    TerminateOnNaN,
    TheDeepChecker,
    Umlaut,
)

RULE = re.compile(r"^((?:\w+, )*\w+): ")


def test_seven_of_them_in_order() -> None:
    assert BASELINES.names == [
        "AUTOTRAINER",
        "SageMaker Debugger",
        "DeepDiagnosis",
        "TheDeepChecker",
        "UMLAUT",
        "NeuraLint",
        "TerminateOnNaN",
    ]


@pytest.mark.parametrize("rival", list(BASELINES), ids=lambda rival: rival.name)
def test_each_has_a_source_and_rules_in_our_names_of_signs(
    rival: Baseline,
) -> None:
    assert re.search(r"20[12]\d", rival.source)
    names = {kind.name for kind in signs.SIGNS}
    told = [RULE.match(rule) for rule in rival.rules]
    named = {name for m in told if m for name in m[1].split(", ")}
    assert named
    assert named <= names


@pytest.mark.parametrize("rival", list(BASELINES), ids=lambda rival: rival.name)
@pytest.mark.parametrize("where", ["loss", "weights"])
def test_who_sees_a_nan_loss_and_who_a_nan_weight(
    rival: Baseline, where: str
) -> None:
    observations = run(nonfinite=late((where,), ()))
    sees = "nonfinite" in rival.known()
    if isinstance(rival, TerminateOnNaN | Umlaut):
        sees = where == "loss"
    assert ("nonfinite" in rival.signs(observations)) == sees


@pytest.mark.parametrize("rival", list(BASELINES), ids=lambda rival: rival.name)
def test_nothing_known_is_nothing_said(rival: Baseline) -> None:
    blind: dict[str, Any] = {"step": 1, "epoch": 1, "epochs": 1}
    assert rival.signs([]) == {}
    assert rival.signs([Observation(**blind)]) == {}


def test_terminate_on_nan_says_the_step_in_the_middle_of_an_epoch() -> None:
    middle = Observation(STEPS + 7, 2, 2, ends_epoch=False, nonfinite=("loss",))
    before, after = run(2, nonfinite=[(), ("loss",)])
    found = TerminateOnNaN().signs([before, middle, after])
    assert found == {"nonfinite": STEPS + 7}


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        (AutoTrainer, "interval"),
        (SageMakerDebugger, "loss_steps"),
        (DeepDiagnosis, "window"),
        (DeepDiagnosis, "accuracy_window"),
        (TheDeepChecker, "window"),
    ],
)
def test_a_number_of_epochs_or_steps_is_one_or_more(
    kind: type[Baseline], argument: str
) -> None:
    message = f"`{argument}` must be at least 1. Received: {argument}=0"
    with pytest.raises(ValueError, match=message):
        kind(**{argument: 0})
    with pytest.raises(TypeError, match=f"`{argument}` must be an integer"):
        kind(**{argument: 2.5})
