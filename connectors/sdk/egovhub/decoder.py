"""A decoder of case facts, generated from the schemas: one flat function per schema id.

A rebuild decodes every fact of the log, so the generic reader's time would be the time of a rebuild. The
generated function does what the Avro specification says and is strict where readers are lax: an index, a
length, a count or a varint out of range, a domain that is not the schema's own, bytes missing or left over
are refused.
"""

import struct
from collections.abc import Callable
from functools import cache
from typing import Any

from egovhub.contract import FACT_SUBJECTS, Version, installed
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import DOMAINS, Fact, Kind

MAGIC = 0
FRAME = 5
"""Length of the frame before the body: a zero byte and the schema id, four bytes, big-endian."""

Decode = Callable[[bytes, int, int], Fact]

_decoders: dict[bytes, Decode] = {}


def decode_fact(value: bytes) -> Fact:
    """The case fact in a framed Avro value.

    Symbols this SDK does not know read as UNKNOWN, nulls in `details` are left out. The `details` of
    different facts may be one object: never change it.

    Raises:
        RejectedInput: empty, bad-magic, truncated-frame, unknown-schema, not-a-fact, malformed-body or
            trailing-bytes.
    """
    decode = _decoders.get(value[:FRAME])
    if decode is None:
        decode = _learn(value)
    try:
        return decode(value, FRAME, len(value))
    except (IndexError, KeyError, ValueError, struct.error):
        raise RejectedInput("malformed-body") from None


def frame_version(value: bytes) -> Version:
    """The schema version that the frame of a value names.

    Raises:
        RejectedInput: empty, bad-magic, truncated-frame or unknown-schema.
    """
    if not value:
        raise RejectedInput("empty")
    if value[0] != MAGIC:
        raise RejectedInput("bad-magic")
    if len(value) < FRAME:
        raise RejectedInput("truncated-frame")
    version = installed().by_id.get(int.from_bytes(value[1:FRAME], "big"))
    if version is None:
        raise RejectedInput("unknown-schema")
    return version


def _learn(value: bytes) -> Decode:
    """Compile the decoder a value needs, once per schema id."""
    version = frame_version(value)
    if version.subject not in FACT_SUBJECTS:
        raise RejectedInput("not-a-fact")
    decode = compile_decoder(version.subject, version.schema, installed().version(version.subject).schema)
    _decoders[value[:FRAME]] = decode
    return decode


def compile_decoder(subject: str, writer: dict[str, Any], reader: dict[str, Any]) -> Decode:
    """Build the function that reads bodies of `writer` as facts of `reader`, both versions of `subject`.

    Raises:
        ConfigurationError: if a schema uses a type that facts do not have.
    """
    source = _Source(subject)
    source.fact(writer, reader)
    exec("\n".join(source.lines), source.names)  # noqa: S102 - text made from the schema's own structure
    decode: Decode = source.names["decode"]
    return decode


