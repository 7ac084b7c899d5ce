"""Watch a training loop of your own, written with `tf.GradientTape`.

python examples/05_loop_of_your_own.py
tensorboard --logdir runs/examples/05_loop_of_your_own
"""

import keras
import tensorflow as tf
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

BATCH = 50
keras.utils.set_random_seed(0)
x, y = zoo.task("adding").data("train", 10_000, length=20)
model = zoo.build("adding", cell="gru", length=20)
optimizer = keras.optimizers.Adam(5e-3)
batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)


@tf.function
def step(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """One step; it returns the loss and the predictions."""
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = tf.reduce_mean((y_pred - y) ** 2)
    weights = model.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss, y_pred


optimizer.build(model.trainable_variables)
monitor = kgrad.GradientMonitor("runs/examples/05_loop_of_your_own")
with monitor.watch(model, optimizer):
    for batch in batches:
        loss, y_pred = step(*batch)
        monitor.observe(*batch, y_pred)

history = monitor.history
norms = history["gradient_norm"]
ratios = history["update_ratio"]
table = Table("target", "first gradient", "last gradient", "last update")
for i, target in enumerate(history.targets):
    if not target.endswith("]"):  # The gates are in the history, too.
        table.add_row(
            target,
            f"{norms[0, i]:.3f}",
            f"{norms[-1, i]:.3f}",
            f"{ratios[-1, i]:.1e}",
        )
print(f"{len(history.steps)} steps, the last loss is {float(loss):.4f}")
Console().print(table)
