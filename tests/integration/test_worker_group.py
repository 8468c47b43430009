"""Several workers share the partitions; whoever is killed or paused, only whole and right rows ever stand."""

from tests.integration.expected import drawn_facts
from tests.integration.hub import NOW, Hub
from tests.integration.process import Process


def owns(process: Process, partitions: int) -> bool:
    """Whether this is what the process said last of its share."""
    said = [line for line in process.words.splitlines() if " owns " in line]
    return bool(said) and f"owns {partitions} partitions" in said[-1]


def test_two_workers_share_the_partitions_and_the_survivor_of_a_kill_takes_all(hub: Hub) -> None:
    facts = drawn_facts(600, seed=4)
    parts = [facts[n::40] for n in range(40)]
    first = hub.worker("a")
    hub.publish(parts.pop())
    hub.await_all_counted()
    second = hub.worker("b")

    def publish_until(holds: bool) -> bool:
        if parts:
            hub.publish(parts.pop())
        return holds

    hub.until(lambda: publish_until(owns(second, 6) and owns(first, 6)))
    hub.await_all_counted()
    hub.check()
    second.kill()
    hub.until(lambda: publish_until(owns(first, 12)))
    for part in parts:
        hub.publish(part)
    hub.await_all_counted()
    hub.check()
    hub.check_history()
    assert first.is_running()


def test_a_worker_paused_beyond_its_session_changes_nothing_that_stands(hub: Hub) -> None:
    facts = drawn_facts(300, seed=5)
    thirds = [facts[n::3] for n in range(3)]
    first, second = hub.worker("a"), hub.worker("b")
    hub.until(lambda: owns(first, 6) and owns(second, 6))
    hub.publish(thirds[0])
    hub.await_all_counted()
    first.pause()
    hub.publish(thirds[1])
    hub.step(NOW + 3_600_000)
    hub.until(lambda: owns(second, 12))
    hub.await_all_counted(NOW + 3_600_000)
    first.resume()
    hub.publish(thirds[2])
    hub.until(lambda: owns(first, 6) and owns(second, 6))
    hub.await_all_counted()
    hub.check()
    hub.check_history()
    assert first.is_running()
    assert second.is_running()
    hub.verify("--without-stage")
