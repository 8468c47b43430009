"""The mutants of a source: which there are, which there are not, and what they are called."""

import pytest

from tests.mutation.mutants import Mutant, mutants_of


def changes(source: str) -> set[str]:
    return {mutant.after for mutant in mutants_of(source)}


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("a = b < c", "a = b <= c"),
        ("a = 1", "a = 2"),
        ("a = [b for b in c if b]", "a = [b for b in c if not (b)]"),
        ("a = max(b)", "a = min(b)"),
        ("a.append(b)", "pass"),
        ("a = 'b'", "a = 'XXbXX'"),
    ],
)
def test_a_source_is_changed_in_the_ways_of_the_operators(source: str, after: str) -> None:
    assert after in changes(f"{source}\n")


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: 'int') -> 'int': ...\n",
        "@cache(1)\ndef f(): ...\n",
        "from a import b\n",
        "def f(a):\n    return cast('int', a)\n",
        "A = TypeVar('A', bound=B)\n",
        '"""Docstring."""\n',
    ],
)
def test_what_no_test_can_notice_is_left_alone(source: str) -> None:
    assert changes(source) == set()


def test_a_call_of_zip_never_loses_what_it_claims() -> None:
    found = {after for after in changes("a = zip(b, c, strict=True)\n") if "zip" in after}
    assert "a = zip(b, None, strict=True)" in found
    assert all("strict=True" in after for after in found)


def test_a_mutant_is_the_whole_source_with_one_change() -> None:
    source = "# Head.\nA = 1\n\n\ndef f() -> int:\n    return 3  # three\n\n# Foot.\n"
    found = {mutant.after: mutant for mutant in mutants_of(source)}
    assert found["return 4  # three"].code == source.replace("return 3", "return 4")
    assert found["A = 2"].code == source.replace("A = 1", "A = 2")


def test_a_mutant_knows_the_lines_of_its_function_and_none_outside_of_functions() -> None:
    source = "A = 1\n\n\nclass B:\n    def f(self) -> int:\n        a = 3\n        return a\n"
    found = {mutant.after: mutant for mutant in mutants_of(source)}
    assert (found["a = 4"].function, found["a = 4"].first, found["a = 4"].last) == ("B.f", 6, 7)
    assert (found["A = 2"].function, found["A = 2"].first) == ("", 0)


def named(source: str) -> dict[str, Mutant]:
    return {mutant.id: mutant for mutant in mutants_of(source)}


def test_a_name_stays_when_lines_move_and_no_two_are_equal() -> None:
    source = "def f(a):\n    g(1)\n    g(1)\n"
    assert set(named(source)) == set(named(f"import b\n\n\n{source}"))
    assert len(named(source)) == len(list(mutants_of(source))) > 4


def test_a_change_that_is_no_python_is_no_mutant() -> None:
    for mutant in mutants_of(
        "def f(a):\n    for b in a:\n        if b:\n            break\n        print(b, end='')\n"
    ):
        compile(mutant.code, "<mutant>", "exec")
