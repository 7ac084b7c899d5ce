"""The plain model of a recipe in PyTorch, which is imported when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.recipe import Recipe
from zoo.tasks import TASKS

# For GPUs only; its LLVM and TensorFlow's in one process end it.
sys.modules.setdefault("triton", None)  # type: ignore[arg-type]

PLAIN = {
    "variant": "base",
    "layers": 1,
    "bidirectional": False,
    "pooling": "last",
    "frame": 1,
    "noise": 0.0,
    "dropout": 0.0,
    "layer_normalization": False,
    "clipnorm": None,
}


def torch_step(
    recipe: Recipe, x: np.ndarray, y: np.ndarray
) -> Callable[[], float]:
    """What takes a training step and returns the loss."""
    import torch

    model = torch_model(recipe)
    loss_of = torch_loss(recipe)
    optimizer, schedule = torch_optimizer(recipe, model.parameters())
    inputs = torch.from_numpy(x)
    targets = torch_targets(recipe, y)

    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(torch_outputs(recipe, model, inputs), targets)
        loss.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        return loss.item()

    return step


def torch_model(recipe: Recipe) -> Any:
    """Its `rnn` and `readout`, and an `embedding` where inputs are integers.

    Raises:
        ValueError: If the recipe has what PyTorch's model would not have.
    """
    from torch import nn

    for name, value in PLAIN.items():
        if getattr(recipe, name) != value:
            raise ValueError(
                f"`{name}` must be {value!r}: only plain models are built. "
                f"Received: {name}={getattr(recipe, name)!r}"
            )
    task = TASKS[recipe.task]
    layer = {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[recipe.cell]
    model = nn.ModuleDict()
    if task.vocabulary:
        model["embedding"] = nn.Embedding(task.vocabulary, task.features)
    model["rnn"] = layer(task.features, recipe.units, batch_first=True)
    model["readout"] = nn.Linear(recipe.units, task.outputs)
    return model


def torch_outputs(recipe: Recipe, model: Any, inputs: Any) -> Any:
    """What the last layer gives, before its activation."""
    if "embedding" in model:
        inputs = model["embedding"](inputs)
    states, _ = model["rnn"](inputs)
    every_step = TASKS[recipe.task].every_step
    return model["readout"](states if every_step else states[:, -1])


def torch_targets(recipe: Recipe, y: np.ndarray) -> Any:
    """The targets, as the loss takes them."""
    import torch

    targets = torch.from_numpy(y).flatten()
    if TASKS[recipe.task].loss == "sparse_categorical_crossentropy":
        return targets.long()
    return targets.float()


def torch_loss(recipe: Recipe) -> Callable[[Any, Any], Any]:
    """The loss of `torch_outputs` and `torch_targets`."""
    from torch.nn import functional

    task = TASKS[recipe.task]
    if task.loss == "sparse_categorical_crossentropy":
        return lambda outputs, targets: functional.cross_entropy(
            outputs.flatten(0, -2), targets
        )
    loss = {
        "mse": functional.mse_loss,
        "binary_crossentropy": functional.binary_cross_entropy_with_logits,
    }[task.loss]
    return lambda outputs, targets: loss(outputs.flatten(), targets)


def torch_optimizer(recipe: Recipe, weights: Any) -> tuple[Any, Any]:
    """The optimizer, and the schedule of its learning rate or None."""
    from torch import optim

    kind = {
        "adam": optim.Adam,
        "adamw": optim.AdamW,
        "rmsprop": optim.RMSprop,
        "sgd": optim.SGD,
    }[recipe.optimizer]
    optimizer = kind(weights, lr=recipe.learning_rate)
    if not recipe.decay:
        return optimizer, None
    steps = recipe.epochs * recipe.steps_per_epoch
    return optimizer, optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
