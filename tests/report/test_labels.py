"""Short names of targets."""

from kgrad.records import Activity, Sample, Target
from kgrad.report.labels import labels, layer_labels
from tests.reporters.made import TARGETS, profile


def label(*targets: tuple[str, str, str]) -> list[str]:
    made = [
        Target(name, layer, name.rpartition("/")[2].partition("[")[0], gate)
        for name, layer, gate in targets
    ]
    return list(labels(made).values())


def test_model_and_cell_are_left_out() -> None:
    assert label(
        ("sequential/lstm/lstm_cell/kernel[f]", "sequential/lstm", "f"),
        ("sequential/dense/bias", "sequential/dense", ""),
        ("global", "", ""),
    ) == ["lstm/kernel[f]", "dense/bias", "global"]


def test_a_model_of_one_layer_keeps_its_name() -> None:
    assert label(("m/rnn/cell/kernel", "m/rnn", "")) == ["rnn/kernel"]
    assert label(("rnn/cell/kernel", "rnn", "")) == ["rnn/kernel"]


def test_layers_of_different_parents_keep_them() -> None:
    assert label(
        ("encoder/dense/kernel", "encoder/dense", ""),
        ("decoder/dense/kernel", "decoder/dense", ""),
    ) == ["encoder/dense/kernel", "decoder/dense/kernel"]


def test_targets_that_would_look_alike_keep_their_names() -> None:
    assert label(
        ("m/rnn/one_cell/kernel", "m/rnn", ""),
        ("m/rnn/other_cell/kernel", "m/rnn", ""),
        ("m/dense/kernel", "m/dense", ""),
    ) == ["m/rnn/one_cell/kernel", "m/rnn/other_cell/kernel", "dense/kernel"]


def test_a_layer_is_called_as_its_targets_are() -> None:
    seen = Sample(
        1,
        (profile(layer="sequential/lstm"),),
        (Activity("sequential/relu", {}), Activity("elsewhere/relu", {})),
    )
    assert layer_labels(TARGETS, [seen]) == {
        "sequential/lstm": "lstm",
        "sequential/dense": "dense",
        "sequential/relu": "relu",
        "elsewhere/relu": "elsewhere/relu",
    }


def test_layers_that_would_look_alike_keep_their_paths() -> None:
    paths = ("sequential/relu", "relu")
    seen = Sample(1, (), tuple(Activity(path, {}) for path in paths))
    found = layer_labels(TARGETS, [seen])
    assert [found[path] for path in paths] == list(paths)
