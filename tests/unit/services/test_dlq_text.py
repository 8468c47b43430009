"""What is shown of letters, and that a terminal only shows it."""

from zoneinfo import ZoneInfo

import pytest

from services import dlq_text as text
from services.dead_letters import Decision
from tests.unit.services.dlq_build import NOW, letter, table

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def test_columns_are_as_wide_as_their_widest_cell_and_bytes_stand_right() -> None:
    letters = table(letter(0, 1, b"x"), letter(11, 1000, bytes(1234)))
    head, first, second, _ = text.listed(list(letters.letters.values()), letters, ZONE)
    assert head.index("refused at") == first.index("2026") == second.index("2026") == len("facts/11/1000  ")
    assert first.index("    1 ") == second.index("1,234")
    assert head.endswith("decision")


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("Phường 1", "Phường 1"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\r", "a\\nb\\r"),
        ("\u202eabc", "\\u202eabc"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_spelt_out(found: str, shown: str) -> None:
    assert text.plain(found) == shown


@pytest.mark.parametrize(
    ("millis", "shown"),
    [(NOW, "2026-11-24T09:00:00+07:00"), (0, "1970-01-01T08:00:00+08:00"), (2**63 - 1, str(2**63 - 1))],
)
def test_an_instant_is_shown_in_the_zone_or_as_the_number_it_is(millis: int, shown: str) -> None:
    assert text.instant(millis, ZONE) == shown


def test_a_dump_shows_places_digits_and_ascii() -> None:
    first, second = text.dump(bytes(range(0x18, 0x29)))
    assert first == "  00000000  18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27  ........ !\"#$%&'"
    assert second == "  00000010  28" + " " * 45 + "  ("
    assert list(text.dump(b"")) == []
    assert next(text.dump(b"~\x7f\xff")).endswith("  ~..")


def test_a_decision_is_one_line() -> None:
    assert text.decided(None, ZONE) == "open"
    said = "DISCARDED 2026-11-24T09:00:00+07:00 by ops"
    assert text.decided(Decision("DISCARDED", NOW, "ops", None), ZONE) == said
    assert text.decided(Decision("DISCARDED", NOW, "ops", "why"), ZONE) == said + ": why"
