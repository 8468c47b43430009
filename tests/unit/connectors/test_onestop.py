"""The connector loses nothing: every check of the conformance suite."""

from pathlib import Path

from egovhub.testing import connector_suite

FOLDER = Path(__file__).resolve().parents[3] / "connectors" / "onestop"

test_the_connector = connector_suite(FOLDER)
