"""The recurrent cells: one a file. A new one is a file and a line here."""

from __future__ import annotations

from zoo.cells.base import Cell
from zoo.cells.gru import GRU
from zoo.cells.lstm import LSTM
from zoo.cells.simple_rnn import SimpleRNN
from zoo.registry import Registry

CELLS: Registry[Cell] = Registry("cell", SimpleRNN(), LSTM(), GRU())

__all__ = ["CELLS", "Cell"]
