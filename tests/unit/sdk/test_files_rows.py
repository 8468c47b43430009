from io import BytesIO

import pytest
from egovhub.errors import ConfigurationError
from egovhub.files_rows import LONGEST_LINE, RawRow, Rows
from egovhub.mapping import Csv
from hypothesis import given
from hypothesis import strategies as st


def rows(data: bytes, *, whole_lines: bool = False) -> Rows:
    return Rows(BytesIO(data), Csv(), "log.csv", whole_lines=whole_lines)


def told(row: RawRow) -> tuple[int, list[str] | str]:
    return row.line, str(row.refused) if row.refused else row.fields


def read(data: bytes, **form: str) -> list[tuple[int, list[str] | str]]:
    return [told(row) for row in Rows(BytesIO(data), Csv.model_validate(form), "log.csv").rows()]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n3,4\n", [(2, ["1", "2"]), (3, ["3", "4"])]),
        (b"a,b\r\n1,2\r\n", [(2, ["1", "2"])]),
        (b"a,b\n1,2", [(2, ["1", "2"])]),
        (b"\xef\xbb\xbfa,b\n1,2\n", [(2, ["1", "2"])]),
        (b"a,b\n\n1,2\n   \n3,4\n", [(3, ["1", "2"]), (5, ["3", "4"])]),
        (b'a,b\n"1,\n2","say ""no"""\n3,4\n', [(2, ["1,\n2", 'say "no"']), (4, ["3", "4"])]),
        (b'a,b\n5" pipe,2\n3,4\n', [(2, ['5" pipe', "2"]), (3, ["3", "4"])]),
        (b"a,b\n=1+1,@x\n", [(2, ["=1+1", "@x"])]),
        ("a,b\nHồ,２\n".encode(), [(2, ["Hồ", "２"])]),
        (b"a,b\n", []),
    ],
)
def test_rows_are_read_with_the_line_they_begin_on(
    data: bytes, expected: list[tuple[int, list[str] | str]]
) -> None:
    assert read(data) == expected


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"1", "bad-row: 1 fields, the header has 2"),
        (b"1,2,3", "bad-row: 3 fields, the header has 2"),
        (b'1,"2"x', "bad-row: quotes or field sizes"),
        (b'1,"2', "bad-row: a quote is not closed"),
        (b'"1,2', "bad-row: a quote is not closed"),
        (b"1,\xff", "bad-text: column b is not utf-8"),
        (b"1,\xc0\xaf", "bad-text: column b is not utf-8"),
        (b"\xed\xa0\x80,2", "bad-text: column a is not utf-8"),
        (b"1\x00,2", "control-character: column a"),
        (b"1," + b"x" * 200_000, "bad-row: quotes or field sizes"),
        (b"1," + b"x" * (LONGEST_LINE + 5), "oversized: line"),
        (b"1," + b"x" * (3 * LONGEST_LINE), "oversized: line"),
    ],
)
def test_a_broken_row_costs_itself_and_nothing_behind_it(bad: bytes, told: str) -> None:
    data = b"a,b\n1,2\n" + bad + b"\n3,4\n5,6\n"
    assert read(data) == [(2, ["1", "2"]), (3, told), (4, ["3", "4"]), (5, ["5", "6"])]


def test_a_quote_never_closed_costs_one_line_however_long_the_file() -> None:
    data = b'a,b\n1,"2\n' + b"3,4\n" * 1_000
    found = read(data)
    assert found[0] == (2, "bad-row: a quote is not closed")
    assert len(found) == 1_001
    assert all(fields == ["3", "4"] for _, fields in found[1:])


def test_a_row_in_another_encoding_is_read_as_the_mapping_says() -> None:
    assert read("a;b\nCafé;€\n".encode("windows-1252"), delimiter=";", encoding="windows-1252") == [
        (2, ["Café", "€"])
    ]


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\n1\n", b'"a\n'])
def test_a_file_without_header_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"log\.csv: line 1: no header; the first line must name"):
        rows(data)


def test_the_header_is_trimmed_and_may_be_quoted_behind_a_byte_order_mark() -> None:
    assert rows(b'\xef\xbb\xbf"case,id", at \n').header == ["case,id", "at"]


def test_reading_up_to_a_line_stops_there_and_goes_on_from_there() -> None:
    source = rows(b"a,b\n1,2\n3,4\n5,6\n")
    assert [row.line for row in source.rows(3)] == [2, 3]
    assert source.line == 3
    assert [row.line for row in source.rows()] == [4]


def test_reading_up_to_a_line_ends_a_quote_there_as_the_end_of_the_file_did() -> None:
    grown = rows(b'a,b\n1,"2\n3",4\n5,6\n')
    assert [told(row) for row in grown.rows(2)] == [(2, "bad-row: a quote is not closed")]
    assert grown.line == 2


def test_the_digest_is_that_of_the_lines_whether_or_not_the_last_has_ended() -> None:
    def digest(data: bytes) -> str:
        source = rows(data)
        list(source.rows())
        return source.sha256

    assert digest(b"a,b\n1,2") == digest(b"a,b\n1,2\n") == digest(b"a,b\r\n1,2\r\n")
    assert digest(b"a,b\n1,2") != digest(b"a,b\n1,23")


@pytest.mark.parametrize("tail", [b"5,", b'5,"6\n', b'5,"6\n7\n'])
def test_in_a_growing_file_a_row_that_is_not_finished_is_left_for_later(tail: bytes) -> None:
    source = rows(b"a,b\n1,2\n3,4\n" + tail, whole_lines=True)
    assert [told(row) for row in source.rows()] == [(2, ["1", "2"]), (3, ["3", "4"])]
    assert source.line == 3


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_refusals_and_every_line_is_consumed(data: bytes) -> None:
    source = rows(b"a,b\n" + data)
    found = list(source.rows())
    assert all(len(row.fields) == 2 for row in found if not row.refused)
    assert source.line == 1 + len(data.split(b"\n")) - (not data.split(b"\n")[-1])


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(table: list[tuple[str, str]]) -> None:
    quoted = ["{},{}".format(*(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in pair)) for pair in table]
    found = read(("a,b\n" + "".join(f"{line}\n" for line in quoted)).encode())
    assert [fields for _, fields in found] == [list(pair) for pair in table]
