"""A plug-in over a folder, asked as TensorBoard asks it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client, TestResponse

from kgrad.tensorboard_tab.plugin import GradientsPlugin

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks a route; the runs lie in `tmp_path / "logs"`."""
    logs = tmp_path / "logs"
    logs.mkdir()
    plugin = GradientsPlugin(TBContext(logdir=str(logs)))
    plugin._folders._keep = 0.0
    client = Client(TensorBoardWSGI([plugin]))

    def asked(
        route: str,
        arguments: Any = (),
        headers: dict[str, str] | None = None,
        method: str = "GET",
    ) -> TestResponse:
        query = urlencode(arguments, doseq=True)
        return client.open(
            f"/data/plugin/gradients/{route}?{query}",
            headers=headers,
            method=method,
        )

    return asked


@pytest.fixture
def logs(tmp_path: Path, ask: Ask) -> Path:
    return tmp_path / "logs"


def content(response: TestResponse) -> Any:
    return json.loads(response.get_data(as_text=True))
