"""What the clinic measured: read, ranked by, and put into words."""

import importlib.resources
import json

import pytest

from kgrad import remedies, signs
from kgrad.records import Finding, Layer, Remedy
from kgrad.remedies import evidence
from kgrad.remedies.evidence import (
    NOT_MEASURED,
    Evidence,
    by_evidence,
    expectation,
    order_of,
    read,
)
from kgrad.remedies.on_tasks import on_task
from tests.signs.runs import SETUP

NAMES = ("a", "b", "c", "d")
REMEDIES = tuple(
    Remedy(name, f"remedy {name}", f"{name}()", "", "") for name in NAMES
)


def order(**counts: tuple[int, int, int]) -> str:
    """The names of the remedies against one sign, in order."""
    alike = order_of(REMEDIES)
    known = {
        ("exploding", alike, name): Evidence(*c) for name, c in counts.items()
    }
    known["vanishing", alike, "d"] = Evidence(9, 9, 9)
    known["exploding", "d > c > b > a", "c"] = Evidence(9, 9, 9)
    ordered = by_evidence("exploding", REMEDIES, known)
    return "".join(remedy.id for remedy in ordered)


def test_the_file_that_comes_with_the_package_can_be_read() -> None:
    known = evidence.load()
    file = importlib.resources.files("kgrad.remedies") / "evidence.json"
    content = json.loads(file.read_text())
    orders = [
        order for of_sign in content.values() for order in of_sign.values()
    ]
    assert len(known) == sum(map(len, orders)) > 20
    assert {key[0] for key in known} <= {kind.name for kind in signs.SIGNS}


def test_counts_are_read_by_sign_and_remedy() -> None:
    counts = '{"tried": 10, "gone": 9, "improved": 8}'
    text = f'{{"exploding": {{"a > b": {{"a": {counts}}}}}}}'
    assert read(text) == {("exploding", "a > b", "a"): Evidence(10, 9, 8)}
    assert read("{}") == {}


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"exploding": 3}',
        '{"exploding": {"a": {"a": {"tried": 1}}}}',
        '{"exploding": {"a": {"a": {"tried": 0, "gone": 0, "improved": 0}}}}',
        '{"exploding": {"a": {"a": {"tried": 1, "gone": 2, "improved": 0}}}}',
        '{"exploding": {"a": {"a": {"tried": 1, "gone": 0, "improved": -1}}}}',
        '{"exploding": {"a": {"a": {"tried": 2.5, "gone": 0, "improved": 0}}}}',
    ],
)
def test_what_are_no_counts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|must have|Expecting"):
        read(text)


def test_without_evidence_the_order_is_that_of_the_sign() -> None:
    assert order() == "abcd"


def test_what_was_seen_to_work_comes_first_the_better_the_earlier() -> None:
    assert order(c=(10, 6, 0), d=(4, 4, 0)) == "dcab"
    assert order(b=(4, 2, 1), d=(4, 2, 3)) == "dbac"


def test_twice_is_not_often_enough() -> None:
    assert order(d=(2, 2, 2)) == "abcd"
    assert order(d=(3, 3, 3)) == "dabc"


def test_what_mostly_fails_comes_after_what_nobody_tried() -> None:
    assert order(a=(10, 0, 0), b=(10, 4, 0)) == "cdba"


def test_findings_are_ranked_with_their_remedies_in_that_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {("exploding", order_of(REMEDIES), "c"): Evidence(3, 3, 2)}
    monkeypatch.setattr(evidence, "load", lambda: known)
    found = [
        Finding(sign, "x", 1, 2, 1.0, 1.0, "It is.", REMEDIES)
        for sign in ("vanishing", "exploding")
    ]
    exploding, vanishing = signs.ranked(found)
    assert "".join(r.id for r in exploding.remedies) == "cabd"
    assert vanishing == found[0]
    assert signs.ranked(found, clinic={})[0] == found[1]


