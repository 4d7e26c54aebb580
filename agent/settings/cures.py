"""What to write instead, for the mistakes that people make: full-width signs, quotes, units, addresses where a name belongs."""

from __future__ import annotations

import re
from typing import Any

from agent.settings.problem import SHOWN
from probes.ground.bilingual import Bilingual
from probes.ground.masking import mask_value
from probes.ground.text import escape

# as Chinese keyboards type them, and what TOML wants
_FULL_WIDTH = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "＂": '"',
    "＝": "=",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "，": ",",
    "。": ".",
}
_UNIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|秒|m|min|分钟?|h|%|mb|MB)\s*")
_BARE = re.compile(r"\s*[^=\s#\[]+\s*=\s*([^\s\"'\[{+\-0-9][^#]*?)\s*(#.*)?$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@\s]*@)?(\[[^\]]+\]|[^/:\s]+)(?::(\d+))?")
_TRUTHS = ("true", "false", "inf", "nan")


def of_syntax(line: str, message: str) -> Bilingual | None:
    """For a line that is no TOML. Nothing of the line is repeated but single signs: it may hold a secret."""
    outside = re.sub(r'"[^"]*"|\'[^\']*\'|#.*', "", line)
    wrong = [sign for sign in _FULL_WIDTH if sign in outside]
    if wrong:
        pairs = " ".join(f"{sign}→{_FULL_WIDTH[sign]}" for sign in wrong)
        return Bilingual(f"改用英文（半角）符号：{pairs}", f"use plain signs: {pairs}")
    if "Cannot overwrite" in message or "already" in message or "twice" in message:
        return Bilingual("同一个键只写一次，删掉多余的那行", "write each key once: remove the line that is too much")
    if "\\" in line:
        return Bilingual("路径里用 /，或用单引号括起来（'C:\\certs'）", "write / in paths, or use single quotes ('C:\\certs')")
    bare = _BARE.match(line)
    if bare and bare[1] not in _TRUTHS:
        return Bilingual("文字要放在英文双引号里", 'put the text into double quotes ("…")')
    if line.count('"') % 2 or line.count("'") % 2:
        return Bilingual("补上缺少的引号", "add the missing quote")
    return None


def of_value(key: str, value: Any, expected: Bilingual) -> Bilingual | None:
    """For a value of the wrong sort or outside its limits."""
    number = "number" in expected.en
    if isinstance(value, str) and number:
        plain = value.strip()
        if _is_number(plain):
            shown = mask_value(plain)
            return Bilingual(f"去掉引号：{shown}", f"without the quotes: {shown}")
        if unit := _UNIT.fullmatch(value):
            number_alone = mask_value(unit[1])
            return Bilingual(
                f"只写数字：{number_alone}（单位看键名：_s 是秒，_ms 是毫秒，_percent 是百分之几）",
                f"the number alone: {number_alone} (the key tells the unit: _s seconds, _ms milliseconds, _percent per cent)",
            )
    if isinstance(value, str) and value.lower() in ("true", "false") and "true or false" in expected.en:
        return Bilingual(f"去掉引号：{value.lower()}", f"without the quotes: {value.lower()}")
    if isinstance(value, bool | int | float) and "text" in expected.en and not isinstance(value, bool):
        return Bilingual("放在英文双引号里", "put it into double quotes")
    if isinstance(value, str) and (url := _URL.match(value)) and key.rsplit(".", 1)[-1] == "host":
        port = Bilingual(f"，端口写在 port = {url[2]}", f", the port as port = {url[2]}") if url[2] else Bilingual("", "")
        host = escape(mask_value(url[1]), SHOWN)
        return Bilingual(f"只写主机名：{host}{port.zh}", f"the host alone: {host}{port.en}")
    if isinstance(value, float) and 0 < value < 1 and key.endswith("_percent"):
        return Bilingual(f"这里写百分之几：{value * 100:g}", f"write per cent: {value * 100:g}")
    return None


def of_bytes(raw: bytes, path: str) -> Bilingual | None:
    """For a file that is not UTF-8."""
    try:
        raw.decode("gbk")
    except UnicodeDecodeError:
        return None
    command = f"iconv -f GBK -t UTF-8 {path} > new.toml"
    return Bilingual(f"文件像是 GBK 编码，先转换：{command}", f"the file seems to be GBK; convert it first: {command}")


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", text))
