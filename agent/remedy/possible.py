"""Which causes a terminal can meet at all: by what is configured, and by what its machine has. Pure.

A cause that no line here limits can befall every terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from agent.diagnosis.causes import Cause
from agent.settings.model import Settings
from probes.ground.addresses import is_address
from probes.model import Layer
from probes.settings import Gateway, GatewayProtocol, Role, SerialDevice, SerialProtocol, SerialRole

WIRED, WIFI, CELLULAR = "ethernet", "wifi", "cellular"


class OwnUplink(Struct, frozen=True):
    """`kind`: ethernet, wifi, cellular, or None where it cannot be told."""

    interface: str
    kind: str | None
    backup: bool = False


class Machine(Struct, frozen=True, kw_only=True):
    """What is to be known of a machine without a packet. `uplinks`: configured or found; `tunnels`: interfaces of VPNs; `heat`: it has a
    sensor."""

    uplinks: tuple[OwnUplink, ...] = ()
    tunnels: tuple[str, ...] = ()
    battery: bool = False
    heat: bool = True


class Possible(Struct, frozen=True, kw_only=True):
    """`about`: names of what it can befall, as the configuration has them; `kinds`: of uplink; `places`: where such devices are."""

    cause: Cause
    about: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset({"line"})


def possible(settings: Settings, machine: Machine, causes: Iterable[Cause] = Cause) -> tuple[Possible, ...]:
    """In the order of the causes."""
    machine = _with_those_beside(settings, machine)
    found = []
    for cause in causes:
        limit = _LIMITS.get(cause)
        about = tuple(limit(settings, machine)) if limit else ("",)
        if about:
            found.append(_told(cause, tuple(dict.fromkeys(filter(None, about))), settings, machine))
    return tuple(found)


def _with_those_beside(settings: Settings, machine: Machine) -> Machine:
    """And what a terminal has that is asked over adb: two radios and a battery, as far as anybody knows beforehand."""
    asked = [each.name for each in settings.beside if each.adb]
    if not asked:
        return machine
    radios = tuple(OwnUplink(name, kind) for name in asked for kind in (WIFI, CELLULAR))
    return replace(machine, uplinks=(*machine.uplinks, *radios), battery=True)


def _told(cause: Cause, about: tuple[str, ...], settings: Settings, machine: Machine) -> Possible:
    devices = [device for device in settings.serial if device.name in about]
    own = [uplink for uplink in machine.uplinks if uplink.interface in about] if cause.layer in (Layer.LINK, Layer.ADDRESS) else []
    kinds = frozenset(uplink.kind for uplink in own or machine.uplinks if uplink.kind)
    if cause in _OF_A_SIM:
        kinds = frozenset({CELLULAR})
    elif own and any(device.role is SerialRole.MODEM for device in devices):
        kinds |= {CELLULAR}
    there = [_on_network(device) for device in devices]
    if cause is Cause.DEBUGGING_NOT_ALLOWED:
        there = [not each.adb.startswith("usb:") for each in settings.beside if each.name in about and each.adb]
    places = frozenset("network" if on_network else "line" for on_network in there) or frozenset({"line"})
    return Possible(cause=cause, about=about, kinds=kinds, places=places)


Limit = Callable[[Settings, Machine], Iterable[str]]


def _over(*kinds: str) -> Limit:
    """Uplinks of these kinds, and of those whose kind nobody knows."""

    def limit(settings: Settings, machine: Machine) -> list[str]:
        found = [uplink.interface for uplink in machine.uplinks if uplink.kind in kinds or (uplink.kind is None and WIRED in kinds)]
        return found + (_modems(settings) if CELLULAR in kinds else [])

    return limit


def _modems(settings: Settings) -> list[str]:
    return [device.name for device in settings.serial if device.role is SerialRole.MODEM]


def _every_uplink(_: Settings, machine: Machine) -> list[str]:
    return [uplink.interface for uplink in machine.uplinks]


def _devices(wanted: Callable[[SerialDevice], bool]) -> Limit:
    return lambda settings, _: [device.name for device in settings.serial if wanted(device)]


def _gateways(wanted: Callable[[Gateway], bool]) -> Limit:
    return lambda settings, _: [gateway.name for gateway in settings.gateway if wanted(gateway)]


def _on_network(device: SerialDevice) -> bool:
    return device.port.startswith("socket://")


def _on_line(device: SerialDevice) -> bool:
    return not device.port.startswith(("socket://", "rfc2217://"))


def _on_usb(device: SerialDevice) -> bool:
    return _on_line(device) and bool(
        device.usb or device.usb_serial or device.port.startswith(("/dev/ttyUSB", "/dev/ttyACM", "/dev/usb/", "/dev/serial/"))
    )


def _opened(device: SerialDevice) -> bool:
    return device.protocol is not SerialProtocol.PRESENCE


def _asked(device: SerialDevice) -> bool:
    """It is to answer."""
    return device.protocol not in (SerialProtocol.PRESENCE, SerialProtocol.OPEN)


def _spoken_to(gateway: Gateway) -> bool:
    """Its application is asked, not only reached."""
    return gateway.protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS, GatewayProtocol.ISO8583)


def _names_needed(settings: Settings, _: Machine) -> list[str]:
    return [""] if settings.network.expect_internet or any(not is_address(gateway.host) for gateway in settings.gateway) else []


def _if(condition: bool) -> list[str]:
    return [""] if condition else []


def _printers(device: SerialDevice) -> bool:
    return device.role is SerialRole.PRINTER


def _by_name(settings: Settings, _: Machine) -> list[str]:
    """The gateways' names, else one for the internet."""
    return _names_needed(settings, _) and ([gateway.name for gateway in settings.gateway] or [""])


