"""What is wrong, and which remedy helps? Both in one call.

A deep stack of sigmoid layers, built and fitted as you would do it. kgrad
trains it as it is, then a fresh one with each remedy, from the same seeds,
and puts the runs side by side.

    python examples/08_treat.py
    tensorboard --logdir runs/examples/08_treat
"""

import keras
import numpy as np

import kgrad

rng = np.random.default_rng(0)
x = rng.standard_normal((2000, 10)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("int32")


def build():
    """A fresh, compiled model each time."""
    model = keras.Sequential([keras.layers.Input((10,))])
    for _ in range(6):
        model.add(keras.layers.Dense(20, activation="sigmoid"))
    model.add(keras.layers.Dense(2, activation="softmax"))
    model.compile(
        keras.optimizers.SGD(0.1),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def fit(model, callbacks):
    """Hands the callbacks on, and does the rest as always."""
    model.fit(
        x[:1500],
        y[:1500],
        batch_size=20,
        epochs=6,
        verbose=0,
        validation_data=(x[1500:], y[1500:]),
        callbacks=callbacks,
    )


treatments = kgrad.treat(build, fit, "runs/examples/08_treat")

best = treatments.best
print(f"{best.name}: from {best.before:.1%} to {best.after:.1%}")
