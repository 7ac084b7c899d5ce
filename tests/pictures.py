"""Makes the pictures of the demo and the tab: `python -m tests.pictures RUNS`.

All from the same runs, those of `make demo`: the table that it ends with; and
SimpleRNN, which fails, against GRU, which does not, taken in a real browser
from a real TensorBoard. What was found in these two is in `demo.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.tensorboard_tab.browser import ROOT, Tab, chromium, server
from zoo.cli import console
from zoo.training.processes import Processes

FOLDER = ROOT / "docs" / "pictures"
RNN, GRU = "temporal_order/simple_rnn-base", "temporal_order/gru-base"
PICTURES = {
    "tab-compare.png": {"view": "compare", "runs": json.dumps([RNN, GRU])},
    "tab-story.png": {"view": "story", "run": RNN},
}


def main(runs: str) -> None:
    """Takes every picture.

    Args:
        runs: The folder that `python -m zoo compare temporal_order` filled.
    """
    for name in (RNN, GRU):
        if not Path(runs, name).is_dir():
            sys.exit(f"There is no run {Path(runs, name)}: run `make demo`.")
    recipes = console.demo_grid("temporal_order")
    # All are finished: none is trained again.
    table = str(FOLDER / "demo.svg")
    console.run(recipes, runs, Processes(1), resume=True, picture=table)
    results = {
        name: json.loads(Path(runs, name, "result.json").read_text())
        for name in (RNN, GRU)
    }
    found = {name: told(result) for name, result in results.items()}
    (FOLDER / "demo.json").write_text(json.dumps(found, indent=1) + "\n")
    command = ("-m", "tensorboard.main", "--port", "0", "--logdir")
    folder = str(Path(runs).resolve())
    with server(*command, folder) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        tab = Tab(page, address)
        for name, choices in PICTURES.items():
            tab.open(**choices)
            tab.page.mouse.move(0, 0)
            height = tab.run("() => document.body.scrollHeight")
            page.set_viewport_size({"width": 1200, "height": height + 64})
            page.wait_for_timeout(1000)
            page.screenshot(path=FOLDER / name)
            print(FOLDER / name)
        if tab.complaints:
            sys.exit("\n".join(tab.complaints))


def told(result: dict[str, Any]) -> dict[str, Any]:
    """The metric of a run, and the first step of each sign."""
    return {
        "metric": result["test"],
        "signs": {f["sign"]: f["first_step"] for f in result["findings"]},
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.pictures RUNS")
    main(sys.argv[1])