def _internet(*kinds: str) -> Limit:
    return lambda settings, machine: _over(*kinds)(settings, machine) if settings.network.expect_internet else []


_OF_A_SIM = frozenset(
    (Cause.SIM_MISSING, Cause.SIM_LOCKED, Cause.DATA_PLAN_STOPPED, Cause.APN_MISCONFIGURED, Cause.NOT_REGISTERED),
)
_ALL = (WIRED, WIFI, CELLULAR)
_LIMITS: Mapping[str, Limit] = {
    **dict.fromkeys((Cause.CABLE_UNPLUGGED, Cause.LINK_ERRORS), _over(WIRED)),
    **dict.fromkeys((Cause.WIFI_NOT_JOINED, Cause.WIFI_PASSWORD), _over(WIFI)),
    **dict.fromkeys((Cause.RADIO_OFF, Cause.WEAK_SIGNAL), _over(WIFI, CELLULAR)),
    **dict.fromkeys(_OF_A_SIM, _over(CELLULAR)),
    Cause.ADDRESS_CONFLICT: _over(WIRED, WIFI),
    Cause.INTERNET_DOWN: _internet(*_ALL),
    Cause.CAPTIVE_PORTAL: _internet(WIRED, WIFI),
    Cause.TUNNEL_DOWN: lambda _, machine: machine.tunnels,
    Cause.PROXY_MISCONFIGURED: lambda settings, _: _if(bool(settings.network.proxy)),
    **dict.fromkeys((Cause.INTERFACE_DISABLED, Cause.DHCP_FAILED, Cause.NETWORK_MISCONFIGURED, Cause.ROUTER_UNREACHABLE), _every_uplink),
    **dict.fromkeys((Cause.UNSTABLE, Cause.SLOW, Cause.MTU_BLACKHOLE), _every_uplink),
    **dict.fromkeys((Cause.DNS_UNREACHABLE, Cause.DNS_FAILING, Cause.DNS_SLOW), _by_name),
    **dict.fromkeys((Cause.GATEWAY_BLOCKED, Cause.GATEWAY_DOWN, Cause.GATEWAY_MISCONFIGURED), _gateways(lambda _: True)),
    **dict.fromkeys(
        (
            Cause.TLS_INTERCEPTED,
            Cause.TLS_INCOMPATIBLE,
            Cause.CLIENT_CERTIFICATE,
            Cause.TRUST_STORE_OUTDATED,
            Cause.GATEWAY_CERTIFICATE_EXPIRED,
            Cause.GATEWAY_CERTIFICATE_EXPIRING,
        ),
        _gateways(lambda gateway: gateway.uses_tls),
    ),
    **dict.fromkeys(
        (
            Cause.ACCOUNT_SUSPENDED,
            Cause.TERMINAL_NOT_REGISTERED,
            Cause.SIGN_IN_REQUIRED,
            Cause.GATEWAY_ERROR,
            Cause.GATEWAY_PROTOCOL_ERROR,
        ),
        _gateways(_spoken_to),
    ),
    **dict.fromkeys((Cause.DATE_DUE, Cause.DATE_PASSED), lambda settings, _: [each.name for each in settings.date]),
    **dict.fromkeys(
        (Cause.TERMINAL_OFF, Cause.DEBUGGING_NOT_ALLOWED, Cause.DEBUGGING_OPEN),
        lambda settings, _: [each.name for each in settings.beside],
    ),
    Cause.TERMINAL_PORT_CLOSED: lambda settings, _: [each.name for each in settings.beside if each.ports],
    Cause.PAYMENT_APP_DOWN: lambda settings, _: [
        *(app.name for app in settings.app),
        *(each.package for each in settings.beside if each.package and each.adb),
    ],
    **dict.fromkeys((Cause.PAPER_OUT, Cause.PAPER_LOW, Cause.COVER_OPEN, Cause.PRINTER_FAULT), _devices(_printers)),
    Cause.DEVICE_UNPLUGGED: _devices(lambda _: True),
    Cause.POWER_OFF: _devices(lambda device: not _on_network(device) and device.role is not SerialRole.MODEM),
    Cause.DEVICE_NOT_RESPONDING: _devices(_asked),
    Cause.SERIAL_MISCONFIGURED: _devices(_asked),
    **dict.fromkeys((Cause.PORT_BUSY, Cause.PORT_PERMISSION), _devices(lambda device: _on_line(device) and _opened(device))),
    **dict.fromkeys((Cause.PORT_RENUMBERED, Cause.PORT_DRIVER_MISSING), _devices(_on_usb)),
    **dict.fromkeys((Cause.BATTERY_LOW, Cause.CHARGER_UNPLUGGED), lambda _, machine: _if(machine.battery)),
    Cause.OVERHEATING: lambda _, machine: _if(machine.heat),
    Cause.LOCAL_FIREWALL: lambda settings, machine: _if(bool(settings.gateway or machine.uplinks)),
}


def backups(settings: Settings, machine: Machine) -> tuple[OwnUplink, ...]:
    """Uplinks that stand ready in place of another."""
    named = {uplink.interface for uplink in settings.uplink if uplink.role is Role.BACKUP}
    return tuple(uplink for uplink in machine.uplinks if uplink.interface in named or uplink.backup)
