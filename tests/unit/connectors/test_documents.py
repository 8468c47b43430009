"""The connector loses nothing: every check of the conformance suite, by mailbox and by folder."""

from pathlib import Path

from egovhub.testing import connector_suite

FOLDER = Path(__file__).resolve().parents[3] / "connectors" / "documents"

test_the_connector = connector_suite(FOLDER)
