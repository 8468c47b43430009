"""A system that drops files into a folder: whole at once, or in pieces under a name that is not to be read."""

import gzip
from pathlib import Path


class Dropper:
    """Drops files.

    Args:
        folder: where the connector looks; made if need be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def drop(self, name: str, body: bytes | str, *, packed: bool = False) -> Path:
        """Drop a file whole: it is written under another name and renamed."""
        content = body.encode() if isinstance(body, str) else body
        waiting = self.begin(name, gzip.compress(content) if packed else content)
        return self.finish(waiting, name)

    def begin(self, name: str, body: bytes) -> Path:
        """Write a part of a file under a name that connectors leave alone."""
        waiting = self.folder / f".{name}.part"
        with waiting.open("ab") as stream:
            stream.write(body)
        return waiting

    def finish(self, waiting: Path, name: str) -> Path:
        """Give a file its name."""
        return waiting.rename(self.folder / name)

    def names(self, inside: str) -> list[str]:
        """Names of the files in a folder inside, as they were dropped."""
        return sorted(file.name.partition("~")[2] for file in (self.folder / inside).glob("*~*"))
