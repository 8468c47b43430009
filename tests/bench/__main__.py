"""Events/s and CPU per event of connectors, client, decoder and the whole worker, and whether the rows are right.

Starts a Kafka of its own, fills it with the facts of a generated city, measures each process from the moment
it has its partitions, so without its start-up, and holds all published rows against `services verify`.
Exit codes: 0 rows equal, 1 not equal, 2 it could not be measured.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from deploy.demo_processes import ProcessDied, foreign_settings
from deploy.embedded import BrokerFailed, EmbeddedKafka
from services.__main__ import outcome
from services.settings import load_settings
from services.topics import create_topics
from tests.bench.connectors import table as connector_table
from tests.bench.facts import PARTITIONS, publish
from tests.bench.flushes import table as flush_table
from tests.bench.hub import Hub
from tests.bench.phases import EVALUATE
from tests.bench.readers import Measured


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def child(module: str, *arguments: str) -> Any:
    """What a module of this package finds out in a process of its own."""
    say(" ".join([module, *arguments]))
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def measure_connectors(inputs: int, folder: Path) -> list[list[Any]]:
    with EmbeddedKafka(folder / "kafka-of-connectors", heap_megabytes=512, progress=say) as kafka:
        rows: list[list[Any]] = child("connectors", kafka.bootstrap, f"--inputs={inputs}", "--json")
        return rows


def measure(events: int, folder: Path) -> tuple[list[Measured], "subprocess.CompletedProcess[str]"]:
    with EmbeddedKafka(folder / "kafka", heap_megabytes=1024, progress=say) as kafka:
        settings = load_settings(kafka_bootstrap=kafka.bootstrap)
        create_topics(settings)
        say(f"publishing {events:,} facts")
        ends = publish(events, kafka.bootstrap)
        readers = [child("readers", kafka.bootstrap, str(events), *option) for option in ([], ["--decode"])]
        with closing(Hub(settings, folder, ends, patience=300 + events / 1_000)) as hub:
            say("worker")
            measured = [*(Measured(*reader) for reader in readers), hub.catch_up()]
            say("stage")
            hub.publish_indicators()
            say("verify")
            return measured, hub.verify()


def table(
    measured: Sequence[Measured], phases: Mapping[str, float], flushes: Mapping[str, Sequence[float]]
) -> list[str]:
    """The result for people; what dominates is the largest phase."""
    client = measured[0].cpu_microseconds_per_event
    lines = ["process                events/s   CPU µs/event   x client   peak MB   load"]
    for name, speed, cpu, peak, load in measured:
        lines.append(f"{name:20} {speed:10,.0f} {cpu:14.2f} {cpu / client:10.1f} {peak:9.0f} {load:6.1f}")
    outer = {name: cpu for name, cpu in phases.items() if name != "decode alone" and ":" not in name}
    inner = {name: cpu for name, cpu in phases.items() if ":" in name}
    lines += ["", "phase of the worker, without Kafka                 CPU µs/event"]
    total = {"all but decode alone": sum(outer.values())}
    alone = {"decode alone": phases["decode alone"]}
    lines += [f"{name:48} {cpu:14.2f}" for name, cpu in {**alone, **outer, **total, **inner}.items()]
    parts = {**{name: cpu for name, cpu in outer.items() if name != EVALUATE}, **inner}
    return [*lines, f"{max(parts, key=parts.__getitem__)} costs most", "", *flush_table(flushes)]


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--events", type=int, default=1_000_000, help="facts to publish (1000000)")
    made.add_argument("--inputs", type=int, default=10_000, help="of each connector (10000)")
    made.add_argument("--open-cases", type=int, default=200_000, help="of the flushes (200000)")
    made.add_argument("--due", type=int, default=2_000, help="of them fall due at once (2000)")
    made.add_argument("--json", action="store_true", help="the result as one JSON object")
    made.add_argument("--keep", action="store_true", help="keep the folder of Kafka's data, state and logs")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    for name in ("events", "inputs"):
        if getattr(given, name) < 1:
            parser().error(f"--{name}: {getattr(given, name)} is not above 0")
    for name in foreign_settings():
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        phases = child("phases", str(min(given.events, max(60_000, given.events // PARTITIONS))))
        sizes = f"--cases={given.open_cases}", f"--due={given.due}"
        flushes = child("flushes", "--json", *sizes)
        connectors = measure_connectors(given.inputs, folder)
        measured, verified = measure(given.events, folder)
    except (BrokerFailed, ProcessDied, subprocess.SubprocessError) as error:
        say(str(error))
        return 2
    finally:
        if given.keep:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder)
    if given.json:
        rows = {"equal": verified.returncode == 0, "verify": verified.stdout.splitlines()}
        costs = {"processes": [m._asdict() for m in measured], "phases": phases, "flushes": flushes}
        print(json.dumps({**costs, "connectors": connectors, "rows": rows}))
    else:
        word = {0: "equal", 1: "NOT EQUAL"}.get(verified.returncode, "not compared")
        lines = [*table(measured, phases, flushes), "", *connector_table(connectors)]
        print(*lines, "", f"{verified.stdout}rows out and batch: {word}", sep="\n")
    return verified.returncode


if __name__ == "__main__":
    sys.exit(outcome(main, None))
