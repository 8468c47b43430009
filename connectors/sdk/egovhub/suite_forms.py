"""Payloads that the conformance suite can change a little: where their values stand, and how to put others there."""

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any, Final, Protocol
from xml.etree import ElementTree

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.xml_tree import parse

Place = tuple[str | int, ...]
"""Where a value stands: names and numbers down to it."""

MOST_PLACES: Final = 80


class Form(Protocol):
    """One payload, taken apart."""

    def places(self) -> list[Place]:
        """Where values stand, in order; as many as are worth trying."""

    def value(self, place: Place) -> Any:
        """What stands there."""

    def with_value(self, place: Place, value: Any) -> Payload:
        """The payload with another value there."""

    def without(self, place: Place) -> Payload:
        """The payload without what stands there."""

    @property
    def is_text(self) -> bool:
        """Whether values can be nothing but texts."""


def form_of(payload: Payload) -> Form | None:
    """The form of a payload; None if it is neither a JSON object, a table of texts nor XML."""
    if payload.body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and payload.value is None:
        try:
            parse(payload.body)
        except RejectedInput:
            return None
        return XmlForm(payload)
    try:
        value = payload.json()
    except RejectedInput:
        return None
    return JsonForm(payload, value) if isinstance(value, dict) else None


def name_of(place: Place) -> str:
    """A place as messages say it."""
    return ".".join(map(str, place))


class JsonForm:
    """A JSON object, or the table of a row: then all values are texts."""

    def __init__(self, payload: Payload, value: dict[str, Any]) -> None:
        self._payload = payload
        self._value = value
        self._is_table = payload.value is not None and not payload.body.lstrip().startswith(b"{")

    @property
    def is_text(self) -> bool:
        """Whether it is a table of texts."""
        return self._is_table

    def places(self) -> list[Place]:
        """Where its values stand."""
        return list(_places(self._value, ()))[:MOST_PLACES]

    def value(self, place: Place) -> Any:
        """What stands there."""
        found: Any = self._value
        for step in place:
            found = found[step]
        return found

    def with_value(self, place: Place, value: Any) -> Payload:
        """The payload with another value there."""
        changed = deepcopy(self._value)
        outer: Any = changed
        for step in place[:-1]:
            outer = outer[step]
        outer[place[-1]] = value
        return self._made(changed)

    def without(self, place: Place) -> Payload:
        """The payload without what stands there."""
        changed = deepcopy(self._value)
        outer: Any = changed
        for step in place[:-1]:
            outer = outer[step]
        if isinstance(outer, dict):
            del outer[place[-1]]
        return self._made(changed)

    def _made(self, value: dict[str, Any]) -> Payload:
        given = self._payload
        body = to_json(value)
        return Payload(body, given.place, given.identity, value, given.context)


class XmlForm:
    """An XML document: values are the texts and attributes of its elements."""

    def __init__(self, payload: Payload) -> None:
        self._payload = payload
        self._elements = list(parse(payload.body).iter())

    @property
    def is_text(self) -> bool:
        """XML has nothing but texts."""
        return True

    def places(self) -> list[Place]:
        """Where texts and attributes stand; the largest, which are attachments, are left out."""
        found: list[Place] = []
        for number, element in enumerate(self._elements):
            name = element.tag.rpartition("}")[2]
            if element.text and element.text.strip() and len(element.text) < 2_000:
                found.append((number, name))
            found += [(number, name, key) for key in element.attrib]
        return found[: 2 * MOST_PLACES]

    def value(self, place: Place) -> Any:
        """What stands there."""
        element = self._elements[int(place[0])]
        return element.text if len(place) == 2 else element.attrib[str(place[2])]

    def with_value(self, place: Place, value: Any) -> Payload:
        """The payload with another text there."""
        root = parse(self._payload.body)
        element = list(root.iter())[int(place[0])]
        if len(place) == 2:
            element.text = str(value)
        else:
            element.attrib[str(place[2])] = str(value)
        return self._made(root)

    def without(self, place: Place) -> Payload:
        """The payload with an empty element, or without the attribute."""
        root = parse(self._payload.body)
        element = list(root.iter())[int(place[0])]
        if len(place) == 2:
            element.text = None
        else:
            del element.attrib[str(place[2])]
        return self._made(root)

    def _made(self, root: ElementTree.Element) -> Payload:
        given = self._payload
        body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return Payload(body, given.place, given.identity, None, given.context)


def to_json(value: Any) -> bytes:
    """A JSON value as bytes; fractions as they were read."""
    return json.dumps(value, ensure_ascii=False, default=_number).encode("utf-8", "surrogatepass")


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def _places(value: Any, above: Place) -> Iterator[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in inner:
        if isinstance(each, (dict, list)) and each:
            yield from _places(each, (*above, name))
        else:
            yield (*above, name)
