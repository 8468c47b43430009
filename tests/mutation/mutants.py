"""The mutants of a source text, each with a name that stays when lines move."""

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from tests.mutation.operators import OPERATORS

TYPING_CALLS = frozenset({"NewType", "TypeVar", "cast"})


class Mutant(NamedTuple):
    """One change of a source; `code` is the whole text after it.

    `first` and `last` are the lines below the head of the outermost function it stands in; both are 0 outside of
    functions, where the import runs what stands there.
    """

    id: str
    operator: str
    function: str
    line: int
    before: str
    after: str
    code: str
    first: int
    last: int


class Change(NamedTuple):
    """Another node for one of those below `statement`, the place of a statement in the module's body."""

    statement: int
    node: cst.CSTNode
    other: cst.CSTNode
    operator: str
    function: str
    line: int
    first: int
    last: int


class Changes(cst.CSTVisitor):
    """Collects every change that the operators offer, but for what no test can notice."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.found: list[Change] = []
        self.places: dict[cst.CSTNode, int] = {statement: at for at, statement in enumerate(module.body)}
        self.statement = 0
        self.scopes: list[tuple[str, int, int]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.statement = self.places.get(node, self.statement)
        if is_unseen(node):
            return False
        span = self.get_metadata(PositionProvider, node, None)
        if isinstance(node, cst.FunctionDef):
            body = self.get_metadata(PositionProvider, node.body)
            self.scopes.append((node.name.value, body.start.line, body.end.line))
        elif isinstance(node, cst.ClassDef):
            self.scopes.append((node.name.value, 0, 0))
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                for other in operator(node):
                    if not is_same_but_for_strict(node, other):
                        self.add(node, other, operator.__name__, span.start.line if span else 0)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.scopes.pop()

    def add(self, node: cst.CSTNode, other: cst.CSTNode, operator: str, line: int) -> None:
        name = ".".join(scope[0] for scope in self.scopes)
        first, last = next((scope[1:] for scope in self.scopes if scope[1]), (0, 0))
        self.found.append(Change(self.statement, node, other, operator, name, line or first, first, last))


def is_unseen(node: cst.CSTNode) -> bool:
    """Whether only a reader or a type checker sees the node, or it only claims what holds."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom():
            return True
        case cst.Subscript(value=cst.Name(value="Literal")) | cst.Arg(keyword=cst.Name(value="strict")):
            return True
        case cst.Call(func=cst.Name(value=name)) | cst.Assign(value=cst.Call(func=cst.Name(value=name))):
            return name in TYPING_CALLS
    return False


def is_same_but_for_strict(node: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Whether two calls of zip differ in `strict` alone: it claims what holds, so no test can tell it from its lack."""
    match node, other:
        case cst.Call(func=cst.Name(value="zip"), args=before), cst.Call(args=after):
            return [arg.value for arg in before if not is_strict(arg)] == [
                arg.value for arg in after if not is_strict(arg)
            ]
    return False


def is_strict(arg: cst.Arg) -> bool:
    return arg.keyword is not None and arg.keyword.value == "strict"


def mutants_of(source: str) -> Iterator[Mutant]:
    """Yield the mutants of a source in the order of its nodes; of those that read alike the first.

    Only the statement at the left margin that holds the change is written anew: to write a module for every mutant
    takes longer than to run its tests.
    """
    wrapper = MetadataWrapper(cst.parse_module(source))
    module = wrapper.module
    changes = Changes(module)
    wrapper.visit(changes)
    texts = [module.code_for_node(statement) for statement in module.body]
    header, footer = source.split(texts[0], 1)[0], source.rsplit(texts[-1], 1)[1]
    seen, named = set(texts), Counter[str]()
    for change in changes.found:
        at = change.statement
        changed = module.body[at].deep_replace(change.node, change.other)
        text = module.code_for_node(changed) if isinstance(changed, cst.CSTNode) else texts[at]
        if text in seen or not is_python(text):
            continue
        seen.add(text)
        before, after = changed_lines(texts[at], text)
        label = f"{change.function}\n{before}\n{after}"
        named[label] += 1
        yield Mutant(
            id=hashlib.sha256(f"{label}\n{named[label]}".encode()).hexdigest()[:8],
            operator=change.operator,
            function=change.function,
            line=change.line,
            before=before,
            after=after,
            code="".join([header, *texts[:at], text, *texts[at + 1 :], footer]),
            first=change.first,
            last=change.last,
        )


def is_python(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """Return the lines that went and those that came, without the space around them."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    spans = [span for span in matcher.get_opcodes() if span[0] != "equal"]
    went, came = old[spans[0][1] : spans[-1][2]], new[spans[0][3] : spans[-1][4]]
    return " ".join(line.strip() for line in went), " ".join(line.strip() for line in came)
