"""Every bad record at the hub's own door, and every odd history against its counters."""

import tracemalloc
from collections import Counter
from itertools import permutations

import pytest
from egovhub.errors import REASONS, RejectedInput

from services.domain.evaluation import evaluate
from services.domain.standing import Known
from services.door import Door
from tests.bad_inputs.histories import HISTORIES, History
from tests.bad_inputs.records import GOOD, KEY, PARTITION, RECORDS, VALUE, Record
from tests.integration.expected import RULES
from tests.integration.hub import NOW, PARTITIONS

MOST_BYTES = 1 << 20


def refusal(record: Record) -> str:
    with pytest.raises(RejectedInput) as refused:
        Door(PARTITIONS).admit(record.partition, record.key, record.value, NOW, record.headers)
    return refused.value.reason


def test_the_catalogue_has_every_class_that_is_asked_of_the_hub() -> None:
    assert len({str(record) for record in RECORDS}) == len(RECORDS) > 150
    assert set(Counter(record.number for record in RECORDS)) == {1, 2, 3, 4, 5, 8, 9, 10, 11, 20, 22}
    assert set(Counter(history.number for history in HISTORIES)) == {11, 12, 13, 14}
    assert {record.reason for record in RECORDS} <= REASONS


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_a_bad_record_is_refused_for_its_reason_and_the_next_good_one_admitted(record: Record) -> None:
    assert refusal(record) == record.reason
    assert Door(PARTITIONS).admit(PARTITION, KEY, VALUE, NOW) == Known(GOOD, NOW)


def test_no_bad_record_takes_memory() -> None:
    tracemalloc.start()
    for record in RECORDS:
        refusal(record)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_an_odd_history_is_counted_by_name_whatever_the_order(history: History) -> None:
    outcomes = [
        evaluate([Known(fact, NOW) for fact in facts], NOW, RULES.law)
        for facts in permutations(history.facts)
    ]
    assert set(history.counted) <= {
        counter for _unit, _procedure, _month, counter in outcomes[0].contributions
    }
    assert all(outcome.contributions == outcomes[0].contributions for outcome in outcomes)
    shown = history.shown.get
    assert outcomes[0].revisions == shown("hub_facts_revisions_total", 0)
    assert outcomes[0].conflicts == shown("hub_facts_conflicts_total", 0)


def test_a_unit_nobody_knows_is_shown_by_its_name() -> None:
    [history] = [history for history in HISTORIES if history.name == "a unit nobody knows"]
    outcome = evaluate([Known(fact, NOW) for fact in history.facts], NOW, RULES.law)
    assert {unit for unit, _procedure, _month, _counter in outcome.contributions} == {"H99.99"}
