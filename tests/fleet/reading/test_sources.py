"""Trees, files, lines, bundles: what is read of them, and what is counted where nothing can be."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import zstandard

from agent.contract.encode import encode
from agent.diagnosis.model import CanPay, State
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.rows import MOST
from agent.fleet.reading.scanned import Scanned, SourceMissing, scanned
from tests.support.documents import status

NOW = 1_790_000_000.0
ROOT = Path(__file__).parents[3]
WHOLE = json.loads(encode(status(CanPay.YES, State.OK)))


def document(name: str, **more: object) -> bytes:
    return json.dumps({**WHOLE, **more, "terminal": {**WHOLE["terminal"], "id": name, "machine_id": ""}}, ensure_ascii=False).encode()


def put(path: Path, content: bytes, at: float = NOW - 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def read(*sources: Path | str) -> Scanned:
    return scanned([str(source) for source in sources], now=NOW)


def names(found: Scanned) -> set[str]:
    return set(found.table.ids)


def test_every_layout_of_a_tree_is_read(tmp_path: Path) -> None:
    put(tmp_path / "flat.json", document("flat"))
    put(tmp_path / "a" / "status.json", document("a"))
    put(tmp_path / "south" / "shop 7" / "til l" / "status.json", document("deep"))
    put(tmp_path / "more.ndjson", document("l1") + b"\n" + document("l2"))
    assert names(read(tmp_path)) == {"flat", "a", "deep", "l1", "l2"}


def test_what_an_agent_keeps_beside_its_status_is_no_fault_of_a_tree(tmp_path: Path) -> None:
    put(tmp_path / "status.json", document("T-1"))
    for name in (
        "data-use.json",
        "starts.json",
        "memory.json",
        "record-seen.json",
        "app-messages.json",
        "runbook.json",
        "last-status.json",
    ):
        put(tmp_path / name, b'{"version": 1}')
    put(tmp_path / "history.ndjson", b'{"schema": "posdiag.event/1"}\n')
    put(tmp_path / ".status.json.12.abc.tmp", b"{")
    put(tmp_path / ".status.json.Xq1", b"{")  # of rsync, while it copies
    found = read(tmp_path)
    assert names(found) == {"T-1"} and found.counts == {}


def test_where_only_the_copy_can_be_read_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "status.json").symlink_to("/run/posdiag/not-here.json")
    put(tmp_path / "last-status.json", document("T-1"))
    found = read(tmp_path)
    assert names(found) == {"T-1"} and found.counts == {"dangling_link": 1}


def test_links_are_followed_to_files_and_not_to_directories(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "status.json", document("T-1"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "status.json").symlink_to(tmp_path / "elsewhere" / "status.json")
    (tree / "loop").symlink_to(tree)
    found = read(tree)
    assert names(found) == {"T-1"} and found.counts == {"linked_directory": 1}


def test_what_cannot_be_read_is_counted_by_kind_with_examples_and_ends_nothing(tmp_path: Path) -> None:
    put(tmp_path / "good" / "status.json", document("T-1"))
    put(tmp_path / "1.json", document("T-2")[:-30])
    put(tmp_path / "2.json", b"\x00\xff nothing")
    put(tmp_path / "3.json", b"x" * (MOST + 1))
    put(tmp_path / "4.json", b'{"inventory": []}')
    put(tmp_path / "5.json", b"")
    put(tmp_path / "6.json", document("T-6", schema="posdiag.status/7", terminal=1).replace(b'"id"', b'"name"'))
    put(tmp_path / "7.json", document(""))
    put(tmp_path / "\x1b[31m.json", b"{")
    os.mkfifo(tmp_path / "8.json")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "9.json"))
        found = read(tmp_path)
    assert names(found) == {"T-1"}
    assert found.counts == {
        "damaged": 1,
        "empty": 1,
        "foreign": 1,
        "not_a_file": 1,
        "too_large": 1,
        "truncated": 2,
        "unfit": 1,
        "unknown_version": 1,
        "unreadable": 1,
    }
    assert found.totals.unreadable == 10
    assert all("\x1b" not in each for named in found.quality.examples.values() for each in named)


def test_of_a_thousand_of_a_kind_a_few_are_named(tmp_path: Path) -> None:
    put(tmp_path / "all.ndjson", b"nothing\n" * 1000)
    found = read(tmp_path)
    assert found.counts == {"damaged": 1000, "nothing_there": 1} and len(found.quality.examples[Flaw.DAMAGED]) == 5


@pytest.mark.skipif(os.geteuid() != 0, reason="asks as another user, which root alone can")
def test_what_this_user_may_not_read_is_counted(tmp_path: Path) -> None:
    put(tmp_path / "a" / "status.json", document("T-1"))
    put(tmp_path / "b" / "status.json", document("T-2")).chmod(0)
    put(tmp_path / "c" / "status.json", document("T-3")).parent.chmod(0)
    for parent in (tmp_path, *tmp_path.parents):
        if parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    program = "import sys; from agent.fleet.reading.scanned import scanned; found = scanned([sys.argv[1]], now=float(sys.argv[2])); "
    program += "print(*found.table.ids, dict(found.counts))"
    argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", program, str(tmp_path), str(NOW)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "T-1 {'not_permitted': 2}\n", done.stderr


def lines(count: int) -> bytes:
    return b"".join(document(f"T-{number}") + b"\n" for number in range(count))


def compressed(content: bytes, how: str) -> bytes:
    if how == "gz":
        return gzip.compress(content)
    return zstandard.ZstdCompressor().compress(content) if how == "zst" else content


@pytest.mark.parametrize("how", ["plain", "gz", "zst"])
def test_lines_are_read_whatever_their_file_is_called(tmp_path: Path, how: str) -> None:
    put(tmp_path / "collected", compressed(lines(300), how))
    assert len(names(read(tmp_path / "collected"))) == 300


@pytest.mark.parametrize("how", ["gz", "zst"])
def test_what_is_compressed_may_be_of_several_parts_and_be_cut_off(tmp_path: Path, how: str) -> None:
    both = compressed(lines(100), how) + compressed(document("T-1000") + b"\n", how)
    put(tmp_path / "whole", both)
    assert len(names(read(tmp_path / "whole"))) == 101
    put(tmp_path / "cut", compressed(os.urandom(300_000).hex().encode() + b"\n" + lines(2), how)[:100_000])
    assert read(tmp_path / "cut").counts.get("bad_archive", 0) + read(tmp_path / "cut").counts.get("too_large", 0) >= 1


def test_a_line_without_end_costs_no_memory_and_hides_nothing_behind_it(tmp_path: Path) -> None:
    put(tmp_path / "all.ndjson", document("T-1") + b"\n" + b"x" * 5_000_000 + b"\n\n" + document("T-2") + b"\n" + b"{")
    found = read(tmp_path / "all.ndjson")
    assert names(found) == {"T-1", "T-2"} and found.counts == {"too_large": 1, "truncated": 1}


def test_a_document_over_many_lines_is_one(tmp_path: Path) -> None:
    put(tmp_path / "status.txt", json.dumps(json.loads(document("T-1")), indent=2).encode())
    put(tmp_path / "status.json", json.dumps(json.loads(document("T-2")), indent=2).encode())
    found = read(tmp_path / "status.txt", tmp_path / "status.json")
    assert names(found) == {"T-1", "T-2"} and found.counts == {}


def bundle(content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "…")
        archive.writestr("status.json", content)
    return whole.getvalue()


def test_bundles_are_read_and_no_bomb_goes_off(tmp_path: Path) -> None:
    put(tmp_path / "posdiag-T-1.zip", bundle(document("T-1")))
    put(tmp_path / "bomb.zip", bundle(b" " * 50_000_000))
    put(tmp_path / "cut.zip", bundle(document("T-2"))[:-40])
    found = read(tmp_path)
    assert names(found) == {"T-1"} and found.counts == {"bad_archive": 1, "too_large": 1}


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(lines(3)))))
    assert names(read("-")) == {"T-0", "T-1", "T-2"}


@pytest.mark.parametrize("name", ["nowhere", "with\0nul"])
def test_a_source_that_is_not_there_is_said_before_anything_is_judged(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceMissing):
        read(tmp_path, f"{tmp_path}/{name}")


def test_names_that_are_no_text_are_read_and_shown(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)
    Path(os.fsdecode(folder + b"/status.json")).write_bytes(document("T-1"))
    Path(os.fsdecode(folder + b"/b.json")).write_bytes(b"{")
    found = read(tmp_path)
    assert names(found) == {"T-1"}
    assert all(each.isprintable() and each.encode() for each in found.quality.examples[Flaw.TRUNCATED])


def test_a_mark_of_byte_order_hides_no_terminal(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    put(tmp_path / "lines.ndjson", mark + document("one") + b"\r\n" + document("two") + b"\r\n")
    found = read(tmp_path / "lines.ndjson")
    assert names(found) == {"one", "two"} and found.totals.unreadable == 0
