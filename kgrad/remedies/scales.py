"""Inputs and targets brought to a scale that a network can learn from.

All by hand only: they change data.
"""

from __future__ import annotations

import math

from kgrad.records import Remedy


def normalization_layer() -> Remedy:
    """A layer that is told mean and spread of each feature beforehand."""
    return Remedy(
        "normalization_layer",
        "scaled inputs",
        code=(
            "scale = keras.layers.Normalization(); scale.adapt(x)"
            "  # the first layer"
        ),
        cures="each feature comes in with mean 0 and spread 1",
        does_not_cure="targets out of scale",
    )


def standardize(name: str, mean: float, std: float) -> Remedy:
    """Mean 0 and spread 1, with the numbers that were measured.

    Args:
        name: What is scaled, as Python.
        mean: Its mean.
        std: Its standard deviation.
    """
    is_target = name.startswith("y")
    return Remedy(
        "standardize",
        "scaled targets" if is_target else "scaled inputs",
        code=scaling_code(name, mean, std),
        cures=(
            "the outputs, near 0 at first, have no long way to go; bring "
            "predictions back with the same numbers"
            if is_target
            else "units begin where their activation has slope"
        ),
        does_not_cure="inputs out of scale" if is_target else "wrong targets",
    )


def scaling_code(name: str, mean: float, std: float) -> str:
    """`x = (x - 128) / 60`, with three digits."""
    scale = std if std > 0 and math.isfinite(std) else 1.0
    sign, offset = ("-", mean) if mean >= 0 else ("+", -mean)
    return f"{name} = ({name} {sign} {offset:.3g}) / {scale:.3g}"


def divide(name: str, by: float) -> Remedy:
    """Pixels from 0 to 1."""
    return Remedy(
        "divide",
        "scaled inputs",
        code=f"{name} = {name} / {by:.1f}",
        cures="the inputs reach from 0 to 1",
        does_not_cure="targets out of scale",
    )


def true_division(name: str) -> Remedy:
    """A division that does not round down to 0."""
    return Remedy(
        "true_division",
        "inputs that vary",
        code=f'{name} = {name}.astype("float32") / 255.0  # not //',
        cures="integers that are divided with // become 0",
        does_not_cure="files that were not read",
    )


def finite(name: str, feature: int | None = None) -> Remedy:
    """No NaN, no infinity.

    Args:
        name: What holds them, as Python.
        feature: The one feature that does, None if there are more.
    """
    return Remedy(
        "finite",
        "clean data",
        code=(
            kept_code(name, f"np.isfinite({name})")
            if feature is None
            else f"{name}[..., {feature}] = 0.0  # a constant divided by its "
            "spread of 0: add 1e-6 to the spread, or drop the column"
        ),
        cures="NaN and infinity in the data turn the loss to NaN",
        does_not_cure="NaN that training itself produces",
    )


def kept_code(name: str, sound: str) -> str:
    """Leaves out the samples that have an entry that is not sound.

    Args:
        name: What the entries are of, as Python.
        sound: Which of them are sound, as Python.
    """
    keep = f"keep = {sound}.reshape(len({name}), -1).all(1)"
    if "[" in name:
        return f"{keep}  # then keep these samples of every array"
    arrays = ["x", "y"]
    if name not in arrays:
        arrays.append(name)
    kept = ", ".join(f"{array}[keep]" for array in arrays)
    return f"{keep}; {', '.join(arrays)} = {kept}"


def vocabulary(size: int, dimension: str = "...") -> Remedy:
    """An Embedding with a row for every id."""
    return Remedy(
        "vocabulary",
        "vocabulary of the right size",
        code=f"keras.layers.Embedding({size}, {dimension})",
        cures="every id has a row of its own",
        does_not_cure="ids that are in the data by mistake",
    )


def ids() -> Remedy:
    """Ids as they came from the tokenizer."""
    return Remedy(
        "ids",
        "ids that are whole numbers",
        code='x = ids.astype("int32")  # not scaled: an Embedding reads them',
        cures="an id is the number of a row; scaled ids all become row 0",
        does_not_cure="numbers that are no ids: feed those to a Dense layer",
    )


def into_range(
    minimum: float, maximum: float, low: float, high: float
) -> Remedy:
    """Targets between the ends of the activation.

    Args:
        minimum: Smallest target.
        maximum: Largest target.
        low: Smallest output.
        high: Largest output.
    """
    scale = (maximum - minimum) / (high - low)
    code = scaling_code("y", minimum - low * scale, scale)
    return Remedy(
        "into_range",
        "scaled targets",
        code=code,
        cures=f"all targets lie between {low:g} and {high:g}",
        does_not_cure="later targets beyond those of the training data",
    )


def look(name: str) -> Remedy:
    """A look at the data before they go in."""
    return Remedy(
        "look",
        "inputs that vary",
        code=f"print({name}[:2], {name}.min(), {name}.max(), {name}.std())",
        cures="what was lost while the data were prepared comes to light",
        does_not_cure="files that hold nothing else",
    )
