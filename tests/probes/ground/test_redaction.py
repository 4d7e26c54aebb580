"""What may leave the machine of a text, and what stays of it: no secret, and nothing else less."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.ground.redaction import mask_secrets

ROOT = Path(__file__).parents[3]
CARD = "************9015"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4929 1234 5678 9015 / 12-27 cvv 1", f"card {CARD} / 12-27 cvv 1"),
        ("4929*1234*5678*9015", CARD),
        ("2026-01-317 1469 1011 954", "****************1954"),
        ("4929|1234|5678|9015", CARD),
        ("4 9 2 9 1 2 3 4 5 6 7 8 9 0 1 5", CARD),
        ('["4929","1234","5678","9015"]', f'["{CARD}"]'),
        ("192.0.2.1:4929123456789015", f"192.0.2.1:{CARD}"),
        ("2026-01-31T08:00:00.4929123456789015Z", f"2026-01-31T08:00:00.{CARD}Z"),
        (r"\x34929123456789015", CARD),
        ("&#x34;929123456789015", CARD),
        ("4929%201234%205678%209015", "***"),
        ("=?utf-8?B?NDkyOTEyMzQ1Njc4OTAxNQ==?=", "=?utf-8?B?***==?="),
        ("IMEI 356938035643809", "IMEI ***********3809"),
        ("AT+CPIN=1234", "AT+CPIN=***"),
        ("PIN码1234", "PIN码***"),
        ("PIN 1234", "PIN ***"),
        ('PSK "a b c d"', "PSK ***"),
        ("pw: hunterhunter", "pw: ***"),
        ("the password is hunterhunter", "the password is ***"),
        ("wpa2 key hunter22", "wpa2 key ***"),
        ("BDK 0123456789ABCDEFFEDCBA9876543210", "BDK ***"),
        ("sk_live_abcdEFGH1234ijkl", "sk_live_***"),
        ("admin:hunter22@10.0.0.1", "***:***@10.0.0.1"),
        ("Location: /login?sid=abc123&b=1 x", "Location: /login?*** x"),
        ("Cookie: a=b; c=d", "Cookie: ***"),
        ("\u202egnp\u202c.exe", "\\u202egnp\\u202c.exe"),
    ],
)
def test_what_is_secret_goes(text: str, shown: str) -> None:
    assert mask_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31 08:00:00+08:00 rtt_ms=12.345 loss_percent=33.3",
        "139.159.201.30:8583 10.10.10.10/24 2001:db8::ff00:42:8329 aa:bb:cc:dd:ee:ff aa-bb-cc-dd-ee-ff",
        "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0 067b:2303 enx00e04c680001",
        "kernel 6.1.0-28-amd64 #1 SMP 6.1.119-1 (2024-11-22)",
        "incident 20260131T080000Z-123456, ticket 20260131-0042, CASE-4711-A",
        "400-820-8820",
        "95516",
        "Wrong Wi-Fi password: the network refuses wlan0",
        "the password is wrong",
        "PIN 码一般输错 3 次就要 PUK 码",
        "key_mgmt=WPA-PSK",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert mask_secrets(text) == text


def test_our_own_texts_stay_as_they_are() -> None:
    files = [*sorted((ROOT / "config/catalogue").glob("*.toml")), ROOT / "config/response_codes.toml"]
    for path in files:
        for text in _texts(tomllib.loads(path.read_text("utf-8"))):
            assert mask_secrets(text) == text, path.name


def test_of_a_document_from_the_field_only_names_of_the_machine_go() -> None:
    document = json.loads((ROOT / "tests/cases/shop-router-name-server-ended.json").read_bytes())
    machine = {document["terminal"]["machine_id"], document["terminal"]["config_hash"], document["boot_id"]}
    assert {text for text in _texts(document) if mask_secrets(text) != text} <= machine
    assert {text for text in _texts(document) if mask_secrets(text, kept=machine) != text} == set()


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
