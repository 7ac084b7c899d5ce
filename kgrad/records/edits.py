"""What a remedy does to a model, for a machine: one record for each kind.

`kind` tells them apart in a run file; `layer` is a `Layer.name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kgrad.records.setup import Argument


@dataclass(frozen=True)
class ChangeOptimizer:
    """Gives the optimizer other arguments, None for Keras' default."""

    arguments: Mapping[str, Argument | None] = field(hash=False)
    kind: Literal["change_optimizer"] = "change_optimizer"


@dataclass(frozen=True)
class DecayLearningRate:
    """Lets the learning rate fall to 0 along a cosine of so many steps."""

    learning_rate: float
    steps: int
    kind: Literal["decay_learning_rate"] = "decay_learning_rate"


@dataclass(frozen=True)
class ChangeLayer:
    """Gives a layer other constructor arguments."""

    layer: str
    arguments: Mapping[str, Argument] = field(hash=False)
    kind: Literal["change_layer"] = "change_layer"


@dataclass(frozen=True)
class ReplaceLayer:
    """Puts a layer of another class, of `keras.layers`, in a layer's place."""

    layer: str
    class_name: str
    kind: Literal["replace_layer"] = "replace_layer"


@dataclass(frozen=True)
class SetGateBias:
    """Sets the bias of a gate: on its last axis, from `start` to `stop`."""

    layer: str
    start: int
    stop: int
    value: float
    kind: Literal["set_gate_bias"] = "set_gate_bias"


@dataclass(frozen=True)
class AddBatchNormalization:
    """Adds a `BatchNormalization` after a layer."""

    layer: str
    kind: Literal["add_batch_normalization"] = "add_batch_normalization"


@dataclass(frozen=True)
class AddDropout:
    """Adds a `Dropout` of one half after a layer."""

    layer: str
    kind: Literal["add_dropout"] = "add_dropout"


@dataclass(frozen=True)
class ScaleInputs:
    """Adds a layer after each input that brings it to mean 0 and spread 1."""

    kind: Literal["scale_inputs"] = "scale_inputs"


@dataclass(frozen=True)
class StopEarly:
    """Adds an `EarlyStopping` to the callbacks; patience is in epochs."""

    patience: int
    kind: Literal["stop_early"] = "stop_early"


OptimizerEdit = ChangeOptimizer | DecayLearningRate
LayerEdit = (
    ChangeLayer
    | ReplaceLayer
    | SetGateBias
    | AddBatchNormalization
    | AddDropout
)
Edit = OptimizerEdit | LayerEdit | ScaleInputs | StopEarly
"""One thing that a remedy does to a model or its training."""
