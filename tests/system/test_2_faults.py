"""What a shop does to a service: after each the service runs, and its status file is whole, fresh and true."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.service import IN_MEMORY, Service, cycles

Note = Callable[[str, str], None]
DAY_S = 86400
MEMORY = Path("/sys/fs/cgroup/memory")


@pytest.fixture(autouse=True)
def hurried(service: Service) -> Iterator[None]:
    service.installed()
    service.configure()
    service.hurry()
    service.restart()
    service.sound()
    yield
    service.configure()
    service.sound()


def restarted(service: Service, act: Callable[[], object], within_s: float = 60) -> float:
    """How long until another process has taken over, in seconds."""
    before, began = service.machine.restarts(), time.monotonic()
    act()
    service.machine.until(lambda: service.machine.restarts() > before and service.machine.active, within_s)
    return time.monotonic() - began


def test_killed(service: Service, seen: Note) -> None:
    took_s = restarted(service, lambda: os.kill(service.machine.pid, signal.SIGKILL))
    service.sound()
    seen("SIGKILL", f"systemd started it again; ready after {took_s:.1f} s (a minute more with the unit's own `RestartSec=60`)")


def test_stopped(service: Service, seen: Note) -> None:
    machine = service.machine
    took_s = restarted(service, lambda: os.kill(machine.pid, signal.SIGSTOP))
    service.sound()
    assert any("Watchdog timeout" in line for line in machine.journal("-u", "posdiag"))
    seen("SIGSTOP, with `WatchdogSec=6` for the test", f"the watchdog ended it; running again after {took_s:.0f} s")


def test_stopped_and_continued(service: Service, seen: Note) -> None:
    pid, before = service.machine.pid, service.machine.restarts()
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)
    service.sound()
    assert (service.machine.pid, service.machine.restarts()) == (pid, before)
    seen("SIGSTOP, and SIGCONT 2 s later", "it goes on, the same process")


def test_a_probe_that_hangs(service: Service, seen: Note) -> None:
    """A file system whose server never answers."""
    machine = service.machine
    (machine.tree / "root/hang.py").write_text((Path(__file__).parent / "hanging_disk.py").read_text())
    (machine.tree / "mnt/hung").mkdir(exist_ok=True)
    machine.run("sh", "-c", "[ -e /dev/fuse ] || mknod /dev/fuse c 10 229")
    machine.run("systemd-run", "--unit=hung", "--property=Type=notify", "python3", "/root/hang.py", "/mnt/hung")
    pid, threads = machine.pid, []
    try:
        service.configure(system=service.world.config["system"] | {"disk_paths": ["/", "/mnt/hung"]}, agent={"interval_s": 1})
        service.restart()
        pid = machine.pid
        for _ in range(3):
            cycles(service, 5)
            threads.append(len(list(Path(f"/proc/{pid}/task").iterdir())))
        check = service.check("system:disk:/mnt/hung")
        assert (check["outcome"], check["symptom"]) == ("unknown", "hung"), check
        assert machine.active and machine.pid == pid and machine.status()["can_pay"] == "yes"
    finally:
        machine.run("systemctl", "stop", "hung")
    seen(
        "a disk check that hangs for ever (a FUSE file system whose server does not answer)",
        f"that check is `unknown`, `hung`; the others go on in the same process, threads after 5, 10 and 15 cycles: {threads}",
    )


def test_the_state_partition_is_full(service: Service, seen: Note) -> None:
    machine = service.machine
    with service.partition():
        service.sound()
        machine.run("sh", "-c", "dd if=/dev/zero of=/var/lib/posdiag/filler bs=4k 2>/dev/null; true")
        machine.until(lambda: "the disk is full" in machine.run("systemctl", "status", "posdiag"))
        kept = machine.status()
        assert machine.active and kept["schema"] == "posdiag.status/1"
        machine.until(lambda: machine.run("sh", "-c", "posdiag status >/dev/null 2>&1; echo $?") == "3")
        restarting = machine.restarts()
        os.kill(machine.pid, signal.SIGKILL)
        machine.until(lambda: machine.restarts() > restarting)
        machine.until(lambda: "the disk is full" in machine.show("StatusText"))
        assert machine.show("ActiveState") == "activating" and machine.status()["sequence"] >= kept["sequence"]
        machine.run("rm", "/var/lib/posdiag/filler")
        service.sound()
    seen(
        "state partition full; killed while it was",
        "the last document stays whole and is shown as stale (3), `systemctl status` says why; "
        "started again it is not ready until there is room, and then at once",
    )


def test_the_state_partition_is_full_and_the_status_lies_in_memory(service: Service, seen: Note) -> None:
    machine = service.machine
    service.configure(agent=IN_MEMORY)
    with service.partition():
        service.sound()
        machine.run("sh", "-c", "dd if=/dev/zero of=/var/lib/posdiag/filler bs=4k 2>/dev/null; true")
        service.sound()
        restarted(service, lambda: os.kill(machine.pid, signal.SIGKILL))
        service.sound()
        machine.run("rm", "/var/lib/posdiag/filler")
    seen("state partition full while the status lies in memory; killed while it was", "fresh all the time, ready again at once")


def test_the_directory_in_memory_is_removed(service: Service, seen: Note) -> None:
    machine = service.machine
    service.configure(agent=IN_MEMORY)
    service.restart()
    service.sound()
    links, began = ("readlink", "/var/lib/posdiag/status.json"), time.monotonic()
    machine.run("rm", "-rf", "/run/posdiag")
    service.sound(within_s=10)
    assert machine.run(*links, check=False) == ""
    machine.until(lambda: "Until then it is written to" in machine.show("StatusText"), 10)
    machine.until(lambda: machine.run(*links, check=False) == "/run/posdiag/status.json", 150)
    service.sound()
    seen(
        "the status's directory in memory removed",
        "the status stands on the disk at once; it leaves with 3 and systemd makes the directory anew; "
        f"in memory again after {time.monotonic() - began:.0f} s",
    )


def test_the_state_partition_is_read_only(service: Service, seen: Note) -> None:
    machine = service.machine
    with service.partition():
        service.sound()
        machine.run("mount", "-o", "remount,ro", "/var/lib/posdiag")
        machine.until(lambda: "read-only" in machine.show("StatusText"))
        assert machine.active and machine.status()["schema"] == "posdiag.status/1"
        machine.run("mount", "-o", "remount,rw", "/var/lib/posdiag")
        service.sound()
        # and one that was started meanwhile, whose own mount of it stays read-only
        machine.run("mount", "-o", "remount,ro", "/var/lib/posdiag")
        os.kill(machine.pid, signal.SIGKILL)
        machine.until(lambda: "read-only" in machine.show("StatusText"))
        machine.run("mount", "-o", "remount,rw", "/var/lib/posdiag")
        began = time.monotonic()
        service.sound(within_s=150)
        took_s = time.monotonic() - began
    seen(
        "state partition read-only, and writable again; the same with a start in between",
        "the last document stays whole, `systemctl status` says why; fresh again at once, "
        f"after the start in between within {took_s:.0f} s",
    )


def test_the_state_partition_goes(service: Service, seen: Note) -> None:
    machine = service.machine
    with service.partition():
        service.sound()
        machine.run("umount", "-l", "/var/lib/posdiag")
        began = time.monotonic()
        service.sound(within_s=150)
        took_s = time.monotonic() - began
    seen("state partition unmounted", f"the status stands in the directory below it within {took_s:.0f} s")


def test_the_state_directory_is_removed(service: Service, seen: Note) -> None:
    machine = service.machine
    began = time.monotonic()
    # the service may write into a directory while it is emptied
    machine.run("sh", "-c", "until rm -rf /var/lib/posdiag /var/log/posdiag; do :; done")
    service.sound(within_s=150)
    seen(
        "state and log directories removed",
        f"after a minute it leaves with 3 and systemd makes them anew; fresh after {time.monotonic() - began:.0f} s",
    )


def test_out_of_memory(service: Service, seen: Note) -> None:
    """In a memory control group of this machine: the container's own systemd may not set limits where control groups are of version 1."""
    if not (MEMORY / "memory.limit_in_bytes").exists():
        pytest.skip("this machine's memory controller is not of version 1")
    assert service.machine.show("MemoryMax") == str(128 * 2**20)
    group = MEMORY / f"posdiag-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(256 * 1024))
        took_s = restarted(service, lambda: (group / "cgroup.procs").write_text(str(service.machine.pid)))
        killed = "under_oom" in (group / "memory.oom_control").read_text() and _oom_kills(group)
    finally:
        deadline = time.monotonic() + 10
        while (group / "cgroup.procs").read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        group.rmdir()
    service.sound()
    assert killed
    seen("memory limit hit", f"killed by the kernel, started again; ready after {took_s:.1f} s")


