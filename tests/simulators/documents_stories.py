"""What agencies of a small made-up city send each other, message by message.

Documents go to one to four receivers. Each receiver goes its own way through the codes: it skips some, repeats some,
refuses, or never answers; senders update, replace and revoke, ask back, and are refused. Some messages cannot be read.
One agency's clock shows UTC, half of them write the old order, and some statuses overtake their document.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulators.edxml import Edoc, packed, status

ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
ORGANISATIONS: Final = (
    *(f"H24.{number:02}" for number in (*range(1, 12), 15)),
    *(f"H24.31.{number:02}" for number in range(1, 9)),
)
ELSEWHERE: Final = ("H49.12", "000.00.03.H56", "28.22.H17")
IN_UTC: Final = "H24.08"
"""Whose clock is in another zone."""

WRITES_OLD: Final = frozenset(ORGANISATIONS[::2])
NOTATIONS: Final = ("UBND-VX", "STP-VP", "BC-SNV", "QĐ-UBND", "TB-STC")
TYPES: Final = ("Công văn", "Báo cáo", "Quyết định", "Thông báo", "Công điện")
UNREADABLE_SHARE: Final = 0.01
OVERTAKEN_SHARE: Final = 0.05

_KEPT: Final = 400
_DAYS_BEFORE: Final = 2
_CODES: Final = ("01", "03", "04", "05", "05", "06")
_ATTACHMENT: Final = packed()


@dataclass(slots=True)
class Sent:
    """A document on its way, and which codes its receivers have still to say."""

    edoc: Edoc
    ahead: dict[str, deque[str]] = field(default_factory=dict)


class Stories:
    """The messages, one after the other.

    Args:
        seed: of all of them.
        clock: seconds since the epoch; nothing happens later.
    """

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self._random = Random(seed)
        self._clock = clock
        self._at = clock() - _DAYS_BEFORE * 86_400
        self._number = 0
        self._sent: deque[Sent] = deque(maxlen=_KEPT)
        self._held: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self._next()

    def _next(self) -> bytes:
        self._at = min(self._at + self._random.uniform(5, 35), self._clock() - 1)
        if self._held and self._random.random() < 0.3:
            return self._held.popleft()
        draw = self._random.random()
        if draw < UNREADABLE_SHARE:
            return self._unreadable()
        if draw < 0.12 or not self._sent:
            return self._new()
        sent = self._sent[int(self._random.random() * len(self._sent))]
        if draw < 0.15:
            return self._changed(sent).body()
        unfinished = [each for each in sent.edoc.receivers if sent.ahead[each]]
        if unfinished:
            return self._status(sent, self._random.choice(unfinished))
        self._sent.remove(sent)
        return self._new()

    def _new(self) -> bytes:
        """A document; or a status of it, if the document comes after that."""
        sent = self._document()
        self._sent.append(sent)
        if self._random.random() >= OVERTAKEN_SHARE:
            return sent.edoc.body()
        self._held.append(sent.edoc.body())
        return self._status(sent, sent.edoc.receivers[0])

    def _document(self) -> Sent:
        random = self._random
        self._number += 1
        sender = random.choice(ORGANISATIONS)
        others = [each for each in ORGANISATIONS if each != sender]
        receivers = random.sample(others, random.choice((1, 1, 2, 4)))
        if random.random() < 0.1:
            receivers.append(random.choice(ELSEWHERE))
        day = datetime.fromtimestamp(self._at, ZONE)
        due = day + timedelta(days=random.randint(0, 10))
        edoc = Edoc(
            sender=_spelt(sender),
            receivers=tuple(map(_spelt, receivers)),
            number=str(self._number),
            notation=random.choice(NOTATIONS),
            promulgated_on=f"{day:%Y/%m/%d}",
            hops=((sender, self._time(sender)), ("G22", self._time("G22"))),
            due_on=f"{due:%Y/%m/%d}" if random.random() < 0.4 else "",
            priority=random.choice("0000123"),
            steering=random.choice("112"),
            type_name=random.choice(TYPES),
            attachments=(_ATTACHMENT,) if random.random() < 0.5 else (),
        )
        return Sent(edoc, {each: self._way() for each in edoc.receivers})

    def _way(self) -> deque[str]:
        """The codes of one receiver, some of them skipped."""
        if self._random.random() < 0.03:
            return deque(("02",))
        return deque(code for code in _CODES if self._random.random() < 0.8)

    def _changed(self, sent: Sent) -> Edoc:
        """A message about a document that was sent before."""
        random, edoc = self._random, sent.edoc
        hops = ((edoc.hops[0][0], self._time("")),)
        form = random.choice("1223")
        if form == "3":
            number = f"{edoc.number}A"
            return replace(edoc, form="3", number=number, hops=hops, replaces=((edoc.own_id, ()),))
        changes = ((random.choice(ORGANISATIONS), "1"), (edoc.receivers[-1], "0")) if form == "2" else ()
        return replace(edoc, form=form, hops=hops, changes=changes, attachments=())

    def _status(self, sent: Sent, receiver: str) -> bytes:
        """What a receiver says next, or says again; or it is asked for the document, or answers that."""
        edoc, ahead, draw = sent.edoc, sent.ahead[receiver], self._random.random()
        if draw < 0.02:
            return self._said(edoc, edoc.sender, receiver, "13")
        if draw < 0.04:
            return self._said(edoc, receiver, edoc.sender, self._random.choice(("15", "16")))
        code = ahead[0] if ahead else "06"
        if ahead and draw > 0.1:
            ahead.popleft()
        return self._said(edoc, receiver, edoc.sender, code)

    def _said(self, edoc: Edoc, sender: str, receiver: str, code: str) -> bytes:
        return status(sender, receiver, code, edoc.promulgated_on, edoc.code, self._time(sender))

    def _unreadable(self) -> bytes:
        edoc = self._document().edoc
        broken = (
            replace(edoc, receivers=("H24.99",)).body(),
            replace(edoc, attachments=("(nội dung tệp)",)).body(),
            replace(edoc, promulgated_on="2026/02/30").body(),
            edoc.body()[:-20],
        )
        return self._random.choice(broken)

    def _time(self, organ: str) -> str:
        """The instant as an organisation's clock shows it."""
        shown = datetime.fromtimestamp(self._at, ZoneInfo("UTC") if organ == IN_UTC else ZONE)
        return f"{shown:%Y/%m/%d %H:%M:%S}"


def _spelt(organ: str) -> str:
    """An id as its agency writes it."""
    if organ not in WRITES_OLD:
        return organ
    groups = organ.split(".")[::-1]
    return ".".join((*("000", "00")[: 4 - len(groups)], *groups))