def test_what_to_expect_is_a_sentence_with_the_counts() -> None:
    known = {
        ("slow_progress", "a > b", "a"): Evidence(6, 6, 5),
        ("slow_progress", "b > a", "a"): Evidence(4, 3, 3),
        ("exploding", "a", "a"): Evidence(1, 0, 0),
    }
    assert expectation("slow_progress", "a", known) == (
        "In the clinic this removed slow progress in 9 of 10 runs and "
        "improved the metric in 8."
    )
    assert expectation("exploding", "a", known) == (
        "In the clinic this removed exploding in 0 of 1 run and improved the "
        "metric in 0."
    )
    assert expectation("exploding", "b", known) == NOT_MEASURED


def test_evidence_is_on_remedies_that_there_are() -> None:
    known = ids()
    for sign, order, remedy in evidence.load():
        assert remedy in order.split(" > "), (sign, order, remedy)
        assert set(order.split(" > ")) <= known, (sign, order)


def ids() -> set[str]:
    """The ids of all remedies, of a model that has a layer of every kind."""
    rnn, gru, lstm, dense = (
        Layer(f"net/{name}", name, activation, 8)
        for name, activation in (
            ("SimpleRNN", "tanh"),
            ("GRU", "tanh"),
            ("LSTM", "tanh"),
            ("Dense", "sigmoid"),
        )
    )
    made = (
        remedies.batch_normalization(dense),
        remedies.bounded_recurrence(rnn),
        remedies.check_data(),
        remedies.check_labels(),
        remedies.clip_gradients(SETUP),
        remedies.decay_learning_rate(SETUP, 9),
        remedies.dropout(dense),
        remedies.early_stopping(),
        remedies.gated_cell(rnn),
        remedies.identity_relu(SETUP, rnn),
        remedies.initial_weights(dense),
        remedies.larger_batch(SETUP),
        remedies.leaky_relu(dense),
        remedies.learning_rate(SETUP, 0.1),
        remedies.learning_rate(SETUP, 10.0),
        remedies.open_gate(gru, 9),
        remedies.open_gate(lstm, 9),
        remedies.recurrent_batchnorm(rnn),
        remedies.relu(dense),
        remedies.scale_inputs(),
        remedies.shorter_sequences(),
        remedies.stable_loss(),
        remedies.weight_decay(SETUP),
    )
    assert len({remedy.id for remedy in made}) == len(made)
    return {remedy.id for remedy in made}


def test_what_is_known_of_the_task_goes_before_the_clinic() -> None:
    clinic = {
        ("exploding", order_of(REMEDIES), "a"): Evidence(9, 9, 9),
        ("exploding", order_of(REMEDIES), "d"): Evidence(9, 0, 0),
    }
    task = {
        "a": Evidence(3, 0, 0),
        "c": Evidence(3, 0, 3),
        "d": Evidence(3, 3, 3),
    }
    found = by_evidence("exploding", REMEDIES, clinic, task)
    # c improved every run, d solved it, too; nobody has tried b; a failed.
    assert "".join(remedy.id for remedy in found) == "cdba"
    text = expectation("exploding", "d", clinic, task)
    assert text.endswith("solved this task in 3 of 3 runs, and in 0 without.")


ZOO = {"task": "adding", "cell": "simple_rnn", "variant": "base"}
ZOO |= {"learning_rate": "0.01", "seed": "0"}


def test_an_lstm_comes_first_where_the_zoo_solves_the_task_with_it() -> None:
    finding = Finding(
        "vanishing",
        "rnn/kernel",
        1,
        640,
        10,
        50,
        "",
        (
            remedies.gated_cell(SETUP.layers[0]),
            remedies.identity_relu(SETUP, SETUP.layers[0]),
            remedies.recurrent_batchnorm(SETUP.layers[0]),
        ),
    )
    (known,) = signs.ranked([finding], hparams=ZOO)
    assert known.remedies[0].id == "gated_cell"
    assert on_task(ZOO)["gated_cell"] == Evidence(3, 3, 3)
    # In the clinic it mostly failed, and that is what others are told.
    for other in ({}, {**ZOO, "variant": "clipnorm"}, {"task": "adding"}):
        assert on_task(other) == {}
        (unknown,) = signs.ranked([finding], hparams=other)
        assert unknown.remedies[0].id == "identity_relu"