def _oom_kills(group: Path) -> int:
    counts = dict(line.split() for line in (group / "memory.oom_control").read_text().splitlines())
    return int(counts.get("oom_kill", 0))


def test_a_broken_configuration_and_its_repair(service: Service, seen: Note) -> None:
    """With the unit's own times: a try each minute."""
    machine = service.machine
    (machine.tree / "etc/systemd/system/posdiag.service.d/hurry.conf").unlink()
    machine.run("systemctl", "daemon-reload")
    before = machine.status()
    service.write_config("[agent]\nintervall_s = 5\n")
    machine.run("systemctl", "restart", "posdiag", check=False)
    machine.until(lambda: machine.show("SubState") == "auto-restart")
    status = machine.run("systemctl", "status", "posdiag", check=False)
    assert "agent.intervall_s" in status and "status=3" in status
    assert machine.run("sh", "-c", "touch /tmp/none.toml; posdiag --config /tmp/none.toml status >/dev/null; echo $?") == "3"
    after = machine.status()
    assert after["sequence"] >= before["sequence"] and after["valid_until"] != before["valid_until"]
    tries = machine.restarts()
    machine.until(lambda: machine.restarts() >= tries + 2, 150)
    assert machine.journal("-p", "err", "-u", "posdiag") != []
    service.configure()
    began = time.monotonic()
    service.sound(within_s=90)
    seen(
        "configuration broken, and repaired",
        "exit status 3, the key stands in `systemctl status`, the last document is stale at once; a new try each minute, "
        f"running by itself {time.monotonic() - began:.0f} s after the repair",
    )


