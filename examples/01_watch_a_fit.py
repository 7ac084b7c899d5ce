"""Watch a fit: what is wrong, since when, and what to change.

python examples/01_watch_a_fit.py
tensorboard --logdir runs/examples/01_watch_a_fit
"""

import keras

import kgrad
import zoo

keras.utils.set_random_seed(0)
x, y = zoo.task("temporal_order").data("train", 5000)
model = zoo.build("temporal_order", cell="simple_rnn")
monitor = kgrad.GradientMonitor("runs/examples/01_watch_a_fit")
model.fit(x, y, batch_size=20, epochs=4, verbose=0, callbacks=[monitor])

# What was found is on the console already; and here, to work with:
for finding in monitor.findings:
    print(finding.sign, finding.target, finding.first_step, finding.value)
