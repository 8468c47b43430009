"""What every test gets: ERROR records fail it, and the shared data sets are found or named as missing."""

import logging
import os
import re
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Leave out the settings of whoever runs the tests, but for where fetched jars are kept."""
    for name in [name for name in os.environ if name.startswith("HUB_") and name != "HUB_CACHE_DIR"]:
        del os.environ[name]


class ErrorRecords(logging.Handler):
    """Keeps every record of level ERROR or above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")


def unexpected(messages: list[str], patterns: list[str]) -> list[str]:
    return [text for text in messages if not any(re.search(pattern, text) for pattern in patterns)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test whose code logged an ERROR that no `logs_errors(pattern)` marker announced."""
    errors = ErrorRecords()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    patterns = [str(marker.args[0]) for marker in item.iter_markers("logs_errors")]
    if surprises := unexpected(errors.messages, patterns):
        pytest.fail("unexpected ERROR log records:\n" + "\n".join(surprises), pytrace=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the shared data sets, which lie beside the checkout and are not part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data sets are missing: expected at ../shared/data beside the checkout")
    return folder
