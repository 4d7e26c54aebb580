"""A small file is read whole, to its limit; whatever else stands in its place is an error, and nothing is waited for."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from probes.ground.files import NotAFileError, TooLargeError, lines_of, read_small


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


def test_lines_of_a_long_file_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"10.0.0.1 host-%d.example\n" % number for number in range(100_000)) + b"last")
    tracemalloc.start()
    lines = sum(1 for _ in lines_of(path, 1 << 24))
    near = list(lines_of(path, 1 << 24, holding=b"host-777.example"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == 100_001
    assert b"10.0.0.1 host-777.example" in near and len(near) < 5000
    assert most < 2_000_000


def test_lines_end_at_the_limit_and_one_without_end_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"first\n" + b"x" * 200_000 + b" end\nsecond\nthird")
    assert list(lines_of(path, 1 << 20)) == [b"first", b"second", b"third"]
    came = lines_of(path, 100_000)
    assert next(came) == b"first"
    with pytest.raises(TooLargeError):
        next(came)
    path.write_bytes(b"x" * 200_000)
    assert list(lines_of(path, 1 << 20)) == []


def test_lines_are_those_of_the_whole_wherever_a_part_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for before in range(65_530, 65_540):
        path.write_bytes(b"a" * (before - 6) + b"\nshort\nnext\r\nlast")
        assert list(lines_of(path, 1 << 20))[-3:] == [b"short", b"next", b"last"]


def test_no_line_is_read_of_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, error in ((tmp_path / "pipe", NotAFileError), (tmp_path, IsADirectoryError), ("/dev/zero", NotAFileError)):
        with pytest.raises(error):
            next(lines_of(path, 10))


def test_the_null_device_is_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "masked").symlink_to("/dev/null")
    assert (read_small(tmp_path / "masked", 10), list(lines_of(tmp_path / "masked", 10))) == (b"", [])
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(NotAFileError):
        read_small(tmp_path / "zero", 10)
