"""Each task asks what its definition says, by another computation."""

from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import load_digits

from zoo.tasks import (
    TASKS,
    char_lm,
    digits,
    mackey_glass,
    moving_digits,
    reber,
)


@pytest.mark.parametrize("length", [10, 15, 25, 37, 50, 200])
def test_temporal_order_asks_for_the_two_symbols_in_order(length: int) -> None:
    x, y = TASKS["temporal_order"].data("train", 300, length=length)
    assert set(np.unique(x)) == {0, 1}
    assert (x.sum(axis=2) == 1).all()
    for sample, answer in zip(x.argmax(axis=2), y, strict=True):
        first, second = np.flatnonzero(sample < 2)
        assert 0.1 * length - 0.5 <= first <= 0.2 * length
        assert 0.5 * length - 0.5 <= second <= 0.6 * length
        assert answer == 2 * sample[first] + sample[second]


def test_temporal_order_puts_every_noise_symbol_everywhere() -> None:
    x, _ = TASKS["temporal_order"].data("train", 2000)
    assert (x[:, :, 2:].sum(axis=0) > 200).all()


@pytest.mark.parametrize("length", [2, 11, 100])
def test_adding_asks_for_the_sum_of_the_marked_numbers(length: int) -> None:
    x, y = TASKS["adding"].data("train", 300, length=length)
    assert (x[:, :, 0] >= 0).all()
    assert (x[:, :, 0] < 1).all()
    for sample, answer in zip(x, y, strict=True):
        first, second = np.flatnonzero(sample[:, 1])
        assert first < length // 2 <= second
        assert sample[first, 1] == sample[second, 1] == 1
        assert answer == pytest.approx(sample[first, 0] + sample[second, 0])


def test_sequential_digits_are_the_images_of_scikit_learn() -> None:
    images, digits = load_digits(return_X_y=True)
    known = {
        (image / 16).astype(np.float32).tobytes(): digit
        for image, digit in zip(images, digits, strict=True)
    }
    x, y = TASKS["sequential_digits"].data("validation", 200)
    assert [known[image.tobytes()] for image in x] == list(y)


def test_sequential_digits_use_each_image_once() -> None:
    task = TASKS["sequential_digits"]
    seen = [
        image.tobytes()
        for split, size in task.available.items()
        for image in task.data(split, size)[0]  # type: ignore[arg-type]
    ]
    assert len(seen) == len(set(seen)) == 1797


def test_permuted_digits_are_the_same_images_in_one_order() -> None:
    plain, shown = TASKS["sequential_digits"].data("test", 50)
    shuffled, same = TASKS["permuted_digits"].data("test", 50)
    np.testing.assert_array_equal(shown, same)
    np.testing.assert_array_equal(plain[:, digits.ORDER], shuffled)
    assert sorted(digits.ORDER) == list(range(64))
    neighbours = np.abs(np.diff(digits.ORDER)) == 1
    assert neighbours.mean() < 0.1


@pytest.mark.parametrize("length", [11, 20, 60])
def test_copy_memory_asks_for_the_symbols_after_the_sign(length: int) -> None:
    x, y = TASKS["copy_memory"].data("train", 200, length=length)
    assert (x.sum(axis=2) == 1).all()
    seen = x.argmax(axis=2)
    np.testing.assert_array_equal(seen[:, :5], y[:, -5:])
    assert (seen[:, :5] < 8).all()
    assert (seen[:, -5] == 9).all()
    rest = np.delete(seen, [0, 1, 2, 3, 4, length - 5], axis=1)
    assert (rest == 8).all()
    assert (y[:, :-5] == 8).all()


def test_parity_flips_with_every_one() -> None:
    x, y = TASKS["parity"].data("train", 200, length=37)
    for sample, answers in zip(x.argmax(axis=2), y, strict=True):
        odd = False
        for bit, answer in zip(sample, answers, strict=True):
            odd ^= bool(bit)
            assert answer == odd


def test_dyck_asks_for_the_innermost_open_bracket() -> None:
    x, y = TASKS["dyck"].data("train", 300, length=120)
    deepest = 0
    for sample, answers in zip(x.argmax(axis=2), y, strict=True):
        stack: list[int] = []
        for symbol, answer in zip(sample, answers, strict=True):
            if symbol < 2:
                stack.append(symbol + 1)
            else:
                assert stack.pop() == symbol - 1
            assert answer == (stack[-1] if stack else 0)
            deepest = max(deepest, len(stack))
    assert deepest == 8


