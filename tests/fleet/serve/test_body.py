"""What a request carries: packed or not, one document, a list or lines; and what packs far more than it looks."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from agent.fleet.serve.body import Refused, documents, one_line, unpacked

LIMIT = 100_000


@pytest.mark.parametrize("encoding", [b"", b"identity"])
def test_as_it_is(encoding: bytes) -> None:
    assert unpacked(b"{}", encoding, LIMIT) == b"{}"


def test_gzip_and_gzip_after_gzip() -> None:
    assert unpacked(gzip.compress(b"abc"), b"gzip", LIMIT) == b"abc"
    assert unpacked(gzip.compress(b"abc") + gzip.compress(b"def"), b"x-gzip", LIMIT) == b"abcdef"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b"0" * (LIMIT + 1), mtime=0), 413),
        (gzip.compress(b"0" * 10_000_000, mtime=0), 413),
        (gzip.compress(b"0" * 60_000, mtime=0) * 2, 413),  # in two members, of which neither is too large
        (gzip.compress(b"abc", mtime=0)[:-3], 400),
        (gzip.compress(b"abc", mtime=0) + b"rest", 400),
        (b"no gzip", 400),
        (zlib.compress(b"abc"), 400),
    ],
)
def test_what_is_not_unpacked(body: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        unpacked(body, b"gzip", LIMIT)
    assert refused.value.status == status


def test_a_bomb_is_unpacked_no_further_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    whole = zlib.decompressobj

    class Counting:
        def __init__(self, bits: int) -> None:
            self._one = whole(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            part = self._one.decompress(data, most)
            made.append(len(part))
            return part

        def __getattr__(self, name: str) -> object:
            return getattr(self._one, name)

    monkeypatch.setattr("agent.fleet.serve.body.zlib.decompressobj", Counting)
    with pytest.raises(Refused):
        unpacked(gzip.compress(b"0" * 100_000_000), b"gzip", LIMIT)
    assert sum(made) == LIMIT + 1


@pytest.mark.parametrize("encoding", [b"br", b"deflate", b"gzip, gzip", b"zstd"])
def test_another_encoding(encoding: bytes) -> None:
    with pytest.raises(Refused) as refused:
        unpacked(b"{}", encoding, LIMIT)
    assert refused.value.status == 415


ONE, TWO = {"id": "T-1", "note": "a\nb"}, {"id": "T-2"}


@pytest.mark.parametrize("content_type", [b"", b"application/json", b"text/plain"])
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (json.dumps(ONE), [ONE]),
        (json.dumps(ONE, indent=2), [ONE]),  # as a person wrote it
        (json.dumps(ONE, indent=2).replace("\n", "\r\n") + "\r\n", [ONE]),
        ("\ufeff" + json.dumps(ONE), [ONE]),
        (json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n\n", [ONE, TWO]),
        (json.dumps(ONE) + "\r\n" + json.dumps(TWO), [ONE, TWO]),
        (json.dumps([ONE, TWO]), [ONE, TWO]),  # as a collector's HTTP output packs several
        (json.dumps([ONE, TWO], indent=1), [ONE, TWO]),
    ],
)
def test_one_or_several(body: str, found: list[object], content_type: bytes) -> None:
    pieces = [one_line(each) for each in documents(body.encode(), content_type)]
    assert [json.loads(each) for each in pieces] == found
    assert all(b"\n" not in each and b"\r" not in each for each in pieces)


@pytest.mark.parametrize("body", [b"", b"  \r\n ", b"\xef\xbb\xbf"])
def test_nothing_at_all(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        documents(body, b"")
    assert refused.value.status == 400


def test_a_list_that_is_none() -> None:
    with pytest.raises(Refused):
        documents(b"[" * 100_000, b"")
