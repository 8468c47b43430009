"""By which channel cases came in."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import channel_shares
from services.indicators.channel_shares import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

NONE = dict.fromkeys(("online", "in_person", "public_post", "email", "internal", "unknown"), 0)


@pytest.mark.parametrize(
    ("channel", "part"),
    [
        ("ONLINE", "online"),
        ("IN_PERSON", "in_person"),
        ("PUBLIC_POST", "public_post"),
        ("EMAIL", "email"),
        ("INTERNAL", "internal"),
        ("UNKNOWN", "unknown"),
        (None, "unknown"),
    ],
)
def test_every_case_is_in_one_part(channel: str | None, part: str) -> None:
    facts = [dossier("RECEIVED", "Mon 2026-01-05 08:00", channel=channel)]
    assert found(channel_shares, facts) == {f"2026-01 W channel.{part}": 1}
    is_known = int(part != "unknown")
    assert measured(channel_shares, facts) == Figure(int(part == "online"), is_known, 1, {**NONE, part: 1})


def test_a_later_word_corrects_the_month_in_which_the_case_began() -> None:
    facts = [
        dossier("REGISTERED", "Fri 2026-01-30 08:00", channel="IN_PERSON"),
        dossier("RECEIVED", "Mon 2026-02-02 08:00", channel="ONLINE"),
        dossier("STEP", "Tue 2026-02-03 08:00"),
    ]
    assert found(channel_shares, facts) == {"2026-01 W channel.online": 1}
    assert found(channel_shares, facts, "Sat 2026-01-31 08:00") == {"2026-01 W channel.in_person": 1}


def test_a_document_has_no_channel() -> None:
    facts = [document("RECEIVED", "Mon 2026-01-05 08:00", channel="INTERNAL")]
    assert found(channel_shares, facts) == {}


def test_the_share_is_of_those_whose_channel_is_known() -> None:
    counts = {
        "channel.online": 1,
        "channel.in_person": 2,
        "channel.public_post": 4,
        "channel.email": 8,
        "channel.internal": 16,
        "channel.unknown": 32,
    }
    parts = {"online": 1, "in_person": 2, "public_post": 4, "email": 8, "internal": 16, "unknown": 32}
    assert channel_shares.of(counts) == Figure(1, 31, 63, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "channel",
        "Cases that came in online",
        1,
        "domain/indicators.md, 3 and 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
