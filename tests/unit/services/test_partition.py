"""Whatever a worker lives through, its partition publishes what a batch over the log would."""

import tempfile
from pathlib import Path

import pytest
from egovhub.codec import decode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.verdicts import buckets
from services.partition import Partition, Reassessment
from tests.unit.domain.build import at, fact
from tests.unit.domain.draw import AFTER, INSTANTS
from tests.unit.services.partition_build import (
    BAD_BYTES,
    OTHER_CODE,
    OTHER_LOG,
    RULES,
    FakeRecord,
    Tally,
    Topics,
    counters_of,
    drawn_log,
    log_of,
    open_partition,
    record_of,
    recount,
    run,
    with_day_off,
)

STEPS = ("append", "append", "append", "commit", "refuse", "doubt", "checkpoint", "crash", "crash in flight")
ALL_INSTANTS = [*INSTANTS, AFTER]
TICKS_AN_INSTANT = 3
TOO_FAR = 20 * 86_400_000


class Life:
    """An owner's life over a log, step by step."""

    def __init__(self, folder: Path, records: list[FakeRecord], tick: int) -> None:
        self.folder, self.records, self.topics = folder, records, Topics()
        self.tick = tick
        self.partition = self.opened()

    def opened(self) -> Partition:
        partition = open_partition(self.folder)
        self.topics.read_back(partition)
        if partition.position < self.topics.position:
            partition.append(self.records[partition.position : self.topics.position])
        return partition

    @property
    def as_of(self) -> int:
        return ALL_INSTANTS[min(self.tick // TICKS_AN_INSTANT, len(ALL_INSTANTS) - 1)]

    def step(self, name: str, size: int) -> None:
        self.tick += 1
        match name:
            case "append":
                first = self.partition.position
                if chunk := self.records[first : first + size]:
                    self.partition.append(chunk)
            case "commit":
                self.topics.flush(self.partition, self.as_of)
                self.partition.committed()
                counted = self.records[: self.partition.position]
                assert self.topics.stands() == recount(counted, self.as_of)
            case "refuse":
                before = self.partition.as_of
                run(self.partition, self.as_of + TOO_FAR)
                self.partition.flush()
                self.partition.not_committed()
                self.partition.rewind(before)
            case "doubt":
                before = self.partition.as_of
                self.topics.flush(self.partition, self.as_of)
                self.partition.not_committed()
                self.partition.rewind(before)
                self.topics.read_back(self.partition)
            case "checkpoint":
                self.partition.checkpoint()
            case "crash" | "crash in flight":
                if name == "crash in flight":
                    run(self.partition, self.as_of)
                    self.partition.checkpoint()
                self.partition.close()
                self.partition = self.opened()

    def finish(self) -> None:
        if rest := self.records[self.partition.position :]:
            self.partition.append(rest)
        self.topics.flush(self.partition, AFTER)
        self.partition.close()


@given(
    seed=st.integers(0, 10_000),
    tick=st.integers(0, TICKS_AN_INSTANT * len(ALL_INSTANTS)),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 9)), min_size=5, max_size=30),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_life_ends_in_the_rows_of_a_batch(seed: int, tick: int, steps: list[tuple[str, int]]) -> None:
    records = drawn_log(seed)
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder) / "state", records, tick)
        for name, size in steps:
            life.step(name, size)
        life.finish()
    assert life.topics.stands() == recount(records, AFTER)


def test_time_alone_turns_a_case_overdue_after_its_due_instant(tmp_path: Path) -> None:
    due = at("Mon 2026-01-12 17:00")
    records = log_of([fact("RECEIVED", "Mon 2026-01-05 08:00", due, unit="u", procedure="p")])
    partition, topics = open_partition(tmp_path / "state"), Topics()
    partition.append(records)
    for as_of, bucket in ((due - 1, "in_time"), (due, "in_time"), (due + 1, "overdue")):
        topics.flush(partition, as_of)
        partition.committed()
        assert topics.stands() == recount(records, as_of)
        counters = counters_of(topics.tallies)['["u","p","month","2026-01"]']
        found = buckets(counters, RULES.policy, RULES.law.policies)
        assert {name: n for name, n in found.items() if n} == {bucket: 1}


