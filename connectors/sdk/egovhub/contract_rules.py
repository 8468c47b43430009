"""All rules of the contract, over one folder of schemas: what `python -m egovhub.contract check` prints.

Every problem is one line, "<file>: <what>; <remedy>", and all are reported at once.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from egovhub.contract_examples import exemplified
from egovhub.contract_folder import FIRST_ID, RELEASED, Folder, read_folder
from egovhub.schema_rules import compatible, linted, named_once, parsed_by_both, usable

_TOPIC: Final = {
    "partitions": int,
    "key": str,
    "values": list,
    "ordering": str,
    "written_by": str,
    "config": dict,
}
_SETTINGS: Final = ("cleanup.policy", "message.timestamp.type")


def problems(path: Path) -> list[str]:
    """Everything that is wrong with a folder of schemas, sorted; empty if nothing is."""
    found: set[str] = set()
    folder = read_folder(path, found.add)
    for rule in _RULES:
        found.update(rule(folder))
    return sorted(found)


def release(path: Path) -> list[str]:
    """Add the hashes of what is new to those released; a line that is there is never changed.

    Returns: the problems that stand against it, in which case nothing is done.
    """
    found: list[str] = []
    folder = read_folder(path, found.append)
    standing = sorted(set(problems(path)).difference(unreleased(folder)))
    if not standing:
        rows = sorted((folder.hashes() | folder.released).items())
        (path / RELEASED).write_text(
            "".join(f"{digest}  {what}\n" for what, digest in rows), encoding="utf-8"
        )
    return standing


def numbered(folder: Folder) -> Iterator[str]:
    """Files and ids match one to one; versions count up without gap, their ids rise."""
    names = {f"{subject}/{number}" for subject, number in folder.files}
    following = max(folder.ids.values(), default=FIRST_ID - 1) + 1
    for name in names - folder.ids.keys():
        yield f"{name}.avsc: it has no id; append it to ids.json, the next id is {following}"
    for name in folder.ids.keys() - names:
        yield f"ids.json: {name} is not there as a file; a schema and its id are kept for ever, so restore it"
    for subject in folder.latest:
        numbers = folder.versions(subject)
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{subject}: its versions are {numbers}; count up from 1 without gap"
        ids = [folder.ids[name] for number in numbers if (name := f"{subject}/{number}") in folder.ids]
        if ids != sorted(ids):
            yield f"ids.json: ids of {subject} fall from one version to the next; let them rise"


def unchanged(folder: Folder) -> Iterator[str]:
    """What was released is there as it was."""
    now = folder.hashes()
    for what, digest in folder.released.items():
        if what not in now:
            yield f"{what}: it was released and is gone; restore it from the history"
        elif now[what] != digest:
            yield f"{what}: it is not what was released; restore it and put the change into a new version"


def unreleased(folder: Folder) -> Iterator[str]:
    """What is there was released: the main line holds no drafts."""
    for what in folder.hashes().keys() - folder.released.keys():
        yield f"{RELEASED}: {what} is not in it; when it is final, run `python -m egovhub.contract release`"


def topics(folder: Folder) -> Iterator[str]:
    """The table of topics is complete, names subjects that exist, and leaves no subject without a topic."""
    try:
        table = tomllib.loads((folder.path / "topics.toml").read_text(encoding="utf-8"))["topics"]
    except (OSError, ValueError, KeyError) as error:
        yield f"topics.toml: it cannot be read ({error!r}); it has a table [topics.<name>] for each topic"
        return
    carried: set[str] = set()
    for name, topic in table.items():
        odd = list(_topic_form(topic)) or list(_topic_content(topic, folder))
        yield from (f"topics.toml: {name}: {problem}" for problem in odd)
        carried.update(topic.get("values", ()))
    for subject in folder.latest.keys() - carried:
        yield f"topics.toml: no topic has values of {subject}; name it in the topic that carries it"


def _topic_form(topic: dict[str, Any]) -> Iterator[str]:
    for key, kind in _TOPIC.items():
        if type(topic.get(key)) is not kind:
            yield f"{key} is missing or no {kind.__name__}; give it"
    for key in topic.keys() - _TOPIC.keys():
        yield f"{key} is no entry of a topic; remove it, or put a setting of Kafka under config"


def _topic_content(topic: dict[str, Any], folder: Folder) -> Iterator[str]:
    config = topic["config"]
    if topic["partitions"] < 1:
        yield f"partitions is {topic['partitions']}; give one at least"
    for value in topic["values"]:
        if value not in folder.latest:
            yield f"value {value} is no subject; name a folder of schemas"
    for setting in _SETTINGS:
        if setting not in config:
            yield f"config has no {setting}; state it, a broker's default is not a contract"
    if "compact" in config.get("cleanup.policy", "") and "max.compaction.lag.ms" not in config:
        yield "it is compacted without max.compaction.lag.ms; state how long an overwritten row may stay"


_RULES: Final = (
    parsed_by_both,
    linted,
    compatible,
    named_once,
    usable,
    numbered,
    exemplified,
    topics,
    unchanged,
    unreleased,
)
