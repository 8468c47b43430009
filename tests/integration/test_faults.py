"""A little of `make faults`: every connector is killed, and one's broker is killed and frozen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest

from deploy.embedded import EmbeddedKafka
from services.settings import Settings
from tests.faults.scenarios import Measure, broker, kills
from tests.faults.world import World
from tests.simulators.simulator import CONNECTORS, feeds_of

SEED: Final = 5
RATE: Final = 10.0
LITTLE: Final = Measure(kills=2, faults=1, longest_pause_seconds=3)


@contextmanager
def world(connector: str, kafka: EmbeddedKafka, settings: Settings, folder: Path) -> Iterator[World]:
    source = folder / "source"
    source.mkdir()
    make = next(iter(feeds_of(connector).values()))
    with (
        make(SEED, source) as simulator,
        World(kafka, settings, simulator, folder, Random(SEED), RATE, print) as made,
    ):
        yield made


@pytest.mark.parametrize("connector", CONNECTORS)
def test_a_connector_killed_under_load_loses_nothing_and_its_figures_are_right(
    kafka: EmbeddedKafka, settings: Settings, topics: None, tmp_path: Path, connector: str
) -> None:
    with world(connector, kafka, settings, tmp_path) as made:
        assert kills(made, LITTLE).differences == []


def test_a_connector_whose_broker_is_killed_and_frozen_loses_nothing(
    kafka: EmbeddedKafka, settings: Settings, topics: None, tmp_path: Path
) -> None:
    with world("documents", kafka, settings, tmp_path) as made:
        assert broker(made, LITTLE).differences == []
