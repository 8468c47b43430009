"""The connector under test, and as many inputs for it as the suite needs: its examples, varied by number."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from egovhub.configured import ColumnMap, connector_of, feeds_of
from egovhub.connector import Connector, Made, Payload, Snapshot
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact
from egovhub.examples import example_inputs, example_payloads, load_folder
from egovhub.loading import mapping_file
from egovhub.mapped import facts_of
from egovhub.mapping import Mapping
from egovhub.snapshots import CaseKnown, take
from egovhub.suite_forms import Form, Place, form_of

_DIGITS: Final = re.compile(r"\d+(?=\D*$)")
_MOST_TRIES: Final = 60

MakeRow = Callable[[int], Payload]
"""The input with a number: any number gives another case, the same number the same input."""


@dataclass(slots=True)
class Row:
    """An input of the fixture: its number, and its payload."""

    number: int
    payload: Payload


class Subject:
    """A connector with its examples.

    Args:
        folder: of the connector.
        row: makes inputs by number, for a connector whose examples cannot be varied.
    """

    def __init__(self, folder: Path, row: MakeRow | None = None) -> None:
        self.folder = folder
        found = load_folder(folder)
        self.file_mapping: Mapping | None = None
        """The mapping of a connector that reads one file."""
        if isinstance(found, Mapping):
            feeds = feeds_of(found, str(mapping_file(folder)))
            self.file_mapping = None if feeds else found
            self.connector = connector_of(found, feeds)
        else:
            self.connector = found
        self._row = row

    @cached_property
    def examples(self) -> list[Payload]:
        """The payloads of all examples."""
        return [
            each for file in example_inputs(self.folder) for each in example_payloads(self.connector, file)
        ]

    @cached_property
    def good(self) -> list[Payload]:
        """Those that give facts."""
        return [payload for payload in self.examples if self.facts(payload)]

    def facts(self, payload: Payload) -> list[Fact]:
        """The facts of one payload as the first of its case; none if it is refused."""
        try:
            return self.facts_or_refusal(payload)
        except RejectedInput:
            return []

    def facts_or_refusal(self, payload: Payload) -> list[Fact]:
        """The facts of one payload as the first of its case.

        Raises:
            RejectedInput: it is refused.
        """
        return [fact for made in facts_of(self.fresh(), payload, now()) for fact in self._first(made)]

    def fresh(self) -> Connector:
        """The connector, without memory of rows before."""
        if self.file_mapping is None:
            return self.connector
        return replace(self.connector, mapping=ColumnMap(self.file_mapping))

    def _first(self, made: Made) -> list[Fact]:
        if not isinstance(made, Snapshot):
            return [made]
        taken = take(CaseKnown(), made, self.connector.origin, 1, in_doubt=False)
        return taken[1] if taken else []

    @cached_property
    def vary(self) -> tuple[Form, Place]:
        """An example and the place in it that names the case.

        Raises:
            ConfigurationError: no example has such a place.
        """
        for payload in self.good:
            form = form_of(payload)
            for place in form.places() if form else ():
                assert form
                if self._names_the_case(payload, form, place):
                    return form, place
        raise ConfigurationError(
            f"{self.folder}: no example has a field whose digits name the case, so the suite cannot make more inputs; "
            "give them by connector_suite(..., row=...)"
        )

    def _names_the_case(self, payload: Payload, form: Form, place: Place) -> bool:
        """Whether other digits at a place give other cases."""
        before = self._subjects(payload)
        others = (self._subjects(each) for each in _variants(form, place, range(7_001, 7_001 + _MOST_TRIES)))
        cases = list(islice(filter(None, others), 2))
        return len(cases) == 2 and not (before & cases[0] or before & cases[1] or cases[0] & cases[1])

    def _subjects(self, payload: Payload) -> set[tuple[str, ...]]:
        """The cases a payload is about, or the records; none if it is refused."""
        try:
            made = facts_of(self.fresh(), payload, now())
        except RejectedInput:
            return set()
        return {each.subject if isinstance(each, Snapshot) else (each.case_id,) for each in made}

    def rows(self, first: int, count: int) -> list[Row]:
        """Inputs of as many cases, numbered from the first on; what the connector refuses is left out."""
        return list(self._rows(first, count))

    def _rows(self, first: int, count: int) -> Iterator[Row]:
        made = 0
        for number in range(first * _MOST_TRIES, (first + count) * _MOST_TRIES):
            if made == count:
                return
            if made < (number // _MOST_TRIES) - first + 1:
                payload = self.row(number)
                if self.facts(payload):
                    yield Row(first + made, payload)
                    made += 1
        if made < count:
            raise ConfigurationError(
                f"{self.folder}: only {made} of {count} inputs for the suite are not refused"
            )

    def row(self, number: int) -> Payload:
        """The input with a number."""
        if self._row is not None:
            return self._row(number)
        form, place = self.vary
        (payload,) = _variants(form, place, (number,))
        return replace(payload, place=number, identity=f"row {number}")


def _variants(form: Form, place: Place, numbers: Iterable[int]) -> list[Payload]:
    """The example with other digits at a place."""
    value = form.value(place)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return []
    if isinstance(value, int):
        return [form.with_value(place, 10_000_000 + number) for number in numbers]
    found = _DIGITS.search(value)
    if not found:
        return [form.with_value(place, f"{value}{number:07}") for number in numbers]
    width = max(len(found[0]), 7)
    return [
        form.with_value(place, f"{value[: found.start()]}{number:0{width}}{value[found.end() :]}")
        for number in numbers
    ]


def now() -> int:
    """The clock of the suite, milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
