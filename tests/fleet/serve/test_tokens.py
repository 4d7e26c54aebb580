"""Tokens: known by their hash alone, several at a time, and each for its own terminals."""

from __future__ import annotations

import hashlib

import pytest

from agent.fleet.serve.tokens import LONGEST_TOKEN, Holder, Tokens, bearer, digest_of, new, written


def holder(token: str, *ids: str, name: str = "a", reads: bool = False) -> Holder:
    return Holder(name=name, digest=digest_of(written(token)), ids=ids, reads=reads)


def test_what_is_written_down_is_the_hash() -> None:
    token = new()
    assert written(token) == "sha256:" + hashlib.sha256(token.encode()).hexdigest()
    assert token not in written(token)


def test_no_two_are_alike_and_each_has_256_random_bits() -> None:
    tokens = {new() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 43 for token in tokens)


def test_the_old_and_the_new_one_count_while_both_stand() -> None:
    old, fresh = new(), new()
    both = Tokens([holder(old, "T-*"), holder(fresh, "T-*")])
    assert both.of(old.encode()) and both.of(fresh.encode())
    after = Tokens([holder(fresh, "T-*")])
    assert after.of(old.encode()) is None and after.of(fresh.encode())


def test_digests_that_begin_alike_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    token = new()
    true = digest_of(written(token))
    near = true[:-1] + bytes([true[-1] ^ 1])
    assert Tokens([Holder(name="a", digest=near, ids=("*",))]).of(token.encode()) is None
    found = Tokens([Holder(name="near", digest=near, ids=("*",)), Holder(name="true", digest=true, ids=("*",))]).of(token.encode())
    assert found is not None and found.holder.name == "true"


@pytest.mark.parametrize("sent", [b"", b"x", b"\xff\x00", b"x" * (LONGEST_TOKEN + 1), b"posdiag_" + b"A" * 43])
def test_anything_else_is_nobody(sent: bytes) -> None:
    assert Tokens([holder(new(), "*")]).of(sent) is None


@pytest.mark.parametrize(
    ("ids", "may", "may_not"),
    [
        (("T-1",), ("T-1",), ("T-11", "T-", "t-1", "", "T-1\n", "xT-1")),
        (("T-1",), ("T-1/till-2", "T-1/"), ("T-1/a/b", "/T-1", "T-2/T-1", "T-11/till-2", "/")),  # beside it
        (("N-*", "S-0?"), ("N-", "N-7", "S-01"), ("S-1", "S-001", "XN-1", "n-7")),
        (("T-[0-9]",), ("T-3",), ("T-x", "T-33")),
        (("a.b",), ("a.b",), ("axb",)),  # no regular expression
        (("*",), ("anything", "多", "a\nb"), ()),
        ((), (), ("T-1", "")),
    ],
)
def test_whose_terminals(ids: tuple[str, ...], may: tuple[str, ...], may_not: tuple[str, ...]) -> None:
    token = new()
    writer = Tokens([holder(token, *ids)]).of(token.encode())
    assert writer is not None
    assert [name for name in may if not writer.may_write(name)] == []
    assert [name for name in may_not if writer.may_write(name)] == []


def test_one_terminal_alone() -> None:
    assert holder("x", "T-1").single
    assert not holder("x", "T-*").single and not holder("x", "T-1", "T-2").single


@pytest.mark.parametrize(
    ("header", "token"),
    [(b"Bearer abc", b"abc"), (b"bearer  abc ", b"abc"), (b"Basic abc", b""), (b"abc", b""), (b"", b"")],
)
def test_the_header(header: bytes, token: bytes) -> None:
    assert bearer(header) == token
