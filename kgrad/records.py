"""What travels between the stages: frozen records made of NumPy and text.

Nothing here knows a model, a tensor or a file, so a sign that is written
against these records runs live, from disk, and in a test that makes its
numbers by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kgrad.acts import Act
from kgrad.arrays import Array, Steps
from kgrad.combine import combine
from kgrad.samples import Sample

GLOBAL = "global"
"""Name of the target that stands for the whole model."""

CLIPPING = ("clipnorm", "global_clipnorm", "clipvalue")
"""Arguments by which a Keras optimizer clips gradients."""

Argument = float | int | bool | str | tuple[int, ...]
"""A constructor argument that a remedy can write down as code."""


@dataclass(frozen=True)
class Target:
    """Something that has a gradient: a variable, a gate of one, the model.

    Args:
        name: Keras' `variable.path`; `path[gate]` for a gate; `"global"`.
        layer: Path of the layer that owns the variable, `""` for the model.
        role: Last part of the path: `"kernel"`, `"recurrent_kernel"`, ...
        gate: `"i"`, `"f"`, `"c"`, `"o"` (LSTM), `"z"`, `"r"`, `"h"` (GRU),
            or `""`.
        depth: Position of the layer, counted from 0 in the order in which
            the optimizer receives the variables; -1 for the model.
        size: Number of parameters.
        units: Number of units: the length of the last axis, per gate.
        parts: Indices, among the measured targets, of what this one is
            made of; empty for a target that was itself measured.
    """

    name: str
    layer: str
    role: str
    gate: str = ""
    depth: int = 0
    size: int = 1
    units: int = 1
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What a statistic's number means, and how numbers of parts combine.

    Args:
        name: `<tensor>_<measure>`, for example `"gradient_norm"`.
        unit: Unit of the number, in words.
        description: One line that says what it is and what is healthy.
        combine: How the parts of a target give the target's own number:
            `"root_sum_square"`, `"sum"`, `"max"` or `"mean_by_units"`.
    """

    name: str
    unit: str
    description: str
    combine: str


@dataclass(frozen=True)
class Layer:
    """What a remedy needs to know of one layer of the watched model.

    Args:
        name: The layer's Keras path, as in `Target.layer` (for a recurrent
            layer that is the layer, not its cell).
        class_name: `"LSTM"`, `"Dense"`, ...
        activation: Name of the activation, `""` if it has none.
        units: Number of units (or filters), 0 if it has none.
        arguments: Other constructor arguments that differ from Keras'
            defaults, as far as they are numbers, strings or tuples of them:
            `{"return_sequences": True}`.
    """

    name: str
    class_name: str
    activation: str = ""
    units: int = 0
    arguments: Mapping[str, Argument] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Setup:
    """What was trained, and how: enough to write a remedy as code.

    Args:
        optimizer: Class name of the optimizer, `"SGD"`.
        optimizer_arguments: Constructor arguments that differ from Keras'
            defaults, and always `learning_rate` (its value when the
            monitor was attached).
        layers: The layers that own variables or an activation, from the
            input to the output.
        loss: Name of the compiled loss, `""` if there is none.
        classes: Number of classes of a classifier, 0 if not known.
        loss_scaling: Whether steps with non-finite gradients are skipped
            by a `LossScaleOptimizer`.
        chance: Value that guessing reaches, by metric name.
        hparams: What the user wants to compare runs by.
        lag: How many time steps back, from the last, lies the earliest
            input that the answer depends on; 0 if not known.
    """

    optimizer: str = ""
    optimizer_arguments: Mapping[str, float | int | bool | str] = field(
        default_factory=dict
    )
    layers: tuple[Layer, ...] = ()
    loss: str = ""
    classes: int = 0
    loss_scaling: bool = False
    chance: Mapping[str, float] = field(default_factory=dict)
    hparams: Mapping[str, float | int | bool | str] = field(
        default_factory=dict
    )
    lag: int = 0

    @property
    def clips(self) -> bool:
        """Whether the optimizer clips gradients."""
        return any(self.optimizer_arguments.get(name) for name in CLIPPING)


