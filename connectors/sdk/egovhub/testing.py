"""What a connector's own tests need: its examples, and the suite that shows what it would lose.

One line in an agency's test file: `test_the_connector = connector_suite(Path(__file__).parent)`.
"""

from collections.abc import Callable
from pathlib import Path

from egovhub.examples import check_folder, example_inputs
from egovhub.folder import Folder
from egovhub.loading import mapping_file
from egovhub.mailbox import Mailbox
from egovhub.rest import Rest
from egovhub.suite import NAMES, Result, Suite
from egovhub.suite_subject import MakeRow

__all__ = [
    "assert_examples",
    "check_examples",
    "connector_suite",
    "example_inputs",
    "mapping_file",
    "run_suite",
]


def check_examples(connector: Path) -> list[str]:
    """What is wrong with the examples of a connector's folder, a line each; see `egovhub.examples`.

    Raises:
        ConfigurationError: the connector or an example cannot be read.
    """
    return check_folder(connector)


def assert_examples(connector: Path) -> None:
    """Fail with every difference: one line in an agency's own test.

    Raises:
        AssertionError: an example is not as written.
    """
    if problems := check_examples(connector):
        raise AssertionError("\n".join(problems))


def run_suite(
    connector: Path,
    *,
    row: MakeRow | None = None,
    protocol: Rest | Mailbox | Folder | None = None,
    feeds: tuple[str, ...] = (),
) -> list[Result]:
    """The result of every check of the conformance suite; see `egovhub.suite.Suite` for the arguments."""
    return list(Suite(connector, row, protocol, feeds).results())


def connector_suite(
    connector: Path,
    *,
    row: MakeRow | None = None,
    protocol: Rest | Mailbox | Folder | None = None,
    feeds: tuple[str, ...] = (),
) -> Callable[[str], None]:
    """The conformance suite as one test for each check; assign it to a name that begins with `test_`.

    Args:
        connector: its folder.
        row: makes inputs by number, for a connector whose examples cannot be varied.
        protocol: what its feed speaks, if that is none of the kit's.
        feeds: names of the feeds to try; all of them if there are none.
    """
    import pytest  # noqa: PLC0415 - an agency that checks by the command needs no pytest

    done: dict[str, Result] = {}

    @pytest.mark.parametrize("check", NAMES)
    def test_the_connector_loses_nothing(check: str) -> None:
        if not done:
            found = run_suite(connector, row=row, protocol=protocol, feeds=feeds)
            done.update({result.check: result for result in found})
        assert done[check].outcome in ("passed", "not applicable"), str(done[check])

    return test_the_connector_loses_nothing
