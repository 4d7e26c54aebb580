"""One month: the faults of a schedule, one after another, at a shop of its own; and what the record says of it at the end."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.storage.history_file import FILE, SIZE_LIMIT
from tests.lab.month.kinds import Kind, Mend
from tests.lab.month.schedule import Fault
from tests.lab.month.shop import Shop
from tests.support.shifted import shifted
from tests.support.world import World
from tests.support.world.verdict import ROOT, environment

MOST_STEERED_S = 250.0  # a clock that is off by less is not wrong


@dataclass(frozen=True)
class Truth:
    """One fault as it was: from when to when, in seconds of the month."""

    number: int
    kind: str
    causes: tuple[str, ...]
    pays: bool
    mend: str
    trace: str
    began: float
    ended: float
    tried: tuple[str, ...] = ()
    strike: str = ""
    trouble: str = ""


@dataclass
class Month:
    """`boots`: when each start of the machine was; `history`: `posdiag history --json`; `again`: the same once the record had rotated a
    second time, and its oldest lines were gone."""

    truths: list[Truth] = field(default_factory=list)
    looks: list[dict[str, Any]] = field(default_factory=list)
    boots: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def play(faults: list[Fault], seed: int, tell: Callable[[Truth], None], keep: Path | None = None) -> Month:
    month = Month()
    with World(backup=True) as world:
        shop = Shop(world)
        player = _Player(shop, random.Random(seed), month)
        try:
            shop.start()
            for number, fault in enumerate(faults):
                for truth in player.fault(number, fault):
                    month.truths.append(truth)
                    tell(truth)
                if number == len(faults) // 2:
                    player.rotation()
            shop.cut_out(86400.0)
            shop.last(300)
            shop.stop()
            month.looks, month.boots = shop.examined(), shop.boots
            with shifted(shop.clock_is_off_by(), world.folder):
                month.lines, month.history = _lines(world), _history(world, "--json")
                if keep is not None:
                    _keep(world, month, keep)
            shop.start()  # once more: what the oldest lines said is carried over
            player.rotation()
            shop.last(200)
            shop.stop()
            with shifted(shop.clock_is_off_by(), world.folder):
                month.again = _history(world, "--json")
        finally:
            shop.kill()
    return month


class _Player:
    def __init__(self, shop: Shop, chance: random.Random, month: Month) -> None:
        self.shop, self.chance, self.counts = shop, chance, month.counts

    def fault(self, number: int, fault: Fault) -> list[Truth]:
        shop = self.shop
        shop.cut_out(fault.cut_s)
        shop.last(fault.well_s / 2)
        if fault.strike.endswith("while all is well"):
            self._strike(fault.strike, fault.kind)
        shop.last(fault.well_s / 2)
        began, tried = shop.now(), list[str]()
        fault.kind.breaks(shop)
        if fault.strike == "killed at the fault":
            self._strike(fault.strike, fault.kind)
        trouble = "" if shop.until(bad=True) else f"not seen: {shop.said}"
        shop.last(fault.lasts_s / 2)
        if fault.strike.endswith("in the fault") or fault.strike == "clock steered":
            tried += self._strike(fault.strike, fault.kind)
        found = self._beside(fault, number) if fault.beside else []
        shop.last(fault.lasts_s / 2)
        if fault.vain is not None:
            fault.vain.does(shop)
            tried.append(fault.vain.trace)
            self._count("repairs in vain")
            shop.last(self.chance.uniform(90, 600))
        if found and fault.beside_first:
            found = [self._mended(found[0], fault.beside[1])] if fault.beside else []
            shop.last(300)
        made = Truth(number, fault.kind.name, fault.kind.causes, fault.kind.pays, fault.mend.name, fault.mend.trace, began, 0.0,
                     tuple(tried), fault.strike, trouble)  # fmt: skip
        made = self._mended(made, fault.mend)
        if fault.strike == "killed before it is over":
            self._strike(fault.strike, fault.kind)
        if found and not fault.beside_first and fault.beside:
            shop.last(300)
            found = [self._mended(found[0], fault.beside[1])]
        return self._over(fault, [made, *found])

    def _beside(self, fault: Fault, number: int) -> list[Truth]:
        assert fault.beside is not None
        kind, mend = fault.beside
        self._count("faults while another lasts")
        began = self.shop.now()
        kind.breaks(self.shop)
        return [Truth(number, kind.name, kind.causes, kind.pays, mend.name, mend.trace, began, 0.0)]

    def _mended(self, truth: Truth, mend: Mend) -> Truth:
        mend.does(self.shop)
        self._count("repairs")
        return _with(truth, ended=self.shop.done_at())

    def _over(self, fault: Fault, truths: list[Truth]) -> list[Truth]:
        shop = self.shop
        if not shop.until(bad=False):
            said = f"not over: {shop.said}"
            truths = [_with(truths[0], trouble=f"{truths[0].trouble} {said}".strip()), *truths[1:]]
        shop.wait(60)
        for mend in (fault.mend, *([fault.beside[1]] if fault.beside else ())):
            mend.after(shop)
        return truths

    def _strike(self, what: str, kind: Kind) -> list[str]:
        """What it is besides a strike: something tried in vain."""
        shop = self.shop
        if what.startswith("killed"):
            self._count("kills")
            shop.killed(self.chance.uniform(1, 20))
        elif what.startswith("restarted") and kind.name != "the application hangs":
            self._count("starts of the machine")
            shop.reboot()
            return ["terminal_restarted"]
        elif what == "clock steered" and kind.where != "clock":
            self._count("clock jumps")
            to = self.chance.choice((-1, 1)) * self.chance.uniform(40, MOST_STEERED_S)
            shop.clock(to - shop.ahead_s)
        return []

    def rotation(self) -> None:
        """The record has grown: lines of a kind that only a later version knows."""
        path = self.shop.world.folder / "state" / FILE
        self.shop.restart(meanwhile=lambda: _grown(path))
        self._count("rotations")

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _grown(path: Path) -> None:
    last = json.loads(path.read_bytes().splitlines()[-1])
    filler = {key: last[key] for key in ("schema", "at", "boot_id", "running_s", "clock")} | {"kind": "of_later", "rest": "-" * 900}
    with path.open("ab") as file:
        number = last["sequence"]
        while file.tell() < SIZE_LIMIT - 200:
            number += 1
            file.write(json.dumps(filler | {"sequence": number}).encode() + b"\n")


def _with(truth: Truth, **other: Any) -> Truth:
    return Truth(**{**vars(truth), **other})


def _lines(world: World) -> dict[str, dict[str, Any]]:
    """What the record itself says of each incident: by its name and the kind of line."""
    found = {}
    for name in ("history.1.ndjson", FILE):
        path = world.folder / "state" / name
        for line in path.read_bytes().splitlines() if path.exists() else ():
            told = json.loads(line)
            if told["kind"] in ("opened", "closed"):
                found[f"{told['kind']} {told['incident']}"] = told
    return found


def _posdiag(world: World, *words: str) -> str:
    argv = [sys.executable, "-m", "agent", *words, "--config", str(world.folder / "agent.toml")]
    done = subprocess.run(argv, cwd=ROOT, env=environment(Path(ROOT)), capture_output=True, text=True, check=True)
    return done.stdout


def _history(world: World, *options: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_posdiag(world, "history", *options))
    return told


def _keep(world: World, month: Month, folder: Path) -> None:
    """What people see, and the state directory."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(world.folder / "state", folder / "state")
    shutil.copy(world.folder / "looks.ndjson", folder)
    for language in ("en", "zh"):
        (folder / f"history.{language}.txt").write_text(_posdiag(world, "history", "--lang", language))
        one = [_posdiag(world, "history", each["id"], "--lang", language) for each in month.history["incidents"]]
        (folder / f"incidents.{language}.txt").write_text("\n".join(one))
    (folder / "history.json").write_text(json.dumps(month.history, indent=2))
    (folder / "truth.json").write_text(json.dumps([vars(each) for each in month.truths], indent=2))
