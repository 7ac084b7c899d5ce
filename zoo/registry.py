"""Tasks, cells, variants and clinic cases are looked up by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Generic, Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`". Did you mean 'adding'?"`, of the name most alike; `""` if none is."""
    alike = get_close_matches(name, list(names), 1)
    return f". Did you mean {alike[0]!r}?" if alike else ""


class Registry(Generic[T]):
    """Items by name, in the order given.

    Args:
        kind: What an item is called in error messages: `"task"`.
        items: The items.

    Raises:
        ValueError: If two have the same name.
    """

    def __init__(self, kind: str, *items: T) -> None:
        self.kind = kind
        self._items = {item.name: item for item in items}
        if len(self._items) < len(items):
            raise ValueError(
                f"`items` must have different names. "
                f"Received: items={[item.name for item in items]}"
            )

    def __getitem__(self, name: str) -> T:
        """The item of that name.

        Raises:
            ValueError: If there is none.
        """
        if name not in self._items:
            raise ValueError(
                f"`{self.kind}` must be one of {self.names}. "
                f"Received: {self.kind}={name!r}"
                f"{did_you_mean(name, self.names)}"
            )
        return self._items[name]

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    @property
    def names(self) -> list[str]:
        """All names, in order."""
        return list(self._items)
