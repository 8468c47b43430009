"""All bad inputs at the doors of connectors."""

from typing import Final

from tests.bad_inputs.case import ACCEPTED, Bad
from tests.bad_inputs.files import FILES
from tests.bad_inputs.messages import MESSAGES
from tests.bad_inputs.rows import ROWS

CATALOGUE: Final[tuple[Bad, ...]] = (*ROWS, *FILES, *MESSAGES)
REFUSED: Final = tuple(bad for bad in CATALOGUE if bad.result != ACCEPTED)
HARMLESS: Final = tuple(bad for bad in CATALOGUE if bad.result == ACCEPTED)