def is_reber(string: str) -> bool:
    """Whether a finite automaton accepts it, written as a graph of nodes."""
    edges = {
        "BT": "1", "BP": "2", "1S": "1", "1X": "3", "2T": "2", "2V": "4",
        "3X": "2", "3S": "5", "4P": "3", "4V": "5", "5E": "6",
    }  # fmt: skip
    state = "B"
    for symbol in string[1:]:
        state = edges.get(state + symbol, "")
    return string[0] == "B" and state == "6"


def test_reber_repeats_its_second_symbol_at_the_end() -> None:
    x, y = TASKS["reber"].data("train", 300)
    ends = set()
    for sample, answers in zip(x, y, strict=True):
        there = sample.any(axis=1)
        seen = "".join(np.array([*reber.SYMBOLS])[sample.argmax(1)[there]])
        answer = "".join(np.array([*reber.SYMBOLS])[answers[there]])
        assert seen[1:] == answer[:-1]
        string = seen + answer[-1]
        assert string[0] == "B"
        assert string[-1] == "E"
        assert string[1] == string[-2] == answer[-2]
        ends.add(string[1])
        inner = string[2:-2].replace("EB", "E B").split()
        assert len(inner) == 5
        assert all(map(is_reber, inner))
    assert ends == {"T", "P"}


def test_char_lm_asks_for_the_next_character() -> None:
    x, y = TASKS["char_lm"].data("train", 50)
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    assert char_lm.decode(x[0]).startswith("the ")


def test_the_verbs_of_char_lm_agree_with_their_nouns() -> None:
    noun = rf"(?:{'|'.join(char_lm.NOUNS)})"
    verb = rf"(?:{'|'.join(char_lm.VERBS)})"
    one, many = rf"{noun} {verb}s\b", rf"{noun}s {verb}\b"
    place = "|".join(char_lm.PLACES)
    object_ = rf"the {noun}s?"
    inner = rf"(?: that the (?:{one}|{many})| (?:{place}) {object_})?"
    sentence = re.compile(
        rf"the (?:{noun}(?:{inner}| that {verb}s {object_}) {verb}s"
        rf"|{noun}s(?:{inner}| that {verb} {object_}) {verb})"
        rf" {object_}\. "
    )
    rng = np.random.default_rng(0)
    for _ in range(500):
        made = char_lm.sentence(rng)
        assert sentence.fullmatch(made), made
    assert not sentence.fullmatch("the dogs that the cat sees sees the boy. ")


def bits_of_the_grammar() -> float:
    """Its entropy: of all choices in a sentence, over its mean length."""
    noun, verb = (
        math.log2(len(words)) for words in (char_lm.NOUNS, char_lm.VERBS)
    )
    noun += 1  # Singular or plural; a verb has no choice.
    place = math.log2(len(char_lm.PLACES))
    share = np.array([char_lm.RELATIVE, 1 - char_lm.RELATIVE])
    kinds = [place + noun, verb + noun, noun + verb]
    between = math.log2(3) + float(np.mean(kinds))
    choices = 2 * noun + verb - float(share @ np.log2(share))
    rng = np.random.default_rng(0)
    length = np.mean([len(char_lm.sentence(rng)) for _ in range(20_000)])
    return (choices + char_lm.RELATIVE * between) / float(length)


def bits_of_a_model_of_the_last(letters: int) -> float:
    """Of a model that interpolates counts of all shorter contexts."""
    train, test = (
        np.column_stack([x, y[:, -1]])
        for x, y in (
            TASKS["char_lm"].data(split, 2000)  # type: ignore[arg-type]
            for split in ("train", "test")
        )
    )
    seen: Counter[tuple[int, ...]] = Counter()
    contexts: Counter[tuple[int, ...]] = Counter()
    for row in train.tolist():
        for i in range(1, len(row)):
            for k in range(min(letters, i) + 1):
                context = tuple(row[i - k : i])
                contexts[context] += 1
                seen[*context, row[i]] += 1
    bits = []
    for row in test.tolist():
        for i in range(1, len(row)):
            share = 1 / len(char_lm.CHARACTERS)
            for k in range(min(letters, i) + 1):
                context = tuple(row[i - k : i])
                share = (seen[*context, row[i]] + share) / (
                    contexts[context] + 1
                )
            bits.append(-math.log2(share))
    return float(np.mean(bits))


