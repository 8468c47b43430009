"""Errors, classed by what the caller does next.

`RetryLater`: back off and try again. `RejectedInput`: one dead letter, go on. `ConfigurationError`: leave before start,
all problems at once. Anything else is a bug: it crashes, and the position stays where it was.
"""

from collections.abc import Sequence

REASONS = frozenset(
    {
        "empty",
        "bad-magic",
        "truncated-frame",
        "unknown-schema",
        "not-a-fact",
        "malformed-body",
        "trailing-bytes",
        "oversized",
        "null-key",
        "null-value",
        "key-mismatch",
        "wrong-partition",
        "case-id-form",
        "empty-field",
        "control-character",
        "lone-surrogate",
        "occurred-before-2000",
        "occurred-in-the-future",
        "instant-out-of-range",
        "no-such-date",
        "no-such-local-time",
        "missing-column",
        "missing-value",
        "bad-value",
        "unknown-kind",
        "personal-data",
        "bad-text",
        "bad-row",
    }
)
"""The closed list of reasons a fact or an input row can be refused for (at most 40, never free text)."""


class HubError(Exception):
    """Any error the hub names itself."""


class RetryLater(HubError):
    """The other side is not ready; nothing was lost and the same call may succeed later."""


class RejectedInput(HubError):
    """This input can never be accepted.

    Args:
        reason: a member of `REASONS`.
        detail: field, row or column at fault; never the value, which may hold personal data.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"{reason!r} is not in the closed list of reasons")
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ConfigurationError(HubError):
    """The configuration cannot work; carries every problem found, one line each."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))
