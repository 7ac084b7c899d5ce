"""How TensorBoard's custom scalars tab groups the curves of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from tensorboard.plugins.custom_scalar.layout_pb2 import (
    Category,
    Chart,
    Layout,
    MultilineChartContent,
)

from kgrad.records import Target
from kgrad.report.labels import labels
from kgrad.reporters.tensorboard.run_curves import ACTIVITY, TIME, epoch_tag
from kgrad.reporters.tensorboard.target_curves import CURVES
from kgrad.reporters.tensorboard.texts import UPDATES


def custom_scalars(targets: Sequence[Target], tags: Collection[str]) -> Layout:
    """Categories for training, whole model, time, activity and each layer.

    Mean and maximum of a statistic share a chart, and so do the variables
    of a layer, the gates of a variable, and a metric with its validation.
    No tag is referred to that does not exist.
    """
    short = labels(targets)
    whole = [t for t in targets if not t.layer]
    categories: dict[str, Iterable[Chart]] = {
        "training": _training(tags),
        "whole model": _charts(whole, short, tags),
        "through time": _sampled("time", TIME, tags),
        "activity": _sampled("units", ACTIVITY, tags),
    }
    found = [Category(title=t, chart=c) for t, c in categories.items()]
    for layer in dict.fromkeys(t.layer for t in targets if t.layer):
        own = [t for t in targets if t.layer == layer]
        title = short[own[0].name].rpartition("/")[0] or layer
        charts = list(_charts([t for t in own if not t.gate], short, tags))
        for role in dict.fromkeys(t.role for t in own if t.gate):
            gates = [t for t in own if t.gate and t.role == role]
            charts += _charts(gates, short, tags, f", gates of {role}")
        found.append(Category(title=title, chart=charts))
    return Layout(category=[c for c in found if c.chart])


def _training(tags: Collection[str]) -> Iterator[Chart]:
    metrics = dict.fromkeys(
        tag.removeprefix("epoch/").removeprefix("val_")
        for tag in tags
        if tag.startswith("epoch/")
    )
    for metric in metrics:
        yield from _chart(
            metric, [epoch_tag(metric), epoch_tag(f"val_{metric}")], tags
        )
    yield from _chart("loss by window", ["batch/loss", "batch/loss_max"], tags)
    for name in ("learning_rate", "skipped_steps"):
        yield from _chart(name.replace("_", " "), [f"batch/{name}"], tags)
    counts = [tag for tag in tags if tag.startswith(f"{UPDATES}/")]
    yield from _chart("updates that actions affected", counts, tags)


def _sampled(
    group: str, names: Collection[str], tags: Collection[str]
) -> Iterator[Chart]:
    """A chart for each number, with all layers in it.

    None is named: TensorBoard shows charts of several runs as one only if
    they are equal, and runs that are compared have different layers.
    """
    for name in names:
        prefix = f"{group}/{name}/"
        if any(tag.startswith(prefix) for tag in tags):
            yield _multiline(name.replace("_", " "), [f"^{prefix}"])


def _charts(
    targets: Sequence[Target],
    short: dict[str, str],
    tags: Collection[str],
    suffix: str = "",
) -> Iterator[Chart]:
    for curve in CURVES:
        wanted = [
            tag for target in targets for tag in curve.tags(short[target.name])
        ]
        title = curve.group.replace("_", " ") + suffix
        yield from _chart(title, wanted, tags)


def _chart(
    title: str, wanted: Sequence[str], tags: Collection[str]
) -> Iterator[Chart]:
    """The chart, unless it would be empty."""
    found = [f"^{re.escape(tag)}$" for tag in wanted if tag in tags]
    if found:
        yield _multiline(title, found)


def _multiline(title: str, patterns: Sequence[str]) -> Chart:
    return Chart(title=title, multiline=MultilineChartContent(tag=patterns))
