"""Where layers lie, and when epochs end."""

from dataclasses import replace

from kgrad.records import Epoch, Layer, Setup
from kgrad.signs.layer_order import LayerOrder
from tests.signs.runs import SETUP, run


def test_layers_lie_in_the_order_of_the_setup() -> None:
    layers = (*SETUP.layers[:1], Layer("net/act", "ReLU"), *SETUP.layers[1:])
    order = LayerOrder(run(setup=replace(SETUP, layers=layers)))
    assert order.layer("net/rnn/bias") == "net/rnn"
    # It has no weights, and so no targets.
    assert order.layer("net/act") == "net/act"
    assert order.layer("global") == order.layer("net/other/kernel") == ""
    assert order.places("net/rnn", "net/act", "net/out") == (0, 1, 3)
    assert order.places("net/rnn", "net/other") is None


def test_without_a_setup_the_order_of_the_variables_stands_in() -> None:
    order = LayerOrder(run(setup=Setup()))
    assert order.places("net/out", "net/rnn") == (2, 0)


def test_of_a_run_that_was_not_seen_nothing_is_known() -> None:
    order = LayerOrder()
    assert not order.is_known
    assert order.places("net/rnn") is None
    assert order.end_of_epoch(7) == 7


def test_a_step_is_in_the_epoch_that_ends_next() -> None:
    epochs = (Epoch(0, 20, {}), Epoch(1, 40, {}))
    order = LayerOrder([replace(run()[0], epochs=epochs)])
    assert [order.end_of_epoch(step) for step in (1, 20, 21, 41)] == [
        20,
        20,
        40,
        41,
    ]
