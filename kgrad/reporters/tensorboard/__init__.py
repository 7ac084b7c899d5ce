"""The run in TensorBoard: curves, texts and hyperparameters."""

from kgrad.reporters.tensorboard.reporter import TensorBoardReporter

__all__ = ["TensorBoardReporter"]
