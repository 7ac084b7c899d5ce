"""Tasks: a seed comes in, data come out, with the levels to reach.

A new one is a file and a line here.
"""

from __future__ import annotations

from zoo.registry import Registry
from zoo.tasks.adding import Adding
from zoo.tasks.archive import (
    BasicMotions,
    GunPoint,
    ItalyPower,
    JapaneseVowels,
    OsuLeaf,
)
from zoo.tasks.base import Task
from zoo.tasks.char_lm import CharLM
from zoo.tasks.chorales import Chorales
from zoo.tasks.copy_memory import CopyMemory
from zoo.tasks.digits import PermutedDigits, SequentialDigits
from zoo.tasks.dyck import Dyck
from zoo.tasks.imdb import Imdb
from zoo.tasks.mackey_glass import MackeyGlass
from zoo.tasks.mnist import MnistPixels, MnistRows
from zoo.tasks.moving_digits import MovingDigits
from zoo.tasks.parity import Parity
from zoo.tasks.python_docs import PythonDocs
from zoo.tasks.reber import Reber
from zoo.tasks.spoken_digits import SpokenDigits
from zoo.tasks.sunspots import Sunspots
from zoo.tasks.temporal_order import TemporalOrder

TASKS: Registry[Task] = Registry(
    "task",
    Adding(),
    TemporalOrder(),
    CopyMemory(),
    SequentialDigits(),
    PermutedDigits(),
    Parity(),
    Dyck(),
    Reber(),
    CharLM(),
    SpokenDigits(),
    MovingDigits(),
    MackeyGlass(),
    Sunspots(),
    PythonDocs(),
    Chorales(),
    JapaneseVowels(),
    BasicMotions(),
    ItalyPower(),
    GunPoint(),
    OsuLeaf(),
    MnistRows(),
    MnistPixels(),
    Imdb(),
)

__all__ = ["TASKS", "Task"]
