"""The mapping of a configured connector: which columns of a source make which facts.

A mapping is data and is checked whole before anything is read: every problem is reported, each with its
field, its value and what to write instead. The language is described in the README of the SDK.
"""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from egovhub.contract import installed
from egovhub.errors import ConfigurationError
from egovhub.events import APPLICANT_KINDS, CHANNELS, DOMAINS, Kind
from egovhub.mapping_times import Ambiguous, check_format

SYMBOLS: Final = {"kind": tuple(Kind.__members__), "channel": CHANNELS, "applicant_kind": APPLICANT_KINDS}
"""Fields of a fact that hold one of a few symbols."""

INSTANTS: Final = ("occurred_at", "recorded_at", "due_at")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Character = Annotated[str, StringConstraints(min_length=1, max_length=1)]
Format = Annotated[str, AfterValidator(check_format)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; write an IANA name like Europe/Amsterdam") from None
    return name


def _domain(name: str) -> str:
    if name not in DOMAINS:
        raise ValueError(f"is no domain; choose one of {', '.join(DOMAINS)}")
    return name


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _some(given: tuple[Any, ...]) -> tuple[Any, ...]:
    if not given:
        raise ValueError("is empty; give at least one")
    return given


def _constant(given: Any) -> Any:
    return {"value": given} if isinstance(given, str) else given


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Part):
    """Where a field comes from: a column, several columns joined, or one text for all rows.

    `{ column = "x" }` may be shortened to `"x"`. A table of `[values]` may then give each text another.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    join: str = " "
    value: str | None = None
    values: str | None = None
    otherwise: str | None = None
    format: Format | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is not None) + bool(self.columns) + (self.value is not None) != 1:
            raise ValueError("needs one of column, columns and value")
        if self.otherwise is not None and self.values is None:
            raise ValueError("has otherwise without values; name the table it completes")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.columns if self.column is None else (self.column,)


class Condition(_Part):
    """When a fact happened: the column is not empty, is one of some texts, or is none of them."""

    column: str
    equals: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    differs: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given


class Fields(_Part):
    """The fields a fact may have; those of `[every]` are every fact's that does not say them itself."""

    recorded_at: Cell | None = None
    source_sequence: Cell | None = None
    unit: Cell | None = None
    receiving_unit: Cell | None = None
    procedure: Cell | None = None
    channel: Cell | None = None
    applicant_kind: Cell | None = None
    due_at: Cell | None = None
    source_status: Cell | None = None
    details: dict[str, Cell] = {}

    def cells(self) -> dict[str, Cell]:
        """The fields that are given, by name; those of `details` with that prefix."""
        given = {name: getattr(self, name) for name in Fields.model_fields if name != "details"}
        given |= {f"details.{name}": cell for name, cell in self.details.items()}
        return {name: cell for name, cell in given.items() if cell is not None}


class FactRule(Fields):
    """One `[[fact]]`: what makes a fact of a row, or of the first such row of each case."""

    kind: Annotated[Cell, BeforeValidator(_constant)]
    occurred_at: Cell
    name: Name | None = None
    per: Literal["row", "case"] = "row"
    when: Annotated[tuple[Condition, ...], BeforeValidator(_listed)] = ()
    identity: tuple[str, ...] = ()
    derived: bool = False

    @property
    def label(self) -> str:
        """What the rule is called in messages; no two of a mapping are called alike."""
        return self.name or self.kind.value or "kind"


class Csv(_Part):
    """How the rows are written. The first line names the columns."""

    delimiter: Character = ","
    quote: Character = '"'
    encoding: Literal["utf-8", "iso-8859-1", "windows-1252", "windows-1258"] = "utf-8"


class Times(_Part):
    """How instants are written, in every column that has no format of its own."""

    formats: Annotated[tuple[Format, ...], AfterValidator(_some)] = ("iso",)
    ambiguous: Ambiguous = "earlier"


