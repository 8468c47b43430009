"""Which letters there are, which are open, and which are meant."""

from dataclasses import replace

import pytest
from egovhub.publisher import Record

from services.dead_letters import DECISIONS, LETTERS, Decision, Letters, Place, Selection, letter_of
from tests.unit.services.dlq_build import CUT, NOW, VALUE, decision, letter, stored, table

DAY = 86_400_000


def keys(selection: Selection, letters: Letters) -> list[str]:
    return [found.key for found in selection.of(letters)]


def test_a_letter_says_everything_but_its_bytes() -> None:
    found = letter_of(
        stored(
            letter(3, 7, CUT, headers=[("a", b"1"), ("b", None)], reason="malformed-body", source="s"),
            offset=5,
            written_at=NOW + 1,
            partition=3,
        )
    )
    assert (found.key, found.topic, found.partition, found.offset) == ("facts/3/7", "facts", 3, 7)
    assert (found.refused_at, found.written_at) == (NOW, NOW + 1)
    assert (found.reason, found.at, found.source) == ("malformed-body", "worker", "s")
    assert (found.size, found.headers, found.place) == (len(CUT), ("a", "b"), Place(3, 5))
    assert VALUE not in repr(found).encode()


def test_a_letter_without_a_value_has_no_bytes() -> None:
    assert letter_of(stored(letter(0, 0, None))).size == 0


@pytest.mark.parametrize(
    ("timestamp", "refused_at"),
    [
        (0, 0),
        (-1, NOW),
        (NOW + DAY, NOW + DAY),
        (NOW + DAY + 1, NOW),
        (2**63 - 1, NOW),
    ],
)
def test_a_record_without_a_possible_instant_was_refused_when_its_letter_was_written(
    timestamp: int, refused_at: int
) -> None:
    assert letter_of(stored(letter(0, 0, timestamp=timestamp))).refused_at == refused_at


def test_open_letters_are_letters_without_a_decision() -> None:
    letters = table(letter(0, 1), letter(0, 2), decision("facts/0/2", note="n"), decision("facts/0/3"))
    assert [letters.is_open(found) for found in letters.letters.values()] == [True, False]
    assert letters.decisions["facts/0/2"] == Decision("DISCARDED", NOW, "ops", "n")


def test_a_letter_written_again_is_one_letter_at_its_last_place() -> None:
    letters = table(letter(0, 1), letter(0, 2), letter(0, 1))
    assert len(letters.letters) == 2
    assert letters.letters["facts/0/1"].place == Place(0, 2)


def test_the_last_decision_counts_and_a_tombstone_opens_the_letter_again() -> None:
    letters = table(letter(0, 1), decision("facts/0/1"), decision("facts/0/1", "REPLAYED"))
    assert letters.decisions["facts/0/1"].action == "REPLAYED"
    letters.take_decision(stored(Record(DECISIONS, b"facts/0/1", None)))
    assert letters.is_open(letters.letters["facts/0/1"])


def test_a_tombstone_takes_a_letter_away_and_one_of_no_letter_nothing() -> None:
    letters = table(letter(0, 1), letter(0, 2))
    letters.take_letter(stored(Record(LETTERS, b"facts/0/1", None)))
    letters.take_letter(stored(Record(LETTERS, b"facts/0/9", None)))
    assert list(letters.letters) == ["facts/0/2"]


@pytest.mark.parametrize("value", [b"", b"no letter", decision("facts/0/1").value])
def test_what_is_no_letter_is_named_by_its_own_place(value: bytes) -> None:
    letters = Letters()
    letters.take_letter(stored(Record(LETTERS, b"facts/0/1", value), 7, partition=2))
    assert (letters.letters, letters.unreadable) == ({}, ["hub.dead-letters/2/7"])


def test_what_is_no_decision_decides_nothing() -> None:
    letters = table(letter(0, 1))
    letters.take_decision(stored(Record(DECISIONS, b"facts/0/1", letter(0, 1).value), 4))
    assert letters.is_open(letters.letters["facts/0/1"])
    assert letters.unreadable == ["hub.dead-letter-decisions/0/4"]


LETTERS_OF_ALL_KINDS = table(
    letter(0, 10, timestamp=NOW - 2),
    letter(0, 9, timestamp=NOW - 2, reason="malformed-body"),
    letter(1, 1, timestamp=NOW - 1, at="connector", topic="receipt", source="receipt", reason="bad-row"),
    letter(2, 2, timestamp=NOW - 3, reason="empty"),
    decision("facts/2/2"),
)
ALL = ["facts/2/2", "facts/0/9", "facts/0/10", "receipt/1/1"]
"""The oldest first; of one instant the lower offset, as a number."""


@pytest.mark.parametrize(
    ("selection", "meant"),
    [
        (Selection(), ALL[1:]),
        (Selection(state="decided"), ALL[:1]),
        (Selection(state="all"), ALL),
        (Selection(reasons=frozenset({"malformed-body", "bad-row", "empty"})), ["facts/0/9", "receipt/1/1"]),
        (Selection(stages=frozenset({"connector"})), ["receipt/1/1"]),
        (Selection(sources=frozenset({"receipt"})), ["receipt/1/1"]),
        (Selection(topics=frozenset({"facts"})), ["facts/0/9", "facts/0/10"]),
        (Selection(partition=0), ["facts/0/9", "facts/0/10"]),
        (Selection(since=NOW - 2), ALL[1:]),
        (Selection(since=NOW - 1), ["receipt/1/1"]),
        (Selection(until=NOW - 1), ["facts/0/9", "facts/0/10"]),
        (Selection(until=NOW - 2), []),
        (Selection(limit=1), ["facts/0/9"]),
        (Selection(limit=9), ALL[1:]),
        (
            Selection(partition=0, reasons=frozenset({"wrong-partition"}), since=NOW - 2, until=NOW - 1),
            ["facts/0/10"],
        ),
    ],
)
def test_a_selection_means_the_letters_that_meet_every_condition(
    selection: Selection, meant: list[str]
) -> None:
    assert keys(selection, LETTERS_OF_ALL_KINDS) == meant


def test_exact_keys_are_meant_decided_or_not_and_once() -> None:
    selection = Selection(keys=("receipt/1/1", "facts/2/2", "receipt/1/1"))
    assert keys(selection, LETTERS_OF_ALL_KINDS) == ["facts/2/2", "receipt/1/1"]
    assert keys(replace(selection, reasons=frozenset({"empty"})), LETTERS_OF_ALL_KINDS) == ["facts/2/2"]


def test_keys_of_no_letter_are_named() -> None:
    selection = Selection(keys=("facts/0/9", "facts/0/99", "facts/5/1"))
    assert selection.unknown(LETTERS_OF_ALL_KINDS) == ["facts/0/99", "facts/5/1"]
    assert keys(selection, LETTERS_OF_ALL_KINDS) == ["facts/0/9"]