def test_char_lm_is_solved_halfway_between_four_letters_and_the_grammar() -> (
    None
):
    task = TASKS["char_lm"]
    bits = bits_of_a_model_of_the_last(4)
    assert bits == pytest.approx(0.74, abs=0.02)
    halfway = (bits + bits_of_the_grammar()) / 2
    assert task.solved == pytest.approx(halfway, abs=0.01)


def test_moving_digits_move_one_pixel_a_frame() -> None:
    x, y = TASKS["moving_digits"].data("train", 40)
    steps = {
        "north": (-1, 0), "south": (1, 0), "east": (0, 1), "west": (0, -1),
    }  # fmt: skip
    for film, way in zip(x.reshape(40, -1, 16, 16), y, strict=True):
        rows, columns = 0, 0
        for part in moving_digits.WAYS[way].split("-"):
            rows += steps[part][0]
            columns += steps[part][1]
        moved = np.roll(film[:-1], (rows, columns), axis=(1, 2))
        # Twice the noise is left, and would be far more the other way.
        assert np.std(film[1:] - moved) == pytest.approx(0.141, abs=0.01)


def test_moving_digits_stay_where_they_are_in_their_split() -> None:
    train, _ = TASKS["sequential_digits"].data("train", 1237)
    known = {image.tobytes() for image in train}
    film, _ = TASKS["moving_digits"].data("train", 5, length=2)
    images = np.lib.stride_tricks.sliding_window_view(
        np.pad(
            film[:, 0].reshape(-1, 16, 16), ((0, 0), (0, 7), (0, 7)), "wrap"
        ),
        (8, 8),
        axis=(1, 2),
    ).reshape(5, -1, 64)
    pixels = np.array([np.frombuffer(k, np.float32) for k in known])
    for windows in images:
        distance = (
            (windows**2).sum(1)[:, None]
            - 2 * windows @ pixels.T
            + (pixels**2).sum(1)
        )
        # 64 pixels of noise 0.1.
        assert distance.min() == pytest.approx(0.64, abs=0.45)


def test_mackey_glass_solves_its_equation() -> None:
    # An independent integration: Euler's method in much smaller steps.
    series = mackey_glass.trajectories(1, 30, np.random.default_rng(1))[0]
    rng = np.random.default_rng(1)
    substeps = 400
    delay = 17 * substeps
    x = [float(rng.uniform(0.5, 1.3, 1)[0])] * (delay + 1)
    for t in range(delay, delay + 20 * substeps):
        late = x[t - delay]
        x.append(x[t] + (0.2 * late / (1 + late**10) - 0.1 * x[t]) / substeps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mackey_glass, "_SETTLED", 0)
        early = mackey_glass.trajectories(1, 20, np.random.default_rng(1))[0]
    np.testing.assert_allclose(early, x[delay::substeps][:20], atol=2e-3)
    assert 0.2 < series.min() < series.max() < 1.5


def test_mackey_glass_answers_have_mean_0_and_variance_1() -> None:
    _, y = TASKS["mackey_glass"].data("train", 20_000)
    assert y.mean() == pytest.approx(0, abs=0.02)
    assert y.std() == pytest.approx(1, abs=0.01)


def test_mackey_glass_is_asked_six_steps_ahead() -> None:
    rng = np.random.default_rng([0, 0])
    x, y = TASKS["mackey_glass"].data("train", 1, length=50)
    series = mackey_glass.trajectories(1, 456, rng)[0]
    scaled = (series - mackey_glass.MEAN) / mackey_glass.DEVIATION
    start = np.flatnonzero(np.isclose(scaled, x[0, 0, 0], atol=1e-6))
    matching = [i for i in start if np.allclose(scaled[i : i + 50], x[0, :, 0])]
    assert len(matching) == 1
    assert y[0, 0] == pytest.approx(scaled[matching[0] + 55], abs=1e-5)
