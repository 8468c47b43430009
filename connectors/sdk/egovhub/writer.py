"""Strict, canonical writers, composed from the schemas: a value becomes bytes or is refused with the field.

What the generic writer would let pass and a reader elsewhere would trip over (an integer beyond 64 bits, true
for 1, a lone surrogate, a field that does not exist) is refused here, on the side that can still say why. Map
keys are sorted and arrays are one block, so the same record always gives the same bytes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from egovhub.decoder import symbol_of
from egovhub.errors import ConfigurationError, RejectedInput

Write = Callable[[Any], bytes]

_MISSING: Final = object()
_OPTIONAL_RECORD: Final = "details"
"""A record that may be left out, because every field in it may be null."""


def compile_writer(subject: str, schema: dict[str, Any]) -> Write:
    """The writer of the records of a subject; of the domains, a fact may name only its subject's own.

    Raises: ConfigurationError, if the schema uses a type the contract does not have.
    """
    return _Compiler(subject).write(schema, "")


class _Compiler:
    def __init__(self, subject: str) -> None:
        self.own_domain = {"UNKNOWN", symbol_of(subject)}

    def write(self, schema: Any, path: str) -> Write:
        """The writer of one type; `path` names the field in a refusal."""
        match schema:
            case ["null", some]:
                return _optional(self.write(some, path))
            case {"type": "long", "logicalType": "timestamp-millis"}:
                return _integer(64, path, "instant-out-of-range")
            case {"type": "record", "fields": fields}:
                return _record([self.field(field, path) for field in fields], path)
            case {"type": "enum", "name": name, "symbols": symbols}:
                return self.enum(name, symbols, path)
            case {"type": "array", "items": items}:
                return _array(self.write(items, path), path)
            case {"type": "map", "values": values}:
                return _map(self.write(values, path), path)
            case _:
                return _simple(schema, path)

    def field(self, field: dict[str, Any], path: str) -> tuple[str, Write, bytes | None]:
        """Name and writer of a field, and the bytes for it if it may be missing."""
        name = field["name"]
        write = self.write(field["type"], f"{path}.{name}".lstrip("."))
        if "default" in field:
            return name, write, write(field["default"])
        return name, write, write({}) if name == _OPTIONAL_RECORD else None

    def enum(self, name: str, symbols: list[str], path: str) -> Write:
        known = self.own_domain if name == "Domain" else symbols
        return _symbol(
            {symbol: _varint(2 * k) for k, symbol in enumerate(symbols) if symbol in known},
            path,
            "unknown-kind" if name == "Kind" else "bad-value",
        )


def _varint(n: int) -> bytes:
    """Bytes of an unsigned varint; zig-zag is the caller's. Instants of our age have six."""
    if 1 << 35 <= n < 1 << 42:
        return bytes(
            (
                n & 127 | 128,
                n >> 7 & 127 | 128,
                n >> 14 & 127 | 128,
                n >> 21 & 127 | 128,
                n >> 28 & 127 | 128,
                n >> 35,
            )
        )
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


_LENGTHS: Final = [_varint(2 * n) for n in range(4096)]
"""Lengths and counts as they stand before short texts, arrays and maps."""


def _count(n: int) -> bytes:
    return _LENGTHS[n] if n < len(_LENGTHS) else _varint(2 * n)


def _simple(schema: Any, path: str) -> Write:
    match schema:
        case "string":
            return _text(path)
        case "boolean":
            return _boolean(path)
        case "bytes":
            return _bytes(path)
        case "long":
            return _integer(64, path, "bad-value")
        case "int":
            return _integer(32, path, "bad-value")
        case _:
            raise ConfigurationError(f"{path or 'schema'}: {schema} is a type the contract does not have")


def _record(fields: list[tuple[str, Write, bytes | None]], path: str) -> Write:
    names = {name for name, *_ in fields}

    def write(value: Any) -> bytes:
        if not isinstance(value, dict) and not isinstance(value, Mapping):
            raise RejectedInput("bad-value", path)
        if value.keys() == names:
            return b"".join([field(value[name]) for name, field, _ in fields])
        parts = []
        present = 0
        for name, field, otherwise in fields:
            given = value.get(name, _MISSING)
            if given is not _MISSING:
                present += 1
                parts.append(field(given))
            elif otherwise is not None:
                parts.append(otherwise)
            else:
                raise RejectedInput("missing-value", f"{path}.{name}".lstrip("."))
        if present != len(value):
            unknown = min(str(name) for name in value if name not in names)
            raise RejectedInput("bad-value", f"{path}.{unknown} is no field of the schema".lstrip("."))
        return b"".join(parts)

    return write


def _optional(some: Write) -> Write:
    return lambda value: b"\0" if value is None else b"\2" + some(value)


def _integer(bits: int, path: str, beyond: str) -> Write:
    low, high = -(1 << bits - 1), 1 << bits - 1

    def write(value: Any) -> bytes:
        if type(value) is not int:
            raise RejectedInput("bad-value", path)
        if 0 <= value < 4096:
            return _LENGTHS[value]
        if not low <= value < high:
            raise RejectedInput(beyond, path)
        return _varint(value << 1 if value >= 0 else ~(value << 1))

    return write


def _symbol(bytes_of: dict[str, bytes], path: str, unknown: str) -> Write:
    def write(value: Any) -> bytes:
        if not isinstance(value, str):
            raise RejectedInput("bad-value", path)
        found = bytes_of.get(value)
        if found is None:
            raise RejectedInput(unknown, path)
        return found

    return write


def _text(path: str) -> Write:
    lengths, short = _LENGTHS, len(_LENGTHS)

    def write(value: Any) -> bytes:
        if not isinstance(value, str):
            raise RejectedInput("bad-value", path)
        try:
            encoded = value.encode()
        except UnicodeEncodeError:
            raise RejectedInput("lone-surrogate", path) from None
        length = len(encoded)
        return (lengths[length] if length < short else _varint(2 * length)) + encoded

    return write


def _boolean(path: str) -> Write:
    def write(value: Any) -> bytes:
        if type(value) is not bool:
            raise RejectedInput("bad-value", path)
        return b"\1" if value else b"\0"

    return write


def _bytes(path: str) -> Write:
    def write(value: Any) -> bytes:
        if type(value) is not bytes:
            raise RejectedInput("bad-value", path)
        return _count(len(value)) + value

    return write


def _block(items: list[bytes]) -> bytes:
    return _count(len(items)) + b"".join(items) + b"\0" if items else b"\0"


def _array(item: Write, path: str) -> Write:
    def write(value: Any) -> bytes:
        if not isinstance(value, (list, tuple)):
            raise RejectedInput("bad-value", path)
        return _block([item(one) for one in value])

    return write


def _map(one: Write, path: str) -> Write:
    key_of = _text(path)

    def write(value: Any) -> bytes:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise RejectedInput("bad-value", path)
        return _block([key_of(key) + one(value[key]) for key in sorted(value)])

    return write
