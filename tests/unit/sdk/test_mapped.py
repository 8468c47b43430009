import json
from collections.abc import Iterator
from typing import Any

import pytest
from egovhub.codec import decode, decode_fact
from egovhub.connector import Batch, Connector, Made, Page, Payload, Rejection, Snapshot, State
from egovhub.dead_letters import LARGEST_BODY, letter
from egovhub.errors import ConfigurationError
from egovhub.events import Fact, Kind
from egovhub.mapped import MappedFeed
from egovhub.origin import Origin
from egovhub.personal import check_personal
from egovhub.positions import Positions
from egovhub.publisher import MemoryPublisher

NOW = 1_900_000_000_000
ORIGIN = Origin("log", "onestop")


class Pages:
    """A source of ready pages, which notes what is acknowledged."""

    def __init__(self, *pages: list[Any]) -> None:
        self._pages = pages
        self.acknowledged: list[str] = []
        self.is_closed = False

    def read(self, position: str | None) -> Iterator[Page]:
        start = json.loads(position)["page"] if position else 0
        for number, values in list(enumerate(self._pages, 1))[start:]:
            payloads = [
                Payload(json.dumps(value).encode(), f"row {place}", ticket=f"{number}:{place}")
                for place, value in enumerate(values)
            ]
            yield Page(tuple(payloads), json.dumps({"page": number}), number / len(self._pages))

    def acknowledge(self, position: str) -> None:
        self.acknowledged.append(position)

    def close(self) -> None:
        self.is_closed = True


def mapping(payload: Payload) -> Iterator[Made]:
    row = ORIGIN.read(payload)
    case = ORIGIN.case(row.text("id"))
    units = row.optional("units")
    if units is not None:
        yield Snapshot(case, tuple(ORIGIN.fact(Kind.STEP, case, NOW, unit=unit) for unit in units))
    else:
        yield ORIGIN.fact(Kind.RECEIVED, case, NOW, unit=row.optional("unit"))
        yield ORIGIN.fact(Kind.ACCEPTED, case, row.optional_integer("at") or NOW, unit=row.optional("unit"))


def feed(*pages: list[Any]) -> tuple[MappedFeed, Pages]:
    source = Pages(*pages)
    return MappedFeed(Connector(ORIGIN, mapping, {}), source, lambda: NOW), source


def read(*pages: list[Any]) -> list[Batch]:
    return list(feed(*pages)[0].read(None))


def test_payloads_become_facts_or_rejections_in_the_order_of_the_source() -> None:
    first, second = read([{"id": "1"}, {"unit": "x"}], [{"id": "2"}])
    assert [fact.case_id for fact in first.facts] == ["log:1", "log:1"]
    assert first.rejected == (Rejection("row 1", "missing-value", "id", b'{"unit": "x"}', "1:1"),)
    assert (first.read, second.read, second.done) == (2, 1, 1.0)


def test_of_a_payload_all_facts_are_made_or_none() -> None:
    (batch,) = read([{"id": "1", "at": 5}])
    assert batch.facts == ()
    assert batch.rejected[0].reason == "occurred-before-2000"


def test_what_cannot_be_encoded_is_refused_with_its_bytes() -> None:
    (batch,) = read([{"id": "1", "at": 2**63}, {"id": "2"}])
    assert (len(batch.rejected), len(batch.facts)) == (1, 2)


def test_the_position_names_the_refused_and_the_source_is_told_by_it() -> None:
    made, source = feed([{"id": "1"}, {}], [{"id": "2"}])
    first, second = made.read(None)
    assert json.loads(first.position) == {"page": 1, "refused": ["1:1"]}
    assert json.loads(second.position) == {"page": 2}
    made.acknowledge(first.position)
    assert source.acknowledged == [first.position]
    made.close()
    assert source.is_closed


def test_snapshots_are_compared_with_those_of_earlier_batches_and_runs() -> None:
    made, _ = feed([{"id": "1", "units": "ab"}], [{"id": "1", "units": "ab"}], [{"id": "1", "units": "b"}])
    first, same, changed = made.read(None)
    assert (len(first.facts), len(same.facts), same.states) == (2, 0, ())
    assert [fact.kind for fact in changed.facts] == [Kind.RETRACTED]
    later, _ = feed([{"id": "1", "units": "b"}, {"id": "1", "units": "bc"}])
    for state in changed.states:
        later.recall(state)
    later.recall(State("", changed.position, changed.digest))
    (batch,) = later.read(None)
    assert [fact.unit for fact in batch.facts] == ["c"]


def test_a_batch_that_was_not_stored_is_published_again_with_the_same_bytes() -> None:
    made, _ = feed([{"id": "1", "units": "ab"}])
    first = next(iter(made.read(None)))
    again = next(iter(made.read(None)))
    assert again.facts == first.facts
    assert again.digest == '{"batch":2,"doubt":[[1,1]]}'


def stored(rejection: Rejection, *, sandbox: bool = False) -> tuple[bytes, dict[str, Any]]:
    record = letter("log-1", "log", rejection, (("hub-sandbox", b"1"),) if sandbox else ())
    return record.key, decode(record.value or b"")[1]


