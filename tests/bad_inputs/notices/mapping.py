"""What a message says: the elements of a permit, each of them once."""

from collections.abc import Iterator

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.fields import Fields
from egovhub.origin import Origin

from tests.bad_inputs.permits import mapping as permits

ORIGIN = Origin(source="notices", domain="onestop", namespace="permits")


def facts_of(payload: Payload) -> Iterator[Fact]:
    form: dict[str, str] = {}
    for element in payload.xml():
        if element.tag in form or len(element):
            raise RejectedInput("bad-value", "an element stands twice, or holds others")
        form[element.tag] = element.text or ""
    fact = permits.fact_of(Fields(form, ORIGIN.zone))
    yield fact._replace(source=ORIGIN.source)
