"""`posdiag fleet token`: a new token, shown once, and the lines of `fleet.toml` that let it in."""

from __future__ import annotations

import json

from agent.commands.failure import WrongOption
from agent.fleet.commands.asked import Asked
from agent.fleet.serve.tokens import new, written
from agent.fleet.settings.load import DEFAULT_PATH
from agent.present import output
from probes.ground.text import is_safe

_LONGEST = 100


def command(asked: Asked) -> int:
    name, ids, reads = asked.words[0], asked.text("--ids"), asked.flag("--reads")
    if not 0 < len(name) <= _LONGEST or not is_safe(name):
        raise WrongOption("名字要 1 到 100 个可见字符", "a name is 1 to 100 characters that can be seen")
    patterns = [each.strip() for each in (ids or "").split(",") if each.strip()]
    if not patterns and not reads:
        raise WrongOption(
            "要写它能为哪些终端上报：--ids 'T-1001' 或 'T-*'（多个用逗号），或者它只看页面：--reads",
            "say for which terminals it may push: --ids 'T-1001' or 'T-*' (several with commas), or that it reads the page: --reads",
        )
    token = new()
    page = asked.page()
    table = ["[[token]]", f"name = {_text(name)}", f'hash = "{written(token)}"']
    table += [f"ids = [{', '.join(map(_text, patterns))}]"] if patterns else []
    table += ["reads = true"] if reads else []
    once = page.say("口令，只显示这一次。存到终端的 token_file 里：", "The token, shown only this once, for the terminal's token_file:")
    then = page.say(
        f"把下面几行加进 {DEFAULT_PATH}，几秒后生效。旧的那一段等终端都换好以后再删：",
        f"Add these lines to {DEFAULT_PATH}; they count within seconds. Remove the old ones once every terminal has the new token:",
    )
    output.say([*page.wrap(once), "", f"  {token}", "", *page.wrap(then), "", *table])
    return 0


def _text(value: str) -> str:
    """As TOML writes it; what JSON escapes, TOML does as well."""
    return json.dumps(value, ensure_ascii=False)
