"""Cases that ended before they began: two flows a track that make up the difference."""

from dataclasses import replace

from egovhub.events import Fact

from services.domain.ahead import BEGUN, ENDED, book_ahead
from services.domain.evaluation import evaluate
from services.domain.standing import Known
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, dossier
from tests.unit.indicators.more_build import document, named

JANUARY, LATER, START, AFTER = (
    "Mon 2026-01-05 08:00",
    "Tue 2026-01-06 08:00",
    "Mon 2026-02-02 08:00",
    "Tue 2026-02-03 08:00",
)
LAWS = replace(LAW, counts=(book_ahead,))
BEGAN = dossier("RECEIVED", START)


def flows(*facts: Fact, as_of: str = "Fri 2026-02-27 12:00") -> dict[str, int]:
    found = named(evaluate([Known(one, None) for one in facts], at(as_of), LAWS).contributions)
    return {name: n for name, n in found.items() if "ahead" in name}


BOTH = {
    "2026-01 W ahead.ended": 1,
    "2026-02 W ahead.begun": 1,
    "2026-01 W handover.ahead.ended": 1,
    "2026-02 W handover.ahead.begun": 1,
}
PROCESSING = {name: n for name, n in BOTH.items() if "handover" not in name}
HAND_OVER = {name: n for name, n in BOTH.items() if "handover" in name}


def test_an_end_before_the_beginning_counts_on_both_tracks() -> None:
    assert flows(dossier("WITHDRAWN", JANUARY), BEGAN) == BOTH


def test_finishing_at_the_agency_ends_the_first_track_alone() -> None:
    assert flows(dossier("PROCESSED", JANUARY), BEGAN) == PROCESSING


def test_an_end_at_the_beginning_or_after_it_is_as_it_should_be() -> None:
    assert flows(BEGAN, dossier("WITHDRAWN", START)) == {}
    assert flows(BEGAN, dossier("WITHDRAWN", AFTER)) == {}
    assert flows(dossier("STEP", JANUARY), BEGAN, dossier("WITHDRAWN", START)) == {}
    assert flows(dossier("STEP", JANUARY), BEGAN, dossier("WITHDRAWN", AFTER)) == {}


def test_an_end_that_was_recalled_before_the_beginning_did_not_stand() -> None:
    assert flows(dossier("WITHDRAWN", JANUARY), dossier("RECALLED", LATER), BEGAN) == {}
    assert flows(dossier("WITHDRAWN", JANUARY), BEGAN, dossier("RECALLED", START)) == {}
    assert flows(dossier("WITHDRAWN", JANUARY), BEGAN, dossier("RECALLED", AFTER)) == BOTH


def test_a_case_that_ended_again_after_its_recall_ended_then() -> None:
    facts = (dossier("PROCESSED", JANUARY), dossier("RECALLED", JANUARY), dossier("STOPPED", LATER))
    assert flows(*facts, BEGAN) == BOTH


def test_of_several_ends_the_one_that_stood_counts() -> None:
    lesser = dossier("WITHDRAWN", JANUARY)
    assert flows(lesser, BEGAN, dossier("PROCESSED", START)) == HAND_OVER
    assert flows(lesser, BEGAN, dossier("STOPPED", START)) == BOTH
    assert flows(lesser, BEGAN, dossier("RETURNED", START)) == {}
    assert flows(lesser, BEGAN, dossier("PROCESSED", AFTER)) == BOTH


def test_the_names_are_those_that_the_form_reads() -> None:
    assert (ENDED, BEGUN) == ("ahead.ended", "ahead.begun")


def test_a_document_that_ended_before_it_began_is_in_no_form() -> None:
    facts = [document("WITHDRAWN", JANUARY), document("RECEIVED", START)]
    assert flows(*facts) == {}
