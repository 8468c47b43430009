import pytest
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.xml_tree import Limits, parse

LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'


def test_elements_texts_and_attributes_are_read_with_their_namespaces() -> None:
    root = parse(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><e:a xmlns:e="u:x" b="1">t<!-- c --><e:c/>u</e:a>'
    )
    assert (root.tag, root.attrib, root.text) == ("{u:x}a", {"b": "1"}, "t")
    assert root[0].tail == "u"


def test_without_namespaces_names_are_as_they_are_written_even_if_unbound() -> None:
    with pytest.raises(RejectedInput, match="not-xml"):
        parse(b"<edXML:a/>")
    assert parse(b"<edXML:a/>", namespaces=False).tag == "edXML:a"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (LAUGHS, "forbidden-markup"),
        (b"<!DOCTYPE a><a/>", "forbidden-markup"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "forbidden-markup"),
        (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/x">%b;]><a/>', "forbidden-markup"),
        (b'<?xml-stylesheet href="x"?><a/>', "forbidden-markup"),
        (b"<a>&b;</a>", "not-xml"),
        (b"junk<a/>", "not-xml"),
        (b"<a/>more", "not-xml"),
        (b"<a>", "not-xml"),
        (b"", "not-xml"),
        (b"<a>\xff</a>", "not-xml"),
        (b"<a>\x00</a>", "not-xml"),
        ("<a/>".encode("utf-16"), "bad-text"),
        ("<a/>".encode("utf-16-be"), "bad-text"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "bad-text"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a/>', "bad-text"),
        (b"<a>" * 100_000, "too-deep"),
        (b"<a>" + b"<b/>" * 40_000 + b"</a>", "oversized"),
        (b"<a " + b" ".join(b'a%d=""' % n for n in range(300)) + b"/>", "oversized"),
        (b"<a>" + b'<b c="" d=""/>' * 13_334 + b"</a>", "oversized"),
        (b'<a b="' + b"c" * (2 << 20) + b'"/>', "oversized"),
        (b"<a><!--" + b"c" * (2 << 20) + b"--></a>", "oversized"),
        (b"<a>1<!-- -->2</a>", "forbidden-markup"),
        (b"<a>1<!-- --> <!-- -->2</a>", "forbidden-markup"),
    ],
)
def test_what_a_stranger_should_not_send_is_refused_soon(body: bytes, reason: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        parse(body)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"<a><!-- c -->1</a>",
        b"<a>1 <!-- c --> </a>",
        b"<a>1<!-- c --><b>2</b></a>",
        b"<a> <!-- c --> <b>1</b>2</a>",
    ],
)
def test_a_comment_beside_a_text_is_let_pass(body: bytes) -> None:
    assert "".join(parse(body).itertext()).strip().startswith("1")


def test_bounds_can_be_set() -> None:
    parse(b"<a><b/></a>", Limits(depth=2, elements=2))
    for limits in (Limits(depth=1), Limits(elements=1), Limits(size=5)):
        with pytest.raises(RejectedInput):
            parse(b"<a><b/></a>", limits)


def test_xinclude_is_an_element_like_any_other() -> None:
    root = parse(b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>')
    assert len(root) == 1


def test_a_payload_is_parsed_as_xml() -> None:
    assert Payload(b"<a>1</a>").xml().text == "1"


@pytest.mark.parametrize("text", ["c", "\u1ec7", "&amp;", "<b/>"])
def test_a_text_of_any_length_is_read_whole_whatever_lies_across_its_pieces(text: str) -> None:
    count = 3 * (256 << 10) // len(text.encode()) + 7
    root = parse(f"<a>{text * count}</a>".encode(), Limits(elements=1 << 20))
    assert len("".join(root.itertext())) + len(root) == count
