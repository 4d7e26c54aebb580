"""What may be shown of a text that somebody typed: no login, no key of a URL, no number by which an acquirer knows the merchant.

Every value of a configuration that is shown goes through here, first masked, then cut: a cut takes away what a secret is known by.
Where it cannot be told whether something is a secret, it is taken for one.
"""

from __future__ import annotations

import re

HIDDEN = "***"
SECRET_NAME = re.compile(r"(?:^|[_.-])(?:pass(?:word|wd|phrase)?|pwd|token|secret|credentials?|api_?key|key|pin|psk)$", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|token|secret|credentials?|key|pin|psk|auth\w{0,20}|sig(?:nature)?)[\"']?\s{0,3}[=:]\s{0,3})[^\s&,;]+"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+\S+")
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_NUMBER = re.compile(rf"\d(?:[ \-{_INVISIBLE}]?\d){{7,}}")
_RUN = re.compile(r"[A-Za-z0-9]{8,}")
_DIGITS = 5  # in a run of letters and digits, as acquirers number terminals too
_TOKEN = 20  # characters of a run that nobody typed: a key


def mask_number(text: str) -> str:
    """All but the last 4 characters as `*`; every one of a number of 4 or fewer."""
    shown = 4 if len(text) > 4 else 0
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def mask_numbers(text: str) -> str:
    """The same for whatever in it is long enough to be the number of a merchant, a terminal or a card."""
    return _RUN.sub(_masked_run, _NUMBER.sub(lambda found: mask_number(found[0]), text))


def mask_address(text: str) -> str:
    """A URL or a path without its login, and without what stands behind its question mark; whether it had either is still seen.

    A password may hold every character that ends a login elsewhere, so the login goes up to the last `@`.
    """
    scheme, colon, rest = text.partition("://")
    if not colon:
        return _without_query(text)
    _, login, place = rest.rpartition("@")
    return f"{scheme}{colon}{f'{HIDDEN}:{HIDDEN}@' if login else ''}{_without_query(place)}"


def secrets_of_url(text: str) -> list[str]:
    """What `mask_address` hides of a URL or a path: the password, and the values behind its question mark."""
    _, colon, rest = text.partition("://")
    login, _, place = rest.rpartition("@") if colon else ("", "", text)
    query = re.split("[?#;]", place, maxsplit=1)[1:]
    values = [part.rpartition("=")[2] for part in re.split("[&;#?]", query[0])] if query else []
    return [secret for secret in (login.partition(":")[2], *values) if secret]


def mask_value(text: str, *, pattern: bool = False) -> str:
    """For a value that is wrong, of which nobody knows what it was meant to be. `pattern`: of a regular expression, where a question
    mark is nothing special."""
    if "://" in text:
        text = _without_password_for_port(mask_address(text))
    else:
        _, at, place = text.rpartition("@")
        text = f"{HIDDEN}@{place}" if at else text
        text = text if pattern else _without_query(text, marks="?")
    text = _SCHEME.sub(rf"\1 {HIDDEN}", _ASSIGNED.sub(rf"\1{HIDDEN}", text))
    return mask_numbers(_RUN.sub(_without_token, text))


def _masked_run(found: re.Match[str]) -> str:
    return mask_number(found[0]) if sum(map(str.isdigit, found[0])) >= _DIGITS else found[0]


def _without_token(found: re.Match[str]) -> str:
    run = found[0]
    return HIDDEN if len(run) >= _TOKEN and any(map(str.isdigit, run)) and any(map(str.isalpha, run)) else run


def _without_query(text: str, marks: str = "?#;") -> str:
    found = re.search(f"[{marks}]", text)
    return f"{text[: found.end()]}{HIDDEN}" if found and text[found.end() :] else text


def _without_password_for_port(url: str) -> str:
    """`https://user:password`, where the host was forgotten: what is no number is no port."""
    scheme, colon, rest = url.partition("://")
    place = re.split(r"[/?#;]", rest.rpartition("@")[2], maxsplit=1)[0]
    host, separator, port = place.rpartition(":")
    if not separator or host.count(":") or not port or re.fullmatch(r"[0-9]{1,6}", port):
        return url
    return f"{scheme}{colon}{rest.replace(place, f'{host}:{HIDDEN}', 1)}"
