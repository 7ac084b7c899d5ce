"""Gradients that grow on their way back through time."""

from __future__ import annotations

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Snapshot
from kgrad.records.numbers import number
from kgrad.signs.base import Sign, merged, require_positive
from kgrad.signs.exploding import Exploding
from kgrad.signs.through_time import length, profiles_of_memory, target_of


class ExplodingInTime(Sign):
    """||dL/dh_t|| is far larger at an early step than at the last.

    It shows before the loss does: a recurrent step that stretches a
    gradient by 1.3 makes it 10^5 times as long over 50 steps. A model that
    learns all the same, thanks to clipping for instance, is not ill. But where
    the recurrence began far too large, as no usual initializer makes it, what
    is not learned yet is not learned because of it.

    Args:
        growth: Largest norm of a profile over that at its last step; those
            of healthy models are below 10.
        stretched: Size of the first recurrent kernel, in that of an orthogonal
            one, from which on only a solved task is an excuse. That of He's,
            for relu, is 1.4.

    References:
        Pascanu, Mikolov, Bengio: On the difficulty of training recurrent
        neural networks, 2013, arXiv:1211.5063, section 2.1.
    """

    name = Exploding.name
    rule = "exploding_in_time"
    description = "gradients that grow on their way back through time"
    needs = frozenset({"weight_norm"})
    rank = Exploding.rank
    follows = Exploding.follows

    def __init__(self, *, growth: float = 1e3, stretched: float = 2.0) -> None:
        require_positive(growth=growth, stretched=stretched)
        self.growth, self.stretched = growth, stretched
        self._found: dict[str, Finding] = {}
        self._stretched: set[str] = set()

    def update(self, snapshot: Snapshot) -> None:
        """Looks at every profile that comes."""
        for profile in profiles_of_memory(snapshot):
            if not profile.growth >= self.growth:
                continue
            name = target_of(profile.layer, snapshot.targets)
            decades = number(-profile.decay, 2)
            scale = self.state.weight_scale
            stretches = scale.stretches(profile.layer)
            if scale.stretches(profile.layer, self.stretched):
                self._stretched.add(name)
            finding = self.finding(
                name,
                (profile.step, profile.step),
                profile.growth,
                self.growth,
                f"the gradient grew {number(profile.growth)}-fold on its way "
                f"back through {length(profile)} steps of "
                f"`{profile.layer.rpartition('/')[2]}` at step {profile.step}",
                _remedies(snapshot.setup, profile.layer, stretches),
                details=f"That is {decades} decades per step.",
            )
            self._found[name] = merged(self._found.get(name), finding)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One per recurrent layer, unless the model learned."""
        progress = self.state.progress
        if progress.solved:
            return ()
        return tuple(
            finding
            for name, finding in self._found.items()
            if not progress.learned or name in self._stretched
        )


def _remedies(setup: Setup, name: str, stretches: bool) -> tuple[Remedy, ...]:
    """A recurrence that began by stretching gradients is mended at its root."""
    layer = remedies.layer_of(setup, name)
    if layer is None or layer.class_name != "SimpleRNN":
        return remedies.smaller_steps(setup)
    bounded = remedies.bounded_recurrence(layer)
    gated = remedies.gated_cell(layer)
    if stretches:
        return (bounded, *remedies.smaller_steps(setup), gated)
    return (*remedies.smaller_steps(setup), bounded, gated)
