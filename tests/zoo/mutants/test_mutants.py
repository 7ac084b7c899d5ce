"""Bases and mutants are what they are said to be."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import pytest

from zoo.mutants.bases import BASES, HALVES
from zoo.mutants.mutant import MUTANTS, Mutant
from zoo.mutants.operators import OPERATORS
from zoo.mutants.program import Program

FIRST = list(
    {(m.operator, m.strength): m for m in reversed(list(MUTANTS))}.values()
)
"""A mutant of each strength of each operator, and a base."""


def _layers(model: keras.Model) -> list[keras.Layer]:
    return list(model._flatten_layers(include_self=False))


def test_there_are_many_and_mostly_recurrent_bases() -> None:
    assert len(list(BASES)) >= 40
    for bases in HALVES.values():
        recurrent = [base for base in bases if "time" in base.tags]
        assert len(recurrent) >= 16


def test_the_halves_share_no_data() -> None:
    data = {
        half: [np.asarray(base.samples().x) for base in bases]
        for half, bases in HALVES.items()
    }
    for x in data["tuning"]:
        for other in data["scored"]:
            assert x.shape != other.shape or not np.array_equal(x, other)


@pytest.mark.full
@pytest.mark.parametrize("base", list(BASES), ids=BASES.names)
def test_a_base_is_what_its_tags_say(base: Program) -> None:
    keras.utils.clear_session()
    model = Mutant(base.name).case().build()
    samples = base.samples()
    found = _layers(model)
    names = {type(layer).__name__ for layer in found}
    assert len(samples.x) >= 900
    assert len(samples.x_validation) == len(samples.y_validation) >= 300
    assert ("gated" in base.tags) == bool(names & {"LSTM", "GRU"})
    assert ("extra" in base.tags) == any(x.name == "extra" for x in found)
    assert ("words" in base.tags) == ("Embedding" in names)
    masked = any(
        isinstance(layer, keras.layers.Masking)
        or getattr(layer, "mask_zero", False)
        for layer in found
    )
    assert ("masked" in base.tags) == masked
    is_recurrent = any(isinstance(x, keras.layers.RNN) for x in found)
    is_conv = any("Conv1D" in name for name in names)
    assert ("time" in base.tags) == (
        is_recurrent or is_conv or "ConvLSTM2D" in names
    )
    steps = model.output_shape[1:-1] if len(model.output_shape) > 2 else ()
    assert ("every_step" in base.tags) == bool(steps)
    assert len(model(samples.x[:3])) == 3


@pytest.mark.full
@pytest.mark.filterwarnings("ignore:[\\s\\S]*You are using a softmax over axis")
def test_a_mutant_of_each_kind_can_be_built() -> None:
    for mutant in FIRST:
        keras.utils.clear_session()
        case = mutant.case()
        model, samples = case.build(), case.data()
        assert len(samples.x) == len(samples.y) >= 20, mutant.name
        outputs = np.asarray(model(samples.x[:4]))
        assert outputs.shape[0] == 4, mutant.name


def test_each_first_part_has_all_categories_of_both_halves() -> None:
    mutants = [m for m in MUTANTS if m.operator][: 10 * 28]
    counts = Counter((m.half, m.kind.category) for m in mutants)
    assert len(counts) == 28
    assert set(counts.values()) == {10}


def test_every_operator_applies_in_both_halves() -> None:
    found = {(m.half, m.operator) for m in MUTANTS if m.operator}
    assert len(found) == 2 * len(OPERATORS.names)


def test_a_mutant_differs_from_its_base_in_one_thing() -> None:
    base = BASES["lstm-recent"]
    assert MUTANTS["lstm-recent/base"].program == base
    faster = MUTANTS["lstm-recent/rate_up-30"].program
    assert faster == base.but(rate=30 * base.rate)
    shifted = MUTANTS["lstm-recent/shifted-one_sample"].program.samples()
    samples = base.samples()
    np.testing.assert_array_equal(shifted.x, samples.x)
    np.testing.assert_array_equal(shifted.y[1:], samples.y[:-1])
    np.testing.assert_array_equal(shifted.y_validation, samples.y_validation)


def test_edits_reach_the_layers_within_a_wrapper() -> None:
    model = MUTANTS["both_gru-tags/gate_bias--6.0"].case().build()
    both = model.get_layer("both_ways")
    for layer in (both.forward_layer, both.backward_layer):
        bias = np.asarray(layer.cell.bias)
        np.testing.assert_array_equal(bias[0, :10], -6.0)
        np.testing.assert_array_equal(bias[0, 10:], 0.0)
    model = MUTANTS["both_lstm-topics/weights-zeros"].case().build()
    kernel = model.get_layer("both_ways").forward_layer.cell.kernel
    assert not np.asarray(kernel).any()
    assert np.asarray(model.get_layer("readout").kernel).any()
    model = MUTANTS["masked_lstm-topics/mask_removed-all"].case().build()
    assert not model.get_layer("embedding").mask_zero
    model = MUTANTS["stacked_gru-tones/layer_removed-extra"].case().build()
    assert not model.get_layer("extra").weights


def test_skill_is_the_way_from_guessing_to_perfect() -> None:
    y = np.repeat([0, 0, 1, 2], 10)
    base = BASES["lstm-topics"]
    assert base.skill({"val_accuracy": 0.5}, y) == 0.0
    assert base.skill({"val_accuracy": 0.75}, y) == 0.5
    assert base.skill({"val_accuracy": 0.1}, y) == 0.0
    assert base.skill({"val_accuracy": None}, y) == 0.0
    number = BASES["lstm-waves"]
    y = np.array([-1.0, 1.0])
    assert number.skill({"val_mse": 0.25}, y) == 0.75
    assert number.skill({"val_mse": 9.0}, y) == 0.0
