import pytest
from egovhub.errors import RejectedInput
from egovhub.inert import check_inert


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x")',
        "＝1+1",
        "@SUM(A1)",
        "+84 x",
        "-2+3+cmd|' /C calc'!A0",
        "<script>",
        "</td>",
        "<!--",
        "{{7*7}}",
        "{% for %}",
        "${jndi:ldap://x}",
        "#{7*7}",
        "$(reboot)",
        "a `id`",
        "'; DROP TABLE cases",
        "x'); DELETE",
        "' OR '1'='1",
        "'--",
        "1; -- x",
    ],
)
def test_what_a_program_would_run_is_refused(text: str) -> None:
    with pytest.raises(RejectedInput, match="bad-value: unit has the form"):
        check_inert(text, "unit")


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "+",
        "-1",
        "+1,5",
        "UBND phường Lê Thánh Tông (mới)",
        "R&D; phí < 5 ngày > 2",
        "O'Brien's office, or another",
        "a=b",
        "x@y",
        "5 - 3",
        "{a}",
        "50 $",
        "H24.1-261103-0001",
    ],
)
def test_a_name_or_a_code_is_let_pass(text: str) -> None:
    check_inert(text, "unit")
