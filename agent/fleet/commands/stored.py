"""What a store remembers of the last scan, for commands that look back at it or note something of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.commands.failure import CommandFailed, WrongOption
from agent.contract.times import parse
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import store_of
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.settings.load import load
from agent.fleet.settings.model import FleetSettings
from agent.fleet.survey.memory import Memory
from probes.ground.bilingual import Bilingual, same
from probes.ground.files import is_folder
from probes.ground.text import escape

_SHOWN = 80  # characters of a name that is not known
_NAMED = 20  # of the faults that there are


def settings_of(asked: Asked) -> FleetSettings:
    """Raises `SettingsError`."""
    return load(asked.text("--config")).settings


def memory_of(asked: Asked, settings: FleetSettings) -> Memory:
    """Raises `WrongOption` where no store is named, `CommandFailed` where there is none."""
    folder: Path | None = store_of(asked, settings)
    if folder is None:
        raise WrongOption(
            f"{asked.command} 要知道存在哪里：--store DIR，或 fleet.toml 里的 store",
            f"{asked.command} must know where scans are kept: --store DIR, or store in fleet.toml",
        )
    if not is_folder(folder):
        shown = escape(str(folder), 200)
        raise CommandFailed(f"没有这个目录：{shown}。先运行 posdiag fleet scan --store", f"There is no {shown}. Scan with --store first")
    return Memory(folder)


def last_answer(memory: Memory) -> Answer:
    """Raises `CommandFailed`."""
    answer = memory.answer()
    if answer is None or parse(answer.generated_at) is None:
        shown = escape(str(memory.folder), 200)
        raise CommandFailed(
            f"{shown} 里没有上次的结果。先运行 posdiag fleet scan --store {shown}",
            f"{shown} has no answer of an earlier scan. Run posdiag fleet scan --store {shown} first",
        )
    return answer


def fault_of(answer: Answer, word: str) -> Fault | None:
    """By its id, or by the beginning of it that no other has."""
    exact = next((fault for fault in answer.faults if fault.id == word), None)
    near = [fault for fault in answer.faults if fault.id.startswith(word)]
    return exact or (near[0] if len(near) == 1 else None)


def no_such(word: str, answer: Answer) -> CommandFailed:
    """Or several of them."""
    shown = escape(word, _SHOWN)
    near = [fault.id for fault in answer.faults if fault.id.startswith(word)]
    if near:
        ids = _listed(near)
        return CommandFailed(f"“{shown}”不只一个，请写全：{ids.zh}", f"“{shown}” is the beginning of several, write one whole: {ids.en}")
    ids = _listed([fault.id for fault in answer.faults])
    zh = f"。上次的故障：{ids.zh}" if answer.faults else "。上次没有共有的故障"
    en = f". Faults of the last scan: {ids.en}" if answer.faults else ". The last scan found no shared fault"
    return CommandFailed(f"没有“{shown}”{zh}", f"There is no “{shown}”{en}")


def _listed(ids: Sequence[str]) -> Bilingual:
    shown, left = [escape(each, _SHOWN) for each in ids[:_NAMED]], len(ids) - _NAMED
    more = Bilingual(f"，另有 {left} 个", f" and {left} more") if left > 0 else same("")
    return Bilingual(f"{'、'.join(shown)}{more.zh}", f"{', '.join(shown)}{more.en}")
