"""Which remedies are tried, and in which order."""

from __future__ import annotations

from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding, Remedy
from kgrad.records.edits import (
    AddBatchNormalization,
    ChangeLayer,
    ChangeOptimizer,
    LayerEdit,
    ReplaceLayer,
)
from kgrad.treatment.trials import Trial, choose_trials, manual_remedies

CLIP = Remedy(
    "clip", "clipping", "clip", "", "", (ChangeOptimizer({"c": 1.0}),)
)
SLOWER = Remedy(
    "slower", "slower", "slow", "", "", (ChangeOptimizer({"r": 0.1}),)
)
FASTER = Remedy(
    "faster", "faster", "fast", "", "", (ChangeOptimizer({"r": 9.0}),)
)
DATA = Remedy("check_data", "clean data", "assert x", "", "")


def gated(layer: str) -> Remedy:
    edit = ReplaceLayer(layer, "LSTM")
    return Remedy(
        "gated_cell", "LSTM or GRU", f"LSTM  # for {layer}", "", "", (edit,)
    )


def behind(*layers: str) -> Remedy:
    edits = tuple(AddBatchNormalization(layer) for layer in layers)
    return Remedy(
        "normalize", "normalization", "\n".join(layers), "", "", edits
    )


def found(sign: str, *remedies: Remedy, target: str = "global") -> Finding:
    return Finding(sign, target, 1, 9, 2.0, 1.0, "It is.", remedies)


def names(findings: list[Finding], most: int = 9) -> list[str]:
    return [trial.name for trial in choose_trials(apart(findings), most)]


def places(trial: Trial) -> list[str]:
    return [x.layer for x in trial.edits if isinstance(x, LayerEdit)]


def apart(findings: list[Finding]) -> list[Diagnosis]:
    return [Diagnosis(finding) for finding in findings]


def test_the_first_remedy_of_each_illness_comes_before_any_second() -> None:
    findings = [
        found("exploding", CLIP, SLOWER),
        found("vanishing", gated("rnn")),
        found("slow_progress", FASTER),
    ]
    assert names(findings) == ["clipping", "LSTM or GRU", "faster", "slower"]
    assert names(findings, 2) == ["clipping", "LSTM or GRU"]


def test_a_remedy_of_two_signs_is_tried_once() -> None:
    findings = [found("exploding", CLIP), found("large_updates", CLIP, SLOWER)]
    assert names(findings) == ["clipping", "slower"]


def test_two_remedies_of_one_name_are_two_where_they_differ() -> None:
    other = Remedy(
        "slower", "slower", "0.01", "", "", (ChangeOptimizer({"r": 1}),)
    )
    findings = [found("exploding", SLOWER), found("oscillation", other)]
    assert names(findings) == ["slower", "slower"]


def test_one_remedy_for_several_layers_is_one_treatment() -> None:
    one = found("vanishing", gated("a"), target="a/kernel")
    other = found("vanishing", gated("b"), target="b/kernel")
    (trial,) = choose_trials([Diagnosis(one, (other,))], 3)
    assert places(trial) == ["a", "b"]
    (remedy,) = trial.remedies
    assert remedy.code.splitlines() == [gated("a").code, gated("b").code]


def test_no_layer_is_treated_twice_in_the_same_way() -> None:
    one = found("vanishing", behind("a", "b"), target="a/kernel")
    other = found("vanishing", behind("b", "c"), target="c/kernel")
    (trial,) = choose_trials([Diagnosis(one, (other,))], 3)
    assert places(trial) == ["a", "b", "c"]


def test_a_part_of_another_treatment_is_none_of_its_own() -> None:
    findings = [
        found("vanishing", CLIP, behind("a", "b")),
        found("small_updates", behind("a")),
    ]
    (_, trial) = choose_trials(apart(findings), 3)
    assert places(trial) == ["a", "b"]


def test_what_only_a_person_can_do_is_told_once_and_not_tried() -> None:
    findings = [found("nonfinite", DATA, CLIP), found("exploding", CLIP, DATA)]
    assert names(findings) == ["clipping"]
    assert manual_remedies(apart(findings)) == (DATA,)
    assert choose_trials([], 3) == ()


def test_two_remedies_of_one_name_are_not_mixed_up() -> None:
    """The words for people may be the same: the ids tell them apart."""
    one, other = (
        Remedy(kind, "activation function", kind, "", "", (edit,))
        for kind, edit in (
            ("relu", ChangeLayer("a", {"activation": "relu"})),
            ("leaky_relu", ChangeLayer("b", {"activation": "leaky_relu"})),
        )
    )
    trials = choose_trials(apart([found("vanishing", one, other)]), 3)
    assert [trial.remedies for trial in trials] == [(one,), (other,)]
