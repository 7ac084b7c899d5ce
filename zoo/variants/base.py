"""What every variant promises; this one changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Variant:
    """A remedy, as a change to the recipe or to the layers.

    Attributes:
        name: Name on the command line, `"clipnorm"`.
        remedy: The remedy in the words of a lecture.
        recipe: The fields of `Recipe` that the variant sets.
    """

    name: ClassVar[str]
    remedy: ClassVar[str]
    recipe: ClassVar[Mapping[str, Any]] = {}

    def cell_arguments(self, cell: str) -> dict[str, Any]:
        """Arguments of the recurrent layer that the variant sets.

        Args:
            cell: Name of the cell.
        """
        return {}

    def layers_after(self) -> list[Any]:
        """Keras layers between the recurrent layer and the last one."""
        return []


class Base(Variant):
    """The model as it comes: what the remedies are compared with."""

    name = "base"
    remedy = "none"
