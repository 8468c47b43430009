"""A mapping at work on the rows of one source: pure, but for the memory of which cases were met."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact, Kind
from egovhub.mapping import INSTANTS, SYMBOLS, Cell, Condition, FactRule, Mapping, detail_types
from egovhub.mapping_times import Instants
from egovhub.origin import event_id
from egovhub.writable import check_writable

Row = Sequence[str]
Read = Callable[[Row], Any]
"""The value of a field in a row; None if the row says nothing."""

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS: Final = {"true": True, "false": False}
_ABSENT: Final = Fact(
    "", "", None, "", "", Kind.UNKNOWN, 0, None, None, None, None, None, None, None, (), None, False, {}
)


class RowMapper:
    """Turns rows into facts. A row is one input: all its facts are made, or none and it is refused.

    Args:
        mapping: what to make.
        header: the columns of the source, in order.
        where: name of the source in messages, such as its path.

    Raises:
        ConfigurationError: with every column that the mapping reads and the source lacks or has twice.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], where: str) -> None:
        _check_header(mapping, header, where)
        cells = _Cells(mapping, header)
        self._namespace = mapping.namespace
        self._case = cells.text(mapping.case_id)
        self._case_columns = _named(mapping.case_id)
        self._version = cells.version(mapping.version) if mapping.version else None
        self._rules = [_Rule(mapping, rule, cells) for rule in mapping.fact]
        self._met: set[bytes] = set()

    @property
    def remembers(self) -> bool:
        """Whether what a row gives depends on rows before it."""
        return any(rule.per_case for rule in self._rules)

    def case_id(self, row: Row) -> str:
        """The case of a row.

        Raises:
            RejectedInput: missing-value.
        """
        native = self._case(row)
        if native is None:
            raise RejectedInput("missing-value", f"case_id{self._case_columns}")
        return f"{self._namespace}:{native}"

    def version(self, row: Row) -> int | None:
        """The order of a row that is a state; None if the mapping has no such column.

        Raises:
            RejectedInput: bad-value.
        """
        version: int | None = self._version(row) if self._version else None
        return version

    def facts(self, row: Row, now_ms: int | None) -> tuple[Fact, ...]:
        """The facts of a row; those of a case come with its first row that has them.

        Args:
            row: as many texts as the header.
            now_ms: clock of the door, milliseconds since the epoch; None leaves the door to the caller.

        Raises:
            RejectedInput: naming field and column.
        """
        case_id = self.case_id(row)
        made: list[Fact] = []
        met: list[bytes] = []
        for number, rule in enumerate(self._rules):
            if not rule.applies(row):
                continue
            if rule.per_case:
                mark = hashlib.blake2b(f"{number} {case_id}".encode(), digest_size=16).digest()
                if mark in self._met:
                    continue
                met.append(mark)
            fact = rule.fact(row, case_id)
            if now_ms is not None:
                check_writable(fact, now_ms)
            made.append(fact)
        self._met.update(met)
        return tuple(made)


class _Rule:
    """One `[[fact]]`, its columns found in the header."""

    def __init__(self, mapping: Mapping, rule: FactRule, cells: "_Cells") -> None:
        self.per_case = rule.per == "case"
        self._conditions = [cells.condition(condition) for condition in rule.when]
        self._base = _ABSENT._replace(source=mapping.source, domain=mapping.domain, derived=rule.derived)
        self._name = rule.name
        self._identity = [cells.text(Cell(column=column)) for column in rule.identity]
        self._identity_columns = _named(Cell(columns=rule.identity)) if rule.identity else ""
        fields = mapping.cells(rule)
        self._label = rule.label
        self._fields = [(name, cells.field(name, cell, rule.label)) for name, cell in fields.items()]
        self._occurred = _named(rule.occurred_at)

    def applies(self, row: Row) -> bool:
        return all(condition(row) for condition in self._conditions)

    def fact(self, row: Row, case_id: str) -> Fact:
        values = {name: read(row) for name, read in self._fields}
        for name, column in (("occurred_at", self._occurred), ("kind", "")):
            if values[name] is None:
                raise RejectedInput("missing-value", f"{self._label}.{name}{column}")
        details = {
            name.removeprefix("details."): values.pop(name)
            for name in list(values)
            if name.startswith("details.")
        }
        said = {name: value for name, value in details.items() if value is not None}
        fact = self._base._replace(case_id=case_id, details=said, **values)
        identity = [read(row) for read in self._identity]
        if identity and not any(identity):
            raise RejectedInput("missing-value", f"{self._label}.identity{self._identity_columns}")
        return fact._replace(event_id=event_id(fact, self._name, identity))


