"""Attachments: checked, and left behind but for number, size and hash.

An attachment is base64 of a ZIP with one file. It never goes to Kafka; what is looked at is whether it is what it says,
for a document whose attachment is broken has not arrived. Nothing is written to disk and nothing inside the file is
opened. Source: `domain/systems.md`, 1, "Attachments"; `BAD_INPUTS.md`, 8 and 19.
"""

import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from egovhub.bounded import MOST_TIMES
from egovhub.errors import RejectedInput

from documents.envelope import Element

MOST: Final = 100
"""Most attachments of a message."""

LARGEST: Final = 64 << 20
"""Most bytes that all attachments of a message may unpack to."""

_FREE: Final = 1 << 20
_MOST_HEADERS: Final = 5_000
_HEADER: Final = b"PK\x01\x02"
_ARCHIVE: Final = b"PK\x03\x04"
_BINARY: Final = (b"%PDF", _ARCHIVE)
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()
_OFFICE: Final = frozenset(
    {".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".pptx", ".ppsx", ".odt", ".ods", ".odp", ".vsdx", ".ofd"}
)
"""Documents that are ZIPs themselves."""

_BROKEN: Final = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises for bytes that are no proper ZIP."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """What is kept of the attachments of a message, so that whoever has them can tell that they are these.

    Args:
        number: how many there are.
        size: bytes of their files; None without any.
        sha256: of the one file; of several, of their SHA-256s in the order of the message. None without any.
    """

    number: int = 0
    size: int | None = None
    sha256: str | None = None


def check_attachments(attachments: Iterable[Element]) -> Attachments:
    """Number, size and hash of the attachments of a message, each of them being what it says.

    Raises:
        RejectedInput: bad-attachment, expands-too-far, oversized.
    """
    size = 0
    digests: list[bytes] = []
    for attachment in attachments:
        if len(digests) == MOST:
            raise RejectedInput("oversized", "attachments")
        content = _unpacked(attachment, LARGEST - size)
        size += len(content)
        digests.append(sha256(content).digest())
    if not digests:
        return Attachments()
    together = digests[0] if len(digests) == 1 else sha256(b"".join(digests)).digest()
    return Attachments(len(digests), size, together.hex())


def _unpacked(attachment: Element, most: int) -> bytes:
    """The one file of an attachment."""
    where = attachment.where()
    packed = _decoded(attachment.optional("ContentTransferEncoded") or "", where)
    _check_text(packed, where)
    if packed.count(_HEADER) > _MOST_HEADERS:
        raise RejectedInput("expands-too-far", f"{where}: files")
    try:
        with ZipFile(BytesIO(packed)) as archive:
            content = _content(archive, most, where)
    except _BROKEN:
        raise RejectedInput("bad-attachment", f"{where} is no ZIP, or damaged") from None
    _check_text(content, where)
    return content


def _decoded(text: str, where: str) -> bytes:
    try:
        packed = binascii.a2b_base64("".join(text.split()).encode("ascii"), strict_mode=True)
    except ValueError:
        raise RejectedInput("bad-attachment", f"{where} is not base64") from None
    if not packed:
        raise RejectedInput("bad-attachment", f"{where} is empty")
    return packed


def _check_text(content: bytes, where: str) -> None:
    """Refuse bytes that somebody read as UTF-8 and wrote again: what was no text is lost for good."""
    if not content.startswith(_BINARY) or _REPLACEMENT not in content:
        return
    try:
        content.decode()
    except UnicodeDecodeError:
        return
    raise RejectedInput("bad-attachment", f"{where} went through UTF-8, bytes EF BF BD")


def _content(archive: ZipFile, most: int, where: str) -> bytes:
    entries = archive.infolist()
    if len(entries) != 1:
        raise RejectedInput("bad-attachment", f"{where} has {len(entries)} files, not one")
    entry = entries[0]
    if problem := _problem(entry):
        raise RejectedInput("bad-attachment", f"{where}: {problem}")
    if entry.file_size > min(most, max(_FREE, entry.compress_size * MOST_TIMES)):
        raise RejectedInput("expands-too-far", where)
    content = archive.read(entry)
    if len(content) != entry.file_size:
        raise RejectedInput("bad-attachment", f"{where} is not as long as it says")
    if content.startswith(_ARCHIVE) and PurePosixPath(entry.filename).suffix.lower() not in _OFFICE:
        raise RejectedInput("bad-attachment", f"{where}: a ZIP in the ZIP")
    return content


def _problem(entry: ZipInfo) -> str:
    """What is wrong with the one entry of a ZIP; "" if nothing is."""
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/"):
        return "its name leaves its folder"
    if entry.is_dir():
        return "a folder, not a file"
    if entry.flag_bits & 1:
        return "encrypted"
    return (
        "" if entry.compress_type in (ZIP_STORED, ZIP_DEFLATED) else "compressed by a method that is not read"
    )
