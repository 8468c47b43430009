"""The XML of a message, read by the local names of its elements.

Messages come with prefixes that nobody bound and with the namespace of one version or another, so a namespace decides
nothing. What would make a reader fetch or include something is refused: DTD and entities by the kit, XInclude and
places of schemas here.
"""

import unicodedata
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
        node: the element; it and all below it are named by their local names.
        place: its path, for refusals.
    """

    node: XmlElement
    place: str

    @property
    def name(self) -> str:
        """Its local name."""
        return self.node.tag

    def has(self, path: str) -> bool:
        """Whether there is such an element, empty or not."""
        return self._find(path) is not None

    def first(self, name: str) -> "Element | None":
        """The first element of a name, however deep it lies."""
        node = next(self.node.iter(name), None)
        return None if node is None else Element(node, name)

    def each(self, path: str) -> list["Element"]:
        """All elements of the last name of a path, numbered from 1 in refusals."""
        above, _, name = path.rpartition("/")
        parent = self._find(above) if above else self
        if parent is None:
            return []
        found = enumerate(parent.node.findall(name), 1)
        return [Element(node, self.where(f"{path}[{number}]")) for number, node in found]

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
        return f"{self.place}/{path}" if self.place and path else self.place or path

    def _find(self, path: str) -> "Element | None":
        here = self
        for name in path.split("/"):
            found = here.node.findall(name)
            if not found:
                return None
            here = Element(found[0], here.where(name))
            if len(found) > 1:
                raise RejectedInput("bad-value", f"{here.place} stands twice")
        return here


def envelope_of(body: bytes) -> Element:
    """The root of a message.

    Junk before the prolog is passed over: the message itself is whole, and its length and hash were checked with it.

    Raises:
        RejectedInput: not-xml, bad-text, forbidden-markup, too-deep, oversized.
    """
    start = body.find(b"<", 0, LONGEST_JUNK + 1)
    root = parse(body[start:] if body.startswith(_PROLOG, max(start, 0)) else body, LIMITS, namespaces=False)
    for node in root.iter():
        node.tag = _local(node.tag)
        for name, value in node.attrib.items():
            if value.strip() == _XINCLUDE or _local(name) in _SCHEMAS:
                raise RejectedInput("forbidden-markup", "XInclude or the place of a schema")
    return Element(root, "")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
