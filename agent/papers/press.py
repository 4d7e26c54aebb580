"""From a template in `config/papers/` and what it is to show to one self-contained page of HTML, in one language or both below each other.

A template sees `page` (the sheet of its language: `page.say(zh, en)`, `page.words(bilingual)`), `language`, and what it was given; every
text in it is escaped, control and bidirectional characters included. Styles stand in the page, scripts do not, and a policy in its head
lets a browser load nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.present.page import LONGEST, WIDEST, Page
from agent.resources import data_path
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

if TYPE_CHECKING:
    from jinja2 import Environment

MISSING = Bilingual(
    "这个命令需要 jinja2：pip install jinja2（或安装 posdiag[papers]）", "this needs jinja2: pip install jinja2, or posdiag[papers]"
)
_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_STYLE = "style.css"

Fields = Callable[[Page], Mapping[str, Any]]


class NoPressError(Exception):
    """There is no jinja2. `text` says what to do."""

    text = MISSING


def pages_of(languages: Sequence[str], about: str = "") -> tuple[Page, ...]:
    """Sheets on which texts are set whole: the browser breaks their lines."""
    return tuple(Page(language=language, width=WIDEST, about=about) for language in languages)


def printed(
    template: str,
    fields: Fields,
    languages: Sequence[str],
    title: Bilingual,
    *,
    renewed_s: int = 0,
    beside: Sequence[str] = (),
    about: str = "",
) -> bytes:
    """The page, UTF-8. `fields`: what the template is given, for the sheet of each language. `renewed_s`: a browser reads it anew so often;
    0: never. `beside`: another folder of templates, with a style of its own. `about`: the terminal beside this machine that it is about.
    Raises `NoPressError`."""
    pages = pages_of(languages, about)
    folders = [_folder(), *([data_path(*beside)] if beside else [])]
    press = _press(folders)
    body = press.get_template(template)
    bodies = [(_LANGUAGES[page.language], marked(body.render(page=page, language=page.language, **fields(page)))) for page in pages]
    style = "".join((folder / _STYLE).read_text("utf-8") for folder in folders)
    whole = press.get_template("sheet.html").render(
        bodies=bodies,
        title=" · ".join(dict.fromkeys(page.words(title) for page in pages)),
        style=marked(style),
        policy=policy(style),
        renewed_s=renewed_s,
    )
    return whole.encode("utf-8", "backslashreplace")


def policy(style: str) -> str:
    """What a browser may load and run: its own style, by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _press(folders: Sequence[Path]) -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise NoPressError from None
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: Any) -> Any:
    """What cannot be seen in a text, or changes the order of what stands beside it, is written out."""
    if value is None:
        return ""
    if type(value) is str:
        return escape(value, LONGEST)
    return value


def marked(text: str) -> Any:
    """Markup that is ours, and goes into a page as it is."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - of a template of ours, whose every value was escaped


def _folder() -> Path:
    return data_path("config", "papers")
