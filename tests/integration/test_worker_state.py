"""Local state is a cache: lost, old, behind or of another log, the rows come back the same."""

import shutil

from egovhub.events import Fact

from services.rows import MARKER_KEY
from tests.integration.expected import drawn_facts, in_the_past
from tests.integration.hub import PARTITIONS, Hub
from tests.unit.domain.build import fact


def received(case: str, unit: str) -> Fact:
    return in_the_past(
        fact("RECEIVED", "Mon 2026-01-05 08:00", "Mon 2026-01-12 17:00", unit=unit, case_id=case)
    )


def retraction(target: Fact) -> Fact:
    return target._replace(event_id="r", retracts=(target.event_id,), unit=None, due_at=None)


def units(hub: Hub) -> set[bytes]:
    keys = (key for p in range(PARTITIONS) for key in hub.standing["hub.tallies", p] if key != MARKER_KEY)
    return {key.split(b'"')[1] for key in keys}


def test_a_row_published_before_a_kill_vanishes_with_its_fact(hub: Hub) -> None:
    targets = [received(f"onestop:K{n}", f"gone{n}") for n in range(40)]
    hub.publish(drawn_facts(50, seed=2))
    worker = hub.worker()
    hub.await_all_counted()
    hub.publish(targets)
    hub.await_all_counted()
    worker.kill()
    assert b"gone1" in units(hub)
    hub.publish(retraction(target) for target in targets)
    hub.worker()
    hub.await_all_counted()
    hub.check()
    hub.check_history()
    assert not any(unit.startswith(b"gone") for unit in units(hub))
    assert b"gone1" in {
        record.key.split(b'"')[1] for record in hub.seen if record.value is None and b"gone1" in record.key
    }


def test_a_deleted_state_and_one_of_earlier_come_back_the_same(hub: Hub) -> None:
    facts = drawn_facts(300, seed=3)
    thirds = [facts[n::3] for n in range(3)]
    worker = hub.worker()
    hub.publish([*thirds[0], received("onestop:E", "early")])
    hub.await_all_counted()
    assert worker.stop() == 0
    shutil.copytree(hub.state("a"), hub.state("earlier"))
    shutil.rmtree(hub.state("a"))
    worker = hub.worker()
    hub.publish([*thirds[1], retraction(received("onestop:E", "early"))])
    hub.await_all_counted()
    hub.check()
    assert "rebuilt from facts: the state is new" in worker.words
    assert worker.stop() == 0
    shutil.rmtree(hub.state("a"))
    shutil.copytree(hub.state("earlier"), hub.state("a"))
    worker = hub.worker()
    hub.publish(thirds[2])
    hub.await_all_counted()
    hub.check()
    hub.check_history()
    assert "rebuilt from facts" not in worker.words
    assert b"early" not in units(hub)


def test_facts_made_again_under_a_running_worker_end_it_and_the_next_counts_them_anew(hub: Hub) -> None:
    worker = hub.worker()
    hub.publish(received(f"onestop:R{n}", "old") for n in range(200))
    hub.await_all_counted()
    hub.recreate_facts()
    hub.publish(drawn_facts(50, seed=13, prefix="N"))
    log = hub.log_identity()

    # Whether it meets the new log, or for a moment none, hangs on when its client asks for metadata.
    assert (worker.exit_code(), "start again" in worker.words) in {(1, True), (2, False)}
    # For a session the group gives the same member id the same share again, which may be that of no topic: none.
    hub.worker("b")
    hub.until(lambda: {marker.topic_id for marker in hub.markers().values()} == {log.topic_id})
    hub.await_all_counted()
    hub.check()
    assert b"old" not in units(hub)
    assert "Traceback" not in worker.words


def test_facts_made_again_under_an_old_state_rebuild_it_and_say_so(hub: Hub) -> None:
    worker = hub.worker()
    hub.publish([*drawn_facts(150, seed=6), received("onestop:O", "old")])
    hub.await_all_counted()
    assert worker.stop() == 0
    hub.recreate_facts()
    hub.publish(drawn_facts(100, seed=7, prefix="N"))
    log = hub.log_identity()
    worker = hub.worker()
    hub.until(lambda: {marker.topic_id for marker in hub.markers().values()} == {log.topic_id})
    hub.await_all_counted()
    hub.check()
    assert "rebuilt from facts: the state is of another log of facts" in worker.words
    assert b"old" not in units(hub)
