"""Names of things: tasks, cells and variants are looked up by theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Registry(Generic[T]):
    """Things by name, in the order given.

    Args:
        kind: What they are, as an argument is called: `"task"`.
        items: The things.

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
        """The thing of that name.

        Raises:
            ValueError: If there is none.
        """
        if name not in self._items:
            raise ValueError(
                f"`{self.kind}` must be one of {list(self._items)}. "
                f"Received: {self.kind}={name!r}"
            )
        return self._items[name]

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    @property
    def names(self) -> list[str]:
        """All names, in order."""
        return list(self._items)
