"""What the headers of a record say of how its fact came: on trial, or as history.

The record's bytes alone say so, never a setting or reference data, so that a rebuild decides alike (law 9).
"""

from collections.abc import Iterable, Sequence

from egovhub.runner_options import BACKFILL_HEADER, SANDBOX_HEADER

from services.domain.standing import Known

Headers = Sequence[tuple[str, bytes | None]]


class Backfilled(Known):
    """A fact that was published as history."""

    __slots__ = ()


def is_trial(headers: Headers) -> bool:
    """Whether a record is of a source on trial: it passes the door like any other fact, and counts nowhere."""
    return any(name == SANDBOX_HEADER for name, _ in headers)


def is_backfill(headers: Headers) -> bool:
    """Whether a record is of a run that fills in history: that is no news, so it is not late."""
    return any(name == BACKFILL_HEADER for name, _ in headers)


def order(known: Known) -> tuple[int, bool]:
    """Of two records of one fact the lesser says how it came: the earlier, at one instant the one that is news."""
    assert known.known_at is not None
    return known.known_at, isinstance(known, Backfilled)


def told(known: list[Known], known_at: int | None = None) -> list[Known]:
    """The facts as they are judged: of history nobody asks when it arrived.

    A fact is history if the earliest record of its identity, whatever version, came by a backfill; it then counts as
    known from the beginning. A backfill of what was told before changes nothing.

    Args:
        known: with the instants at which the hub knew them; those of a file may have none.
        known_at: what was known later says nothing of the others, and stays as it is; None: all plays a part.
    """
    if not any(type(each) is Backfilled for each in known):
        return known
    then = [each for each in known if _is_known(each, known_at)]
    history = _history(then)
    return [
        Known(each.fact, None) if _identity(each) in history and _is_known(each, known_at) else each
        for each in known
    ]


def _is_known(known: Known, known_at: int | None) -> bool:
    return known_at is None or known.known_at is None or known.known_at <= known_at


def _history(known: Iterable[Known]) -> set[tuple[str, str]]:
    """The identities whose earliest record came by a backfill."""
    first: dict[tuple[str, str], Known] = {}
    for each in known:
        before = first.setdefault(_identity(each), each)
        if each is not before and order(each) < order(before):
            first[_identity(each)] = each
    return {identity for identity, each in first.items() if isinstance(each, Backfilled)}


def _identity(known: Known) -> tuple[str, str]:
    return known.fact.source, known.fact.event_id
