"""Every notebook runs, and nothing of it is lost on a page."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


def executed(notebook: Path, folder: Path) -> tuple[Any, str]:
    """The notebook with its outputs, and as `nbconvert --to html` has it."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    nbconvert = pytest.importorskip("nbconvert")
    content = nbformat.read(notebook, 4)
    nbclient.NotebookClient(
        content,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    page, _ = nbconvert.HTMLExporter().from_notebook_node(content)
    return content, page


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")  # Of Jupyter's own parts.
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_figures_are_on_the_page(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT), os.getenv("PYTHONPATH", "")])
    )
    content, page = executed(notebook, tmp_path)
    outputs = [o for cell in content.cells for o in cell.get("outputs", [])]
    drawn = [
        o for o in outputs if "vnd.plotly" in str(o.get("data", {}).keys())
    ]
    assert page.count("Plotly.newPlot(") >= len(drawn)
    assert drawn or "<svg" in page
    # What a page fetches is gone when the network is.
    assert not re.search(r"<script[^>]+src=.https?://cdn\.plot", page)


def test_notebooks_are_short_and_without_outputs() -> None:
    assert len(NOTEBOOKS) >= 3
    for notebook in NOTEBOOKS:
        text = notebook.read_text(encoding="utf-8")
        assert '"outputs": [\n' not in text
        assert '"execution_count": null' in text
        assert len(text.splitlines()) < 400
