"""What is done to a connector and its brokers. Every scenario ends with the whole log held against the truth."""

import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tests.faults.world import Findings, World, resident, watched
from tests.integration.process import Process

MEMORY_MEGABYTES: Final = 64.0
"""Most memory a connector may take more while the brokers are away than it took when they were there."""

START_SHARE: Final = 0.2
"""Of the kills that many come at any time after the start, the others after the first facts of a life are stored."""

FROZEN_SHARE: Final = 0.5
"""Of those others that many come while the broker is frozen."""


class Measure(NamedTuple):
    """How much is done.

    Args:
        kills: of the connector.
        faults: of brokers, of each kind.
        away_seconds: how long no broker is there.
        longest_pause_seconds: that a broker is frozen or down.
    """

    kills: int = 20
    faults: int = 3
    away_seconds: float = 300.0
    longest_pause_seconds: float = 40.0


def kills(world: World, measure: Measure) -> Findings:
    """The connector dies by kill -9 at random moments; two of five times while it waits for a frozen broker's answer.

    What it had sent then still reaches the log, what it had not does not: the moments in which a connector that keeps
    its position before its facts, or tells its source too early, loses something.
    """
    for number in range(1, measure.kills + 1):
        process = world.start()
        if world.random.random() < START_SHARE:
            time.sleep(world.random.uniform(0, 2.5))
            _kill(world, process)
        else:
            world.await_more(process)
            time.sleep(world.random.expovariate(4))
            _kill(world, process, is_frozen=world.random.random() < FROZEN_SHARE)
        world.look(f"after kill {number}")
        world.say(f"kill {number} of {measure.kills}")
    world.findings.counts["kills"] = measure.kills
    return world.finish()


def _kill(world: World, process: Process, *, is_frozen: bool = False) -> None:
    if is_frozen:
        world.kafka.pause()
        time.sleep(world.random.uniform(0.5, 1.5))
    world.check(process)
    process.kill()
    if is_frozen:
        world.kafka.resume()


def broker(world: World, measure: Measure) -> Findings:
    """The only broker is killed and started again, and frozen, several times."""
    process, longest = world.start(), measure.longest_pause_seconds
    faults = [_killed] * measure.faults + [_paused] * measure.faults
    world.random.shuffle(faults)
    for number, fault in enumerate(faults, 1):
        world.await_more(process)
        time.sleep(world.random.uniform(0, 1))
        last = number == len(faults)
        fault(world, longest if last else min(longest, world.random.uniform(1, 12)))
        world.check(process)
        world.look(f"after fault {number}")
        world.say(f"broker {fault.__name__.strip('_')}, {number} of {len(faults)}")
    world.await_more(process)
    world.stop(process)
    world.findings.counts |= {"kills of broker": measure.faults, "pauses": measure.faults}
    return world.finish()


def _killed(world: World, seconds: float) -> None:
    world.kafka.kill()
    time.sleep(min(seconds, 5))
    world.kafka.restart()


def _paused(world: World, seconds: float) -> None:
    world.kafka.pause()
    time.sleep(seconds)
    world.kafka.resume()


def below_min_isr(world: World, measure: Measure) -> Findings:
    """Of three nodes one is down and a write needs all three, so it is refused; then two are, and none is answered."""
    process = world.start()
    for number in range(1, measure.faults + 1):
        world.await_more(process)
        first, second = world.random.sample((1, 2, 3), 2)
        world.kafka.kill(first)
        world.say(f"node {first} is down: the log goes on")
        world.await_more(process, 20)
        world.demand(3)
        time.sleep(world.random.uniform(4, 10))
        world.check(process)
        world.demand(2)
        world.say("writes were refused for want of replicas")
        world.await_more(process)
        world.kafka.kill(second)
        time.sleep(min(measure.longest_pause_seconds, world.random.uniform(5, 25)))
        world.check(process)
        for node in world.random.sample((first, second), 2):
            world.kafka.restart(node)
        world.say(f"nodes {first} and {second} were down, {number} of {measure.faults}")
        world.look(f"after fault {number}")
    world.await_more(process)
    world.stop(process)
    world.findings.counts["times below min.insync.replicas"] = 2 * measure.faults
    return world.finish()


def away(world: World, measure: Measure) -> Findings:
    """No broker is there for long, while the source goes on having more."""
    process = world.start()
    with watched(process) as before:
        world.await_more(process, 200)
        time.sleep(min(10.0, measure.away_seconds))
    world.kafka.kill()
    with watched(process) as meanwhile:
        _wait(world, process, measure.away_seconds)
    world.kafka.restart()
    more = meanwhile() - before()
    if more > MEMORY_MEGABYTES:
        world.findings.differences.append(
            f"the connector took {more:.0f} MB more while the broker was away, limit {MEMORY_MEGABYTES:.0f}"
        )
    world.await_more(process)
    world.stop(process)
    world.findings.counts |= {
        "seconds away": measure.away_seconds,
        "MB before": round(before(), 1),
        "MB while away": round(meanwhile(), 1),
    }
    return world.finish()


def _wait(world: World, process: Process, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        world.check(process)
        world.say(f"broker away, {left:.0f} s to go; connector at {resident(process):.0f} MB")
        time.sleep(min(left, 30.0))


class Scenario(NamedTuple):
    """What is done, and to how many nodes."""

    act: Callable[[World, Measure], Findings]
    nodes: int


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "kills": Scenario(kills, 1),
    "broker": Scenario(broker, 1),
    "min-isr": Scenario(below_min_isr, 3),
    "away": Scenario(away, 1),
}
