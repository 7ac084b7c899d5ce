"""Every notebook runs, and nothing of it is lost on a page."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.tensorboard_tab.browser import chromium

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


def executed(notebook: Path, folder: Path) -> Any:
    """The notebook with its outputs."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    content = nbformat.read(notebook, 4)
    nbclient.NotebookClient(
        content,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return content


def converted(content: Any) -> str:
    """What the command in docs/notebooks.md makes of it."""
    nbconvert = pytest.importorskip("nbconvert")
    page = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    options = re.findall(r" --HTMLExporter\.(\w+)=(\S*)", page)
    assert len(options) == 2
    made, _ = nbconvert.HTMLExporter(**dict(options)).from_notebook_node(
        content
    )
    return str(made)


def shown(file: Path) -> tuple[list[int], int, list[str]]:
    """A page opened without a network.

    Returns:
        Of each of Plotly's figures, how much is drawn in it; how many other
        pictures are on the page; and what the browser complained of.
    """
    complaints: list[str] = []
    told: list[tuple[str, str]] = []
    with chromium() as browser:
        page = browser.new_context(offline=True).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda asked: complaints.append(asked.url))
        page.on("console", lambda said: told.append((said.type, said.text)))
        page.goto(file.as_uri(), wait_until="load")
        page.wait_for_timeout(1000)
        plots = page.locator(".js-plotly-plot")
        drawn = plots.evaluate_all(
            "all => all.map(plot => plot.querySelectorAll("
            "'.main-svg path, .main-svg image').length)"
        )
        others = page.locator(".jp-OutputArea svg:not(.main-svg)").count()
    errors = [text for kind, text in told if kind == "error"]
    return drawn, others, complaints + errors


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")  # Of Jupyter's own parts.
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_page_is_whole_without_a_network(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT), os.getenv("PYTHONPATH", "")])
    )
    content = executed(notebook, tmp_path)
    file = tmp_path / "page.html"
    file.write_text(converted(content), encoding="utf-8")
    is_whole(content, file)


def is_whole(content: Any, file: Path) -> None:
    outputs = [o for cell in content.cells for o in cell.get("outputs", [])]
    figures = [
        o for o in outputs if "vnd.plotly" in str(o.get("data", {}).keys())
    ]
    drawn, others, complaints = shown(file)
    assert complaints == []
    assert len(drawn) == len(figures)
    assert all(drawn)
    assert drawn or others


def test_notebooks_are_short_and_without_outputs() -> None:
    assert len(NOTEBOOKS) >= 3
    for notebook in NOTEBOOKS:
        text = notebook.read_text(encoding="utf-8")
        assert '"outputs": [\n' not in text
        # MathJax does not come without a network: formulas are plain text.
        assert "$" not in text
        assert '"execution_count": null' in text
        assert len(text.splitlines()) < 400
