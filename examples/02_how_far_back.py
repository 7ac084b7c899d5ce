"""How far back the gradient reaches: three cells on adding, ever longer.

The horizon is the number of steps back for which ||dL/dh_t|| stays above
1% of its largest. To add two numbers, it must reach the first of them.

    python examples/02_how_far_back.py
    tensorboard --logdir runs/examples/02_how_far_back
"""

import keras
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

LENGTHS = (10, 40)
TITLES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}

table = Table("T", "cell", "horizon at step 1", "at the end", "mse")
for length in LENGTHS:
    x, y = zoo.task("adding").data("train", 6400, length=length)
    for cell, title in TITLES.items():
        keras.utils.set_random_seed(0)
        model = zoo.build(
            "adding", cell=cell, length=length, units=24, jit_compile=False
        )
        monitor = kgrad.GradientMonitor(
            f"runs/examples/02_how_far_back/{cell}-{length}",
            hparams={"cell": cell, "length": length},
        )
        fit = model.fit(x, y, 64, epochs=4, verbose=0, callbacks=[monitor])
        profiles = monitor.history.time_profiles(cell).profiles
        table.add_row(
            str(length),
            title,
            f"{profiles[0].horizon:.0f}",
            f"{profiles[-1].horizon:.0f}",
            f"{fit.history['mse'][-1]:.3f}",
        )
Console().print(table, "To answer 1, whatever the input: mse 0.167.")
