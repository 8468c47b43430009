"""Twelve identifiers of persons in every field of every connector: only dead letters hold them, in their bytes."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from egovhub.connector import Payload
from egovhub.events import Fact, Kind
from egovhub.examples import Given
from egovhub.suite_subject import Subject, now

from tests.bad_inputs.doors import NOW, run_source
from tests.bad_inputs.forms import json_row
from tests.bad_inputs.permits.connector import connector as permits
from tests.bad_inputs.persons import NAMES, PERSONS, leaks, planted

CONNECTORS = Path(__file__).resolve().parents[3] / "connectors"


@pytest.mark.parametrize("name", ["documents", "onestop", "civil_status", "business_registration"])
def test_an_identifier_of_a_person_comes_out_of_no_connector(name: str) -> None:
    subject = Subject(CONNECTORS / name)
    found = list(planted(subject))
    assert {person for _place, person, _payload in found} == set(PERSONS)
    size = 2 * len(PERSONS)
    for part in (found[start : start + size] for start in range(0, len(found), size)):
        outcome = run_source(subject.connector, Given([payload for *_, payload in part]), now())
        assert outcome.totals.read == len(part)
        assert list(leaks(outcome)) == [], part[0][0]


def test_a_leak_would_be_found() -> None:
    def leaking(payload: Payload) -> Iterator[Fact]:
        logging.getLogger("leak").info(payload.json()["id"])
        yield permits.origin.fact(
            Kind.STEP, permits.origin.case(payload.json()["id"]), NOW, unit=payload.json()["unit"]
        )

    rows = [Payload(json_row(id=NAMES[0], unit=NAMES[1])), Payload(json_row(id="1", unit=PERSONS[0]))]
    outcome = run_source(replace(permits, mapping=leaking), Given(rows))
    assert set(leaks(outcome)) == {
        ("a fact", NAMES[0]),
        ("a fact", NAMES[1]),
        ("a key", NAMES[0]),
        ("a log", NAMES[0]),
    }
    assert [letter["value"] for letter in outcome.letters] == [rows[1].body]
