"""What leaves this machine for others to read: texts and documents without a number, a key or a password, of the configuration or not.

One object redacts everything that goes out together, so that a number is masked in one way wherever it stands.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from agent.diagnosis.causes import Cause
from agent.settings.mask import known_numbers, known_secrets
from agent.settings.model import Settings
from agent.status.spoken import own_numbers
from probes.ground.masking import HIDDEN, SECRET_NAME, mask_number, mask_numbers, secrets_of_url
from probes.ground.redaction import mask_secrets
from probes.model import Kind, Layer, Outcome, Symptom

_DEEPEST = 24
_LEAST = 4  # characters of a secret, or of a number, that is looked for where it stands alone
_ENCODED = 6  # and of one that is looked for in other ways to write it
_TELEPHONE = 13  # figures of one at most
_LARGE = 10**11  # a number of JSON with as many figures as that of a card
_SECRET_LABEL = re.compile(r"(?i)pass|pwd|psk|secret|token|credential|(?<![a-z])(?:key|pin|puk)(?![a-z])|key$|密码|口令|密钥|密碼")
_NUMBER_LABEL = re.compile(r"(?i)(merchant|terminal)[ _.-]?(id|no|num|number)?$|^(mid|tid)$|商户号|终端号")
_MOMENT = re.compile(r"(\b20\d\d-\d\d-\d\d(?:[T ][\d:.]+)?(?:Z|[ ]?[+-]\d\d:\d\d)?|\b20\d{6}T\d{6}Z(?:-[0-9a-f]{6})?)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?")
# words that a document is made of: a password that is one of them is looked for where it is assigned, and nowhere else
_OURS = frozenset(part for words in (Kind, Layer, Outcome, Symptom, Cause) for each in words for part in re.split(r"[._: ]", each.value))


class Redactor:
    """`settings`: none where they may not be read; then every long number is masked. `known`: names of this machine and of its start, which
    are no secret though they look like one."""

    def __init__(self, settings: Settings | None, known: Collection[str] = ()) -> None:
        self._readable = settings is not None
        settings = settings or Settings()
        self._kept = frozenset([*known, *_public(settings)]) - {""}
        self._own = _own(settings)

    def text(self, text: str) -> str:
        """Its lines stay lines."""
        shown = mask_secrets(text, self._kept, self._own)
        return shown if self._readable or text in self._kept or _TIME.fullmatch(text) else self._numberless(shown)

    def _numberless(self, text: str) -> str:
        """Where nobody says which numbers are those of merchant and terminal."""
        parts = _MOMENT.split(text)
        return "".join(part if number % 2 or part in self._kept else mask_numbers(part) for number, part in enumerate(parts))

    def value(self, value: Any) -> Any:
        """Of a document of plain values."""
        return self._value(value, "", 0)

    def _value(self, value: Any, key: str, depth: int) -> Any:
        match value:
            case bool() | None:
                return value
            case str() if value and _SECRET_LABEL.search(key) and not value.startswith(HIDDEN) and value not in _OURS:
                return HIDDEN
            case str():
                return self._string(value)
            case int() | float():
                return self._amount(value)
            case dict() if depth < _DEEPEST:
                return self._table(value, depth)
            case list() | tuple() if depth < _DEEPEST:
                return [self._value(item, key, depth + 1) for item in value]
        return HIDDEN

    def _string(self, text: str) -> str:
        """In a value of a document a line's end divides nothing."""
        shown, flat = self.text(text), text.replace("\n", " ")
        if flat != text and (joined := self.text(flat)) != shown.replace("\n", " "):
            return joined
        return shown

    def _table(self, table: dict[Any, Any], depth: int) -> dict[str, Any]:
        """Two names that are masked alike stay two."""
        found: dict[str, Any] = {}
        for key, item in table.items():
            name = shown = self.text(str(key))
            number = 1
            while name in found:
                number += 1
                name = f"{shown}({number})"
            found[name] = self._value(item, str(key), depth + 1)
        return found

    def _amount(self, amount: float) -> Any:
        if abs(amount) < _LARGE or amount != amount or amount in (float("inf"), float("-inf")):
            return amount
        written = str(int(amount))
        shown = self.text(written)
        return amount if shown == written else shown


