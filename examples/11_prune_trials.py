"""A search that gives up a trial as soon as kgrad has found what is wrong.

Keras Tuner tries learning rates and initial weights; trials that vanish or
explode end early and say why, and their epochs go to the others.

    pip install "kgrad[tuner]"
    python examples/11_prune_trials.py
    tensorboard --logdir runs/examples/11_prune_trials
"""

import keras
import keras_tuner

import kgrad
import zoo

FOLDER = "runs/examples/11_prune_trials"
SIGNS = ("nonfinite", "exploding", "vanishing", "large_updates")
keras.utils.set_random_seed(0)
x, y = zoo.task("temporal_order").data("train", 3000, length=30)


class Search(keras_tuner.HyperModel):
    """A SimpleRNN, in the ways in which one may begin."""

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """A compiled model for one trial."""
        scale = hp.Choice("scale", [0.3, 1.0, 3.0])
        weights = keras.initializers.RandomNormal(stddev=scale / 24**0.5)
        layers = [
            keras.layers.Input(x.shape[1:]),
            keras.layers.SimpleRNN(24, recurrent_initializer=weights),
            keras.layers.Dense(4, "softmax"),
        ]
        model = keras.Sequential(layers)
        rate = hp.Choice("rate", [0.003, 0.3])
        loss = "sparse_categorical_crossentropy"
        model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
        return model

    def fit(self, hp, model, *args, callbacks=(), **arguments):
        """A training that stops when one of the signs is found."""
        monitor = kgrad.GradientMonitor(
            f"{FOLDER}/{hp['scale']}-{hp['rate']}",
            hparams=dict(hp.values),
            actions=[kgrad.actions.Stop(*SIGNS)],
            reporters=[kgrad.reporters.TensorBoardReporter()],
        )
        arguments["callbacks"] = [*callbacks, monitor]
        history = model.fit(*args, **arguments)
        if monitor.stopped:
            raise keras_tuner.errors.FailedTrialError(monitor.stopped)
        return history


tuner = keras_tuner.GridSearch(
    Search(),
    objective=keras_tuner.Objective("val_accuracy", "max"),
    max_consecutive_failed_trials=99,
    directory=FOLDER,
    project_name="trials",
    overwrite=True,
)
tuner.search(x, y, batch_size=20, epochs=3, validation_split=0.2, verbose=0)

for trial in tuner.oracle.trials.values():
    known = trial.score is not None
    score = f"{trial.score:.0%}" if known else trial.status.lower()
    print(trial.hyperparameters.values, score)
    if trial.message:
        print("   ", trial.message.strip().splitlines()[-1][:160])