@dataclass(frozen=True)
class Epoch:
    """The metrics of one finished epoch.

    Args:
        epoch: 0-based, as in Keras.
        step: The last optimizer step of the epoch.
        logs: Metric values as in `on_epoch_end`, `val_` prefix included.
        samples: Number of samples behind a metric's value, where known.
    """

    epoch: int
    step: int
    logs: Mapping[str, float]
    samples: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """Every step of one window, for every target and statistic.

    Args:
        steps: `(steps,)`, 1-based optimizer steps, increasing.
        targets: All targets: the measured ones, then what they add up to
            (variables made of gates, and `"global"` last).
        measures: What the last axis of `values` means.
        values: `(steps, measured targets, measures)`, float32, as measured.
        loss: `(steps,)`, NaN where the optimizer was not told the loss.
        learning_rate: `(steps,)`.
        skipped: `(steps,)`, True where the update was not applied: an
            overflow under dynamic loss scaling, or the action `Skip`.
        seconds: Wall-clock time of the copy to the host, in seconds since
            the epoch of `time.time`.
        epochs: The epochs that ended in this window.
        samples: The steps of this window that were looked at more closely.
        setup: What is being trained.
        acts: What actions did.
    """

    steps: Steps
    targets: tuple[Target, ...]
    measures: tuple[Measure, ...]
    values: npt.NDArray[np.float32]
    loss: Array
    learning_rate: Array
    skipped: npt.NDArray[np.bool_]
    seconds: float = 0.0
    epochs: tuple[Epoch, ...] = ()
    samples: tuple[Sample, ...] = ()
    setup: Setup = field(default_factory=Setup)
    acts: tuple[Act, ...] = ()

    def __getitem__(self, statistic: str) -> Array:
        """The statistic as `(steps, targets)`, float64.

        Raises:
            KeyError: If the statistic was not measured.
        """
        if statistic not in self._combined:
            self._combined[statistic] = combine(
                statistic, self.targets, self.measures, self.values
            )
        return self._combined[statistic]

    @cached_property
    def finite_losses(self) -> list[float]:
        """The losses that are numbers, in the order of their steps."""
        return [float(x) for x in self.loss[np.isfinite(self.loss)]]

    @cached_property
    def _combined(self) -> dict[str, Array]:
        return {}


@dataclass(frozen=True)
class Edit:
    """One thing that a remedy does to a model, for a machine to do.

    Args:
        kind: What is done, which says what the arguments are:

            - `"optimizer"`: constructor arguments of the optimizer, None for
              those that go back to Keras' default
            - `"decay"`: `learning_rate` and `steps` of a cosine decay
            - `"layer"`: constructor arguments of the layer
            - `"class"`: `class_name`, the Keras layer that takes its place
            - `"gate_bias"`: from `start` to `stop`, on the last axis, the
              bias is `value` at first
            - `"batch_normalization"`: none; a layer is put behind it
            - `"dropout"`: none; a layer is put behind it
            - `"scaled_inputs"`: none; a layer is put behind each input
            - `"early_stopping"`: `patience`, in epochs; a callback

        layer: `Layer.name` of the layer that it is done to, `""` for the
            whole model.
        arguments: See `kind`.
    """

    kind: str
    layer: str = ""
    arguments: Mapping[str, float | int | bool | str | None] = field(
        default_factory=dict, hash=False
    )


@dataclass(frozen=True)
class Remedy:
    """A change to the reader's code, and what it is good for.

    Args:
        name: Short, in the words of a lecture: `"gradient clipping"`.
        code: Python that can be pasted, adapted to the watched model.
        cures: What it does.
        does_not_cure: What it leaves as it is.
        edits: The same change for `kgrad.treat`, which does it to the
            model; none where only a person can do it.
    """

    name: str
    code: str
    cures: str
    does_not_cure: str
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}  # {self.name}: {self.cures}"


@dataclass(frozen=True)
class Finding:
    """One sign, seen at one target, with the evidence for it.

    Args:
        sign: Name of the sign, `"exploding"`.
        target: Name of the target it was seen at.
        first_step: First step that shows it.
        last_step: Last step that shows it, so far.
        value: The measured value that decided.
        limit: What the value was compared with.
        explanation: Sentence with the numbers in it.
        remedies: What to change, the most promising first.
        clause: The explanation as one clause, without capital or full stop,
            to be a part of a sentence; `""` if the sign gives none.
        reason: What the sign itself saw lead to it, as a clause; `""` if
            it saw nothing.
    """

    sign: str
    target: str
    first_step: int
    last_step: int
    value: float
    limit: float
    explanation: str
    remedies: tuple[Remedy, ...] = ()
    clause: str = ""
    reason: str = ""
