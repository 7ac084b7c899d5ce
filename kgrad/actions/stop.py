"""Stops a training that is lost."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad._arguments import require
from kgrad.actions.base import Action, Run
from kgrad.records import ActionRecord


class Stop(Action):
    """Stops the training when a sign is found, and says why.

    In `fit`, `model.stop_training` is set, as Keras' own callbacks do: the
    epoch ends with validation, and with `on_epoch_end` of `History`,
    `ModelCheckpoint` and all others. In a loop of one's own
    `monitor.run_actions()` returns the reason.

    It is not stopped by a finding from before the training, nor by one that
    `Restore` or `Skip` has put right.

    Several workers (`tf.distribute`) find the same and stop after the same
    step, if all have this action; in a training loop of your own, if all ask
    after the same steps.

    Args:
        *signs: Names of signs; by default `"nonfinite"`, after which a run
            does not recover; what other signs find may pass.

    Raises:
        TypeError: If a name is not a string.
    """

    name = "stop"
    order = 2

    def __init__(self, *signs: str) -> None:
        for sign in signs:
            require(
                isinstance(sign, str) and bool(sign),
                "`signs` must be names of signs.",
                signs=sign,
            )
        self.signs = signs or ("nonfinite",)

    def awaits(self) -> tuple[str, ...]:
        """The signs that it was given."""
        return self.signs

    def act(self, run: Run) -> Iterator[ActionRecord]:
        """Stops once, for the gravest finding."""
        found = run.open(self.signs)
        if not found or run.stopped:
            return
        first = found[0]
        run.stop(f"{first.sign} at {first.target}: {first.explanation}")
        yield ActionRecord(
            self.name,
            run.step,
            f"Stopped the training at step {run.step}: `{first.sign}` at "
            f"`{first.target}` since step {first.first_step}.",
            target=first.target,
        )
