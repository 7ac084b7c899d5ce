"""The tasks: one a file. A new one is a file and a line here."""

from __future__ import annotations

from zoo.registry import Registry
from zoo.tasks.adding import Adding
from zoo.tasks.base import Task
from zoo.tasks.sequential_digits import SequentialDigits
from zoo.tasks.temporal_order import TemporalOrder

TASKS: Registry[Task] = Registry(
    "task",
    Adding(),
    SequentialDigits(),
    TemporalOrder(),
)

__all__ = ["TASKS", "Task"]
