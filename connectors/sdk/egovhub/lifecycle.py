"""The life of a connector's process: what is started again by itself, what is not, and what it says when it fails.

A source or broker that is away is the runner's business. A bug is tried again, after pauses that grow, from the stored
position. An error of authentication, contract or configuration is not: trying again could lock an account or lose what
cannot be read. Then the process stays, failed and visible on its metrics, until it is told to stop.
"""

import logging
from collections.abc import Callable
from threading import Event
from typing import Final

from egovhub.bugs import Bug, where
from egovhub.errors import ConfigurationError
from egovhub.runner import Runner
from egovhub.runner_metrics import ConnectorMetrics
from egovhub.runner_options import Backoff, Totals

log = logging.getLogger(__name__)

RESTARTS: Final = Backoff(1.0, 300.0)
_BEAT_SECONDS: Final = 15.0


def supervise(
    runner: Runner,
    metrics: ConnectorMetrics,
    stopping: Event,
    *,
    once: bool,
    pauses: Backoff = RESTARTS,
    say: Callable[[str], None] = lambda _line: None,
) -> Totals:
    """Run a connector until it is told to stop, or once.

    Args:
        runner: the connector.
        metrics: what ops sees of it.
        stopping: set when the process is to end.
        once: every error that the runner does not retry ends it.
        pauses: between a bug and the next start.
        say: told each failure.

    Raises:
        ConfigurationError: it cannot work; only at the end, so that until then the failed state can be seen.
        Bug: the code is wrong.
    """
    failures, before = 0, -1
    while True:
        try:
            return runner.run()
        except ConfigurationError as error:
            if once:
                raise
            say(f"failed, not started again: {error}")
            _linger(metrics, stopping)
            raise
        except Exception as error:  # noqa: BLE001 - of the runner
            if once:
                raise Bug(error) from None
            failures = 1 if runner.totals.read > before else failures + 1
            before = runner.totals.read
            seconds = pauses.seconds(failures)
            log.error("%s; starting again in %.1f s", where(error), seconds)
            say(f"failed, starting again in {seconds:.0f} s: {type(error).__name__}")
            if stopping.wait(seconds):
                raise Bug(error) from None
            metrics.restarted("bug")


def _linger(metrics: ConnectorMetrics, stopping: Event) -> None:
    while not stopping.wait(_BEAT_SECONDS):
        metrics.beat()
