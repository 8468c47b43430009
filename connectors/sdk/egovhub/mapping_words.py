"""A mapping told in words, for whoever has to agree with it without reading TOML."""

from collections.abc import Iterator

from egovhub.mapping import Cell, Condition, FactRule, Mapping


def describe(mapping: Mapping) -> Iterator[str]:
    """The lines: what a case is, how times are read, and each fact with where its fields come from."""
    yield f"source {mapping.source}, domain {mapping.domain}"
    yield f"a case is {mapping.namespace}:<{_origin(mapping, mapping.case_id)}>"
    formats = " or ".join(_format(text) for text in mapping.times.formats)
    yield f"times are {formats}, in {mapping.zone}; {_twice(mapping)}"
    if mapping.missing:
        yield f"no value: an empty text, {', '.join(repr(text) for text in mapping.missing)}"
    for rule in mapping.fact:
        yield ""
        yield from _rule(mapping, rule)


def _rule(mapping: Mapping, rule: FactRule) -> Iterator[str]:
    kind = rule.kind.value or f"the kind that {_origin(mapping, rule.kind)} says"
    often = "once for each case" if rule.per == "case" else "for each row"
    conditions = "".join(f", {word} {_condition(c)}" for word, c in zip(_WORDS, rule.when, strict=False))
    conditions += "".join(f", and {_condition(c)}" for c in rule.when[len(_WORDS) :])
    name = f"{rule.name}: " if rule.name else ""
    yield f"{name}{kind}, {often}{conditions}"
    for field, cell in mapping.cells(rule).items():
        if field != "kind":
            yield f"  {field:<15} {_origin(mapping, cell)}"
    known = f"column {' and '.join(rule.identity)}" if rule.identity else "all it says"
    yield f"  {'identity':<15} {known}"
    if rule.derived:
        yield f"  {'derived':<15} made by the connector, not stated by the source"


_WORDS = ("if",)


def _origin(mapping: Mapping, cell: Cell) -> str:
    if cell.value is not None:
        return f"always {cell.value}"
    text = "column " + f" {cell.join!r} ".join(cell.names)
    if cell.format:
        text += f" as {_format(cell.format)}"
    if cell.values is not None:
        pairs = [f"{given} → {meant}" for given, meant in mapping.values[cell.values].items()]
        if cell.otherwise is not None:
            pairs.append(f"any other → {cell.otherwise}")
        text += f" ({', '.join(pairs)})"
    return text


def _condition(condition: Condition) -> str:
    parts = []
    if condition.equals:
        parts.append("is " + " or ".join(condition.equals))
    if condition.differs:
        parts.append("is not " + " nor ".join(condition.differs))
    return f"column {condition.column} " + (" and ".join(parts) or "is not empty")


def _format(text: str) -> str:
    return {
        "iso": "ISO 8601 with offset",
        "epoch-seconds": "seconds since 1970",
        "epoch-millis": "milliseconds since 1970",
    }.get(text, text)


def _twice(mapping: Mapping) -> str:
    if mapping.times.ambiguous == "reject":
        return "a local time that comes twice is refused"
    return f"a local time that comes twice is the {mapping.times.ambiguous}"
