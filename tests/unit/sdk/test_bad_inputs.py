"""Every bad input at the doors of connectors: the result of its class, and nothing beside it is disturbed."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from egovhub.dead_letters import LARGEST_BODY
from egovhub.errors import REASONS

from tests.bad_inputs.case import APPLICANT, Bad
from tests.bad_inputs.catalogue import CATALOGUE, HARMLESS, REFUSED
from tests.bad_inputs.doors import DOORS, Outcome, good, run

BEFORE, BEHIND = "H24-before", "H24-behind"


def let_in(bad: Bad, folder: Path) -> Outcome:
    """A bad input between two good ones."""
    folder.mkdir(parents=True, exist_ok=True)
    return run(bad.door, [good(bad.door, BEFORE), bad.make(), good(bad.door, BEHIND)], folder)


def cases(outcome: Outcome) -> list[str]:
    return sorted(fact.case_id.partition(":")[2] for fact in outcome.facts)


def is_silent(outcome: Outcome, said: Sequence[str] = (APPLICANT,)) -> bool:
    """Whether nothing of a payload stands where it should not."""
    positions = "".join(str(record) for record in outcome.on("hub.positions"))
    keys = "".join(str((record.topic, record.key, record.headers)) for record in outcome.order)
    facts = "".join(str(fact) for fact in outcome.facts)
    return not any(
        text in where for text in said for where in (positions, keys, facts, outcome.logs, outcome.metrics)
    )


def test_the_catalogue_has_every_class_that_is_asked_of_connectors() -> None:
    counted = Counter(bad.number for bad in CATALOGUE)
    assert len({str(bad) for bad in CATALOGUE}) == len(CATALOGUE) >= 250
    assert set(counted) == {7, 8, 9, 10, 11, 14, 17, 18, 19, 20, 21, 24}
    assert {bad.door for bad in CATALOGUE} | {"row", "xml"} == set(DOORS)
    assert {bad.result for bad in REFUSED} <= REASONS


@pytest.mark.parametrize("bad", REFUSED, ids=str)
def test_a_bad_input_is_one_letter_and_the_next_good_one_goes_through(bad: Bad, tmp_path: Path) -> None:
    outcome = let_in(bad, tmp_path)
    assert cases(outcome) == sorted([BEFORE, BEHIND])
    [letter] = outcome.letters
    source = DOORS[bad.door][0].origin.source
    assert (letter["reason"], letter["at"], letter["source"]) == (bad.result, "connector", source)
    assert (letter["topic"], letter["key"], letter["timestamp"]) == ("connector:log", None, -1)
    check_kept(bad, letter["value"], letter["sha256"])
    check_order(outcome)
    labels = f'{{at="connector",reason="{bad.result}"}}'
    assert outcome.samples("hub_dlq_records_total") == {labels: 1.0}
    assert outcome.totals.rejected == 1
    assert is_silent(outcome)


def check_kept(bad: Bad, value: bytes | None, sha256: str) -> None:
    """Byte for byte, or, of what is too large for a letter, not at all."""
    body = bad.make()
    if bad.is_kept:
        assert (value or b"") == body
        assert sha256 == hashlib.sha256(body).hexdigest()
    else:
        assert len(body) > LARGEST_BODY
        assert value is None


def check_order(outcome: Outcome) -> None:
    """Facts and letters are stored before the position that covers them."""
    topics = [record.topic for record in outcome.order]
    last = max(index for index, topic in enumerate(topics) if topic != "hub.positions")
    assert topics.index("hub.dead-letters") < len(topics) - 1 - topics[::-1].index("hub.positions")
    assert last < len(topics) - 1


@pytest.mark.parametrize("bad", HARMLESS, ids=str)
def test_an_input_that_is_bad_in_what_it_says_alone_is_published(bad: Bad, tmp_path: Path) -> None:
    outcome = let_in(bad, tmp_path)
    assert outcome.letters == []
    assert {BEFORE, BEHIND} <= set(cases(outcome))
    assert is_silent(outcome)


@pytest.mark.parametrize("door", DOORS)
def test_a_bad_input_that_is_read_again_is_the_same_letter(door: str, tmp_path: Path) -> None:
    for bad in [bad for bad in REFUSED if bad.door == door and bad.is_kept][:4]:
        first, second = (let_in(bad, tmp_path / name / str(bad.number)) for name in "ab")
        assert first.letters[0]["sha256"] == second.letters[0]["sha256"]
        if door in ("rest", "mailbox"):
            assert first.on("hub.dead-letters") == second.on("hub.dead-letters")


def test_all_bad_inputs_of_a_door_together_stop_nothing(tmp_path: Path) -> None:
    bad = [each for each in REFUSED if each.door == "rest"]
    bodies = [good("rest", BEFORE), *(each.make() for each in bad), good("rest", BEHIND)]
    outcome = run("rest", bodies, tmp_path)
    assert cases(outcome) == sorted([BEFORE, BEHIND])
    assert Counter(letter["reason"] for letter in outcome.letters) == Counter(each.result for each in bad)
    assert len({record.key for record in outcome.on("hub.dead-letters")}) == len(bad)


def test_decomposed_letters_name_the_same_case_as_composed_ones(tmp_path: Path) -> None:
    [decomposed] = [bad for bad in HARMLESS if bad.name == "the case in decomposed letters"]
    assert "Hồ sơ 1" in cases(let_in(decomposed, tmp_path))
