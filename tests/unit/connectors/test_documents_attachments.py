import base64
import hashlib
import io
import struct
import zipfile
from collections.abc import Iterable

import pytest
from documents.attachments import LARGEST, MOST, Attachments, check_attachments
from documents.envelope import Element, envelope_of
from egovhub.errors import RejectedInput

from tests.simulators.edxml import PDF, packed


def elements(*contents: str) -> list[Element]:
    attachments = "".join(
        f"<Attachment><ContentTransferEncoded>{each}</ContentTransferEncoded></Attachment>"
        for each in contents
    )
    return envelope_of(f"<AttachmentEncoded>{attachments}</AttachmentEncoded>".encode()).each("Attachment")


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def archive(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, content in files:
            made.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def refusal(*contents: str) -> str:
    with pytest.raises(RejectedInput) as refused:
        check_attachments(elements(*contents))
    return str(refused.value)


def patched(content: bytes, offset: int, value: bytes, *, central: bool = True) -> bytes:
    """A ZIP with other bytes in the header of its first file."""
    start = content.index(b"PK\x01\x02" if central else b"PK\x03\x04") + offset
    return content[:start] + value + content[start + len(value) :]


ONE = archive([("a.pdf", PDF)])
BOMB = archive([("a.txt", b"\0" * (8 << 20))])


def number(*contents: str) -> int:
    return check_attachments(elements(*contents)).number


def test_of_one_attachment_the_size_and_the_hash_of_its_file_are_kept() -> None:
    found = check_attachments(elements(packed(b"abc", "a.txt")))
    assert found == Attachments(1, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_of_several_attachments_the_hash_is_that_of_their_hashes_in_their_order() -> None:
    one, two = b"abc", PDF
    digests = [hashlib.sha256(content).digest() for content in (one, two)]
    assert check_attachments(elements(packed(one), packed(two))) == Attachments(
        2, 3 + len(PDF), hashlib.sha256(digests[0] + digests[1]).hexdigest()
    )
    assert check_attachments(elements(packed(two), packed(one))) == Attachments(
        2, 3 + len(PDF), hashlib.sha256(digests[1] + digests[0]).hexdigest()
    )


def test_the_way_a_file_is_packed_and_named_is_not_in_its_hash() -> None:
    ways = [
        packed(PDF, "a.pdf"),
        encoded(archive([("b.pdf", PDF)], zipfile.ZIP_STORED)),
        "\n".join(packed(PDF, "a.pdf")),
    ]
    assert len({check_attachments(elements(way)) for way in ways}) == 1


def test_an_empty_file_has_a_size_and_a_hash_and_no_attachment_has_neither() -> None:
    empty = check_attachments(elements(packed(b"")))
    assert empty == Attachments(1, 0, hashlib.sha256(b"").hexdigest())
    assert check_attachments([]) == Attachments(0, None, None)


def test_base64_may_be_broken_into_lines() -> None:
    assert number("\r\n".join(encoded(ONE)[i : i + 76] for i in range(0, 999, 76))) == 1


@pytest.mark.parametrize("name", ["a.docx", "b.XLSX", "c.odt"])
def test_an_office_document_is_a_file_although_it_is_a_zip(name: str) -> None:
    assert number(encoded(archive([(name, ONE)], zipfile.ZIP_STORED))) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is empty"),
        ("(nội dung tệp)", "is not base64"),
        ("YW==Jj", "is not base64"),
        ("YWJ", "is not base64"),
        (encoded(b"PK, but not really"), "is no ZIP, or damaged"),
        (encoded(PDF), "is no ZIP, or damaged"),
        (encoded(ONE[:-30]), "is no ZIP, or damaged"),
        (encoded(ONE.replace(b"\x4b", b"\x4c")), "is no ZIP, or damaged"),
        (encoded(archive([])), "has 0 files, not one"),
        (encoded(archive([("a", b""), ("b", b"")])), "has 2 files, not one"),
        (encoded(archive([("../../etc/cron.d/x", b"")])), ": its name leaves its folder"),
        (encoded(archive([("/etc/passwd", b"")])), ": its name leaves its folder"),
        (encoded(archive([("..\\x", b"")])), ": its name leaves its folder"),
        (encoded(archive([("C:\\x", b"")])), ": its name leaves its folder"),
        (encoded(archive([("folder/", b"")])), ": a folder, not a file"),
        (encoded(archive([("a", b"a")], zipfile.ZIP_BZIP2)), ": compressed by a method that is not read"),
        (encoded(patched(ONE, 8, b"\x01\x00")), ": encrypted"),
        (encoded(patched(ONE, 16, b"\0\0\0\0")), "is no ZIP, or damaged"),
        (encoded(patched(ONE, 24, struct.pack("<I", len(PDF) + 1))), "is not as long as it says"),
        (encoded(archive([("a.zip", ONE)])), ": a ZIP in the ZIP"),
        (encoded(archive([("a.pdf", ONE)])), ": a ZIP in the ZIP"),
    ],
)  # fmt: skip
def test_what_is_not_base64_of_a_zip_with_one_file_is_refused(content: str, problem: str) -> None:
    assert refusal(packed(), content) == f"bad-attachment: Attachment[2]{' ' * (problem[0] != ':')}{problem}"


def test_bytes_that_went_through_utf_8_are_named() -> None:
    content = archive([("a.pdf", PDF + bytes(range(256)))], zipfile.ZIP_STORED)
    through = content.decode("utf-8", "replace").encode()
    assert refusal(encoded(through)) == "bad-attachment: Attachment[1] went through UTF-8, bytes EF BF BD"


def test_a_file_that_went_through_utf_8_before_it_was_packed_is_named() -> None:
    through = PDF.decode("utf-8", "replace").encode()
    assert refusal(packed(through)) == "bad-attachment: Attachment[1] went through UTF-8, bytes EF BF BD"


@pytest.mark.parametrize("content", ["?\ufffd?".encode(), PDF + b"\xef\xbf\xbd" + b"\xff"])
def test_a_replacement_character_in_a_text_or_among_other_bytes_is_no_damage(content: bytes) -> None:
    assert number(packed(content)) == 1


def test_a_bomb_is_not_unpacked() -> None:
    assert refusal(encoded(BOMB)) == "expands-too-far: Attachment[1]"


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_further_than_it_says() -> None:
    lying = patched(BOMB, 24, struct.pack("<I", 1_000))
    assert refusal(encoded(lying)) == "bad-attachment: Attachment[1] is no ZIP, or damaged"


def test_a_directory_of_very_many_files_is_not_even_read() -> None:
    assert refusal(encoded(ONE + b"PK\x01\x02" * 5_001)) == "expands-too-far: Attachment[1]: files"


def test_all_attachments_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.attachments.LARGEST", 2 * len(PDF))
    assert number(packed(), packed()) == 2
    assert refusal(packed(), packed(), packed()) == "expands-too-far: Attachment[3]"


def test_more_attachments_than_a_message_has_are_refused() -> None:
    assert LARGEST == 64 << 20
    assert number(*([packed()] * MOST)) == MOST
    assert refusal(*([packed()] * (MOST + 1))) == "oversized: attachments"
