"""JSON as a source sends it, read as strictly as `json` is lax, with the text of each element kept.

A doubled key (of which `json` takes the last), NaN and Infinity refuse the input; a fraction is a `Decimal`,
never a float; depth, digits and the number of values are bounded.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, NoReturn

from egovhub.errors import RejectedInput

DEEPEST: Final = 64
"""Most levels of objects and arrays in an input."""

MOST_VALUES: Final = 500_000
"""Most values in an input, counted by the signs that part them, also where these stand inside texts."""

_LONGEST_NUMBER: Final = 400
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{\[]++|[}\]]++|[",]', re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as `surrogateescape` spells them."""


class Element(NamedTuple):
    """An element of an array: its value or why it has none, and the bytes it was written with."""

    value: Any
    body: bytes
    refused: RejectedInput | None = None


def loads(body: bytes, deepest: int = DEEPEST) -> Any:
    """The value of a JSON text.

    Raises:
        RejectedInput: bad-text, not-json, too-deep, oversized, or bad-value for a doubled key or a number that is none.
    """
    text = _text(body)
    value, end = _value(text, _skip(text, 0), deepest)
    if _skip(text, end) != len(text):
        raise RejectedInput("not-json", "there is more behind the value")
    return value


def elements(body: bytes, path: str, deepest: int = DEEPEST) -> tuple[list[Element], dict[str, Any]]:
    """The elements of the array at a path, and what stands around it.

    Args:
        body: the JSON text.
        path: names of objects down to the array, joined by dots; "" if the text is the array itself.

    Returns: the elements in order; and the outer object without the array.

    An element that cannot be read, and bytes inside one that are no UTF-8, cost that element alone.

    Raises:
        RejectedInput: as `loads`; missing-value if there is no array at the path.
    """
    text = _text(body, "surrogateescape")
    reader = _Elements(text, deepest)
    end = reader.read(_skip(text, 0), path.split(".") if path else [], reader.around)
    if _skip(text, end) != len(text):
        raise RejectedInput("not-json", "there is more behind the value")
    if reader.found is None:
        raise RejectedInput("missing-value", f"no array at {path}")
    reader.check_around()
    return reader.found, reader.around


class _Elements:
    """Walks down to one array and slices its elements; the rest is read as usual."""

    def __init__(self, text: str, deepest: int) -> None:
        self._text = text
        self._deepest = deepest
        self.found: list[Element] | None = None
        self.around: dict[str, Any] = {}
        self._array_at = (0, 0)

    def check_around(self) -> None:
        """Refuse the whole if bytes outside the array are no text."""
        start, end = self._array_at
        if not self._text.isascii() and (
            _NO_TEXT.search(self._text, 0, start) or _NO_TEXT.search(self._text, end)
        ):
            raise RejectedInput("bad-text", "not UTF-8")

    def read(self, at: int, path: list[str], around: dict[str, Any]) -> int:
        if not path:
            end = self._array(at)
            self._array_at = (at, end)
            return end
        if self._text[at : at + 1] != "{":
            _value(self._text, at, self._deepest)
            raise RejectedInput("missing-value", f"no object that holds {path[0]}")
        for key, start in self._members(at):
            if key == path[0]:
                inner = around.setdefault(key, {}) if path[1:] else around
                self._end = self.read(start, path[1:], inner)
            else:
                around[key], self._end = _value(self._text, start, self._deepest)
        return self._end

    def _members(self, at: int) -> Iterator[tuple[str, int]]:
        """Each key of an object and where its value starts; the caller says in `_end` where it ended."""
        text, keys = self._text, set()
        at = _skip(text, at + 1)
        if text[at : at + 1] == "}":
            self._end = at + 1
            return
        while True:
            if text[at : at + 1] != '"':
                raise _no_json()
            key, at = _value(text, at, 1)
            if key in keys:
                raise RejectedInput("bad-value", "a key stands twice")
            keys.add(key)
            at = _expect(text, at, ":")
            yield key, _skip(text, at)
            at = _skip(text, self._end)
            if text[at : at + 1] == "}":
                self._end = at + 1
                return
            at = _skip(text, _expect(text, at, ","))

    def _array(self, at: int) -> int:
        text = self._text
        if text[at : at + 1] != "[":
            if text.startswith("null", at):
                self.found = []
                return at + 4
            _value(text, at, self._deepest)
            raise RejectedInput("missing-value", "no array where the elements should be")
        self.found = []
        at = _skip(text, at + 1)
        if text[at : at + 1] == "]":
            return at + 1
        while True:
            element, end = self._element(_skip(text, at))
            self.found.append(element)
            at = _skip(text, end)
            if text[at : at + 1] == "]":
                return at + 1
            at = _expect(text, at, ",")

    def _element(self, start: int) -> tuple[Element, int]:
        """An element and where it ends; one that is refused costs itself alone, as long as it has an end."""
        value, refused = None, None
        try:
            value, end = _value(self._text, start, self._deepest)
        except RejectedInput as error:
            refused, end = error, _end(self._text, start)
        written = self._text[start:end]
        if not written.isascii() and _NO_TEXT.search(written):
            value, refused = None, RejectedInput("bad-text", "not UTF-8")
        return Element(value, written.encode("utf-8", "surrogateescape"), refused), end


def _text(body: bytes, errors: str = "strict") -> str:
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise RejectedInput("oversized", "JSON of too many values")
    try:
        return body.decode("utf-8-sig", errors)
    except UnicodeDecodeError:
        raise RejectedInput("bad-text", "not UTF-8") from None


def _value(text: str, at: int, deepest: int) -> tuple[Any, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except RecursionError:
        raise RejectedInput("too-deep") from None
    except ValueError:
        raise _no_json() from None
    if not is_shallow(value, deepest):
        raise RejectedInput("too-deep")
    return value, end


def is_shallow(value: Any, deepest: int) -> bool:
    """Whether a value has at most so many levels of objects and arrays."""
    level = [value]
    for _ in range(deepest + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return not any(isinstance(each, (dict, list)) for each in level)


def _end(text: str, at: int) -> int:
    """Where a value ends by its brackets and quotes alone; without recursion, for values that are refused.

    A text that does not close is the end: to look for the end of each quote behind it would take quadratic time.
    """
    depth = 0
    for token in _TOKEN.finditer(text, at):
        signs = token[0]
        match signs[0]:
            case "{" | "[":
                depth += len(signs)
            case "}" | "]" if depth > len(signs):
                depth -= len(signs)
            case "}" | "]":
                return token.start() + depth
            case ",":
                if not depth:
                    return token.start()
            case '"' if len(signs) == 1:
                break
    raise _no_json()


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found
    return found.end()


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise _no_json()
    return at + 1


def _no_json() -> RejectedInput:
    return RejectedInput("not-json")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    form = dict(pairs)
    if len(form) != len(pairs):
        raise RejectedInput("bad-value", "a key stands twice")
    return form


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise RejectedInput("bad-value", "a number is too long")
    return int(text)


def _fraction(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise RejectedInput("bad-value", "a number is too long")
    return Decimal(text)


def _no_number(_text: str) -> NoReturn:
    raise RejectedInput("bad-value", "NaN and Infinity are no numbers")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_fraction, parse_constant=_no_number
)
