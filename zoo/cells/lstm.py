"""c_t = f * c_{t-1} + i * tanh(...), h_t = o * tanh(c_t)."""

from __future__ import annotations

from typing import Any

from zoo.cells.base import Cell


class LSTM(Cell):
    """Long short-term memory: what is kept is added to, not multiplied."""

    name = "lstm"
    title = "LSTM"
    source = (
        "Hochreiter and Schmidhuber 1997, Long Short-Term Memory, "
        "doi:10.1162/neco.1997.9.8.1735; forget gate: Gers, Schmidhuber, "
        "Cummins 2000, Learning to Forget, doi:10.1162/089976600300015015"
    )

    def layer(self, units: int, **arguments: Any) -> Any:
        """`keras.layers.LSTM`."""
        from keras import layers

        return layers.LSTM(units, **arguments)
