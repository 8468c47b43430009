"""The worked example of every module of the indicators holds."""

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import services.indicators

MODULES = sorted(module.name for module in iter_modules(services.indicators.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_the_module_has_a_worked_example_that_holds(name: str) -> None:
    outcome = doctest.testmod(import_module(f"services.indicators.{name}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0
