"""What no Avro checker sees in a schema, and what two versions of it may not differ in.

Each function gives its problems as text, "<what>; <remedy>", without the file, which the caller knows.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

NAMESPACE: Final = "vn.egov.hub"
PRIMITIVES: Final = frozenset({"string", "long", "int", "boolean", "bytes"})
"""The primitive types the hub's tools read and write; a figure is an integer, so there are no fractions."""

_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_SYMBOL: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)


def lint(schema: Any) -> Iterator[str]:
    """The problems of one version on its own."""
    if not isinstance(schema, dict) or schema.get("type") != "record":
        yield "the schema is no record; wrap what it holds in one"
        return
    if schema.get("namespace") != NAMESPACE:
        yield f"the namespace is not {NAMESPACE}; readers in other languages place their classes by it"
    yield from _lint(schema, "", ())


def lint_pair(old: Any, new: Any) -> Iterator[str]:
    """The problems of a later version in view of an earlier one, beyond what compatibility checks find."""
    earlier, later = dict(_places(old)), dict(_places(new))
    for path, kind in later.items():
        if path in earlier and earlier[path] != kind:
            yield from _changed(path, earlier[path], kind)
    for path, field in _fields(new):
        if path not in earlier and "default" not in field and path.rpartition(".")[0] in {"", *earlier}:
            yield f'field {path} is new and has no default; give it one, "default": null if it is optional'


def definitions(schema: Any) -> Iterator[tuple[str, str]]:
    """Full name and canonical text of each named type a schema defines."""
    match schema:
        case {"type": "record" | "enum", "name": name}:
            yield f"{schema.get('namespace', NAMESPACE)}.{name}", json.dumps(schema, sort_keys=True)
    for _, inner in _inside(schema):
        yield from definitions(inner)


def _lint(schema: Any, path: str, inside: tuple[str, ...]) -> Iterator[str]:
    match schema:
        case list():
            yield from _lint_union(schema, path)
        case {"type": "record"}:
            yield from _lint_record(schema, path)
        case {"type": "enum"}:
            yield from _lint_enum(schema, path)
        case {"type": "array", "items": items} if _may_be_empty(items):
            yield f"items of {path} may take no byte, so few bytes could claim billions of them; use a long"
        case {"type": "array" | "map"}:
            pass
        case str() if schema not in PRIMITIVES:
            yield from _lint_name(schema, path, inside)
        case {"type": str(simple)} if simple not in PRIMITIVES:
            yield from _lint_name(simple, path, inside)
    here = (
        (*inside, schema["name"]) if isinstance(schema, dict) and schema.get("type") == "record" else inside
    )
    for name, inner in _inside(schema):
        yield from _lint(inner, _join(path, name), here)


def _lint_name(name: str, path: str, inside: tuple[str, ...]) -> Iterator[str]:
    if name.rpartition(".")[2] in inside:
        yield f"{path} holds {name}, in which it stands: a value could nest without end; use a list of parts"
    elif name in {"float", "double", "fixed", "null"}:
        yield f"{path} is a {name}, which the hub does not use; take one of {', '.join(sorted(PRIMITIVES))}"
    else:
        yield f"{path} refers to {name} by name, which the SDK does not follow; define a type in its place"


def _lint_union(union: list[Any], path: str) -> Iterator[str]:
    if len(union) != 2 or union[0] != "null":
        yield f'{path} is a union other than ["null", <type>]; let null come first, or have no union'


def _lint_enum(schema: dict[str, Any], path: str) -> Iterator[str]:
    symbols = schema.get("symbols", [])
    if symbols[:1] != ["UNKNOWN"]:
        yield f"enum of {path} does not begin with UNKNOWN; a reader needs a symbol for what it does not know"
    if schema.get("default") != "UNKNOWN":
        yield f"enum of {path} has no default UNKNOWN; add it, or a new symbol breaks old readers"
    for symbol in symbols:
        if not _SYMBOL.fullmatch(symbol):
            yield f"symbol {symbol} of {path} is not in capitals; write it like IN_PERSON"
    if not schema.get("doc"):
        yield f'enum of {path} says nothing about itself; add a "doc"'


def _lint_record(schema: dict[str, Any], path: str) -> Iterator[str]:
    if not schema.get("doc"):
        yield f'record {path or schema.get("name")} says nothing about itself; add a "doc"'
    for field in schema.get("fields", []):
        at = _join(path, field["name"])
        if not _FIELD.fullmatch(field["name"]):
            yield f"field {at} is not in small letters; write it like due_at"
        if not field.get("doc"):
            yield f'field {at} says nothing about itself; add a "doc"'
        if isinstance(field["type"], list) and ("default" not in field or field["default"] is not None):
            yield f'field {at} is optional but its default is not null; add "default": null'


def _may_be_empty(schema: Any) -> bool:
    """Whether a value of a type can take no byte on the wire."""
    match schema:
        case "null" | {"type": "null"}:
            return True
        case {"type": "fixed", "size": size}:
            return bool(size == 0)
        case {"type": "record", "fields": fields}:
            return all(_may_be_empty(field["type"]) for field in fields)
        case _:
            return False


def _inside(schema: Any) -> Iterator[tuple[str, Any]]:
    """The types within a type, with the name of the field where there is one."""
    match schema:
        case list():
            yield from (("", branch) for branch in schema if branch != "null")
        case {"type": "record", "fields": fields}:
            yield from ((field["name"], field["type"]) for field in fields)
        case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
            yield "", inner
        case {"type": dict() | list() as inner}:
            yield "", inner


def _fields(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema at any depth, by path."""
    if isinstance(schema, dict) and schema.get("type") == "record":
        yield from ((_join(path, field["name"]), field) for field in schema["fields"])
    for name, inner in _inside(schema):
        yield from _fields(inner, _join(path, name))


def _places(schema: Any) -> Iterator[tuple[str, Any]]:
    """What stands at each field: its type without what may change, symbols kept to compare them."""
    for path, field in _fields(schema):
        yield path, _kind(field["type"])


def _kind(type_: Any) -> Any:
    match type_:
        case list():
            return [_kind(branch) for branch in type_]
        case {"type": "record", "name": name}:
            return {"record": name}
        case {"type": "enum", "name": name, "symbols": symbols}:
            return {"enum": name, "symbols": symbols}
        case {"type": "array" | "map" as many}:
            return {many: _kind(type_.get("items", type_.get("values")))}
        case dict():
            return {key: value for key, value in type_.items() if key != "doc"}
        case _:
            return {"type": type_}


def _changed(path: str, old: Any, new: Any) -> Iterator[str]:
    before, after = _symbols(old), _symbols(new)
    if before is not None and after is not None and _without_symbols(old) == _without_symbols(new):
        if after[: len(before)] != before:
            yield f"symbols of {path} were moved or dropped; only append, or old facts read otherwise"
        return
    was, now = json.dumps(old), json.dumps(new)
    yield f"type, logical type or scale of {path} changes from {was} to {now}; keep it and add a field"


def _symbols(kind: Any) -> list[str] | None:
    inner: dict[str, Any] = kind[-1] if isinstance(kind, list) else kind
    return inner.get("symbols")


def _without_symbols(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_without_symbols(branch) for branch in kind]
    return {key: value for key, value in kind.items() if key != "symbols"}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}".strip(".")
