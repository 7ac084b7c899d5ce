"""What is done to the data of ill cases is what their names say."""

from __future__ import annotations

import numpy as np

from zoo.clinic import data, flaws


def test_a_constant_feature_has_no_spread_to_divide_by() -> None:
    made = flaws.with_column(lambda x: np.full_like(x, 7))(data.waves(50))
    assert made.x.shape == (50, 16, 2)
    broken = flaws.standardized()(made).x
    assert np.isnan(broken[..., 1]).all()
    assert np.isfinite(broken[..., 0]).all()
    mended = flaws.standardized(1e-6)(made).x
    assert np.isfinite(mended).all()
    np.testing.assert_allclose(mended[..., 0].std(axis=0), 1, rtol=1e-3)


def test_sorted_samples_keep_their_labels() -> None:
    plain = data.digits(200)
    made = flaws.ordered(plain)
    assert (np.diff(made.y) >= 0).all()
    found = {(x.tobytes(), int(y)) for x, y in zip(made.x, made.y, strict=True)}
    given = {
        (x.tobytes(), int(y)) for x, y in zip(plain.x, plain.y, strict=True)
    }
    assert found == given
    np.testing.assert_array_equal(made.y_validation, plain.y_validation)


def test_what_is_rare_in_training_is_not_in_validation() -> None:
    made = flaws.rare(0.05)(data.circles(2000))
    assert 0 < made.y.mean() < 0.1
    assert 0.4 < made.y_validation.mean() < 0.6
    assert len(made.x) == len(made.y)


def test_words_of_a_topic_tell_it() -> None:
    made = data.topics(classes=4)
    assert made.x.min() >= 1
    assert made.x.max() < 60
    topic = (59 - made.x) // 6
    right = (topic == made.y[:, np.newaxis]).mean()
    wrong = (topic == (made.y[:, np.newaxis] + 1) % 4).mean()
    assert right > 0.3
    assert wrong == 0


def test_what_comes_next_is_what_follows_in_the_series() -> None:
    one, three = data.waves(100), data.waves(100, ahead=3)
    assert one.x.shape == (100, 16, 1)
    assert three.y.shape == (100, 3)
    # Neighboring windows: the target of one is the last input of the next.
    last = {float(x[-1, 0]) for x in one.x}
    assert sum(float(y[0]) in last for y in one.y) > 10
    np.testing.assert_allclose(one.y.std(), 1, atol=0.15)


def test_ink_leans_to_where_there_is_more_of_it() -> None:
    made = data.leaning(100)
    right = made.x[..., 0][:, :, 5:].mean(axis=(1, 2))
    left = made.x[..., 0][:, :, :3].mean(axis=(1, 2))
    assert np.corrcoef(made.y[:, 0], right - left)[0, 1] > 0.999


def test_labels_become_rows() -> None:
    plain = data.blobs(30)
    made = flaws.one_hot(3)(plain)
    np.testing.assert_array_equal(made.y.argmax(axis=1), plain.y)
    np.testing.assert_array_equal(made.y.sum(axis=1), 1)
