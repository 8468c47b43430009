import logging
import threading
from collections.abc import Iterator

import pytest
from egovhub.breaker import Breaker
from egovhub.bugs import Bug, where
from egovhub.connector import Batch, Rejection
from egovhub.errors import AuthenticationError, ConfigurationError, ContractError
from egovhub.lifecycle import supervise
from egovhub.runner_options import Backoff, Totals

from tests.unit.sdk.test_runner import FACT, Bench, ListFeed, published

QUICK = Backoff(0.001, 0.002)


class Failing(ListFeed):
    """Fails so many times before it gives its batches."""

    def __init__(self, error: Exception, failures: int) -> None:
        super().__init__((FACT,))
        self._error = error
        self._left = failures

    def read(self, position: str | None) -> Iterator[Batch]:
        if self._left:
            self._left -= 1
            raise self._error
        return super().read(position)


def run(bench: Bench, *, once: bool = False, says: list[str] | None = None) -> Totals:
    told = says if says is not None else []
    return supervise(bench.runner, bench.metrics, bench.stopping, once=once, pauses=QUICK, say=told.append)


def stop_when_published(bench: Bench) -> None:
    bench.runner._options.once = False
    bench.runner._options.report = lambda _totals: bench.stopping.set()


@pytest.mark.logs_errors("ZeroDivisionError at ")
def test_a_bug_is_tried_again_and_each_start_is_counted() -> None:
    bench = Bench(Failing(ZeroDivisionError(), 3))
    stop_when_published(bench)
    run(bench)
    assert len(published(bench.publisher)) == 1
    assert bench.value("hub_connector_restarts_total", reason="bug") == 3
    assert bench.value("hub_connector_errors_total", reason="bug") == 3
    assert bench.value("hub_connector_state", state="stopped") == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AuthenticationError("no"), "authentication"),
        (ContractError("no"), "contract"),
        (ConfigurationError("no"), "configuration"),
    ],
)
def test_what_no_retry_mends_is_not_started_again_and_stays_visible(error: Exception, reason: str) -> None:
    bench = Bench(Failing(error, 1))
    stop_when_published(bench)
    says: list[str] = []
    ended: list[BaseException] = []

    def live() -> None:
        try:
            run(bench, says=says)
        except ConfigurationError as failure:
            ended.append(failure)

    life = threading.Thread(target=live)
    life.start()
    while not says:
        life.join(0.001)
    assert life.is_alive()
    assert bench.value("hub_connector_state", state="failed") == 1
    assert bench.value("hub_connector_state", state="running") == 0
    assert bench.value("hub_connector_errors_total", reason=reason) == 1
    bench.stopping.set()
    life.join()
    assert ended == [error]
    assert published(bench.publisher) == []


@pytest.mark.parametrize(("error", "raised"), [(ContractError("no"), ContractError), (KeyError("x"), Bug)])
def test_once_ends_with_the_first_error(error: Exception, raised: type[Exception]) -> None:
    bench = Bench(Failing(error, 1))
    with pytest.raises(raised):
        run(bench, once=True)


@pytest.mark.logs_errors("ValueError at ")
def test_a_bug_is_told_by_its_place_and_never_by_its_words(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(Failing(ValueError("031099001234"), 1))
    stop_when_published(bench)
    says: list[str] = []
    with caplog.at_level(logging.DEBUG):
        run(bench, says=says)
    assert "031099001234" not in caplog.text + "".join(says)
    assert "test_lifecycle.py" in caplog.text


@pytest.mark.logs_errors("KeyError at ")
def test_a_stop_ends_the_pause_before_the_next_start() -> None:
    bench = Bench(Failing(KeyError(), 9))
    with pytest.raises(Bug):
        supervise(
            bench.runner,
            bench.metrics,
            bench.stopping,
            once=False,
            pauses=Backoff(3600, 3600),
            say=lambda _line: bench.stopping.set(),
        )


def test_where_an_error_is_from_is_said_without_a_value() -> None:
    try:
        int("number 031099001234")
    except ValueError as error:
        said = where(error)
    assert said.startswith("ValueError at ")
    assert said.endswith(" test_where_an_error_is_from_is_said_without_a_value")
    assert where(KeyError("x")) == "KeyError at an unknown place"


def batch(read: int, refused: int) -> Batch:
    return Batch((), tuple(Rejection(n, "bad-row", "") for n in range(refused)), read, "{}")


@pytest.mark.parametrize(
    ("batches", "trips"),
    [
        ([(100, 100)], False),
        ([(101, 101)], True),
        ([(60, 60), (60, 60)], True),
        ([(60, 60), (1, 0), (60, 60)], False),
        ([(500, 100), (500, 100)], False),
        ([(500, 100), (500, 101)], True),
        ([(500, 150), (900, 0), (500, 150)], False),
        ([(5_000, 1_000)], False),
        ([(5_000, 1_001)], True),
    ],
)
def test_a_source_that_sends_rubbish_is_stopped(batches: list[tuple[int, int]], trips: bool) -> None:
    breaker = Breaker()
    *before, last = [batch(*each) for each in batches]
    for each in before:
        breaker.check(each)
    if trips:
        with pytest.raises(ContractError, match=r"bad-row.*nothing of this batch was stored.*--keep-going"):
            breaker.check(last)
    else:
        breaker.check(last)
