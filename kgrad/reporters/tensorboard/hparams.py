"""A run as a row of TensorBoard's HParams tab."""

from __future__ import annotations

from collections.abc import Mapping

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import metadata
from tensorboard.plugins.hparams.api_pb2 import (
    DATA_TYPE_BOOL,
    DATA_TYPE_FLOAT64,
    DATA_TYPE_STRING,
    STATUS_FAILURE,
    STATUS_SUCCESS,
    Experiment,
    HParamInfo,
    MetricInfo,
    MetricName,
)
from tensorboard.plugins.hparams.plugin_data_pb2 import (
    HParamsPluginData,
    SessionEndInfo,
    SessionStartInfo,
)

from kgrad.records import CLIPPING, Setup

HParam = float | int | bool | str


def start(
    setup: Setup, metrics: Mapping[str, str], seconds: float
) -> list[Summary.Value]:
    """The run's hyper-parameters, and the columns of the tab.

    TensorBoard shows five of them at first: those that may differ between
    runs, by name. What a user gave to compare runs by comes before what the
    optimizer was made with, which is the same in most of them.

    TensorBoard takes the columns from any one of the runs that it shows.
    So a run that does not clip names the clipping columns too, and without
    columns TensorBoard would make one of every curve of every target.
    `metrics` maps the tags of those that make columns to their titles.
    """
    hparams: Mapping[str, HParam] = {
        "optimizer": setup.optimizer,
        **setup.optimizer_arguments,
        **setup.hparams,
    }
    session = SessionStartInfo(start_time_secs=seconds)
    for name, value in hparams.items():
        field = session.hparams[name]
        if isinstance(value, bool):
            field.bool_value = value
        elif isinstance(value, str):
            field.string_value = value
        else:
            field.number_value = value
    columns = {**dict.fromkeys(CLIPPING, 0.0), **hparams}
    compared = setup.hparams or hparams.keys() - set(CLIPPING)
    experiment = Experiment(
        time_created_secs=seconds,
        hparam_infos=[
            HParamInfo(name=name, type=_type(value), differs=name in compared)
            for name, value in columns.items()
        ],
        metric_infos=[
            MetricInfo(name=MetricName(tag=tag), display_name=title)
            for tag, title in metrics.items()
        ],
    )
    return [
        _value(
            metadata.SESSION_START_INFO_TAG,
            HParamsPluginData(session_start_info=session),
        ),
        _value(
            metadata.EXPERIMENT_TAG, HParamsPluginData(experiment=experiment)
        ),
    ]


def end(failed: bool, seconds: float) -> Summary.Value:
    """The run's status: whether an exception ended it, and when."""
    info = SessionEndInfo(
        status=STATUS_FAILURE if failed else STATUS_SUCCESS,
        end_time_secs=seconds,
    )
    return _value(
        metadata.SESSION_END_INFO_TAG, HParamsPluginData(session_end_info=info)
    )


def _type(value: HParam) -> int:
    if isinstance(value, bool):
        return int(DATA_TYPE_BOOL)
    kind = DATA_TYPE_STRING if isinstance(value, str) else DATA_TYPE_FLOAT64
    return int(kind)


def _value(tag: str, data: HParamsPluginData) -> Summary.Value:
    return Summary.Value(
        tag=tag,
        metadata=metadata.create_summary_metadata(data),
        tensor=metadata.NULL_TENSOR,
    )
