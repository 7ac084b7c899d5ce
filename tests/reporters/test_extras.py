"""What is not installed is said, with what to install."""

from __future__ import annotations

import sys

import pytest

import kgrad


@pytest.mark.parametrize(
    ("name", "package", "hint"),
    [
        ("WandbReporter", "wandb", r"pip install \"kgrad\[wandb\]\""),
        ("MlflowReporter", "mlflow", r"pip install \"kgrad\[mlflow\]\""),
        ("NotebookReporter", "IPython.display", "which have IPython"),
    ],
)
def test_what_is_not_installed_is_said(
    name: str, package: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, package.partition(".")[0], None)
    with pytest.raises(ImportError, match=f"`{name}`.*{hint}"):
        getattr(kgrad.reporters, name)()
