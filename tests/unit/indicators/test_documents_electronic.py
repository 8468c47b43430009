"""Documents exchanged electronically."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import documents_electronic
from services.indicators.documents_electronic import DEFINITION, ELECTRONIC
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

ARRIVED = "Fri 2026-01-30 08:00"


@pytest.mark.parametrize(
    ("said", "figure"), [(True, (1, 1, 1)), (False, (0, 1, 1)), (None, (0, 0, 1)), ("yes", (0, 0, 1))]
)
def test_a_document_is_electronic_if_its_source_says_so(said: object, figure: tuple[int, int, int]) -> None:
    facts = [document("RECEIVED", ARRIVED, details={} if said is None else {"is_electronic": said})]
    parts = {"electronic": figure[0], "paper": figure[1] - figure[0], "unsaid": figure[2] - figure[1]}
    assert measured(documents_electronic, facts) == Figure(*figure, parts)


def test_the_last_word_counts_in_the_month_of_the_arrival() -> None:
    facts = [
        document("RECEIVED", ARRIVED, details={"is_electronic": False}),
        document("ACCEPTED", "Mon 2026-02-02 08:00", details={"is_electronic": True}),
    ]
    assert found(documents_electronic, facts) == {f"2026-01 W {ELECTRONIC}": 1}


def test_other_cases_are_not_counted() -> None:
    assert found(documents_electronic, [dossier("RECEIVED", ARRIVED, details={"is_electronic": True})]) == {}


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "documents.electronic",
        "Documents exchanged electronically",
        1,
        "domain/indicators.md, 2 and 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
