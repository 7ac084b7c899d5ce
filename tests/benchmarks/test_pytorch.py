"""The comparison with PyTorch: made-up times, and the same loss."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from tests.benchmarks.pytorch import __main__ as script
from tests.benchmarks.pytorch import timing
from tests.benchmarks.pytorch.tables import ends, gains, page, shown
from tests.benchmarks.pytorch.timing import WAYS, Measured, chosen, turn
from tests.docs.pages import DOCS
from zoo.layers.cells import CELLS
from zoo.recipe import Recipe
from zoo.tasks import TASKS


def measured(
    recipe: Recipe, milliseconds: tuple[float, ...], first: float = 1.0
) -> Measured:
    """Three rounds, in the second of which everything takes twice as long."""
    rounds = np.array([1, 2, 1.5]) / 1.5e3
    seconds = zip(WAYS, milliseconds, strict=True)
    return Measured(
        recipe,
        {way: each * rounds for way, each in seconds},
        {"Keras": 1.0, "XLA": 1.0 + first, "PyTorch": 0.1},
    )


def of(cell: str, xla: bool, *milliseconds: float) -> Measured:
    recipe = Recipe.of(
        "adding",
        cell=cell,
        jit_compile=xla,
        epochs=10,
        train_size=100,
        batch_size=50,
    )
    return measured(recipe, milliseconds)


def test_a_ratio_is_that_of_the_mode_that_the_recipe_uses() -> None:
    assert of("gru", True, 9, 3, 6).ratios == pytest.approx([0.5] * 3)
    assert of("gru", False, 9, 3, 6).ratios == pytest.approx([1.5] * 3)
    assert of("gru", True, 9, 3, 6).others == pytest.approx([3] * 3)
    assert of("gru", False, 9, 3, 6).others == pytest.approx([1 / 3] * 3)


def test_recipes_that_might_be_faster_are_named() -> None:
    every = [
        of("lstm", True, 9, 3, 6),
        of("gru", False, 9, 3, 6),
        of("simple_rnn", True, 2.91, 3, 2),
    ]
    slower, wrong = ends(every)
    assert slower == (
        "Recipes that are slower than PyTorch, 2 of 3: "
        "adding GRU (1.50), adding SimpleRNN (1.50)."
    )
    # 3% are noise.
    assert wrong.endswith("faster mode of Keras, 1 of 3: adding GRU.")
    # 6 ms in each of 20 steps.
    (gain,) = gains(every)
    assert "XLA takes 0.33 of the time of Keras, 0.1 s less in all 20" in gain
    assert gain.endswith("the first ones take +1.0 s.")
    assert list(ends(every[:1])) == [
        "No recipe of 1 is slower than PyTorch.",
        "No recipe of 1 is not in the faster mode of Keras.",
    ]


def test_its_table_holds_in_80_columns_with_every_number() -> None:
    recipes = chosen(None, None)
    every = [measured(each, (187.2, 43.21, 38)) for each in recipes]
    paper = io.StringIO()
    Console(width=80, file=paper).print(shown(every))
    lines, markdown = paper.getvalue().splitlines(), page(every, "")
    assert max(map(len, lines)) <= 80
    for each in recipes:
        title = CELLS[each.cell].title
        uses, ratio = ("XLA", 1.14) if each.jit_compile else ("Keras", 4.93)
        cells = f"{each.task} {title} 187. 43.2 38.0 {uses} {ratio}"
        whole = f"{cells} {ratio} to {ratio}"
        assert whole in [" ".join(line.split()) for line in lines]
        assert f"| {cells.replace(' ', ' | ')} |" in markdown


def test_it_measures_what_is_trained_offline() -> None:
    names = {recipe.task for recipe in chosen(None, ["gru"])}
    assert names == {task.name for task in TASKS if task.offline}
    (recipe,) = chosen(["imdb"], ["lstm"])
    assert recipe == Recipe.of("imdb", cell="lstm")


def test_a_turn_gives_the_mean_of_its_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
    taken = list[int]()
    assert turn(lambda: taken.append(1), 3) == 1
    assert len(taken) == 3
    turn(lambda: taken.append(1), 0)
    assert len(taken) == 4


def test_without_pytorch_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "find_spec", lambda name: None)
    monkeypatch.setattr("sys.argv", ["pytorch"])
    with pytest.raises(SystemExit):
        script.main()
    assert "pip install torch" in capsys.readouterr().err


def test_the_page_has_a_place_for_it(tmp_path: Path) -> None:
    costs = tmp_path / "costs.md"
    costs.write_text((DOCS / "costs.md").read_text())
    script.SECTION.write(costs, page([of("gru", False, 9, 3, 6)], "One."))
    assert "| adding | GRU | 9.00 | 3.00 | 6.00 | Keras |" in costs.read_text()


@pytest.mark.full
@pytest.mark.parametrize("cell", CELLS.names)
@pytest.mark.parametrize("task", ["adding", "python_docs", "temporal_order"])
def test_pytorch_has_the_same_model(task: str, cell: str) -> None:
    """With the weights of Keras it has the loss of Keras."""
    torch = pytest.importorskip("torch")
    from tests.benchmarks.pytorch import torch_model as other
    from zoo.model import compiled

    recipe = Recipe.of(task, cell=cell, length=20, batch_size=8)
    x, y = TASKS[task].data("train", 8, length=20)
    model = compiled(recipe)
    theirs = other.torch_model(recipe)
    *embedding, kernel, recurrent, bias, readout, shift = model.get_weights()
    units = recipe.units

    def blocks(weights: Any) -> Any:
        """`(rows, columns)`; a GRU of PyTorch has r, z, n, of Keras z, r, n."""
        rows = np.atleast_2d(weights).T
        if cell == "gru":
            z, r, n = np.split(rows, 3)
            rows = np.concatenate([r, z, n])
        return torch.from_numpy(rows.copy())

    biases = bias if cell == "gru" else np.stack([bias, 0 * bias])
    state = {
        "rnn.weight_ih_l0": blocks(kernel),
        "rnn.weight_hh_l0": blocks(recurrent),
        "rnn.bias_ih_l0": blocks(biases[0])[:, 0],
        "rnn.bias_hh_l0": blocks(biases[1])[:, 0],
        "readout.weight": torch.from_numpy(readout.T.copy()),
        "readout.bias": torch.from_numpy(shift),
    }
    if embedding:
        state["embedding.weight"] = torch.from_numpy(embedding[0])
    theirs.load_state_dict(state)
    assert state["rnn.weight_hh_l0"].shape[1] == units
    outputs = other.torch_outputs(recipe, theirs, torch.from_numpy(x))
    loss = other.torch_loss(recipe)(outputs, other.torch_targets(recipe, y))
    expected = model.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    assert loss.item() == pytest.approx(expected, rel=1e-4)
