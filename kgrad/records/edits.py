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
class NormalizeInput:
    """Adds a `Normalization` with known numbers right after an input.

    Args:
        input: Keras' name of the input, `""` of a model that has one.
        mean: Of each feature, or one for all.
        variance: Likewise.
    """

    input: str
    mean: tuple[float, ...]
    variance: tuple[float, ...]
    kind: Literal["normalize_input"] = "normalize_input"


@dataclass(frozen=True)
class AddDense:
    """Adds a `Dense` of so many units after the layer that ends the model."""

    layer: str
    units: int
    kind: Literal["add_dense"] = "add_dense"


@dataclass(frozen=True)
class ChangeLoss:
    """Another loss, a class of `keras.losses`, or other arguments of it."""

    class_name: str
    arguments: Mapping[str, Argument] = field(default_factory=dict, hash=False)
    kind: Literal["change_loss"] = "change_loss"


@dataclass(frozen=True)
class ChangeFit:
    """Gives `fit` other arguments: `batch_size`, `epochs`, `shuffle`."""

    arguments: Mapping[str, Argument] = field(hash=False)
    kind: Literal["change_fit"] = "change_fit"


@dataclass(frozen=True)
class WeighClasses:
    """Weighs samples, or the steps of sequences, by their class, from 0 on."""

    weights: tuple[float, ...]
    at_each_step: bool = False
    kind: Literal["weigh_classes"] = "weigh_classes"


@dataclass(frozen=True)
class ChangeTargets:
    """Trains on `(y - offset) / scale`, rounded if they are class numbers."""

    offset: float = 0.0
    scale: float = 1.0
    is_class: bool = False
    kind: Literal["change_targets"] = "change_targets"


@dataclass(frozen=True)
class ShuffleSamples:
    """Shuffles the samples before `fit` holds any of them out."""

    kind: Literal["shuffle_samples"] = "shuffle_samples"


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
    | AddDense
)
InputEdit = ScaleInputs | NormalizeInput
FitEdit = ChangeFit | WeighClasses | ChangeTargets | ShuffleSamples
Edit = OptimizerEdit | LayerEdit | InputEdit | ChangeLoss | FitEdit | StopEarly
"""One thing that a remedy does to a model or its training."""
