import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

import pytest
from egovhub.connector import Context, Page
from egovhub.errors import ConfigurationError, ContractError, RetryLater
from egovhub.loading import settings_of
from egovhub.loopback import Fault, LoopbackServer, Request, Response
from egovhub.rest import ByCursor, ByLink, ByNumber, ByToken, Cursor, Lookup, Rest, Windows
from egovhub.rest_source import RestSource

NOON = int(datetime(2026, 11, 10, 5, tzinfo=UTC).timestamp() * 1000)
"""Noon in Vietnam on 10 November 2026."""

Rows = list[dict[str, Any]]


class Service:
    """Rows behind one path, sorted by `at`, paged as its settings say; knows what it was asked."""

    def __init__(self, rows: Rows, size: int = 3, *, exclusive: bool = False) -> None:
        self.rows = rows
        self.size = size
        self.exclusive = exclusive
        self.before: Callable[[int], None] = lambda _asked: None
        self.asked: list[dict[str, str]] = []

    def found(self, query: dict[str, str]) -> Rows:
        since = query.get("since")
        rows = sorted(self.rows, key=lambda row: str(row.get("at", "")))
        if since is None:
            return rows
        return [row for row in rows if row["at"] > since or (row["at"] == since and not self.exclusive)]

    def answer(self, request: Request) -> Response:
        self.asked.append({**request.query, **(request.json() or {})})
        self.before(len(self.asked))
        query = self.asked[-1]
        found = self.found(query)
        size = min(self.size, int(query.get("limit", self.size)))
        start = int(query.get("token") or 0)
        if "page" in query:
            start = (int(query["page"]) - 1) * size
        if "offset" in query:
            start = int(query["offset"])
        more = str(start + size) if len(found) > start + size else None
        form: dict[str, Any] = {"data": found[start : start + size], "who": "me"}
        headers = {}
        if more:
            form |= {"next": more, "links": {"next": f"/rows?token={more}"}}
            headers = {"Link": f'<{request.path}?token={more}>; rel="next"'}
        return Response.of(form, 200, **headers)


class Poll:
    """A source on a service, and what it gave."""

    def __init__(self, server: LoopbackServer, settings: dict[str, Any], now: int = NOON) -> None:
        rest = Rest(
            **{"url": server.url, "path": "/rows", "items": "data", "first_wait_seconds": 0.001, **settings}
        )
        self.now = now
        self.source: RestSource = rest.open(Context(lambda: self.now, Event(), once=True))
        self.position: str | None = None
        self.pages: list[Page] = []

    def __call__(self) -> list[Any]:
        """The numbers of the rows of one poll."""
        found = []
        for page in self.source.read(self.position):
            self.pages.append(page)
            self.position = page.position
            found += [payload.json()["n"] for payload in page.payloads]
        return found


@pytest.fixture
def poll() -> Iterator[Callable[..., Poll]]:
    servers, polls = [], []

    def make(service: Any, now: int = NOON, **settings: Any) -> Poll:
        server = LoopbackServer(service.answer)
        server.start()
        servers.append(server)
        polls.append(Poll(server, settings, now))
        return polls[-1]

    yield make
    for each in polls:
        each.source.close()
    for server in servers:
        server.close()


def rows(count: int, first: int = 0) -> Rows:
    return [{"n": n, "at": f"2026-11-09T08:00:{n:02}+07:00"} for n in range(first, first + count)]


CURSOR = Cursor(parameter="since", field="at")


@pytest.mark.parametrize(
    "settings",
    [
        {"paging": ByNumber()},
        {"paging": ByNumber(parameter="offset", first=0, counts="rows", size_parameter="limit", size=2)},
        {"paging": ByNumber(size_parameter="limit", size=100)},
        {"paging": ByToken(parameter="token", token="next")},
        {"paging": ByLink()},
        {"paging": ByLink(link="links.next")},
        {"paging": ByCursor(size=3)},
    ],
    ids=["number", "offset", "size beyond the server's", "token", "Link header", "link", "cursor"],
)
def test_all_pages_are_read_and_then_only_what_is_new(
    poll: Callable[..., Poll], settings: dict[str, Any]
) -> None:
    service = Service(rows(10))
    polled = poll(service, cursor=CURSOR, **settings)
    assert polled() == list(range(10))
    service.rows += rows(5, 10)
    assert polled() == list(range(10, 15))
    assert polled() == []


