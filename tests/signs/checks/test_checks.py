"""Every check against what it must tell and what it must not."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from kgrad.records import Remedy
from kgrad.signs import checks
from kgrad.signs.checks import CHECKS, BehaviorCheck, Check
from kgrad.signs.checks.base import pairs
from kgrad.signs.checks.guessing import (
    guessing_loss,
    majority_share,
    untrained_loss,
)
from kgrad.signs.guessing import entropy
from tests.signs.checks.cases import MUST, MUST_NOT
from tests.signs.checks.made import LABELS, NUMBERS, RARE, Judged, judged

OF_DATA = {c.name: c for c in CHECKS if not issubclass(c, BehaviorCheck)}


@pytest.mark.parametrize("name", OF_DATA)
def test_near_misses_are_none(name: str) -> None:
    for i, case in enumerate(MUST_NOT[name]):
        assert not list(OF_DATA[name]().judge(*case)), i


@pytest.mark.parametrize("name", OF_DATA)
def test_it_tells_what_it_must(name: str) -> None:
    for i, case in enumerate(MUST[name]):
        findings = list(OF_DATA[name]().judge(*case))
        assert findings, i
        for finding in findings:
            assert finding.rule == name
            assert finding.sign == OF_DATA[name].sign
            assert finding.explanation.endswith(".")
            assert finding.target
            assert finding.remedies
            for remedy in finding.remedies:
                assert_can_be_pasted(remedy)


def assert_can_be_pasted(remedy: Remedy) -> None:
    ast.parse(remedy.code)
    assert "nan" not in remedy.code.replace("np.isnan", "").lower().split()


def test_every_check_has_cases_and_words() -> None:
    assert set(MUST) == set(MUST_NOT) == set(OF_DATA)
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    for check in CHECKS:
        assert check.description[:3] == "NaN" or check.description[0].islower()
        assert not check.description.endswith(".")
        assert issubclass(check, Check)


HEALTHY = [
    case
    for name, cases in MUST_NOT.items()
    if OF_DATA[name].is_hint
    for case in cases
]


@pytest.mark.parametrize("case", HEALTHY[:4])
def test_near_misses_of_hints_are_no_findings(case: Judged) -> None:
    assert not checks.judge(*case)


def test_of_one_family_at_one_place_the_cause_is_told() -> None:
    # Always 1, and so beyond what the targets ask for.
    case = judged(y=NUMBERS * 1e5, activation="softmax")
    rules = [finding.rule for finding in checks.judge(*case)]
    assert rules == ["softmax_over_one_unit", "target_scale"]


def test_hints_and_what_needs_training_are_no_findings() -> None:
    case = judged(
        y=RARE,
        said=0.05 + 0.1 * RARE[:, None],
        activation="sigmoid",
        loss="binary_crossentropy",
    )
    assert not checks.judge(*case)
    assert [f.rule for f in checks.hints(*case)] == ["class_imbalance"]
    assert [f.rule for f in checks.judge_training(*case)] == ["majority_only"]


def test_remedies_have_the_measured_numbers() -> None:
    def code(name: str, i: int = 0) -> str:
        (finding, *_) = OF_DATA[name]().judge(*MUST[name][i])
        return "\n".join(remedy.code for remedy in finding.remedies)

    assert "y = y - 1" in code("label_range", 0)
    assert "y = (y + 1) / 2" in code("label_range", 2)
    assert 'Dense(5, activation="softmax")' in code("one_unit_for_classes", 4)
    assert "np.rint(y * 255)" in code("labels_not_whole")
    assert "class_weight={0: 0.53, 1: 10}" in code("class_imbalance")
    assert "from_logits=True" in code("no_probabilities")
    assert "BatchNormalization(momentum=0.9)" in code("moving_statistics")
    assert "np.random.permutation" in code("sorted_labels")
    # 57 updates an epoch at the rate 0.001: 36 of them go 2.0.
    assert "batch_size=32, epochs=36" in code("few_updates")
    assert "input_dim=100" in code("ids_beyond_vocabulary")
    assert "Dense(10)" in code("broadcast_shapes")
    assert "/ 255.0" in code("input_scale", 3)
    assert "Normalization(); scale.adapt(x)" in code("input_scale")
    mean, spread = NUMBERS.mean() * 8e4 + 3e5, NUMBERS.std() * 8e4
    assert f"y = (y - {mean:.3g}) / {spread:.3g}" in code("target_scale")


def test_labels_that_are_broadcast_against_classes_need_another_loss() -> None:
    case = judged(
        y=LABELS[:, None],
        units=5,
        activation="softmax",
        loss="mean_absolute_error",
    )
    (finding,) = OF_DATA["broadcast_shapes"]().judge(*case)
    assert [remedy.id for remedy in finding.remedies] == ["other_loss"]
    assert "sparse_categorical_crossentropy" in finding.remedies[0].code
    # Numbers are no labels, whatever they are compared with.
    case = judged(y=NUMBERS, units=5, activation="softmax")
    (finding,) = OF_DATA["broadcast_shapes"]().judge(*case)
    assert [remedy.id for remedy in finding.remedies] == ["same_shape"]


def test_guessing_is_a_property_of_the_labels() -> None:
    setup, data = judged(
        y=LABELS, units=5, loss="sparse_categorical_crossentropy"
    )
    (pair,) = pairs(setup, data)
    assert pair.target is not None
    shares = [(k == LABELS).mean() for k in range(5)]
    assert majority_share(pair.target) == pytest.approx(max(shares))
    assert entropy(pair.target.class_counts) == pytest.approx(1.6, abs=0.02)
    assert guessing_loss(pair) == entropy(pair.target.class_counts)
    assert untrained_loss(pair) == pytest.approx(1.609, abs=1e-3)
    (pair,) = pairs(*judged(y=NUMBERS * 3 + 5))
    assert guessing_loss(pair) == pytest.approx((NUMBERS * 3).var())
    assert untrained_loss(pair) == pytest.approx(
        ((NUMBERS * 3 + 5) ** 2).mean()
    )


def test_checks_need_no_tensorflow() -> None:
    code = (
        "import sys, kgrad.signs.checks; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert not subprocess.run(
        [sys.executable, "-c", code], check=False
    ).returncode
