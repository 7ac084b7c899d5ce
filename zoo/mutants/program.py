"""A small program as data: what it trains, on what, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np

from zoo.clinic.case import Array, Samples
from zoo.clinic.programs import Flaw

Kind = Literal["classes", "binary", "several", "numbers"]

Edit = Callable[[Any], Any]
"""From a new hidden layer to the one that takes its place."""

Network = Callable[[Any, Edit], Any]
"""From the input tensor to what the last layer reads, each layer edited."""

Tag = Literal[
    "extra", "every_step", "gated", "masked", "squashed", "time", "words"
]
"""What mutations must know of a program: that a hidden layer is named `extra`
and can be left out; that there is a target at every step; that it has an LSTM
or a GRU; that padding is masked; that a hidden layer has an activation; that
inputs are sequences, read in their order; that inputs are ids of words."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that can be changed part by part.

    Args:
        name: `"lstm-recent"`: its network and its data.
        data: Makes the samples.
        hidden: Makes the layers before the last one.
        tags: See `Tag`.
        units: Units of the last layer.
        kind: What it predicts: one of several classes, one of two, which of
            several labels hold, or numbers.
        activation: Its activation, `""` for none.
        loss: Keras' name of the loss.
        from_logits: Whether the loss is told to expect logits.
        optimizer: Keras' name of the optimizer.
        rate: Learning rate, before any decay.
        optimizer_arguments: Further arguments of the optimizer.
        decays: Whether the rate falls to 0 along half a cosine.
        batch_size: Samples per step.
        epochs: Epochs to train.
        shuffle: Whether the samples are shuffled in each epoch.
        policy: Name of the dtype policy.
        flaws: What became of the samples, one after the other.
        edits: What became of the hidden layers.
    """

    name: str
    data: Callable[[], Samples]
    hidden: Network
    units: int
    kind: Kind = "classes"
    tags: frozenset[Tag] = frozenset()
    activation: str = "softmax"
    loss: str = "sparse_categorical_crossentropy"
    from_logits: bool = False
    optimizer: str = "adam"
    rate: float = 0.005
    optimizer_arguments: Mapping[str, Any] = field(default_factory=dict)
    decays: bool = False
    batch_size: int = 32
    epochs: int = 8
    shuffle: bool = True
    policy: str = "float32"
    flaws: tuple[Flaw, ...] = ()
    edits: tuple[Edit, ...] = ()

    def but(self, **changes: Any) -> Self:
        """The program with other parts."""
        return replace(self, **changes)

    @property
    def metric(self) -> str:
        """What it is judged by, as in Keras' logs."""
        if self.kind == "several":
            return "binary_accuracy"
        return "mse" if self.kind == "numbers" else "accuracy"

    def samples(self) -> Samples:
        """What it is trained and validated on."""
        samples = self.data()
        for flaw in self.flaws:
            samples = flaw(samples)
        return samples

    def steps(self, size: int) -> int:
        """Optimizer steps of a training on so many samples."""
        return self.epochs * -(-size // self.batch_size)

    def skill(self, logs: Mapping[str, float | None], y: Array) -> float:
        """How much of the way from guessing, 0, to perfect, 1, it went.

        An accuracy is compared with the share of the most frequent label, a
        squared error with the variance. What is worse than guessing, or no
        number, is worth nothing, too.

        Args:
            logs: Metrics of the last epoch.
            y: The targets that it was validated on.
        """
        value = logs[f"val_{self.metric}"]
        if value is None:
            return 0.0
        if self.kind == "numbers":
            skill = 1 - value / float(np.var(y))
        else:
            guess = np.unique(y, return_counts=True)[1].max() / y.size
            skill = (value - guess) / (1 - guess)
        return float(np.clip(skill, 0.0, 1.0))


def stack(make: Callable[[], list[Any]]) -> Network:
    """Layers that are made anew for each model, one after the other."""

    def hidden(x: Any, edit: Edit) -> Any:
        for layer in make():
            x = edit(layer)(x)
        return x

    return hidden
