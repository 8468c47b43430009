"""The XML of a message, read by the local names of its elements.

Messages come with prefixes that nobody bound and with the namespace of one version or another, so a namespace decides
nothing. What would make a reader fetch or include something is refused: DTD and entities by the kit, XInclude and
places of schemas here.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from egovhub.errors import RejectedInput
from egovhub.xml_tree import Limits, XmlElement, parse

LIMITS: Final = Limits(depth=32, elements=40_000, size=64 << 20, attributes=64)
"""What a message may have; one with 2,000 receivers has 18,000 elements and as many attributes."""

LONGEST_JUNK: Final = 64
"""Bytes before the prolog that are passed over: byte order marks, blanks, the rest of a header."""

_PROLOG: Final = b"<?xml"
_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_SCHEMAS: Final = ("schemaLocation", "noNamespaceSchemaLocation")


class Named(NamedTuple):
    """A text and where it stands in the message, for refusals."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element; a child is named by its local name, one further down by a path such as `Code/CodeNumber`.

    Args:
        node: the element.
        place: its path, for refusals.
    """

    node: XmlElement
    place: str

    @property
    def name(self) -> str:
        """Its local name."""
        return _local(self.node.tag)

    def has(self, path: str) -> bool:
        """Whether there is such an element, empty or not."""
        return self._find(path) is not None

    def first(self, name: str) -> "Element | None":
        """The first element of a name, however deep it lies."""
        for node in self.node.iter():
            if _local(node.tag) == name:
                return Element(node, name)
        return None

    def each(self, path: str) -> list["Element"]:
        """All elements of the last name of a path, numbered from 1 in refusals."""
        above, _, name = path.rpartition("/")
        parent = self._find(above) if above else self
        if parent is None:
            return []
        nodes = [node for node in parent.node if _local(node.tag) == name]
        return [Element(node, self.where(f"{path}[{number}]")) for number, node in enumerate(nodes, 1)]

    def optional(self, path: str) -> str | None:
        """A text, trimmed and in NFC; None if the element is not there or empty.

        Raises:
            RejectedInput: bad-value if elements stand where the text should, or it stands twice.
        """
        found = self._find(path) if path else self
        if found is None:
            return None
        if len(found.node):
            raise RejectedInput("bad-value", f"{found.place} is no text")
        return unicodedata.normalize("NFC", (found.node.text or "").strip()) or None

    def text(self, path: str = "") -> str:
        """A text that must be there.

        Raises:
            RejectedInput: missing-value; bad-value as `optional`.
        """
        found = self.optional(path)
        if found is None:
            raise RejectedInput("missing-value", self.where(path))
        return found

    def named(self, path: str = "") -> Named:
        """A text that must be there, and its place; raises as `text`."""
        return Named(self.text(path), self.where(path))

    def where(self, path: str = "") -> str:
        """The place of an element in refusals."""
        return "/".join(part for part in (self.place, path) if part)

    def _find(self, path: str) -> "Element | None":
        here = self
        for name in path.split("/"):
            where = here.where(name)
            found = [child for child in here.node if _local(child.tag) == name]
            if len(found) > 1:
                raise RejectedInput("bad-value", f"{where} stands twice")
            if not found:
                return None
            here = Element(found[0], where)
        return here


def envelope_of(body: bytes) -> Element:
    """The root of a message.

    Junk before the prolog is passed over: the message itself is whole, and its length and hash were checked with it.

    Raises:
        RejectedInput: not-xml, bad-text, forbidden-markup, too-deep, oversized.
    """
    start = body.find(_PROLOG, 0, LONGEST_JUNK + len(_PROLOG))
    root = parse(body[max(start, 0) :], LIMITS, namespaces=False)
    for name, value in _attributes(root):
        if value.strip() == _XINCLUDE or _local(name) in _SCHEMAS:
            raise RejectedInput("forbidden-markup", "XInclude or the place of a schema")
    return Element(root, "")


def _attributes(root: XmlElement) -> Iterator[tuple[str, str]]:
    for node in root.iter():
        yield from node.attrib.items()


def _local(name: str) -> str:
    return name.rpartition(":")[2]
