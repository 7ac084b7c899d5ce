"""What every variant promises; this one changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from zoo.cells import Cell


class Variant:
    """A remedy, as a change to the recipe or to the layers.

    Attributes:
        name: Name on the command line, `"clipnorm"`.
        remedy: The remedy in the words of a lecture.
        recipe: The fields of `Recipe` that the variant sets.
        tasks: Names of the tasks that it is for; None for all.
    """

    name: ClassVar[str]
    remedy: ClassVar[str]
    recipe: ClassVar[Mapping[str, Any]] = {}
    tasks: ClassVar[Sequence[str] | None] = None

    def is_for(self, task: str) -> bool:
        """Whether there are models of it for a task.

        Args:
            task: Name of the task.
        """
        return self.tasks is None or task in self.tasks

    def require_task(self, task: str) -> None:
        """Refuses a task that it is not for.

        Raises:
            ValueError: If it is not for that task.
        """
        if not self.is_for(task):
            raise ValueError(
                f"`task` must be one that variant {self.name!r} is for: "
                f"{self.tasks}. Received: task={task!r}"
            )

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """The recurrent layer: `(batch, time, features)` to `(batch, units)`.

        Args:
            cell: The cell that runs over time.
            units: Number of units.
            length: Time steps of a sample.
            arguments: Further arguments of the Keras layer.
        """
        return cell.layer(units, **arguments)

    def layers_after(self) -> list[Any]:
        """Keras layers between the recurrent layer and the last one."""
        return []


class Base(Variant):
    """The model as it comes: what the remedies are compared with."""

    name = "base"
    remedy = "none"
