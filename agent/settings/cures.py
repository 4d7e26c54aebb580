"""What to write instead, for the mistakes that people make with values and files: quotes, units, addresses where a name belongs."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from agent.settings.hosts import host_fault, url_fault
from agent.settings.problem import SHOWN
from probes.assess.dates import period
from probes.ground.bilingual import Bilingual
from probes.ground.masking import mask_value
from probes.ground.text import escape

_UNIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|秒|m|min|分钟?|h|%|mb|MB)\s*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@\s]*@)?(\[[^\]]+\]|[^/:\s]+)(?::(\d+))?")
_WITH_PORT = re.compile(r"([^:/@\s]+):(\d{1,5})")
_DAY = re.compile(r"\s*(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?\s*")
_TIMES = {
    "1 day": ("daily", "每天", "每日"),
    "1 week": ("weekly", "每周", "每星期"),
    "1 month": ("monthly", "每月", "每个月"),
    "3 months": ("quarterly", "每季度", "每季"),
    "1 year": ("yearly", "annually", "annual", "每年"),
}
_UNITS = {"days": "天日", "weeks": "周", "months": "月", "years": "年"}
_TIME = re.compile(r"(?:every|每)?\s*(\d{1,4})\s*(?:个\s*)?([天日周月年]|星期|days?|weeks?|months?|years?|d|w|m|y)", re.IGNORECASE)
_SCHEME = re.compile(r"an (https|mqtts):// address")
_CHOICES = re.compile(r'"([^"]+)"')


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
    if "day, such as" in expected.en or "a time such as" in expected.en:
        return _of_a_day(value) if "day, such as" in expected.en else _of_a_time(value)
    if isinstance(value, str) and value.lower() in ("true", "false") and "true or false" in expected.en:
        return Bilingual(f"去掉引号：{value.lower()}", f"without the quotes: {value.lower()}")
    if isinstance(value, bool | int | float) and "text" in expected.en and not isinstance(value, bool):
        return Bilingual("放在英文双引号里", "put it into double quotes")
    if isinstance(value, str) and (url := _URL.match(value)) and key.rsplit(".", 1)[-1] == "host":
        port = Bilingual(f"，端口写在 port = {url[2]}", f", the port as port = {url[2]}") if url[2] else Bilingual("", "")
        host = escape(mask_value(url[1]), SHOWN)
        return Bilingual(f"只写主机名：{host}{port.zh}", f"the host alone: {host}{port.en}")
    if isinstance(value, str) and (scheme := _SCHEME.search(expected.en)) and (cure := _of_an_address(value, scheme[1])):
        return cure
    if isinstance(value, str) and key.rsplit(".", 1)[-1] == "host" and (cure := _of_a_host(value)):
        return cure
    if isinstance(value, str) and "one of" in expected.en and (near := _nearest(value, _CHOICES.findall(expected.en))):
        return Bilingual(f'写成 "{near}"', f'write "{near}"')
    if isinstance(value, str) and expected.en == "a table" and key.startswith("support."):
        name = key.rsplit(".", 1)[-1]
        shape = Bilingual(f'{name} = {{ name = "名称", phone = "电话" }}', f'{name} = {{ name = "…", phone = "…" }}')
        return Bilingual(f"写成 {shape.zh}", f"write {shape.en}")
    if isinstance(value, float) and value.is_integer() and "whole number" in expected.en and abs(value) < 1e9:
        return Bilingual(f"不写小数点：{value:.0f}", f"without the decimal point: {value:.0f}")
    if isinstance(value, float) and 0 < value < 1 and key.endswith("_percent"):
        return Bilingual(f"这里写百分之几：{value * 100:g}", f"write per cent: {value * 100:g}")
    return None


def of_bytes(raw: bytes, path: str) -> Bilingual | None:
    """For a file that is not UTF-8."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # Windows Notepad's "Unicode"
        return _converted("UTF-16", path)
    try:
        raw.decode("gbk")
    except UnicodeDecodeError:
        return None
    return _converted("GBK", path)


def _converted(coding: str, path: str) -> Bilingual:
    command = f"iconv -f {coding} -t UTF-8 {path} > new.toml"
    return Bilingual(f"文件像是 {coding} 编码，先转换：{command}", f"the file seems to be {coding}; convert it first: {command}")


def _of_a_host(value: str) -> Bilingual | None:
    """A host with its port, or with blanks around it."""
    if not host_fault(value.strip()) and value != value.strip():
        return Bilingual("去掉前后的空格", "without the blanks around it")
    found = _WITH_PORT.fullmatch(value.strip())
    if found is None or host_fault(found[1]):
        return None
    host = escape(mask_value(found[1]), SHOWN)
    return Bilingual(f"只写主机名：{host}，端口写在 port = {found[2]}", f"the host alone: {host}, the port as port = {found[2]}")


def _of_an_address(value: str, scheme: str) -> Bilingual | None:
    """One without a scheme, or with that of a plain connection."""
    rest = value.partition("://")[2] or value
    if "://" in rest or url_fault(f"{scheme}://{rest}"):
        return None
    shown = escape(mask_value(f"{scheme}://{rest}"), SHOWN)
    return Bilingual(f'写成 "{shown}"', f'write "{shown}"')


def _of_a_day(value: Any) -> Bilingual | None:
    """A day in quotes or as people write it, or with a time behind it."""
    if isinstance(value, datetime):
        return Bilingual(f"只写日期：{value.date()}", f"the day alone: {value.date()}")
    found = _DAY.fullmatch(str(value)) if isinstance(value, str | int) else None
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return Bilingual(f"不加引号：{day}", f"without the quotes: {day}") if day else None


def _of_a_time(value: Any) -> Bilingual | None:
    """How often, in the words of people."""
    plain = unicodedata.normalize("NFKC", str(value)).strip().lower()
    meant = next((time for time, words in _TIMES.items() if plain in words), "")
    found = _TIME.fullmatch(plain)
    if found:
        unit = next(unit for unit, signs in _UNITS.items() if found[2][0] == unit[0] or found[2][-1] in signs or found[2] == "星期")
        unit = "weeks" if found[2] == "星期" else unit
        meant = f"{int(found[1])} {unit if int(found[1]) > 1 else unit[:-1]}"
    return Bilingual(f'写成 "{meant}"', f'write "{meant}"') if meant and _is_time(meant) else None


def _is_time(text: str) -> bool:
    """What would be refused as well is no cure."""
    try:
        return not period(text).once
    except ValueError:
        return False


def _nearest(value: str, choices: list[str]) -> str:
    """The choice that was meant; empty where none is near."""
    from difflib import get_close_matches

    plain = unicodedata.normalize("NFKC", value).strip().lower()
    return next(iter(get_close_matches(plain[:SHOWN], choices, n=1, cutoff=0.7)), "")


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", text))
