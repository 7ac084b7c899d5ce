"""Data."""

from kgrad import signs
from tests.signs.cases.changes import Case

CASES: dict[type[signs.Sign], list[Case]] = {}
