"""A small file is read whole, to its limit; whatever else stands in its place is an error, and nothing is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from probes.ground.files import NotAFileError, read_small


def test_as_much_as_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 200_000)
    assert len(read_small(path, 300_000)) == 200_000
    assert len(read_small(path, 100_001)) == 100_001
    assert read_small(path, 0) == b""
    assert read_small("/proc/self/status", 65536).startswith(b"Name:")


def test_a_link_is_followed_only_where_that_is_right(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert read_small(tmp_path / "link", 10) == b"content"
    with pytest.raises(OSError):
        read_small(tmp_path / "link", 10, follow=False)
    assert read_small(tmp_path / "file", 10, follow=False) == b"content"


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, error in ((tmp_path / "pipe", NotAFileError), (tmp_path, IsADirectoryError), (tmp_path / "none", FileNotFoundError)):
        with pytest.raises(error):
            read_small(path, 10)
    with pytest.raises(ValueError):
        read_small("a\0b", 10)
