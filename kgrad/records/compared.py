"""An output's targets beside its predictions, and whether both are classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgrad.records.data import DataSummary, TensorSummary


@dataclass(frozen=True)
class Compared:
    """What one output should say, and what it says.

    Args:
        name: Keras' name of the output; `""` if there is one only.
        target: Its targets, None if they are not known.
        prediction: Its predictions, None if they are not known.
    """

    name: str
    target: TensorSummary | None
    prediction: TensorSummary | None

    @property
    def of_classes(self) -> bool:
        """Whether the class counts of both count the same things.

        Labels or one-hot rows, one for each row of the prediction: not whole
        numbers that are to be predicted as numbers, not several labels at
        once, and not the labels of CTC, which has other ones in between. A
        prediction that is NaN has no class.
        """
        target, prediction = self.target, self.prediction
        if target is None or prediction is None:
            return False
        if not target.class_counts or not prediction.class_counts:
            return False
        if prediction.nonfinite:
            return False
        labels = _without_unit(target.shape)
        if self._units == 1:
            fits = labels == _without_unit(prediction.shape)
            return fits and len(target.class_counts) <= 2
        one_hot = target.is_one_hot and target.shape == prediction.shape
        return one_hot or labels == prediction.shape[:-1]

    @property
    def on_one_scale(self) -> bool:
        """Whether target and prediction are numbers of the same kind.

        Labels are not, beside a probability for each class.
        """
        target, prediction = self.target, self.prediction
        if target is None or prediction is None:
            return False
        return self._units == 1 or target.shape == prediction.shape

    @property
    def _units(self) -> int:
        shape = self.prediction.shape if self.prediction else ()
        return shape[-1] if len(shape) > 1 else 1


def compared(data: DataSummary) -> Iterator[Compared]:
    """The outputs of a batch, in the order of the model.

    Targets and predictions belong together by name, or by their order where
    there are as many.
    """
    targets, predictions = data.of("target"), data.of("prediction")
    named = {target.name: target for target in targets}
    if {p.name for p in predictions} == named.keys():
        for prediction in predictions:
            name = prediction.name
            yield Compared(name, named[name], prediction)
    elif len(targets) == len(predictions):
        for target, prediction in zip(targets, predictions, strict=True):
            yield Compared(prediction.name, target, prediction)
    else:
        for target in targets:
            yield Compared(target.name, target, None)
        for prediction in predictions:
            yield Compared(prediction.name, None, prediction)


def _without_unit(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without a last axis of length 1, the first axis stays."""
    return shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