def test_a_due_case_wakes_after_a_restart_though_no_fact_came(tmp_path: Path) -> None:
    due = at("Mon 2026-01-12 17:00")
    records = log_of([fact("RECEIVED", "Mon 2026-01-05 08:00", due)])
    partition, topics = open_partition(tmp_path / "state"), Topics()
    partition.append(records)
    topics.flush(partition, due)
    partition.committed()
    partition.checkpoint()
    partition.close()
    partition = open_partition(tmp_path / "state")
    assert partition.unevaluated == 0
    topics.flush(partition, due + 1)
    assert topics.stands() == recount(records, due + 1)


def test_nothing_to_say_is_an_empty_flush(tmp_path: Path) -> None:
    partition, topics = open_partition(tmp_path / "state"), Topics()
    partition.append(drawn_log(1))
    topics.flush(partition, AFTER)
    partition.committed()
    run(partition, AFTER + 1)
    assert partition.flush().is_empty


def test_other_code_or_reference_evaluates_every_case_again(tmp_path: Path) -> None:
    partition, topics = open_partition(tmp_path / "state"), Topics()
    records = drawn_log(2)
    partition.append(records)
    topics.flush(partition, AFTER)
    partition.committed()
    partition.checkpoint()
    partition.close()
    cases = {record.key for record in records if record.key != b"onestop:bad"}
    partition = open_partition(tmp_path / "state", rules=OTHER_CODE)
    assert partition.unevaluated == len(cases)
    topics.flush(partition, AFTER)
    assert topics.stands() == recount(records, AFTER)
    assert {decode(value)[1]["code"] for value in topics.cases.values()} == {"another"}


def test_changed_reference_files_are_named_with_how_many_cases_they_moved(tmp_path: Path) -> None:
    """One holiday more, on a Tuesday: of three open cases with a limit it moves the one that counts over it."""
    received = {
        "hit": "Mon 2026-03-09 08:00",
        "before": "Mon 2026-03-02 08:00",
        "after": "Wed 2026-03-11 08:00",
    }
    records = log_of(
        fact("RECEIVED", since, case_id=f"onestop:{name}", unit="10507", procedure="1.004873")
        for name, since in received.items()
    )
    now = at("Fri 2026-03-13 08:00")
    partition, topics = open_partition(tmp_path / "state"), Topics()
    partition.append(records)
    topics.flush(partition, now)
    partition.committed()
    assert partition.reassessment is None
    partition.checkpoint()
    partition.close()
    later = with_day_off(tmp_path / "reference", "2026-03-10")
    partition = open_partition(tmp_path / "state", rules=later)
    assert partition.reassessment == Reassessment(("calendar.toml",), cases=3)
    run(partition, now)
    assert partition.reassessment == Reassessment(("calendar.toml",), cases=3, differing=1)
    partition.not_committed()
    run(partition, now)
    assert partition.reassessment == Reassessment(("calendar.toml",), cases=3, differing=1)


def test_other_code_is_named_as_the_reason(tmp_path: Path) -> None:
    partition = open_partition(tmp_path / "state")
    partition.append(drawn_log(2))
    partition.checkpoint()
    partition.close()
    reassessment = open_partition(tmp_path / "state", rules=OTHER_CODE).reassessment
    assert reassessment is not None
    assert reassessment.why == ("code",)


def test_other_code_is_not_forgotten_by_a_checkpoint_before_the_evaluation(tmp_path: Path) -> None:
    partition = open_partition(tmp_path / "state")
    partition.append(drawn_log(2))
    run(partition, AFTER)
    partition.committed()
    partition.checkpoint()
    partition.close()
    partition = open_partition(tmp_path / "state", rules=OTHER_CODE)
    waiting = partition.unevaluated
    partition.checkpoint()
    partition.close()
    assert open_partition(tmp_path / "state", rules=OTHER_CODE).unevaluated == waiting > 0