def test_the_whole_list_is_read_each_time_and_only_changes_are_given(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": 1, "s": "a"}, {"n": 2, "s": "a"}], size=10)
    polled = poll(service, identity=("n",))
    assert polled() == [1, 2]
    assert polled() == []
    for state, given in (("b", [1]), ("a", [1]), ("a", [])):
        service.rows[0] = {"n": 1, "s": state}
        assert polled() == given


def test_a_row_with_the_value_of_the_last_one_is_read_when_it_comes(poll: Callable[..., Poll]) -> None:
    service = Service(rows(4))
    polled = poll(service, cursor=CURSOR, paging=ByNumber())
    polled()
    service.rows.append(rows(1, 3)[0] | {"n": 99})
    assert polled() == [99]


@pytest.mark.parametrize(
    ("form", "value", "since"),
    [
        ("iso", "2026-11-09T08:00:00+07:00", "2026-11-09T07:59:59.999+07:00"),
        ("%Y-%m-%d %H:%M:%S", "2026-11-09 08:00:00", "2026-11-09 07:59:59"),
        ("epoch-millis", 1_794_186_000_000, "1794185999999"),
        ("epoch-seconds", 1_794_186_000, "1794185999"),
        ("integer", 7, "6"),
    ],
)
def test_a_cursor_that_leaves_out_its_boundary_is_stepped_back(
    poll: Callable[..., Poll], form: str, value: Any, since: str
) -> None:
    service = Service([{"n": 1, "at": value}], size=10)
    service.found = lambda _query: service.rows  # type: ignore[method-assign,assignment]
    polled = poll(service, cursor=Cursor(parameter="since", field="at", format=form, inclusive=False))
    polled()
    assert polled() == []
    assert service.asked[-1] == {"since": since}


def test_a_unique_cursor_is_asked_as_it_is_written(poll: Callable[..., Poll]) -> None:
    service = Service(rows(2), exclusive=True)
    polled = poll(service, cursor=Cursor(parameter="since", field="at", inclusive=False, unique=True))
    assert polled() == [0, 1]
    polled()
    assert service.asked[-1] == {"since": "2026-11-09T08:00:01+07:00"}


def test_a_cursor_may_overlap_for_rows_that_become_visible_late(poll: Callable[..., Poll]) -> None:
    service = Service(rows(9, 1), size=20)
    polled = poll(service, cursor=Cursor(parameter="since", field="at", overlap_seconds=5))
    polled()
    service.rows.append(rows(1, 5)[0] | {"n": 99})
    assert polled() == [99]
    assert service.asked[-1] == {"since": "2026-11-09T08:00:04+07:00"}


def test_a_value_that_cannot_be_compared_does_not_move_the_cursor(poll: Callable[..., Poll]) -> None:
    service = Service(rows(1), size=20)
    service.found = lambda _query: service.rows  # type: ignore[method-assign,assignment]
    service.rows += [{"n": 8, "at": "9999"}, {"n": 9}]
    polled = poll(service, cursor=CURSOR)
    assert polled() == [0, 8, 9]
    assert polled.position == '{"after":"2026-11-09T08:00:00+07:00"}'


def test_a_first_value_can_be_given(poll: Callable[..., Poll]) -> None:
    service = Service(rows(5))
    polled = poll(service, cursor=Cursor(parameter="since", field="at", first="2026-11-09T08:00:03+07:00"))
    assert polled() == [3, 4]


@pytest.mark.parametrize("stop_after", range(1, 5))
@pytest.mark.parametrize(
    "paging", [ByNumber(), ByToken(), ByLink(), ByCursor(size=3)], ids=lambda paging: paging.by
)
def test_a_process_that_ends_between_pages_loses_nothing(
    poll: Callable[..., Poll], paging: Any, stop_after: int
) -> None:
    service = Service(rows(10))
    first = poll(service, cursor=CURSOR, paging=paging)
    pages = [page for page, _ in zip(first.source.read(None), range(stop_after), strict=False)]
    second = poll(service, cursor=CURSOR, paging=paging)
    second.position = pages[-1].position
    before = [payload.json()["n"] for page in pages for payload in page.payloads]
    assert sorted({*before, *second()}) == list(range(10))


def test_pages_by_token_go_on_at_the_stored_token(poll: Callable[..., Poll]) -> None:
    service = Service(rows(10))
    first = poll(service, cursor=CURSOR, paging=ByToken())
    pages = [page for page, _ in zip(first.source.read(None), range(2), strict=False)]
    second = poll(service, cursor=CURSOR, paging=ByToken())
    second.position = pages[-1].position
    assert second() == [6, 7, 8, 9]


def test_a_token_that_the_source_forgot_begins_its_query_again(poll: Callable[..., Poll]) -> None:
    service = Service(rows(4))
    answer = service.answer

    def forgetful(request: Request) -> Response:
        return Response(status=400) if request.query.get("token") == "old" else answer(request)

    service.answer = forgetful  # type: ignore[method-assign]
    polled = poll(service, cursor=CURSOR, paging=ByToken())
    polled.position = '{"after":"","newest":"2026-11-09T08:00:02+07:00","token":"old"}'
    assert polled() == [0, 1, 2, 3]


def test_rows_that_go_while_numbered_pages_are_read_take_no_other_row_along(
    poll: Callable[..., Poll],
) -> None:
    service = Service(rows(10))

    def remove(asked: int) -> None:
        if asked == 2:
            service.rows = service.rows[1:]

    service.before = remove
    polled = poll(service, cursor=CURSOR, paging=ByNumber())
    assert sorted(polled()) == list(range(10))


def test_a_row_that_changes_while_pages_are_read_moves_to_the_end_and_takes_none_along(
    poll: Callable[..., Poll],
) -> None:
    service = Service(rows(10))

    def update(asked: int) -> None:
        if asked in (2, 5):
            service.rows.append(service.rows.pop(0) | {"at": f"2026-11-09T09:00:0{asked}+07:00", "u": asked})

    service.before = update
    polled = poll(service, cursor=CURSOR, paging=ByNumber())
    assert set(polled()) == set(range(10))


def test_pages_that_never_stand_still_leave_the_position_where_it_was(poll: Callable[..., Poll]) -> None:
    service = Service(rows(10))
    service.before = lambda asked: service.rows.append(
        service.rows.pop(0) | {"at": f"2026-11-09T09:{asked // 60:02}:{asked % 60:02}+07:00"}
    )
    polled = poll(service, cursor=CURSOR, paging=ByNumber())
    with pytest.raises(RetryLater, match="the pages change while they are read"):
        polled()
    assert json.loads(polled.position or "{}")["after"] == ""


def test_rows_of_a_page_that_was_not_stored_are_given_again(poll: Callable[..., Poll]) -> None:
    polled = poll(Service(rows(4)), cursor=CURSOR, paging=ByNumber())
    next(polled.source.read(None))
    assert polled() == [0, 1, 2, 3]


def test_windows_are_no_longer_than_the_service_allows_and_overlap(poll: Callable[..., Poll]) -> None:
    service = Service([], size=10)
    windows = Windows(
        start_parameter="from",
        end_parameter="to",
        days=5,
        overlap_days=2,
        first=date(2026, 10, 29),
        format="%d/%m/%Y",
    )
    polled = poll(service, windows=windows, identity=("n",))
    polled()
    assert [(each["from"], each["to"]) for each in service.asked] == [
        ("29/10/2026", "02/11/2026"),
        ("03/11/2026", "07/11/2026"),
        ("08/11/2026", "10/11/2026"),
    ]
    assert polled.position == '{"from":"2026-11-08"}'
    service.asked.clear()
    polled()
    assert [(each["from"], each["to"]) for each in service.asked] == [("08/11/2026", "10/11/2026")]


@pytest.mark.parametrize(
    ("end", "to"),
    [
        ("last-day", "2026-11-10 00:00:00"),
        ("last-second", "2026-11-10 23:59:59"),
        ("next-day", "2026-11-11 00:00:00"),
    ],
)
def test_the_end_of_a_window_is_said_as_the_service_wants_it(
    poll: Callable[..., Poll], end: Any, to: str
) -> None:
    service = Service([], size=10)
    windows = Windows(
        start_parameter="from",
        end_parameter="to",
        days=9,
        overlap_days=1,
        format="%Y-%m-%d %H:%M:%S",
        end=end,
    )
    poll(service, windows=windows, identity=("n",))()
    assert service.asked == [{"from": "2026-11-09 00:00:00", "to": to}]


def test_today_is_the_day_of_the_source_s_zone(poll: Callable[..., Poll]) -> None:
    late = int(datetime(2026, 11, 10, 18, tzinfo=UTC).timestamp() * 1000)
    service = Service([], size=10)
    poll(service, now=late, windows=Windows(start_parameter="day", overlap_days=0), identity=("n",))()
    assert service.asked == [{"day": "2026-11-11"}]


def test_a_row_that_comes_late_within_the_overlap_is_read_once(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": 1}, {"n": 2}], size=10)
    polled = poll(service, windows=Windows(start_parameter="day", overlap_days=0), identity=("n",))
    assert polled() == [1, 2]
    service.rows.insert(0, {"n": 3})
    assert polled() == [3]
    assert polled() == []


def test_a_window_s_position_moves_on_only_behind_its_last_page(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": n} for n in range(7)])
    windows = Windows(start_parameter="day", overlap_days=0, first=date(2026, 11, 9))
    polled = poll(service, windows=windows, identity=("n", "day"), paging=ByNumber())
    pages = list(polled.source.read(None))
    assert [json.loads(page.position)["from"] for page in pages[:4]] == [
        "2026-11-09",
        "2026-11-09",
        "2026-11-09",
        "2026-11-10",
    ]


def test_rows_of_a_window_whose_next_answer_fails_are_given_again_or_were_given(
    poll: Callable[..., Poll],
) -> None:
    service = Service([{"n": n} for n in range(7)])
    windows = Windows(start_parameter="day", overlap_days=0)
    polled = poll(service, windows=windows, identity=("n",), paging=ByNumber(), attempts=1)
    fail = {4}

    def before(asked: int) -> None:
        if asked in fail:
            raise ConnectionError

    service.before = before
    with pytest.raises(RetryLater):
        polled()
    found = [payload.json()["n"] for page in polled.pages for payload in page.payloads]
    assert sorted(found + polled()) == list(range(7))


def test_every_combination_is_asked_for_and_said_in_the_context(poll: Callable[..., Poll]) -> None:
    service = Service([], size=10)
    service.found = lambda query: [{"n": f"{query['module']}{query['kind']}"}]  # type: ignore[method-assign]
    polled = poll(
        service,
        each={"module": ("KS", "KT"), "kind": ("1", "2")},
        parameters={"unit": "H24"},
        identity=("n",),
    )
    assert polled() == ["KS1", "KS2", "KT1", "KT2"]
    assert {each["unit"] for each in service.asked} == {"H24"}
    assert polled.pages[0].payloads[0].context == {"who": "me", "module": "KS", "kind": "1"}


def test_parameters_go_into_the_body_if_the_service_wants_them_there(poll: Callable[..., Poll]) -> None:
    service = Service(rows(4))
    assert poll(service, cursor=CURSOR, paging=ByNumber(), method="POST", send="json")() == [0, 1, 2, 3]
    assert service.asked[0] == {"page": "1"}


def test_second_calls_stand_in_the_context_and_one_that_finds_nothing_does_not(
    poll: Callable[..., Poll],
) -> None:
    service = Service([{"n": 1, "code": "a"}, {"n": 2, "code": "gone"}, {"n": 3, "code": None}], size=10)
    listed = service.answer

    def answer(request: Request) -> Response:
        if request.path != "/detail":
            return listed(request)
        return (
            Response(status=404)
            if request.query["id"] == "gone"
            else Response.of({"of": request.query["id"]})
        )

    service.answer = answer  # type: ignore[method-assign]
    lookup = Lookup(path="/detail", parameter="id", field="code", into="detail")
    polled = poll(service, identity=("n",), lookups=(lookup,))
    polled()
    found = [payload.context.get("detail") for payload in polled.pages[0].payloads]
    assert found == [{"of": "a"}, None, None]


def test_a_broken_row_is_refused_alone_with_its_bytes(poll: Callable[..., Poll]) -> None:
    class Broken:
        def answer(self, _request: Request) -> Response:
            return Response(b'{"data": [{"n": 1}, {"n": NaN}, {"n": 2}]}')

    polled = poll(Broken(), identity=("n",))
    page = next(polled.source.read(None))
    assert [payload.refused is not None for payload in page.payloads] == [False, True, False]
    assert page.payloads[1].body == b'{"n": NaN}'


def test_an_answer_that_is_none_is_asked_for_again_a_few_times(poll: Callable[..., Poll]) -> None:
    class Garbage:
        def answer(self, _request: Request) -> Response:
            return Response(b"<html>gateway</html>")

    polled = poll(Garbage(), identity=("n",))
    for _ in range(2):
        with pytest.raises(RetryLater, match="the answer cannot be read"):
            polled()
    with pytest.raises(ContractError, match=r"is not what the feed expects.*correct items"):
        polled()


def test_a_source_that_ignores_the_page_is_an_error_and_no_endless_loop(poll: Callable[..., Poll]) -> None:
    class Same:
        def answer(self, _request: Request) -> Response:
            return Response.of({"data": [{"n": 1}], "next": "t", "links": {"next": "/rows?x=1"}})

    for paging, says in (
        (ByNumber(), "page 2 is the one before again"),
        (ByToken(), "the token of the next page is this page's own"),
        (ByLink(link="links.next"), "leads nowhere new"),
    ):
        with pytest.raises(ContractError, match=says):
            poll(Same(), identity=("n",), paging=paging)()


def test_more_rows_of_one_value_than_a_page_has_are_an_error_and_not_lost(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": n, "at": "2026-11-09T08:00:00+07:00"} for n in range(5)])
    polled = poll(service, cursor=CURSOR, paging=ByCursor(size=3))
    with pytest.raises(ContractError, match=r"3 rows have one value of 'at'.*ask for larger pages"):
        polled()


def test_rows_that_are_forgotten_are_given_again(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": n} for n in range(5)], size=10)
    polled = poll(service, identity=("n",), remember=3)
    polled()
    assert polled() == [0, 1]


def test_a_fault_in_the_middle_costs_nothing(poll: Callable[..., Poll]) -> None:
    service = Service(rows(10))
    with LoopbackServer(service.answer) as server:
        polled = Poll(server, {"cursor": CURSOR, "paging": ByNumber()})
        server.fail(Fault("status", 503), Fault("cut"), Fault("drop"))
        assert polled() == list(range(10))
        polled.source.close()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, "needs identity"),
        (
            {"cursor": {"parameter": "a", "field": "b"}, "windows": {"start_parameter": "c"}},
            "a cursor and windows",
        ),
        ({"paging": {"by": "cursor"}, "identity": ["n"]}, "pages by cursor need a cursor"),
        ({"cursor": {"parameter": "a", "field": "b"}, "each": {"m": ["1"]}}, "a cursor and each"),
        (
            {"cursor": {"parameter": "a", "field": "b", "is_sorted": True}, "paging": {"by": "number"}},
            "numbered pages, which shift",
        ),
        (
            {"cursor": {"parameter": "a", "field": "b", "format": "text", "inclusive": False}},
            "must be unique",
        ),
        (
            {"cursor": {"parameter": "a", "field": "b", "format": "integer", "overlap_seconds": 1}},
            "that is a time",
        ),
        ({"cursor": {"parameter": "a", "field": "b", "format": "%d"}}, "does not say year, month and day"),
        ({"windows": {"start_parameter": "c", "days": 2}, "identity": ["n"]}, "write days = 1"),
        ({"identity": ["n"], "pagging": {}}, "is no setting of the feed"),
    ],
)
def test_settings_that_cannot_work_are_told_before_anything_is_asked(
    table: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        settings_of(Rest, table)


def test_a_source_without_an_address_is_told_how_to_get_one() -> None:
    with pytest.raises(ConfigurationError, match=r"rest: url: '' is no address.*give --url"):
        Rest(identity=("n",)).open(Context(lambda: NOON, Event()))


def at(second: int) -> str:
    return f"2026-11-09T08:{second // 60:02}:{second % 60:02}+07:00"


LATE = {
    "paging": ByToken(parameter="token", token="next"),
    "cursor": Cursor(parameter="since", field="at", overlap_seconds=60, is_sorted=True),
}


def test_a_row_that_comes_late_on_a_page_read_before_a_long_stall_is_not_lost(
    poll: Callable[..., Poll],
) -> None:
    service = Service([{"n": n, "at": at(n)} for n in range(4)])
    read = poll(service, **LATE)

    def stall(asked: int) -> None:
        if asked == 2:  # between the pages: other rows happen, and one of the beginning becomes visible
            read.now += 200_000
            service.rows += [{"n": 5, "at": at(203)}, {"n": 9, "at": at(0)}]

    service.before = stall
    assert read() == [0, 1, 2, 3, 5]
    assert read() == [9]
    assert read() == []
    assert [query.get("since", "") for query in service.asked] == [
        "",
        "",
        "2026-11-09T07:59:03+07:00",  # 203 s less the 200 s that the query lasted and the minute of late rows
        "2026-11-09T07:59:03+07:00",
        "2026-11-09T08:02:23+07:00",
    ]


def test_a_query_taken_up_at_its_token_has_lasted_while_nobody_read_it(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": n, "at": at(n)} for n in range(4)])
    read = poll(service, **LATE)
    pages = read.source.read(None)
    position = next(pages).position
    service.rows += [{"n": 5, "at": at(503)}, {"n": 9, "at": at(0)}]
    again = poll(service, read.now + 500_000, **LATE)
    again.position = position
    found = again()  # one poll: a connector that runs once makes no other
    assert found[:3] == [2, 3, 5]
    assert 9 in found  # it stands on the first page


def test_a_sorted_query_left_in_its_middle_asks_as_far_back_as_it_was_left_alone(
    poll: Callable[..., Poll],
) -> None:
    service = Service([{"n": n, "at": at(n)} for n in range(9)])
    read = poll(service, **LATE | {"paging": ByLink()})
    pages = read.source.read(None)
    position = [next(pages).position for _ in range(2)][-1]
    again = poll(service, read.now + 500_000, **LATE | {"paging": ByLink()})
    again.position = position
    assert again() == list(range(9))
    assert service.asked[2]["since"] == "2026-11-09T07:50:45+07:00"


def test_a_source_without_late_rows_is_asked_behind_the_newest_however_long_it_took(
    poll: Callable[..., Poll],
) -> None:
    service = Service([{"n": n, "at": at(n)} for n in range(4)])
    read = poll(service, **LATE | {"cursor": Cursor(parameter="since", field="at", is_sorted=True)})

    def stall(_asked: int) -> None:
        read.now += 200_000

    service.before = stall
    assert read() == [0, 1, 2, 3]
    assert read() == []
    assert service.asked[-1]["since"] == at(3)
    assert json.loads(read.position or "") == {"after": at(3)}


def test_a_poll_without_news_leaves_the_position_alone(poll: Callable[..., Poll]) -> None:
    service = Service([{"n": n, "at": at(n)} for n in range(2)])
    read = poll(service, **LATE)
    assert read() == [0, 1]
    assert json.loads(read.position or "") == {"after": at(1)}
    before = len(read.pages)
    assert read() == []
    assert len(read.pages) == before
