"""The folder of an embedded cluster: who has it, and which cluster its data is."""

import fcntl
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import IO

from egovhub.errors import ConfigurationError


def lock_folder(folder: Path) -> IO[str]:
    """Take the folder for one cluster, or say which process has it.

    Raises: ConfigurationError, if a broker of an earlier start still runs there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise ConfigurationError(
            f"{folder}: a Kafka runs here, started by process {owner}; stop it or choose another folder"
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def cluster_id(folder: Path) -> str:
    """The id of the cluster in this folder, made at its first start."""
    file = folder / "cluster-id"
    if not file.exists():
        file.write_text(new_cluster_id())
    return file.read_text()


def new_cluster_id() -> str:
    """16 random bytes in URL-safe base 64; like Kafka's own, none begins as an option of a command."""
    while True:
        cluster_id = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        if not cluster_id.startswith("-"):
            return cluster_id
