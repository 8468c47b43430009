"""Settings of a source that is polled over HTTP and answers in JSON.

What is asked for next is one of three. A *cursor*: rows changed since the last one seen. *Windows* of days, for
services without a cursor: the last days are read again and again, for rows that come late. Neither: the whole list each
time. How an answer goes on is *paging*. None of it is trusted further than it must be: an empty page ends a list, not a
short one; numbered pages are read again until they stand still, for a row that goes while they are read lets another
one slip through; a cursor that leaves out its boundary is stepped back; a page that comes twice is an error and no end.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from egovhub.connector import Context
from egovhub.errors import ConfigurationError
from egovhub.http_auth import Auth, Tls
from egovhub.http_client import HttpClient
from egovhub.mapping_times import check_format
from egovhub.origin import HUB_ZONE
from egovhub.rest_source import RestSource


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ByNumber(_Part):
    """Pages by number, until one is empty.

    Args:
        parameter: that names the page.
        first: number of the first.
        counts: `pages`, or `rows` if the parameter is the number of rows before the page.
        size_parameter: that asks for a size, if there is one.
        size: to ask for.
    """

    by: Literal["number"] = "number"
    parameter: str = "page"
    first: int = 1
    counts: Literal["pages", "rows"] = "pages"
    size_parameter: str = ""
    size: Annotated[int, Field(gt=0)] = 100


class ByToken(_Part):
    """Pages by a token that each answer gives for the next; none in the last.

    A token that counts rows is a number: then say `ByNumber`, which looks out for rows that go while it reads.

    Args:
        parameter: that takes the token.
        token: path to it in the answer, names joined by dots.
    """

    by: Literal["token"] = "token"
    parameter: str = "token"
    token: str = "next"  # noqa: S105 - a path, no secret


class ByLink(_Part):
    """Pages by the address of the next one.

    Args:
        link: path to it in the answer; "" for the header `Link` with `rel="next"`.
    """

    by: Literal["link"] = "link"
    link: str = ""


class ByCursor(_Part):
    """Pages by the cursor itself: asked again behind the last row, until nothing new comes.

    Args:
        size_parameter: that asks for a size.
        size: to ask for; more rows than this with one cursor value cannot be read.
    """

    by: Literal["cursor"] = "cursor"
    size_parameter: str = "limit"
    size: Annotated[int, Field(gt=0)] = 100


Paging = Annotated[ByNumber | ByToken | ByLink | ByCursor, Field(discriminator="by")]


def _cursor_format(text: str) -> str:
    return text if text in ("integer", "text") else check_format(text)


class Cursor(_Part):
    """Rows since the last one seen.

    Args:
        parameter: that takes the value.
        field: of a row, with its value; path, names joined by dots.
        format: `integer`, `text` (compared as text), `iso`, `epoch-seconds`, `epoch-millis` or a pattern of clock
            times.
        inclusive: the source gives the rows at the value again. If it does not, a row that comes later with the same
            value would be lost, so the value is stepped back by its smallest unit and what was seen is passed over.
        unique: no two rows have one value, so there is no need for that.
        overlap_seconds: further back, for rows that become visible after later ones.
        is_sorted: rows come in the order of the value, so each page by token or link can be a position.
        first: value to begin with; "" begins without.
    """

    parameter: str
    field: str
    format: Annotated[str, AfterValidator(_cursor_format)] = "iso"
    inclusive: bool = True
    unique: bool = False
    overlap_seconds: Annotated[int, Field(ge=0)] = 0
    is_sorted: bool = False
    first: str = ""

    @model_validator(mode="after")
    def _can_step_back(self) -> Self:
        if self.format == "text" and not self.inclusive and not self.unique:
            raise ValueError(
                "a text cannot be stepped back; a cursor that leaves out its boundary must be unique"
            )
        if self.format in ("text", "integer") and self.overlap_seconds:
            raise ValueError("overlap_seconds needs a cursor that is a time")
        return self


class Windows(_Part):
    """Rows of some days, for a service without a cursor.

    Args:
        start_parameter: that takes the first day.
        end_parameter: that takes the end; "" if the service is asked for one day.
        format: of both, a pattern of clock times, `iso`, `epoch-seconds` or `epoch-millis`.
        days: most days of a call.
        overlap_days: days before today that are read again at each poll: choose as many as rows may be late.
        first: day to begin with; without it the first poll begins with the overlap.
        end: `last-day` names the last day of the window, `last-second` its last second, `next-day` the day behind it.
    """

    start_parameter: str
    end_parameter: str = ""
    format: Annotated[str, AfterValidator(check_format)] = "%Y-%m-%d"
    days: Annotated[int, Field(gt=0)] = 1
    overlap_days: Annotated[int, Field(ge=0)] = 1
    first: date | None = None
    end: Literal["last-day", "last-second", "next-day"] = "last-day"

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if not self.end_parameter and self.days != 1:
            raise ValueError("without end_parameter a call is for one day; write days = 1")
        return self


class Lookup(_Part):
    """A second call for each row, whose answer the mapping finds in `payload.context`.

    Args:
        path: of the service.
        parameter: that takes the value.
        field: of the row, with the value; without one nothing is asked.
        into: name in the context.
    """

    path: str
    parameter: str
    field: str
    into: str


class Rest(_Part):
    """Settings of the source.

    Args:
        url: of the system; from `--url` if it is left out.
        path: of the service.
        items: path to the array of rows in an answer; "" if the answer is the array.
        method: how to ask.
        send: parameters go into the `query`, or as an object into the body (`json`).
        parameters: that are always the same.
        each: parameters that are asked for with each of their values, in every combination.
        paging: how an answer goes on; without it an answer is all there is.
        cursor: rows since.
        windows: rows of days.
        identity: fields that name a row; a row that comes again with the same bytes is passed over. Needed without a
            cursor, because there everything comes again.
        lookups: second calls.
        auth: who we are.
        tls: whom we trust.
        zone: of clock times and days.
        remember: most rows remembered to pass them over.
        poll_seconds: pause before the next poll.
    """

    url: str = ""
    path: str = ""
    items: str = ""
    method: Literal["GET", "POST"] = "GET"
    send: Literal["query", "json"] = "query"
    parameters: dict[str, str] = {}
    each: dict[str, tuple[str, ...]] = {}
    paging: Paging | None = None
    cursor: Cursor | None = None
    windows: Windows | None = None
    identity: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    auth: Auth | None = None
    tls: Tls | None = None
    zone: str = HUB_ZONE
    remember: Annotated[int, Field(gt=0)] = 100_000
    poll_seconds: float = 10.0
    timeout_seconds: float = 30.0
    attempts: Annotated[int, Field(gt=0)] = 4
    first_wait_seconds: float = 0.5
    kind: Literal["rest"] = "rest"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.cursor and self.windows:
            raise ValueError("has a cursor and windows; a service has one of them")
        if not self.cursor and not self.identity:
            raise ValueError(
                "needs identity: without a cursor every poll gives all rows again; name a row's fields"
            )
        if isinstance(self.paging, ByCursor) and not self.cursor:
            raise ValueError("pages by cursor need a cursor")
        if self.cursor and self.cursor.is_sorted and isinstance(self.paging, ByNumber):
            raise ValueError("has a sorted cursor and numbered pages, which shift; write paging by cursor")
        if self.cursor and self.each:
            raise ValueError("has a cursor and each; make a feed for each value")
        return self

    def open(self, context: Context) -> RestSource:
        """The source, not yet asked anything.

        Raises:
            ConfigurationError: url, auth or tls cannot work.
        """
        problems = self.auth.problems() if self.auth else []
        if not self.url.startswith(("http://", "https://")):
            problems.append(
                f"rest: url: {self.url!r} is no address; write http://... or https://..., or give --url"
            )
        if problems:
            raise ConfigurationError(problems)
        client = HttpClient(
            self.url,
            self.auth,
            self.tls,
            context.stopping,
            timeout_seconds=self.timeout_seconds,
            attempts=self.attempts,
            first_wait=self.first_wait_seconds,
        )
        return RestSource(self, client, context)
