"""Published rows held against a recount: every kind of difference is found, and nothing else."""

import json
from collections.abc import Mapping

import pytest
from egovhub.codec import encode, encode_fact
from egovhub.errors import ConfigurationError
from egovhub.events import Fact, partition_of

from services.differences import (
    Difference,
    Judges,
    Letter,
    PartitionFacts,
    Report,
    check_comparable,
    indicators,
    judgement,
    letter_of,
    published_indicators,
)
from services.door import Door
from services.rows import MARKER_KEY, Cut, LogIdentity, Marker, case_value, json_key
from services.rules import load_rules
from tests.unit.domain.build import CASE, WARD, at, fact

RULES = load_rules("Asia/Ho_Chi_Minh")
KEY = CASE.encode()
UNIT = f"{WARD}@2025-07-01"
"""The ward of the facts' code on their day."""

PARTITION = partition_of(KEY, 12)
APPENDED = at("Thu 2026-12-31 12:00")
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
BEFORE, AFTER = at("Wed 2026-01-07 08:00"), at("Mon 2026-02-02 08:00")


def facts_of(*records: Fact | bytes, letters: Mapping[bytes, Letter] | None = None) -> PartitionFacts:
    """A partition of facts and of bytes that are none."""
    facts = PartitionFacts("facts", PARTITION, Door(12), letters or {})
    for offset, record in enumerate(records):
        value = record if isinstance(record, bytes) else encode_fact(record)
        facts.take(offset, KEY, value, APPENDED, ())
    return facts


def letter_key(offset: int) -> bytes:
    return f"facts/{PARTITION}/{offset}".encode()


def letter(value: bytes, reason: str) -> Letter:
    record = {
        "topic": "facts",
        "partition": PARTITION,
        "offset": 0,
        "timestamp": APPENDED,
        "key": KEY,
        "value": value,
        "headers": [],
        "reason": reason,
        "at": "worker",
        "source": None,
        "sha256": "",
    }
    return letter_of(encode("dead-letter", record))


def test_every_kind_of_difference_is_named() -> None:
    difference = Difference()
    difference.compare({b"a": 1, b"b": 2, b"c": 3}, {b"b": 2, b"c": 4, b"d": 5})
    assert (difference.missing, difference.surplus, difference.unequal) == (["a"], ["d"], ["c"])
    assert difference.report()["missing"] == {"count": 1, "keys": ["a"]}
    assert not difference.is_none


def test_rows_that_are_equal_are_no_difference() -> None:
    difference = Difference()
    difference.compare({b"a": 1}, {b"a": 1})
    assert difference.is_none
    assert difference.rows == 1


def test_all_are_counted_and_the_first_ten_named() -> None:
    difference = Difference()
    difference.compare({f"{n:03}".encode(): n for n in range(25)}, {})
    found = difference.report()["missing"]
    assert found == {"count": 25, "keys": [f"{n:03}" for n in range(10)]}


def test_a_key_withdrawn_while_it_was_read_may_be_there_or_not_but_not_differ() -> None:
    difference = Difference()
    difference.compare({b"a": 1}, {}, undecided={b"a"})
    difference.compare({}, {b"a": 1}, undecided={b"a"})
    assert difference.is_none
    difference.compare({b"a": 1}, {b"a": 2}, undecided={b"a"})
    assert difference.unequal == ["a"]


def test_a_recount_uses_facts_before_the_position_and_instants_up_to_the_marker() -> None:
    facts = facts_of(RECEIVED, RECEIVED, PROCESSED)
    buckets = {
        (position, as_of): [case.bucket for case in facts.recount(position, as_of, RULES).cases.values()]
        for position in (0, 2, 3)
        for as_of in (BEFORE, AFTER)
    }
    assert buckets == {
        (0, BEFORE): [],
        (0, AFTER): [],
        (2, BEFORE): ["in_time"],
        (2, AFTER): ["overdue"],
        (3, BEFORE): ["in_time"],
        (3, AFTER): ["on_time"],
    }


def test_a_recount_leaves_out_what_a_source_on_trial_published() -> None:
    facts = facts_of()
    facts.take(
        0, KEY, encode_fact(fact("RECEIVED", "Mon 2026-01-05 08:00")), APPENDED, [("hub-sandbox", b"1")]
    )
    assert (facts.count, facts.refused) == (1, {})
    assert facts.recount(1, APPENDED, RULES).cases == {}


def test_a_recount_knows_history_from_news() -> None:
    counted = []
    for headers in ((), (("hub-backfill", b"y2025"),)):
        facts = facts_of()
        facts.take(0, KEY, encode_fact(RECEIVED), APPENDED, headers)
        points = facts.recount(1, APPENDED, RULES).points
        counted.append([counter for *_, counter in points if counter.startswith("trust.late.seen")])
    assert counted == [["trust.late.seen/onestop"], []]


def test_the_recounted_rows_are_those_of_the_topics() -> None:
    recount = facts_of(RECEIVED, PROCESSED).recount(2, AFTER, RULES)
    assert set(recount.tallies()) == {
        json_key(UNIT, "unknown", grain, period)
        for grain, period in (("month", "2026-01"), ("quarter", "2026-Q1"), ("year", "2026"))
    }
    [(key, judged)] = recount.judgements(RULES).items()
    assert (key, judged["bucket"], judged["unit"], judged["policy"]) == (
        KEY,
        "on_time",
        UNIT,
        "national-portal@1",
    )
    assert {"position", "as_of", "code", "reference"}.isdisjoint(judged)


