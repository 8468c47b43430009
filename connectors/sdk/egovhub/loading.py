"""A connector's folder: a package with `connector.py`, or one mapping in TOML; both give a `Connector`."""

import importlib
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from egovhub.connector import Connector, FeedSettings
from egovhub.errors import ConfigurationError
from egovhub.folder import Folder
from egovhub.mailbox import Mailbox
from egovhub.rest import Rest

MODULE: Final = "connector"
KINDS: Final[dict[str, type[BaseModel]]] = {"rest": Rest, "mailbox": Mailbox, "folder": Folder}
"""The feeds a settings file can describe, by the name of their table."""


def is_code(folder: Path) -> bool:
    """Whether a path is the folder of a connector in code."""
    return (folder / f"{MODULE}.py").is_file()


def load_connector(folder: Path) -> Connector:
    """The connector of a folder with `connector.py`, which must hold it as `connector`.

    The folder is imported as a package of its own name, so that it can say `from my_system.mapping import facts_of`.

    Raises:
        ConfigurationError: there is no such folder or object, or its name is no name of a package.
    """
    folder = folder.resolve()
    if not is_code(folder):
        raise ConfigurationError(f"{folder}: has no {MODULE}.py; name the folder of a connector")
    if not folder.name.isidentifier():
        raise ConfigurationError(
            f"{folder}: {folder.name!r} is no name of a Python package; rename the folder, with _ for -"
        )
    _forget_namesake(folder)
    if sys.path[:1] != [str(folder.parent)]:
        sys.path[:] = [str(folder.parent), *(place for place in sys.path if place != str(folder.parent))]
    importlib.invalidate_caches()
    module = importlib.import_module(f"{folder.name}.{MODULE}")
    if Path(module.__file__ or "").resolve() != folder / f"{MODULE}.py":
        raise ConfigurationError(f"{folder}: another package is called {folder.name!r}; rename the folder")
    connector = getattr(module, "connector", None)
    if not isinstance(connector, Connector):
        raise ConfigurationError(f"{folder / MODULE}.py: has no Connector called `connector`; assign one")
    if not connector.feeds:
        raise ConfigurationError(f"{folder / MODULE}.py: the connector has no feeds; name at least one")
    return connector


def _forget_namesake(folder: Path) -> None:
    """Let go of a package of the same name that was loaded from another place."""
    package = sys.modules.get(folder.name)
    places = [Path(place).resolve() for place in getattr(package, "__path__", ())]
    if package is not None and folder not in places:
        for name in [
            name for name in sys.modules if name == folder.name or name.startswith(f"{folder.name}.")
        ]:
            del sys.modules[name]


def mapping_file(path: Path) -> Path:
    """The mapping a path names: the file itself, or the only `.toml` of a folder.

    Raises:
        ConfigurationError: the folder has none, or several.
    """
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.toml"))
    if len(found) != 1:
        what = ", ".join(file.name for file in found) or "none"
        raise ConfigurationError(
            f"{path}: a connector's folder has one .toml, this one has {what}; name the file"
        )
    return found[0]


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of an instance, a TOML file.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; name a settings file") from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: not TOML: {error}; mend the line") from None


def with_settings(connector: Connector, settings: Mapping[str, Any], where: str) -> Connector:
    """A connector as an instance runs it.

    Args:
        connector: as its folder has it.
        settings: `sandbox`, and a table for each feed with the fields that differ.
        where: name of the settings in messages.

    Raises:
        ConfigurationError: with every problem.
    """
    feeds = dict(connector.feeds)
    problems = []
    for name, table in settings.items():
        if name == "sandbox" and isinstance(table, bool):
            continue
        if name not in feeds or not isinstance(table, Mapping):
            problems.append(
                f"{where}: {name}: is neither sandbox nor a feed; the connector has {', '.join(feeds)}"
            )
            continue
        try:
            feeds[name] = changed(feeds[name], table)
        except ConfigurationError as error:
            problems += [f"{where}: {name}.{problem}" for problem in error.problems]
    if problems:
        raise ConfigurationError(problems)
    return replace(connector, feeds=feeds, sandbox=bool(settings.get("sandbox", connector.sandbox)))


def changed(feed: FeedSettings, table: Mapping[str, Any]) -> FeedSettings:
    """Settings of a feed with other values.

    Raises:
        ConfigurationError: with every problem.
    """
    assert isinstance(feed, BaseModel)
    made: FeedSettings = settings_of(
        type(feed), {**{name: getattr(feed, name) for name in feed.model_fields_set}, **table}
    )
    return made


def settings_of(kind: type[BaseModel], table: Mapping[str, Any]) -> Any:
    """Settings of a feed out of a table.

    Raises:
        ConfigurationError: with every problem.
    """
    try:
        return kind.model_validate(dict(table))
    except ValidationError as error:
        raise ConfigurationError(
            [f"{'.'.join(map(str, each['loc'])) or 'feed'}: {_said(each)}" for each in error.errors()]
        ) from None


def _said(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "is no setting of the feed; take it out"
    return str(problem["msg"]).removeprefix("Value error, ")