class _Source:
    """Python source of one decoder: `v` is the value, `i` the next byte, `n` the last varint as it stands."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.following = 0
        self.lines = ["def decode(v, i, end):"]
        self.names: dict[str, Any] = {
            "EMPTY": {},
            "Fact": Fact,
            "Rejected": RejectedInput,
            "BOOLEANS": (False, True),
            "new": tuple.__new__,
            "pairs": struct.Struct("<HHH").unpack_from,
            "strings": _strings,
            "varint": _varint,
        }
        self.names["LOW"], self.names["MIDDLE"], self.names["HIGH"] = _septets()

    def fact(self, writer: dict[str, Any], reader: dict[str, Any]) -> None:
        """The whole function: fields in the writer's order, then the defaults of those it does not have."""
        wanted = {field["name"]: field for field in reader["fields"]}
        self.refuse_odd_names([*wanted, *(field["name"] for field in writer["fields"])])
        for position, field in enumerate(writer["fields"]):
            name = field["name"]
            self.following = len(writer["fields"]) - position - 1
            if name == "details":
                self.details(field["type"], wanted[name]["type"])
            else:
                self.value(field["type"], wanted.get(name, field)["type"], f"f_{name}", 1)
        written = {field["name"] for field in writer["fields"]}
        for name in wanted.keys() - written:
            self.line(1, f"f_{name} = {self.constant(_default(wanted[name]))}")
        self.line(1, "if i != end:")
        self.line(2, "raise Rejected('trailing-bytes' if i < end else 'malformed-body')")
        self.line(1, f"return new(Fact, ({', '.join('f_' + name for name in Fact._fields)}))")

    def refuse_odd_names(self, names: list[str]) -> None:
        """Names become variables, and every field of a fact must have one."""
        if missing := set(Fact._fields).difference(names):
            raise ConfigurationError(f"{self.subject}: a fact needs the field {', '.join(sorted(missing))}")
        for name in names:
            if not name.isidentifier():
                raise ConfigurationError(f"{self.subject}: {name!r} cannot be the name of a field")

    def details(self, writer: dict[str, Any], reader: dict[str, Any]) -> None:
        """The record of the domain; as the last field it is often zeros to the end: one comparison."""
        wanted = {field["name"]: field for field in reader["fields"]}
        nulls = self.constant(None if self.following else bytes(len(writer["fields"])))
        self.line(1, f"if v[i:] == {nulls}: f_details = EMPTY; i = end")
        self.line(1, "else:")
        self.line(2, "f_details = {}")
        for field in writer["fields"]:
            name = field["name"]
            self.branch(2)
            self.value(field["type"][1], wanted.get(name, field)["type"][1], "x", 3)
            if name in wanted:
                self.line(3, f"f_details[{name!r}] = x")
            self.line(2, "elif n: raise ValueError")

    def value(self, writer: Any, reader: Any, name: str, depth: int) -> None:
        """Assign one value of a type to a variable."""
        match writer:
            case ["null", some]:
                self.branch(depth)
                self.value(some, reader[1], name, depth + 1)
                self.line(depth, f"elif n: raise ValueError\n{' ' * depth}else: {name} = None")
            case "string":
                self.string(name, depth)
            case "boolean":
                self.line(depth, f"{name} = BOOLEANS[v[i]]; i += 1")
            case "long":
                self.varint(depth)
                self.line(depth, f"{name} = (n >> 1) ^ -(n & 1)")
            case {"type": "long", "logicalType": "timestamp-millis"}:
                self.instant(name, depth)
            case {"type": "enum", "symbols": symbols}:
                self.varint(depth)
                self.line(
                    depth, f"{name} = {self.constant(self.meanings(name, symbols, reader['symbols']))}[n]"
                )
            case {"type": "array", "items": "string"}:
                self.line(depth, f"if v[i] == 0: {name} = (); i += 1")
                self.line(depth, f"else: {name}, i = strings(v, i, end)")
            case _:
                raise ConfigurationError(
                    f"{self.subject}: {name[2:]} has a type that facts do not have: {writer}"
                )

    def varint(self, depth: int) -> None:
        self.line(depth, "n = v[i]; i += 1")
        self.line(depth, "if n > 127: n, i = varint(v, i, n)")

    def branch(self, depth: int) -> None:
        self.varint(depth)
        self.line(depth, "if n == 2:")

    def string(self, name: str, depth: int) -> None:
        self.varint(depth)
        self.line(depth, "if n & 1: raise ValueError")
        self.line(depth, f"j = i + (n >> 1); {name} = v[i:j].decode(); i = j")

    def instant(self, name: str, depth: int) -> None:
        """Milliseconds from 1970-07 to 2039-09 take six bytes, read in three pairs; others byte by byte.

        Reading six bytes ahead of a shorter one needs five fields behind it, of a byte at least.
        """
        if self.following < 5:
            return self.value("long", "long", name, depth)
        self.line(depth, "p, q, r = pairs(v, i)")
        self.line(depth, "n = LOW[p] | MIDDLE[q] | HIGH[r]")
        self.line(depth, "if n < 0:")
        self.varint(depth + 1)
        self.line(depth, "else: i += 6")
        self.line(depth, f"{name} = (n >> 1) ^ -(n & 1)")
        return None

    def meanings(self, name: str, written: list[str], known: list[str]) -> dict[int, Any]:
        """What each index on the wire means; of the domains only the schema's own, to notice a wrong id."""
        symbols = [symbol if symbol in known else "UNKNOWN" for symbol in written]
        if name == "f_kind":
            return {2 * k: Kind[symbol] for k, symbol in enumerate(symbols)}
        if name == "f_domain":
            domains = {"UNKNOWN": "unknown"} | {symbol_of(domain): domain for domain in DOMAINS}
            own = {"unknown", self.subject}
            return {2 * k: domains[symbol] for k, symbol in enumerate(symbols) if domains[symbol] in own}
        return {2 * k: symbol for k, symbol in enumerate(symbols)}

    def constant(self, value: Any) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def line(self, depth: int, text: str) -> None:
        self.lines.append(" " * depth + text)


def symbol_of(domain: str) -> str:
    """The symbol of a domain on the wire: `civil-status` is CIVIL_STATUS."""
    return domain.upper().replace("-", "_")


def _default(field: dict[str, Any]) -> Any:
    default = field["default"]
    return tuple(default) if isinstance(default, list) else default


@cache
def _septets() -> tuple[list[int], list[int], list[int]]:
    """What two bytes of a six-byte varint add to it, by their number; -1 where they cannot stand.

    After the first and the second pair the varint must go on, with the third it must end.
    """
    septets = [pair & 127 | (pair >> 8 & 127) << 7 for pair in range(1 << 16)]
    on = [value if pair & 0x8080 == 0x8080 else -1 for pair, value in enumerate(septets)]
    ends = [value << 28 if pair & 0x8080 == 0x80 else -1 for pair, value in enumerate(septets)]
    return on, [value << 14 if value >= 0 else -1 for value in on], ends


def _varint(v: bytes, i: int, n: int) -> tuple[int, int]:
    """The rest of an unsigned varint whose first byte, `n`, is above 127; more than 64 bits are refused."""
    n &= 127
    for shift in range(7, 70, 7):
        b = v[i]
        i += 1
        n |= (b & 127) << shift
        if b < 128:
            if n >> 64:
                break
            return n, i
    raise ValueError


def _long(v: bytes, i: int) -> tuple[int, int]:
    n = v[i]
    i += 1
    if n > 127:
        n, i = _varint(v, i, n)
    return (n >> 1) ^ -(n & 1), i


def _strings(v: bytes, i: int, end: int) -> tuple[tuple[str, ...], int]:
    """An array of strings, in blocks; an item takes a byte, so a count beyond the end is refused at once."""
    items: list[str] = []
    while True:
        count, i = _long(v, i)
        if count == 0:
            return tuple(items), i
        block_end = None
        if count < 0:
            size, i = _long(v, i)
            count, block_end = -count, i + size
        if count > end - i:
            raise ValueError
        for _ in range(count):
            size, i = _long(v, i)
            if size < 0:
                raise ValueError
            items.append(v[i : i + size].decode())
            i += size
        if block_end is not None and block_end != i:
            raise ValueError
