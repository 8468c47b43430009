"""The suite's check that event ids do not depend on the process: `hash()` of a text differs in each."""

import json
import os
import subprocess
import sys
from typing import Final

from egovhub.suite_process import Failed
from egovhub.suite_subject import Subject

_PROGRAM: Final = """
import json, sys
from pathlib import Path
from egovhub.suite_subject import Subject
subject = Subject(Path(sys.argv[1]))
print(json.dumps([[fact.event_id for fact in subject.facts(payload)] for payload in subject.good]))
"""
_SECONDS: Final = 30


def hash_seed(subject: Subject) -> None:
    """Another process gives the same ids to the same examples."""
    here = [[fact.event_id for fact in subject.facts(payload)] for payload in subject.good]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(subject.folder)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=_SECONDS,
    )
    if done.returncode != 0 or json.loads(done.stdout.splitlines()[-1]) != here:
        raise Failed(
            "another process gives other event ids to the same inputs: after each start everything counts anew. Never "
            "use hash(), which differs in every process; `origin.fact(..., identity=...)` is the same in all"
        )
