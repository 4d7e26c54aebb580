"""The disk as the machine has it, seen from a sandbox whose own mounts are all read-only (`ProtectSystem=strict`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from probes.disk import disk
from probes.edge.kernel.mounts import shared_with_the_machine
from tests.support.mounts import PRINT, write

ROOT_LINE = "22 1 254:0 / / {options} - ext4 /dev/vda {super}\n"


def seen_from_a_sandbox(machine: str, sandbox: str, place: Path) -> dict[str, Any]:
    """`machine` sets up the first process's mounts, `sandbox` changes ours; both shell."""
    program = f"from probes.disk import disk\n{PRINT.format(call=f'disk({str(place)!r}, named=True)')}"
    inner = f'set -e\n{sandbox}\nexec "$0" -c "$1"'
    outer = f'set -e\n{machine}\nunshare --mount --propagation slave sh -c \'{inner}\' "$0" "$1"'
    argv = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", outer, sys.executable, program]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)["facts"]
    return facts


@pytest.mark.root
@pytest.mark.parametrize(
    ("machine", "read_only"),
    [
        ("mount -t tmpfs tmpfs {place}", False),
        ("mount -t tmpfs -o ro tmpfs {place}", True),
        ("mount -t tmpfs tmpfs {place}; mount -o remount,bind,ro {place}", True),
    ],
)
def test_a_real_sandbox_makes_no_disk_read_only_and_hides_none_that_is(tmp_path: Path, machine: str, read_only: bool) -> None:
    facts = seen_from_a_sandbox(machine.format(place=tmp_path), f"mount -o remount,bind,ro {tmp_path}", tmp_path)
    assert (facts["read_only"], facts["writing_stopped"]) == (read_only, False)


@pytest.mark.root
def test_a_disk_that_goes_read_only_under_a_running_sandbox(tmp_path: Path) -> None:
    """What `errors=remount-ro` does: the file system changes, the sandbox's mount of it does not."""
    sandbox = f"mount -o remount,ro none {tmp_path}"
    assert seen_from_a_sandbox(f"mount -t tmpfs tmpfs {tmp_path}", sandbox, tmp_path)["writing_stopped"] is True


@pytest.mark.root
def test_what_only_the_sandbox_has_at_this_place_is_judged_by_itself(tmp_path: Path) -> None:
    facts = seen_from_a_sandbox(f"mount -t tmpfs -o ro tmpfs {tmp_path}", f"mount -t tmpfs tmpfs {tmp_path}", tmp_path)
    assert facts["read_only"] is False


@pytest.mark.parametrize(
    ("ours", "behind", "read_only"),
    [("ro", "rw", False), ("ro", "ro", True), ("rw", "rw", False), ("rw", "ro", True)],
)
def test_where_the_first_process_is_hidden_only_the_file_system_counts(tmp_path: Path, ours: str, behind: str, read_only: bool) -> None:
    proc = write(tmp_path / "proc", {"self/mountinfo": ROOT_LINE.format(options=ours, super=behind)})
    assert disk(str(tmp_path), named=True, proc=proc).facts["read_only"] is read_only


def test_a_sandbox_of_a_machine_whose_root_is_read_only(tmp_path: Path) -> None:
    tables = {
        "self/mountinfo": ROOT_LINE.format(options="ro,nosuid", super="rw"),
        "1/mountinfo": ROOT_LINE.format(options="ro", super="rw"),
    }
    assert disk(str(tmp_path), named=True, proc=write(tmp_path / "proc", tables)).facts["read_only"] is True


@pytest.mark.parametrize(
    ("ours", "machine", "shared"),
    [("254:0", "254:0", True), ("254:1", "254:0", False), ("254:1", None, True)],
)
def test_a_place_where_the_machine_has_another_file_system_than_we(tmp_path: Path, ours: str, machine: str | None, shared: bool) -> None:
    """As after the state partition was unmounted outside; where the machine's table is hidden, nothing is claimed."""
    line = ROOT_LINE.format(options="rw", super="rw")
    tables = {"self/mountinfo": line.replace("254:0", ours)} | ({"1/mountinfo": line.replace("254:0", machine)} if machine else {})
    assert shared_with_the_machine(str(tmp_path), write(tmp_path / "proc", tables)) is shared
