"""Dossiers whose statuses follow each other as expected."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_states
from services.indicators.trust_states import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

EXPECTED = {
    "": "1 2",
    "1": "2 3 7",
    "2": "4 5 6 7 8 9",
    "3": "",
    "4": "5 6 7 8 9",
    "5": "4 7 8",
    "6": "4 7 8",
    "7": "",
    "8": "",
    "9": "10",
    "10": "",
}
STATUSES = [status for status in EXPECTED if status]
DAYS = ("Tue 2026-01-06", "Wed 2026-01-07", "Thu 2026-01-08", "Fri 2026-01-09")
BEGUN = dossier("RECEIVED", "Mon 2026-01-05 08:00")
SEEN = {"2026-01 W trust.states.seen/onestop": 1}
SKIPPED = {**SEEN, "2026-01 W trust.states.skipped/onestop": 1}


def told(*statuses: str | None) -> list[Fact]:
    """A dossier received, then steps with these statuses, one a day."""
    days = DAYS[: len(statuses)]
    steps = [
        dossier("STEP", f"{day} 08:00", source_status=status)
        for day, status in zip(days, statuses, strict=True)
    ]
    return [BEGUN, *steps]


@pytest.mark.parametrize("first", STATUSES)
def test_a_dossier_begins_registered_or_accepted(first: str) -> None:
    assert found(trust_states, told(first)) == (SEEN if first in EXPECTED[""].split() else SKIPPED)


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", ["1", "2"])
def test_the_moves_from_the_first_statuses_are_those_of_the_table(before: str, after: str) -> None:
    is_expected = after == before or after in EXPECTED[before].split()
    assert found(trust_states, told(before, after)) == (SEEN if is_expected else SKIPPED)


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", ["4", "5", "6", "9", "7", "8"])
def test_the_moves_from_later_statuses_are_those_of_the_table(before: str, after: str) -> None:
    is_expected = after == before or after in EXPECTED[before].split()
    assert found(trust_states, told("2", before, after)) == (SEEN if is_expected else SKIPPED)


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("way", [("1", "3"), ("2", "9", "10")])
def test_nothing_follows_a_terminal_status(way: tuple[str, ...], after: str) -> None:
    assert found(trust_states, told(*way, after)) == (SEEN if after == way[-1] else SKIPPED)


def test_a_first_status_alone_is_looked_at() -> None:
    assert found(trust_states, [BEGUN._replace(source_status="2")]) == SEEN
    assert found(trust_states, [BEGUN._replace(source_status="4")]) == SKIPPED


def test_one_unexpected_move_is_enough_wherever_it_is() -> None:
    assert found(trust_states, told("4", "9", "10")) == SKIPPED
    assert found(trust_states, told("2", "10", "9", "10")) == SKIPPED


def test_other_texts_are_no_statuses_and_break_nothing() -> None:
    assert found(trust_states, told(None, "T02", "")) == {}
    assert found(trust_states, told("2", "signing", None, "9")) == SEEN


def test_only_dossiers_are_looked_at() -> None:
    assert found(trust_states, [document("RECEIVED", "Mon 2026-01-05 08:00", "1")]) == {}


def test_the_figure_is_the_share_without_an_unexpected_move() -> None:
    odd = [one._replace(case_id="onestop:2") for one in told("9", "10")]
    expected = Figure(1, 2, 2, {"onestop/seen": 2, "onestop/skipped": 1})
    assert measured(trust_states, [*told("2", "9"), *odd]) == expected


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.states",
        "Dossiers without a skipped state",
        1,
        "domain/systems.md, 2; domain/indicators.md, 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
