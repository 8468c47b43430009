"""Which sources are mutated, by which tests they are held, and what of both a result was found on."""

import ast
import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"services/domain": "tests/unit/domain", "services/indicators": "tests/unit/indicators"}

# A source is held by the tests that bear its name, and by these: of the thing it is a part of, or of its loader.
CASE = tuple(
    f"tests/unit/domain/test_{part}*.py" for part in ("case", "dues", "evaluation", "timeline", "track")
)
ALSO = {
    "services/domain/calendars.py": ("tests/unit/domain/test_calendar*.py",),
    "services/domain/case.py": CASE,
    "services/domain/dues.py": CASE,
    "services/domain/evaluation.py": CASE,
    "services/domain/imports.py": ("tests/unit/services/test_load_imports.py",),
    "services/domain/law.py": CASE,
    "services/domain/organisations_problems.py": ("tests/unit/domain/test_organisations*.py",),
    "services/domain/policy.py": CASE,
    "services/domain/points.py": ("tests/unit/services/test_load_thresholds.py",),
    "services/domain/procedures.py": ("tests/unit/services/test_load_procedures.py",),
    "services/domain/standing.py": CASE,
    "services/domain/succession.py": (
        "tests/unit/domain/test_organisations*.py",
        "tests/unit/services/test_load_organisations.py",
    ),
    "services/domain/sums.py": CASE,
    "services/domain/timeline.py": CASE,
    "services/domain/track.py": CASE,
    "services/domain/verdicts.py": CASE,
    "services/domain/view.py": CASE,
}


class Subject(NamedTuple):
    """A source to mutate and the files of the tests that hold it, as paths below the root."""

    source: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.source.removeprefix("services/").removesuffix(".py").replace("/", ".")

    def digest(self, root: Path = ROOT) -> dict[str, str]:
        """Return the sha256 of the source, and of its tests with what they import of the tests."""
        found, waiting = set(self.tests), list(self.tests)
        while waiting:
            new = imported_tests(root, waiting.pop()) - found
            found |= new
            waiting += new
        return {"source": sha256(root, [self.source]), "tests": sha256(root, found)}


def imported_tests(root: Path, test: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((root / test).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    paths = {f"{name.replace('.', '/')}.py" for name in names if name.startswith("tests.")}
    return {path for path in paths if (root / path).is_file()}


def sha256(root: Path, paths: Iterable[str]) -> str:
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(f"{path}\n".encode() + (root / path).read_bytes())
    return found.hexdigest()


def subjects(root: Path = ROOT) -> Iterator[Subject]:
    """Yield every source of the core that has statements, by name; `tests` is empty where nothing bears its name."""
    for folder, tests in FOLDERS.items():
        for path in sorted((root / folder).glob("*.py")):
            source = str(path.relative_to(root))
            patterns = (f"{tests}/test_{path.stem}*.py", *ALSO.get(source, ()))
            found = {str(test.relative_to(root)) for pattern in patterns for test in root.glob(pattern)}
            if path.name != "__init__.py":
                yield Subject(source, tuple(sorted(found)))


def snapshot(into: Path) -> Path:
    """Copy what git knows or would add, so that the sources may be edited while their mutants run.

    Returns: the copy's root; the shared data lie beside it as they do beside the checkout.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    root = into / "checkout"
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    if (ROOT.parent / "shared").is_dir():
        (into / "shared").symlink_to(ROOT.parent / "shared")
    return root
