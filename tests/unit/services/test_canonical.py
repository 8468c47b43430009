"""Data as canonical JSON: one spelling for the same data, instants in the zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import pytest
from egovhub.events import Kind

from services.canonical import as_object, canonical, spelt
from tests.unit.domain.build import ZONE, at

NINE = at("Mon 2026-01-05 09:00")


class Colour(StrEnum):
    RED = "bright red"


class Pair(NamedTuple):
    at: int
    n: int


@dataclass(frozen=True)
class Thing:
    name: str
    due_at: int | None
    as_of: int
    instant: int
    attempts: int
    is_open: bool
    kind: Kind
    colour: Colour
    day: date
    pair: Pair
    more: Mapping[str, Any]
    list: tuple[int, ...]


def test_the_same_data_give_one_line_with_instants_in_the_zone() -> None:
    thing = Thing(
        "Phường",
        NINE,
        NINE + 1,
        NINE,
        3,
        True,
        Kind.VOIDED,
        Colour.RED,
        date(2026, 1, 5),
        Pair(NINE, 2),
        {"known_at": NINE, "a": [None]},
        (1, 2),
    )
    assert canonical(thing, ZONE) == (
        '{"as_of":"2026-01-05T09:00:00.001+07:00","attempts":3,"colour":"bright red","day":"2026-01-05",'
        '"due_at":"2026-01-05T09:00:00.000+07:00","instant":"2026-01-05T09:00:00.000+07:00","is_open":true,'
        '"kind":"VOIDED","list":[1,2],"more":{"a":[null],"known_at":"2026-01-05T09:00:00.000+07:00"},'
        '"name":"Phường","pair":{"at":"2026-01-05T09:00:00.000+07:00","n":2}}'
    )


def test_the_order_of_a_mapping_does_not_show() -> None:
    assert canonical({"b": 1, "a": 2}, ZONE) == canonical({"a": 2, "b": 1}, ZONE) == '{"a":2,"b":1}'


def test_an_instant_that_no_year_holds_is_the_number_it_is() -> None:
    assert spelt(10**15, ZONE) == 10**15
    assert as_object({"due_at": 10**15}, ZONE) == {"due_at": 10**15}


@pytest.mark.parametrize("value", [0.5, object(), {1, 2}])
def test_what_has_no_canonical_form_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match=f"share: {type(value).__name__} has no canonical form"):
        canonical({"share": value}, ZONE)
