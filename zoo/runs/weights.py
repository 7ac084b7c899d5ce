"""Weights on disk, in as few bytes as HDF5 can: a package is made of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py
from h5py import h5f, h5g, h5p

_SMALL = 64
"""Entries of an array, below which compressing it does not pay."""


def compact(path: Path) -> None:
    """Rewrites an HDF5 file: the same content, compressed, no free space.

    Keras leaves 15 KB of structure around the weights of a small model. What
    is written depends on the content alone, byte for byte.

    Args:
        path: A `.weights.h5` file.
    """
    part = path.with_name(f"{path.name}.part")
    with h5py.File(path) as old, _timeless(part) as new:
        new.attrs.update(old.attrs)
        old.visititems(lambda name, item: _copy(name, item, new))
    os.replace(part, path)


def _timeless(path: Path) -> h5py.File:
    """A new file in the latest layout that does not say when it was made."""
    layout = h5p.create(h5p.FILE_ACCESS)
    layout.set_libver_bounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST)
    made = h5p.create(h5p.FILE_CREATE)
    made.set_obj_track_times(False)
    return h5py.File(h5f.create(os.fsencode(path), h5f.ACC_TRUNC, made, layout))


def _copy(name: str, item: h5py.Group | h5py.Dataset, new: h5py.File) -> None:
    if isinstance(item, h5py.Group):
        made = h5p.create(h5p.GROUP_CREATE)
        made.set_obj_track_times(False)
        copy = h5py.Group(h5g.create(new.id, name.encode(), gcpl=made))
    elif item.size < _SMALL:
        copy = new.create_dataset(name, data=item[()])
    else:
        copy = new.create_dataset(
            name,
            data=item[()],
            compression="gzip",
            compression_opts=9,
            shuffle=True,
        )
    copy.attrs.update(item.attrs)


def require_plain(path: Path, entries: int) -> None:
    """Refuses a file that holds more than weights, before it is read.

    An HDF5 file may say that its data lie in any other file of the machine,
    and a small one may unpack to more than there is memory.

    Args:
        path: A `.weights.h5` file.
        entries: Numbers that it has to hold at most.

    Raises:
        OSError: If it is no HDF5 file.
        ValueError: If it links to other files, or holds something else than
            numbers, or more of them.
    """
    try:
        with h5py.File(path) as file:
            _walk(file, entries)
    except (OSError, ValueError):
        raise
    except Exception as error:
        # What h5py makes of damage differs from place to place.
        raise ValueError(f"it is damaged: {error}") from error


def _walk(file: h5py.File, entries: int) -> None:
    """Not `visititems`, which passes over links to elsewhere."""
    left, seen = entries, 0
    groups: list[h5py.Group] = [file]
    while groups:
        group = groups.pop()
        for name in group:
            seen += 1
            link = group.get(name, getlink=True)
            if seen > _MOST or not isinstance(link, h5py.HardLink):
                raise ValueError("it links to elsewhere, or in a circle")
            item = group[name]
            if isinstance(item, h5py.Group):
                groups.append(item)
                continue
            _require_numbers(item)
            left -= item.size
            if left < 0:
                raise ValueError(f"it holds more than {entries} numbers")


_MOST = 10_000
"""Groups and arrays of a file of weights, of which a model here has dozens."""


def _require_numbers(item: Any) -> None:
    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "biuf":
        raise ValueError("it holds something else than numbers")
    if item.external or item.is_virtual:
        raise ValueError("its numbers lie in another file")
