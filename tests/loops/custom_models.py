"""Models with a training step of their own, as in published programs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf


class TextGenerator(keras.Model):
    """TensorFlow's text generation: embedding, GRU, a compiled step."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = keras.layers.Embedding(7, 3)
        self.rnn = keras.layers.GRU(3, return_sequences=True, name="rnn")
        self.out = keras.layers.Dense(7)

    @classmethod
    def made(cls) -> TextGenerator:
        model = cls()
        model(np.zeros((1, 5), int))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss)
        return model

    def call(self, x: Any) -> Any:
        return self.out(self.rnn(self.embedding(x)))

    @tf.function
    def train_step(self, batch: Any) -> dict[str, Any]:
        x, y = batch
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        weights = self.trainable_variables
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, weights), weights, strict=True)
        )
        return {"loss": loss}


class CtcLoss(keras.layers.Layer):
    """Handwriting recognition: the loss is added inside the model."""

    def call(self, labels: Any, predicted: Any) -> Any:
        rows, steps = tf.shape(labels)[0], tf.shape(predicted)[1]
        loss = keras.ops.ctc_loss(
            labels,
            predicted,
            tf.fill([rows], tf.shape(labels)[1]),
            tf.fill([rows], steps),
            mask_index=0,
        )
        self.add_loss(tf.reduce_mean(loss))
        return predicted


class Ctc:
    """A model whose only loss is one that a layer adds."""

    @staticmethod
    def made() -> keras.Model:
        images = keras.Input((6, 3))
        labels = keras.Input((2,), dtype="int32")
        x = keras.layers.Bidirectional(
            keras.layers.LSTM(2, return_sequences=True), name="rnn"
        )(images)
        x = keras.layers.Dense(8)(x)
        model = keras.Model([images, labels], CtcLoss()(labels, x))
        model.compile("adam")
        return model


class Wgan(keras.Model):
    """A critic that is trained three times a step, with gradient penalty."""

    def __init__(self) -> None:
        super().__init__()
        self.critic = keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Dense(4, "tanh"),
                keras.layers.Dense(1),
            ]
        )
        self.generator = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(3)]
        )
        self.seeds = keras.random.SeedGenerator(1)

    @classmethod
    def made(cls) -> Wgan:
        model = cls()
        model.compile()
        model.d_optimizer = keras.optimizers.Adam(0.01)
        model.g_optimizer = keras.optimizers.Adam(0.01)
        return model

    def noise(self, rows: Any) -> Any:
        return keras.random.normal((rows, 2), seed=self.seeds)

    def penalty(self, real: Any, fake: Any) -> Any:
        mixed = 0.5 * (real + fake)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            judged = self.critic(mixed, training=True)
        norm = tf.norm(tape.gradient(judged, mixed) + 1e-6, axis=1)
        return tf.reduce_mean((norm - 1.0) ** 2)

    def train_step(self, real: Any) -> dict[str, Any]:
        rows = tf.shape(real)[0]
        for _ in range(3):
            fake = self.generator(self.noise(rows), training=True)
            with tf.GradientTape() as tape:
                d_loss = tf.reduce_mean(self.critic(fake, training=True))
                d_loss -= tf.reduce_mean(self.critic(real, training=True))
                d_loss += 10.0 * self.penalty(real, fake)
            weights = self.critic.trainable_variables
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            fake = self.generator(self.noise(rows), training=True)
            g_loss = -tf.reduce_mean(self.critic(fake, training=True))
        weights = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


class Vae(keras.Model):
    """An autoencoder with sampled codes and trackers of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = keras.layers.Dense(4, activation="relu")
        self.decoder = keras.layers.Dense(6)
        self.seeds = keras.random.SeedGenerator(1)
        self.tracker = keras.metrics.Mean(name="loss")

    @classmethod
    def made(cls) -> Vae:
        model = cls()
        model.compile(optimizer=keras.optimizers.Adam(0.01))
        model(np.zeros((1, 6), "float32"))
        return model

    @property
    def metrics(self) -> list[Any]:
        return [self.tracker]

    def call(self, x: Any) -> Any:
        mean, scale = tf.split(self.encoder(x), 2, axis=-1)
        noise = keras.random.normal(tf.shape(mean), seed=self.seeds)
        return self.decoder(mean + tf.exp(0.5 * scale) * noise), mean, scale

    def train_step(self, x: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            decoded, mean, scale = self(x)
            loss = tf.reduce_mean((decoded - x) ** 2)
            loss -= 0.5 * tf.reduce_mean(1 + scale - mean**2 - tf.exp(scale))
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(
            zip(grads, self.trainable_weights, strict=True)
        )
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


class Distiller(keras.Model):
    """A student that learns from a teacher, by `compute_loss`."""

    def __init__(self, student: Any, teacher: Any) -> None:
        super().__init__()
        self.student_model, self.teacher_model = student, teacher

    @classmethod
    def made(cls) -> Distiller:
        parts = [
            keras.Sequential(
                [
                    keras.Input((5, 2)),
                    keras.layers.GRU(3, name=name),
                    keras.layers.Dense(1),
                ]
            )
            for name in ("student", "teacher")
        ]
        parts[1].trainable = False
        model = cls(*parts)
        model.compile("adam", "mse")
        return model

    def call(self, x: Any) -> Any:
        return self.student_model(x)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        taught = self.teacher_model(x, training=False)
        own = super().compute_loss(x, y, y_pred, sample_weight)
        return own + tf.reduce_mean((taught - y_pred) ** 2)


class Feedback(keras.Model):
    """TensorFlow's time series: a cell that reads what it has predicted."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = keras.layers.LSTMCell(4)
        self.rnn = keras.layers.RNN(self.cell, return_state=True, name="rnn")
        self.out = keras.layers.Dense(2)

    @classmethod
    def made(cls) -> Feedback:
        model = cls()
        model.compile("adam", "mse")
        model(np.zeros((1, 5, 2), "float32"))
        return model

    def call(self, x: Any, training: bool = False) -> Any:
        y, *state = self.rnn(x, training=training)
        found = [self.out(y)]
        for _ in range(3):
            y, state = self.cell(found[-1], state, training=training)
            found.append(self.out(y))
        return tf.stack(found, axis=1)
