"""Weights & Biases and MLflow themselves, offline: what a run has there."""

from __future__ import annotations

import copy
import json
import struct
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kgrad
from kgrad.reporters.tracked import PAGE

pytestmark = [
    pytest.mark.full,
    pytest.mark.filterwarnings("ignore"),  # What these packages do is theirs.
]

BLOCK = 32768
"""Bytes of a block in the file of a run of W&B."""

NORMS = {
    "gradient_norm/lstm/kernel",
    "gradient_norm/lstm/recurrent_kernel",
    "gradient_norm/lstm/bias",
    "gradient_norm/dense/kernel",
    "gradient_norm/dense/bias",
    "gradient_norm/global",
    "gradient_norm/largest",
}


def train(folder: Path, reporter: kgrad.Reporter, *callbacks: Any) -> Any:
    """40 steps of an LSTM, a sample of which is infinite from step 31 on."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((8, 2)),
            keras.layers.LSTM(4, name="lstm"),
            keras.layers.Dense(1, name="dense"),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"], jit_compile=False)
    x = np.random.default_rng(0).standard_normal((160, 8, 2))
    x[30 * 4, 3, 1] = np.inf
    monitor = kgrad.GradientMonitor(folder, reporters=[reporter], window=8)
    model.fit(
        x,
        np.zeros(160),
        batch_size=4,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, monitor],
    )
    return monitor


def mean_norms(monitor: kgrad.GradientMonitor) -> dict[int, float]:
    """The gradient of the whole model in each window, by its last step."""
    windows = [s for s in monitor.history.snapshots if len(s.steps)]
    return {
        int(s.steps[-1]): float(s["gradient_norm"][:, -1].mean())
        for s in windows
    }


def test_weights_and_biases_has_norms_alerts_tags_and_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wandb = pytest.importorskip("wandb")
    from wandb.integration.keras import WandbMetricsLogger

    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setenv("WANDB_DATA_DIR", str(tmp_path / "data"))
    reporter = kgrad.reporters.WandbReporter()
    with wandb.init(project="kgrad", dir=tmp_path, tags=["mine"]) as run:
        monitor = train(tmp_path / "run", reporter, WandbMetricsLogger())
        assert set(run.tags) >= {"mine", "inputs", "nonfinite"}
        file = Path(run.settings.sync_file)
    wandb.teardown()  # The file is written by a process of its own.
    records = wandb_records(file)
    logged = [row_of(r.history) for r in records if r.HasField("history")]
    ours = [row for row in logged if "kgrad/step" in row]
    theirs = [row for row in logged if "kgrad/step" not in row]
    windows = [row for row in ours if "kgrad/gradient_norm/global" in row]
    norms = mean_norms(monitor)
    assert [row["kgrad/step"] for row in windows] == list(norms)
    for row in windows:
        assert {f"kgrad/{name}" for name in NORMS} < row.keys()
    norm = windows[0]["kgrad/gradient_norm/global"]
    assert norm == pytest.approx(next(iter(norms.values())))
    name = "kgrad/horizon/lstm"
    horizons = {row["kgrad/step"]: row[name] for row in ours if name in row}
    profiles = monitor.history.time_profiles("lstm").profiles
    assert horizons == {p.step: p.horizon for p in profiles}
    # Loss and metrics are there once, from the callback of W&B.
    assert any("epoch/loss" in row for row in theirs)
    assert not any("loss" in name or "mae" in name for x in ours for name in x)
    (alert,) = (r.alert for r in records if r.HasField("alert"))
    assert alert.title == "kgrad: inputs from step 31"
    assert "sample" in alert.text
    (page,) = (r.artifact for r in records if r.HasField("artifact"))
    assert page.type == "kgrad-report"
    assert [file.path for file in page.manifest.contents] == [PAGE]


def row_of(history: Any) -> dict[str, Any]:
    return {
        item.key or "/".join(item.nested_key): json.loads(item.value_json)
        for item in history.item
    }


def wandb_records(file: Path) -> list[Any]:
    """The records of an offline run: LevelDB's log format after 7 bytes."""
    from wandb.proto import wandb_internal_pb2

    content = file.read_bytes()
    records, place, part = [], 7, b""
    while place + 7 <= len(content):
        left = BLOCK - place % BLOCK
        if left < 7:
            place += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, place)
        part += content[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # Whole, or the last part of one.
            records.append(wandb_internal_pb2.Record.FromString(part))
            part = b""
    return records


def test_mlflow_has_norms_tags_and_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")

    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    try:
        mlflow.tensorflow.autolog(log_models=False, log_datasets=False)
        reporter = kgrad.reporters.MlflowReporter()
        with mlflow.start_run() as active:
            monitor = train(tmp_path / "run", reporter)
    finally:
        mlflow.tensorflow.autolog(disable=True)
        mlflow.set_tracking_uri(None)
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    run = client.get_run(active.info.run_id)
    ours = {n.removeprefix("kgrad/") for n in run.data.metrics if "kgrad/" in n}
    assert ours == NORMS | {"horizon/lstm"}
    name = "kgrad/gradient_norm/global"
    known = client.get_metric_history(run.info.run_id, name)
    norms = mean_norms(monitor)
    assert [metric.step for metric in known] == list(norms)
    assert known[0].value == pytest.approx(next(iter(norms.values())))
    # Loss and metrics are there once, from MLflow's own callback.
    assert "mae" in run.data.metrics
    assert run.data.tags["kgrad.signs"] == "inputs, nonfinite"
    assert "step 31" in run.data.tags["kgrad.diagnoses"]
    query = """tags."kgrad.signs" LIKE '%nonfinite%'"""
    (same,) = client.search_runs([run.info.experiment_id], query)
    assert same.info.run_id == run.info.run_id
    (page,) = client.list_artifacts(run.info.run_id, "kgrad")
    assert page.path == f"kgrad/{PAGE}"
    text = Path(client.download_artifacts(run.info.run_id, page.path))
    assert "<h2>What is wrong</h2>" in text.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "package", "hint"),
    [
        ("WandbReporter", "wandb", r"wandb\.init"),
        ("MlflowReporter", "mlflow", r"mlflow\.start_run"),
    ],
)
def test_without_a_run_that_is_said_and_training_goes_on(
    name: str, package: str, hint: str, tmp_path: Path
) -> None:
    pytest.importorskip(package)
    reporter = copy.deepcopy(getattr(kgrad.reporters, name)())
    with pytest.warns(match=f"`{name}` failed and is closed.*{hint}"):
        monitor = train(tmp_path, reporter)
    assert len(monitor.history.steps) == 40
