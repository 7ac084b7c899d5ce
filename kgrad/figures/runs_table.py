"""Several runs as rows that a page can sort."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kgrad.report.reach import first_of_memory
from kgrad.signs.metric import judged
from kgrad.storage.history import RunHistory

Cell = str | float | int | list[str] | None


def runs_table(
    histories: Mapping[str, RunHistory], *, dark: bool = False
) -> list[dict[str, Cell]]:
    """What became of each run, a row each, in the order given.

    Rows are plain and fit for JSON. Texts are as the files have them, NOT
    escaped: a page must show them as text.

    Args:
        histories: Name to run.
        dark: Of no effect; all that draws takes it.

    Returns:
        Per run `run`, its name; `task`, `cell` and `variant` as its hparams
        have them, or `""`; `metric`, the name of the metric it is judged
        by, or `""`; `value`, the metric's last value, None if it is not
        finite; `horizon`, in time steps, of the first recurrent layer at
        the last sample, None if it has none; `signs`, names, those of the
        gravest diagnosis first, in each the cause first.
    """
    return [_row(name, history) for name, history in histories.items()]


def _row(name: str, history: RunHistory) -> dict[str, Cell]:
    metric = judged(history.epochs)
    value = history.epochs[-1].logs[metric] if metric else math.nan
    hparams = history.setup.hparams
    return {
        "run": name,
        **{key: str(hparams.get(key, "")) for key in _HPARAMS},
        "metric": metric,
        "value": float(value) if math.isfinite(value) else None,
        "horizon": _horizon(history),
        "signs": list(
            dict.fromkeys(f.sign for d in history.diagnoses for f in d.findings)
        ),
    }


_HPARAMS = ("task", "cell", "variant")


def _horizon(history: RunHistory) -> int | None:
    profile = first_of_memory(history.samples)
    if profile is None or math.isnan(profile.horizon):
        return None
    return int(profile.horizon)
