"""The SDK as an agency gets it: a wheel, beside an application with modules of common names."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

APPLICATION = """
import sys
from pathlib import Path

import connectors.own
import schemas
from egovhub import contract
from egovhub.codec import decode_fact, encode_fact
from egovhub.events import Fact, Kind
from egovhub.testing import check_examples

assert (schemas.OWN, connectors.own.OWN) == ("mine", "mine too")
assert Path(contract.__file__).is_relative_to(sys.argv[1]), contract.__file__
assert contract.schemas_dir() == Path(sys.argv[1]) / "egovhub" / "schemas"
fact = Fact(
    "e", "s", None, "onestop", "n:1", Kind.STEP, 1, None, None, None, None, None, None, None, (), None, False, {}
)
assert decode_fact(encode_fact(fact)) == fact
assert check_examples(Path(sys.argv[2])) == []
print("works")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT / "connectors" / "sdk", check=True, capture_output=True)
    (file,) = folder.glob("egovhub-*.whl")
    return file


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed, without its dependencies, which the running interpreter has."""
    folder = tmp_path_factory.mktemp("site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True, capture_output=True)
    return folder


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """An application of an agency, with a module `schemas` and a package `connectors` of its own."""
    (tmp_path / "schemas.py").write_text('OWN = "mine"\n')
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "__init__.py").touch()
    (tmp_path / "connectors" / "own.py").write_text('OWN = "mine too"\n')
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


def test_the_wheel_holds_every_schema_and_nothing_outside_its_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    schemas = {
        f"egovhub/schemas/{file.relative_to(ROOT / 'schemas').as_posix()}"
        for file in (ROOT / "schemas").rglob("*")
        if file.is_file()
    }
    assert {"egovhub/schemas/topics.toml", "egovhub/schemas/ids.json", "egovhub/py.typed"} <= names
    assert schemas <= names
    assert all(name.startswith(("egovhub/", "egovhub-")) for name in names)
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_the_wheel_works_beside_an_application_that_has_the_same_names(site: Path, application: Path) -> None:
    command = [sys.executable, "application.py", str(site), str(ROOT / "connectors" / "receipt")]
    done = subprocess.run(
        command, cwd=application, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("works\n", "")


def test_the_wheel_s_command_works_without_the_checkout(site: Path, application: Path) -> None:
    command = [
        sys.executable,
        str(site / "bin" / "egovhub"),
        "describe",
        str(ROOT / "connectors" / "receipt"),
    ]
    done = subprocess.run(
        command, cwd=application, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("source receipt, domain onestop\n"), done.stderr
