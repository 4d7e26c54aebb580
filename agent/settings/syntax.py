"""A line that is no TOML: what the parser says of it, in both languages, and what to write instead."""

from __future__ import annotations

import re

from probes.ground.bilingual import Bilingual, same

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
    "｛": "{",
    "｝": "}",
    "，": ",",
    "。": ".",
}
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")  # digits and letters
_COMMENT = re.compile(r"\s*(;|//|--|/\*)")
_JSON = re.compile(r"\s*\{")
_COLON = re.compile(r"\s*[A-Za-z0-9_-]+\s*[:：]")
_NO_VALUE = re.compile(r"\s*[^=\s#\[]+\s*=\s*(#.*)?$")
_TRUTH = re.compile(r"\s*[^=\s#\[]+\s*=\s*(yes|no|on|off|true|false|是|否|开|关)\s*(#.*)?$", re.IGNORECASE)
_NOTHING = re.compile(r"\s*[^=\s#\[]+\s*=\s*(none|null|nil|undefined)\s*(#.*)?$", re.IGNORECASE)
_BARE = re.compile(r"\s*[^=\s#\[]+\s*=\s*([^\s\"'\[{+\-0-9][^#]*?)\s*(#.*)?$")
_BEGINS_AS_NUMBER = re.compile(r"\s*[^=\s#\[]+\s*=\s*[+\-]?\d")
_DAY = re.compile(r"\s*[^=\s#\[]+\s*=\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?![-\d])")
_TRUTHS = ("true", "false", "inf", "nan")
# what the parser says, and the Chinese for it; the first that fits
_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"Invalid value", "等号后面的值不对"),
    (r"Invalid statement", "这一行不是“键 = 值”，也不是“[表名]”"),
    (r"Expected newline or end of document after a statement", "值后面有多余的内容"),
    (r"Expected '=' after a key.*", "键后面缺少等号"),
    (r"Expected '\]+' at the end of .*", "表名后面缺少右方括号"),
    (r"Cannot overwrite a value|Cannot declare .* twice|Cannot redefine .*|Cannot mutate .*|Duplicate .*", "键或表重复了"),
    (r"Unclosed array", "列表没有结束"),
    (r"Unclosed inline table", "大括号里的表没有结束"),
    (r"Unescaped .*|Escaped character .*|Invalid hex value", "双引号里的反斜杠写法不对"),
    (r"Unterminated string|Expected '\"+'|Expected \"'+\"", "引号没有结束"),
    (r"(?:Illegal|Found invalid) character (.*)", r"不能用的字符 \1"),
    (r"Invalid initial character .*", "键的第一个字符不对"),
    (r"Invalid date or datetime", "日期或时间不对"),
)


def told(message: str) -> Bilingual:
    """What the parser says, which is English; as it stands where a later version of it says something new."""
    for expression, zh in _MESSAGES:
        found = re.fullmatch(expression, message, re.DOTALL)
        if found is not None:
            return Bilingual(found.expand(zh), message)
    return same(message)


def cure(line: str, message: str) -> Bilingual | None:
    """What to write instead. Nothing of the line is repeated but single signs: it may hold a secret."""
    outside = re.sub(r'"[^"]*"|\'[^\']*\'|#.*', "", line)
    wrong = [sign for sign in _FULL_WIDTH if sign in outside]
    if wrong:
        pairs = " ".join(f"{sign}→{_FULL_WIDTH[sign]}" for sign in wrong)
        return Bilingual(f"改用英文（半角）符号：{pairs}", f"use plain signs: {pairs}")
    if _WIDE.search(outside):
        return Bilingual("数字和字母改用英文（半角）输入", "type digits and letters in plain (half-width) form")
    if re.match(r"Cannot|Duplicate", message) or "already" in message or "twice" in message:
        return Bilingual("同一个键只写一次，删掉多余的那行", "write each key once: remove the line that is too much")
    if "\\" in line:
        return Bilingual("路径里用 /，或用单引号括起来（'C:\\certs'）", "write / in paths, or use single quotes ('C:\\certs')")
    return _of_a_value(line) or _of_a_bracket(line, message) or _of_a_line(line, message)


def _of_a_value(line: str) -> Bilingual | None:
    if _NO_VALUE.match(line):
        return Bilingual("在等号后面写值，或删掉这一行", "write a value behind =, or remove the line")
    if (truth := _TRUTH.match(line)) and truth[1] not in _TRUTHS:
        return Bilingual("只能写 true（是）或 false（否），小写，不加引号", "write true or false, in small letters and without quotes")
    if _NOTHING.match(line):
        return Bilingual("不要这个值，就删掉这一行", "to have no value, remove the line")
    bare = _BARE.match(line)
    if bare and bare[1] not in _TRUTHS:
        return Bilingual("文字要放在英文双引号里", 'put the text into double quotes ("…")')
    return None


def _of_a_bracket(line: str, message: str) -> Bilingual | None:
    if message.startswith("Unclosed inline table"):
        return Bilingual(
            "大括号里各项之间用逗号隔开，全部写在同一行，最后写 }",
            "put commas between the entries in the braces, all on one line, and end it with }",
        )
    if message.startswith("Unclosed array"):
        return Bilingual("列表各项之间用逗号隔开，最后写 ]", "put commas between the entries of the list, and end it with ]")
    if message.startswith("Expected ']"):
        double = line.lstrip().startswith("[[")
        name = Bilingual("[[名称]]", "[[name]]") if double else Bilingual("[名称]", "[name]")
        return Bilingual(f"写成 {name.zh}，方括号要成对", f"write {name.en}, with brackets in pairs")
    return None


def _of_a_line(line: str, message: str) -> Bilingual | None:
    if line.count('"') % 2 or line.count("'") % 2:
        return Bilingual("补上缺少的引号", "add the missing quote")
    if _COMMENT.match(line):
        return Bilingual("注释用 # 开头", "a comment begins with #")
    if _JSON.match(line):
        return Bilingual("这是 JSON；这里每行写一个“键 = 值”", "this is JSON; here each line is key = value")
    if _COLON.match(line) or message.startswith("Expected '='"):
        return Bilingual("键和值之间写等号（=）", "write = between key and value")
    if _DAY.match(line):
        return Bilingual(
            "日期写成 2027-01-31：年四位，月和日各两位，不加引号，不写时间，而且日历上有这一天",
            "a day is written 2027-01-31: year, month and day with all their digits, no quotes, no time, and one that is in the calendar",
        )
    if _BEGINS_AS_NUMBER.match(line):
        return Bilingual(
            '数值只写数字，不带单位；号码（0 开头的，或带 - 的）放在英文双引号里（"…"）',
            'a number without its unit; what begins with 0 or has a - in it (a number of a contract, a telephone) in double quotes ("…")',
        )
    return None
