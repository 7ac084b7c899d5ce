"""What guessing reaches, from labels and targets."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kgrad.records import Sample, Setup, TensorSummary
from kgrad.records.arrays import Array

_LABELS = 64
"""Labels from which their frequencies are known well enough."""

_ROUNDING = 1e-3
"""By how much the sum of a row of probabilities may be off."""


def majority(counts: Sequence[float] | Array) -> float:
    """Accuracy of always saying the most frequent class, NaN if unknown."""
    total = float(np.sum(counts))
    return float(np.max(counts)) / total if total else math.nan


def entropy(counts: Sequence[float] | Array) -> float:
    """Cross-entropy of always saying the frequencies, NaN if unknown.

    H = - sum p_k ln p_k over the classes.
    """
    present = np.array([n for n in counts if n > 0], dtype=np.float64)
    shares = present / present.sum() if len(present) else present
    return float(-(shares * np.log(shares)).sum()) if len(shares) else math.nan


def calibrated_loss(accuracy: float, classes: int) -> float:
    """The largest cross-entropy of a model that is as sure as it is right.

    Fano's bound, H(a) + (1 - a) ln (K - 1): what such an accuracy is worth.
    """
    a = min(max(accuracy, 0.0), 1.0)
    return entropy([a, 1 - a]) + (1 - a) * math.log(max(classes - 1, 1))


def loss_weight(setup: Setup) -> float:
    """What the loss of a model of one output is multiplied by."""
    return setup.outputs[0].weight if len(setup.outputs) == 1 else 1.0


def loss_kind(setup: Setup) -> str:
    """Keras' name of the loss of a model of one output, without `_`.

    `""` of a loss that is the user's own, and need not be what its name says.
    """
    known = setup.outputs[0].loss if setup.outputs else setup.loss
    return known.lower().replace("_", "")


def is_squared(metric: str, setup: Setup) -> bool:
    """Whether a metric is a squared error, half of which is not half the way.

    A quarter of the variance is half of the targets' spread.
    """
    name = metric.removeprefix("val_").lower()
    kind = loss_kind(setup) if name == "loss" else name.replace("_", "")
    return kind in ("mse", "meansquarederror")


def chance_level(
    metric: str, setup: Setup, labels: Guessing | None = None
) -> float:
    """What guessing reaches, NaN where it is not known.

    What the user said; otherwise what the labels say, or for a classifier
    with n classes an accuracy of 1 / n and a loss of log(n), the entropy.
    Of several outputs each has its own, and `setup` knows the classes of one;
    weights of samples or classes multiply a loss, regularizers add to it. A
    loss that guessing brings to 0 is none to learn from.
    """
    name = metric.removeprefix("val_")
    if name in setup.chance:
        return float(setup.chance[name])
    if len(setup.outputs) > 1:
        return math.nan
    labels = Guessing() if labels is None else labels
    if name != "loss":
        known = labels.level(metric, setup)
        if math.isfinite(known) or labels.are_soft(setup):
            return known
        return _of_classes(name, labels, setup)
    plain = all(output.is_plain for output in setup.outputs)
    if setup.adds_losses or not plain:
        return math.nan
    known = labels.level(metric, setup)
    if not math.isfinite(known) and not labels.is_weighted(setup):
        known = _of_classes(loss_kind(setup), labels, setup)
    level = loss_weight(setup) * known
    return level if level > 0 else math.nan


def _of_classes(name: str, labels: Guessing, setup: Setup) -> float:
    """What guessing reaches of classes that are equally frequent, or NaN."""
    classes = labels.classes(name, setup)
    if classes > 1 and "acc" in name.lower():
        return 1 / classes
    is_entropy = "crossentropy" in name.lower() and "focal" not in name.lower()
    known = setup.classes > 1 and is_entropy
    return math.log(setup.classes) if known else math.nan


class Guessing:
    """How often each label occurs, and how far targets spread.

    It is known for a model of one output; what sample weights make of a loss
    is not.
    """

    def __init__(self) -> None:
        self._counts: Array = np.zeros(0)
        self._targets = 0
        self._sums: Array = np.zeros(3)
        self._weighted = False
        self._one_hot = 0
        self._at_each_step = False
        self._soft: Array = np.zeros(0)

    def update(self, sample: Sample) -> bool:
        """Takes the targets of a batch; whether there were any."""
        targets = sample.data.of("target") if sample.data else ()
        if not targets or sample.data is None:
            return False
        self._targets = max(self._targets, len(targets))
        self._weighted |= bool(sample.data.of("sample_weight"))
        (target, *_) = targets
        self._one_hot = target.shape[-1] if target.is_one_hot else 0
        if is_soft(target):
            self._soft = np.array(target.feature_mean)
        axes = len(target.shape) - target.is_one_hot
        self._at_each_step |= axes > 1 and target.shape[1] > 1
        counts = np.array(target.class_counts, np.float64)
        size = max(len(counts), len(self._counts))
        self._counts = np.pad(self._counts, (0, size - len(self._counts)))
        self._counts[: len(counts)] += counts
        if not target.nonfinite:
            self._sums += _moments(target)
        return True

    def level(self, metric: str, setup: Setup) -> float:
        """What guessing reaches, NaN where the labels do not say.

        The most frequent label for an accuracy, the entropy of the labels
        for a cross-entropy, the variance of the targets for a squared error.
        """
        name = metric.removeprefix("val_").lower()
        if self._targets != 1 or len(setup.outputs) > 1:
            return math.nan
        is_loss = name == "loss"
        if self.is_weighted(setup):
            # Rare labels are worth more than their number, in training.
            return self._weighted_entropy(metric, setup)
        if self._at_each_step and setup.masks:
            # Padding has labels, too, but counts nowhere.
            return math.nan
        kind = loss_kind(setup) if is_loss else name
        if self.are_soft(setup):
            return self._entropy_of_rows() if is_loss else math.nan
        # A focal loss is below the entropy, whatever is known.
        if "crossentropy" in kind and "focal" not in kind:
            return self._entropy("binary" in kind, _ignored(setup))
        if "binary" in name and "acc" in name and self._one_hot:
            # Of each row, all but one are right that say no.
            return 1 - 1 / self._one_hot
        classes = self.classes(name, setup)
        if "acc" in name and classes > 1:
            return self._majority(classes, _ignored(setup))
        if is_squared(metric, setup):
            return self._variance()
        return math.nan

    def are_soft(self, setup: Setup) -> bool:
        """Whether labels are probabilities: a part of the loss always stays.

        Which class a row stands for is not said, nor whether it is padding.
        """
        return len(self._soft) > 0 and loss_kind(setup).startswith(
            "categoricalcrossentropy"
        )

    def classes(self, metric: str, setup: Setup) -> int:
        """Among how many classes an accuracy chooses, 0 if not known.

        A binary loss of several units asks yes or no of each, but Keras'
        `accuracy` asks which one is largest: of one-hot rows that is the
        class, of several labels at once it is none.
        """
        units = setup.outputs[0].units if setup.outputs else 0
        rows = units > 1 and loss_kind(setup).startswith("binary")
        if rows and "acc" in metric and "binary" not in metric:
            return self._one_hot
        return setup.classes

    def is_weighted(self, setup: Setup) -> bool:
        """Whether samples or classes have weights."""
        return self._weighted or setup.plan.class_weight

    def _majority(self, classes: int, ignored: int | None) -> float:
        """At least this share of the labels is of one class, by 2 errors.

        A label that the loss ignores, and an accuracy does not, is never said.
        """
        n = self._counts.sum()
        if n < _LABELS:
            return math.nan
        said = np.arange(len(self._counts)) != ignored
        p = self._counts[said].max(initial=0) / n
        return max(float(p - 2 * math.sqrt(p * (1 - p) / n)), 1 / classes)

    def _entropy(self, binary: bool, ignored: int | None) -> float:
        """H = -sum p ln p, with the correction of Miller and Madow.

        A binary loss asks of each column of one-hot rows whether it is the
        one, and is the mean over these columns. A label that the loss ignores
        is none.
        """
        labels = np.arange(len(self._counts))
        counts = self._counts[(self._counts > 0) & (labels != ignored)]
        n = counts.sum()
        if n < _LABELS:
            return math.nan
        of_all = entropy(counts)
        if binary and self._one_hot:
            q = 1 - counts / n
            return float(of_all - (q[q > 0] * np.log(q[q > 0])).sum()) / (
                self._one_hot
            )
        return of_all + (len(counts) - 1) / (2 * float(n))

    def _entropy_of_rows(self) -> float:
        """-sum m ln(m / sum m) of the mean row m; rows of padding are 0."""
        rows = float(self._soft.sum())
        return rows * entropy(self._soft / rows) if rows > 0 else math.nan

    def _weighted_entropy(self, metric: str, setup: Setup) -> float:
        """Class weights multiply the frequencies, and the loss by their mean.

        NaN of all but such a loss: validation data are not weighted.
        """
        weights, kind = setup.plan.class_weights, loss_kind(setup)
        is_known = kind.endswith("crossentropy") and not (
            "focal" in kind or ("binary" in kind and self._one_hot)
        )
        n = self._counts.sum()
        if metric != "loss" or not weights or not is_known or n < _LABELS:
            return math.nan
        each = np.ones(len(self._counts))
        known = weights[: len(each)]
        each[: len(known)] = known
        counts = self._counts * each
        return float(counts.sum() / n) * entropy(counts)

    def _variance(self) -> float:
        n, total, squares = self._sums
        return max(float(squares / n - (total / n) ** 2), 0) if n else math.nan


def _ignored(setup: Setup) -> int | None:
    return setup.outputs[0].ignore_class if setup.outputs else None


def is_soft(target: TensorSummary) -> bool:
    """Whether rows are probabilities of classes, or 0 where there is none."""
    return (
        len(target.shape) > 1
        and target.shape[-1] > 1
        and len(target.feature_mean) == target.shape[-1]
        and not (target.is_whole or target.is_one_hot or target.nonfinite)
        and target.minimum >= 0
        and abs(target.row_sum_maximum - 1) < _ROUNDING
    )


def _moments(target: TensorSummary) -> Array:
    """`(3,)`: number of entries, their sum and the sum of their squares.

    Of several columns, as if each had the mean 0: what is left is the mean of
    their variances.
    """
    n = float(math.prod(target.shape))
    columns = target.feature_std
    if len(columns) > 1 and all(map(math.isfinite, columns)):
        return np.array([n, 0.0, n * float(np.square(columns).mean())])
    mean, std = target.mean, target.std
    return np.array([n, n * mean, n * (std**2 + mean**2)])
