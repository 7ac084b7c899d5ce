"""What every cell promises: a Keras layer that runs it over time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar


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
