"""Inputs and targets brought to a scale that a network can learn from."""

from __future__ import annotations

import math

from kgrad.records import Edit, Remedy, Setup, TensorSummary
from kgrad.records.edits import ChangeTargets, NormalizeInput
from kgrad.remedies.code import changed_layers


def normalization_layer(x: TensorSummary) -> Remedy:
    """A layer that is told mean and spread of each feature beforehand.

    Args:
        x: The input in numbers, which the edit takes; of a feature that is
            constant only the mean.
    """
    known = len(x.feature_mean) > 1 and all(
        map(math.isfinite, (*x.feature_mean, *x.feature_std))
    )
    stds = x.feature_std if known else (x.std,)
    where = place("x", x.name)
    return Remedy(
        "normalization_layer",
        "scaled inputs",
        code=(
            f"scale = keras.layers.Normalization(); scale.adapt({where})"
            "  # the first layer"
        ),
        cures="each feature comes in with mean 0 and spread 1",
        does_not_cure="targets out of scale",
        edits=(
            NormalizeInput(
                x.name,
                x.feature_mean if known else (x.mean,),
                tuple(s**2 if s > 0 else 1.0 for s in stds),
            ),
        ),
    )


def standardize(y: TensorSummary) -> Remedy:
    """Targets of mean 0 and spread 1, with the numbers that were measured."""
    mean, scale = rounded(y.mean), rounded(y.std)
    scale = scale if scale > 0 and math.isfinite(scale) else 1.0
    return Remedy(
        "standardize",
        "scaled targets",
        code=scaling_code(place("y", y.name), mean, scale),
        cures=(
            "the outputs, near 0 at first, have no long way to go; bring "
            "predictions back with the same numbers"
        ),
        does_not_cure="inputs out of scale",
        edits=() if y.name else (ChangeTargets(mean, scale),),
    )


def rounded(value: float) -> float:
    """A number with the three digits that code shows."""
    return float(f"{value:.3g}")


def place(role: str, name: str) -> str:
    """An input or a target as Python: `x`, or `x["image"]`."""
    return f'{role}["{name}"]' if name else role


def scaling_code(name: str, mean: float, scale: float) -> str:
    """`y = (y - 128) / 60`, with three digits."""
    sign, offset = ("-", mean) if mean >= 0 else ("+", -mean)
    return f"{name} = ({name} {sign} {offset:.3g}) / {scale:.3g}"


def divide(x: TensorSummary, by: float) -> Remedy:
    """Pixels from 0 to 1."""
    where = place("x", x.name)
    return Remedy(
        "divide",
        "scaled inputs",
        code=f"{where} = {where} / {by:.1f}",
        cures="the inputs reach from 0 to 1",
        does_not_cure="targets out of scale",
        edits=(NormalizeInput(x.name, (0.0,), (by**2,)),),
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


def vocabulary(setup: Setup, size: int) -> Remedy:
    """An Embedding with a row for every id."""
    found = [x for x in setup.layers if x.class_name == "Embedding"]
    code = f"input_dim={size}  # of the Embedding"
    edits: tuple[Edit, ...] = ()
    if len(found) == 1:
        code, edits = changed_layers(*found, input_dim=size)
    return Remedy(
        "vocabulary",
        "vocabulary of the right size",
        code=code,
        edits=edits,
        cures="every id has a row of its own",
        does_not_cure="ids that are in the data by mistake",
    )


def ids() -> Remedy:
    """Ids as they came from the tokenizer."""
    return Remedy(
        "ids",
        "ids that are whole numbers",
        code='x = x.astype("int32")  # as they were before any scaling',
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
    scale = rounded((maximum - minimum) / (high - low))
    offset = rounded(minimum - low * scale)
    return Remedy(
        "into_range",
        "scaled targets",
        code=scaling_code("y", offset, scale),
        cures=f"all targets lie between {low:g} and {high:g}",
        does_not_cure="later targets beyond those of the training data",
        edits=(ChangeTargets(offset, scale),),
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
