"""The configuration as the agent uses it: every key, its default and its range (`posdiag config example` explains each)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from agent.settings.output_settings import OutputSettings
from probes.settings import App, Beside, DueDate, Gateway, Host, InternetCheck, Percent, Plugin, SerialDevice, Uplink, described

Seconds = Annotated[float, Meta(gt=0, le=86400)]
Endpoint = Annotated[
    str,
    described(
        "an address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53",
        "带端口的 IP 地址，如 192.0.2.1:53 或 [2001:db8::1]:53",
        pattern=r"^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$",
    ),
]
ShortText = Annotated[str, Meta(max_length=200)]
OpeningHours = Annotated[
    str,
    described('opening hours, such as "Mo-Sa 08:00-20:00", or empty', '营业时间，如 "Mo-Sa 08:00-20:00"，或留空', max_length=200),
]
TimeOfDay = Annotated[
    str, described("a time of the day, such as 05:00", "一天里的时间，如 05:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
]
Few = Meta(max_length=32)  # of each kind, so that one examination and its document stay small
Absolute = Annotated[str, described("an absolute path", "绝对路径（以 / 开头）", pattern=r"^/", max_length=1024)]


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class TerminalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ShortText = ""
    merchant_id: Annotated[str, Meta(max_length=32)] = ""
    serial_number: ShortText = ""
    store: ShortText = ""
    hours: OpeningHours = ""
    language: Language = Language.ZH
    labels: Annotated[dict[Annotated[str, Meta(min_length=1, max_length=64)], ShortText], Meta(max_length=32)] = {}


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: ShortText = ""
    phone: ShortText = ""


class Support(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    provider: Contact = Contact()
    acquirer: Contact = Contact()
    technician: Contact = Contact()
    isp: Contact = Contact()


class AgentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    interval_s: Annotated[float, Meta(ge=1, le=86400)] = 60
    retry_s: Annotated[float, Meta(ge=0.1, le=3600)] = 5
    confirm: Annotated[int, Meta(ge=1, le=100)] = 2
    heartbeat_s: Annotated[float, Meta(ge=1, le=86400)] = 60
    state_dir: Absolute = "/var/lib/posdiag"
    status_dir: Annotated[
        str, described("an absolute path, or empty", "绝对路径（以 / 开头），或留空", pattern=r"^(/.*)?$", max_length=1024)
    ] = ""
    log_dir: Absolute = "/var/log/posdiag"
    page_dir: Annotated[
        str, described("an absolute path, or empty", "绝对路径（以 / 开头），或留空", pattern=r"^(/.*)?$", max_length=1024)
    ] = ""
    start_spread_s: Annotated[float, Meta(ge=0, le=3600)] = 30
    watch_h: Annotated[float, Meta(ge=0, le=168)] = 24
    lessons: Absolute = "/etc/posdiag/lessons.json"

    @property
    def status_home(self) -> str:
        """Where the status document is renewed: the state directory, or a memory file system that saves the flash."""
        return self.status_dir or self.state_dir


DEFAULT_CHECKS = (
    InternetCheck(url="http://connect.rom.miui.com/generate_204"),
    InternetCheck(url="http://connectivitycheck.platform.hicloud.com/generate_204"),
    InternetCheck(url="http://cp.cloudflare.com/generate_204"),
)
DEFAULT_ADDRESSES = ("223.5.5.5:53", "119.29.29.29:53", "1.1.1.1:53", "[2400:3200::1]:53", "[2606:4700:4700::1111]:53")
DEFAULT_NAMES = ("www.baidu.com", "www.qq.com", "www.cloudflare.com")


class NetworkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    expect_internet: bool = True
    internet_checks: Annotated[list[InternetCheck], Few] = field(default_factory=lambda: list(DEFAULT_CHECKS))
    addresses: Annotated[list[Endpoint], Few] = field(default_factory=lambda: list(DEFAULT_ADDRESSES))
    public_names: Annotated[list[Host], Few] = field(default_factory=lambda: list(DEFAULT_NAMES))
    proxy: Annotated[
        str, described("http://host:port, or empty", "http://主机:端口，或留空", pattern=r"^(https?://\S+)?$", max_length=512)
    ] = ""
    ntp: Annotated[list[Host], Few] = []
    loss_percent: Percent = 30
    loss_samples: Annotated[int, Meta(ge=10, le=200)] = 20
    latency_ms: Annotated[float, Meta(ge=1, le=60000)] = 1000


class SystemSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    disk_paths: Annotated[list[Absolute], Few] = field(default_factory=lambda: ["/"])
    disk_used_percent: Percent = 95
    memory_available_percent: Percent = 5
    load_per_core: Annotated[float, Meta(gt=0, le=1000)] = 4
    clock_skew_s: Annotated[float, Meta(ge=1, le=86400 * 3650)] = 300
    temperature_c: Annotated[float, Meta(ge=20, le=150)] = 85
    battery_percent: Percent = 10


class ReadinessSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`drill_days`: days between drills of each backup, 0: never. `drill_at`: local time."""

    drill_days: Annotated[int, Meta(ge=0, le=366)] = 30
    drill_at: TimeOfDay = "05:00"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    terminal: TerminalSettings = TerminalSettings()
    support: Support = Support()
    agent: AgentSettings = AgentSettings()
    network: NetworkSettings = NetworkSettings()
    uplink: Annotated[list[Uplink], Few] = []
    gateway: Annotated[list[Gateway], Few] = []
    serial: Annotated[list[SerialDevice], Few] = []
    app: Annotated[list[App], Few] = []
    system: SystemSettings = SystemSettings()
    plugin: Annotated[list[Plugin], Few] = []
    date: Annotated[list[DueDate], Few] = []
    beside: Annotated[list[Beside], Few] = []
    readiness: ReadinessSettings = ReadinessSettings()
    output: Annotated[list[OutputSettings], Few] = []
