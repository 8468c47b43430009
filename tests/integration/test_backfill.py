"""What a connector publishes as history did not arrive late, for the worker, after a rebuild, and for verify."""

import shutil

from tests.bad_inputs.records import GOOD
from tests.integration.hub import Hub

HISTORY = (("hub-backfill", b"y2022"),)
LATE = "trust.late.late/onestop"


def publish(hub: Hub, case: str, *, is_history: bool) -> None:
    """A fact of years ago, appended now."""
    fact = GOOD._replace(case_id=f"onestop:{case}", event_id="told")
    hub.append_with([(fact, HISTORY if is_history else ())])


def late(hub: Hub) -> int:
    return sum(hub.sum_of(LATE, partition) for partition in hub.markers())


def test_history_is_not_late_before_and_after_a_rebuild(hub: Hub) -> None:
    publish(hub, "news", is_history=False)
    publish(hub, "history", is_history=True)
    publish(hub, "history", is_history=False)
    publish(hub, "both", is_history=False)
    publish(hub, "both", is_history=True)
    worker = hub.worker()
    hub.stage()
    hub.await_indicators()
    assert late(hub) == 2
    hub.check()
    hub.verify()
    assert worker.stop() == 0
    shutil.rmtree(hub.state("a"))
    hub.worker("b")
    publish(hub, "more", is_history=True)
    hub.await_indicators()
    assert late(hub) == 2
    hub.check()
    hub.check_indicators()
    hub.verify()
