"""What may leave this machine of a text of which nobody knows where it has been: no number of a card, a SIM or a person's telephone, no
key, no password, also where it was written in another way (in the escapes of a URL or of JSON, in base64, in hexadecimal, in UTF-16).

Numbers keep their last four figures, the same number the same wherever it stands; of keys and passwords nothing is kept. Where it cannot
be told whether something is a secret, it is taken for one.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import partial
from urllib.parse import unquote, unquote_plus

from probes.ground.masking import HIDDEN, mask_address, mask_number
from probes.ground.personal import luhn, mask_personal, mask_tracks, plain_digits
from probes.ground.text import escape

Mask = Callable[[str], str]

_PEM = re.compile(r"-----BEGIN [^-\n]{0,60}-----.*?(?:-----END [^-\n]{0,60}-----|\Z)", re.DOTALL)
_JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?")
_JOIN = re.compile(r"(?i)\bWIFI:[^\s]+")  # what a phone reads from the code on a router
_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.\-]{1,20}://[^\s\"'<>]+")
_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”"
_NAMES = (
    r"pass(?:[ _-]?(?:word|wd|wort|phrase|code))?|\bpw|pwd|kennwort|contraseña|senha|пароль|token|secret|credentials?"
    r"|(?:[a-z0-9]{1,12}[ _.-]?)?key|[a-z_]{0,8}(?:pin|puk|psk)(?:\s?码)?|auth\w{0,20}|sig(?:nature)?|密码|口令|密钥|密碼|秘钥|暗号"
)
_MAYBE_NAMED = re.compile(
    "(?i)pass|pw|kennwort|contrase|senha|пароль|token|secret|credential|key|pin|puk|psk|auth|sig|密|秘|口令|暗号"
)  # without which none is
_ASSIGNED = re.compile(rf"(?i)((?:{_NAMES})[\"']?\s{{0,3}}(?:[=＝]\s{{0,3}}|[:：]))(?!PIN\b)({_QUOTED}|(?=[\x21-\x7e])[^\s&,;，；。]+)")
_SENTENCE = (  # what a sentence about a password goes on with
    r"(?!(?:wrong|refused|right|correct|incorrect|unknown|missing|expired|needed|required|set|changed|ok|not|too|no|the|a|an|it|is|was|this|that|of"
    r"|ask|see|look|check|type|enter|as|on|in|by|with|for|to|and|or|your|our|whose|which|[a-z]+ed)\b)"
)
_NAMED = re.compile(
    rf"(?i)((?:{_NAMES})[\"']?(?:[:：]\s{{1,3}}|\s{{0,2}}(?:是|为|改成|换成|变成|\bis\b|\bwas\b)[:：]?\s{{0,3}}))"
    rf"({_QUOTED}|(?=[!-~]*[0-9@#$%^&*_+!])[!-~]{{4,}}|{_SENTENCE}[!-~]{{4,}})",
)
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(\s*[:=]\s*)[^\n\"]+")
_SAID = re.compile(  # a password in a sentence has a figure or a sign, and a sentence about a password has words
    r"(?i)((?:(?<![a-z])(?:pass[ _-]?(?:word|wort|phrase|code)|pwd|pw|(?:pin|puk)(?:\s?码)?|psk|secret|token|key)(?![a-z])"
    rf"|密码|口令|密钥|密碼)\s*)(?![=:*,.;)])({_QUOTED}|(?<=[\s\u4e00-\u9fff])(?=[!-~]*[0-9@#$%^&*_+!])[!-~]{{4,}}(?<![.,;:]))"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|digest|negotiate)\s+[A-Za-z0-9+/=._~-]{4,}")
_FOURS = re.compile(r"(?<!\d)\d{4}(?:[^\w\n]{1,3}\d{4}){3}(?:[^\w\n]{1,3}\d{1,3})?(?!\d)")
_SINGLY = re.compile(r"(?<!\d)\d(?:[ .,\-]\d){7,}(?!\d)")
_BESIDE = re.compile(r"[\d*](?:[ \t\u00a0.,/_\-]{0,3}[\d*])+")
_MASKED = re.compile(r"\*{4,}\d{4}(?!\d)")
_REST = 7  # figures beside a mask, of which nobody knows where the number began
_LONG_NUMBER = re.compile(r"(?<!\d)\d{12,}(?!\d)")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_LOGIN = re.compile(r"(?<![\w:.])[A-Za-z][\w.-]{0,40}:[^\s@/:]{3,80}@(?=[\w\[])")
_QUERY = re.compile(r"(/[^\s?\"'<>]*\?)[^\s\"'<>]*=[^\s\"'<>]*")
_UUID = re.compile(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_HEX = re.compile(r"(?i)(?<![0-9a-z])(?:0x)?(?=[0-9a-f]*[a-f])[0-9a-f]{16,}(?![0-9a-z])")
_HEX_BYTES = re.compile(r"(?i)(?<![0-9a-z:-])[0-9a-f]{2}([: .-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){6,}(?![0-9a-z])")
_HEX_GROUPS = re.compile(r"(?i)(?<![0-9a-z])(?=[0-9a-f -]*[a-f])(?=[a-f -]*[0-9])(?:[0-9a-f]{4,8}[ -]){2,}[0-9a-f]{4,8}(?![0-9a-z])")
_FIGURES = re.compile(r"(?<!\d)\d{24,}(?!\d)")  # no number of anything: a key that happens to have no letter
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
_TOKEN, _LETTERS = 20, 8  # characters of a run that nobody typed; letters in it that are not around a number
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])")
_WORD = re.compile(r"[A-Za-z0-9+/_=-]{12,}")
_HEX_TEXT = re.compile(r"(?i)(?:[2-7][0-9a-f](?:[ :\\x-]{0,3}|00)){6,}")
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|&#(\d{1,7});|&#x([0-9a-fA-F]{1,6});")
_PERCENT = re.compile(r"\S*%[0-9A-Fa-f]{2}\S*")
_PLUS = re.compile(r"\S*\d\+\d\S*")
_KEPT = re.compile(
    r"\b(?:19[7-9]\d|20\d\d)-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[ ]?[+-]\d\d:?\d\d)?(?!\d)"  # a moment
    r"|(?<![0-9A-Za-z])20\d{6}T\d{6}Z(?:-[0-9a-f]{6})?(?![0-9A-Za-z])"  # an incident
    r"|(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])"  # a day
    r"|(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"  # an address
    r"|(?<![\d.,])\d{1,5}\.\d{1,3}(?![\d.,-])"  # a measure
)
_HOLDS, _ENDS = "\ue000", "\ue001"  # around the number of what is kept
_DEEPEST = 2  # encodings within each other


def mask_secrets(text: str, kept: Collection[str] = (), own: Mask = str) -> str:
    """`kept`: what stays as it is, as telephone numbers of the configuration do; `own`: masks what is known to be secret here. On the
    lines of the text nothing is left that hides or reorders."""
    mask = partial(_masked, kept=_pattern(kept), own=own)
    text = _private(text)
    bare = _bare(text)
    shown = mask(bare if bare != text and mask(bare) != bare else text)
    shown = _decoded(shown, mask, _DEEPEST)
    return "\n".join(escape(line, 2**20) for line in shown.split("\n"))


def _private(text: str) -> str:
    return text.replace(_HOLDS, "\ufffd").replace(_ENDS, "\ufffd")


def _pattern(kept: Collection[str]) -> re.Pattern[str]:
    words = sorted((each for each in kept if len(each) >= 3), key=lambda each: (-len(each), each))
    literal = "|".join(rf"(?<![0-9A-Za-z]){re.escape(each)}(?![0-9A-Za-z])" for each in words)
    return re.compile(f"{literal}|{_KEPT.pattern}") if literal else _KEPT


def _masked(text: str, *, kept: re.Pattern[str], own: Mask) -> str:
    """Of a text as it is written."""
    text = own(_PEM.sub(HIDDEN, plain_digits(text)))
    text = _JOIN.sub(f"WIFI:{HIDDEN}", text)
    text = _URL.sub(lambda found: mask_address(found[0]), text)
    text = _QUERY.sub(rf"\1{HIDDEN}", _LOGIN.sub(f"{HIDDEN}:{HIDDEN}@", text))
    text = _SCHEME.sub(rf"\1 {HIDDEN}", _HEADER.sub(rf"\1\2{HIDDEN}", text))
    for pattern in (_ASSIGNED, _NAMED, _SAID) if _MAYBE_NAMED.search(text) else ():
        text = pattern.sub(rf"\1{HIDDEN}", text)
    aside: list[str] = []

    def hold(found: re.Match[str]) -> str:
        aside.append(found[0])
        return f"{_HOLDS}{chr(0xE100 + len(aside) - 1)}{_ENDS}" if len(aside) < 0x1700 else found[0]

    text = kept.sub(hold, mask_tracks(text))
    for pattern in (_JWT, _FIGURES, _UUID, _HEX, _HEX_BYTES, _HEX_GROUPS):
        text = pattern.sub(HIDDEN, text)
    text = _RUN.sub(lambda found: found[0] if sum(map(str.isalpha, found[0])) < _LETTERS else _without_token(found), text)
    text = "\n".join(map(mask_personal, _FOURS.sub(_card, _SINGLY.sub(_joined, text)).split("\n")))
    text = _BESIDE.sub(_whole, text)
    text = _LONG_NUMBER.sub(_number, text)
    text = _BASE64.sub(_without_key, _RUN.sub(_without_token, text))
    return re.sub(f"{_HOLDS}(.){_ENDS}", lambda found: aside[ord(found[1]) - 0xE100], text)


def _joined(found: re.Match[str]) -> str:
    return mask_number(re.sub(r"\D", "", found[0]))


def _card(found: re.Match[str]) -> str:
    """Of 16 figures, or of as many as there are; what stands behind a card is often the month that it ends in."""
    digits = re.sub(r"\D", "", found[0])
    if luhn(digits[:16]):
        end = [place.end() for place in re.finditer(r"\d", found[0])][15]
        return mask_number(digits[:16]) + found[0][end:]
    return mask_number(digits) if luhn(digits) else found[0]


def _whole(found: re.Match[str]) -> str:
    """Where other figures stood at a number, what was taken for it may have been half of it."""
    if "*" not in found[0] or sum(map(str.isdigit, _MASKED.sub("", found[0]))) < _REST:
        return found[0]
    return mask_number(re.sub(r"[^\d*]", "", found[0]))


def _number(found: re.Match[str]) -> str:
    """Tickets often begin with a day."""
    return found[0] if _DAY.match(found[0]) and len(found[0]) != 16 else mask_number(found[0])


def _without_token(found: re.Match[str]) -> str:
    run = found[0]
    figures, small, capital = (any(map(kind, run)) for kind in (str.isdigit, str.islower, str.isupper))
    return HIDDEN if figures and ((small and capital) or (len(run) >= _TOKEN and (small or capital))) else run


def _without_key(found: re.Match[str]) -> str:
    run = found[0]
    parts = run.strip("=").split("/")
    mixed = all(any(map(kind, run)) for kind in (str.isdigit, str.islower, str.isupper))
    return HIDDEN if mixed and (run.endswith("=") or "+" in run or (not run.startswith("/") and max(map(len, parts)) >= 12)) else run


def _bare(text: str) -> str:
    """Without escapes, and without what cannot be seen: as a text of UTF-16 is read byte by byte, or as our own log writes it."""
    text = _ESCAPED.sub(_character, text) if "\\" in text or "&#" in text else text
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each)[0] != "C")


def _character(found: re.Match[str]) -> str:
    hexadecimal = next((each for each in (found[1], found[2], found[3], found[5]) if each), None)
    number = int(hexadecimal, 16) if hexadecimal else int(found[4])
    if number in (10, 13):
        return " "
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _decoded(text: str, mask: Mask, depth: int) -> str:
    """With the words hidden that are a secret once they are read as what they may be."""
    if not depth:
        return text

    def clear(found: re.Match[str], readings: Callable[[str], Iterator[str]]) -> str:
        for reading in readings(found[0]):
            bare = _bare(reading)
            if mask(bare) != bare or _decoded(bare, mask, depth - 1) != bare:
                return HIDDEN
        return found[0]

    text = _PERCENT.sub(lambda found: clear(found, _of_url), text)
    text = _PLUS.sub(lambda found: clear(found, lambda word: iter((word.replace("+", " "),))), text)
    text = _HEX_TEXT.sub(lambda found: clear(found, _of_hex), text)
    return _WORD.sub(lambda found: clear(found, _of_base64), text)


def _of_url(word: str) -> Iterator[str]:
    yield unquote(word)
    yield unquote_plus(word)


def _of_hex(word: str) -> Iterator[str]:
    digits = re.sub(r"\\x|[^0-9a-fA-F]", "", word)
    yield from _texts(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _of_base64(word: str) -> Iterator[str]:
    """Nobody says where in a longer word it begins."""
    plain = word.replace("-", "+").replace("_", "/").rstrip("=")
    for begin in range(4):
        part = plain[begin:]
        try:
            yield from _texts(base64.b64decode(part[: len(part) // 4 * 4] if len(part) % 4 == 1 else part + "=" * (-len(part) % 4)))
        except (binascii.Error, ValueError):
            continue


def _texts(content: bytes) -> Iterator[str]:
    """What the bytes say, where most of them say anything."""
    text = content.decode("latin-1")
    if sum(each.isprintable() or each == "\0" for each in text) * 10 >= 8 * len(text):
        yield text
