"""Where layers lie, and when epochs end."""

from dataclasses import replace

from kgrad.records import Epoch, Layer, Setup
from kgrad.signs.layer_order import LayerOrder
from tests.signs.runs import SETUP, run


def test_layers_lie_in_the_order_of_the_setup() -> None:
    layers = (*SETUP.layers[:1], Layer("net/act", "ReLU"), *SETUP.layers[1:])
    course = LayerOrder(run(setup=replace(SETUP, layers=layers)))
    assert course.layer("net/rnn/bias") == "net/rnn"
    # It has no weights, and so no targets.
    assert course.layer("net/act") == "net/act"
    assert course.layer("global") == course.layer("net/other/kernel") == ""
    assert course.places("net/rnn", "net/act", "net/out") == (0, 1, 3)
    assert course.places("net/rnn", "net/other") is None


def test_without_a_setup_the_order_of_the_variables_stands_in() -> None:
    course = LayerOrder(run(setup=Setup()))
    assert course.places("net/out", "net/rnn") == (2, 0)


def test_of_a_run_that_was_not_seen_nothing_is_known() -> None:
    course = LayerOrder()
    assert not course.is_known
    assert course.places("net/rnn") is None
    assert course.end_of_epoch(7) == 7


def test_a_step_is_in_the_epoch_that_ends_next() -> None:
    epochs = (Epoch(0, 20, {}), Epoch(1, 40, {}))
    course = LayerOrder([replace(run()[0], epochs=epochs)])
    assert [course.end_of_epoch(step) for step in (1, 20, 21, 41)] == [
        20,
        20,
        40,
        41,
    ]
