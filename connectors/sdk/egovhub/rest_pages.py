"""The answers to one query, page after page."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from egovhub.errors import ContractError, RejectedInput, RetryLater
from egovhub.http_client import Answer, HttpClient
from egovhub.seen import at
from egovhub.strict_json import Element, elements

if TYPE_CHECKING:
    from egovhub.rest import Rest

_MOST_BROKEN: Final = 3
_MOST_READINGS: Final = 6
_LINK: Final = re.compile(r'<([^<>]*)>[^,]*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one answer, what stands around them, and the token of the next page if tokens are used."""

    elements: list[Element]
    around: dict[str, Any]
    token: str | None = None


class Pages:
    """Asks for the pages of queries.

    Args:
        settings: of the source.
        client: that calls it.
    """

    def __init__(self, settings: "Rest", client: HttpClient) -> None:
        self._settings = settings
        self._client = client
        self._broken = 0

    def read(self, parameters: Mapping[str, str], token: str = "") -> Iterator[Rows]:
        """The pages of a query, to their end.

        Args:
            parameters: of the query.
            token: page to begin with, if the source gave one before.

        Raises:
            RetryLater: an answer does not come, or not whole.
            ContractError: the source goes in circles, or its answers are not what the settings say.
        """
        match self._settings.paging:
            case None:
                yield self._rows(self._ask(parameters))
            case paging if paging.by == "number":
                yield from self._by_number(parameters)
            case paging if paging.by == "token":
                yield from self._by_token(parameters, token)
            case paging if paging.by == "link":
                yield from self._by_link(parameters)
            case paging:
                yield self._rows(self._ask({**parameters, paging.size_parameter: str(paging.size)}))

    def _by_number(self, parameters: Mapping[str, str]) -> Iterator[Rows]:
        """The pages, and those again that are not what they were, until a reading from the first finds none."""
        known: list[bytes] = []
        for _ in range(_MOST_READINGS):
            marks: list[bytes] = []
            for rows in self._once_by_number(parameters):
                marks.append(_mark(rows))
                if marks[-1:] != known[len(marks) - 1 : len(marks)]:
                    yield rows
            if len(marks) <= 1 or marks == known:
                return
            known = marks
        raise RetryLater(f"rest: {self._settings.path}: the pages change while they are read")

    def _once_by_number(self, parameters: Mapping[str, str]) -> Iterator[Rows]:
        paging = self._settings.paging
        assert paging
        assert paging.by == "number"
        number, before = paging.first, b""
        size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
        while True:
            rows = self._rows(self._ask({**parameters, **size, paging.parameter: str(number)}))
            if not rows.elements:
                return
            mark = _mark(rows)
            if mark == before:
                raise ContractError(
                    f"rest: {self._settings.path}: page {number} is the one before again: the source does not know "
                    f"the parameter {paging.parameter!r}; correct paging"
                )
            before = mark
            yield rows
            number += len(rows.elements) if paging.counts == "rows" else 1

    def _by_token(self, parameters: Mapping[str, str], token: str) -> Iterator[Rows]:
        paging = self._settings.paging
        assert paging
        assert paging.by == "token"
        while True:
            own = {paging.parameter: token} if token else {}
            rows = self._rows(self._ask({**parameters, **own}))
            following = at(rows.around, paging.token)
            following = "" if following is None else str(following)
            yield Rows(rows.elements, rows.around, following)
            if not following:
                return
            if following == token:
                raise ContractError(
                    f"rest: {self._settings.path}: the token of the next page is this page's own"
                )
            token = following

    def _by_link(self, parameters: Mapping[str, str]) -> Iterator[Rows]:
        paging = self._settings.paging
        assert paging
        assert paging.by == "link"
        answer, link = self._ask(parameters), ""
        while True:
            rows = self._rows(answer)
            yield rows
            following = _next_link(answer.link) if not paging.link else at(rows.around, paging.link)
            if not following:
                return
            if not isinstance(following, str) or following == link:
                raise ContractError(
                    f"rest: {self._settings.path}: the address of the next page leads nowhere new"
                )
            link = following
            answer = self._client.call(self._settings.method, self._client.resolve(self._settings.path, link))

    def _ask(self, parameters: Mapping[str, str]) -> Answer:
        settings = self._settings
        said = {**settings.parameters, **parameters}
        if settings.send == "json":
            return self._client.call(settings.method, settings.path, json=said)
        return self._client.call(settings.method, settings.path, said)

    def _rows(self, answer: Answer) -> Rows:
        """The rows of an answer; one that cannot be read is asked for again, a few times."""
        try:
            found, around = elements(answer.body, self._settings.items)
        except RejectedInput as error:
            self._broken += 1
            if self._broken >= _MOST_BROKEN:
                raise ContractError(
                    f"rest: {self._settings.path}: the answer is not what the feed expects ({error}); correct items"
                ) from None
            raise RetryLater(f"rest: {self._settings.path}: the answer cannot be read ({error})") from None
        self._broken = 0
        return Rows(found, around)


def _mark(rows: Rows) -> bytes:
    return hashlib.sha256(b"\n".join(element.body for element in rows.elements)).digest()


def _next_link(header: str) -> str:
    found = _LINK.search(header)
    return found[1] if found else ""
