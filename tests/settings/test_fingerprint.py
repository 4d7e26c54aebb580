"""The hash of the settings: anybody may read it, so nothing that could be tried out goes into it, and nothing of one terminal alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from agent.settings.mask import fingerprint
from agent.settings.model import Settings

FULL: dict[str, Any] = {
    "network": {"proxy": "http://u:p@proxy.example:1", "ntp": ["ntp.example"]},
    "uplink": [{"interface": "eth0", "kind": "ethernet", "monthly_mb": 5}],
    "gateway": [
        {
            "name": "a",
            "host": "gw.pay.example",
            "port": 1,
            "protocol": "https",
            "http": {"path": "/x?t=1", "codes": {"403": "ok"}},
            "iso8583": {"merchant_id": "898320154110001", "terminal_id": "10000001", "response_codes": {"58": "ok"}},
        }
    ],
    "serial": [{"name": "a", "port": "/dev/a"}],
    "app": [{"name": "a", "process": "a"}],
    "plugin": [{"name": "a", "settings": {"host": "h"}, "warn_above": {"x": 1.0}, "supports": ["network.slow"]}],
    "output": [{"kind": "https", "url": "https://fleet.example/v1/status"}],
    "date": [{"name": "a", "due": "2027-01-31", "every": "1 month"}],
    "beside": [{"name": "a", "mac": "02:00:00:00:00:01", "adb": "usb:1", "package": "a.b", "ports": [1]}],
    "terminal": {"merchant_id": "898320154110001", "labels": {"region": "south"}},
}
Place = tuple[str | int, ...]


def convert(data: dict[str, Any]) -> Settings:
    return msgspec.convert(data, Settings)


DATA: dict[str, Any] = msgspec.to_builtins(convert(FULL))


def leaves(shape: inspect.Type, value: Any, place: Place = ()) -> Iterator[tuple[Place, inspect.Type]]:
    """Every value of the full settings, with what its type allows."""
    match shape:
        case inspect.Metadata():
            yield from leaves(shape.type, value, place)
        case inspect.StructType():
            for field in shape.fields:
                yield from leaves(field.type, value[field.encode_name], (*place, field.encode_name))
        case inspect.ListType():
            for index, item in enumerate(value):
                yield from leaves(shape.item_type, item, (*place, index))
        case inspect.DictType():
            for name, item in value.items():
                yield from leaves(shape.value_type, item, (*place, name))
        case inspect.UnionType():
            yield from leaves(shape.types[0], value, place)
        case _:
            yield place, shape


LEAVES = dict(leaves(msgspec.inspect.type_info(Settings), DATA))


def other(value: Any, shape: inspect.Type) -> Any:
    if isinstance(shape, inspect.EnumType):
        return next(each.value for each in shape.cls if each.value != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str) and value.isdigit():
        return str(int(value) - 1).zfill(len(value))
    return f"{value}z"


def at(place: Place) -> Any:
    found: Any = DATA
    for part in place:
        found = found[part]
    return found


def with_value(place: Place, value: Any) -> str:
    """The hash with another value there. Its range is of no interest here."""

    def laid(inside: Any, rest: Place) -> Any:
        if not rest:
            return value
        first, *more = rest
        if isinstance(inside, list):
            return [laid(item, tuple(more)) if index == first else item for index, item in enumerate(inside)]
        return {name: laid(item, tuple(more)) if name == first else item for name, item in inside.items()}

    return fingerprint(msgspec.convert(laid(DATA, place), Settings, strict=False))


def is_private(place: Place) -> bool:
    return place[0] == "terminal" or place[-1] in ("merchant_id", "terminal_id") or "settings" in place


PRIVATE = [place for place in LEAVES if is_private(place)]
COUNTING = [place for place in LEAVES if not is_private(place)]
OTHER: dict[Place, Any] = {
    ("agent", "status_dir"): "/x",
    ("agent", "page_dir"): "/y",
    ("network", "proxy"): "http://u:p@other.example:1",
    ("gateway", 0, "http", "path"): "/y?t=1",
    ("serial", 0, "usb"): "067b:2303",
    ("serial", 0, "bytesize"): 7,
    ("date", 0, "due"): "2027-02-28",
    ("beside", 0, "lease_file"): "/x",
    ("readiness", "drill_at"): "06:00",
    **{
        ("output", 0, key): "/f" for key in ("path", *(f"{each}_file" for each in ("token", "password", "ca", "client_cert", "client_key")))
    },
    ("beside", 0, "mac"): "02:00:00:00:00:02",
    ("beside", 0, "adb_server"): "127.0.0.1:5038",
    ("beside", 0, "adb_key_file"): "/k",
    **{("network", "addresses", index): "9.9.9.9:53" for index in range(9)},
}
BASE = fingerprint(convert(FULL))


def test_the_walk_meets_every_part_of_the_settings() -> None:
    assert {place[0] for place in LEAVES} == set(Settings.__struct_fields__)
    assert len(PRIVATE) >= 8 and len(COUNTING) > 70


@pytest.mark.parametrize("place", PRIVATE, ids=str)
def test_what_is_of_one_terminal_or_secret_does_not_change_it(place: Place) -> None:
    assert with_value(place, other(at(place), LEAVES[place])) == BASE


@pytest.mark.parametrize("place", COUNTING, ids=str)
def test_everything_else_changes_it(place: Place) -> None:
    assert with_value(place, OTHER[place] if place in OTHER else other(at(place), LEAVES[place])) != BASE


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("network", "proxy"), "http://me:other@proxy.example:1"),
        (("gateway", 0, "http", "path"), "/x?t=2&more=3"),
        (("terminal", "labels"), {}),
    ],
)
def test_another_secret_does_not_change_it(place: Place, value: Any) -> None:
    assert with_value(place, value) == BASE


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("network", "proxy"), "http://proxy.example:1"),
        (("network", "proxy"), "http://u:p@proxy.example:2"),
        (("network", "internet_checks", 0, "url"), "http://other.example/x"),
        (("network", "internet_checks", 0, "url"), "http://connect.rom.miui.com/generate_204?k=1"),
        (("gateway", 0, "http", "path"), "/x"),
        (("gateway", 0, "http", "path"), "/y?t=1"),
        (("gateway", 0, "port"), 2),
        (("serial", 0, "port"), "/dev/b"),
        (("uplink", 0, "interface"), "eth1"),
        (("uplink", 0, "monthly_mb"), 6),
        (("plugin", 0, "settings"), {"host": "h", "more": "x"}),
        (("plugin", 0, "settings"), {}),
        (("gateway",), []),
    ],
)
def test_whether_there_is_a_secret_and_what_stands_beside_it_counts(place: Place, value: Any) -> None:
    assert with_value(place, value) != BASE


def test_what_is_written_as_it_is_by_default_changes_nothing() -> None:
    """60 and 60.0 are one and the same."""
    assert fingerprint(convert(msgspec.to_builtins(Settings()))) == fingerprint(Settings())


def test_the_numbers_do_not_count_wherever_they_stand() -> None:
    def of(merchant: str, terminal: str) -> str:
        gateway = FULL["gateway"][0] | {
            "name": f"a-{merchant}",
            "host": f"{terminal}.pay.example",
            "http": {"path": f"/m/{merchant}/health"},
            "client_cert_file": f"/etc/posdiag/{terminal}.pem",
            "iso8583": {"merchant_id": merchant, "terminal_id": terminal},
        }
        terminal_table = {"id": terminal, "merchant_id": merchant, "store": f"shop {merchant[-3:]}", "labels": {merchant: terminal}}
        return fingerprint(convert(FULL | {"gateway": [gateway], "terminal": terminal_table}))

    assert of("898320154110001", "10000001") == of("898320154119999", "20000002") == of("777777777777777", "ABCD1234")
