"""One row of a published table, at a tenth of its length.

Bai, Kolter and Koltun (2018, arXiv:1803.01271, table 1) add two of 600
numbers: after their training the squared error is 0.177 for a plain RNN,
0.164 for an LSTM and 0.000053 for a GRU, where guessing gives 1/6. Of 60
numbers, in a minute: the plain RNN fails as it did there, the GRU is the best
as it was there, and the LSTM, which did not get back 600 steps, gets back 60.

    python examples/09_a_published_row.py
    kgrad view runs/examples/09_a_published_row
"""

from rich.console import Console
from rich.table import Table

import kgrad
import zoo

LENGTH = 60
PUBLISHED = {"simple_rnn": 0.177, "lstm": 0.164, "gru": 5.3e-5}

task = zoo.task("adding")
train, test = (task.data(s, 5000, length=LENGTH) for s in ("train", "test"))

table = Table("cell", "600 steps, published", "60 steps, here", "horizon")
for cell, published in PUBLISHED.items():
    model = zoo.build("adding", cell=cell, length=LENGTH, units=32)
    monitor = kgrad.GradientMonitor(
        f"runs/examples/09_a_published_row/{cell}",
        chance={task.metric: task.chance},
        lag=task.lag(LENGTH),
    )
    model.fit(*train, 50, epochs=10, verbose=0, callbacks=[monitor])
    (profile, *_) = kgrad.time_gradients(model, test[0][:100], test[1][:100])
    table.add_row(
        cell,
        f"{published:.2g}",
        f"{model.evaluate(*test, verbose=0)[1]:.2g}",
        f"{profile.horizon:.0f} steps back",
    )
Console().print(table, "Mean squared error; guessing gives 0.17.")
