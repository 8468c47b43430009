"""Letters of connectors held against the connector's mapping as it is now.

What a mapping makes of one input that says what happened can be published by itself: the same input read by the source
gives the same ids. What says how a case stands cannot: it may be out of date, and only the connector knows what is
published of the case; it has to read its source again.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from egovhub.bugs import Bug
from egovhub.codec import encode_fact
from egovhub.connector import Connector, Payload
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact
from egovhub.given import payload_of
from egovhub.mapped import facts_of
from egovhub.publisher import Record

from services.dead_letter_decisions import FACTS, Verdict
from services.dead_letters import Letter

CONNECTOR: Final = "connector"
"""The step whose letters hold inputs of a source."""

_PROVENANCE: Final = "hub-"


class MappingJudge:
    """Maps the inputs of one connector's letters again.

    Args:
        connector: with the mapping as it is now.
        now: the machine's clock.
    """

    def __init__(self, connector: Connector, now: Callable[[], int]) -> None:
        self._connector = connector
        self._now = now

    def judge(self, letter: Letter, held: Mapping[str, Any]) -> Verdict:
        """The verdict on one letter.

        Args:
            held: all that the letter holds.

        Raises:
            ConfigurationError: the mapping has a bug.
        """
        if letter.source != self._connector.origin.source:
            return Verdict(letter, hindrance=f"is of another source than {self._connector.origin.source}")
        headers = {header["name"]: header["value"] or b"" for header in held["headers"]}
        payload = None if held["value"] is None else payload_of(held["value"], headers)
        if payload is None:
            return Verdict(letter, hindrance="does not hold all that the mapping needs")
        provenance = tuple(each for each in headers.items() if each[0].startswith(_PROVENANCE))
        return self._judged(letter, payload, provenance)

    def _judged(self, letter: Letter, payload: Payload, provenance: tuple[tuple[str, bytes], ...]) -> Verdict:
        try:
            made = facts_of(self._connector, payload, self._now())
        except RejectedInput as refusal:
            return Verdict(letter, reason=refusal.reason)
        except Exception as error:  # noqa: BLE001 - a mapping is anybody's code, and what it says may be personal
            raise ConfigurationError(f"{letter.key}: the mapping has a bug: {Bug(error)}; mend it") from None
        facts = [each for each in made if isinstance(each, Fact)]
        if len(facts) < len(made):
            return Verdict(letter, hindrance="says how a case stands")
        records = tuple(Record(FACTS, fact.case_id.encode(), encode_fact(fact), provenance) for fact in facts)
        return Verdict(letter, records=records)
