"""The bias of the forget gate decides how far an LSTM looks back at first.

    c_t = f_t * c_{t-1} + ...     f_t = sigmoid(... + bias)

Each step back multiplies the gradient by about f. Bias 1, Keras' default,
gives f = 0.73: after 50 steps 1e-7 is left of it. Bias 5 gives 0.993.

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
    model = zoo.build("adding", cell="lstm", length=LENGTH, units=UNITS)
    cell = model.get_layer("lstm").cell
    biases = np.zeros((4, UNITS))
    biases[1] = bias
    cell.bias.assign(biases.reshape(-1))
    return model


x, y = zoo.task("adding").data("train", 1600, length=LENGTH)
columns = "bias", "f", "horizon of h", "ratio, first to last", "mse"
table = Table(*columns)
for bias in (0, 1, 3, 5):
    model = lstm(bias)
    profile = kgrad.time_gradients(model, x[:64], y[:64])[0]
    monitor = kgrad.GradientMonitor(
        f"runs/examples/03_forget_bias/{bias}", hparams={"forget_bias": bias}
    )
    fit = model.fit(x, y, 32, epochs=2, verbose=0, callbacks=[monitor])
    table.add_row(
        f"{bias}",
        f"{1 / (1 + np.exp(-bias)):.3f}",
        f"{profile.horizon} of {LENGTH - 1}",
        f"{profile.ratio:.1e}",
        f"{fit.history['mse'][-1]:.3f}",
    )
Console().print(table, "Horizon and ratio before training; mse after it.")
