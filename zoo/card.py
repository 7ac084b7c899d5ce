"""The card of a preset: Markdown, with Hugging Face's metadata on top."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import yaml

from zoo.cells import CELLS
from zoo.numbers import mean_and_spread, short
from zoo.preset import Preset
from zoo.published import beside
from zoo.recipe import Recipe
from zoo.result import Result
from zoo.results import at_first_step
from zoo.selection import recipe_of
from zoo.summary import Summary
from zoo.variants import VARIANTS


def card(preset: Preset) -> str:
    """All that is known of a preset.

    Args:
        preset: What to tell of.
    """
    summary = preset.summary
    parts = (
        _title(summary),
        _task(summary),
        _results(summary),
        _findings(summary),
        _use(summary),
        _recipe(summary.recipe),
        _published(summary.recipe),
    )
    head = yaml.safe_dump(
        metadata(summary), sort_keys=False, allow_unicode=True, width=1000
    )
    return f"---\n{head}---\n" + "".join(
        f"\n{part}\n" for part in parts if part
    )


def metadata(summary: Summary) -> dict[str, Any]:
    """The card's metadata as Hugging Face reads them."""
    recipe, median = summary.recipe, summary.median
    task = {"type": "other", "name": f"{recipe.task} (sequence modelling)"}
    dataset = {
        "type": recipe.task,
        "name": f"{recipe.task}, version {recipe.task_version}, "
        f"{recipe.length} steps",
        "split": "test",
    }
    seeds = len(summary.results)
    metrics = [
        {
            "type": median.metric,
            "name": f"test {median.metric}, shipped seed {median.seed}",
            "value": _value(median.test),
        },
        {
            "type": median.metric,
            "name": f"test {median.metric}, mean of {seeds} seeds",
            "value": _value(summary.mean),
        },
    ]
    return {
        "license": "apache-2.0",
        "library_name": "keras",
        "tags": ["keras", "rnn", recipe.cell, recipe.task, summary.verdict],
        "model-index": [
            {
                "name": summary.name,
                "results": [
                    {"task": task, "dataset": dataset, "metrics": metrics}
                ],
            }
        ],
    }


def explanation(summary: Summary) -> str:
    """Why the shipped model has not solved the task, in a sentence or two."""
    sign = summary.sign
    if sign is None:
        return "kgrad saw no sign of a gradient problem in it."
    where = f" in `{sign.layer}`" if sign.layer else ""
    since = f"`{sign.sign}`{where}, since step {sign.first_step}"
    return f"The sign that explains it: {since}. {sign.explanation}".rstrip()


def _title(summary: Summary) -> str:
    recipe = summary.recipe
    cell = CELLS[recipe.cell].title
    lines = [
        f"# {summary.name}",
        "",
        f"{cell} with {recipe.units} units, {recipe.variant} (remedy: "
        f"{VARIANTS[recipe.variant].remedy}), a baseline of kgrad's zoo.",
        "",
        f"**Verdict: {summary.verdict}.**",
    ]
    if summary.verdict != "solved":
        lines[-1] += f" {explanation(summary)}"
    return "\n".join(lines)


def _task(summary: Summary) -> str:
    task, median = summary.task, summary.median
    order = "from" if task.higher_is_better else "below"
    return (
        f"## Task\n\n{task.definition}\n\n"
        f"`{task.name}`, version {summary.recipe.task_version}, "
        f"{summary.recipe.length} steps. Metric: {median.metric} on test "
        f"data that no training sees; guessing gives {short(median.chance)}, "
        f"it counts as solved {order} {short(median.solved)}.\n\n"
        f"Source: {task.source}."
    )


def _results(summary: Summary) -> str:
    seeds = len(summary.results)
    shipped = summary.median.seed
    rows = [
        (
            f"{result.seed}{' (shipped)' if result.seed == shipped else ''}",
            f"{result.test:.6g}",
            short(result.validation),
            short(result.train),
            result.verdict,
            result.horizon or "-",
            result.epochs,
            f"{result.seconds:.0f}",
        )
        for result in summary.results
    ]
    head = (
        "seed",
        f"test {summary.median.metric}",
        "validation",
        "training",
        "verdict",
        "horizon",
        "epochs",
        "seconds",
    )
    return (
        "## Results\n\n"
        f"{mean_and_spread(summary.mean, summary.spread)} (mean and standard "
        f"deviation of {seeds} seeds); {summary.solved} of {seeds} solved. "
        f"The weights are those of the median seed, {shipped}, after its last "
        f"epoch.\n\n{markdown_table(head, rows)}\n\n"
        "Horizon: time steps back for which the gradient is above 1 % of its "
        f"largest, when last looked at.{_longer(summary.median)}"
    )


def _longer(result: Result) -> str:
    """What the shipped model does with samples of other lengths."""
    if not result.longer:
        return ""
    values = ", ".join(
        f"{short(value)} for {length}"
        for length, value in result.longer.items()
    )
    return (
        "\n\nThe shipped model on sequences of other lengths, by number of "
        f"steps: {result.metric} {values}."
    )


def _findings(summary: Summary) -> str:
    lines = [
        f"- seed {result.seed}: {_signs(result)}" for result in summary.results
    ]
    return "## What kgrad saw in training\n\n" + "\n".join(lines)


def _signs(result: Result) -> str:
    first = {sign.sign: sign for sign in reversed(result.findings)}
    told = [
        f"{at_first_step(sign)} (`{sign.target}`)"
        for sign in reversed(first.values())
    ]
    return ", ".join(told) or "nothing"


def _use(summary: Summary) -> str:
    seeds = " ".join(str(result.seed) for result in summary.results)
    recipe = summary.recipe
    ours = recipe_of(summary.name, seed=recipe.seed)
    same = replace(ours, versions=recipe.versions) == recipe
    # A recipe of one's own is in the folder that the card is in.
    train, name = (summary.name,) * 2 if same else ("recipe.json", ".")
    size = f"{recipe.test_size}, length={recipe.length}"
    return f"""## Use

```python
import zoo

model = zoo.load("{name}")
x, y = zoo.task("{recipe.task}").data("test", {size})
model.evaluate(x, y)
```

The commands behind every number here, the first trains anew, the second
measures the weights again:

```console
python -m zoo train {train} --seeds {seeds}
python -m zoo evaluate {name}
```"""


def _recipe(recipe: Recipe) -> str:
    values = {k: v for k, v in asdict(recipe).items() if k != "versions"}
    rows = [(f"`{name}`", f"`{value}`") for name, value in values.items()]
    versions = ", ".join(f"{k} {v}" for k, v in recipe.versions.items())
    rate = (
        "The learning rate falls to zero over the run, so that weights, and "
        "the statistics of any batch normalisation, come to rest."
        if recipe.decay
        else "The learning rate is the same throughout."
    )
    return (
        f"## Recipe\n\n{markdown_table(('field', 'value'), rows)}\n\n"
        f"{rate} Trained with {versions}."
    )


def _published(recipe: Recipe) -> str:
    lines = [f"- {each}" for each in beside(recipe)]
    if not lines:
        return ""
    return "## Published for this task and cell\n\n" + "\n".join(lines)


def markdown_table(
    head: Sequence[object], rows: Iterable[Sequence[object]]
) -> str:
    """A table in Markdown, without a line break at its end."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _value(value: float) -> float | str:
    return value if math.isfinite(value) else "NaN"
