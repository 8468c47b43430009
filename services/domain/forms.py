"""The monthly report tables II.06a and II.07a of one unit and period, computed from its counts.

received (3) = online (4) + in person and post (5) + carried over (6); resolved (7) = early (8) + on time (9) + late
(10); in process (11) = in time (12) + overdue (13); 3 = 7 + 11. Real populations have more, and each of it has a
column of its own: other and unknown channels; what moved between units or was taken up again; ends and open cases
that a policy does not judge; cases that ended before they began. With these the identities hold for every population.
A case that waits for a supplement is open: it is in (12) or (13), never in (9). A cell that events cannot give is
None, not 0.
Source: `domain/indicators.md`, 3; DESIGN 5, "Cells".

>>> from services.domain.policy import Policy
>>> portal = Policy("national-portal", 1, "", frozenset(), frozenset(), frozenset())
>>> counts = {"received": 3, "channel.online": 2, "channel.email": 1, "ended.on_time": 4, "open.overdue": 1}
>>> form = form_06a(counts, {"open.in_time": 2}, portal, [portal])
>>> form.received, form.carried_over, form.resolved, form.in_process, form.violations()
(5, 2, 4, 1, ())
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from egovhub.events import Kind

from services.domain import ahead
from services.domain.cells import Cell
from services.domain.policy import Policy
from services.domain.track import PREFIX, RECEIVED
from services.domain.verdicts import buckets
from services.indicators import apology_compliance, channel_shares, payment_channels, reception_in_time
from services.indicators.ends_with_result import COUNTERS as ENDS

NUMBERS: Final[Mapping[str, int]] = {
    "received": 3,
    "online": 4,
    "in_person_and_post": 5,
    "carried_over": 6,
    "resolved": 7,
    "early": 8,
    "on_time": 9,
    "late": 10,
    "in_process": 11,
    "in_time": 12,
    "overdue": 13,
}
"""The numbers that the form gives its columns; the others have none."""

_IN_PERSON_AND_POST: Final = (channel_shares.IN_PERSON, channel_shares.PUBLIC_POST)
_OTHER_CHANNELS: Final = (channel_shares.EMAIL, channel_shares.INTERNAL, channel_shares.UNKNOWN)
_IN_TIME: Final = ("in_time", "due_soon", "paused")
_PAYMENTS: Final = (payment_channels.ONLINE, payment_channels.DIRECT, payment_channels.UNSAID)


@dataclass(frozen=True, slots=True)
class Form06a:
    """One row of form II.06a.

    Args:
        policy: label of the policy that judged.
        received: all that was to be dealt with: begun in the period, or carried over.
        other_channels: e-mail, internal, unknown.
        ended_ahead: ends of the period whose cases began in a later one, or later in this one.
        begun_ahead: beginnings of the period whose cases had ended before.
    """

    policy: str
    received: int
    online: int
    in_person_and_post: int
    other_channels: int
    carried_over: int
    transferred_in: int
    reopened: int
    ended_ahead: int
    resolved: int
    early: int
    on_time: int
    late: int
    refused: int
    withdrawn: int
    stopped: int
    ended_no_deadline: int
    ended_unknown: int
    in_process: int
    in_time: int
    overdue: int
    open_no_deadline: int
    open_unknown: int
    transferred_out: int
    begun_ahead: int

    def violations(self) -> tuple[str, ...]:
        """The identities that do not hold; none for counts of whole cases."""
        come = self.received + self.transferred_in + self.reopened + self.ended_ahead
        gone = self.resolved + self.in_process + self.transferred_out + self.begun_ahead
        channels = self.online + self.in_person_and_post + self.other_channels
        judged = self.early + self.on_time + self.late
        unjudged = self.refused + self.withdrawn + self.stopped + self.ended_no_deadline + self.ended_unknown
        is_open = self.in_time + self.overdue + self.open_no_deadline + self.open_unknown
        return _broken(
            {
                "3 = 4 + 5 + 6": self.received == channels + self.carried_over,
                "3 = 7 + 11": come == gone,
                "7 = 8 + 9 + 10": self.resolved == judged + unjudged,
                "11 = 12 + 13": self.in_process == is_open,
            }
        )


@dataclass(frozen=True, slots=True)
class Form07a:
    """One row of form II.07a: that of II.06a, and what the newer form adds.

    Args:
        outside_boundary: None: no fact says where the applicant lives.
        late_with_apology: of (10), the end that stands; None unless the first policy judges, and so below.
        awaiting_in_time: of (11), registered and not answered yet; late after 8 working hours.
        not_received: of (7), the end that stands is a refusal; so for `stopped` and `withdrawn`.
        payment_unknown: paid, and nobody says how.
    """

    main: Form06a
    outside_boundary: int | None
    late_with_apology: int | None
    late_without_apology: int | None
    awaiting_in_time: int
    awaiting_late: int
    awaiting_unknown: int
    not_received: int
    stopped: int
    withdrawn: int
    payment_total: int
    payment_online: int
    payment_direct: int
    payment_unknown: int

    def violations(self) -> tuple[str, ...]:
        """The identities that do not hold, those of II.06a among them."""
        apologies = (self.late_with_apology or 0) + (self.late_without_apology or 0)
        paid = self.payment_online + self.payment_direct + self.payment_unknown
        return self.main.violations() + _broken(
            {
                "late with or without apology within 10": apologies <= self.main.late,
                "payments = online + direct": self.payment_total == paid,
            }
        )


def form_06a(counts: Cell, before: Cell, policy: Policy, policies: Sequence[Policy]) -> Form06a:
    """The row of one unit and period.

    Args:
        counts: of the period: flows within it, levels at its end or at the reporting instant.
        before: of the period before, of whatever length: its levels are what is carried over.
        policy: who judges; one of `policies`.
        policies: all, in the order of the joint buckets.
    """
    ended = buckets(counts, policy, policies, is_open=False)
    is_open = buckets(counts, policy, policies, is_open=True)
    carried_over = sum(buckets(before, policy, policies, is_open=True).values())
    track = PREFIX[policy.stands]
    return Form06a(
        policy=policy.label,
        received=counts.get(RECEIVED, 0) + carried_over,
        online=counts.get(channel_shares.ONLINE, 0),
        in_person_and_post=_sum(counts, _IN_PERSON_AND_POST),
        other_channels=_sum(counts, _OTHER_CHANNELS),
        carried_over=carried_over,
        transferred_in=counts.get(f"{track}transferred_in", 0),
        reopened=counts.get(f"{track}reopened", 0),
        ended_ahead=counts.get(track + ahead.ENDED, 0),
        resolved=sum(ended.values()),
        early=ended["early"],
        on_time=ended["on_time"],
        late=ended["late"],
        refused=ended["refused"],
        withdrawn=ended["withdrawn"],
        stopped=ended["stopped"],
        ended_no_deadline=ended["no_deadline"],
        ended_unknown=ended["unknown"],
        in_process=sum(is_open.values()),
        in_time=_sum(is_open, _IN_TIME),
        overdue=is_open["overdue"],
        open_no_deadline=is_open["no_deadline"],
        open_unknown=is_open["unknown"],
        transferred_out=counts.get(f"{track}transferred_out", 0),
        begun_ahead=counts.get(track + ahead.BEGUN, 0),
    )


def form_07a(counts: Cell, before: Cell, policy: Policy, policies: Sequence[Policy]) -> Form07a:
    """The row of one unit and period; arguments as in `form_06a`."""
    is_first = policy == policies[0]
    return Form07a(
        main=form_06a(counts, before, policy, policies),
        outside_boundary=None,
        late_with_apology=counts.get(apology_compliance.APOLOGISED, 0) if is_first else None,
        late_without_apology=counts.get(apology_compliance.UNAPOLOGISED, 0) if is_first else None,
        awaiting_in_time=counts.get(reception_in_time.WAITING_IN_TIME, 0),
        awaiting_late=counts.get(reception_in_time.WAITING_LATE, 0),
        awaiting_unknown=counts.get(reception_in_time.WAITING_UNKNOWN, 0),
        not_received=counts.get(ENDS[Kind.REFUSED], 0),
        stopped=counts.get(ENDS[Kind.STOPPED], 0),
        withdrawn=counts.get(ENDS[Kind.WITHDRAWN], 0),
        payment_total=_sum(counts, _PAYMENTS),
        payment_online=counts.get(payment_channels.ONLINE, 0),
        payment_direct=counts.get(payment_channels.DIRECT, 0),
        payment_unknown=counts.get(payment_channels.UNSAID, 0),
    )


def _sum(counts: Mapping[str, int], names: Sequence[str]) -> int:
    return sum(counts.get(name, 0) for name in names)


def _broken(identities: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, holds in identities.items() if not holds)
