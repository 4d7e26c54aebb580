"""One look after another at what was collected. A look that cannot be made leaves the last answer; a store that cannot be written costs
neither the look nor the names of faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from agent.fleet.localise.located import Located
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.inventory import Inventory
from agent.fleet.reading.inventory import load as load_inventory
from agent.fleet.reading.scanned import Scanned, SourceMissing
from agent.fleet.settings.model import FleetSettings
from agent.fleet.survey.survey import Asked, Survey, surveyed
from agent.outputs.notifier import Notifier
from agent.present.output import why_not
from agent.settings.problem import SettingsError
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_SOURCES, _STORE, _HISTORY, _INVENTORY = "sources", "store", "history", "inventory"
_SHOWN = 300  # characters


class Looked(Struct, frozen=True, kw_only=True):
    """`before`: the last answer of an earlier day."""

    scanned: Scanned
    located: Located
    answer: Answer
    before: Answer | None = None


class Looking:
    """`store`: where everything is kept between two looks, so that only what changed is read again."""

    def __init__(self, sources: Sequence[str], settings: FleetSettings, store: Path, inventory: str, notifier: Notifier) -> None:
        self._sources, self._settings, self._store = tuple(sources), settings, store
        self._inventory_at, self._notifier = inventory, notifier
        self._inventory: Inventory | None = None
        self._last: Answer | None = None

    def look(self, now: float, *, history: bool, lasting: tuple[Fault, ...] = ()) -> Looked | None:
        """None where it could not be made; that was said. `history`: Parquet is kept in the store; `lasting`: as `survey` has it."""
        self._read_inventory()
        asked = Asked(
            sources=self._sources,
            now=int(now),
            settings=self._settings,
            store=self._store,
            inventory=self._inventory,
            history=history,
            lasting=lasting,
            last=self._last,
            insists=False,
        )
        try:
            looked = self._kept(asked)
        except SourceMissing as missing:
            shown, why = escape(missing.source, _SHOWN), why_not(missing.error)
            self._notifier.trouble(
                _SOURCES,
                shown,
                Bilingual(
                    f"无法读取 {shown}：{why.zh}。在此之前保持上一次的结果",
                    f"{shown} cannot be read: {why.en}. Until then the last answer stands",
                ),
            )
            return None
        if looked.scanned.quality.counts.get(Flaw.NOTHING_THERE, 0) == len(self._sources):
            said = Bilingual("来源里没有任何状态文件", "there is no status document in any source")
            self._notifier.trouble(_SOURCES, "nothing", said)
        else:
            self._notifier.over(_SOURCES, Bilingual("来源又可以读取了", "the sources can be read again"))
        self._last = looked.answer
        return looked

    def _kept(self, asked: Asked) -> Looked:
        """Whatever becomes of the store."""
        found = surveyed(asked)
        if (failed := found.unkept) is not None:
            self._notifier.trouble(
                _STORE,
                failed.trouble,
                Bilingual(f"{failed.text.zh}。机群照样查看，但都要重新读", f"{failed.text.en}. The fleet is looked at all the same"),
            )
            return _looked(found)
        self._notifier.over(_STORE, Bilingual("又可以写入存储目录了", "the store can be written again"))
        if found.no_history is not None:
            shown = escape(str(found.no_history), _SHOWN)
            self._notifier.trouble(_HISTORY, "failed", Bilingual(f"历史没有写入：{shown}", f"the history could not be written: {shown}"))
        elif asked.history:
            self._notifier.over(_HISTORY, Bilingual("历史又可以写入了", "the history can be written again"))
        return _looked(found)

    def _read_inventory(self) -> None:
        """Again at each look: it may be another one. One that is wrong is said, and the last one holds."""
        if not self._inventory_at:
            return
        try:
            self._inventory = load_inventory(self._inventory_at)
        except SettingsError as error:
            first = error.problems[0].sentence()
            self._notifier.trouble(
                _INVENTORY, first, Bilingual(f"终端清单有错：{first}。沿用上一份", f"the inventory is wrong: {first}. The last one holds")
            )
            return
        self._notifier.over(_INVENTORY, Bilingual("终端清单又可以用了", "the inventory can be used again"))


def _looked(found: Survey) -> Looked:
    return Looked(scanned=found.scanned, located=found.located, answer=found.answer, before=found.before)


def some_of(looked: Looked, most: int = 40) -> Callable[[str], tuple[str, ...]]:
    """Terminals of a fault, by its id: so many of them, from all over the fleet."""

    def victims(fault: str) -> tuple[str, ...]:
        rows = looked.located.failing(fault) if fault in looked.located.found else []
        few = min(most, len(rows))
        return tuple(looked.scanned.table.ids[rows[place * len(rows) // few]] for place in range(few))

    return victims


def heard_in(looked: Looked) -> Callable[[Sequence[str]], bool]:
    """Whether at least half of so many terminals are heard. Of those that are gone for good nobody waits for news."""

    def heard(victims: Sequence[str]) -> bool:
        rows = [row for name in victims if (row := looked.scanned.table.number_of.get(name)) is not None]
        return sum(looked.scanned.silent[row] for row in rows) * 2 <= len(rows)

    return heard
