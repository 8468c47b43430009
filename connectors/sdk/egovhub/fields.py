"""The fields of one payload, read by name and type; whatever is not as it should be refuses the payload by name.

Refusals name the field and never its value. Texts are trimmed and in NFC; an empty text says nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from egovhub.errors import RejectedInput
from egovhub.mapping_times import instants
from egovhub.personal import refuse_personal

T = TypeVar("T")

_TRUE: Final = ("True", "true", "TRUE", "1")
_FALSE: Final = ("False", "false", "FALSE", "0")
_MOST_DIGITS: Final = 18
_CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,63})", re.ASCII)


class Fields:
    """A JSON object, a row, or the attributes of an event.

    Args:
        form: names and values.
        zone: of clock times without an offset.
        where: path of the object inside the payload, for refusals.

    Raises:
        RejectedInput: bad-value if it is no object.
    """

    def __init__(self, form: Any, zone: str, where: str = "") -> None:
        if not isinstance(form, Mapping):
            raise RejectedInput("bad-value", f"{where or 'payload'} is no object")
        self._form = form
        self._zone = zone
        self._where = where

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        return self._value(name) is not None

    def optional(self, name: str) -> str | None:
        """A text, None if the field says nothing; an integer is the text of its digits.

        Raises:
            RejectedInput: bad-value for another type.
        """
        value = self._value(name)
        if value is None or isinstance(value, str):
            return value
        if type(value) is int:
            return str(value)
        raise RejectedInput("bad-value", f"{self._name(name)} is no text")

    def text(self, name: str) -> str:
        """A text that must be there.

        Raises:
            RejectedInput: missing-value; bad-value for another type.
        """
        return self._required(name, self.optional(name))

    def optional_code(self, name: str) -> str | None:
        """A code, None if the field says nothing: letters and digits of ASCII with `. _ - /` between them.

        So it is no name and no sentence, and it may not have the form of a person's number either.

        Raises:
            RejectedInput: bad-value; personal-data.
        """
        text = self.optional(name)
        if text is not None:
            refuse_personal(text, self._name(name))
            if not _CODE.fullmatch(text):
                raise RejectedInput("bad-value", f"{self._name(name)} is no code")
        return text

    def code(self, name: str) -> str:
        """A code that must be there; see `optional_code`."""
        return self._required(name, self.optional_code(name))

    def optional_integer(self, name: str) -> int | None:
        """An integer, as a number or in ASCII digits.

        Raises:
            RejectedInput: bad-value.
        """
        value = self._value(name)
        if value is None or type(value) is int:
            return value
        if isinstance(value, str):
            digits = value.removeprefix("-")
            if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
                return int(value)
        raise RejectedInput("bad-value", f"{self._name(name)} is no integer")

    def integer(self, name: str) -> int:
        """An integer that must be there; see `optional_integer`."""
        return self._required(name, self.optional_integer(name))

    def optional_boolean(
        self, name: str, true: Sequence[str] = _TRUE, false: Sequence[str] = _FALSE
    ) -> bool | None:
        """True or false, as JSON has it or in one of the words.

        Raises:
            RejectedInput: bad-value.
        """
        value = self._value(name)
        if value is None or isinstance(value, bool):
            return value
        text = self.optional(name)
        if text in true or text in false:
            return text in true
        raise RejectedInput("bad-value", f"{self._name(name)} is neither true nor false")

    def optional_instant(self, name: str, *formats: str) -> int | None:
        """Milliseconds since the epoch; formats as in `Origin.instant`.

        Raises:
            RejectedInput: bad-value, no-such-date, no-such-local-time, instant-out-of-range.
        """
        text = self.optional(name)
        return (
            None if text is None else instants(self._zone, formats or ("iso",)).read(text, self._name(name))
        )

    def instant(self, name: str, *formats: str) -> int:
        """An instant that must be there; see `optional_instant`."""
        return self._required(name, self.optional_instant(name, *formats))

    def choice(self, name: str, table: Mapping[str, T], otherwise: T | None = None) -> T:
        """What a table says for the text of a field that must be there.

        Args:
            name: of the field.
            table: meanings by code.
            otherwise: the meaning of a code that is not in the table; None refuses it.

        Raises:
            RejectedInput: missing-value; unknown-code.
        """
        found = table.get(self.text(name), otherwise)
        if found is None:
            raise RejectedInput("unknown-code", self._name(name))
        return found

    def at(self, name: str) -> "Fields":
        """An object inside this one; without fields if it is not there.

        Raises:
            RejectedInput: bad-value if it is no object.
        """
        value = self._value(name)
        return Fields({} if value is None else value, self._zone, self._name(name))

    def each(self, name: str) -> Iterator["Fields"]:
        """The objects of an array; none if it is not there.

        Raises:
            RejectedInput: bad-value if it is no array of objects.
        """
        value = self._value(name)
        if value is not None and not isinstance(value, list):
            raise RejectedInput("bad-value", f"{self._name(name)} is no array")
        for number, form in enumerate(value or ()):
            yield Fields(form, self._zone, f"{self._name(name)}[{number}]")

    def _value(self, name: str) -> Any:
        value = self._form.get(name)
        if not isinstance(value, str):
            return value
        text = value.strip()
        return (text if text.isascii() else unicodedata.normalize("NFC", text)) or None

    def _name(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def _required(self, name: str, value: T | None) -> T:
        if value is None:
            raise RejectedInput("missing-value", self._name(name))
        return value
