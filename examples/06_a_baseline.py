"""A trained baseline of the zoo, compared with a model of your own.

The baseline comes with the package: nothing is downloaded, and its card says
what each of its seeds reached.

    python examples/06_a_baseline.py
    python -m zoo card temporal_order/simple_rnn-clipnorm
    tensorboard --logdir runs/examples/06_a_baseline
"""

import keras
from rich.console import Console
from rich.table import Table

import kgrad
import zoo

task = zoo.task("temporal_order")
test = task.data("test", 2000)

baseline = zoo.load("temporal_order/simple_rnn-clipnorm")
sick = zoo.load("temporal_order/simple_rnn-base")

keras.utils.set_random_seed(0)
mine = keras.Sequential(
    [
        keras.layers.Input((task.length, task.features)),
        keras.layers.GRU(16),
        keras.layers.Dense(task.outputs, activation="softmax"),
    ]
)
mine.compile("adam", task.loss, metrics=[task.metric])
monitor = kgrad.GradientMonitor(
    "runs/examples/06_a_baseline", chance={task.metric: task.chance}
)
x, y = task.data("train", 2000)
mine.fit(x, y, 50, epochs=5, verbose=0, callbacks=[monitor])

table = Table("model", "accuracy", "how far its gradient reaches")
for name, model in (
    ("zoo, with clipping", baseline),
    ("zoo, without", sick),
    ("mine, 5 epochs", mine),
):
    (profile, *_) = kgrad.time_gradients(model, test[0][:100], test[1][:100])
    table.add_row(
        name,
        f"{model.evaluate(*test, verbose=0)[1]:.1%}",
        f"{profile.horizon:.0f} of {task.length} steps",
    )
Console().print(table, "Guessing: 25%.")
