"""`python -m tests.bad_inputs [CLASS ...]`: a line for each bad input: bytes, seconds of CPU, peak of memory in MiB."""

import sys

from tests.bad_inputs.catalogue import CATALOGUE
from tests.bad_inputs.measure import limit, measure

limit()
classes = {int(word) for word in sys.argv[1:]}
for bad in CATALOGUE:
    if not classes or bad.number in classes:
        measure(bad)
