"""Bad XML messages in a mailbox. Classes 7, 8, 9, 17, 19, 24."""

from tests.bad_inputs.case import ACCEPTED, Bad
from tests.bad_inputs.files import MIB
from tests.bad_inputs.forms import notice, with_markup

ELSEWHERE = "http://127.0.0.1:9/x"
INCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
SCHEMA = f'<permit xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="u {ELSEWHERE}">'
CITIZEN = "".join(f"&#{ord(digit)};" for digit in "031099001234")
LAUGHS = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))


def _message(number: int, name: str, reason: str, body: bytes) -> Bad:
    return Bad(number, name, "mailbox", lambda: body, reason)


def _with_doctype(name: str, doctype: str, reason: str = "forbidden-markup") -> Bad:
    return _message(19, name, reason, notice(f"<!DOCTYPE permit {doctype}>"))


def _wide(attributes: int) -> bytes:
    return b"<b " + b" ".join(b'c%d=""' % number for number in range(attributes)) + b"/>"


MESSAGES: tuple[Bad, ...] = (
    _with_doctype("DTD alone", ""),
    _with_doctype("a DTD of elsewhere", f'SYSTEM "{ELSEWHERE}"'),
    _with_doctype("a public DTD", f'PUBLIC "-//x" "{ELSEWHERE}"'),
    _with_doctype("a file as entity", '[<!ENTITY x SYSTEM "file:///etc/passwd">]'),
    _with_doctype("an address as entity", f'[<!ENTITY x SYSTEM "{ELSEWHERE}">]'),
    _with_doctype("a parameter entity", f'[<!ENTITY % x SYSTEM "{ELSEWHERE}">%x;]'),
    _with_doctype("a billion laughs", f'[<!ENTITY b0 "ha">{LAUGHS}]'),
    _with_doctype("quadratic growth", f'[<!ENTITY a "{"x" * 40_000}">]'),
    _with_doctype("an attribute by default", '[<!ATTLIST permit a CDATA "b">]'),
    _message(19, "an entity nobody declared", "not-xml", with_markup("unit", "&x;")),
    _message(19, "XInclude for a value", "bad-value", with_markup("unit", INCLUDE)),
    _message(19, "a schema of elsewhere", ACCEPTED, notice().replace(b"<permit>", SCHEMA.encode())),
    _message(
        19, "a style sheet of elsewhere", "forbidden-markup", notice(f'<?xml-stylesheet href="{ELSEWHERE}"?>')
    ),
    _message(19, "PHP", "forbidden-markup", with_markup("unit", "<?php x ?>")),
    _message(19, "a comment inside a value", "forbidden-markup", with_markup("id", "H24-1<!-- x -->9")),
    _message(19, "CDATA with markup", "bad-value", with_markup("unit", "<![CDATA[<script>]]>")),
    _message(19, "an element twice", "bad-value", notice(after="<unit>H29</unit>")),
    _message(19, "an attribute twice", "not-xml", notice().replace(b"<unit>", b'<unit a="1" a="2">')),
    _message(19, "a prefix without namespace", "not-xml", notice(after="<e:a/>")),
    _message(19, "junk before the prolog", "not-xml", b"\x00\x01" + notice()),
    _message(19, "two roots", "not-xml", notice() + notice()),
    _message(19, "no end", "not-xml", notice()[:-4]),
    _message(19, "nothing", "not-xml", b" "),
    _message(19, "JSON", "not-xml", b'{"id": "H24-1"}'),
    _message(19, "UTF-7 by its prolog", "bad-text", notice('<?xml version="1.0" encoding="utf-7"?>')),
    _message(19, "UTF-16", "bad-text", notice().decode().encode("utf-16")),
    _message(19, "UTF-16 without mark", "bad-text", notice().decode().encode("utf-16-le")),
    _message(19, "UTF-32", "bad-text", notice().decode().encode("utf-32")),
    _message(
        19, "windows-1258 by its prolog", "bad-text", notice('<?xml version="1.0" encoding="windows-1258"?>')
    ),
    _message(9, "a bad byte", "not-xml", notice().replace(b"H24.1", b"H\xff")),
    _message(9, "a surrogate as number", "not-xml", with_markup("unit", "&#xD800;")),
    _message(9, "NUL as number", "not-xml", with_markup("unit", "&#0;")),
    _message(9, "zero width space as number", "control-character", with_markup("unit", "H24&#x200B;.1")),
    _message(17, "a line feed as number", "control-character", with_markup("unit", "H24&#10;ERROR forged")),
    _message(17, "script as entities", "bad-value", with_markup("unit", "&lt;script&gt;")),
    _message(24, "a citizen number as numbers", "personal-data", with_markup("unit", CITIZEN)),
    Bad(8, "elements 100,000 deep", "mailbox", lambda: b"<a>" * 100_000, "too-deep"),
    Bad(8, "40,001 elements", "mailbox", lambda: notice(after="<a/>" * 40_001), "oversized"),
    Bad(8, "300,000 attributes", "mailbox", lambda: b"<a>" + _wide(200) * 1_500, "oversized", is_kept=False),
    Bad(8, "300 attributes of one element", "mailbox", lambda: _wide(300), "oversized"),
    Bad(8, "an unfinished tag of 800 kB", "mailbox", lambda: b"<a " + b"x" * 800_000, "not-xml"),
    Bad(7, "a value of 800 kB", "mailbox", lambda: notice(unit="H" * 800_000), "oversized"),
    Bad(
        7,
        "a message of 4 MiB and a byte",
        "mailbox",
        lambda: notice(note="x" * 4 * MIB),
        "oversized",
        is_kept=False,
    ),
    Bad(
        7,
        "a letter too large for its topic",
        "mailbox",
        lambda: notice(unit="=" * MIB),
        "oversized",
        is_kept=False,
    ),
)
