"""One NaN in the data: it costs the run, or one step.

python examples/10_skip_a_bad_batch.py
tensorboard --logdir runs/examples/10_skip_a_bad_batch
"""

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

BATCH, BAD_STEP = 50, 30
ACTIONS = {
    "none": [],
    "skip": [kgrad.actions.Skip()],
    "restore": [kgrad.actions.Restore(every=20, learning_rate_factor=1.0)],
    "stop": [kgrad.actions.Stop("nonfinite")],
}

x, y = zoo.task("adding").data("train", 4000, length=10)
x[(BAD_STEP - 1) * BATCH, 3, 0] = np.nan

table = Table("action", "steps", "not finite", "last loss", "what it did")
for name, actions in ACTIONS.items():
    keras.utils.set_random_seed(0)
    model = zoo.build("adding", cell="gru", length=10, jit_compile=False)
    monitor = kgrad.GradientMonitor(
        f"runs/examples/10_skip_a_bad_batch/{name}",
        actions=actions,
        window=20,
    )
    model.fit(x, y, BATCH, shuffle=False, verbose=0, callbacks=[monitor])
    history = monitor.history
    bad = history["nonfinite_count"][:, -1] > 0
    table.add_row(
        name,
        str(len(history.steps)),
        str(bad.sum()),
        f"{history.loss[-1]:.3f}",
        "\n".join(record.what for record in history.actions),
    )
Console().print(table)
