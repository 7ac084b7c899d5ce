"""From a recipe to a Keras model: the only place that stacks layers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.tasks import TASKS, Task
from zoo.tasks.metrics import metric_of


def compiled(recipe: Recipe) -> keras.Model:
    """The model of a recipe, ready for `fit`.

    Args:
        recipe: What to build.

    Returns:
        A compiled `keras.Model` whose initial weights follow from the seed.
    """
    task = TASKS[recipe.task]
    model = stacked(recipe)
    model.compile(
        optimizer=_optimizer(recipe),
        loss=task.loss,
        metrics=[metric_of(task)],
        jit_compile=recipe.jit_compile,
    )
    return model


def stacked(recipe: Recipe) -> keras.Model:
    """The model of a recipe without loss and optimizer."""
    task = TASKS[recipe.task]
    variant = VARIANTS[recipe.variant]
    kernel, recurrent, readout, embedding = map(
        int, np.random.SeedSequence(recipe.seed).generate_state(4)
    )
    cell = {
        "name": recipe.cell,
        "return_sequences": task.every_step,
        "seed": recurrent,
        "kernel_initializer": keras.initializers.GlorotUniform(kernel),
        "recurrent_initializer": keras.initializers.Orthogonal(seed=recurrent),
    }
    return keras.Sequential(
        [
            *_layers_before(task, recipe.length, embedding),
            variant.layer(
                CELLS[recipe.cell], recipe.units, length=recipe.length, **cell
            ),
            *variant.layers_after(),
            keras.layers.Dense(
                task.outputs,
                activation=task.activation,
                kernel_initializer=keras.initializers.GlorotUniform(readout),
                name="readout",
            ),
        ],
        name=recipe.task,
    )


def _layers_before(task: Task, length: int, seed: int) -> list[Any]:
    """The input layers; whatever follows knows which steps are padding."""
    if task.vocabulary:
        return [
            keras.layers.Input((length,), dtype="int32"),
            keras.layers.Embedding(
                task.vocabulary,
                task.features,
                embeddings_initializer=keras.initializers.RandomUniform(
                    -0.05, 0.05, seed
                ),
                mask_zero=task.masked,
                name="embedding",
            ),
        ]
    inputs = keras.layers.Input((length, task.features))
    masking = keras.layers.Masking(name="masking")
    return [inputs, masking] if task.masked else [inputs]


def _optimizer(recipe: Recipe) -> Any:
    rate = recipe.learning_rate
    if recipe.decay:
        steps = recipe.epochs * recipe.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    return keras.optimizers.get(
        {
            "class_name": recipe.optimizer,
            "config": {"learning_rate": rate, "clipnorm": recipe.clipnorm},
        }
    )