def test_a_case_row_is_compared_without_the_flush_that_wrote_it() -> None:
    case = facts_of(RECEIVED).recount(1, AFTER, RULES).cases[KEY]
    rows = [case_value(case, RULES, position=position, as_of=position) for position in (1, 99)]
    assert rows[0] != rows[1]
    assert judgement(rows[0]) == judgement(rows[1])


def test_indicator_rows_are_compared_without_the_cut_they_were_first_published_at() -> None:
    points = facts_of(RECEIVED, PROCESSED).recount(2, AFTER, RULES).points
    early, late = (indicators(points, RULES, [Cut(0, 2, as_of, 1)]) for as_of in (AFTER, AFTER + 1))
    assert early == late
    [first, *_] = early.values()
    rests_on = {"as_of": 1, "evaluated_at": 2, "cut": [], "code": "x", "reference": "y", "cause": "code"}
    record = {**first, **rests_on}
    rows = {b"key": encode("indicator", record), MARKER_KEY: b"not looked at"}
    assert published_indicators(rows) == {b"key": first}
    assert {json.loads(key)[5] for key in early} == {"as-was", "as-now"}
    assert {json.loads(key)[4] for key in early} == set(RULES.labels)
    ward = early[json_key("2.1", UNIT, "all", "2026-01", "national-portal@1", "as-was")]
    assert (ward["rank"], ward["ranked"], ward["group"]) == (1, 1, "31@2025-07-01/commune")


# -- dead letters


def letters_that_differ(
    facts: PartitionFacts, position: int = 99, kept_since: int = 0
) -> dict[str, list[str]]:
    difference = Difference()
    facts.compare_letters(difference, position, kept_since)
    kinds = {"missing": difference.missing, "surplus": difference.surplus, "unequal": difference.unequal}
    return {kind: keys for kind, keys in kinds.items() if keys}


def test_every_refused_record_has_its_letter() -> None:
    letters = {letter_key(1): letter(b"{}", "bad-magic")}
    assert letters_that_differ(facts_of(RECEIVED, b"{}", letters=letters)) == {}
    assert letters_that_differ(facts_of(RECEIVED, b"{}")) == {"missing": [letter_key(1).decode()]}


@pytest.mark.parametrize("stored", [letter(b"{ }", "bad-magic"), letter(b"{}", "empty")])
def test_a_letter_with_other_bytes_or_another_reason_is_unequal(stored: Letter) -> None:
    found = letters_that_differ(facts_of(b"{}", letters={letter_key(0): stored}))
    assert found == {"unequal": [letter_key(0).decode()]}


def test_a_letter_for_a_good_fact_is_surplus() -> None:
    letters = {letter_key(0): letter(encode_fact(RECEIVED), "malformed-body")}
    assert letters_that_differ(facts_of(RECEIVED, letters=letters)) == {"surplus": [letter_key(0).decode()]}


def test_a_letter_of_an_earlier_log_says_nothing_about_this_one() -> None:
    letters = {letter_key(0): letter(b"{}", "bad-magic"), letter_key(77): letter(b"", "empty")}
    assert letters_that_differ(facts_of(RECEIVED, letters=letters)) == {}


def test_a_record_after_the_marker_has_no_letter_yet() -> None:
    assert letters_that_differ(facts_of(RECEIVED, b"{}"), position=1) == {}


def test_a_letter_may_have_gone_with_its_retention() -> None:
    assert letters_that_differ(facts_of(b"{}"), kept_since=APPENDED + 1) == {}
    assert letters_that_differ(facts_of(b"{}"), kept_since=APPENDED) == {"missing": [letter_key(0).decode()]}
    wrong = {letter_key(0): letter(b"", "empty")}
    assert "unequal" in letters_that_differ(facts_of(b"{}", letters=wrong), kept_since=APPENDED + 1)


# -- what can be compared at all

LOG = LogIdentity("cluster", "topic")


def marker(**fields: str) -> Marker:
    named = {"cluster_id": LOG.cluster_id, "topic_id": LOG.topic_id, "code": RULES.code, **fields}
    return Marker(
        **{"reference": RULES.reference, "clock": "REAL", **named}, partition=0, position=0, as_of=0, flush=1
    )


def test_the_same_log_and_rules_can_be_compared() -> None:
    check_comparable({0: marker()}, LOG, RULES)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"topic_id": "other"}, "partition 4: counts another log of facts"),
        ({"cluster_id": "other"}, "partition 4: counts another log of facts"),
        ({"reference": "other"}, "partition 4: was judged by reference other"),
        ({"code": "other"}, "partition 4: was judged by code other"),
    ],
)
def test_what_rests_on_something_else_is_refused_by_partition(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        check_comparable({3: marker(), 4: marker(**fields), 5: marker(**fields)}, LOG, RULES)
    assert len(refusal.value.problems) == 2
    assert message in refusal.value.problems[0]


@pytest.mark.parametrize("stage", [Judges("other", RULES.reference), Judges(RULES.code, "other")])
def test_rows_of_a_stage_that_other_rules_made_are_refused(stage: Judges) -> None:
    check_comparable({0: marker()}, LOG, RULES, Judges(RULES.code, RULES.reference))
    with pytest.raises(
        ConfigurationError, match=r"hub\.indicators: was published by .*start a stage of these"
    ):
        check_comparable({0: marker()}, LOG, RULES, stage)


def test_the_report_for_a_person_names_counts_and_keys() -> None:
    report = Report({"hub.tallies": Difference(5), "hub.cases": Difference(2, missing=["a:1"])}, 7, 1)
    assert not report.is_equal
    assert [" ".join(line.split()) for line in report.lines()] == [
        "7 facts recomputed, 1 records refused",
        "hub.tallies 5 rows equal",
        "hub.cases 2 rows missing 1, surplus 0, unequal 0",
        "missing a:1",
    ]
