"""A connector of configuration alone: a mapping of columns that reads rows, JSON objects and XES events alike.

A column of a JSON object is a path, names joined by dots; what is not there says nothing. A text, a number or a truth
value is a column's text; an array or an object is none and refuses the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from egovhub.connector import Connector, FeedSettings, Made, Payload, Snapshot
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.loading import KINDS, settings_of
from egovhub.mapping import Mapping
from egovhub.mapping_rows import RowMapper
from egovhub.origin import Origin
from egovhub.seen import at


@dataclass(slots=True)
class ColumnMap:
    """The mapping of a configured connector, as a function of payloads."""

    mapping: Mapping
    columns: list[str] = field(init=False)
    rows: RowMapper = field(init=False)

    def __post_init__(self) -> None:
        """Find the columns once."""
        self.columns = list(self.mapping.columns())
        self.rows = RowMapper(self.mapping, self.columns, self.mapping.source)

    def __call__(self, payload: Payload) -> Iterable[Made]:
        """The facts of a payload."""
        value = payload.json()
        if not isinstance(value, dict):
            raise RejectedInput("bad-value", "payload is no object")
        row = [text_of(value, column) for column in self.columns]
        facts = self.rows.facts(row, None)
        if not self.mapping.states:
            return facts
        return (Snapshot(self.rows.case_id(row), facts, self.rows.version(row)),)


def text_of(value: dict[str, Any], column: str) -> str:
    """The text of a column.

    Raises:
        RejectedInput: bad-value for an array or an object.
    """
    found = value[column] if column in value else at(value, column)
    match found:
        case None:
            return ""
        case str():
            return found
        case bool():
            return "true" if found else "false"
        case int() | Decimal():
            return str(found)
        case _:
            raise RejectedInput("bad-value", f"column {column} is no text")


def feeds_of(mapping: Mapping, where: str) -> dict[str, FeedSettings]:
    """The feeds that a mapping describes; none if it reads a file that is named when it runs.

    Raises:
        ConfigurationError: with every problem.
    """
    feeds: dict[str, FeedSettings] = {}
    problems = []
    for name, kind in KINDS.items():
        table = getattr(mapping, name)
        if table is None:
            continue
        own = (
            {"zone": mapping.zone}
            if name == "rest"
            else {"format": "csv", "csv": mapping.csv}
            if name == "folder"
            else {}
        )
        try:
            feeds[name] = settings_of(kind, {**own, **table})
        except ConfigurationError as error:
            problems += [f"{where}: {name}.{problem}" for problem in error.problems]
    if feeds and any(rule.per == "case" for rule in mapping.fact):
        problems.append(
            f"{where}: fact.per: 'case' needs a whole file, for a feed has no first row of a case; "
            "take it out, or write states = true if a row says how its case stands"
        )
    if problems:
        raise ConfigurationError(problems)
    return feeds


def _given(mapping: Mapping, name: str) -> dict[str, Any]:
    """What the mapping says already of a feed."""
    match name:
        case "rest":
            return {"zone": mapping.zone}
        case "folder":
            return {"format": "csv", "csv": mapping.csv}
        case _:
            return {}


def connector_of(mapping: Mapping, feeds: dict[str, FeedSettings]) -> Connector:
    """The connector that a mapping makes."""
    origin = Origin(mapping.source, mapping.domain, mapping.namespace, mapping.zone)
    return Connector(origin, ColumnMap(mapping), feeds, mapping.personal, mapping.sandbox)
