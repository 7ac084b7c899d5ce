"""h_t = z * h_{t-1} + (1 - z) * tanh(...)."""

from __future__ import annotations

from typing import Any

from zoo.cells.base import Cell


class GRU(Cell):
    """Gated recurrent unit: one gate decides how much to keep."""

    name = "gru"
    title = "GRU"
    source = (
        "Cho et al. 2014, Learning Phrase Representations using RNN "
        "Encoder-Decoder, arXiv:1406.1078"
    )

    def layer(self, units: int, **arguments: Any) -> Any:
        """`keras.layers.GRU`."""
        from keras import layers

        return layers.GRU(units, **arguments)
