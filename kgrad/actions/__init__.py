"""Actions: findings and steps come in; a run is clipped, restored, stopped."""

from __future__ import annotations

from kgrad.actions.auto_clip import AutoClip
from kgrad.actions.base import Action, Run
from kgrad.actions.restore import Restore
from kgrad.actions.skip import Skip
from kgrad.actions.stop import Stop
from kgrad.records import ActionRecord

__all__ = [
    "Action",
    "ActionRecord",
    "AutoClip",
    "Restore",
    "Run",
    "Skip",
    "Stop",
]
