"""What goes into a step, what comes out, and what it is compared with.

Only aggregates: no record holds a sample, so that a run folder can be shown
to anybody who may see the numbers of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Role = Literal["input", "target", "sample_weight", "prediction"]
Stage = Literal[
    "input", "target", "sample_weight", "prediction", "loss", "gradient"
]
"""Where a step can stop being finite, in the order of its data flow."""


@dataclass(frozen=True)
class TensorSummary:
    """One tensor of a batch in numbers.

    Args:
        role: What the tensor is for.
        name: Keras' name of the input or output; `""` if there is one only.
        shape: Its shape, the batch first.
        dtype: `"float32"`, `"int32"`, ...
        nonfinite: Number of entries that are NaN or infinite.
        minimum: Smallest finite entry; NaN if there is none.
        maximum: Largest finite entry.
        mean: Mean of the finite entries.
        std: Standard deviation of the finite entries.
        zero_share: Share of entries that are exactly 0.
        is_whole: Whether every finite entry is a whole number.
        is_one_hot: Whether every row of the last axis, of two or more, is
            one 1 among zeros.
        row_sum_minimum: Smallest sum over the last axis, of two or more;
            rows that are not finite are left out.
        row_sum_maximum: Largest sum over the last axis, likewise.
        feature_mean: `(features,)`, of the finite entries along the last
            axis, of two or more; empty above 1,024 features, and of a
            single row: it would be the sample.
        feature_std: `(features,)`, likewise.
        class_counts: Of targets, how often each label from 0 on occurs, of
            whole numbers from 0 to 999 or of one-hot rows; of predictions,
            how often each class, of at most 1,000, is the largest. One unit
            has two classes: below 0.5 and from 0.5 on, or 0 if any
            prediction is outside [0, 1] and they must be logits. Empty
            otherwise.
        sample_spread: Standard deviation between the samples of the batch,
            averaged over all other axes: 0 if they are all alike. NaN if an
            entry is not finite.
        neighbor_share: Share of neighboring samples with the same label; NaN
            where there are no labels.
        empty_samples: Number of samples that are all 0: all padding. Only of
            two or more axes.
        shortest: Fewest steps of a sample, along the second axis, that are
            not all 0: the length of a sequence that is padded with 0.
        longest: Most of them.
    """

    role: Role
    name: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    nonfinite: int = 0
    minimum: float = math.nan
    maximum: float = math.nan
    mean: float = math.nan
    std: float = math.nan
    zero_share: float = math.nan
    is_whole: bool = False
    is_one_hot: bool = False
    row_sum_minimum: float = math.nan
    row_sum_maximum: float = math.nan
    feature_mean: tuple[float, ...] = ()
    feature_std: tuple[float, ...] = ()
    class_counts: tuple[int, ...] = ()
    sample_spread: float = math.nan
    neighbor_share: float = math.nan
    empty_samples: int = 0
    shortest: int = 0
    longest: int = 0


@dataclass(frozen=True)
class DataSummary:
    """The data of one batch: inputs, targets, sample weights, predictions.

    Args:
        tensors: All of them, inputs first.
        loss: The loss of the batch, NaN where it is not known.
        training: Whether the model ran in training mode.
    """

    tensors: tuple[TensorSummary, ...] = ()
    loss: float = math.nan
    training: bool = True

    def of(self, role: Role) -> tuple[TensorSummary, ...]:
        """The tensors of one role, in the order of the model."""
        return tuple(t for t in self.tensors if t.role == role)


@dataclass(frozen=True)
class Output:
    """One output of the model, and the loss that it is trained with.

    Args:
        name: Keras' name of the output; `""` if there is one only.
        layer: `Layer.name` of the last layer with weights on its way, or of
            the layer itself.
        activation: What the numbers have passed last: `"softmax"`,
            `"sigmoid"`, `"linear"`, ..., also of a separate `Activation`
            layer; `""` if it is not known.
        units: Length of the last axis, 0 if not known.
        loss: Name of the loss in snake case, `""` if there is none or it is
            the user's own.
        from_logits: Whether the loss takes logits; None if that is not known.
        metrics: Names of the metrics of this output.
        ignore_class: The label that the loss leaves out, None if there is
            none.
        weight: What the loss is multiplied by, as in `loss_weights`.
    """

    name: str = ""
    layer: str = ""
    activation: str = ""
    units: int = 0
    loss: str = ""
    from_logits: bool | None = None
    metrics: tuple[str, ...] = ()
    ignore_class: int | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Plan:
    """How the data are fed, as far as it is known before training.

    Args:
        batch_size: Samples in a batch, 0 if not known.
        updates: Planned optimizer steps in all, 0 if not known.
        epochs: Planned epochs, 0 if not known.
        shuffle: Whether samples are shuffled; None if not known.
        validation_split: Share of the last rows that is held out, 0 if none.
        class_weight: Whether class weights are given.
        samples: Number of training samples, 0 if not known.
        batchnorm_momentum: Momentum of each BatchNormalization, by path.
        vocabulary: `input_dim` of each Embedding that reads an input, by the
            input's name (`""` of a single one).
        label_counts: How often each label from 0 on occurs among all training
            samples; empty if that is not known.
        label_runs: In how many stretches of the same label they come.
        held_out_counts: As `label_counts`, of the validation samples.
        settled: Paths of `batchnorm_momentum` whose statistics do not begin
            with zeros and ones: they were trained before, or are frozen.
        class_weights: Weight of each label from 0 on, empty if not known.
    """

    batch_size: int = 0
    updates: int = 0
    epochs: int = 0
    shuffle: bool | None = None
    validation_split: float = 0.0
    class_weight: bool = False
    samples: int = 0
    batchnorm_momentum: tuple[tuple[str, float], ...] = ()
    vocabulary: tuple[tuple[str, int], ...] = ()
    label_counts: tuple[int, ...] = ()
    label_runs: int = 0
    held_out_counts: tuple[int, ...] = ()
    settled: tuple[str, ...] = ()
    class_weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where the numbers of a step first were none, or a label had no class.

    Args:
        step: The optimizer step.
        stage: What was not finite first; all before it was.
        name: Keras' name of the input or output; `""` if there is only one.
        index: Place of the first such entry, the sample in front; empty of
            the loss and of gradients.
        count: How many such entries there are, 0 of gradients.
        kind: What was found there; `""` of gradients.
        label_minimum: Smallest label, where `kind` is `"label"`.
        label_maximum: Largest label, likewise.
        classes: Number of classes that the output has, likewise.
    """

    step: int
    stage: Stage
    name: str = ""
    index: tuple[int, ...] = ()
    count: int = 0
    kind: Literal["nan", "infinite", "label", ""] = "nan"
    label_minimum: int = 0
    label_maximum: int = 0
    classes: int = 0

    @property
    def sample(self) -> int | None:
        """Which sample of the batch it was, None if that is not known."""
        return self.index[0] if self.index else None

    @property
    def feature(self) -> int | None:
        """Which entry of the last of several axes, None if there is none.

        That of labels and of sample weights is a time step.
        """
        has_none = self.kind == "label" or self.stage == "sample_weight"
        return None if has_none or len(self.index) < 2 else self.index[-1]
