"""Makes the README's pictures of the tab: `python -m tests.pictures RUNS`.

From the runs of `make demo`: SimpleRNN, which fails, against LSTM, which does
not. They are taken in a real browser, from a real TensorBoard.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.tensorboard_tab.browser import ROOT, Tab, chromium, server

FOLDER = ROOT / "examples" / "pictures"
RNN, LSTM = "temporal_order/simple_rnn-base", "temporal_order/lstm-base"
PICTURES = {
    "tab-compare.png": {"view": "compare", "runs": json.dumps([RNN, LSTM])},
    "tab-story.png": {"view": "story", "run": RNN},
}


def main(runs: str) -> None:
    """Takes every picture.

    Args:
        runs: The folder that `python -m zoo compare temporal_order` filled.
    """
    for name in (RNN, LSTM):
        if not Path(runs, name).is_dir():
            sys.exit(f"There is no run {Path(runs, name)}: run `make demo`.")
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.pictures RUNS")
    main(sys.argv[1])
