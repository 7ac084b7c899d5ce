"""`python -m zoo`: train, inspect and share the models of the zoo."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from kgrad import __version__
from zoo import selection
from zoo.cli import commands, mutants, search
from zoo.pretrained.preset import PRESETS
from zoo.tasks import TASKS

EXAMPLES = """examples:
  python -m zoo compare temporal_order   train seven models, compare them
  python -m zoo train adding/lstm-base   train one
  python -m zoo results adding           what three seeds of each came to
  python -m zoo effects '*/gru-*'        what helped a GRU
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code.

    Args:
        arguments: What follows the program's name; by default those that
            the program was called with.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except (OSError, TypeError, ValueError) as error:
        parser.error(str(error))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zoo",
        description="Recurrent networks on standard sequence tasks.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"kgrad {__version__}"
    )
    add = parser.add_subparsers(dest="command", required=True).add_parser
    names = add("list", help="list tasks, cells and variants, or models")
    names.set_defaults(run=commands.list_models)
    _add_train(add("train", help="train models with the monitor on"))
    text = "look for the recipes of a task"
    search.add_to(add("search", help=text), _positive)
    _add_compare(add("compare", help="train and compare cells and variants"))
    results = add("results", help="show all results")
    results.set_defaults(run=commands.show_results)
    results.add_argument(
        "--csv", metavar="FILE", help="also write every seed to a CSV file"
    )
    results.add_argument(
        "--write",
        metavar="FILE",
        help="also write them into Markdown with the two marker comments",
    )
    effects = add("effects", help="show which remedies helped")
    effects.set_defaults(run=commands.show_effects)
    for command in (results, effects):
        _add_source(command)
    for command in (names, results, effects):
        command.add_argument(
            "patterns",
            nargs="*",
            metavar="PATTERN",
            help="a task, or a pattern such as '*/lstm-*'; default: all",
        )
    for name, run, text in (
        ("evaluate", commands.evaluate, "evaluate a preset again"),
        ("card", commands.show_card, "print the card of a preset"),
        ("export", commands.export_model, "write a folder to upload"),
    ):
        command = add(name, help=text)
        command.set_defaults(run=run)
        command.add_argument(
            "name",
            metavar="NAME",
            help=f"{selection.NAME} of a preset, or its folder",
        )
        if name == "export":
            command.add_argument("folder", metavar="FOLDER")
    pack = add("pack", help="make presets of finished runs")
    pack.set_defaults(run=commands.pack)
    pack.add_argument("runs", metavar="RUNS", help="the folder of all runs")
    pack.add_argument(
        "names", nargs="*", metavar="NAME", help="only these; default: all"
    )
    _add_presets(pack)
    _add_clinic(add("clinic", help="measure how often the monitor is right"))
    text = "spoil healthy programs, and see whether that is told"
    mutants.add_to(add("mutants", help=text), _positive)
    return parser


def _add_clinic(clinic: argparse.ArgumentParser) -> None:
    add = clinic.add_subparsers(dest="part", required=True).add_parser
    run = add("run", help="train the cases: runs whose problem is known")
    score = add("score", help="compare findings with the labels")
    treat = add("treat", help="try the remedies that each sick case is given")
    inject = add(
        "inject", help="inject NaN and bad labels into runs: are they located?"
    )
    inject.set_defaults(run=_clinic, work="inject")
    inject.add_argument(
        "parts",
        nargs="*",
        choices=("data", "gradients"),
        help="into what; default: both",
    )
    inject.add_argument(
        "--count",
        type=_positive,
        default=100,
        help="injections into each; default: 100",
    )
    inject.add_argument("--seed", type=int, default=0)
    for command, name in ((run, "run"), (score, "score"), (treat, "treat")):
        command.set_defaults(run=_clinic, work=name)
        command.add_argument(
            "patterns",
            nargs="*",
            metavar="PATTERN",
            help="FAMILY/VARIANT, such as 'cliff/*'; default: all",
        )
    for command, default in (
        (run, "clinic"),
        (treat, "treatments"),
        (inject, "injections"),
    ):
        command.add_argument(
            "--runs", default=default, metavar="DIR", help=f"default: {default}"
        )
        command.add_argument(
            "--processes",
            type=_positive,
            default=2,
            help="cases at a time, with one thread each; default: 2",
        )
    run.add_argument(
        "--seed", type=int, default=0, help="of another repetition; default: 0"
    )
    for command in (run, score):
        command.add_argument(
            "--half",
            choices=("tuning", "scored"),
            help="only the cases that limits may be tuned on, or the others",
        )
    score.add_argument(
        "--runs",
        nargs="+",
        default=["clinic"],
        metavar="DIR",
        help="of one or more repetitions; default: clinic",
    )
    for command in (score, treat):
        command.add_argument(
            "--write", metavar="FILE", help="also write them into this file"
        )
    score.add_argument(
        "--picture", metavar="SVG", help="also draw the confusion table"
    )
    treat.add_argument(
        "--proofs", metavar="FILE", help="also write the counts, as JSON"
    )


def _clinic(options: argparse.Namespace) -> int:
    """Runs a command of the clinic, which imports more than others need."""
    from zoo.clinic import commands

    code: int = getattr(commands, options.work)(options)
    return code


def _add_train(train: argparse.ArgumentParser) -> None:
    train.set_defaults(run=commands.train)
    train.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{selection.NAME}; a pattern such as 'adding/*' or '*/lstm-*', "
        "whose finished runs are kept; or the recipe.json of a run",
    )
    train.add_argument(
        "--all", action="store_true", help="all models that need no download"
    )
    seeds = train.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, help="one seed; default: 0")
    seeds.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        metavar="SEED",
        help="several, keeping finished runs; default for patterns: 0 1 2",
    )
    train.add_argument(
        "--set",
        type=_change,
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="change the recipe, such as units=32; use another --runs, "
        "because the run folder has the same name",
    )
    _add_training(train)


def _add_compare(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=commands.compare)
    command.add_argument("task", metavar="TASK", help=", ".join(TASKS.names))
    command.add_argument("--seed", type=int, default=0, help="default: 0")
    _add_training(command)


def _add_training(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--runs", default="runs", metavar="DIR", help="default: runs"
    )
    command.add_argument(
        "--processes",
        type=_positive,
        default=2,
        help="runs at a time, with one thread each; default: 2",
    )
    command.add_argument(
        "--executor",
        choices=commands.EXECUTORS,
        default=commands.EXECUTORS[0],
        help='what trains the runs; ray needs `pip install "kgrad[ray]"`',
    )
    command.add_argument(
        "--address", help="of a Ray cluster; default: a local one"
    )
    command.add_argument(
        "--picture", metavar="SVG", help="also draw the table into a file"
    )


def _add_source(command: argparse.ArgumentParser) -> None:
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--runs", metavar="DIR", help="of finished runs, instead of presets"
    )
    _add_presets(source)


def _add_presets(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--presets",
        default=PRESETS,
        metavar="DIR",
        help="default: those that come with kgrad",
    )


def _change(text: str) -> tuple[str, Any]:
    """A field and its value, which is JSON or else text."""
    field, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"must be FIELD=VALUE, not {text!r}")
    try:
        return field, json.loads(value)
    except json.JSONDecodeError:
        return field, value


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number
