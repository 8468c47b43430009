"""Whatever way facts arrive in, the rows are those of a recount of the set."""

from random import Random

from egovhub.events import Fact

from tests.integration.expected import drawn_facts, in_the_past
from tests.integration.hub import Hub
from tests.unit.domain.build import fact


def shuffled(facts: list[Fact]) -> list[Fact]:
    return Random(7).sample(facts, len(facts))


def test_shuffled_doubled_and_spread_over_flushes_facts_count_once(hub: Hub) -> None:
    facts = drawn_facts(300, seed=1)
    hub.worker()
    hub.publish(shuffled(facts))
    hub.await_all_counted()
    hub.check()
    before = [(key, value) for p in range(12) for key, value in hub.standing["hub.tallies", p].items()]
    hub.publish(shuffled(facts))
    hub.await_all_counted()
    hub.check()
    after = [(key, value) for p in range(12) for key, value in hub.standing["hub.tallies", p].items()]
    assert [row for row in after if row[0] != b'"marker"'] == [row for row in before if row[0] != b'"marker"']


def test_a_retraction_before_its_target_leaves_no_row(hub: Hub) -> None:
    target = in_the_past(fact("RECEIVED", "Mon 2026-01-05 08:00", unit="gone", case_id="onestop:1"))
    retraction = in_the_past(
        fact(
            "RETRACTED",
            "Tue 2026-01-06 08:00",
            case_id="onestop:1",
            retracts=(target.event_id,),
            event_id="r",
        )
    )
    hub.worker()
    hub.publish([retraction])
    hub.await_all_counted()
    hub.publish([target])
    hub.await_all_counted()
    hub.check()
    assert b"gone" not in b"".join(key for p in range(12) for key in hub.standing["hub.tallies", p])
