"""Bad inputs through the mapping of each connector: facts or a refusal, never a crash, and nothing bad in a fact."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.mapped import facts_of
from egovhub.suite_forms import Form, Place, form_of
from egovhub.suite_subject import Subject, now

from tests.bad_inputs.case import ACCEPTED, Bad
from tests.bad_inputs.catalogue import REFUSED
from tests.bad_inputs.rows import ROWS

CONNECTORS: Final = Path(__file__).resolve().parents[3] / "connectors"
NAMES: Final = ("documents", "onestop", "civil_status", "business_registration")

TEXTS: Final = [bad for bad in ROWS if bad.planted]
NEVER_IN_A_FACT: Final = (8, 9, 17, 24)
"""Classes whose texts may not stand in a fact, in whatever field they come."""

NEVER_AT_THE_START: Final = 18
"""Formulas are some only where a text begins."""

LET_PASS: Final = ("no-break space in the case",)
"""Refused in a case id, where it would make two of one, and let pass in other texts."""

ODD: Final[tuple[Any, ...]] = (None, True, 7, -1, 2**63, [], ["x"], {}, {"a": 1}, "")


@pytest.fixture(params=NAMES)
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject(CONNECTORS / request.param)


def places(subject: Subject) -> Iterator[tuple[Form, Place]]:
    """Every field of the good examples once, by its name."""
    met: set[tuple[str, ...]] = set()
    for payload in subject.good:
        form = form_of(payload)
        for place in form.places() if form else ():
            name = tuple(step for step in place if isinstance(step, str))
            if name not in met:
                met.add(name)
                assert form
                yield form, place


def made(subject: Subject, payload: Payload) -> list[Fact] | None:
    """The facts of a payload, None if it is refused."""
    try:
        found = facts_of(subject.connector, payload, now())
    except RejectedInput:
        return None
    return [fact for each in found for fact in ((each,) if isinstance(each, Fact) else each.facts)]


def is_shown(bad: Bad, facts: list[Fact]) -> bool:
    """Whether a text stands where it may not; a mobile number may in a case id, for it cannot be told from others."""
    if bad.result == ACCEPTED or bad.name in LET_PASS:
        return False
    text = bad.planted.strip()
    if bad.number == NEVER_AT_THE_START:
        return any(each.startswith(text) for fact in facts for each in texts(fact))
    is_mobile = bad.number == 24 and "912345678" in text
    where = [fact._replace(case_id="") if is_mobile else fact for fact in facts]
    return bad.number in NEVER_IN_A_FACT and any(text in each for fact in where for each in texts(fact))


def texts(fact: Fact) -> Iterator[str]:
    """All texts of a fact, of its case id what the source wrote."""
    values = (
        fact.case_id.partition(":")[2],
        *fact._replace(case_id=""),
        *fact.details.values(),
        *fact.retracts,
    )
    yield from (value for value in values if isinstance(value, str))


def test_no_bad_text_in_any_field_gets_into_a_fact(subject: Subject) -> None:
    tried = 0
    for form, place in places(subject):
        if not isinstance(form.value(place), str):
            continue
        for bad in TEXTS:
            facts = made(subject, form.with_value(place, bad.planted))
            tried += 1
            assert not is_shown(bad, facts or []), f"{bad} in {place}"
    assert tried >= 8 * len(TEXTS)


def test_a_value_of_another_type_is_refused_or_not_read(subject: Subject) -> None:
    for form, place in places(subject):
        for value in ODD if not form.is_text else ("", " ", "x", "-1", str(2**63)):
            made(subject, form.with_value(place, value))
        made(subject, form.without(place))


@pytest.mark.parametrize("bad", [bad for bad in REFUSED if bad.door in ("rest", "json", "mailbox")], ids=str)
def test_what_no_connector_can_read_is_refused_by_each(bad: Bad) -> None:
    for name in NAMES:
        assert not made(Subject(CONNECTORS / name), Payload(bad.make()))
