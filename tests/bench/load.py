"""An hour's worth of work, all programs at the same time, each in a world of its own. A part of an hour is measured and stated."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import usage
from tests.bench.footprint import footprint
from tests.bench.peers import PEERS, Peer, missing, prepare
from tests.bench.usage import Usage
from tests.support.packaged import install
from tests.support.servers.acquirer import Acquirer
from tests.support.world import behaviours, config, plan
from tests.support.world.verdict import ROOT, environment
from tests.support.world.world import World

SETTLE_S = 30.0
EVERY_S = 60.0
ON_FLASH = "status on flash"


class Ended(RuntimeError):
    """A program that was to be measured did not last."""


@dataclass(frozen=True)
class Measured:
    name: str
    does: str
    usage: Usage | None
    skipped: str = ""
    documents: int = 0


def acquirer_in(w: World) -> dict[str, object]:
    """The gateway as a real acquirer of ISO 8583 over TLS, and its table of the configuration."""
    host = Acquirer()
    w.servers["gateway_a"].behaviour = behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_A.name)), host.serve)
    ids = {"terminal_id": "00000001", "merchant_id": "123456789012345"}
    return config.gateway("a", w.authority.root_file, protocol="iso8583", iso8583=ids)


def measure(seconds: float) -> list[Measured]:
    """As the package has it, with the status in memory; and on flash, where no configuration says otherwise."""
    cellular: dict[str, Any] = {"uplink": [{"interface": "eth0", "kind": "cellular"}]}
    ways: dict[str, dict[str, Any]] = {
        "posdiag": {},
        "posdiag, cellular": cellular,
        "posdiag, cellular, keep_open": cellular | {"gateway": {"keep_open": True}},
        f"posdiag, {ON_FLASH}": {},
        f"posdiag, cellular, {ON_FLASH}": cellular,
    }
    with TemporaryDirectory(prefix="posdiag-bench-") as folder, ThreadPoolExecutor(16) as pool:
        launcher = install(Path(folder))
        ours = [pool.submit(_posdiag, launcher, name, changes, seconds) for name, changes in ways.items()]
        theirs = [pool.submit(_peer, peer, seconds) for peer in PEERS]
        return [each.result() for each in (*ours, *theirs)]


def _posdiag(launcher: Path, name: str, changes: dict[str, Any], seconds: float) -> Measured:
    with World() as w:
        gateway = acquirer_in(w) | changes.get("gateway", {})
        tmpfs = Path("/dev/shm") / w.terminal
        agent = {} if name.endswith(ON_FLASH) else {"status_dir": str(tmpfs)}
        tmpfs.mkdir()
        try:
            path = w.configure({"gateway": [gateway], "agent": agent, **({"uplink": changes["uplink"]} if "uplink" in changes else {})})
            argv = ["ip", "netns", "exec", w.terminal, str(launcher), "run", "--config", str(path)]
            used = _run(w, [argv], None, seconds)
            document = w.folder / "state" / "status.json"
            return Measured(name, "everything, and says what is wrong", used, documents=json.loads(document.read_bytes())["sequence"])
        finally:
            for left in tmpfs.iterdir():
                left.unlink()
            tmpfs.rmdir()


def _peer(peer: Peer, seconds: float) -> Measured:
    without = missing(peer)
    if without:
        return Measured(peer.name, peer.does, None, f"{', '.join(without)} is not installed")
    with World() as w:
        acquirer_in(w)
        try:
            return Measured(peer.name, peer.does, _run(w, prepare(peer, w), peer, seconds))
        except Ended as error:
            return Measured(peer.name, peer.does, None, str(error))


def _run(w: World, commands: list[list[str]], peer: Peer | None, seconds: float) -> Usage:
    usage.count_wire(w.terminal)
    said = w.folder / "said"
    with said.open("wb") as log:
        started = [
            subprocess.Popen(argv, cwd="/", env=environment(ROOT), stdin=subprocess.DEVNULL, stdout=log, stderr=log) for argv in commands
        ]
    roots = [process.pid for process in started]
    try:
        _work(w, peer, SETTLE_S)
        before = usage.read(roots, w.terminal)
        _work(w, peer, seconds)
        after = usage.read(roots, w.terminal)
        memory, threads = footprint(usage.tree(roots)), usage.threads(roots)
        alive = all(process.poll() is None for process in started)
    finally:
        wakeups = [usage.end(process) for process in started]
    if not alive:
        last = said.read_text(errors="replace").strip().splitlines()[-1:]
        raise Ended(f"{commands[0][4]} ended by itself: {''.join(last)}")
    lasted = after.at - before.at
    return Usage(
        seconds=lasted,
        memory=memory,
        cpu_s=after.cpu_s - before.cpu_s,
        wakeups=round(sum(wakeups) * lasted / (lasted + SETTLE_S)),
        wire_bytes=after.wire - before.wire,
        written_bytes=after.written - before.written,
        threads=threads,
    )


def _work(w: World, peer: Peer | None, seconds: float) -> None:
    """Waits; asks once a minute what has to be asked."""
    until = time.monotonic() + seconds
    due = time.monotonic() + min(EVERY_S, SETTLE_S) / 3
    while (left := until - time.monotonic()) > 0:
        if peer is not None and peer.ask is not None and time.monotonic() >= due:
            due += EVERY_S
            with suppress(OSError):
                peer.ask(w)
        time.sleep(min(1.0, left))
