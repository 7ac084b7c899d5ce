"""Every finding names what it would change, as a category."""

from __future__ import annotations

import re
from pathlib import Path

import kgrad
from kgrad.records import Finding, Remedy
from kgrad.signs import SIGNS as KINDS
from zoo.mutants.categories import (
    CATEGORIES,
    REMEDIES,
    RULES,
    SIGNS,
    named,
    of_signs,
)
from zoo.mutants.operators import OPERATORS

SOURCES = Path(kgrad.__file__).parent


def _sources(room: str) -> str:
    return "".join(
        file.read_text(encoding="utf-8")
        for file in sorted((SOURCES / room).rglob("*.py"))
    )


def test_every_remedy_has_its_categories() -> None:
    ids = set(re.findall(r'Remedy\(\s+"(\w+)"', _sources("remedies")))
    ids |= {"larger_learning_rate", "smaller_learning_rate"}
    ids |= {"open_forget_gate", "open_update_gate"}
    assert len(ids) > 50
    assert ids <= REMEDIES.keys()


def test_every_rule_and_sign_is_one_of_kgrads() -> None:
    written = _sources("signs")
    names = {kind.name for kind in KINDS} | {kind.rule for kind in KINDS}
    for rule in RULES:
        assert rule in names or f'name = "{rule}"' in written, rule
    assert SIGNS.keys() == {kind.name for kind in KINDS}


def test_every_category_is_mutated() -> None:
    assert {operator.category for operator in OPERATORS} == {*CATEGORIES}
    for operator in OPERATORS:
        assert operator.category not in operator.equally


def _remedy(name: str, code: str = "") -> Remedy:
    return Remedy(name, name, code, "", "")


def _finding(sign: str, rule: str) -> Finding:
    return Finding(sign, "global", 1, 1, 0.0, 0.0, "", rule=rule)


def test_the_cause_comes_first_then_what_would_be_changed() -> None:
    remedies = [_remedy("clip_gradients"), _remedy("smaller_learning_rate")]
    found = named([_finding("exploding", "exploding")], remedies)
    assert found == ["rate"]
    found = named([_finding("overfitting", "overfitting")], remedies)
    assert found == ["data", "regularization", "rate"]


def test_a_remedy_names_what_its_code_changes() -> None:
    cause = [_finding("unfinished_training", "unfinished_training")]
    longer = _remedy("more_updates", "model.fit(batch_size=32, epochs=80)")
    assert named(cause, [longer], 32) == ["epochs"]
    assert named(cause, [longer], 320) == ["epochs", "batch"]
    last = _remedy("last_layer", 'Dense(1, "sigmoid")')
    assert named(cause, [last]) == ["output"]
    last = _remedy("last_layer", 'Dense(1, "sigmoid"), loss="mse"')
    assert named(cause, [last]) == ["output", "loss"]


def test_signs_of_other_tools_stand_for_what_they_repair() -> None:
    assert of_signs(["vanishing", "exploding"]) == [
        "activation",
        "weights",
        "rate",
    ]
