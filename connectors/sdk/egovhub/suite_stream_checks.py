"""The suite's checks of a feed: what is lost or repeated between a source, the hub, and processes that come and go."""

from egovhub.loopback import Request
from egovhub.rest import Cursor, Rest
from egovhub.suite_fixtures import FileFixture, RestFixture
from egovhub.suite_process import Failed, World

SOME = 35
"""Rows of a source: four of its pages."""

MORE = 8


class NotApplicable(Exception):
    """The feed has nothing that the check is about."""


def everything(world: World) -> None:
    """The source is read to its end."""
    world.put(world.subject.rows(1, SOME))
    world.run()
    world.check(
        "only the first part of the source was read. Ask for page after page until one is empty, follow the token or "
        "link to its end, and never take a short page for the last"
    )


def resume(world: World) -> None:
    """What comes while the connector is down is read when it is back."""
    world.put(world.subject.rows(1, SOME - MORE))
    world.run()
    world.put(world.subject.rows(101, MORE))
    world.run()
    world.check(
        "they came while the connector was down. Go on behind the stored position, not at what is newest when the "
        "process starts"
    )


def position(world: World) -> None:
    """A position never lies beyond a fact that is not stored."""
    world.put(world.subject.rows(1, SOME))
    for batches in (1, 2, 3, 1):
        world.run(stop_after=batches)
    world.run()
    world.check(
        "the connector was stopped after a batch and its position lay beyond what it had published. Take the position "
        "of a page from the rows of that page, never from the source's newest"
    )


def repeats(world: World) -> None:
    """A connector that is started again does not publish everything again."""
    world.put(world.subject.rows(1, SOME))
    world.run()
    before = len(world.publisher.order)
    world.run()
    again = len(world.publisher.order) - before
    if again > _may_repeat(world):
        raise Failed(
            f"{again} of {before} facts were published again by a process that found nothing new: the stored position "
            "is ignored. Ask the source for what lies behind it"
        )


def _may_repeat(world: World) -> int:
    """Facts that a new process may publish again: those at the boundary of a cursor, or within a feed's overlap."""
    protocol = world.fixture.protocol
    if not isinstance(protocol, Rest):
        return 0
    if protocol.cursor is None:
        return len(world.publisher.order)
    rows = 2 + protocol.cursor.overlap_seconds // 60
    most = max((list(world.truth.values()).count(number) for number in set(world.truth.values())), default=1)
    return rows * most


def crash(world: World) -> None:
    """A process that is killed between its facts and its position loses nothing and repeats the same bytes."""
    world.put(world.subject.rows(1, SOME))
    for at in (0, 1, 2, 0, 1):
        world.kill(at)
        _check_promises(world)
    world.run()
    world.check(
        "the connector was killed after its facts were stored and before its position was. Tell the source that "
        "something is done in `acknowledge`, never while it is read"
    )
    unequal = [identity for identity, values in world.publisher.facts().items() if len(values) > 1]
    if unequal:
        raise Failed(
            f"{len(unequal)} facts were published again with other bytes after a crash: they hold when or where they "
            "were read. Make facts from the input alone"
        )
    surplus = world.publisher.facts().keys() - world.truth.keys()
    if surplus:
        raise Failed(
            f"{len(surplus)} facts have another event id after a crash: they would count twice. Make `identity` of "
            "what the source itself calls the message"
        )


def _check_promises(world: World) -> None:
    stored = world.publisher.facts()
    kept = {number for identity, number in world.truth.items() if identity in stored}
    early = sorted(world.fixture.promised() - kept)
    if early:
        raise Failed(
            f"the source was told of {len(early)} inputs that they are done, and their facts were not stored: a crash "
            "would lose them. Acknowledge in `acknowledge`, which is called once everything is stored"
        )


def _cursor(world: World) -> Cursor:
    protocol = world.fixture.protocol
    if not isinstance(protocol, Rest) or protocol.cursor is None:
        raise NotApplicable("the feed has no cursor")
    return protocol.cursor


def boundary(world: World) -> None:
    """A row that comes later with the very cursor value of the last one is read."""
    cursor = _cursor(world)
    if cursor.unique or not cursor.inclusive:
        raise NotApplicable("the cursor leaves out its boundary, or no two rows share a value")
    _same_value(
        world,
        "the row has the cursor value of the last one read, and came later. Ask for it again (greater or equal) and "
        "pass over what was seen",
    )


def exclusive(world: World) -> None:
    """The same for a source that gives only rows beyond the value it is asked for."""
    cursor = _cursor(world)
    if cursor.inclusive:
        raise NotApplicable("the cursor gives its boundary again")
    if cursor.unique:
        raise NotApplicable("no two rows share a value")
    _same_value(
        world,
        "the source leaves out rows at the value it is asked behind, and this one came later with that value. Step the "
        "value back by its smallest unit (`inclusive = false` does), or say `unique` if no two rows can share one",
    )


def _same_value(world: World, how: str) -> None:
    world.put(world.subject.rows(1, MORE))
    world.run()
    world.put(world.subject.rows(101, 2), same_key=True)
    world.run()
    world.check(how)


def deletes(world: World) -> None:
    """A row that goes while the source is read takes no other row with it."""
    world.put(world.subject.rows(1, SOME))
    if isinstance(world.fixture, FileFixture):
        raise NotApplicable("lines of a file do not go")
    numbers = sorted(set(world.truth.values()))
    if isinstance(world.fixture, RestFixture):
        _remove_while_read(world.fixture, numbers)
    else:
        world.fixture.remove(numbers[0])
    world.run()
    for number in numbers[5:7]:
        world.fixture.remove(number)
    world.put(world.subject.rows(101, MORE))
    world.run()
    gone = {numbers[0], *numbers[5:7]}
    world.truth = {identity: number for identity, number in world.truth.items() if number not in gone}
    world.check(
        "rows before them were deleted at the source, so they moved up into a page that was read already. Do not count "
        "rows for a position; read numbered pages again until they stand still, or page by cursor or token"
    )


def _remove_while_read(fixture: RestFixture, numbers: list[int]) -> None:
    asked = 0

    def remove(_request: Request) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            fixture.remove(numbers[0])

    fixture.answers.before_answer = remove


def volume(world: World) -> None:
    """Memory does not grow with the source: facts are stored while it is still being read."""
    many, most = world.fixture.volume
    world.put(world.subject.rows(1, many))
    protocol = world.fixture.protocol
    if isinstance(world.fixture, RestFixture):
        world.fixture.answers.page = 100
        if isinstance(protocol, Rest) and protocol.paging is None:
            raise NotApplicable("an answer without pages is read whole")
    ahead: list[int] = []
    world.publisher.on_first_facts = lambda: ahead.append(world.fixture.handed_out)
    world.run()
    world.check("the source has many rows")
    if max([*ahead, *world.batches], default=0) > most:
        raise Failed(
            f"{max([*ahead, *world.batches])} of {many} inputs were held in memory before they were stored: the "
            "connector needs as much memory as the source has rows. Yield a page as soon as it is read"
        )
