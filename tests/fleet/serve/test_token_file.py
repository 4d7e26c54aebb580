"""A token for each of many terminals, in a file of lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.commands.failure import CommandFailed
from agent.fleet.serve.token_file import holders
from agent.fleet.serve.tokens import Tokens, new, written
from tests.support.patience import until
from tests.support.served import served, summary


def test_lines(tmp_path: Path) -> None:
    one, group = new(), new()
    path = tmp_path / "tokens"
    path.write_text(f"# of the north\n\n{written(one)}\tT-1\r\n  {written(group)} north N-*,X-1\n", encoding="utf-8")
    tokens = Tokens(holders(path))
    first, second = tokens.of(one.encode()), tokens.of(group.encode())
    assert first is not None and second is not None
    assert (first.single, first.holder.name, first.may_write("T-1"), first.may_write("T-2")) == (True, "T-1", True, False)
    assert (second.single, second.holder.name, second.may_write("N-7"), second.may_write("X-1")) == (False, "north", True, True)


@pytest.mark.parametrize("line", ["{token} T-1", "{hash}", "{hash} a b c", "T-1 {hash}", "sha256:abc T-1"])
def test_a_line_that_is_none_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    token = new()
    path = tmp_path / "tokens"
    path.write_text(f"{written(new())} T-0\n" + line.format(token=token, hash=written(token)) + "\n", encoding="utf-8")
    with pytest.raises(CommandFailed) as failed:
        list(holders(path))
    assert "line 2" in failed.value.text.en and "第 2 行" in failed.value.text.zh
    assert token not in str(failed.value.text) and written(token) not in str(failed.value.text)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "tokens"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandFailed, match="tokens"):
        list(holders(path))
    with pytest.raises(CommandFailed, match="directory"):
        list(holders(tmp_path))


def test_it_is_read_again_when_it_changes(tmp_path: Path) -> None:
    one, two = new(), new()
    path = tmp_path / "tokens"
    path.write_text(f"{written(one)} T-1\n", encoding="utf-8")
    with served(tmp_path, settings=f'[serve]\nevery_s = 1\ntokens_file = "{path}"\n', tokens="") as server:
        assert [server.push(summary("T-1"), token=one).status, server.push(summary("T-2"), token=one).status] == [202, 403]
        path.write_text(f"{written(two)} T-2\n", encoding="utf-8")
        until(lambda: server.push(summary("T-2"), token=two).status == 202, server.said)
        assert server.push(summary("T-1"), token=one).status == 401
