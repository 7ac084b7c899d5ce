"""The arguments of `python -m zoo mutants`."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable


def add_to(
    mutants: argparse.ArgumentParser, positive: Callable[[str], int]
) -> None:
    """Adds the parts of the command.

    Args:
        mutants: The parser of the command.
        positive: Reads an integer of 1 or more.
    """
    add = mutants.add_subparsers(dest="part", required=True).add_parser
    run = add("run", help="train bases and mutants that are not yet trained")
    score = add("score", help="compare what is told of them with the labels")
    replay = add("replay", help="show what was told of runs that ended well")
    treat = add("treat", help="train ill ones with the remedy they are told")
    for command, module, name in (
        (run, "commands", "run"),
        (score, "commands", "score"),
        (replay, "replaying", "replay_runs"),
        (treat, "treating", "treat_ill"),
    ):
        command.set_defaults(run=_run, module=module, work=name)
        command.add_argument(
            "patterns",
            nargs="*",
            metavar="PATTERN",
            help="BASE/OPERATOR-STRENGTH, such as 'lstm-recent/*'; "
            "default: all",
        )
        command.add_argument(
            "--runs", default="mutants", metavar="DIR", help="default: mutants"
        )
    run.add_argument(
        "--half",
        choices=("tuning", "scored"),
        help="only bases that limits may be tuned on, or the others",
    )
    run.add_argument(
        "--once",
        action="store_true",
        help="only the watched training of each: enough to score those of "
        "which it is known whether they are ill",
    )
    run.add_argument(
        "--count",
        type=positive,
        help="only the first ones, of all categories alike; default: all",
    )
    run.add_argument(
        "--processes",
        type=positive,
        default=2,
        help="mutants at a time, with one thread each; default: 2",
    )
    score.add_argument(
        "--held-out",
        action="store_true",
        help="also the bases that no limit was tuned on: look seldom, and "
        "tune nothing after it",
    )
    score.add_argument(
        "--write", metavar="FILE", help="also write them into this file"
    )
    score.add_argument(
        "--skills", metavar="FILE", help="also write how well each did, as JSON"
    )

    for command in (replay, treat):
        command.add_argument(
            "--held-out",
            action="store_true",
            help="also the other half: counted, and nothing more said of it",
        )
        command.add_argument(
            "--write", metavar="FILE", help="also write it into this file"
        )
    treat.add_argument(
        "--processes",
        type=positive,
        default=2,
        help="mutants at a time, with one thread each; default: 2",
    )
    treat.add_argument(
        "--no-training",
        action="store_true",
        help="only say what became of those that were treated already",
    )


def _run(options: argparse.Namespace) -> int:
    """Runs a command, which imports more than others need."""
    module = importlib.import_module(f"zoo.mutants.{options.module}")
    code: int = getattr(module, options.work)(options)
    return code
