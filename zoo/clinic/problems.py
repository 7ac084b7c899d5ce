"""Small problems that many cases share: data, and what a model must fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from zoo.clinic import data
from zoo.clinic.case import Samples
from zoo.clinic.networks import classifier, regressor

Parts = tuple[Any, ...]
"""Hidden layers, an optimizer, and perhaps more arguments of `compile`."""


@dataclass(frozen=True)
class Problem:
    """Makes the fields of cases with the same data.

    Args:
        data: Makes the samples.
        inputs: Shape of a sample.
        classes: How many there are; None for a regression.
        lag: Time steps that the task must bridge, 0 if unknown.
    """

    data: Callable[[], Samples]
    inputs: tuple[int, ...]
    classes: int | None
    lag: int = 0

    def __call__(
        self, parts: Callable[..., Parts], **fields: Any
    ) -> dict[str, Any]:
        """The fields of a case.

        Args:
            parts: Makes the parts of its model.
            **fields: Further fields of the case.
        """

        def build() -> keras.Model:
            hidden, optimizer, *more = parts()
            compiled = more[0] if more else {}
            if self.classes is None:
                return regressor(self.inputs, hidden, optimizer, **compiled)
            return classifier(
                self.inputs, hidden, self.classes, optimizer, **compiled
            )

        given = {"build": build, "data": self.data, "lag": self.lag}
        return given | fields


circles = Problem(data.circles, (2,), 2)
blobs = Problem(data.blobs, (2,), 3)
digits = Problem(data.digits, (8, 8, 1), 10)
recent = Problem(data.recent, (30, 1), 2)
line = Problem(data.line, (8,), None)
order = Problem(
    lambda: data.sequences("temporal_order", 50), (50, 6), 4, lag=45
)