def test_a_dead_letter_holds_the_bytes_as_they_came_and_where_they_are_from() -> None:
    key, form = stored(Rejection("row 3", "bad-row", "unit", b"\xff\x00", "m7"), sandbox=True)
    assert (form["value"], form["reason"], form["at"], form["source"]) == (
        b"\xff\x00",
        "bad-row",
        "connector",
        "log",
    )
    assert form["topic"] == "connector:log-1"
    assert key == f"connector:log-1/0/{form['offset']}".encode()
    assert {each["name"]: each["value"] for each in form["headers"]} == {
        "field": b"unit",
        "identity": b"m7",
        "size": b"2",
        "hub-sandbox": b"1",
    }


def test_reading_an_input_again_repeats_its_letter_and_another_input_is_another() -> None:
    one = stored(Rejection("row 3", "bad-row", "", b"x", "m7"))
    assert stored(Rejection("row 9", "bad-row", "", b"x", "m7")) == one
    for other in (
        Rejection("row 3", "bad-row", "", b"y", "m7"),
        Rejection("row 3", "bad-row", "", b"x", "m8"),
    ):
        assert stored(other)[0] != one[0]


@pytest.mark.parametrize(("size", "is_kept"), [(LARGEST_BODY, True), (LARGEST_BODY + 1, False)])
def test_of_an_input_that_no_record_can_hold_the_hash_is_kept(size: int, is_kept: bool) -> None:
    _key, form = stored(Rejection("1", "oversized", "", bytes(size)))
    assert (form["value"] is not None) is is_kept
    assert len(form["sha256"]) == 64


def test_positions_and_what_is_known_of_cases_are_told_apart_by_their_keys() -> None:
    publisher = MemoryPublisher()
    own, other = (Positions(publisher, name, "log", lambda: NOW) for name in ("log", "log-2"))
    own.keep([State("a", "old", "d1")])
    own.keep([State("a", "new", "d2"), State("b", "x", None)])
    own.save("{}", "mark")
    other.save('{"page":9}')
    other.keep([State("c", "y", "d")])
    recalled: list[State] = []
    assert own.load(recalled.append) == "{}"
    assert {state.key: state for state in recalled} == {
        "": State("", "{}", "mark"),
        "a": State("a", "new", "d2"),
        "b": State("b", "x", None),
    }


def test_a_position_of_another_source_is_refused() -> None:
    publisher = MemoryPublisher()
    Positions(publisher, "log", "log", lambda: NOW).save("{}")
    with pytest.raises(ConfigurationError, match="is of source 'log', not 'other'"):
        Positions(publisher, "log", "other", lambda: NOW).load(lambda _state: None)


FACT = ORIGIN.fact(Kind.STEP, "log:H24-0001", NOW)
DIGEST = "a031099001234b0912345678c".ljust(64, "d")
"""As a hash comes out now and then: with the forms of a personal number and of a phone in it."""


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "Số 031099001234"},
        {"procedure": "cấp lại cho 030199001234."},
        {"source_status": "gọi 0912345678"},
        {"source_status": "gọi +84912345678"},
        {"receiving_unit": "an.nguyen@haiphong.gov.vn"},
        {"case_id": "log:031099001234"},
        {"case_id": "log:an@x.vn"},
        {"case_id": "log:031 099 001 234"},
        {"case_id": "log:0912 345 678"},
        {"details": {"site": "031099001234"}},
        {"unit": "Số 031 099 001 234"},
        {"procedure": "030.199.001.234"},
        {"source_status": "０３１０９９００１２３４"},
        {"source_status": "0912 345 678"},
        {"source_status": "+84 91 234 5678"},
        {"unit": "ａｎ＠ｘ．ｖｎ, phường 1"},
        {"details": {"attachments_sha256": "031099001234"}},
        {"details": {"attachments_sha256": DIGEST + "0"}},
        {"details": {"attachments_sha256": DIGEST.upper()}},
        {"details": {"document_type": DIGEST}},
        {"source_status": DIGEST},
    ],
)
def test_an_identifier_of_a_person_refuses_the_fact(change: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="personal-data"):
        check_personal(FACT._replace(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"case_id": "log:101004143000"},
        {"case_id": "log:0312345678"},
        {"case_id": "log:H56.14-240823-0001"},
        {"case_id": "log:20261103080000"},
        {"unit": "000.00.00.H49"},
        {"procedure": "1.001193"},
        {"procedure": "1.010708.000.00.00.H56"},
        {"procedure": "1.010708.031.099.001.H56"},
        {"case_id": "log:031.099.001.234"},
        {"unit": "000.031.099.001.234"},
        {"unit": "UBND phường Lê Thánh Tông"},
        {"source_status": "0310990012345"},
        {"details": {"attachments_sha256": DIGEST}},
    ],
)
def test_codes_of_systems_are_no_identifiers_of_persons(change: dict[str, Any]) -> None:
    check_personal(FACT._replace(**change))


def test_what_is_published_can_be_read_back() -> None:
    publisher = MemoryPublisher()
    record = letter("log-1", "log", Rejection(1, "bad-row", "", b"x"))
    publisher.publish([record])
    assert publisher.latest("hub.dead-letters", record.key) == record.value
    assert isinstance(FACT, Fact)
    with pytest.raises(Exception, match=r"unknown-schema|bad-magic|not-a-fact"):
        decode_fact(record.value or b"")
