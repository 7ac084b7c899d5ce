"""Gradients that grow on their way back through time."""

from __future__ import annotations

from kgrad import remedies
from kgrad.records import Finding, Remedy, Setup, Snapshot, TimeProfile
from kgrad.signs.base import Sign, require_positive, worse
from kgrad.signs.metric import Progress
from kgrad.signs.through_time import profiles_of_memory, target_of
from kgrad.signs.weight_scale import WeightScale


class ExplodingInTime(Sign):
    """||dL/dh_t|| is far larger at an early step than at the last.

    It shows before the loss does: a recurrent step that stretches a
    gradient by 1.3 makes it 10^5 times as long over 50 steps. A model that
    learns all the same, by clipping for instance, is not ill.

    Args:
        growth: Largest norm of a profile over that at its last step; those
            of healthy models are below 10.

    References:
        Pascanu, Mikolov, Bengio: On the difficulty of training recurrent
        neural networks, 2013, arXiv:1211.5063, section 2.1.
    """

    name = "exploding"
    description = "gradients that grow on their way back through time"
    needs = frozenset({"weight_norm"})

    def __init__(self, *, growth: float = 1e3) -> None:
        require_positive(growth=growth)
        self.growth = growth
        self._progress = Progress()
        self._found: dict[str, Finding] = {}
        self._scale = WeightScale()

    def update(self, snapshot: Snapshot) -> None:
        """Looks at every profile that comes."""
        self._progress.update(snapshot)
        self._scale.update(snapshot)
        for profile in profiles_of_memory(snapshot):
            if profile.growth >= self.growth:
                name = target_of(profile.layer, snapshot.targets)
                finding = self._finding(profile, name, snapshot.setup)
                self._found[name] = worse(self._found.get(name), finding)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One per recurrent layer, unless the model learned."""
        return () if self._progress.learned else tuple(self._found.values())

    def _finding(
        self, profile: TimeProfile, target: str, setup: Setup
    ) -> Finding:
        layer = profile.layer.rpartition("/")[2]
        return Finding(
            self.name,
            target,
            first_step=profile.step,
            last_step=profile.step,
            value=profile.growth,
            limit=self.growth,
            explanation=(
                f"At step {profile.step} the gradient grew "
                f"{profile.growth:.2g}-fold on its way back through "
                f"{len(profile.norm) * profile.stride} steps of `{layer}`, by "
                f"{-profile.decay:.2g} decades per step."
            ),
            remedies=_remedies(
                setup, profile.layer, self._scale.stretches(profile.layer)
            ),
            clause=(
                f"the gradient grew {profile.growth:.2g}-fold on its way back "
                f"through {len(profile.norm) * profile.stride} steps of "
                f"`{layer}` at step {profile.step}"
            ),
        )


def _remedies(setup: Setup, name: str, stretches: bool) -> tuple[Remedy, ...]:
    """A recurrence that began by stretching gradients is mended at its root."""
    layer = remedies.layer_of(setup, name)
    if layer is None or layer.class_name != "SimpleRNN":
        return remedies.tame(setup)
    bounded = remedies.bounded_recurrence(layer)
    gated = remedies.gated_cell(layer)
    if stretches:
        return (bounded, *remedies.tame(setup), gated)
    return (*remedies.tame(setup), bounded, gated)
