"""Makes the pictures of signs: `python -m tests.pictures_of_signs [SIGN ...]`.

Each is of a run of the clinic that has the sign, trained here, drawn by
`kgrad.figures` and taken in a real browser. What kgrad says of the run goes
into `runs.json`, so that the pages quote the run that they show.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
from playwright.sync_api import Page
from plotly.offline import get_plotlyjs

import kgrad
from kgrad import figures
from tests.tensorboard_tab.browser import ROOT, chromium
from zoo.clinic.cases import CASES
from zoo.clinic.examination import fit

FOLDER = ROOT / "docs" / "pictures"
RUNS = FOLDER / "runs.json"

WIDTH = 840
"""Of a picture, in pixels; pages are about as wide."""


@dataclass(frozen=True)
class Drawn:
    """Which run shows a sign, and by which figure of `kgrad.figures`."""

    case: str
    figure: str = "story"
    choices: Mapping[str, str] = field(default_factory=dict)
    every: int = 50


def _parameters(case: str, statistic: str) -> Drawn:
    return Drawn(case, "parameters", {"statistic": statistic})


DRAWN = {
    "labels": Drawn("split_of_sorted/dense"),
    "output_and_loss": Drawn("sigmoid_for_numbers/dense", "data"),
    "targets": Drawn("targets_far_from_zero/dense", "data"),
    "inputs": Drawn("one_feature_of_another_scale/gru", "data"),
    "nonfinite": _parameters("nan_in_data/lstm-nan", "gradient_norm"),
    "exploding": _parameters("cliff/order50-sgd0.1-50", "gradient_norm"),
    "large_updates": _parameters("rate_too_large/rnn-adam", "update_ratio"),
    "vanishing": _parameters("sigmoid_stack/dense-8", "gradient_norm"),
    "dead_units": Drawn("dead_rate/dense-adam-2", "activity", every=10),
    "saturation": Drawn("huge_init/rnn-3", "activity", every=10),
    "small_updates": _parameters("rate_too_small/dense-adam", "update_ratio"),
    "behavior": _parameters("no_gradient_below/sign", "gradient_norm"),
    "oscillation": Drawn("swinging/clouds"),
    "plan": Drawn("moving_statistics/dense"),
    "overfitting": Drawn("too_few/lstm"),
    "unfinished_training": Drawn("stopped_while_falling/conv"),
    "slow_progress": Drawn("plateau/parity-rnn"),
}
"""By sign; what is seen through time, too, is in `_TIME`."""

_TIME = {
    "vanishing": Drawn("long_memory/order60-glorot", "time_map", every=10),
    "exploding": Drawn("huge_init/rnn-3", "time_map", every=10),
}


def main(wanted: list[str]) -> None:
    """Trains the runs and draws them.

    Args:
        wanted: Signs; all of them if there are none.
    """
    unknown = set(wanted) - DRAWN.keys()
    if unknown:
        sys.exit(f"There is no sign {sorted(unknown)}: {', '.join(DRAWN)}.")
    told = json.loads(RUNS.read_text()) if RUNS.exists() else {}
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 400})
        for sign in wanted or DRAWN:
            told[sign] = _draw(page, sign, DRAWN[sign])
            if sign in _TIME:
                told[f"{sign}_in_time"] = _draw(
                    page, f"{sign}_in_time", _TIME[sign]
                )
    ordered = {name: told[name] for name in sorted(told)}
    RUNS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


def _draw(page: Page, sign: str, drawn: Drawn) -> dict[str, Any]:
    """Draws a run, and returns what is said of it.

    Args:
        page: Of a browser.
        sign: The sign, or the rule of it, that is shown.
        drawn: Which run, and how.
    """
    name = f"sign-{sign}.png"
    with tempfile.TemporaryDirectory() as folder:
        monitor = _trained(drawn, folder)
        # It is read from the folder.
        history, findings = monitor.history, monitor.findings
    figure = getattr(figures, drawn.figure)(history, **drawn.choices)
    take(page, figure, FOLDER / name)
    found = [f for f in findings if sign in (f.rule, f.sign)]
    if not found:
        seen = sorted({f.sign for f in findings})
        sys.exit(f"{drawn.case} does not show {sign}, but {seen}.")
    finding, size = found[0], (FOLDER / name).stat().st_size
    print(f"{name}: {size / 1000:.0f} kB. {finding.explanation}")
    return {
        "case": drawn.case,
        "steps": int(history.steps[-1]),
        "sentence": finding.explanation,
        "value": finding.value,
        "limit": finding.limit,
        "remedy": finding.remedies[0].name,
        "code": finding.remedies[0].code,
    }


def _trained(drawn: Drawn, folder: str) -> kgrad.GradientMonitor:
    """Watches a case, trained as the clinic does."""
    case = CASES[drawn.case]
    keras.utils.clear_session()
    keras.utils.set_random_seed(case.seed % 2**32)
    model = case.build()
    monitor = kgrad.GradientMonitor(
        folder,
        reporters=[],
        chance=case.chance,
        lag=case.lag or None,
        time_every=drawn.every,
    )
    fit(case, model, [monitor])
    return monitor


def take(page: Page, figure: Any, file: Path) -> None:
    """Draws a figure in the page, and takes its picture."""
    page.set_content(
        "<body style='margin: 0; background: #fff'><div id='figure'></div>"
        f"<script>{get_plotlyjs()}</script></body>"
    )
    height = page.evaluate(
        """async (json) => {
          const {data, layout} = JSON.parse(json);
          layout.width = window.innerWidth;
          await Plotly.newPlot("figure", data, layout, {staticPlot: true});
          return layout.height;
        }""",
        figure.to_json(),
    )
    page.set_viewport_size({"width": WIDTH, "height": int(height)})
    page.wait_for_timeout(300)
    page.screenshot(path=file)


if __name__ == "__main__":
    main(sys.argv[1:])
