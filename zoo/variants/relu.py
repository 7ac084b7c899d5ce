"""ReLU where tanh was."""

from __future__ import annotations

from typing import Any

from zoo.cells import Cell
from zoo.variants.base import Variant


class Relu(Variant):
    """The activation remedy: a gradient that ReLU passes on unchanged.

    A SimpleRNN starts with the identity as its recurrent weights, so that
    it begins by remembering everything. Its states have no bound any more,
    and without clipping its gradients may end as NaN.

    References:
        Le, Jaitly, Hinton 2015, A Simple Way to Initialize Recurrent
        Networks of Rectified Linear Units, arXiv:1504.00941.
    """

    name = "relu"
    remedy = "activation function"

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """ReLU, and the identity for a SimpleRNN."""
        if cell.name == "simple_rnn":
            arguments["recurrent_initializer"] = "identity"
        return cell.layer(units, **{**arguments, "activation": "relu"})
