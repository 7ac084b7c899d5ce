"""Batch normalisation inside the recurrence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from zoo.cells import Cell
from zoo.variants.base import Variant


class RecurrentBatchnorm(Variant):
    """What comes from the input and from the state, each normalised.

    Unlike batch normalisation after the layer it acts on the gradient
    through time. Each time step has statistics of its own, so the model
    knows as many steps as it was trained with. The learning rate decays to
    zero, as for `batchnorm` and for the same reason.

    References:
        Cooijmans et al. 2017, Recurrent Batch Normalization,
        arXiv:1603.09025.
    """

    name = "recurrent_batchnorm"
    remedy = "batch normalisation inside the recurrence"
    recipe: ClassVar[Mapping[str, Any]] = {"decay": True}
    tasks: ClassVar[Sequence[str] | None] = (
        "adding",
        "temporal_order",
        "sequential_digits",
        "permuted_digits",
        "mnist_pixels",
    )

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """`zoo.BatchNormalizedRNN` over the cell of the same name."""
        from zoo import recurrent_batchnorm as cells

        kinds = {
            "simple_rnn": cells.BatchNormSimpleRNNCell,
            "lstm": cells.BatchNormLSTMCell,
            "gru": cells.BatchNormGRUCell,
        }
        # A seed is for dropout, which these cells do not have.
        arguments.pop("seed", None)
        of_layer = {
            key: arguments.pop(key)
            for key in ("name", "return_sequences")
            if key in arguments
        }
        over_time = kinds[cell.name](units, length, **arguments)
        return cells.BatchNormalizedRNN(over_time, **of_layer)
