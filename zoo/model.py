"""From a recipe to a Keras model: the only place that stacks layers."""

from __future__ import annotations

from collections.abc import Iterator
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
    seeds = np.random.SeedSequence(recipe.seed).generate_state(
        4 + 2 * recipe.layers
    )
    kernel, recurrent, readout, embedding, *more = map(int, seeds)
    own = [(kernel, recurrent), *zip(more[::2], more[1::2], strict=True)]
    return keras.Sequential(
        [
            *_layers_before(task, recipe, embedding),
            *(
                layer
                for number in range(recipe.layers)
                for layer in _recurrent(task, recipe, number, own[number])
            ),
            *_pooling(recipe),
            *VARIANTS[recipe.variant].layers_after(),
            keras.layers.Dense(
                task.outputs,
                activation=task.activation,
                kernel_initializer=keras.initializers.GlorotUniform(readout),
                name="readout",
            ),
        ],
        name=recipe.task,
    )


def _recurrent(
    task: Task, recipe: Recipe, number: int, seeds: tuple[int, int]
) -> Iterator[Any]:
    """One recurrent layer, the first being number 0, and what follows it."""
    last = number == recipe.layers - 1
    sequences = task.every_step or not last or recipe.pooling != "last"
    suffix = f"_{number + 1}" if number else ""

    def layer(direction: str, seeds: tuple[int, int], **arguments: Any) -> Any:
        kernel, recurrent = seeds
        return VARIANTS[recipe.variant].layer(
            CELLS[recipe.cell],
            recipe.units,
            length=recipe.length,
            name=f"{direction}{recipe.cell}{suffix}",
            return_sequences=sequences,
            seed=recurrent,
            kernel_initializer=keras.initializers.GlorotUniform(kernel),
            recurrent_initializer=keras.initializers.Orthogonal(seed=recurrent),
            **arguments,
        )

    if recipe.bidirectional:
        kernel, recurrent = seeds
        yield keras.layers.Bidirectional(
            layer("forward_", seeds),
            backward_layer=layer(
                "backward_", (kernel + 1, recurrent + 1), go_backwards=True
            ),
            name=f"bidirectional{suffix}",
        )
    else:
        yield layer("", seeds)
    if recipe.layer_normalization:
        yield keras.layers.LayerNormalization(
            name=f"layer_normalization{suffix}"
        )
    if recipe.dropout:
        yield keras.layers.Dropout(
            recipe.dropout, seed=seeds[0], name=f"dropout{suffix}"
        )


def _pooling(recipe: Recipe) -> list[Any]:
    if recipe.pooling == "last":
        return []
    return [keras.layers.GlobalAveragePooling1D(name="mean_over_time")]


def _layers_before(task: Task, recipe: Recipe, seed: int) -> list[Any]:
    """The input layers; whatever follows knows which steps are padding."""
    length, frame = recipe.length, recipe.frame
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
    layers = [inputs, masking] if task.masked else [inputs]
    if recipe.noise:
        layers.append(keras.layers.GaussianNoise(recipe.noise, seed=seed))
    if frame > 1:
        layers.append(
            keras.layers.Reshape(
                (length // frame, frame * task.features), name="frames"
            )
        )
    return layers


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
