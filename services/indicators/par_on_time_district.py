"""PAR INDEX input: the share of dossiers on time of the districts.

finished early or on time / finished, in the period, of the unit's districts (see `par_on_time`). The level ended with
the reform of 2025-07-01.
Aggregation: sum over the units of the level. Horizon: the end of the period.
Source: `domain/indicators.md`, 2; criteria and thresholds are dated data.

>>> from services.indicators.par_on_time import of_level
>>> by_unit = {"ended.on_time": {"one": 19, "other": 7}}
>>> of_level(by_unit, {"one": LEVEL, "other": "another"}.get, LEVEL)
{'ended.on_time': 19}
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Definition, Figure, Setting
from services.indicators.par_on_time import measured

LEVEL: Final = "district"
DEFINITION: Final = Definition(
    f"par.on-time.{LEVEL}", "Dossiers on time, districts", 1, "PAR INDEX, inputs from events"
)


def measure(counts: Cell, setting: Setting) -> Figure:
    """The share of the districts at or below the unit."""
    return measured(counts, setting, LEVEL)
