"""What a person sees: units by size, shares with their fractions, no data said as such."""

import io

from rich.console import Console

from deploy.demo_figures import ALL, Figure
from deploy.demo_screen import Screen, View, line_of, screen_of, share_text

CITY = View(
    title="City · month 2026-11",
    period="2026-11",
    now={
        ALL: Figure(30, 0, 10, 2, 8, 4, 6, 18, 24),
        "small": Figure(5, 0, 1, 0, 2, 0, 2, 3, 3),
        "large": Figure(25, 0, 9, 2, 6, 4, 4, 15, 21),
        "empty": Figure(4, no_deadline=4),
    },
    written=5_000,
    counted=1_200,
    running=["worker  http://127.0.0.1:1234/metrics"],
    names={"large": "Phường Lê Chân"},
)


def text_of(view: View, height: int = 40, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(screen_of(view, width, height))
    return console.export_text()


def test_units_come_by_size_after_all() -> None:
    text = text_of(CITY)
    places = [text.index(name) for name in ("all ", "Phường Lê Chân (large)", "small", "empty")]
    assert places == sorted(places)


def test_a_share_is_shown_with_its_fraction() -> None:
    assert "75.0 % (18/24)" in text_of(CITY)


def test_no_data_is_neither_nothing_nor_all() -> None:
    assert share_text(0, 0) == "no data"
    assert "no data" in text_of(CITY)


def test_a_backlog_has_a_bar_and_live_facts_do_not() -> None:
    assert "1,200 of 5,000" in text_of(CITY)
    assert "4,990 counted of 5,000" in text_of(View("t", "2026-11", {}, written=5_000, counted=4_990))


def test_a_low_terminal_shows_fewer_units_and_every_address() -> None:
    units = {f"u{n:02}": Figure(100 - n) for n in range(30)}
    text = text_of(View("t", "2026-11", {**units, ALL: Figure(1)}, running=["worker  address"]), height=24)
    assert "u09" in text
    assert "u10" not in text
    assert "address" in text


def test_a_narrow_terminal_cuts_names_before_numbers() -> None:
    large = View("t", "2026-11", {ALL: Figure(2_526, 0, 1_464, 135, 291, 149, 487, 1_755, 2_039)})
    assert "86.1 % (1,755/2,039)" in text_of(large, width=80)


def test_a_narrow_replay_leaves_out_columns_and_cuts_no_number() -> None:
    ended = {ALL: Figure(1329, 0, 952, 377, numerator=952, denominator=1329)}
    view = View("receipt.csv", "2011", {ALL: Figure(1_154, 0, 679, 300, 136, 39, 0, 815, 1_154)}, ended)
    text = text_of(view, width=80)
    assert all(number in text for number in ("979", "70.6 % (815/1,154)", "1,329", "952"))


def test_a_unit_with_orphans_alone_has_no_line() -> None:
    assert "nobody" not in text_of(View("t", "2011", {ALL: Figure(1), "nobody": Figure()}))


def test_a_replay_shows_its_year_beside_all_years() -> None:
    ended = {ALL: Figure(1329, 0, 952, 377, numerator=952, denominator=1329)}
    view = View("receipt.csv", "2012", {ALL: Figure(80, 0, 29, 22, 1, 28, 0, 30, 80)}, ended)
    text = text_of(view)
    assert all(number in text for number in ("2012", "(30/80)", "1,329", "952", "71.6 %"))
    assert "all years: finished 1,329 on time 952" in line_of(view)


def test_without_a_terminal_a_line_comes_now_and_then_and_the_table_at_the_end() -> None:
    file = io.StringIO()
    screen = Screen(Console(file=file, width=200, force_terminal=False))
    for _ in range(3):
        screen.show(CITY)
    assert len(file.getvalue().splitlines()) == 1
    screen.close()
    assert "Phường Lê Chân" in file.getvalue()


def test_a_terminal_is_redrawn() -> None:
    file = io.StringIO()
    screen = Screen(Console(file=file, width=120, height=40, force_terminal=True))
    screen.show(CITY)
    screen.show(CITY)
    shown = file.getvalue()
    screen.close()
    assert shown.count("City · month 2026-11") == 2
