"""Letters of connectors, mapped again by the mapping as it is now."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from egovhub.codec import decode_fact
from egovhub.connector import Connector, Payload, Rejection, Snapshot
from egovhub.dead_letters import letter
from egovhub.errors import ConfigurationError
from egovhub.events import Fact, Kind
from egovhub.given import said_of
from egovhub.mapped import facts_of
from egovhub.publisher import Record

from services.connector_letters import MappingJudge
from services.dead_letter_decisions import Verdict
from services.dead_letters import letter_of, record_of
from tests.bad_inputs.doors import NOW
from tests.bad_inputs.forms import json_row
from tests.bad_inputs.permits.connector import connector as permits
from tests.unit.services.dlq_build import stored

PROVENANCE = (("hub-sandbox", b"1"), ("hub-backfill", b"y2025"))


def judged(record: Record, connector: Connector = permits) -> Verdict:
    held = stored(record)
    return MappingJudge(connector, lambda: NOW).judge(letter_of(held), record_of(held))


def refused(body: bytes | None, source: str = "permits", **given: Any) -> Record:
    said = said_of(Payload(body or b"", **given))
    return letter("log", source, Rejection("row 1", "bad-value", "unit", body, "t", said), PROVENANCE)


def test_an_input_that_the_mapping_takes_now_becomes_the_facts_it_would_have_been() -> None:
    body = json_row()
    verdict = judged(refused(body))
    facts = [decode_fact(record.value or b"") for record in verdict.records]
    assert facts == list(facts_of(permits, Payload(body), NOW))
    assert [(record.topic, record.key) for record in verdict.records] == [("facts", b"permits:H24-1")]


def test_its_facts_say_how_they_came_as_they_would_have_then() -> None:
    assert [record.headers for record in judged(refused(json_row())).records] == [PROVENANCE]


def test_a_row_and_what_stood_around_it_are_given_again() -> None:
    def mapping(payload: Payload) -> Iterator[Fact]:
        row = permits.origin.read(payload)
        yield permits.origin.fact(
            Kind.RECEIVED,
            permits.origin.case(row.text("id")),
            NOW,
            unit=payload.context["unit"],
            identity=(payload.identity,),
        )

    connector = replace(permits, mapping=mapping)
    given: dict[str, Any] = {"value": {"id": "7"}, "context": {"unit": "H24"}, "identity": "m1"}
    [record] = judged(refused(b'"7"', **given), connector).records
    [fact] = facts_of(connector, Payload(b'"7"', **given), NOW)
    assert decode_fact(record.value or b"") == fact


def test_an_input_that_is_still_wrong_is_refused_for_what_is_wrong_today() -> None:
    assert judged(refused(json_row(at="30 February"))).reason == "bad-value"
    assert judged(refused(json_row(at="20260230080000"))).reason == "no-such-date"


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (refused(json_row(), source="notices"), "is of another source than permits"),
        (refused(None), "does not hold all that the mapping needs"),
        (refused(json_row(), context={"x": "y" * 60_000}), "does not hold all that the mapping needs"),
    ],
)
def test_what_a_letter_does_not_tell_is_left_alone(record: Record, says: str) -> None:
    assert judged(record).hindrance == says


def test_a_state_is_left_to_the_connector_which_knows_what_was_said_before() -> None:
    def states(payload: Payload) -> Iterator[Snapshot]:
        yield Snapshot(f"permits:{payload.json()['id']}", ())

    verdict = judged(refused(json_row()), replace(permits, mapping=states))
    assert (verdict.hindrance, verdict.records) == ("says how a case stands", ())


def test_a_bug_of_a_mapping_is_told_by_its_place_alone() -> None:
    def broken(payload: Payload) -> Iterator[Fact]:
        raise KeyError(payload.body.decode())

    with pytest.raises(ConfigurationError, match=r"the mapping has a bug: KeyError at .*broken") as error:
        judged(refused(json_row()), replace(permits, mapping=broken))
    assert "H24-1" not in str(error.value)
