"""h_t = tanh(W x_t + U h_{t-1} + b)."""

from __future__ import annotations

from typing import Any

from zoo.cells.base import Cell


class SimpleRNN(Cell):
    """The plain recurrent network: all it remembers passes through U."""

    name = "simple_rnn"
    title = "SimpleRNN"
    source = (
        "Elman 1990, Finding Structure in Time, doi:10.1207/s15516709cog1402_1"
    )

    def layer(self, units: int, **arguments: Any) -> Any:
        """`keras.layers.SimpleRNN`."""
        from keras import layers

        return layers.SimpleRNN(units, **arguments)
