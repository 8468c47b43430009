"""The connector of the civil status register loses nothing: every check of the conformance suite."""

from pathlib import Path

from egovhub.testing import connector_suite

CONNECTOR = Path(__file__).resolve().parents[3] / "connectors" / "civil_status"

test_the_civil_status_connector = connector_suite(CONNECTOR)
