"""Whatever is asked of the tab, nothing outside the log directory is told."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from kgrad.tensorboard_tab.plugin import GradientsPlugin
from tests.tensorboard_tab.runs import write

ROUTES = ("runs", "run", "figure", "compare", "table")
NAMES = st.one_of(
    st.sampled_from(
        [
            "../secret",
            "inside/../../secret",
            "/etc/passwd",
            "link",
            "..",
            "inside\x00",
            "%2e%2e/secret",
            "inside/gradients-0000.kgrad",
        ]
    ),
    st.text(max_size=20),
)
ARGUMENTS = st.dictionaries(
    st.sampled_from(
        [
            "run",
            "figure",
            "layer",
            "state",
            "statistic",
            "layers",
            "show",
            "own",
            "dark",
            "x",
        ]
    ),
    NAMES,
    max_size=4,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Of a log directory with one run, and a secret one beside it."""
    place = tmp_path_factory.mktemp("place")
    write(place / "secret")
    write(place / "logs" / "inside")
    (place / "logs" / "link").symlink_to(place / "secret")
    (place / "logs" / "file").mkdir()
    linked = place / "logs" / "file" / "gradients-0000.kgrad"
    linked.symlink_to(next((place / "secret").glob("*.kgrad")))
    context = TBContext(logdir=str(place / "logs"))
    return Client(TensorBoardWSGI([GradientsPlugin(context)]))


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(route=st.sampled_from(ROUTES), arguments=ARGUMENTS)
def test_only_known_runs_are_told_of(
    route: str, arguments: dict[str, str], client: Client
) -> None:
    answer = client.get(
        f"/data/plugin/gradients/{route}", query_string=arguments
    )
    assert answer.status_code in (200, 400, 404)
    known = arguments.get("run") == "inside" or route in ("runs", "table")
    assert known or answer.status_code != 200
    assert b"secret" not in answer.data or b"error" in answer.data


def test_a_link_is_no_run(client: Client) -> None:
    answer = client.get("/data/plugin/gradients/runs").get_json()
    assert [run["name"] for run in answer["runs"]] == ["inside"]


def test_every_other_path_is_not_found(client: Client) -> None:
    for path in ("../plugin.py", "..%2fplugin.py", "static/../plugin.py"):
        answer = client.get(f"/data/plugin/gradients/{path}")
        assert answer.status_code in (404, 400), path
