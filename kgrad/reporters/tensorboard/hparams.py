"""A run as a row of TensorBoard's HParams tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


_SHOWN = ("optimizer", "learning_rate", *CLIPPING)
"""What is shown of runs of which the user says nothing: TensorBoard shows five.

It shows what may differ first; of these, most do not.
"""


def start(
    setup: Setup,
    metrics: Mapping[str, str],
    seconds: float,
    compared: Sequence[str] = (),
) -> list[Summary.Value]:
    """The run's hyper-parameters, and the columns of the tab.

    TensorBoard takes the columns from any one of the runs that it shows, and
    fills them up to five. So only what runs are compared by is a column: what
    a user gave for that, of which `compared` is known to differ. If nothing
    was given, it is what the optimizer was made with; a run that does not clip
    names the clipping columns too. Without columns TensorBoard would find out
    what differs, and make one of every curve of every target.

    Args:
        setup: What was trained.
        metrics: Tags of the curves that make columns, to their titles.
        seconds: When the run began.
        compared: Which of `setup.hparams` differ between runs, if known.
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
    given = {k: v for k, v in setup.hparams.items() if k in compared}
    columns = given or setup.hparams
    if not columns:
        columns = {**dict.fromkeys(CLIPPING, 0.0), **hparams}
    experiment = Experiment(
        time_created_secs=seconds,
        hparam_infos=[
            HParamInfo(
                name=name,
                type=_type(value),
                differs=bool(setup.hparams) or name in _SHOWN,
            )
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
