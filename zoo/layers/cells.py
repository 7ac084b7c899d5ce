"""The recurrent cells. A new one is a class and a name in `CELLS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from zoo.registry import Registry


class Cell(ABC):
    """A recurrent cell.

    Attributes:
        name: Name on the command line, `"lstm"`.
        title: Name in a table, `"LSTM"`.
        source: Where it comes from: title, and DOI or arXiv number.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]

    @abstractmethod
    def layer(self, units: int, **arguments: Any) -> Any:
        """The Keras layer: `(batch, time, features)` to `(batch, units)`.

        Args:
            units: Number of units.
            arguments: Further arguments of the layer.
        """


class SimpleRNN(Cell):
    """h_t = tanh(W x_t + U h_{t-1} + b): all memory passes through U."""

    name = "simple_rnn"
    title = "SimpleRNN"
    source = (
        "Elman 1990, Finding Structure in Time, doi:10.1207/s15516709cog1402_1"
    )

    def layer(self, units: int, **arguments: Any) -> Any:
        """`keras.layers.SimpleRNN`."""
        from keras import layers

        return layers.SimpleRNN(units, **arguments)


class LSTM(Cell):
    """Long short-term memory: its state is added to, not multiplied.

    c_t = f * c_{t-1} + i * tanh(...), h_t = o * tanh(c_t).
    """

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


class GRU(Cell):
    """Gated recurrent unit: one gate decides how much to keep.

    h_t = z * h_{t-1} + (1 - z) * tanh(...).
    """

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


CELLS: Registry[Cell] = Registry("cell", SimpleRNN(), LSTM(), GRU())
