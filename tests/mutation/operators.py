"""What is changed in a source to see whether a test notices: mutmut's operators, and three that it lacks.

An operator yields other nodes for a node. Of the texts that mutmut makes of a text only the first is taken: where a
longer text goes unnoticed, so does one in capitals.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators, operator_string

Operator = Callable[[Any], Iterable[cst.CSTNode]]

TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def changed_text(node: cst.BaseString) -> Iterator[cst.CSTNode]:
    yield from list(operator_string(node))[:1]


def negated_condition(node: cst.If | cst.While | cst.IfExp | cst.CompIf) -> Iterator[cst.CSTNode]:
    """Turn a condition round, unless it is a comparison or a `not`, which mutmut turns round."""
    if not isinstance(node.test, cst.Comparison | cst.UnaryOperation):
        inside = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(operator=cst.Not(), expression=inside))


def dropped_call(node: cst.Expr) -> Iterator[cst.CSTNode]:
    """Leave out a call that is made for its effect."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


def twin(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Take the least for the greatest, some for all, and the other way round."""
    if isinstance(node.func, cst.Name) and node.func.value in TWINS:
        yield node.with_changes(func=cst.Name(TWINS[node.func.value]))


OPERATORS: list[tuple[type[Any], Operator]] = [
    *((kind, operator) for kind, operator in mutation_operators if operator is not operator_string),
    (cst.BaseString, changed_text),
    (cst.If, negated_condition),
    (cst.While, negated_condition),
    (cst.IfExp, negated_condition),
    (cst.CompIf, negated_condition),
    (cst.Expr, dropped_call),
    (cst.Call, twin),
]
