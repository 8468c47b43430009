"""What was published as history counts as known from the beginning, unless the same was news before."""

from itertools import permutations

import pytest

from services.domain.evaluation import evaluate
from services.domain.standing import Known
from services.provenance import Backfilled, is_backfill, is_trial, told
from tests.unit.domain.build import at, fact
from tests.unit.services.partition_build import RULES

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", event_id="r", source_sequence=1)
REVISED = RECEIVED._replace(unit="10508", source_sequence=2)
OTHER = fact("STEP", "Mon 2026-01-05 09:00")
SOON, LATER = at("Mon 2026-01-05 08:01"), at("Mon 2026-03-02 08:00")
SEEN, LATE = "trust.late.seen/onestop", "trust.late.late/onestop"


def counted(*known: Known) -> dict[str, int]:
    outcome = evaluate(told(list(known)), LATER, RULES.law)
    return {counter: n for (*_, counter), n in outcome.contributions.items() if counter in (SEEN, LATE)}


def test_history_does_not_arrive_late() -> None:
    assert counted(Known(RECEIVED, LATER)) == {SEEN: 1, LATE: 1}
    assert counted(Backfilled(RECEIVED, LATER)) == {}


def test_the_earliest_record_says_how_a_fact_came_whatever_comes_first() -> None:
    for news in permutations([Known(RECEIVED, SOON), Backfilled(RECEIVED, LATER)]):
        assert counted(*news) == {SEEN: 1}
    for history in permutations([Backfilled(RECEIVED, SOON), Known(RECEIVED, LATER)]):
        assert counted(*history) == {}


def test_of_two_records_of_one_instant_the_news_stands() -> None:
    for known in permutations([Backfilled(RECEIVED, LATER), Known(RECEIVED, LATER)]):
        assert counted(*known) == {SEEN: 1, LATE: 1}


def test_a_backfilled_version_of_what_was_news_leaves_it_news() -> None:
    for news in permutations([Known(RECEIVED, SOON), Backfilled(REVISED, LATER)]):
        assert counted(*news) == {SEEN: 1}
    for history in permutations([Backfilled(RECEIVED, SOON), Known(REVISED, LATER)]):
        assert counted(*history) == {}


def test_facts_beside_history_stay_news() -> None:
    assert counted(Backfilled(RECEIVED, LATER), Known(OTHER, LATER)) == {SEEN: 1, LATE: 1}


def test_what_is_judged_is_judged_alike() -> None:
    news = evaluate(told([Known(RECEIVED, SOON)]), LATER, RULES.law)
    history = evaluate(told([Backfilled(RECEIVED, LATER)]), LATER, RULES.law)
    assert news.state == history.state


def test_what_was_known_later_stays_so_and_says_nothing_of_what_was_known() -> None:
    known = [Backfilled(RECEIVED, SOON), Backfilled(REVISED, LATER), Known(OTHER, LATER)]
    assert told(known, SOON) == [Known(RECEIVED, None), *known[1:]]
    assert told(known, SOON - 1) == known
    assert told(known) == [Known(RECEIVED, None), Known(REVISED, None), known[2]]


@pytest.mark.parametrize(
    ("headers", "trial", "backfill"),
    [
        ((), False, False),
        ((("hub-sandbox", b"1"),), True, False),
        ((("trace", b""), ("hub-backfill", b"y2025")), False, True),
        ((("hub-backfill", b""),), False, True),
        ((("HUB-BACKFILL", b"x"), ("hub-backfil", b"x")), False, False),
    ],
)
def test_the_headers_say_how_a_record_came(
    headers: tuple[tuple[str, bytes], ...], trial: bool, backfill: bool
) -> None:
    assert (is_trial(headers), is_backfill(headers)) == (trial, backfill)
