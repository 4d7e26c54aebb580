"""Nothing that nobody may see leaves the terminal: planted in every place that feeds a bundle, in every way to write it, and looked for in
every byte."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from agent.papers.bundle.contents import bundle
from agent.papers.bundle.gather import gather
from agent.settings.load import load
from agent.status.redaction import Redactor
from tests.support.clocks import SetClock
from tests.support.planted import INCIDENT, NOW, checks, contents, seen_in, seen_in_text, terminal

MERCHANT, NUMBER = "898320154110001", "10012345"
OWN = f'merchant_id = "{MERCHANT}"\n'
GATEWAY = f"""
[[gateway]]
name = "acquirer-a"
host = "192.0.2.3"
port = 8583
protocol = "iso8583"
[gateway.iso8583]
merchant_id = "{MERCHANT}"
terminal_id = "{NUMBER}"
[[plugin]]
name = "more"
settings = {{ api_key = "Zq7-geheim" }}
"""
PEM = "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAK7x9"
SECRETS = {
    "card": "4929123456789015",
    "card of 19": "6212345678901234564",
    "amex": "378282246310005",
    "hex key": "0123456789ABCDEFFEDCBA9876543210",
    "key of 8 bytes": "A1B2C3D4E5F60718",
    "IMSI": "460011234567890",
    "ICCID": "89860123456789012345",
    "mobile": "13912345678",
    "merchant": MERCHANT,
    "terminal": NUMBER,
    "of the configuration": "Zq7-geheim",
}


def made(planted: str, languages: tuple[str, ...] = ("zh", "en"), incident: str | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = terminal(Path(folder), planted, own=OWN)
        path.write_text(path.read_text("utf-8") + GATEWAY, "utf-8")
        look = {"resolvers": {"servers": [planted]}, "checks": checks(planted)}
        found = gather(load(str(path)), SetClock(NOW), incident, look=lambda _loaded, _clock: look)
        assert not found.lacks
        return bundle(found, languages).content


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    with tempfile.TemporaryDirectory() as folder:
        path = terminal(Path(folder), "x", own=OWN)
        path.write_text(path.read_text("utf-8") + GATEWAY, "utf-8")
        return Redactor(load(str(path)).settings)


def spaced(number: str, between: str) -> str:
    return between.join(number[place : place + 4] for place in range(0, len(number), 4))


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in groups": lambda secret: spaced(secret, " "),
    "with dashes": lambda secret: spaced(secret, "-"),
    "with dots": lambda secret: spaced(secret, "."),
    "with what cannot be seen": lambda secret: spaced(secret, "\u200b"),
    "with a non-breaking space": lambda secret: spaced(secret, "\u00a0"),
    "in full width": lambda secret: "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in secret),
    "in UTF-16": lambda secret: secret.encode("utf-16-le").decode("latin-1"),
    "of a URL": lambda secret: quote(spaced(secret, " ")),
    "escaped twice": lambda secret: quote(quote(spaced(secret, " "))),
    "all of it escaped": lambda secret: "".join(f"%{ord(each):02X}" for each in secret),
    "in escapes of JSON": lambda secret: "".join(f"\\u{ord(each):04x}" for each in secret),
    "as our log escapes it": lambda secret: "\\x00".join(secret),
    "in base64": lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal of UTF-16": lambda secret: secret.encode("utf-16-be").hex(),
    "in a URL": lambda secret: f"https://h.example/a?card={secret}&x=1",
    "in JSON": lambda secret: json.dumps({"a": secret}),
    "between letters": lambda secret: f"PAN{secret}EXP",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_it_is_nowhere(kind: str) -> None:
    assert seen_in(made(f"see {SECRETS[kind]} here"), SECRETS[kind]) == []


@pytest.mark.parametrize("way", WAYS)
def test_nor_is_it_written_in_another_way(way: str) -> None:
    """One after the other: those that stand between others are found too."""
    planted = [WAYS[way](secret) for secret in (SECRETS["card"], MERCHANT, SECRETS["of the configuration"])]
    packed = made(" und ".join(planted))
    assert [seen for secret in (SECRETS["card"], MERCHANT, SECRETS["of the configuration"]) for seen in seen_in(packed, secret)] == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", SECRETS)
def test_no_text_has_it(redactor: Redactor, kind: str, way: str) -> None:
    secret = SECRETS[kind]
    for before, after in (("see ", " here"), ("", ""), ("卡", "号"), ("12:30 ", " 1.5"), ("a=", "&b=2")):
        shown = redactor.text(f"{before}{WAYS[way](secret)}{after}")
        assert seen_in_text(shown, secret) == [], shown


@pytest.mark.parametrize(
    ("planted", "secret"),
    [
        (";4929123456789015=25121010000012300000?", "25121010000012300000"),
        ("%B4929123456789015^LI/XIAOMING^2512101?", "XIAOMING"),
        ("4929123456789015D25121010000012300000F", "25121010000012300000"),
        (f"-----BEGIN PRIVATE KEY-----\n{PEM}\nkurz\n-----END PRIVATE KEY-----", PEM[:20]),
        (f"-----BEGIN RSA PRIVATE KEY-----\\n{PEM}\\nkurz", "kurz"),
        (f"x {PEM} y", PEM[:20]),
        ('psk="my wifi pass"', "wifi pass"),
        ("wpa_passphrase=hunterhunter", "hunterhunter"),
        ("WIFI:T:WPA;S:shop;P:hunterhunter;;", "hunterhunter"),
        ("WiFi密码：geheim88", "geheim88"),
        ("密码是geheim88，别告诉别人", "geheim88"),
        ("the password is geheim88.", "geheim88"),
        ("password: hunterhunter", "hunterhunter"),
        ("http://user:hunterhunter@h.example/x?token=abcdefg", "hunterhunter"),
        ("Authorization: Bearer abcdefghijklm", "abcdefghijklm"),
        ("Basic dXNlcjpodW50ZXI=", "dXNlcjpodW50ZXI"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIiOiIxIn0"),
        ("01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef", "89:ab:cd:ef"),
        ("0123 4567 89AB CDEF FEDC BA98 7654 3210", "89AB CDEF"),
        ("call me: +44 20 7946 0958", "7946"),
    ],
)
def test_neither_is_what_has_a_form_of_its_own(planted: str, secret: str) -> None:
    assert seen_in(made(f"a {planted}", ("en",)), secret) == []


def luhn(body: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


FIGURES = "0123456789"
HEADS = {"4": 15, "51": 15, "2221": 15, "62": 15, "35": 15, "37": 14}  # of cards, with their length without the check digit


def numbers(head: str, length: int) -> some.SearchStrategy[str]:
    rest = length - len(head)
    return some.text(FIGURES, min_size=rest, max_size=rest).map(lambda found: head + found)


CARDS = some.sampled_from(sorted(HEADS)).flatmap(lambda head: numbers(head, HEADS[head])).map(luhn)
SIMS = numbers("46", 15) | numbers("89", 20)
KEYS = some.binary(min_size=16, max_size=32).map(lambda key: key.hex())
AROUND = some.text(some.characters(codec="utf-8", exclude_characters="0123456789\0"), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CARDS | SIMS | KEYS, some.sampled_from(sorted(WAYS)), AROUND, AROUND)
def test_nor_has_it_any_other(redactor: Redactor, secret: str, way: str, before: str, after: str) -> None:
    shown = redactor.text(f"{before} {WAYS[way](secret)} {after}")
    assert seen_in_text(shown, secret) == [], shown


def test_the_same_number_has_the_same_mask_everywhere() -> None:
    files = contents(made(f"no {MERCHANT} and 4929123456789015", incident=INCIDENT))
    for name in ("config.txt", "status.json", "history.ndjson", "incidents.json", "machine.json", "posdiag.log", "index.html"):
        assert "***********0001" in files[name].decode() and "************9015" in files[name].decode(), name


def test_what_support_needs_stays() -> None:
    told = "gw-a.pay.example 192.0.2.3:8583 aa:bb:cc:dd:ee:ff fe80::1 ttyUSB0 067b:2303 HTTP 503 TLSv1.3 ticket 12345"
    files = contents(made(told))
    for name in ("config.txt", "status.json", "history.ndjson", "machine.json", "posdiag.log", "index.html"):
        assert told in files[name].decode(), name
    assert "13800138000" in files["config.txt"].decode()  # whom to call is no secret


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\u202egnp.exe", "\x1b[31mred", "=1+1"])
def test_no_text_gets_out_of_its_place(hostile: str) -> None:
    for name, content in contents(made(hostile)).items():
        text = content.decode()
        assert "\u202e" not in text and "\x1b" not in text, name
        assert name != "index.html" or "<script" not in text
