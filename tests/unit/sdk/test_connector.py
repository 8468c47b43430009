import pytest
from egovhub.connector import Rejection
from egovhub.errors import RejectedInput
from egovhub.events import AHEAD_MS, EARLIEST_MS, Fact, Kind
from egovhub.writable import LONGEST_TEXT, check_writable

NOW = 1_800_000_000_000
FACT = Fact(
    "e1", "s", None, "onestop", "n:1", Kind.STEP, NOW, None, None, None, None, None, None, None, (), None, False, {}
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"case_id": "n:Hồ sơ số 1"},
        {"case_id": "documents:a:b/c"},
        {"unit": "UBND phường Lê Thánh Tông\u00a0(mới)"},
        {"unit": "x" * LONGEST_TEXT},
        {"case_id": "n:-1"},
        {"occurred_at": EARLIEST_MS},
        {"occurred_at": NOW + AHEAD_MS},
    ],
)
def test_a_good_fact_passes(change: dict[str, object]) -> None:
    check_writable(FACT._replace(**change), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event_id": ""}, "empty-field"),
        ({"source": ""}, "empty-field"),
        ({"case_id": ""}, "case-id-form"),
        ({"case_id": "n"}, "case-id-form"),
        ({"case_id": "n:"}, "case-id-form"),
        ({"case_id": ":1"}, "case-id-form"),
        ({"case_id": "n:Ho\u0302\u0300 so\u031b"}, "case-id-form"),
        ({"case_id": "n:1\n"}, "control-character"),
        ({"case_id": "n:\u202e1"}, "control-character"),
        ({"case_id": "n:\u00a01"}, "control-character"),
        ({"case_id": "n:\ud800"}, "lone-surrogate"),
        ({"unit": "a\x00b"}, "control-character"),
        ({"unit": "a\r\nb"}, "control-character"),
        ({"unit": "\x1b[31mred"}, "control-character"),
        ({"unit": "zero\u200bwidth"}, "control-character"),
        ({"unit": "no\ufffecharacter"}, "control-character"),
        ({"unit": "no\U0010ffffcharacter"}, "control-character"),
        ({"unit": "no\ufdd0character"}, "control-character"),
        ({"procedure": "\udfff"}, "lone-surrogate"),
        ({"source_status": "x" * (LONGEST_TEXT + 1)}, "oversized"),
        ({"retracts": ("a\x07",)}, "control-character"),
        ({"details": {"site": "a\tb"}}, "control-character"),
        ({"details": {"site": "=1+1"}}, "bad-value"),
        ({"case_id": "n:=1+1"}, "bad-value"),
        ({"procedure": "'; DROP TABLE cases; --"}, "bad-value"),
        ({"occurred_at": EARLIEST_MS - 1}, "occurred-before-2000"),
        ({"occurred_at": NOW + AHEAD_MS + 1}, "occurred-in-the-future"),
    ],
)
def test_what_would_be_a_dead_letter_is_refused_before_it_is_published(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(RejectedInput) as refused:
        check_writable(FACT._replace(**change), NOW)  # type: ignore[arg-type]
    assert refused.value.reason == reason


def test_a_rejection_reads_as_place_reason_and_field() -> None:
    assert str(Rejection(7, "bad-value", "due_at")) == "7: bad-value: due_at"
    assert str(Rejection(7, "bad-row", "")) == "7: bad-row"
