"""From facts to indicators by processes: a standby takes over from a killed stage, and the rows are a recount's."""

from tests.integration.expected import drawn_facts
from tests.integration.hub import Hub

ACTIVE, STANDBY = "hub_stage_active 1.0", "hub_stage_active 0.0"


def test_the_rows_of_a_standby_that_takes_over_are_those_of_a_recount(hub: Hub) -> None:
    facts = drawn_facts(200, seed=11)
    hub.worker()
    stages = [hub.stage("one"), hub.stage("two")]
    hub.publish(facts[::2])
    hub.await_indicators()
    hub.check_indicators()
    hub.until(
        lambda: (
            sorted((stage.shows(ACTIVE), stage.shows(STANDBY)) for stage in stages)
            == [(False, True), (True, False)]
        )
    )
    stages.sort(key=lambda stage: stage.shows(ACTIVE))
    standby, active = stages
    active.kill()
    hub.publish(facts[1::2])
    hub.await_indicators()
    hub.check()
    hub.check_indicators()
    assert standby.shows(ACTIVE)
    hub.verify()
