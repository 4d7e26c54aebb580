"""Output of the real command to streams of every encoding, and to streams that are full, closed or gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import POSDIAG, configured, current, environment, kept, posdiag
from tests.support.patience import PATIENCE_S


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


@pytest.mark.parametrize(
    ("extra", "encoding", "chinese"),
    [
        ({"PYTHONIOENCODING": "gbk"}, "gbk", True),
        ({"PYTHONIOENCODING": "gb18030"}, "gb18030", True),
        ({"PYTHONIOENCODING": "big5"}, "big5", False),
        ({"PYTHONIOENCODING": "latin-1"}, "latin-1", False),
        ({"PYTHONIOENCODING": "ascii"}, "ascii", False),
        ({"LC_ALL": "C"}, "ascii", False),
        ({"LANG": "POSIX"}, "ascii", False),
        ({"LC_ALL": "zh_CN.GBK"}, "gbk", True),
        ({"LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "ascii", False),
        ({"LC_ALL": "C.UTF-8"}, "utf-8", True),
        ({}, "utf-8", True),
    ],
    ids=str,
)
def test_every_encoding_gets_what_it_can_show(config: Path, extra: dict[str, str], encoding: str, chinese: bool) -> None:
    kept(config, current())
    for args in (["status", "--config", str(config)], ["explain", "--lang", "zh"], ["--help", "--lang", "zh"]):
        done = posdiag(*args, **extra)
        assert done.stderr == b""
        text = done.stdout.decode(encoding)
        assert ("终端" in text or "网络" in text or "收款" in text) == chinese, text[:200]


@pytest.mark.parametrize("command", [["explain"], ["--help"], ["config", "show"], ["config", "schema"]])
def test_a_reader_that_leaves_early_is_no_crash(command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*POSDIAG, *command], stdout=write, stderr=subprocess.PIPE, env=environment(), timeout=PATIENCE_S, check=False, cwd="/"
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "结果没有写出去：磁盘满了。请写到别处再试\n"),
        ("en", "The result could not be written: the disk is full. Write it elsewhere.\n"),
    ],
)
def test_a_full_disk_under_the_output_is_said_in_one_line(language: str, said: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*POSDIAG, "explain", "--lang", language],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=PATIENCE_S,
            check=False,
            cwd="/",
        )
    assert done.returncode == 3
    assert done.stderr.decode() == said


def test_closed_streams_are_no_crash() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *POSDIAG, "explain", "03"], env=environment(), timeout=PATIENCE_S, check=False, cwd="/"
    )
    assert done.returncode == 0