class _Cells:
    """Makes the functions that read the cells of a mapping out of a row."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self._mapping = mapping
        self._places = {column: place for place, column in enumerate(header)}
        self._missing = frozenset(mapping.missing) | {""}
        self._zone = ZoneInfo(mapping.zone)
        self._instants: dict[str | None, Instants] = {}
        self._details = detail_types(mapping.domain)

    def field(self, name: str, cell: Cell, label: str) -> Read:
        """The reader of a field, in the field's own type."""
        where = f"{label}.{name}{_named(cell)}"
        if name in INSTANTS:
            return self._instant(cell, where)
        if name in SYMBOLS:
            return self._symbol(name, cell, where)
        avro_type = "long" if name == "source_sequence" else "string"
        if name.startswith("details."):
            avro_type = self._details[name.removeprefix("details.")]
        match avro_type:
            case "long":
                return _converted(self.text(cell), _integer, where)
            case "boolean":
                return _converted(self.text(cell), lambda text: _BOOLEANS.get(text.lower()), where)
            case {"symbols": symbols}:
                return _known(self.text(cell), frozenset(symbols))
            case _:
                return self.text(cell)

    def version(self, cell: Cell) -> Read:
        """The reader of a number, or of an instant if the texts are none."""
        read, instant = self.text(cell), self._instant(cell, "version")

        def version(row: Row) -> int | None:
            text = read(row)
            number = None if text is None else _integer(text)
            return instant(row) if number is None else number

        return version

    def condition(self, condition: Condition) -> Callable[[Row], bool]:
        """Whether a row fulfils a condition; one about no text asks for any text at all."""
        read = self.text(Cell(column=condition.column))
        wanted, unwanted = frozenset(condition.equals), frozenset(condition.differs)
        if not wanted and not unwanted:
            return lambda row: read(row) is not None
        return lambda row: (not wanted or read(row) in wanted) and read(row) not in unwanted

    def text(self, cell: Cell) -> Read:
        """The text of a cell, trimmed, in NFC, through its table if it has one; None if it says nothing."""
        read = self._plain(cell)
        if cell.values is None:
            return read
        table = self._mapping.values[cell.values]
        return lambda row: None if (text := read(row)) is None else table.get(text, cell.otherwise or text)

    def _plain(self, cell: Cell) -> Read:
        if cell.value is not None:
            return lambda _row, value=cell.value: value  # type: ignore[misc]
        readers = [self._column(column) for column in cell.names]
        if len(readers) == 1:
            return readers[0]

        def joined(row: Row) -> str | None:
            texts = [text for read in readers if (text := read(row)) is not None]
            return cell.join.join(texts) if texts else None

        return joined

    def _column(self, column: str) -> Read:
        place, missing = self._places[column], self._missing

        def read(row: Row) -> str | None:
            text = row[place].strip()
            if text in missing:
                return None
            return text if text.isascii() else unicodedata.normalize("NFC", text)

        return read

    def _instant(self, cell: Cell, where: str) -> Read:
        if cell.format not in self._instants:
            times = self._mapping.times
            formats = (cell.format,) if cell.format else times.formats
            self._instants[cell.format] = Instants(formats, self._zone, times.ambiguous)
        convert, read = self._instants[cell.format].read, self.text(cell)
        return lambda row: None if (text := read(row)) is None else convert(text, where)

    def _symbol(self, name: str, cell: Cell, where: str) -> Read:
        """A code the mapping does not know is UNKNOWN; a kind it does not know refuses the row."""
        symbols = frozenset(SYMBOLS[name])
        if name != "kind":
            return _known(self.text(cell), symbols)
        return _converted(self.text(cell), Kind.__members__.get, where, "unknown-kind")


def _known(read: Read, symbols: frozenset[str]) -> Read:
    return lambda row: text if (text := read(row)) is None or text in symbols else "UNKNOWN"


def _converted(read: Read, convert: Callable[[str], Any], where: str, reason: str = "bad-value") -> Read:
    """The reader of a value that is not a text; `convert` gives None for a text that is none."""

    def converted(row: Row) -> Any:
        text = read(row)
        value = None if text is None else convert(text)
        if text is not None and value is None:
            raise RejectedInput(reason, where)
        return value

    return converted


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _named(cell: Cell) -> str:
    """The columns of a cell, for messages."""
    return f", column {' + '.join(cell.names)}" if cell.names else ""


def _check_header(mapping: Mapping, header: Sequence[str], where: str) -> None:
    columns = mapping.columns()
    problems = [
        f"{where}: column {column!r}: stands {header.count(column)} times in the file; rename all but one"
        for column in columns
        if header.count(column) > 1
    ]
    if missing := {column: field for column, field in columns.items() if column not in header}:
        wanted = ", ".join(f"{column!r} ({field})" for column, field in missing.items())
        problems.append(
            f"{where}: the mapping reads columns that are not in the file: {wanted}; "
            f"take from its own: {', '.join(header)}"
        )
    if problems:
        raise ConfigurationError(problems)
