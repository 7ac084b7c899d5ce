"""Clipping the gradient: it cures the explosion, not the short memory.

The same SimpleRNN, from the same weights, with plain SGD at rate 0.1.

    python examples/04_clipnorm.py
    tensorboard --logdir runs/examples/04_clipnorm
"""

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

task = zoo.task("temporal_order")
x, y = task.data("train", 5000)
test = task.data("test", 1000)
table = Table("variant", "largest gradient", "accuracy", "findings")
for variant in ("base", "clipnorm"):
    keras.utils.set_random_seed(0)
    model = zoo.build(task.name, cell="simple_rnn", variant=variant)
    monitor = kgrad.GradientMonitor(
        f"runs/examples/04_clipnorm/{variant}", hparams={"variant": variant}
    )
    model.fit(x, y, 20, epochs=4, verbose=0, callbacks=[monitor])
    norm = monitor.history.to_pandas("gradient_norm")["global"]
    table.add_row(
        variant,
        f"{np.nanmax(norm):.1f}",
        f"{model.evaluate(*test, verbose=0)[1]:.1%}",
        ", ".join(sorted({finding.sign for finding in monitor.findings})),
    )
Console().print(table, "Guessing: 25%. The gradient is that before clipping.")
