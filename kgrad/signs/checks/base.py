"""What every check promises: numbers of one batch in, findings out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kgrad.records import (
    DataSummary,
    Finding,
    Output,
    Remedy,
    Setup,
    TensorSummary,
)
from kgrad.remedies.scales import place as place

LETTERS = {"input": "x", "target": "y", "sample_weight": "sample_weight"}
"""How findings name what goes into a step, by its role."""

REGRESSION_LOSSES = frozenset(
    {
        "huber",
        "log_cosh",
        "mean_absolute_error",
        "mean_squared_error",
    }
)
"""Losses of a difference between target and prediction, on their scale."""

BINARY_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CATEGORICAL_LOSSES = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy"}
)
SPARSE_LOSSES = frozenset({"sparse_categorical_crossentropy"})
CLASS_LOSSES = BINARY_LOSSES | CATEGORICAL_LOSSES | SPARSE_LOSSES


class Check(ABC):
    """One way in which data, labels, output, loss and plan do not fit.

    A check sees the numbers of one batch, or of all data, before training or
    in one step of it. It keeps nothing in mind.

    Attributes:
        name: Its name, `"softmax_over_one_unit"`.
        sign: The family that it belongs to, `"output_and_loss"`.
        description: One line that says what it means.
        is_hint: Whether it is worth knowing, though many models that have
            it train well: never the cause of anything by itself.
        needs_training: Whether it judges a model that has been trained for
            a while, and says nothing of a new one.
        in_any_batch: Whether one batch may show it that others do not.
        is_certain: Whether it is wrong even in a model that has learned.
        of_inference: Whether only inference suffers, so that a training
            metric says nothing about it.
        of_loss: Whether it holds while the loss stays where it was, however
            much of the metric is learned.
        of_metric: Whether a metric says too much because of it, so that a task
            which looks solved is no excuse; a training accuracy is one that is
            half of the way from the most frequent label's share to 1.
        until_solved: Of behavior, plan, targets and inference, whether half
            of the way to perfect is no excuse.
        from_the_first: Of what needs training, whether a new model that
            shows it, too, is evidence: two samples are enough then.
        of_all_data: Of what needs training, whether it is about data that
            were so from the first step on.
        may_be_a_cause: Of a hint, whether it can be why nothing is learned.
    """

    name: ClassVar[str]
    sign: ClassVar[str]
    description: ClassVar[str]
    is_hint: ClassVar[bool] = False
    needs_training: ClassVar[bool] = False
    in_any_batch: ClassVar[bool] = False
    is_certain: ClassVar[bool] = False
    of_inference: ClassVar[bool] = False
    of_loss: ClassVar[bool] = False
    of_metric: ClassVar[bool] = False
    until_solved: ClassVar[bool] = False
    from_the_first: ClassVar[bool] = False
    of_all_data: ClassVar[bool] = False
    may_be_a_cause: ClassVar[bool] = False

    @abstractmethod
    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """What is wrong, at most one finding for each input or output.

        Args:
            setup: What is trained, and how.
            data: The numbers of one batch.
        """

    def can_tell(self, setup: Setup, data: DataSummary) -> bool:
        """Whether a batch says anything of a trained model, for or against."""
        return True

    def finding(
        self,
        target: str,
        value: float,
        limit: float,
        explanation: str,
        *remedies: Remedy,
    ) -> Finding:
        """A finding of this check.

        Args:
            target: Where, as `place` gives it.
            value: The measured value that decided.
            limit: What it was compared with.
            explanation: Sentences with the numbers in them.
            remedies: What to change, the most promising first.
        """
        return Finding(
            self.sign,
            target,
            first_step=1,
            last_step=1,
            value=value,
            limit=limit,
            explanation=explanation,
            remedies=remedies,
            clause=_clause(explanation),
            rule=self.name,
        )


def _clause(explanation: str) -> str:
    """The first sentence, to stand within another."""
    first = explanation.split(". ")[0].rstrip(".")
    word = first.split(" ")[0]
    is_name = word != word.capitalize()
    return first if is_name else f"{first[:1].lower()}{first[1:]}"


@dataclass(frozen=True)
class Pair:
    """An output of the model, what it is compared with, what it says.

    Args:
        output: How the output was built and compiled.
        target: Its targets, None if they are not known.
        prediction: Its predictions, None if they are not known.
    """

    output: Output
    target: TensorSummary | None
    prediction: TensorSummary | None

    @property
    def units(self) -> int:
        """Length of the last axis, 0 if not known."""
        shape = self.prediction.shape if self.prediction else ()
        return shape[-1] if len(shape) > 1 else self.output.units

    @property
    def place(self) -> str:
        """The layer that the output comes from, as findings name it."""
        return self.output.layer or self.output.name or "output"

    @property
    def target_name(self) -> str:
        """How findings name the targets."""
        return place("y", self.output.name)


def pairs(setup: Setup, data: DataSummary) -> Iterator[Pair]:
    """Each output with its targets and predictions.

    They belong together by name, or by their order where there are as many.
    """
    targets, predictions = data.of("target"), data.of("prediction")
    for i, output in enumerate(setup.outputs):
        count = len(setup.outputs)
        yield Pair(
            output,
            _part(targets, output.name, i, count),
            _part(predictions, output.name, i, count),
        )


def _part(
    tensors: tuple[TensorSummary, ...], name: str, i: int, count: int
) -> TensorSummary | None:
    named = [t for t in tensors if t.name == name]
    if len(named) == 1:
        return named[0]
    return tensors[i] if len(tensors) == count else None


def may_be_left_out(
    setup: Setup, data: DataSummary, target: TensorSummary
) -> bool:
    """Whether entries may be there that the loss leaves out, such as padding.

    By sample weights of 0, or by a mask where there is a target at each step:
    what such an entry holds, often -1, is never compared with an output.
    """
    if any(weight.minimum == 0 for weight in data.of("sample_weight")):
        return True
    return setup.masks and any(steps > 1 for steps in target.shape[1:2])


def number(value: float) -> str:
    """A number for a sentence, with three significant digits."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:g}"
