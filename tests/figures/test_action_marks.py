"""What actions did is marked in the story, at its step."""

from kgrad.figures import story
from kgrad.figures.action_marks import MOST
from kgrad.records import ActionRecord
from tests.figures.read import history_of, names, trace
from tests.reporters.made import snapshot


def test_each_action_has_marks_at_its_steps_and_tells_what_it_did() -> None:
    acts = (
        ActionRecord("skip", 3, "Left out step 3: <NaN> at 100%."),
        ActionRecord("clip", 8, "Clipped 8 steps.", count=8),
        ActionRecord("skip", 5, "Left out step 5."),
        ActionRecord("restore", 7, "Put back."),
    )
    history = history_of(snapshot(actions=acts))
    figure = story(history)
    left_out = trace(figure, "skip: skipped")
    assert list(left_out.x) == [3, 5]
    assert left_out.text[0] == "Left out step 3: &lt;NaN&gt; at 100&#37;."
    assert set(left_out.y) == {history.loss.min()}
    assert list(trace(figure, "restore: restored").x) == [7]
    plain = names(story(history_of(snapshot())))
    assert names(figure) - plain == {"skip: skipped", "restore: restored"}


def test_of_very_many_some_from_all_over_the_run_are_marked() -> None:
    steps = 3 * MOST
    acts = tuple(
        ActionRecord("skip", i, "Left out.") for i in range(1, steps + 1)
    )
    figure = story(history_of(snapshot(steps=steps, actions=acts)))
    marks = trace(figure, "skip: skipped")
    assert len(marks.x) == MOST
    assert (marks.x[0], marks.x[-1]) == (1, steps)
