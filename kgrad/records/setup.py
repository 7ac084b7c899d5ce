"""What is trained, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kgrad.records.data import Output, Plan

CLIPPING = ("clipnorm", "global_clipnorm", "clipvalue")
"""Arguments by which a Keras optimizer clips gradients."""

Argument = float | int | bool | str | tuple[int, ...]
"""A constructor argument that a remedy can write down as code."""


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
        penalties: Role of the weights that an L1 or L2 regularizer adds to
            the loss, with both of its factors:
            `(("recurrent_kernel", 0.0, 0.01),)`.
    """

    name: str
    class_name: str
    activation: str = ""
    units: int = 0
    arguments: Mapping[str, Argument] = field(default_factory=dict, hash=False)
    penalties: tuple[tuple[str, float, float], ...] = ()


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
            input that the answer depends on; None if not known.
        outputs: The outputs of the model, and what they are trained with.
        plan: How the data are fed.
        without_gradient: Layers with trainable variables of which the
            optimizer was given no gradient.
        batch_as_time: Layers along whose second axis, time, the batch lies.
        selected_features: Layers that pass on some features of an input only:
            name, how many, and of how many.
        adds_losses: Whether layers add to the compiled loss: regularizers,
            or what they pass to `add_loss`.
        has_schedule: Whether the learning rate follows a schedule, so that it
            says little how small it is at first.
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
    lag: int | None = None
    outputs: tuple[Output, ...] = ()
    plan: Plan = field(default_factory=Plan)
    without_gradient: tuple[str, ...] = ()
    batch_as_time: tuple[str, ...] = ()
    selected_features: tuple[tuple[str, int, int], ...] = ()
    adds_losses: bool = False
    has_schedule: bool = False

    @property
    def clips(self) -> bool:
        """Whether the optimizer clips gradients."""
        return any(self.optimizer_arguments.get(name) for name in CLIPPING)

    @property
    def masks(self) -> bool:
        """Whether a layer tells those behind it, and the loss, what is padding.

        What targets hold there counts nowhere.
        """
        return any(
            layer.class_name == "Masking"
            or bool(layer.arguments.get("mask_zero"))
            for layer in self.layers
        )
