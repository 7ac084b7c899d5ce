"""What can be pasted: with the names that a reader has, and run as it is."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from kgrad import remedies
from kgrad.records import Behavior, DataSummary, Layer, Remedy, TensorSummary
from kgrad.remedies import behavior, plans
from kgrad.signs.checks import CHECKS, BehaviorCheck
from kgrad.signs.checks.base import LETTERS
from tests.signs.checks.cases import MUST
from tests.signs.checks.made import SEQUENCES, X, judged, lstm
from tests.signs.runs import SETUP

READER = {"model", "x", "y", "sample_weight", "keras", "np"}
"""What there is where somebody trains a model."""

IN_A_LOSS = {"y_pred"}


class Model:
    """Takes what `fit` and `get_layer` of a model take."""

    inputs: tuple[Any, ...] = ()
    layers: tuple[Any, ...] = ()

    def fit(self, *args: Any, **kwargs: Any) -> None:
        inspect.signature(keras.Model.fit).bind(self, *args, **kwargs)
        weights = kwargs.get("sample_weight")
        assert weights is None or np.shape(weights) == args[1].shape

    def evaluate(self, *args: Any, **kwargs: Any) -> None:
        inspect.signature(keras.Model.evaluate).bind(self, *args, **kwargs)

    def get_layer(self, name: str) -> Any:
        assert "/" not in name
        kind = keras.layers.GRU if name == "gru" else keras.layers.LSTM
        layer = kind(8)
        layer.build((None, 5, 3))
        return layer


def of_checks() -> Iterator[tuple[str, Remedy, DataSummary]]:
    """The remedies of all checks, with the data that they were named for."""
    for check in CHECKS:
        if issubclass(check, BehaviorCheck):
            continue
        for i, case in enumerate(MUST[check.name]):
            for finding in check().judge(*case):
                for remedy in finding.remedies:
                    yield f"{check.name} {i} {remedy.id}", remedy, case[1]


def of_behavior() -> Iterator[tuple[str, Remedy, DataSummary]]:
    cases = {
        "climbs": (
            judged(X * 1e3, X[:, 0] * 1e3),
            Behavior(loss=1.0, losses=(1.0, 9.0, 9.0)),
        ),
        "is unbounded": (
            judged(SEQUENCES, X[:, 0], layers=(lstm(activation="relu"),)),
            Behavior(loss=1e9, losses=(1.0, np.inf)),
        ),
        "learns nothing": (
            judged(y=X[:, 0]),
            Behavior(loss=1.0, memorized=(1.0, 1.0), memorized_slowly=(1.0,)),
        ),
        "is not finite": (
            judged(y=X[:, 0]),
            Behavior(loss=np.nan, gradients={"a": np.inf}),
        ),
    }
    for name, (case, seen) in cases.items():
        for check in CHECKS:
            if issubclass(check, BehaviorCheck):
                for finding in check().judge_behavior(*case, seen):
                    for remedy in finding.remedies:
                        yield (
                            f"{check.name} {name} {remedy.id}",
                            remedy,
                            case[1],
                        )


def of_signs() -> Iterator[tuple[str, Remedy, DataSummary]]:
    rnn, gru, long = (
        Layer(f"net/{kind.lower()}", kind, "tanh", 8)
        for kind in ("SimpleRNN", "GRU", "LSTM")
    )
    made = [
        *remedies.smaller_steps(SETUP),
        behavior.adam(),
        behavior.find_the_cut(),
        behavior.keep_the_batch_axis(),
        behavior.last_state(),
        behavior.less_dropout(Layer("net/drop", "Dropout")),
        behavior.slope(),
        behavior.training_argument(),
        behavior.wider_layer(Layer("net/narrow", "Dense", "", 1), 20),
        plans.evaluate_training(),
        remedies.batch_normalization(rnn),
        remedies.check_data(),
        remedies.check_labels(),
        remedies.decay_learning_rate(SETUP, 9),
        remedies.dropout(rnn),
        remedies.early_stopping(),
        remedies.gated_cell(rnn, rnn),
        remedies.identity_relu(SETUP, rnn),
        remedies.initial_weights(rnn, gru),
        remedies.larger_batch(SETUP),
        remedies.leaky_relu(rnn),
        remedies.open_gate(gru, 9),
        remedies.open_gate(long, 9),
        remedies.recurrent_batchnorm(long),
        remedies.relu(rnn),
        remedies.scale_inputs(),
        remedies.shorter_sequences(),
        remedies.stable_loss(),
        remedies.weight_decay(SETUP),
    ]
    for remedy in made:
        yield remedy.id, remedy, judged(SEQUENCES, X[:, 0])[1]


EVERY = {
    name: (remedy, data)
    for source in (of_checks(), of_behavior(), of_signs())
    for name, remedy, data in source
}


def free_names(code: str) -> set[str]:
    """The names that code reads and does not make."""
    nodes = list(ast.walk(ast.parse(code)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {x.id for x in names if isinstance(x.ctx, ast.Store)}
    made |= {x.arg for x in nodes if isinstance(x, ast.arg)}
    made |= {
        x.name for n in nodes if isinstance(n, ast.Import) for x in n.names
    }
    return {x.id for x in names if isinstance(x.ctx, ast.Load)} - made


def values(tensor: TensorSummary) -> Any:
    """Numbers like those of a tensor, in as many samples."""
    low, high = np.nan_to_num([tensor.minimum, tensor.maximum])
    numbers = np.random.default_rng(0).uniform(low, high, tensor.shape)
    if tensor.is_one_hot:
        return np.eye(tensor.shape[-1])[numbers.argmax(-1)]
    numbers = np.rint(numbers) if tensor.is_whole else numbers
    return numbers.astype(tensor.dtype or int)


@pytest.mark.parametrize("name", EVERY)
def test_code_runs_where_it_is_pasted(name: str) -> None:
    remedy, data = EVERY[name]
    allowed = READER | (IN_A_LOSS if remedy.id == "stable_loss" else set())
    undefined = free_names(remedy.code) - allowed - set(vars(builtins))
    assert not undefined
    scope: dict[str, Any] = {
        "keras": keras,
        "np": np,
        "model": Model(),
        "y": np.ones(400),
        "y_pred": np.ones(3),
    }
    for tensor in data.tensors:
        if tensor.role in LETTERS:
            scope[LETTERS[tensor.role]] = values(tensor)
    if remedy.id != "not_zero_weights":  # It asserts what is not so.
        exec(remedy.code, scope)


def test_a_remedy_for_every_kind_of_change_is_run() -> None:
    assert len({remedy.id for remedy, _ in EVERY.values()}) > 50
