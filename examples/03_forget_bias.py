"""The bias of the forget gate decides how far an LSTM looks back at first.

    c_t = f_t * c_{t-1} + ...     f_t = sigmoid(... + bias)

Each step back through c multiplies the gradient by about f; what comes back
by way of h is added. With bias 1, Keras' default, f is 0.73.

    python examples/03_forget_bias.py
    tensorboard --logdir runs/examples/03_forget_bias
"""

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

UNITS, LENGTH = 32, 100


def lstm(bias: float) -> keras.Model:
    """An LSTM whose forget gate starts at a bias."""
    keras.utils.set_random_seed(0)
    model = zoo.build(
        "adding", cell="lstm", length=LENGTH, units=UNITS, jit_compile=False
    )
    biases = np.zeros((4, UNITS))
    biases[1] = bias
    model.get_layer("lstm").cell.bias.assign(biases.reshape(-1))
    return model


x, y = zoo.task("adding").data("train", 64, length=LENGTH)
table = Table("bias", "f", "f ^ 98", "first to last", "horizon")
for bias in (0, 1, 3, 5):
    model = lstm(bias)
    h, c = kgrad.time_gradients(model, x, y)
    forget = 1 / (1 + np.exp(-bias))
    table.add_row(
        f"{bias}",
        f"{forget:.3f}",
        f"{forget ** (LENGTH - 2):.1e}",
        f"{c.ratio:.1e}",
        f"{c.horizon:.0f}",
    )
    # One step of training puts the same into a run, for TensorBoard.
    monitor = kgrad.GradientMonitor(
        f"runs/examples/03_forget_bias/{bias}", hparams={"forget_bias": bias}
    )
    model.fit(x, y, 64, verbose=0, callbacks=[monitor])
Console().print(table, f"Of the gradient by c, {LENGTH} steps.")
