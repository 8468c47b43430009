"""A source system's server: services by path, with faults drawn from a seed, so that a run can be repeated."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from egovhub.connector import Payload
from egovhub.loopback import Fault, LoopbackServer, Request, Response

Service = Callable[[Request], Response]


@dataclass(slots=True)
class Chaos:
    """How often answers go wrong; shares of 1.

    Args:
        seed: of the draw.
        rates: by kind of `egovhub.loopback.Fault`: `status` (a 503), `slow`, `drop`, `cut`, `garbage`.
        slow_seconds: how slow.
    """

    seed: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)
    slow_seconds: float = 0.05
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def draw(self) -> Fault | None:
        """What goes wrong with the next answer, if anything does."""
        draw = self._random.random()
        for kind, rate in self.rates.items():
            if draw < rate:
                value = {"status": 503.0, "slow": self.slow_seconds}.get(kind, 0.0)
                return Fault(kind, value)
            draw -= rate
        return None


class SourceServer(LoopbackServer):
    """Answers each path by its service, and 404 for any other; a context manager.

    Args:
        services: by path; a path that ends with `/` answers all below it.
        chaos: what goes wrong, besides what `fail` asks for.
    """

    def __init__(self, services: Mapping[str, Service], chaos: Chaos | None = None) -> None:
        super().__init__(self._serve)
        self.services = dict(services)
        self.chaos = chaos or Chaos()

    def answer(self, request: Request) -> tuple[Response | None, Fault | None]:
        if not self.faults and (fault := self.chaos.draw()):
            self.faults.append(fault)
        return super().answer(request)

    def _serve(self, request: Request) -> Response:
        service = self.services.get(request.path)
        if service is None:
            below = [path for path in self.services if path.endswith("/") and request.path.startswith(path)]
            service = self.services[max(below, key=len)] if below else None
        return service(request) if service else Response(status=404)


class PolledSystem:
    """What simulators of polled systems have alike: they serve while they are open, and are told nothing.

    Attributes:
        server: answers.
    """

    server: SourceServer

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing: it asks for no secret."""
        return {}

    @property
    def acknowledged(self) -> Sequence[Payload]:
        """Nothing: it is told nothing."""
        return ()

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()