def test_state_of_another_log_is_wiped_and_its_rows_are_withdrawn(tmp_path: Path) -> None:
    partition, topics = open_partition(tmp_path / "state"), Topics()
    partition.append(drawn_log(3))
    topics.flush(partition, AFTER)
    partition.committed()
    partition.checkpoint()
    partition.close()
    partition = open_partition(tmp_path / "state", log=OTHER_LOG)
    assert partition.rebuilt_because == "the state is of another log of facts"
    assert (partition.position, partition.as_of, partition.due_entries) == (0, 0, 0)
    topics.has_marker = False
    topics.read_back(partition)
    records = log_of([fact("RECEIVED", "Mon 2026-01-05 08:00", case_id="onestop:new")])
    partition.append(records)
    topics.flush(partition, AFTER)
    stands, expected = topics.stands(), recount(records, AFTER)
    assert (stands.tallies, stands.buckets) == (expected.tallies, expected.buckets)


def test_reading_back_the_cases_withdraws_none_of_this_log(tmp_path: Path) -> None:
    partition, topics = open_partition(tmp_path / "state"), Topics()
    records = drawn_log(4)
    partition.append(records)
    topics.flush(partition, AFTER)
    partition.committed()
    partition.checkpoint()
    topics.has_marker = False
    topics.read_back(partition)
    topics.flush(partition, AFTER)
    assert topics.stands() == recount(records, AFTER)


def test_a_letter_waits_in_the_checkpoint_until_its_flush_is_committed(tmp_path: Path) -> None:
    bad = FakeRecord(0, AFTER, b"onestop:1", b"\x01", (("trace", b"\xff"), ("trace", b"")))
    partition = open_partition(tmp_path / "state")
    partition.append([bad])
    letters = partition.flush().letters
    for _ in range(2):
        partition.checkpoint()
        partition.close()
        partition = open_partition(tmp_path / "state")
        assert partition.position == 1
        assert partition.flush().letters == letters
    partition.committed()
    partition.checkpoint()
    partition.close()
    assert open_partition(tmp_path / "state").flush().is_empty


def test_a_letter_is_the_record_byte_for_byte(tmp_path: Path) -> None:
    bad = FakeRecord(0, 1_700_000_000_123, b"onestop:\xff", b"\x01\x00", (("trace", b"\xff"), ("trace", b"")))
    partition = open_partition(tmp_path / "state")
    partition.append([bad])
    flush = partition.flush()
    [(key, value)] = flush.letters
    assert key == b"facts/0/0"
    assert flush.reasons == ["bad-magic"]
    letter = decode(value or b"")[1]
    assert (letter["key"], letter["value"], letter["timestamp"]) == (bad.key, bad.value, bad.timestamp)
    assert [(header["name"], header["value"]) for header in letter["headers"]] == list(bad.headers)


@pytest.mark.parametrize("is_checkpointed", [False, True])
def test_a_repeat_is_counted_and_keeps_the_earliest_append_time(
    tmp_path: Path, is_checkpointed: bool
) -> None:
    [first] = log_of([fact("RECEIVED", "Mon 2026-01-05 08:00")])
    partition = open_partition(tmp_path / "state", counters=(counters := Tally()))
    partition.append([first._replace(timestamp=AFTER + 9)])
    if is_checkpointed:
        partition.checkpoint()
    partition.append([first._replace(offset=1, timestamp=AFTER)])
    partition.append([first._replace(offset=2, timestamp=AFTER + 5)])
    partition.checkpoint()
    assert counters.counted["duplicates"] == 2
    stored = partition._store.case(first.key or b"")
    assert stored is not None
    assert [tuple(row) for row in stored.facts] == [(first.value, AFTER)]


