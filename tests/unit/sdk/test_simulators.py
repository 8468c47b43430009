"""The simulators of source systems do what their tests rely on."""

import urllib.error
import urllib.request

import pytest
from egovhub.loopback import Fault, Response

from tests.simulators.journal import Journal, page
from tests.simulators.server import Chaos, SourceServer


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def test_each_path_is_answered_by_its_service() -> None:
    services = {"/a": lambda _request: Response(b"a"), "/b/": lambda request: Response(request.path.encode())}
    with SourceServer(services) as server:
        assert get(f"{server.url}/a") == (200, b"a")
        assert get(f"{server.url}/b/c/d") == (200, b"/b/c/d")
        assert get(f"{server.url}/c") == (404, b"")
        server.fail(Fault("status", 503))
        assert get(f"{server.url}/a") == (503, b"")
        assert get(f"{server.url}/a") == (200, b"a")
        assert len(server.requests) == 5


def test_faults_drawn_from_one_seed_are_the_same() -> None:
    def drawn(seed: int) -> list[Fault | None]:
        chaos = Chaos(seed, {"status": 0.3, "slow": 0.2})
        return [chaos.draw() for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    kinds = [fault.kind if fault else "" for fault in drawn(1)]
    assert 30 < kinds.count("status") < 90
    assert 15 < kinds.count("slow") < 65
    assert Chaos(1).draw() is None


def test_a_journal_remembers_all_that_was_ever_visible() -> None:
    journal: Journal[str] = Journal()
    journal.add("a", "b", "c")
    journal.insert(1, "late")
    journal.repeat(0)
    journal.remove("b")
    journal.replace("c", "c2")
    assert list(journal) == ["a", "late", "c2", "a"]
    assert journal.truth == ["a", "b", "c", "late", "c2"]
    assert journal.read(lambda entry: entry != "a") == ["late", "c2"]
    assert len(journal) == 4
    assert page(list(journal), 2, 3) == ["a"]


@pytest.mark.parametrize("reading", [1, 2])
def test_a_journal_may_change_while_it_is_read(reading: int) -> None:
    journal: Journal[int] = Journal()
    journal.add(1, 2)
    journal.on_read = lambda number: journal.remove(1) if number == reading else None
    assert [journal.read(), journal.read()][reading - 1 :] == [[2]] * (3 - reading)
