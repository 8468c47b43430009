"""Odd histories of cases through a worker: accepted, counted by name, and the figures are those of a batch."""

from collections import Counter

from tests.bad_inputs.histories import HISTORIES
from tests.integration.hub import Hub


def test_odd_histories_are_accepted_counted_by_name_and_equal_a_batch(hub: Hub) -> None:
    hub.publish(fact for history in HISTORIES for fact in history.facts)
    worker = hub.worker()
    hub.await_all_counted()
    hub.check()
    wanted: Counter[str] = Counter()
    for history in HISTORIES:
        wanted.update(history.shown)
    assert {name: sum(worker.values(name).values()) for name in wanted} == wanted
    assert worker.values("hub_dlq_records_total") == {}
    counted = {counter for p in hub.markers() for counter in hub.counters(p)}
    assert {name for history in HISTORIES for name in history.counted} <= counted
