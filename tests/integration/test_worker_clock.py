"""Time is an argument: it alone turns figures, and a clock nobody can trust publishes nothing."""

from tests.integration.expected import drawn_facts, in_the_past
from tests.integration.hub import PARTITIONS, Hub
from tests.unit.domain.build import fact
from tests.unit.domain.draw import INSTANTS

FOUR_YEARS_BEFORE = 1461 * 86_400_000


def buckets(hub: Hub) -> set[str]:
    return {row["bucket"] for p in range(PARTITIONS) for row in hub.judgements(p).values()}


def test_the_clock_alone_turns_cases_overdue_at_the_millisecond_after_they_are_due(hub: Hub) -> None:
    due = in_the_past(fact("RECEIVED", "Mon 2026-01-05 08:00", "Tue 2026-01-13 00:00", unit="u"))
    due_at = due.due_at or 0
    hub.step(due_at)
    hub.publish(due._replace(case_id=f"onestop:{n}") for n in range(60))
    hub.worker()
    hub.await_all_counted(due_at)
    hub.check()
    assert buckets(hub) == {"in_time"}
    hub.step(due_at + 1)
    hub.await_all_counted(due_at + 1)
    hub.check()
    assert buckets(hub) == {"overdue"}


def test_stepping_through_the_life_of_random_cases_gives_the_recount_at_every_stop(hub: Hub) -> None:
    hub.publish(drawn_facts(150, seed=9))
    hub.step(INSTANTS[0] - FOUR_YEARS_BEFORE)
    hub.worker()
    for instant in INSTANTS[::4]:
        hub.step(instant - FOUR_YEARS_BEFORE)
        hub.await_all_counted(instant - FOUR_YEARS_BEFORE)
        hub.check()
    hub.check_history()


def test_a_clock_two_hours_ahead_publishes_nothing_and_says_why(hub: Hub) -> None:
    hub.publish(drawn_facts(50, seed=10))
    wrong = hub.worker("wrong", clock="+2h")
    hub.until(lambda: wrong.words.count("ahead of the broker's") >= PARTITIONS)
    hub.read()
    assert hub.seen == []
    assert wrong.is_running()
    assert wrong.stop() == 0
    right = hub.worker("wrong", clock="")
    hub.await_all_counted()
    hub.check()
    assert "publishes nothing" not in right.words
    assert right.stop() == 0
    injected = hub.worker("other")
    assert injected.exit_code() == 2
    assert_refused(injected.words, "counted by clocks of the kind real, this process's is injected")


def test_a_real_clock_is_refused_on_a_log_counted_by_an_injected_one(hub: Hub) -> None:
    worker = hub.worker()
    hub.await_all_counted()
    assert worker.stop() == 0
    before = hub.seen
    real = hub.worker(clock="")
    assert real.exit_code() == 2
    hub.read()
    assert hub.seen == before
    assert_refused(real.words, "counted by clocks of the kind injected, this process's is real")


def assert_refused(words: str, why: str) -> None:
    """One line says what is wrong and what to do about it, and no traceback hides it."""
    lines = [line for line in words.splitlines() if why in line and line.startswith("HUB_CLOCK: ")]
    assert len(lines) == 1, words
    assert "Traceback" not in words
