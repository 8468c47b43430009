"""Kafka's jars: fetched once from Maven Central, pinned by hash, checked before every start.

`kafka-jars.sha256` is the lock file: one line a jar, as sha256sum writes it, path as in a Maven repository.
Fetching asks for exactly these files, so no dependency is resolved outside `pin`.
"""

import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from egovhub.errors import ConfigurationError
from jgo.maven import MavenContext
from jgo.parse import Coordinate
from requests import RequestException

KAFKA_VERSION = "4.3.1"
COORDINATES = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")
"""The broker, and a binding for the slf4j that it is compiled against: without one it dies in silence."""

PINS = Path(__file__).with_name("kafka-jars.sha256")
FETCH_TIMEOUT_SECONDS = 60

Progress = Callable[[str], None]


def cache_dir() -> Path:
    """Folder that survives between starts: HUB_CACHE_DIR, else .cache in the checkout."""
    chosen = os.environ.get("HUB_CACHE_DIR")
    return Path(chosen).absolute() if chosen else PINS.parent.parent / ".cache"


def class_path(progress: Progress) -> list[Path]:
    """The jars in the order of the lock file, each present and with the pinned hash.

    Raises: ConfigurationError, if a jar cannot be fetched or is not the pinned one.
    """
    pins = _read_pins()
    repository = cache_dir() / "kafka"
    missing = {name: sha for name, sha in pins.items() if not (repository / name).is_file()}
    if missing:
        _fetch(repository, missing, progress)
    problems = [
        f"{repository / name}: not the pinned jar (sha256 differs); delete it and start again"
        for name, sha in pins.items()
        if name not in missing and _sha256(repository / name) != sha
    ]
    if problems:
        raise ConfigurationError(problems)
    return [repository / name for name in pins]


def _read_pins() -> dict[str, str]:
    lines = (line.split() for line in PINS.read_text().splitlines())
    return {name: sha for sha, name in lines}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(repository: Path, wanted: dict[str, str], progress: Progress) -> None:
    """Bring the missing jars, each checked in a folder apart, so that none is ever seen half written."""
    repository.mkdir(parents=True, exist_ok=True)
    fetched = size = 0
    with tempfile.TemporaryDirectory(dir=repository) as folder, ThreadPoolExecutor(4) as pool:
        for jar in pool.map(lambda pin: _fetch_one(Path(folder), *pin), wanted.items()):
            place = repository / jar.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            size += jar.stat().st_size
            jar.replace(place)
            fetched += 1
            progress(f"fetching Kafka {KAFKA_VERSION}: {fetched} of {len(wanted)} jars, {size / 1e6:.0f} MB")


def _fetch_one(folder: Path, name: str, sha256: str) -> Path:
    *group, artifact, version, _file = name.split("/")
    context = MavenContext(repo_cache=folder, timeout=FETCH_TIMEOUT_SECONDS)
    component = context.project(".".join(group), artifact).at_version(version)
    with _named_failure(name):
        jar = component.artifact().resolve()
    if _sha256(jar) != sha256:
        raise ConfigurationError(f"{name}: Maven Central served another file than the pinned one")
    return jar


@contextmanager
def _named_failure(name: str) -> Iterator[None]:
    try:
        yield
    except (RequestException, RuntimeError, OSError) as error:
        raise ConfigurationError(
            f"{name}: cannot be fetched from Maven Central ({type(error).__name__}); check the network "
            "and start again, or set HUB_CACHE_DIR to a folder filled on another machine"
        ) from error


def pin() -> None:
    """Resolve COORDINATES anew and write what they need today into the lock file."""
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=FETCH_TIMEOUT_SECONDS)
        roots = [replace(Coordinate.parse(text), scope="compile") for text in COORDINATES]
        chosen, needed = context.resolver.resolve([context.create_dependency(root) for root in roots])
        artifacts = [dependency.artifact for dependency in (*chosen, *needed)]
        with ThreadPoolExecutor(4) as pool:
            jars = list(pool.map(lambda artifact: artifact.resolve(), artifacts))
        lines = [f"{_sha256(jar)}  {jar.relative_to(folder).as_posix()}\n" for jar in jars]
    PINS.write_text("".join(lines))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    if sys.argv[1:] != ["pin"]:
        sys.exit("usage: python -m deploy.kafka_jars pin")
    pin()
