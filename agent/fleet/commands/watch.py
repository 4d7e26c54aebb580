"""`posdiag fleet watch`: page, `fleet.json`, metrics and alerts that follow the fleet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from agent.commands.failure import CommandFailed, WrongOption
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import inventory_of, store_of
from agent.fleet.page.page import page_of
from agent.fleet.settings.load import load
from agent.fleet.watching.looking import Looked
from agent.fleet.watching.watch import Targets, Watch
from agent.present.output import why_not
from agent.settings.hosts import url_fault
from agent.settings.model import Language
from probes.ground.text import escape

EVERY_S, LEAST_S, MOST_S = 60.0, 1.0, 86400.0
_RENEWED_S = 10  # a browser reads the page anew no oftener
_STDIN = "-"


def command(asked: Asked) -> int:
    """Raises `WrongOption`, `CommandFailed` or `SettingsError`."""
    if _STDIN in asked.words:
        raise WrongOption("watch 反复读取，所以来源不能是 -", "watch reads again and again, so a source cannot be -")
    settings, every_s = load(asked.text("--config")).settings, _every(asked)
    targets = Targets(
        store=store_of(asked, settings),
        html=_path(asked, "--html"),
        answer=_path(asked, "--output"),
        metrics=_path(asked, "--metrics"),
        alertmanagers=_receivers(asked.text("--alertmanager") or settings.alertmanager),
    )
    if targets == Targets():
        raise WrongOption(
            "watch 要有去处：--store、--html、-o、--metrics 或 --alertmanager",
            "watch needs somewhere to write to: --store, --html, -o, --metrics or --alertmanager",
        )
    for source in asked.words:
        _there(source)
    inventory_of(asked, settings)  # one that cannot be used is told at once, too
    inventory = asked.text("--inventory") or settings.inventory
    page = partial(page_for, language=asked.language, every_s=every_s)
    watch = Watch(asked.words, settings, targets, inventory=inventory, every_s=every_s, language=Language(asked.language), page=page)
    watch.run()
    return 0


def page_for(looked: Looked, *, language: str, every_s: float) -> bytes:
    scanned, there = looked.scanned, looked.located
    return page_of(
        looked.answer,
        scanned.table,
        looked.before,
        language,
        silent=scanned.silent,
        victims_of={fault.id: there.failing(fault.id) for fault in looked.answer.faults},
        never=scanned.never_reported or (),
        renewed_s=max(_RENEWED_S, int(every_s)),
    )


def _receivers(given: str) -> tuple[str, ...]:
    urls = tuple(dict.fromkeys(url.strip() for url in given.split(",") if url.strip()))
    for url in urls:
        if not url.startswith(("http://", "https://")) or url_fault(url) is not None:
            shown = escape(url, 200)
            raise WrongOption(
                f"--alertmanager 后面要写 http://主机:端口，不能是“{shown}”", f"--alertmanager needs http://host:port, not “{shown}”"
            )
    return urls


def _every(asked: Asked) -> float:
    given = asked.text("--every")
    try:
        seconds = EVERY_S if given is None else float(given)
    except ValueError:
        seconds = -1.0
    if not LEAST_S <= seconds <= MOST_S:
        shown = escape(given or "", 60)
        raise WrongOption(f"--every 后面要写 1 到 86400 秒，不能是“{shown}”", f"--every needs 1 to 86400 seconds, not “{shown}”")
    return seconds


def _path(asked: Asked, option: str) -> Path | None:
    named = asked.text(option)
    if named is None:
        return None
    if named == _STDIN or not Path(named).name:
        shown = escape(named, 60)
        raise WrongOption(f"{option} 后面要写一个文件，不能是“{shown}”", f"{option} needs a file, not “{shown}”")
    return Path(named).absolute()


def _there(source: str) -> None:
    """Whoever mistypes a name is told at once; later it may come and go."""
    try:
        Path(source).stat()
    except OSError as error:
        shown, why = escape(source, 200), why_not(error)
        raise CommandFailed(f"无法读取 {shown}：{why.zh}", f"{shown} cannot be read: {why.en}") from None
