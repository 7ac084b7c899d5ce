"""The process ends, in ways that nobody planned."""

from __future__ import annotations

import os
import signal

from kgrad.signs import Sign
from tests.faults.fault import NOTHING, ONE_WINDOW, fault, require
from tests.faults.scene import Outcome, Scene
from tests.faults.training import STEPS, WINDOW, at, fit


def _signalled(scene: Scene, number: int, **judged: object) -> Outcome:
    """From outside, at any moment of a step."""
    child = scene.start(lambda: fit(scene.folder))
    scene.wait_for_step(scene.step)
    os.kill(child, number)
    status = scene.wait(child)
    outcome = scene.judge(**judged)  # type: ignore[arg-type]
    # It may be in a step, or at its end.
    require(outcome, status in (-number, 0, 1), f"it ended with {status}")
    return outcome


@fault("SIGKILL", ONE_WINDOW)
def kill(scene: Scene) -> Outcome:
    return _signalled(scene, signal.SIGKILL, damage=None)


@fault("SIGKILL, `steps_per_execution=5`", "at most two windows are lost")
def kill_five_at_a_time(scene: Scene) -> Outcome:
    from tests.faults.training import build

    child = scene.start(
        lambda: fit(scene.folder, model=build(steps_per_execution=5))
    )
    scene.wait_for_step(scene.step)
    os.kill(child, signal.SIGKILL)
    scene.wait(child)
    # What is under way is five steps, of which the count knows nothing.
    outcome = scene.judge(made=scene.made, missing=2 * WINDOW, damage=None)
    outcome.wrong = [w for w in outcome.wrong if "was never made" not in w]
    return outcome


@fault("SIGTERM", ONE_WINDOW)
def terminate(scene: Scene) -> Outcome:
    return _signalled(scene, signal.SIGTERM, damage=None)


@fault("Ctrl-C", ONE_WINDOW)
def interrupt(scene: Scene) -> Outcome:
    return _signalled(scene, signal.SIGINT)


@fault("`os._exit` in a callback", ONE_WINDOW)
def leave(scene: Scene) -> Outcome:
    scene.train(lambda: fit(scene.folder, at(scene.step, lambda: os._exit(7))))
    return scene.judge()


@fault("`os.abort`, as a crash in native code", ONE_WINDOW)
def abort(scene: Scene) -> Outcome:
    status = scene.train(lambda: fit(scene.folder, at(scene.step, os.abort)))
    outcome = scene.judge()
    require(outcome, status == -signal.SIGABRT, f"it ended with {status}")
    return outcome


@fault("`sys.exit` in a callback", NOTHING)
def leave_politely(scene: Scene) -> Outcome:
    def end() -> None:
        raise SystemExit(3)

    scene.train(lambda: fit(scene.folder, at(scene.step, end)))
    return scene.judge(missing=0)


class _Interrupted(Sign):
    """Ctrl-C comes while a window is looked at."""

    name = "interrupted"
    description = "on purpose"

    def __init__(self, step: int) -> None:
        self.step = step

    def update(self, snapshot: object) -> None:
        steps = getattr(snapshot, "steps", ())
        if len(steps) and steps[-1] >= self.step:
            self.step = STEPS + 1
            raise KeyboardInterrupt

    @property
    def findings(self) -> tuple[()]:
        return ()


@fault("Ctrl-C while a window is read", NOTHING)
def interrupt_the_drain(scene: Scene) -> Outcome:
    scene.train(
        lambda: fit(scene.folder, watched={"signs": [_Interrupted(scene.step)]})
    )
    return scene.judge(missing=0)


@fault("the training process forks, the child ends first", NOTHING)
def fork(scene: Scene) -> Outcome:
    """The child runs its exit functions, as one of `multiprocessing` may."""

    def split() -> None:
        import atexit

        if child := os.fork():
            os.waitpid(child, 0)
        else:
            atexit._run_exitfuncs()
            os._exit(0)

    scene.train(lambda: fit(scene.folder, at(scene.step, split)))
    outcome = scene.judge(missing=0)
    require(outcome, scene.made == STEPS, "training did not continue")
    return outcome
