"""Which remedies are tried, and in which order."""

from __future__ import annotations

from kgrad.diagnosis import Diagnosis
from kgrad.records import Edit, Finding, Remedy
from kgrad.treatment.choice import by_hand, chosen

CLIP = Remedy(
    "clip", "clipping", "clip", "", "", (Edit("optimizer", "", {"c": 1.0}),)
)
SLOWER = Remedy(
    "slower", "slower", "slow", "", "", (Edit("optimizer", "", {"r": 0.1}),)
)
FASTER = Remedy(
    "faster", "faster", "fast", "", "", (Edit("optimizer", "", {"r": 9.0}),)
)
DATA = Remedy("check_data", "clean data", "assert x", "", "")


def gated(layer: str) -> Remedy:
    edit = Edit("class", layer, {"class_name": "LSTM"})
    return Remedy(
        "gated_cell", "LSTM or GRU", f"LSTM  # for {layer}", "", "", (edit,)
    )


def behind(*layers: str) -> Remedy:
    edits = tuple(Edit("batch_normalization", layer) for layer in layers)
    return Remedy(
        "normalize", "normalization", "\n".join(layers), "", "", edits
    )


def found(sign: str, *remedies: Remedy, target: str = "global") -> Finding:
    return Finding(sign, target, 1, 9, 2.0, 1.0, "It is.", remedies)


def names(findings: list[Finding], most: int = 9) -> list[str]:
    return [choice.name for choice in chosen(apart(findings), most)]


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
        "slower", "slower", "0.01", "", "", (Edit("optimizer", "", {"r": 1}),)
    )
    assert names([found("exploding", SLOWER, other)]) == ["slower", "slower"]


def test_one_remedy_for_several_layers_is_one_treatment() -> None:
    one = found("vanishing", gated("a"), target="a/kernel")
    other = found("vanishing", gated("b"), target="b/kernel")
    (choice,) = chosen([Diagnosis(one, (other,))], 3)
    assert [edit.layer for edit in choice.edits] == ["a", "b"]
    assert choice.remedies == (gated("a"), gated("b"))


def test_no_layer_is_treated_twice_in_the_same_way() -> None:
    one = found("vanishing", behind("a", "b"), target="a/kernel")
    other = found("vanishing", behind("b", "c"), target="c/kernel")
    (choice,) = chosen([Diagnosis(one, (other,))], 3)
    assert [edit.layer for edit in choice.edits] == ["a", "b", "c"]


def test_a_part_of_another_treatment_is_none_of_its_own() -> None:
    findings = [
        found("vanishing", CLIP, behind("a", "b")),
        found("small_updates", behind("a")),
    ]
    (_, choice) = chosen(apart(findings), 3)
    assert [edit.layer for edit in choice.edits] == ["a", "b"]


def test_what_only_a_person_can_do_is_told_once_and_not_tried() -> None:
    findings = [found("nonfinite", DATA, CLIP), found("exploding", CLIP, DATA)]
    assert names(findings) == ["clipping"]
    assert by_hand(apart(findings)) == (DATA,)
    assert chosen([], 3) == ()
