"""A history as tables of pandas, which is imported when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from kgrad.history import History


def frame(history: History, statistic: str) -> pd.DataFrame:
    """One statistic: a row for each step, a column for each target.

    Args:
        history: The run.
        statistic: A measure's name, or `"update_ratio"`.

    Raises:
        ImportError: If pandas is not installed.
        KeyError: If the statistic was not measured.
    """
    pandas = _pandas()
    return pandas.DataFrame(
        history[statistic],
        index=pandas.Index(history.steps, name="step"),
        columns=list(history.targets),
    )


def frame_of_all(history: History) -> pd.DataFrame:
    """Every statistic, with columns `(statistic, target)`.

    Args:
        history: The run.

    Raises:
        ImportError: If pandas is not installed.
    """
    names = [measure.name for measure in history.measures]
    if {"update_norm", "weight_norm"} <= set(names):
        names.append("update_ratio")
    return _pandas().concat(
        {name: frame(history, name) for name in names}, axis=1
    )


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            "`to_pandas` requires pandas: `pip install kgrad[pandas]`."
        ) from error
    return pandas
