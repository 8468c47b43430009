import gzip
import io
import tracemalloc

import pytest
from egovhub.bounded import all_of, joined, unpacked
from egovhub.errors import RejectedInput


def stream(body: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(body))


@pytest.mark.parametrize("size", [0, 1, 65_536, 300_001])
def test_what_was_packed_comes_out_whole(size: int) -> None:
    text = bytes(number % 251 for number in range(size))
    assert unpacked(stream(gzip.compress(text))).read() == text
    assert unpacked(stream(text)).read() == text


def test_all_members_of_a_gzip_file_are_read() -> None:
    packed = gzip.compress(b"one\n") + gzip.compress(b"") + gzip.compress(b"two\n")
    assert unpacked(stream(packed)).read() == b"one\ntwo\n"
    assert list(unpacked(stream(packed))) == [b"one\n", b"two\n"]


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-4], lambda packed: packed[:20] + b"xxxx" + packed[24:]]
)
def test_a_damaged_file_is_refused(damage: object) -> None:
    packed = gzip.compress(b"text\n" * 10_000)
    with pytest.raises(RejectedInput, match="bad-text"):
        unpacked(stream(damage(packed))).read()  # type: ignore[operator]


def test_gzip_inside_gzip_is_refused() -> None:
    with pytest.raises(RejectedInput, match="expands-too-far"):
        unpacked(stream(gzip.compress(gzip.compress(b"text")))).read()


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    reader = unpacked(stream(bomb))
    tracemalloc.start()
    try:
        with pytest.raises(RejectedInput, match="expands-too-far"):
            for _ in iter(lambda: reader.read(65_536), b""):
                pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4_000_000


def test_more_than_the_bound_is_refused() -> None:
    assert all_of(stream(b"12345"), 5) == b"12345"
    with pytest.raises(RejectedInput, match="oversized"):
        all_of(stream(b"123456"), 5)


def test_chunks_are_joined_and_unpacked_within_the_bound() -> None:
    packed = gzip.compress(b"text")
    assert joined([packed[:5], packed[5:]], is_gzip=True, largest=100) == b"text"
    assert joined([b"a", b"b"], is_gzip=False, largest=2) == b"ab"
    with pytest.raises(RejectedInput, match="oversized"):
        joined([b"ab", b"c"], is_gzip=False, largest=2)
    with pytest.raises(RejectedInput):
        joined([gzip.compress(bytes(10_000_000))], is_gzip=True, largest=1 << 20)
