"""The suite's own alarms can ring: errors in the log, and shared data that is missing."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite of its own, elsewhere, under the conftest of this one."""
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makeini("[pytest]\nmarkers = logs_errors(pattern)")
    return pytester


def test_an_error_in_the_log_fails_the_test_that_did_not_expect_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import logging, pytest
        def test_surprised(): logging.getLogger("hub").error("lost a flush")
        def test_warned(): logging.getLogger("hub").warning("slow")
        @pytest.mark.logs_errors("hub: lost .* flush")
        def test_expecting(): logging.getLogger("hub").error("lost a flush")
        @pytest.mark.logs_errors("hub: other")
        def test_expecting_another(): logging.getLogger("hub").error("lost a flush")
        """
    )
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*unexpected ERROR log records:*", "*hub: lost a flush*"])


def test_missing_shared_data_is_named(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_reading(shared_data): pass")
    result = suite.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*expected at ../shared/data beside the checkout*"])
