"""Open letters and their age, as a scrape sees them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from egovhub.errors import REASONS
from egovhub.publisher import Record
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from services.dead_letter_metrics import OTHER, STAGES, LetterMetrics, OpenLetters, plug_in
from services.dead_letters import DECISIONS, LETTERS
from services.settings import load_settings
from tests.unit.services.dlq_build import CUT, NOW, decision, letter, stored

OPEN, OLDEST = "hub_dlq_open_records", "hub_dlq_oldest_timestamp_seconds"
REPLAYED, DISCARDED = "hub_dlq_replayed_total", "hub_dlq_discarded_total"

Samples = Mapping[str, Mapping[tuple[str, ...], float]]


def following(*records: Record, letters: OpenLetters | None = None) -> OpenLetters:
    letters = letters or OpenLetters()
    for record in records:
        letters.take(stored(record), is_letter=record.topic == LETTERS)
    return letters


def scrape(letters: OpenLetters | None, *, is_shown: bool = True) -> Samples:
    """Samples by name and (at, reason)."""
    metrics, registry = LetterMetrics(lambda: is_shown), CollectorRegistry()
    registry.register(metrics)
    if letters is not None:
        metrics.show(letters.summary())
    text = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def opened(samples: Samples) -> dict[tuple[str, ...], float]:
    return {label: n for label, n in samples[OPEN].items() if n}


MOVED = ("worker", "wrong-partition")


def test_open_letters_are_counted_by_step_and_reason_with_the_age_of_the_oldest() -> None:
    samples = scrape(
        following(
            letter(0, 1, timestamp=NOW - 1),
            letter(0, 2, timestamp=NOW - 500),
            letter(0, 3, timestamp=NOW - 9),
            letter(0, 4, CUT, timestamp=NOW - 1000, reason="malformed-body", at="connector"),
        )
    )
    assert opened(samples) == {MOVED: 3, ("connector", "malformed-body"): 1}
    assert samples[OLDEST] == {
        MOVED: (NOW - 500) / 1000,
        ("connector", "malformed-body"): (NOW - 1000) / 1000,
    }


def test_a_decision_closes_a_letter_whichever_came_first_and_a_tombstone_opens_it() -> None:
    letters = following(decision("facts/0/1"), letter(0, 1), letter(0, 2), decision("facts/0/2", "REPLAYED"))
    assert opened(scrape(letters)) == {}
    assert OLDEST not in scrape(letters)
    following(Record(DECISIONS, b"facts/0/1", None), letters=letters)
    assert opened(scrape(letters)) == {MOVED: 1}


def test_a_letter_written_again_counts_once_and_a_deleted_one_not() -> None:
    letters = following(letter(0, 1), letter(0, 2), letter(0, 1))
    assert opened(scrape(letters)) == {MOVED: 2}
    following(Record(LETTERS, b"facts/0/1", None), letters=letters)
    assert opened(scrape(letters)) == {MOVED: 1}


def test_decided_letters_are_counted_once_for_each_thing_decided() -> None:
    letters = following(
        letter(0, 1),
        decision("facts/0/1", "DISCARDED"),
        decision("facts/0/1", "REPLAYED"),
        decision("facts/0/1", "REPLAYED"),
        decision("facts/9/9", "REPLAYED"),
    )
    samples = scrape(letters)
    assert (samples[REPLAYED], samples[DISCARDED]) == ({(): 2}, {(): 1})


def test_a_letter_beyond_its_topics_retention_is_forgotten() -> None:
    letters = following(letter(0, 1))
    letters.forget(NOW)
    assert opened(scrape(letters)) == {MOVED: 1}
    letters.forget(NOW + 1)
    assert opened(scrape(letters)) == {}


def test_every_known_step_and_reason_is_there_from_the_start_and_counters_are_zero() -> None:
    samples = scrape(OpenLetters())
    assert samples[OPEN] == {(stage, reason): 0 for stage in STAGES for reason in REASONS}
    assert (samples[REPLAYED], samples[DISCARDED]) == ({(): 0}, {(): 0})
    assert OLDEST not in samples


def test_no_letter_makes_a_label() -> None:
    samples = scrape(following(letter(0, 1, reason="Nguyen Van A", at="0123456789")))
    assert opened(samples) == {(OTHER, OTHER): 1}


@pytest.mark.parametrize("topic", [LETTERS, DECISIONS])
def test_what_cannot_be_read_is_left_out_and_named_in_the_log(
    topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    letters = following(letter(0, 1), Record(topic, b"facts/0/1", b"secret"))
    assert opened(scrape(letters)) == {MOVED: 1}
    [record] = caplog.records
    assert record.getMessage().startswith(f"dlq: {topic}/0/0 is left out: bad-magic")
    assert "secret" not in caplog.text


@pytest.mark.parametrize("letters", [None, following(letter(0, 1))])
def test_nothing_is_shown_on_standby_or_before_everything_was_read(letters: OpenLetters | None) -> None:
    assert scrape(letters, is_shown=letters is None) == {}


def test_plugged_in_an_app_follows_the_letters_and_a_registry_shows_them() -> None:
    class App:
        runs: list[Callable[[], Any]]

        def __init__(self) -> None:
            self.runs = []

        def work(self, run: Callable[[], Any]) -> None:
            self.runs.append(run)

    app, registry = App(), CollectorRegistry()
    plug_in(app, load_settings(), registry, lambda: True)
    assert len(app.runs) == 1
    assert list(registry.collect()) == []