def _public(settings: Settings) -> Iterator[str]:
    """What the configuration has that looks like a secret number: whom to call, and what every message to an acquirer begins with."""
    support = settings.support
    phones = [getattr(support, name).phone for name in support.__struct_fields__]
    yield from (phone for phone in phones if sum(map(str.isdigit, phone)) <= _TELEPHONE)
    for gateway in settings.gateway:
        yield from (gateway.iso8583.tpdu, gateway.iso8583.header)


def _own(settings: Settings) -> Callable[[str], str]:
    """What masks the numbers of merchant and terminal and the secrets of the configuration, in whatever way they are written."""
    numbers = dict(_numbers(settings))
    secrets = [each for each in _secrets(settings) if each not in numbers]
    spaced = own_numbers(settings)
    alone = {re.escape(each): mask_number(each) for each in numbers if len(each) < 8}
    alone |= {re.escape(each): HIDDEN for each in secrets if each not in _OURS}
    short = re.compile("|".join(rf"(?<![0-9A-Za-z]){each}(?![0-9A-Za-z])" for each in sorted(alone, key=lambda each: (-len(each), each))))
    other = {form for each in (*numbers, *secrets) if len(each) >= _ENCODED for form in _forms(each)}
    encoded = re.compile("|".join(map(re.escape, sorted(other, key=lambda each: (-len(each), each)))), re.IGNORECASE)
    long = [each for each in secrets if len(each) >= _ENCODED and not each.isalpha() and not each.isdigit()]

    def masked(text: str) -> str:
        text = spaced(text)
        for secret in long:
            text = text.replace(secret, HIDDEN)
        text = short.sub(lambda found: alone[re.escape(found[0])], text) if alone else text
        return encoded.sub(HIDDEN, text) if other else text

    return masked


def _numbers(settings: Settings) -> Iterator[tuple[str, str]]:
    found = {settings.terminal.merchant_id, *known_numbers(settings)}
    for gateway in settings.gateway:
        found |= {gateway.iso8583.merchant_id, gateway.iso8583.terminal_id}
    found |= {value for key, value in settings.terminal.labels.items() if _NUMBER_LABEL.search(key)}
    yield from ((each, mask_number(each)) for each in sorted(found) if len(each) > _LEAST)


def _secrets(settings: Settings) -> list[str]:
    found = set(known_secrets(settings)) | set(_of_urls(settings)) | set(_named(msgspec.to_builtins(settings), ""))
    return sorted((each for each in found if len(each) >= _LEAST), key=lambda each: (-len(each), each))


def _of_urls(settings: Settings) -> Iterator[str]:
    """Also those that are a word: they are looked for where they stand alone. What a query has is often short, and no secret."""
    network = settings.network
    for url in (network.proxy, *(check.url for check in network.internet_checks), *(gateway.http.path for gateway in settings.gateway)):
        login = url.partition("://")[2].rpartition("@")[0]
        for secret in secrets_of_url(url):
            if secret in login or len(secret) >= _ENCODED:
                yield from (secret, unquote(secret))


def _named(value: Any, key: str) -> Iterator[str]:
    """Whatever stands under a name of a secret."""
    match value:
        case dict():
            for name, item in value.items():
                yield from _named(item, str(name))
        case list():
            for item in value:
                yield from _named(item, key)
        case str() if SECRET_NAME.search(key) or (_SECRET_LABEL.search(key) and not key.endswith("_file")):
            yield value


def _forms(secret: str) -> Iterator[str]:
    """In which it may stand in a text besides as it is: of a URL, in base64 wherever it begins there, in hexadecimal; also of UTF-16."""
    yield from {quote(secret, safe=""), quote(secret)} - {secret}
    for content in (secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")):
        yield content.hex()
        for begin in range(3):
            body = base64.b64encode(b"\0" * begin + content).decode().rstrip("=")
            whole = body[(begin * 8 + 5) // 6 : (len(content) + begin) * 8 // 6]
            if len(whole) >= _ENCODED:
                yield whole
                yield whole.translate(str.maketrans("+/", "-_"))
