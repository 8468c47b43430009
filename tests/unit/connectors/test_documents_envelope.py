"""The door of XML: what a stranger sends that is no message, or more than one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import pytest
from documents.envelope import LIMITS, LONGEST_JUNK
from documents.mapping import facts_of
from egovhub.connector import Payload
from egovhub.errors import RejectedInput

from tests.simulators.edxml import NAMESPACE, status

GOOD = status("H24.15", "H24.01", "01", "2026/11/02", "1542/UBND-VX", "2026/11/03 08:00:00")
PROLOG, ROOT = GOOD.split(b"\n", 1)


def refusal(body: bytes) -> str:
    with pytest.raises(RejectedInput) as refused:
        list(facts_of(Payload(body)))
    return refused.value.reason


def under(dtd: bytes, notation: bytes = b"UBND-VX") -> bytes:
    return PROLOG + dtd + ROOT.replace(b"UBND-VX", notation)


def with_value(value: bytes) -> bytes:
    return GOOD.replace(b"UBND-VX", value)


def with_attribute(attribute: bytes) -> bytes:
    return GOOD.replace(b"<edXML:status ", b"<edXML:status " + attribute + b" ")


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
QUADRATIC = b'<!DOCTYPE a [<!ENTITY a "' + b"A" * 40_000 + b'">]>'


@contextmanager
def listening() -> Iterator[tuple[bytes, socket]]:
    """A port that notices whoever asks it for anything."""
    with socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x".encode(), server


@pytest.mark.parametrize(
    "template",
    [
        '<!DOCTYPE a SYSTEM "%s">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "%s">]>',
        '<!DOCTYPE a [<!ENTITY %% p SYSTEM "%s"> %%p;]>',
        '<!DOCTYPE a PUBLIC "-//A//B" "%s">',
    ],
)
def test_nothing_is_ever_fetched_for_a_dtd_or_an_entity(template: str) -> None:
    with listening() as (url, server):
        assert (
            refusal(under(template.encode().replace(b"%%", b"%").replace(b"%s", url), b"&x;"))
            == "forbidden-markup"
        )
        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_file_is_ever_read_for_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    dtd = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    assert refusal(under(dtd, b"&x;")) == "forbidden-markup"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (under(b'<!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]>", b"&l9;"), "forbidden-markup"),
        (under(QUADRATIC, b"&a;" * 200), "forbidden-markup"),
        (under(b"<!DOCTYPE a>"), "forbidden-markup"),
        (b"<!DOCTYPE a>" + GOOD, "forbidden-markup"),
        (with_value(b"&undeclared;"), "not-xml"),
        (GOOD.replace(b"?>", b"?><?include x?>", 1), "forbidden-markup"),
        (with_attribute(b'xmlns:xi="http://www.w3.org/2001/XInclude"'), "forbidden-markup"),
        (with_value(b'<i:x xmlns:i=" http://www.w3.org/2001/XInclude "/>'), "forbidden-markup"),
        (with_attribute(b'xsi:schemaLocation="http://a http://b/x.xsd"'), "forbidden-markup"),
        (with_attribute(b'noNamespaceSchemaLocation="http://b/x.xsd"'), "forbidden-markup"),
        (with_value(b"UBND<!-- -->-VX"), "forbidden-markup"),
        (b"<a>" * 100_000, "too-deep"),
        (PROLOG + b"<a>" * 33 + b"</a>" * 33, "too-deep"),
        (PROLOG + b"<a>" + b"<b/>" * LIMITS.elements + b"</a>", "oversized"),
        (PROLOG + b"<a " + b" ".join(b'a%d=""' % n for n in range(65)) + b"/>", "oversized"),
        (GOOD + b" " * LIMITS.size, "oversized"),
        (GOOD.decode().replace("utf-8", "utf-16").encode("utf-16"), "bad-text"),
        (GOOD.decode().encode("utf-16-le"), "bad-text"),
        (GOOD.decode().encode("utf-16-be"), "bad-text"),
        (GOOD.replace(b'"utf-8"', b'"utf-7"'), "bad-text"),
        (GOOD.replace(b'"utf-8"', b'"windows-1258"'), "bad-text"),
        (with_value(b"\xc0\xafUBND"), "not-xml"),
        (with_value(b"UBND\x00"), "not-xml"),
        (GOOD[: len(GOOD) // 2], "not-xml"),
        (GOOD + GOOD, "not-xml"),
        (b"", "not-xml"),
        (b"{}", "not-xml"),
    ],
)  # fmt: skip
def test_what_is_no_single_plain_message_is_refused(body: bytes, reason: str) -> None:
    assert refusal(body) == reason


@pytest.mark.parametrize("junk", [b"\xef\xbb\xbf", b"\r\n \t", b"\x00\xff?PK", b"x" * LONGEST_JUNK])
def test_junk_before_the_prolog_is_passed_over(junk: bytes) -> None:
    assert list(facts_of(Payload(junk + GOOD, identity="m"))) == list(facts_of(Payload(GOOD, identity="m")))


@pytest.mark.parametrize("junk", [b"x" * (LONGEST_JUNK + 1), b"<", b"<!-- x -->", b"<a/>"])
def test_longer_junk_and_markup_before_the_prolog_are_not(junk: bytes) -> None:
    assert refusal(junk + GOOD) == "not-xml"


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(f' xmlns:edXML="{NAMESPACE}"'.encode(), b""),
        GOOD.replace(b"edXML:", b"ns0:").replace(b"xmlns:edXML", b"xmlns:ns0"),
        GOOD.replace(b"edXML:", b"").replace(b"xmlns:edXML", b"xmlns"),
        GOOD.replace(NAMESPACE.encode(), b"http://www.e-doc.vn/Schema/"),
        GOOD.replace(b"<edXML:From>", b"<!-- between elements --><edXML:From>"),
        GOOD.replace(b"UBND-VX", b"<![CDATA[UBND-VX]]>", 1),
        GOOD.replace(b"\n", b"\r\n"),
    ],
)
def test_prefixes_and_namespaces_decide_nothing(body: bytes) -> None:
    assert list(facts_of(Payload(body, identity="m"))) == list(facts_of(Payload(GOOD, identity="m")))


def test_a_refusal_names_no_value(caplog: pytest.LogCaptureFixture) -> None:
    for old, new in ((b"H24.15", b"031099001234"), (b">01<", b">Ng A<"), (b"2026/11/03", b"a@b.vn")):
        with pytest.raises(RejectedInput) as refused:
            list(facts_of(Payload(GOOD.replace(old, new))))
        assert new.strip(b"<>").decode() not in str(refused.value)
