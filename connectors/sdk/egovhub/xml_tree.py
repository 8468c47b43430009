"""XML as a stranger sends it: no DTD, no entities, no processing instructions, and bounds on depth and size.

Expat itself is asked, because the libraries that wrap it let a DTD without entities or a hundred thousand levels pass.
What must not be there is refused when it is met, so that nothing is ever expanded.
"""

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element as XmlElement
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

from egovhub.errors import RejectedInput

__all__ = ["Limits", "XmlElement", "parse", "parser"]

_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_SEPARATOR: Final = "}"
_PIECE: Final = 256 << 10

LONGEST_MARKUP: Final = 1 << 20
"""Largest tag, with its attributes, or comment in bytes; texts may be as long as the document."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may have at most: levels, elements and attributes, bytes, and attributes of one element."""

    depth: int = 64
    elements: int = 40_000
    size: int = 64 << 20
    attributes: int = 256


def parse(body: bytes, limits: Limits = Limits(), *, namespaces: bool = True) -> XmlElement:
    """The root element.

    Args:
        body: the document.
        limits: what it may have.
        namespaces: names are `{namespace}name`; otherwise as they are written, `prefix:name`, bound or not.

    Raises:
        RejectedInput: not-xml; bad-text for another encoding than UTF-8; forbidden-markup for a DTD, an entity, a
            processing instruction, or a comment inside a text; too-deep; oversized.
    """
    if len(body) > limits.size:
        raise RejectedInput("oversized", "XML document")
    check_encoding(body)
    builder = TreeBuilder()
    guard = _Guard(limits, builder)
    reader = parser(namespaces=namespaces)
    reader.StartElementHandler = guard.start
    reader.EndElementHandler = guard.end
    reader.CharacterDataHandler = guard.data
    reader.CommentHandler = guard.comment
    try:
        _feed(reader, body)
    except expat.ExpatError:
        raise RejectedInput("not-xml") from None
    return builder.close()


def _feed(reader: expat.XMLParserType, body: bytes) -> None:
    """Parse in pieces: an attribute of 60 MB costs expat seconds, and it is not through with any before its end.

    Raises:
        RejectedInput: oversized if a single tag or comment is larger than `LONGEST_MARKUP`.
    """
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE]
        reader.Parse(piece, False)
        if start + len(piece) - reader.CurrentByteIndex > LONGEST_MARKUP:
            raise RejectedInput("oversized", "XML tag or comment")
    reader.Parse(b"", True)


def check_encoding(beginning: bytes) -> None:
    """Refuse a document that begins as none in UTF-8 does; expat would read it.

    Raises:
        RejectedInput: bad-text.
    """
    if beginning[:2] in _ENCODINGS:
        raise RejectedInput("bad-text", "XML is not UTF-8")


def parser(*, namespaces: bool = True) -> expat.XMLParserType:
    """An expat parser that refuses everything but elements, attributes, text and comments.

    Raises (while it parses):
        RejectedInput: bad-text, forbidden-markup.
    """
    reader = expat.ParserCreate(namespace_separator=_SEPARATOR if namespaces else None)
    reader.buffer_text = True
    reader.XmlDeclHandler = _declared
    reader.StartDoctypeDeclHandler = _forbidden
    reader.EntityDeclHandler = _forbidden
    reader.ProcessingInstructionHandler = _forbidden
    return reader


def _forbidden(*_arguments: object) -> None:
    raise RejectedInput("forbidden-markup", "DTD, entity or processing instruction")


def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.upper() not in ("UTF-8", "UTF8", "US-ASCII"):
        raise RejectedInput("bad-text", "XML is not UTF-8")


def tag(name: str) -> str:
    """Expat's name of an element or attribute as ElementTree writes it."""
    return "{" + name if _SEPARATOR in name else name


class _Guard:
    """Counts what a document has and hands it on to the tree.

    A comment with text on both sides is refused: readers differ in whether the text goes on behind it.
    """

    def __init__(self, limits: Limits, builder: TreeBuilder) -> None:
        self._limits = limits
        self._builder = builder
        self._depth = 0
        self._elements = 0
        self._has_text = False
        self._is_cut = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1 + len(attributes)
        self._has_text = self._is_cut = False
        if self._depth > self._limits.depth:
            raise RejectedInput("too-deep", "XML elements")
        if self._elements > self._limits.elements or len(attributes) > self._limits.attributes:
            raise RejectedInput("oversized", "XML elements or attributes")
        self._builder.start(tag(name), {tag(key): value for key, value in attributes.items()})

    def data(self, text: str) -> None:
        if not text.isspace():
            if self._is_cut:
                raise RejectedInput("forbidden-markup", "comment inside a text")
            self._has_text = True
        self._builder.data(text)

    def comment(self, _text: str) -> None:
        self._is_cut = self._has_text

    def end(self, name: str) -> None:
        self._depth -= 1
        self._has_text = self._is_cut = False
        self._builder.end(tag(name))
