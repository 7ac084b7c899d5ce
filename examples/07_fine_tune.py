"""Fine-tuning: what was learned on 50 steps serves on 100.

A preset takes any change of its recipe that leaves its weights as they are;
the result is a Keras model like any other.

    python examples/07_fine_tune.py
    tensorboard --logdir runs/examples/07_fine_tune
"""

from rich.console import Console
from rich.table import Table

import kgrad
import zoo

NAME, LENGTH = "temporal_order/simple_rnn-clipnorm", 100

task = zoo.task("temporal_order")
x, y = task.data("train", 2000, length=LENGTH)
test = task.data("test", 2000, length=LENGTH)

table = Table("weights", "before", "after two epochs")
for start, weights in (("trained on 50 steps", "preset"), ("new", None)):
    model = zoo.load(NAME, weights=weights, length=LENGTH, learning_rate=0.03)
    before = model.evaluate(*test, verbose=0)[1]
    monitor = kgrad.GradientMonitor(
        f"runs/examples/07_fine_tune/{start.replace(' ', '_')}",
        chance={task.metric: task.chance},
        lag=task.lag(LENGTH),
    )
    model.fit(x, y, 20, epochs=2, verbose=0, callbacks=[monitor])
    after = model.evaluate(*test, verbose=0)[1]
    table.add_row(start, f"{before:.1%}", f"{after:.1%}")
Console().print(table, f"Accuracy on {LENGTH} steps. Guessing: 25%.")
