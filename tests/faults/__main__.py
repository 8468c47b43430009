"""Kill connectors and brokers under load, and hold every fact, dead letter and figure of the log against the truth.

scenario   what is done, again and again at moments drawn from the seed, while the source goes on having more
kills      the connector dies by kill -9, often while it waits for the broker's answer
broker     the only broker is killed and started again, or frozen
min-isr    three nodes: first one is down, then two, so that no write can have its two replicas, then none
away       no broker is there for long; the connector's memory stays within a bound

Then a connector reads to the end, and what is in the log is compared with what the source's own journal says must be.
The feed that is named first is put through all of it, the others through the kills. Finished rounds are kept in
build/faults until connector, SDK, simulators or scenarios change, so a run that was stopped goes on where it was.
Exit codes: 0 all is well, 1 something was lost or is not as it should be (with --check also: a round is missing or of
other sources), 2 it could not be run, 130 stopped by Ctrl-C.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from egovhub.errors import ConfigurationError, HubError

from deploy.embedded import BrokerFailed, EmbeddedKafka
from services.__main__ import outcome
from services.settings import load_settings
from services.topics import create_topics
from tests.faults.results import KEPT, Result, Round, digest_of, read, write
from tests.faults.scenarios import SCENARIOS, Measure
from tests.faults.world import Failed, Findings, World
from tests.simulators.simulator import CONNECTORS, feeds_of

EXAMPLES = """examples:
  make faults                                          everything; about an hour
  python -m tests.faults --connector documents --scenario kills --kills 5
  python -m tests.faults --scenario away --away-seconds 60
  python -m tests.faults --check                       run nothing, tell what is known of these sources
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    usual = Measure()
    made.add_argument("--connector", action="append", choices=CONNECTORS, help="only this; may be repeated")
    made.add_argument("--scenario", action="append", choices=SCENARIOS, help="only this; may be repeated")
    made.add_argument("--seed", type=int, default=5, help="of simulators and moments (5)")
    made.add_argument("--rate", type=float, default=15.0, help="inputs a second of the source (15)")
    made.add_argument("--kills", type=int, default=usual.kills, help="of the connector (20)")
    made.add_argument("--faults", type=int, default=usual.faults, help="of brokers, of each kind (3)")
    made.add_argument("--away-seconds", type=float, default=usual.away_seconds, help="(300)")
    made.add_argument("--check", action="store_true", help="run nothing, judge the kept results")
    made.add_argument("--again", action="store_true", help="run also what is kept")
    return made


def rounds(connectors: Sequence[str], scenarios: Sequence[str]) -> Iterator[Round]:
    """The rounds in the order they are run."""
    for connector in connectors:
        for number, feed in enumerate(feeds_of(connector)):
            for scenario in scenarios:
                if number == 0 or scenario == "kills":
                    yield Round(connector, feed, scenario)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def run(of: Round, seed: int, rate: float, measure: Measure) -> Findings:
    """One round, on a Kafka of its own; what it leaves behind is kept if it does not end well."""
    folder = KEPT / of.file
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "source").mkdir(parents=True)
    scenario = SCENARIOS[of.scenario]
    with (
        EmbeddedKafka(folder / "kafka", nodes=scenario.nodes) as kafka,
        feeds_of(of.connector)[of.feed](seed, folder / "source") as simulator,
    ):
        settings = load_settings(kafka_bootstrap=kafka.bootstrap)
        create_topics(settings)
        random = Random(f"{seed}/{of}")
        with World(
            kafka, settings, simulator, folder, random, rate, lambda text: say(f"{of}: {text}")
        ) as world:
            try:
                findings = scenario.act(world, measure)
            except Failed as error:
                findings = world.findings
                findings.differences.append(str(error))
    if not findings.differences:
        shutil.rmtree(folder)
    return findings


def results(
    found: Sequence[Round], asked: Mapping[str, Any], options: argparse.Namespace
) -> Iterator[tuple[Round, Result]]:
    """The results of rounds: the kept ones, and of the others those that are run now."""
    for of in found:
        kept, digest = read(of), digest_of(of.connector)
        if kept and kept.fits(asked, digest) and not options.again:
            yield of, kept
            continue
        since = time.monotonic()
        findings = run(of, options.seed, options.rate, Measure(**asked["measure"]))
        result = Result.of(asked, digest, time.monotonic() - since, findings)
        write(of, result)
        say(result.line(of))
        yield of, result


def check(found: Sequence[Round], asked: Mapping[str, Any]) -> bool:
    """Tell what is kept; missing, of other sources or of another measure is not well."""
    well = True
    for of in found:
        kept = read(of)
        fits = kept is not None and kept.fits(asked, digest_of(of.connector))
        well &= fits and kept is not None and not kept.differences
        print(kept.line(of) if kept else f"{of}: not run")
        if kept and not fits:
            print("  of other sources, seed or measure")
    return well


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    if min(options.kills, options.faults, options.rate) <= 0:
        raise ConfigurationError("--kills, --faults, --rate: must be above 0")
    measure = Measure(options.kills, options.faults, options.away_seconds)
    asked = {"seed": options.seed, "rate": options.rate, "measure": measure._asdict()}
    found = list(rounds(options.connector or CONNECTORS, options.scenario or list(SCENARIOS)))
    if options.check:
        return 0 if check(found, asked) else 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        ended = list(results(found, asked, options))
    except (BrokerFailed, HubError) as error:
        say(str(error))
        return 2
    print(*(result.line(of) for of, result in ended), sep="\n")
    return 1 if any(result.differences for _, result in ended) else 0


if __name__ == "__main__":
    sys.exit(outcome(main, None))