class Mapping(_Part):
    """A whole mapping; made by `load_mapping`.

    With `states` a row says how its case stands now, and not what happened; `version` orders such rows. `rest`,
    `mailbox` and `folder` are feeds, see the models of these names.
    """

    source: Name
    domain: Annotated[str, AfterValidator(_domain)]
    namespace: Name
    zone: Annotated[str, AfterValidator(_zone)]
    case_id: Cell
    missing: tuple[str, ...] = ()
    csv: Csv = Csv()
    times: Times = Times()
    values: dict[str, dict[str, str]] = {}
    every: Fields = Fields()
    states: bool = False
    version: Cell | None = None
    personal: tuple[str, ...] = ()
    sandbox: bool = False
    rest: dict[str, Any] | None = None
    mailbox: dict[str, Any] | None = None
    folder: dict[str, Any] | None = None
    fact: Annotated[tuple[FactRule, ...], AfterValidator(_some)]

    def cells(self, rule: FactRule) -> dict[str, Cell]:
        """The fields of a rule's facts: its own before those of `[every]`."""
        return {"occurred_at": rule.occurred_at, "kind": rule.kind} | self.every.cells() | rule.cells()

    def columns(self) -> dict[str, str]:
        """Each column the mapping reads, with the first field that reads it."""
        found: dict[str, str] = {}
        for place, column in self._columns():
            found.setdefault(column, place)
        return found

    def _columns(self) -> Iterator[tuple[str, str]]:
        for column in self.case_id.names:
            yield "case_id", column
        for column in self.version.names if self.version else ():
            yield "version", column
        for place, rule in enumerate(self.fact):
            for field, cell in self.cells(rule).items():
                for column in cell.names:
                    yield f"fact.{place}.{field}", column
            for condition in rule.when:
                yield f"fact.{place}.when", condition.column
            for column in rule.identity:
                yield f"fact.{place}.identity", column


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping.

    Raises:
        ConfigurationError: with every problem, each naming file, field, value and remedy.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; name a mapping, a .toml file") from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: not TOML: {error}; mend the line") from None
    try:
        mapping = Mapping.model_validate(table)
    except ValidationError as error:
        raise ConfigurationError([f"{path}: {_problem(detail)}" for detail in error.errors()]) from None
    problems = [f"{path}: {problem}" for problem in _contradictions(mapping)]
    if problems:
        raise ConfigurationError(problems)
    return mapping


def detail_types(domain: str) -> dict[str, Any]:
    """The Avro type of each field of a domain's `details`."""
    fields = installed().version(domain).schema["fields"]
    details = next(field["type"]["fields"] for field in fields if field["name"] == "details")
    return {field["name"]: field["type"][1] for field in details}


def _problem(detail: ErrorDetails) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    match detail["type"]:
        case "missing":
            return f"{place}: is missing; add it"
        case "extra_forbidden":
            known = [*Mapping.model_fields, *FactRule.model_fields, *Cell.model_fields, *Csv.model_fields]
            near = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.75)
            return f"{place}: is no field of a mapping; " + (f"write {near[0]}" if near else "take it out")
        case "string_pattern_mismatch":
            return f"{place}: {detail['input']!r} is no name; use a-z, 0-9, '.', '_' and '-', at most 64"
        case "value_error" if isinstance(detail["input"], str):
            return f"{place}: {detail['input']!r} {detail['ctx']['error']}"
        case "value_error":
            return f"{place}: {detail['ctx']['error']}"
        case _:
            return f"{place}: {str(detail['input'])[:80]!r}: {detail['msg']}"


def _contradictions(mapping: Mapping) -> Iterator[str]:
    """What each field alone does not show: symbols, tables, details and names against each other."""
    details = detail_types(mapping.domain)
    labels: set[str] = set()
    yield from _table_problems(mapping, "case_id", mapping.case_id)
    for number, rule in enumerate(mapping.fact):
        if rule.label in labels:
            yield f"fact.{number}.name: two facts are called {rule.label!r}; give one another name"
        labels.add(rule.label)
        for field, cell in mapping.cells(rule).items():
            place = f"fact.{number}.{field}"
            yield from _table_problems(mapping, place, cell)
            name = field.removeprefix("details.")
            if name != field and name not in details:
                yield f"{place}: {mapping.domain} has no such detail; it has {', '.join(details)}"
            elif symbols := SYMBOLS.get(field) or _symbols(details.get(name)):
                yield from _symbol_problems(mapping, place, cell, symbols)


def _table_problems(mapping: Mapping, place: str, cell: Cell) -> Iterator[str]:
    if cell.values is not None and cell.values not in mapping.values:
        known = ", ".join(mapping.values) or "none"
        yield f"{place}: there is no table [values.{cell.values}]; the mapping has: {known}"


def _symbol_problems(mapping: Mapping, place: str, cell: Cell, symbols: tuple[str, ...]) -> Iterator[str]:
    given = [cell.value, cell.otherwise, *mapping.values.get(cell.values or "", {}).values()]
    if cell.value is not None and cell.values is not None:
        given.remove(cell.value)
    for text in given:
        if text is not None and text not in symbols:
            yield f"{place}: {text!r} is none of {', '.join(symbols)}"


def _symbols(avro_type: Any) -> tuple[str, ...]:
    return tuple(avro_type["symbols"]) if isinstance(avro_type, dict) and "symbols" in avro_type else ()
