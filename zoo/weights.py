"""Weights on disk, in as few bytes as HDF5 can: a package is made of them."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
from h5py import h5f, h5g, h5p

_SMALL = 64
"""Entries of an array, below which compressing it takes more than it gives."""


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
