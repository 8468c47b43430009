import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

import pytest
from egovhub.codec import encode_fact
from egovhub.connector import Connector, Entry, Payload, Snapshot
from egovhub.events import Fact, Kind
from egovhub.origin import Origin

from services.rules import load_rules
from tests.faults.figures import rows_of
from tests.faults.truth import Log, Truth
from tests.faults.world import ZONE
from tests.unit.domain.build import at

NOW: Final = at("Tue 2026-11-24 09:00")
ORIGIN: Final = Origin(source="onestop", domain="onestop")
RUBBISH: Final = Payload(b"{", "1")


def facts_of(payload: Payload) -> Iterator[Fact | Snapshot]:
    row = ORIGIN.read(payload)
    case = ORIGIN.case(row.text("case"))
    facts = tuple(ORIGIN.fact(Kind[kind], case, NOW - 1000) for kind in payload.json()["kinds"])
    if row.has("version"):
        yield Snapshot(case, facts, row.optional_integer("version"))
    else:
        yield from facts


def said(case: str, *kinds: str, **more: Any) -> Payload:
    return Payload(json.dumps({"case": case, "kinds": kinds, **more}).encode())


def truth(*inputs: Payload) -> Truth:
    return Truth.of(Connector(ORIGIN, facts_of, {}), inputs, NOW)


def facts(*inputs: Payload) -> list[Fact]:
    return [each for payload in inputs for each in facts_of(payload) if isinstance(each, Fact)]


def log(stored: Sequence[Fact], *letters: Payload) -> Log:
    made = Log(letters={sha256(each.body).hexdigest() for each in letters})
    for fact in stored:
        made.add(encode_fact(fact))
    return made


def retraction(*facts: Fact) -> Fact:
    return ORIGIN.fact(Kind.RETRACTED, facts[0].case_id, NOW, retracts=tuple(fact.event_id for fact in facts))


A: Final = said("1", "RECEIVED", "PROCESSED")
B: Final = said("2", "RECEIVED")


def test_a_log_that_holds_what_was_said_and_some_of_it_twice_is_equal() -> None:
    assert truth(A, B, RUBBISH).differences(log(facts(B, A, A), RUBBISH)) == []


def test_a_lost_fact_is_found() -> None:
    [line] = truth(A, B).differences(log(facts(A)))
    assert line.startswith("1 facts are lost: ('onestop', ")


def test_a_repeat_with_other_bytes_is_found() -> None:
    [line] = truth(B).differences(log([*facts(B), facts(B)[0]._replace(unit="H24.1")]))
    assert line.startswith("1 facts have other bytes than they should")


def test_facts_that_nobody_said_are_found() -> None:
    [line] = truth(B).differences(log(facts(A, B)))
    assert line == "1 facts hold that were not said last: onestop:1"


def test_a_refused_input_that_is_no_dead_letter_is_found() -> None:
    [line] = truth(B, RUBBISH).differences(log(facts(B)))
    assert line.startswith("1 refused inputs are no dead letters")


def test_a_dead_letter_of_a_good_input_is_found() -> None:
    [line] = truth(B).differences(log(facts(B), B))
    assert line.startswith("1 dead letters are of inputs that are good")


FIRST: Final = said("1", "RECEIVED", "ACCEPTED", version=1)
LAST: Final = said("1", "RECEIVED", "PROCESSED", version=2)
FACTS: Final = facts(said("1", "RECEIVED", "ACCEPTED", "PROCESSED"))
RECEIVED, ACCEPTED, PROCESSED = FACTS


def test_of_states_the_last_must_hold_whatever_was_seen_on_the_way() -> None:
    wanted = truth(FIRST, LAST)
    assert wanted.differences(log([RECEIVED, PROCESSED])) == []
    assert wanted.differences(log([RECEIVED, ACCEPTED, retraction(ACCEPTED), PROCESSED])) == []
    again = RECEIVED._replace(event_id="again")
    assert wanted.differences(log([RECEIVED, retraction(RECEIVED), again, PROCESSED])) == []


def test_a_retraction_may_be_there_without_the_fact_that_a_kill_kept_from_the_log() -> None:
    assert truth(FIRST, LAST).differences(log([RECEIVED, retraction(ACCEPTED), PROCESSED])) == []


def test_entries_add_up_under_the_case_that_one_of_them_names() -> None:
    record = ORIGIN.case("7")
    first = Entry(record, (RECEIVED._replace(case_id=record),), 1, record)
    late = Entry("onestop:1", (PROCESSED,), 2, record)
    wanted = Truth({}, {late.subject: late.after(first).facts}, set())
    said_by_both = Truth.of(
        Connector(ORIGIN, lambda p: [late if p.place else first], {}), [Payload(b""), Payload(b"", 1)], NOW
    )
    assert said_by_both == wanted
    assert wanted.differences(log([RECEIVED, PROCESSED])) == []
    assert wanted.differences(log([PROCESSED])) == ["1 facts of a last state do not hold: onestop:1"]


def test_a_state_with_an_older_version_is_not_the_last() -> None:
    assert truth(LAST, FIRST).differences(log([RECEIVED, PROCESSED])) == []


@pytest.mark.parametrize(
    ("stored", "what"),
    [
        ([RECEIVED], "1 facts of a last state do not hold: onestop:1"),
        ([RECEIVED, PROCESSED, ACCEPTED], "1 facts hold that were not said last: onestop:1"),
        (
            [RECEIVED, PROCESSED, PROCESSED._replace(event_id="2")],
            "1 facts hold that were not said last: onestop:1",
        ),
    ],
)
def test_a_state_that_does_not_hold_is_found(stored: Sequence[Fact], what: str) -> None:
    [line] = truth(FIRST, LAST).differences(log(stored))
    assert line.startswith(what)


def test_what_was_acknowledged_may_be_less_than_what_is_stored_and_not_more() -> None:
    assert truth(B).not_yet_in(log(facts(A, B))) == []
    assert truth(FIRST).not_yet_in(log(facts(A))) == []
    [facts_line] = truth(A, B).not_yet_in(log(facts(B)))
    assert facts_line.startswith("2 acknowledged facts are not stored")
    assert truth(FIRST).not_yet_in(log(facts(B))) == ["1 acknowledged cases are not stored: onestop:1"]
    [letter_line] = truth(RUBBISH).not_yet_in(log([]))
    assert letter_line.startswith("1 acknowledged refusals are no dead letters")


def test_the_figures_of_a_log_are_those_of_the_facts_that_hold() -> None:
    wanted, rules = truth(FIRST, LAST), load_rules(ZONE)
    stored = log([RECEIVED, PROCESSED, RECEIVED])
    found = rows_of(stored.facts, rules, NOW)
    assert found == rows_of(wanted.facts(stored), rules, NOW)
    assert found != rows_of([RECEIVED], rules, NOW)