@pytest.mark.parametrize(
    ("name", "moment"),
    [("1970", 1_000_000.0), ("2038, past the end of 32 bits", 2**31 + 1000.0), ("a day back", None)],
)
def test_the_clock_is_wrong(service: Service, seen: Note, tmp_path: Path, name: str, moment: float | None) -> None:
    from tests.support.shifted import preload

    machine = service.machine
    (machine.tree / "opt/shift_clock.so").write_bytes(preload(tmp_path).read_bytes())
    machine.drop_in("clock", "[Service]", "Environment=LD_PRELOAD=/opt/shift_clock.so", "Environment=SHIFT_FILE=/etc/shift")
    service.shift.write_text("0")
    try:
        service.restart()
        service.sound()
        pid, sequence = machine.pid, machine.status()["sequence"]
        service.shift.write_text(str(-DAY_S if moment is None else int(moment - time.time())))
        state, cause = ("outage", "system.clock_wrong") if moment else ("degraded", "system.clock_wrong")
        status = service.sound(state=state, cause=cause)
        assert machine.pid == pid and status["sequence"] > sequence
        machine.until(lambda: machine.status()["sequence"] > status["sequence"] + 5)
        assert machine.pid == pid and machine.active
        service.shift.write_text("0")
        service.sound()
        assert machine.pid == pid
    finally:
        service.shift.unlink()
        (machine.tree / "etc/systemd/system/posdiag.service.d/clock.conf").unlink()
        machine.run("systemctl", "daemon-reload")
        service.restart()
    seen(f"clock set to {name} while it runs, and back", f"cycles go on in the same process; `{cause}` ({state}) while it was wrong")


def test_the_whole_of_it_is_as_before(service: Service) -> None:
    """No trace of a traceback, and nothing left behind in the state directory."""
    machine = service.machine
    assert not [line for line in machine.journal("-u", "posdiag") if "Traceback" in line or 'File "' in line]
    assert set(machine.run("ls", "-A", "/var/lib/posdiag").split()) <= {
        *("status.json", "memory.json", "run.lock"),
        *("history.ndjson", "record-seen.json", "starts.json", "told"),
    }
