"""The shipped text, the script that makes it, and n-gram models of it."""

from __future__ import annotations

import gzip
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from zoo.tasks import TASKS, python_docs
from zoo.tasks import make_python_docs as script

TASK = TASKS["python_docs"]


def test_every_topic_is_in_one_split_and_no_paragraph_in_two() -> None:
    splits = python_docs.topics_of_splits()
    shipped = gzip.decompress(script.FILE.read_bytes()).decode()
    topics = [topic for split in splits.values() for topic in split]
    assert sorted(topics) == sorted(shipped.split(script.BETWEEN))
    paragraphs = Counter(
        " ".join(paragraph.split())
        for topic in topics
        for paragraph in topic.split("\n\n")
    )
    assert max(paragraphs.values()) == 1
    for split, most in python_docs.SHARES.items():
        share = sum(map(len, splits[split])) / len(shipped)
        assert most - 0.02 < share <= most


def test_the_file_is_small_and_its_license_is_beside_it() -> None:
    assert script.FILE.stat().st_size < 150_000
    license_ = script.FILE.with_name("python_docs.LICENSE.txt").read_text()
    assert "2023 Python Software Foundation; All Rights Reserved" in license_
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in license_


def test_the_answers_are_the_next_characters_of_the_split() -> None:
    x, y = TASK.data("validation", 20)
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    text = "\n\n".join(python_docs.topics_of_splits()["validation"])
    for row in np.column_stack([x, y[:, -1]]):
        assert python_docs.decode(row) in text


def test_what_topics_repeat_is_kept_once() -> None:
    long = "The first one.\n\n" + "x = 1\n" * 80
    short = "The\nfirst   one.\n\n*********\n\n" + "It’s true. " * 30
    first, second = script.make({"b": short, "a": long, "c": "Too short."})
    # Most letters of the first paragraph are rare.
    assert first == "??e ??rst ??e.\n\n" + "\n".join(["x = 1"] * 80)
    assert second == "???\n\n" + "It's true. " * 30


@pytest.mark.skipif(
    sys.version_info[:3] != script.VERSION, reason="another documentation"
)
def test_the_script_makes_what_is_shipped(tmp_path: Path) -> None:
    script.main([str(tmp_path / "made.gz")])
    made = gzip.decompress((tmp_path / "made.gz").read_bytes())
    assert made == gzip.decompress(script.FILE.read_bytes())


def test_another_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(script, "VERSION", (3, 11, 0))
    with pytest.raises(RuntimeError, match=r"must be 3\.11\.0"):
        script.main([str(tmp_path / "made.gz")])


def bits_of_n_grams(n: int) -> float:
    """Of an interpolated Kneser-Ney model, which sees what a network sees.

    Chen and Goodman 1999, doi:10.1006/csla.1999.0128, equation 24: one
    discount for each length, from the numbers of what was seen once and
    twice. Lower orders count in how many contexts a character was seen.
    """
    train = python_docs.codes("train").tolist()
    seen = [
        Counter(tuple(train[i - k : i + 1]) for i in range(k, len(train)))
        for k in range(n)
    ]
    lower = [Counter(gram[1:] for gram in longer) for longer in seen[1:]]
    tables = []
    for counts in (*lower, seen[-1]):
        total: Counter[tuple[int, ...]] = Counter()
        kinds: Counter[tuple[int, ...]] = Counter()
        for gram, times in counts.items():
            total[gram[:-1]] += times
            kinds[gram[:-1]] += 1
        once, twice = (sum(t == k for t in counts.values()) for k in (1, 2))
        discount = once / (once + 2 * twice) if once else 0.75
        tables.append((counts, total, kinds, discount))
    x, y = TASK.data("test", 2000)
    bits = []
    for row in np.column_stack([x, y[:, -1]]).tolist():
        for i in range(1, len(row)):
            share = 1 / TASK.outputs
            for k in range(min(n - 1, i) + 1):
                counts, total, kinds, discount = tables[k]
                context = tuple(row[i - k : i])
                if not total[context]:
                    break
                kept = max(counts[*context, row[i]] - discount, 0)
                share = kept + discount * kinds[context] * share
                share /= total[context]
            bits.append(-math.log2(share))
    return float(np.mean(bits))


@pytest.mark.full
def test_solved_is_what_trigrams_get_and_six_grams_are_as_stated() -> None:
    assert bits_of_n_grams(3) == pytest.approx(TASK.solved, abs=0.005)
    assert f"({bits_of_n_grams(6):.2f})" in TASK.definition
