"""What was told of a run that ended well was so far, and true then."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.zoo import made
from tests.zoo.mutants.moments import finding, moment, walked
from zoo.cli import main
from zoo.mutants.replay import Sentence, replay
from zoo.mutants.replaying import Replayed, markdown
from zoo.runs import run_folder


def _skill(logs: Mapping[str, float | None]) -> float:
    return 2 * (logs["val_accuracy"] or 0.0) - 1


def _guesses(value: str, so_far: str = " so far") -> str:
    return f"`val_accuracy` is {value}{so_far}, no better than guessing (0.5)"


def _replay(
    monkeypatch: pytest.MonkeyPatch, clause: str, *right: float
) -> list[Sentence]:
    """A run that is told the same from the end of its first epoch on."""
    told = finding("slow_progress", clause)
    moments = [
        moment(10 * i, told, right=right[:i]) for i in range(1, len(right) + 1)
    ]
    walked(monkeypatch, "replay", *moments)
    return replay([], _skill)


def test_so_far_is_no_mistake_while_it_is_true(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (told,) = _replay(monkeypatch, _guesses("0.51"), 0.51, 0.5101)
    assert told.words.startswith("`val_accuracy` is 0.51 so far")
    assert (told.first, told.last, told.mistake) == (1, 2, "")


def test_a_sentence_without_so_far_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (told,) = _replay(monkeypatch, _guesses("0.51", ""), 0.51)
    assert told.mistake == "does not say that it is so far"


def test_what_was_so_is_a_mistake_when_it_is_so_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right, wrong = _replay(monkeypatch, _guesses("0.51"), 0.51, 0.98)
    assert not right.mistake
    assert (right.first, right.last) == (1, 1)
    assert (
        wrong.mistake == "not true then: `val_accuracy` was not that any more"
    )
    assert (wrong.first, wrong.last) == (2, 2)
    (told,) = _replay(monkeypatch, _guesses("0.9"), 0.9)
    assert told.mistake == "not true then: it had learned"


def test_before_the_first_epoch_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clause = "`loss` is 0.69 so far, no better than guessing (0.69)"
    told = moment(5, finding("slow_progress", clause))
    walked(monkeypatch, "replay", told)
    (sentence,) = replay([], _skill)
    assert (sentence.first, sentence.mistake) == (1, "")


def test_mistakes_are_written_but_not_of_the_held_out_half() -> None:
    told = Sentence("It is ill.", 2, 4, "does not say that it is so far")
    fine = Sentence("It is ill so far.", 1, 1)
    text = markdown(
        [
            Replayed("a/base", (told, fine)),
            Replayed("b/base", (told,), hidden=True),
            Replayed("c/base", (fine,)),
            Replayed("d/base", ()),
        ]
    )
    assert "Of 4 healthy programs, 1 were told" in text
    assert "1 only what was so far and true then, and 2 something else." in text
    assert "| `a/base` | 2 to 4 | It is ill. | does not say" in text
    assert "b/base" not in text
    assert "It is ill so far." not in text


def test_the_models_of_the_zoo_that_solve_their_task_are_replayed(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class _Run:
        snapshots = ()

    monkeypatch.setattr("kgrad.RunHistory.load", lambda _: _Run())
    told = finding("slow_progress", _guesses("0.6"))
    walked(monkeypatch, "replay", moment(10, told, right=[0.6]))
    for name, test in (
        ("temporal_order/gru-base", 0.99),
        ("temporal_order/lstm-base", 0.3),
    ):
        recipe, result = made.run(name, test)
        with run_folder.begin(tmp_path, recipe) as folder:
            result.write(folder)
    assert main(["mutants", "replay", "--runs", str(tmp_path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "temporal_order/gru-base" in shown
    assert "lstm-base" not in shown
    # Of four classes, 0.6 is 0.47 of the way: not yet learned.
    assert "Of 1 healthy programs" in shown
    assert "1 only what was so far and true then, and 0 something" in shown


def test_without_a_run_it_says_what_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["mutants", "replay", "--runs", str(tmp_path)])
    assert "`--runs` must hold healthy programs" in capsys.readouterr().err
