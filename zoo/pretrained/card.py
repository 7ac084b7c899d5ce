"""The card of a preset: Markdown, with Hugging Face's metadata on top."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.pretrained.preset import Preset
from zoo.recipe import Recipe
from zoo.results.published import published_for
from zoo.results.tables import at_first_step, levels
from zoo.results.text import markdown_table, mean_and_spread, short
from zoo.runs.result import Result
from zoo.runs.summary import Summary
from zoo.selection import recipe_of


def card(preset: Preset) -> str:
    """Everything that is known about a preset, as Markdown.

    Args:
        preset: The preset.
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
    head = "\n".join(_yaml(metadata(summary)))
    return f"---\n{head}\n---\n" + "".join(
        f"\n{part}\n" for part in parts if part
    )


def metadata(summary: Summary) -> dict[str, Any]:
    """The card's metadata in the form that Hugging Face reads."""
    recipe, median = summary.recipe, summary.median
    task = {"type": "other", "name": f"{recipe.task} (sequence modeling)"}
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
    finding = summary.main_finding
    if finding is None:
        return "kgrad found no sign of a gradient problem."
    where = f" in `{finding.layer}`" if finding.layer else ""
    since = f"`{finding.sign}`{where}, since step {finding.first_step}"
    return f"What explains it: {since}. {finding.explanation}".rstrip()


def _title(summary: Summary) -> str:
    recipe = summary.recipe
    cell = CELLS[recipe.cell].title
    lines = [
        f"# {summary.name}",
        "",
        f"{cell} with {recipe.units} units, {recipe.variant} (remedy: "
        f"{VARIANTS[recipe.variant].remedy}), a reference model of kgrad's "
        "zoo.",
        "",
        f"**Verdict: {summary.verdict}.**",
    ]
    if summary.verdict != "solved":
        lines[-1] += f" {explanation(summary)}"
    return "\n".join(lines)


def _task(summary: Summary) -> str:
    task = summary.task
    return (
        f"## Task\n\n{task.definition}\n\n"
        f"`{task.name}`, version {summary.recipe.task_version}, "
        f"{summary.recipe.length} steps. Metric: {task.metric} on test data "
        f"that are never trained on; {levels(task)}.\n\n"
        f"Source: {task.source}."
    )


def _results(summary: Summary) -> str:
    seeds, recipe = len(summary.results), summary.recipe
    shipped = summary.median.seed
    rows = [
        (
            f"{result.seed}{' (shipped)' if result.seed == shipped else ''}",
            f"{result.test:.6g}",
            short(result.validation) if recipe.validation_size else "-",
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
        "Horizon: how many time steps back the gradient stays above 1% of "
        f"its maximum, when last measured.{_longer(summary.median)}"
    )


def _longer(result: Result) -> str:
    """What the shipped model does with samples of other lengths."""
    if not result.longer:
        return ""
    values = ", ".join(
        f"{short(value)} with {length}"
        for length, value in result.longer.items()
    )
    return (
        f"\n\nThe {result.metric} of the shipped model on sequences of other "
        f"lengths: {values} steps."
    )


def _findings(summary: Summary) -> str:
    lines = [
        f"- seed {result.seed}: {_signs(result)}" for result in summary.results
    ]
    return "## What kgrad found in training\n\n" + "\n".join(lines)


def _signs(result: Result) -> str:
    first = {each.sign: each for each in reversed(result.findings)}
    seen = [
        f"{at_first_step(each)} (`{each.target}`)"
        for each in reversed(first.values())
    ]
    return ", ".join(seen) or "nothing"


def _use(summary: Summary) -> str:
    seeds = " ".join(str(result.seed) for result in summary.results)
    recipe = summary.recipe
    ours = recipe_of(summary.name, seed=recipe.seed)
    same = replace(ours, versions=recipe.versions) == recipe
    # A recipe that is not the zoo's is in the same folder as the card.
    train, name = (summary.name,) * 2 if same else ("recipe.json", ".")
    size = f"{recipe.test_size}, length={recipe.length}"
    return f"""## Use

```python
import zoo

model = zoo.load("{name}")
x, y = zoo.task("{recipe.task}").data("test", {size})
model.evaluate(x, y)
```

The commands behind these numbers; the first trains the model again, the
second evaluates the weights again:

```console
python -m zoo train {train} --seeds {seeds}
python -m zoo evaluate {name}
```"""


def _recipe(recipe: Recipe) -> str:
    rows = [
        (f"`{name}`", f"`{value}`")
        for name, value in vars(recipe).items()
        if name != "versions"
    ]
    versions = ", ".join(f"{k} {v}" for k, v in recipe.versions.items())
    rate = (
        "The learning rate falls to zero over the run, so that the weights, "
        "and the statistics of any batch normalization, come to rest."
        if recipe.decay
        else "The learning rate is constant."
    )
    return (
        f"## Recipe\n\n{markdown_table(('field', 'value'), rows)}\n\n"
        f"{rate} Trained with {versions}."
    )


def _published(recipe: Recipe) -> str:
    lines = [f"- {each}" for each in published_for(recipe)]
    if not lines:
        return ""
    return "## Published for this task\n\n" + "\n".join(lines)


def _value(value: float) -> float | str:
    return value if math.isfinite(value) else "NaN"


def _yaml(value: Any, key: str = "") -> Iterator[str]:
    """The lines of a value in YAML, of which a card needs but a little."""
    if isinstance(value, dict):
        if key:
            yield key
        indent = "  " if key else ""
        for name, item in value.items():
            yield from (indent + line for line in _yaml(item, f"{name}:"))
    elif isinstance(value, list):
        yield key
        for item in value:
            first, *rest = _yaml(item)
            yield from (f"- {first}", *(f"  {line}" for line in rest))
    else:
        plain = isinstance(value, str) and _PLAIN.fullmatch(value)
        text = value if plain else json.dumps(value)
        # YAML takes 1e-05 for text, and 1.0e-05 for a number.
        if isinstance(value, float) and "." not in text:
            text = text.replace("e", ".0e")
        yield f"{key} {text}".lstrip()


_PLAIN = re.compile(r"[A-Za-z][\w ,()/.-]*")
"""Text that YAML takes for text without quotes."""
