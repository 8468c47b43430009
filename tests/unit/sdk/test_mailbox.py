import gzip
import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from egovhub.connector import Context, Page
from egovhub.errors import ConfigurationError, ContractError, RetryLater
from egovhub.loopback import Fault, Response
from egovhub.mailbox import Mailbox, MailboxSource

from tests.simulators.mailbox import MailboxSimulator, Message
from tests.simulators.server import SourceServer


class Box:
    """A mailbox's simulator, its server, and sources on it."""

    def __init__(self) -> None:
        self.simulator = MailboxSimulator()
        self.server = SourceServer(self.simulator.services)
        self._open: list[MailboxSource] = []

    def source(self, **settings: Any) -> MailboxSource:
        mailbox = Mailbox(**{"url": self.server.url, "first_wait_seconds": 0.001, **settings})
        self._open.append(mailbox.open(Context(lambda: 0, Event(), once=True)))
        return self._open[-1]

    def close(self) -> None:
        for source in self._open:
            source.close()
        self.server.close()


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    made.server.start()
    yield made
    made.close()


def messages(count: int) -> list[Message]:
    return [Message(f"m{number}", f"<m>{number}</m>".encode()) for number in range(count)]


def store(source: MailboxSource, page: Page, *refused: str) -> None:
    source.acknowledge(json.dumps(json.loads(page.position) | {"refused": list(refused)}))


def test_messages_are_got_and_acknowledged_only_once_they_are_stored(box: Box) -> None:
    box.simulator.put(*messages(3))
    source = box.source()
    reading = source.read(None)
    page = next(reading)
    assert [(payload.identity, payload.body) for payload in page.payloads] == [
        (f"m{number}", f"<m>{number}</m>".encode()) for number in range(3)
    ]
    assert box.simulator.statuses == []
    store(source, page, "m1")
    assert box.simulator.statuses == [("m0", "done"), ("m1", "fail"), ("m2", "done")]
    assert list(reading) == []
    assert box.simulator.waiting == []


def test_a_mailbox_that_shows_a_few_at_a_time_is_read_to_its_end(box: Box) -> None:
    box.simulator.put(*messages(45))
    source = box.source(batch_messages=7)
    for page in source.read(None):
        assert len(page.payloads) <= 7
        store(source, page)
    assert len(box.simulator.told("done")) == 45


def test_the_item_of_a_message_is_its_context(box: Box) -> None:
    box.simulator.put(Message("m0", b"x", more={"from": "H24"}))
    (page,) = [page for page, _ in zip(box.source().read(None), range(1), strict=False)]
    assert page.payloads[0].context["from"] == "H24"


def test_what_was_stored_and_not_acknowledged_is_acknowledged_by_the_next_process(box: Box) -> None:
    box.simulator.put(*messages(2))
    page = next(box.source().read(None))
    assert list(box.source().read(page.position)) == []
    assert box.simulator.told("done") == ["m0", "m1"]


def test_what_was_not_stored_is_got_again_by_the_next_process(box: Box) -> None:
    box.simulator.put(*messages(2))
    first = next(box.source().read(None))
    assert next(box.source().read(None)) == first


def test_a_message_that_came_damaged_is_fetched_again(box: Box) -> None:
    box.simulator.put(*messages(1))
    source = box.source()
    reading = source.read(None)
    get = box.server.services["/messages/"]
    answers = iter([b"dam", b"aged"])

    def damaged(request: Any) -> Any:
        answer = get(request)
        body = next(answers, None)
        return answer if body is None else type(answer)(body)

    box.server.services["/messages/"] = damaged
    (payload,) = next(reading).payloads
    assert payload.refused is None
    assert payload.body == b"<m>0</m>"


@pytest.mark.parametrize("item", [{"sha256": "0" * 64}, {"length": 7}, {"length": "8 "}])
def test_a_message_that_stays_damaged_is_refused_with_its_bytes(box: Box, item: dict[str, Any]) -> None:
    box.simulator.put(Message("m0", b"<m>0</m>", **item), Message("m1", b"good"))
    first, second = next(box.source().read(None)).payloads
    assert first.refused
    assert first.refused.reason == "hash-mismatch"
    assert first.body == b"<m>0</m>"
    assert second.refused is None


def test_hashes_may_be_in_capitals_and_items_may_say_nothing_of_them(box: Box) -> None:
    message = Message("m0", b"x")
    box.simulator.put(Message("m0", b"x", sha256=message.item["contentSha256"].upper()))
    assert next(box.source().read(None)).payloads[0].refused is None
    assert next(box.source(sha256_field="", length_field="").read(None)).payloads[0].refused is None


def test_a_message_too_large_is_refused_without_being_fetched(box: Box) -> None:
    box.simulator.put(Message("m0", bytes(100)))
    (payload,) = next(box.source(largest_message=99).read(None)).payloads
    assert payload.refused
    assert payload.refused.reason == "oversized"
    assert "/messages/m0" not in [request.path for request in box.server.requests]


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (bytes(3_000_000), {}, "oversized"),
        (gzip.compress(bytes(100_000_000)), {"Content-Encoding": "gzip"}, "expands-too-far"),
        (b"no gzip", {"Content-Encoding": "gzip"}, "bad-text"),
    ],
)
def test_a_message_that_cannot_be_read_costs_itself_alone(
    box: Box, body: bytes, headers: dict[str, str], reason: str
) -> None:
    box.simulator.put(*messages(2))
    get = box.server.services["/messages/"]

    def served(request: Any) -> Any:
        return Response(body, 200, headers) if request.path == "/messages/m0" else get(request)

    box.server.services["/messages/"] = served
    source = box.source(largest_message=2_000_000)
    first, second = next(source.read(None)).payloads
    assert first.refused
    assert (first.refused.reason, first.body) == (reason, b"")
    assert second.refused is None


def test_a_mailbox_can_be_told_what_is_being_read(box: Box) -> None:
    box.simulator.put(*messages(1))
    next(box.source(processing="processing").read(None))
    assert box.simulator.statuses == [("m0", "processing")]


def test_the_name_of_a_message_cannot_lead_elsewhere(box: Box) -> None:
    box.simulator.put(Message("a?x=1 #b", b"x"))
    next(box.source().read(None))
    assert box.server.requests[-1].target == "/messages/a%3Fx%3D1%20%23b"


def test_a_message_that_is_gone_when_it_is_acknowledged_is_no_failure(box: Box) -> None:
    box.simulator.put(*messages(1))
    source = box.source()
    page = next(source.read(None))
    box.server.fail(Fault("status", 404))
    store(source, page)


def test_an_acknowledgement_that_fails_is_made_again(box: Box) -> None:
    box.simulator.put(*messages(1))
    source = box.source()
    page = next(source.read(None))
    box.server.fail(*[Fault("status", 503)] * 4)
    with pytest.raises(RetryLater):
        store(source, page)
    assert list(source.read(page.position)) == []
    assert box.simulator.told("done") == ["m0"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"items": "rows"}, "the list is not what the feed expects"),
        ({"id_field": "key"}, "an item has no 'key'"),
    ],
)
def test_a_list_that_is_not_what_was_agreed_is_an_error(
    box: Box, settings: dict[str, Any], says: str
) -> None:
    box.simulator.put(*messages(1))
    with pytest.raises(ContractError, match=says):
        next(box.source(**settings).read(None))


def test_a_mailbox_without_an_address_is_told_how_to_get_one() -> None:
    with pytest.raises(ConfigurationError, match="mailbox: url: '' is no address"):
        Mailbox().open(Context(lambda: 0, Event()))
