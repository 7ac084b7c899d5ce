"""Findings come and go; the records tell a reader of both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from kgrad.records import (
    ActionRecord,
    Edit,
    Finding,
    Layer,
    Output,
    Plan,
    Remedy,
    Setup,
)
from kgrad.records.edits import (
    AddBatchNormalization,
    AddDense,
    AddDropout,
    ChangeFit,
    ChangeLayer,
    ChangeLoss,
    ChangeOptimizer,
    ChangeTargets,
    DecayLearningRate,
    NormalizeInput,
    ReplaceLayer,
    ScaleInputs,
    SetGateBias,
    ShuffleSamples,
    StopEarly,
    WeighClasses,
)
from kgrad.storage.codec import Decoder, Encoder
from kgrad.storage.columns import Arrays
from kgrad.storage.sample_record import read_sample, sample_record
from tests.reporters.made import HISTOGRAMS, sample, snapshot

SLOW = Finding("slow_progress", "global", 1, 64, 0.0, 0.1, "It guesses.")
LOUD = Finding("exploding", "rnn/kernel", 9, 9, 50.0, 10.0, "It exploded.")


def read_back(*told: Sequence[Finding]) -> tuple[Finding, ...]:
    encoder, decoder = Encoder(), Decoder()
    for findings in told:
        for content, arrays in encoder.findings(findings):
            decoder.add(json.loads(json.dumps(content)), arrays)
    return decoder.findings


def test_a_finding_that_no_longer_holds_is_gone() -> None:
    assert read_back([SLOW, LOUD], [LOUD]) == (LOUD,)


def test_a_finding_that_comes_again_is_there_again() -> None:
    assert read_back([SLOW], [], [SLOW]) == (SLOW,)


def test_a_finding_that_has_not_changed_is_written_once() -> None:
    encoder = Encoder()
    assert len(list(encoder.findings([SLOW]))) == 1
    assert list(encoder.findings([SLOW])) == []


EDITS = (
    ChangeOptimizer({"clipnorm": None, "momentum": 0.5, "nesterov": True}),
    DecayLearningRate(0.1, 640),
    ChangeLayer("net/rnn", {"activation": "relu"}),
    ReplaceLayer("net/rnn", "LSTM"),
    SetGateBias("net/rnn", 4, 8, 3.0),
    AddBatchNormalization("net/rnn"),
    AddDropout("net/rnn"),
    ScaleInputs(),
    NormalizeInput("image", (0.5, 1.0), (4.0, 9.0)),
    AddDense("net/rnn", 3),
    ChangeLoss("BinaryCrossentropy", {"from_logits": True}),
    ChangeFit({"batch_size": 32, "epochs": 20}),
    WeighClasses((0.5, 17.0), at_each_step=True),
    ChangeTargets(1.0, 2.5, is_class=True),
    ShuffleSamples(),
    StopEarly(5),
)


def test_a_remedy_keeps_its_edits() -> None:
    assert {type(edit) for edit in EDITS} == {
        kind for part in get_args(Edit) for kind in (get_args(part) or (part,))
    }
    remedy = Remedy("all", "everything", "SGD()", "cures", "does not", EDITS)
    (finding,) = read_back([replace(SLOW, remedies=(remedy,))])
    (read,) = finding.remedies
    assert read == remedy
    assert [*map(type, read.edits)] == [*map(type, EDITS)]


@pytest.mark.parametrize(
    "old",
    [
        {"name": "clipping", "code": "SGD()", "cures": "", "does_not_cure": ""},
        {"id": "clip", "edits": [{"kind": "optimizer", "layer": ""}]},
    ],
)
def test_a_finding_of_an_older_file_has_no_remedies(
    old: dict[str, object],
) -> None:
    ((content, _),) = Encoder().findings([SLOW])
    decoder = Decoder()
    decoder.add(json.loads(json.dumps({**content, "remedies": [old]})), ())
    assert decoder.findings == (SLOW,)


def test_a_lag_of_0_in_an_older_file_is_one_that_is_not_known() -> None:
    for lag, known in [(0, None), (None, None), (5, 5)]:
        decoder = Decoder()
        made = replace(snapshot(), setup=Setup("SGD", lag=lag))
        for content, arrays in Encoder().snapshot(made):
            decoder.add(json.loads(json.dumps(content)), arrays)
        assert decoder.snapshots[0].setup.lag == known


@pytest.mark.parametrize("old", [False, True])
def test_a_layer_keeps_its_arguments_and_an_older_one_has_none(
    old: bool,
) -> None:
    arguments = {"kernel_size": (3, 5), "use_bias": False, "padding": "same"}
    layer = Layer("net/conv", "Conv2D", "relu", 8, arguments)
    given = replace(snapshot(), setup=Setup(layers=(layer,)))
    decoder = Decoder()
    for content, arrays in Encoder().snapshot(given):
        content = json.loads(json.dumps(content))
        for written in content.get("layers", ()) if old else ():
            del written["arguments"]
        decoder.add(content, arrays)
    (read,) = decoder.snapshots[0].setup.layers
    assert read == (replace(layer, arguments={}) if old else layer)


def test_what_was_compiled_and_how_data_are_fed_come_back() -> None:
    output = Output(
        "a", "net/out", "softmax", 3, "mse", False, ("accuracy",), 0
    )
    plan = Plan(
        32,
        640,
        5,
        True,
        0.2,
        True,
        4096,
        (("net/norm", 0.99), ("net/norm_1", 0.9)),
        (("words", 100),),
    )
    decoder = Decoder()
    given = replace(snapshot(), setup=Setup(outputs=(output,), plan=plan))
    for content, arrays in Encoder().snapshot(given):
        decoder.add(json.loads(json.dumps(content)), arrays)
    read = decoder.snapshots[0].setup
    assert (read.outputs, read.plan) == ((output,), plan)


ACTS = (
    ActionRecord("skip", 3, "Skipped step 3.", 1, "rnn/kernel"),
    ActionRecord("clip", 4, "Clipped 2 of 4 steps.", 2),
)


@pytest.mark.parametrize("old", [False, True])
def test_acts_come_back_and_an_older_window_has_none(old: bool) -> None:
    decoder = Decoder()
    for content, arrays in Encoder().snapshot(
        replace(snapshot(), actions=ACTS)
    ):
        content = json.loads(json.dumps(content))
        if old:
            content.pop("acts", None)
        decoder.add(content, arrays)
    (read,) = decoder.snapshots
    assert read.actions == (() if old else ACTS)


@pytest.mark.parametrize(
    "wrong", [{"action": 1}, {"step": "3"}, {"count": 0.5}, {"more": 1}]
)
def test_acts_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    decoder = Decoder()
    *before, (content, arrays) = Encoder().snapshot(
        replace(snapshot(), actions=ACTS)
    )
    for record in before:
        decoder.add(*record)
    content = json.loads(json.dumps(content))
    content["acts"][0].update(wrong)
    with pytest.raises(ValueError, match=r"must be of|must have the fields"):
        decoder.add(content, arrays)


@pytest.mark.parametrize(
    "steps", [[0, 1, 2], [1, 1, 2], [3, 2, 1], [1, 2, 2**44]]
)
def test_steps_that_cannot_be_are_refused(steps: list[int]) -> None:
    decoder = Decoder()
    *before, window = Encoder().snapshot(
        replace(snapshot(steps=3), steps=np.array(steps))
    )
    for record in before:
        decoder.add(*record)
    with pytest.raises(ValueError, match="steps are not in order"):
        decoder.add(*window)
    assert not decoder.snapshots


def sampled(old: bool = False) -> tuple[dict[str, object], Arrays]:
    """The record of a sample with histograms; an older one has none."""
    told = () if old else HISTOGRAMS
    content, arrays = sample_record(sample(3, histograms=told))
    return json.loads(json.dumps(content)), tuple(arrays)


@pytest.mark.parametrize("old", [False, True])
def test_histograms_come_back_and_an_older_sample_has_none(old: bool) -> None:
    content, arrays = sampled(old)
    assert ("histograms" in content) != old
    del content["kind"]
    read = read_sample(content, arrays)
    assert len(read.profiles) == len(sample().profiles)
    assert len(read.histograms) == (0 if old else len(HISTOGRAMS))
    for found, told in zip(read.histograms, HISTOGRAMS, strict=False):
        assert (found.kind, found.name, found.nan) == (
            told.kind,
            told.name,
            told.nan,
        )
        np.testing.assert_array_equal(found.counts, told.counts)


def test_histograms_of_other_bins_are_refused() -> None:
    content, (*norms, counts) = sampled()
    del content["kind"]
    with pytest.raises(ValueError, match="histograms have other bins"):
        read_sample(content, (*norms, counts[:, :-1]))
    with pytest.raises(ValueError, match="histograms"):
        read_sample(content, (*norms, counts[:1]))
