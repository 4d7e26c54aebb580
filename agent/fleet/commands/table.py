"""Every command of `posdiag fleet`, once, and every option of them: what is understood, and what `posdiag fleet --help` is made of."""

from __future__ import annotations

from msgspec import Struct

from agent.commands.option_table import LANGUAGES, Option
from probes.ground.bilingual import Bilingual


class FleetCommand(Struct, frozen=True, kw_only=True):
    """`words`: what stands behind it, as `--help` writes it; `least`, `most`: how many of them. `module`: of `agent.fleet.commands`; its
    function `command` does it."""

    name: str
    module: str
    says: Bilingual
    words: str = ""
    least: int = 0
    most: int = 0

    @property
    def written(self) -> str:
        return f"posdiag fleet {self.name} {self.words}".rstrip()


MANY = 1_000_000
COMMANDS: tuple[FleetCommand, ...] = ()
OPTIONS: tuple[Option, ...] = (
    Option(
        name="--lang",
        value="zh|en",
        needs=Bilingual("语言", "a language"),
        choices=LANGUAGES,
        says=Bilingual("语言", "the language"),
    ),
    Option(name="--no-color", says=Bilingual("不用颜色", "no colours")),
    Option(name="--help", alias="-h", says=Bilingual("本说明", "this text")),
)
