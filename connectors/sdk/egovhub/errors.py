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
        "not-json",
        "not-xml",
        "forbidden-markup",
        "too-deep",
        "expands-too-far",
        "hash-mismatch",
        "bad-attachment",
        "unknown-code",
        "unknown-unit",
        "check-digit",
    }
)
"""The closed list of reasons a fact or an input row can be refused for (at most 40, never free text)."""


class HubError(Exception):
    """Any error the hub names itself."""


class RetryLater(HubError):
    """The other side is not ready; nothing was lost and the same call may succeed later.

    Args:
        message: what did not work, without URL, payload or person.
        after_seconds: the other side asked not to be called before; None if it did not say.
    """

    def __init__(self, message: str, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


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


class AuthenticationError(ConfigurationError):
    """The source refuses who we are: trying again could lock the account, so nobody tries again."""


class ContractError(ConfigurationError):
    """The source does not keep to what its feed says of it: going on would lose what cannot be read."""
