"""What remedies did to the models of the zoo, on each of its tasks.

Of a task that many models were trained on, their results say more than runs
of other tasks in the clinic. `zoo.pretrained.on_tasks` counts them.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from kgrad.records import schema
from kgrad.remedies.evidence import Evidence

FILE = "on_tasks.json"

_OF_THE_ZOO = {"task", "cell", "variant", "learning_rate", "seed"}


@cache
def load() -> Mapping[tuple[str, str], Mapping[str, Evidence]]:
    """By task and cell: what a change of the model did there, by remedy."""
    file = importlib.resources.files("kgrad.remedies") / FILE
    form: Any = Mapping[str, Mapping[str, Mapping[str, Evidence]]]
    content = schema.read(form, json.loads(file.read_text(encoding="utf-8")))
    return {
        (task, cell): remedies
        for task, cells in content.items()
        for cell, remedies in cells.items()
    }


def on_task(hparams: Mapping[str, object]) -> Mapping[str, Evidence]:
    """What is known of the task of a run, by remedy; nothing of most runs.

    Args:
        hparams: Of the run. Those of a model of the zoo, without any remedy
            as yet, name its task and its cell.
    """
    if not hparams.keys() >= _OF_THE_ZOO or hparams["variant"] != "base":
        return {}
    return load().get((str(hparams["task"]), str(hparams["cell"])), {})
