"""Short names of targets and layers, and text made safe for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kgrad.records import Sample, Target
from kgrad.storage.history import RunHistory


def labels(targets: Sequence[Target]) -> dict[str, str]:
    """Layer and role of each target, by its name.

    `sequential/lstm/lstm_cell/kernel[f]` becomes `lstm/kernel[f]`: the model
    is the same for all, and a layer has one cell. So runs of models that
    Keras named differently share their tags. Where two targets would get
    the same label, both keep their names.

    Args:
        targets: All targets of a run.
    """
    shared = _shared_prefix([t.layer for t in targets if t.layer])
    short = {t.name: _label(t, shared) for t in targets}
    count = Counter(short.values())
    return {
        name: label if count[label] == 1 else name
        for name, label in short.items()
    }


def layer_labels(
    targets: Sequence[Target], samples: Iterable[Sample]
) -> dict[str, str]:
    """The short name of each layer of the run, by its path.

    Args:
        targets: All targets of the run: a layer is called here as there.
        samples: What was seen of the layers, of some without a target, too.
    """
    seen = dict.fromkeys(t.layer for t in targets if t.layer)
    for sample in samples:
        for profile in sample.profiles:
            seen[profile.layer] = None
        for activity in sample.activities:
            seen[activity.layer] = None
    shared = _shared_prefix([t.layer for t in targets if t.layer])
    short = {layer: layer.removeprefix(shared) for layer in seen}
    count = Counter(short.values())
    return {
        layer: label if count[label] == 1 else layer
        for layer, label in short.items()
    }


def run_labels(history: RunHistory) -> dict[str, str]:
    """The short name of each target and each layer of a run."""
    targets = history.target_records
    return labels(targets) | layer_labels(targets, history.samples)


def shortened(text: str, labels: Mapping[str, str]) -> str:
    """A sentence in which targets and layers have their short names.

    Args:
        text: Names in it stand between backticks.
        labels: Short names.
    """
    for name, label in labels.items():
        text = text.replace(f"`{name}`", f"`{label}`")
    return text


def printable(text: str) -> str:
    """The text without what a terminal would obey rather than show.

    Control characters, with which a name could move the cursor or change
    colors, and halves of surrogate pairs become `�`; line breaks stay.
    """
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def _label(target: Target, shared: str) -> str:
    if not target.layer:
        return target.name
    layer = target.layer.removeprefix(shared)
    gate = f"[{target.gate}]" if target.gate else ""
    return f"{layer}/{target.role}{gate}"


def _shared_prefix(layers: Sequence[str]) -> str:
    """What all paths begin with, up to a `/`; a layer keeps its own name."""
    if not layers:
        return ""
    parents = [layer.split("/")[:-1] for layer in layers]
    shared = []
    for names in zip(*parents, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "".join(f"{name}/" for name in shared)
