"""What is told at once is told once."""

from dataclasses import replace

from kgrad.reporters.news import News
from tests.reporters.made import finding, snapshot


def signs(news: News, *findings: object) -> list[str]:
    found = news.of(snapshot(), findings)  # type: ignore[arg-type]
    return [diagnosis.cause.sign for diagnosis in found]


def test_many_layers_of_one_illness_are_told_once() -> None:
    news = News()
    many = [finding(target=f"layer_{i}/kernel") for i in range(12)]
    assert signs(news, *many) == ["exploding"]
    assert signs(news, *many, finding(target="other/kernel")) == []


def test_what_follows_from_what_was_told_is_no_news() -> None:
    news = News()
    assert signs(news, finding()) == ["exploding"]
    later = finding("slow_progress", first_step=50)
    assert signs(news, finding(), later) == []


def test_what_stands_alone_is_told_whenever_it_comes() -> None:
    news = News()
    assert signs(news, finding()) == ["exploding"]
    other = finding("inputs", first_step=50, target="x")
    assert signs(news, finding(), other) == ["inputs"]
    assert signs(news) == []
    assert signs(news, finding(), other) == []


def test_a_cause_in_the_data_is_told_after_its_consequences() -> None:
    news = News()
    assert signs(news, finding("nonfinite")) == ["nonfinite"]
    cause = finding("inputs", first_step=1, target="x", rule="nan")
    assert signs(news, finding("nonfinite"), cause) == ["inputs"]
    assert signs(news, finding("nonfinite"), cause) == []


def test_what_the_metric_alone_shows_waits_for_the_end() -> None:
    news = News()
    passing = [
        finding(sign, rule=sign, target="global")
        for sign in ("slow_progress", "overfitting", "plan")
    ]
    assert signs(news, *passing) == []
    assert signs(news, finding(first_step=50), *passing) == ["exploding"]
    told = {diagnosis.cause.sign for diagnosis in news.rest(passing)}
    assert "plan" in told
    assert news.rest(passing) == []


def test_a_note_is_no_news_until_it_is_a_problem() -> None:
    news = News()
    assert signs(news, replace(finding(), severity="note")) == []
    assert signs(news, finding()) == ["exploding"]
