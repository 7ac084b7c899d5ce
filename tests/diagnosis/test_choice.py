"""Which of all remedies of an illness are named."""

from __future__ import annotations

from dataclasses import replace

from kgrad import remedies
from kgrad.diagnosis import Diagnosis
from kgrad.records import Layer, Remedy, TensorSummary
from kgrad.records.edits import AddBatchNormalization, LayerEdit
from kgrad.remedies import data, labels, scales
from tests.diagnosis.findings import found
from tests.signs.runs import SETUP

SLOWER, MUCH_SLOWER = (remedies.learning_rate(SETUP, x) for x in (0.1, 1e-6))
FASTER = remedies.learning_rate(SETUP, 10.0)
CLIP = remedies.clip_gradients(SETUP)
SCALE = TensorSummary("input")
LAYERS = [Layer(f"net/layer_{i}", "SimpleRNN", "tanh", 8) for i in range(12)]


def told(*findings: tuple[str, tuple[Remedy, ...]]) -> tuple[Remedy, ...]:
    """The remedies of an illness, whose first sign is the cause."""
    cause, *because = (
        found(sign, 100 + i, remedies=named)
        for i, (sign, named) in enumerate(findings)
    )
    return Diagnosis(cause, tuple(because)).remedies


def test_two_rates_are_one_remedy_that_nearer_to_the_cause() -> None:
    illness = (
        ("large_updates", (MUCH_SLOWER, CLIP)),
        ("oscillation", (SLOWER,)),
    )
    assert told(*illness) == (MUCH_SLOWER, CLIP)
    assert told(
        ("exploding", (CLIP, SLOWER)), ("small_updates", (FASTER,))
    ) == (
        CLIP,
        SLOWER,
    )


def test_no_larger_rate_makes_up_for_dead_units() -> None:
    leaky = remedies.leaky_relu(LAYERS[0])
    illness = ("dead_units", (leaky,)), ("small_updates", (FASTER, CLIP))
    assert told(*illness) == (leaky, CLIP)
    cut = replace(found("behavior", remedies=(leaky,)), rule="unreached_layers")
    slow = found("small_updates", 101, remedies=(FASTER, CLIP))
    assert Diagnosis(cut, (slow,)).remedies == (leaky, CLIP)
    alone = ("small_updates", (FASTER,)), ("slow_progress", (CLIP,))
    assert told(*alone) == (FASTER, CLIP)


def test_the_same_change_of_twelve_layers_is_one_that_names_them() -> None:
    each = [remedies.gated_cell(layer) for layer in LAYERS]
    illness = [("vanishing_in_time", (remedy,)) for remedy in each]
    (one,) = told(*illness)
    assert one.code.splitlines() == [remedy.code for remedy in each]
    changed = [x.layer for x in one.edits if isinstance(x, LayerEdit)]
    assert changed == [layer.name for layer in LAYERS]
    diagnosis = Diagnosis(found("vanishing", remedies=(each[3],)))
    assert diagnosis.signs_against(one) == ("vanishing",)


def test_no_layer_is_named_twice_in_one_remedy() -> None:
    first = remedies.batch_normalization(*LAYERS[:2])
    second = remedies.batch_normalization(*LAYERS[1:3])
    (one,) = told(("vanishing", (first,)), ("saturation", (second,)))
    assert len(one.code.splitlines()) == 3
    assert one.edits == tuple(
        AddBatchNormalization(layer.name) for layer in LAYERS[:3]
    )


def test_what_follows_from_the_data_is_mended_with_the_data() -> None:
    shift = labels.labels_from_zero(1)
    illness = ("labels", (shift,)), ("nonfinite", (data.check_data(), CLIP))
    assert told(*illness) == (shift,)
    scaled = scales.divide(SCALE, 255.0)
    both = ("inputs", (scaled,)), ("labels", (shift,)), ("exploding", (CLIP,))
    assert told(*both) == (scaled, shift)


def test_one_look_at_the_data_is_enough() -> None:
    finite = scales.finite("x")
    assert told(("inputs", (finite, data.check_data()))) == (finite,)
    assert told(("nonfinite", (data.check_data(), CLIP))) == (
        data.check_data(),
        CLIP,
    )
