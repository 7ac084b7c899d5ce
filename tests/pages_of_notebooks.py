"""Makes the pages of the notebooks: `python -m tests.pages_of_notebooks`.

Each notebook of `examples/` is run, and becomes a page with what it printed and
drew: `docs/notebooks/NAME.md`. It needs `pip install ".[notebooks]"`.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from playwright.sync_api import Page

from tests.pictures_of_signs import FOLDER, WIDTH, take
from tests.tensorboard_tab.browser import ROOT, chromium

PAGES = ROOT / "docs" / "notebooks"
FIGURE = "application/vnd.plotly.v1+json"

_NO_TEXT = re.compile(
    r"\x1b\[[\d;]*m|<IPython\.[\w.]+ object>\n?| - \d+s - \d+ms/step| +$", re.M
)
"""Colors of a terminal, what stands for HTML, and how busy the machine was."""

_LINES = 24
"""Of what a cell prints, so many lines are shown."""


def main(wanted: list[str]) -> None:
    """Runs notebooks, and writes their pages.

    Args:
        wanted: Their names; all of them if there are none.
    """
    files = sorted((ROOT / "examples").glob("*.ipynb"))
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 400})
        for file in files:
            if not wanted or file.stem in wanted:
                write(file.stem, executed(file), page)
                print(PAGES / f"{file.stem}.md")


def executed(file: Path) -> Mapping[str, Any]:
    """A notebook with its outputs, run in an empty folder."""
    import nbclient
    import nbformat

    os.environ["PYTHONPATH"] = str(ROOT)
    content = nbformat.read(file, 4)
    with tempfile.TemporaryDirectory() as folder:
        place = {"metadata": {"path": folder}}
        nbclient.NotebookClient(content, timeout=300, resources=place).execute()
    done: Mapping[str, Any] = content
    return done


def write(name: str, notebook: Mapping[str, Any], page: Page) -> None:
    """Writes the page of a notebook that was run.

    Args:
        name: Of the notebook.
        notebook: As Jupyter stores it.
        page: Of a browser, to draw figures in.
    """
    PAGES.mkdir(exist_ok=True)
    for old in FOLDER.glob(f"notebook-{name}-*.png"):
        old.unlink()
    parts = list(_parts(name, notebook, page))
    origin = f"This is `examples/{name}.ipynb`, with what it gave."
    title, _, text = parts[0].partition("\n")
    whole = "\n\n".join([title, origin, text.strip(), *parts[1:]])
    (PAGES / f"{name}.md").write_text(f"{whole}\n", encoding="utf-8")


def _parts(name: str, notebook: Mapping[str, Any], page: Page) -> Iterator[str]:
    drawn = 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).strip()
        if cell["cell_type"] == "markdown":
            yield source
            continue
        yield f"```py\n{source}\n```"
        printed = ""
        for output in cell["outputs"]:
            data = output.get("data", {})
            if FIGURE in data:
                drawn += 1
                picture = f"notebook-{name}-{drawn}.png"
                figure = go.Figure(data[FIGURE], skip_invalid=True)
                take(page, figure, FOLDER / picture)
                title = figure.layout.title.text
                yield f"![{title}](../pictures/{picture})"
            elif output.get("name") != "stderr":
                text = output.get("text", data.get("text/plain", ""))
                printed += "".join(text).rstrip() + "\n"
        if printed.strip():
            lines = _NO_TEXT.sub("", printed).strip("\n").splitlines()
            more = ["..."] * (len(lines) > _LINES)
            yield "\n".join(["```text", *lines[:_LINES], *more, "```"])


if __name__ == "__main__":
    main(sys.argv[1:])