def test_a_fact_of_a_source_on_trial_counts_nowhere_and_is_passed_in_the_log(tmp_path: Path) -> None:
    told = fact("RECEIVED", "Mon 2026-01-05 08:00")
    trial = record_of(0, told)._replace(headers=(("hub-sandbox", b"1"),))
    refused = FakeRecord(1, AFTER, b"onestop:bad", BAD_BYTES, (("hub-sandbox", b"1"),))
    partition = open_partition(tmp_path / "state", counters=(counters := Tally()))
    partition.append([trial, refused])
    assert list(partition.evaluate(AFTER)) == []
    flush = partition.flush()
    assert (flush.tallies, flush.cases) == ([], [])
    assert flush.reasons == ["unknown-schema"]
    assert partition.position == 2
    assert counters.counted["trials"] == 1


def test_the_same_fact_counts_once_its_source_is_no_longer_on_trial(tmp_path: Path) -> None:
    first = record_of(0, fact("RECEIVED", "Mon 2026-01-05 08:00"))
    partition = open_partition(tmp_path / "state", counters=(counters := Tally()))
    partition.append([first._replace(headers=(("hub-sandbox", b"1"),)), first._replace(offset=1)])
    assert list(partition.evaluate(AFTER)) == []
    assert [key for key, _ in partition.flush().cases] == [first.key]
    assert (counters.counted["trials"], counters.counted["duplicates"]) == (1, 0)


HISTORY = (("hub-backfill", b"y2025"),)
MONTHS_LATER = AFTER + 90 * 86_400_000


def late(partition: Partition) -> dict[str, int]:
    """What a partition counts of arrivals, over all cells."""
    run(partition, MONTHS_LATER)
    found: dict[str, int] = {}
    for counters in counters_of(dict(partition.flush().tallies)).values():  # type: ignore[arg-type]
        found |= {name: n for name, n in counters.items() if name.startswith("trust.late.")}
    partition.committed()
    return found


@pytest.mark.parametrize("is_restarted", [False, True])
def test_history_arrives_at_no_time_and_stays_history_through_checkpoint_and_restart(
    tmp_path: Path, is_restarted: bool
) -> None:
    first = record_of(0, fact("RECEIVED", "Mon 2026-01-05 08:00"), MONTHS_LATER)
    partition = open_partition(tmp_path / "state")
    partition.append([first._replace(headers=HISTORY)])
    if is_restarted:
        partition.checkpoint()
        partition.close()
        partition = open_partition(tmp_path / "state")
    partition.append([first._replace(offset=1, timestamp=MONTHS_LATER + 1)])
    assert late(partition) == {}
    partition.checkpoint()
    partition.append([record_of(2, fact("STEP", "Mon 2026-01-05 09:00"), MONTHS_LATER)])
    assert late(partition) == {"trust.late.seen/onestop": 1, "trust.late.late/onestop": 1}


@pytest.mark.parametrize("is_checkpointed", [False, True])
def test_a_backfill_of_what_was_news_leaves_it_news(tmp_path: Path, is_checkpointed: bool) -> None:
    first = record_of(0, fact("RECEIVED", "Mon 2026-01-05 08:00"), MONTHS_LATER)
    partition = open_partition(tmp_path / "state")
    partition.append([first])
    if is_checkpointed:
        partition.checkpoint()
    partition.append([first._replace(offset=1, headers=HISTORY)])
    assert late(partition) == {"trust.late.seen/onestop": 1, "trust.late.late/onestop": 1}


def test_memory_is_let_go_of_at_a_checkpoint(tmp_path: Path) -> None:
    partition = open_partition(tmp_path / "state")
    partition.append(drawn_log(5))
    run(partition, AFTER)
    partition.committed()
    held = [(partition.cases_in_memory > 0, partition.has_news)]
    partition.checkpoint()
    held.append((partition.cases_in_memory > 0, partition.has_news))
    assert held == [(True, True), (False, False)]
    assert (partition.cells_in_memory, partition.fresh_facts) == (0, 0)


def test_a_case_that_a_commit_covers_is_not_evaluated_again_after_a_restart(tmp_path: Path) -> None:
    partition = open_partition(tmp_path / "state")
    partition.append(drawn_log(6))
    partition.checkpoint()
    run(partition, AFTER)
    partition.committed()
    partition.checkpoint()
    partition.close()
    assert open_partition(tmp_path / "state").unevaluated == 0
