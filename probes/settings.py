"""What a probe may be told: the parts of the configuration that describe one thing to examine.

Each struct is one table of the configuration file; ranges and patterns here are what `posdiag config check` enforces.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

ZH = "x-zh"  # where the Chinese words of a description stand


def described(en: str, zh: str, **limits: Any) -> Meta:
    """Limits of a value, with what it must be in words, for a person who wrote something else."""
    return Meta(description=en, extra_json_schema={ZH: zh}, **limits)


Name = Annotated[str, described("letters, digits, . _ -", "字母、数字和 . _ -", min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
Host = Annotated[
    str, described("a host name or an address", "主机名或 IP 地址", min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$")
]
Port = Annotated[int, Meta(ge=1, le=65535)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Status = Annotated[int, Meta(ge=100, le=599)]
Digits = Annotated[str, described("digits", "数字", pattern=r"^[0-9]*$", max_length=32)]
HexBytes = Annotated[
    str, described("hexadecimal bytes, such as 0506", "十六进制字节，如 0506", pattern=r"^([0-9A-Fa-f]{2})*$", max_length=512)
]
PathOrEmpty = Annotated[str, described("an absolute path, or empty", "绝对路径（以 / 开头），或留空", pattern=r"^(/.*)?$", max_length=1024)]


class UplinkKind(StrEnum):
    ETHERNET = "ethernet"
    WIFI = "wifi"
    CELLULAR = "cellular"


class Role(StrEnum):
    PRIMARY = "primary"
    BACKUP = "backup"


class Uplink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    interface: Annotated[
        str, described("an interface name of the kernel", "内核里的网络接口名", min_length=1, max_length=15, pattern=r"^[^/\s]+$")
    ]
    kind: UplinkKind | UnsetType = UNSET
    role: Role = Role.PRIMARY
    monthly_mb: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class InternetCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[
        str, described("an http:// or https:// address", "以 http:// 或 https:// 开头的网址", pattern=r"^https?://[^\s/]+", max_length=2048)
    ]
    status: Status = 204


class GatewayProtocol(StrEnum):
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    HTTPS = "https"
    ISO8583 = "iso8583"


class GatewayHttp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: Annotated[str, described("a path that begins with /", "以 / 开头的路径", pattern=r"^/[^\s]*$", max_length=2048)] = "/health"
    status: Annotated[list[Status], Meta(min_length=1)] = field(default_factory=lambda: [200])
    codes: dict[Annotated[str, described("an HTTP status", "HTTP 状态码", pattern=r"^[1-5][0-9][0-9]$")], str] = {}


class Dialect(StrEnum):
    UNIONPAY = "unionpay"
    ISO87_ASCII = "iso87-ascii"


class Framing(StrEnum):
    BYTES_2 = "2-byte"
    BCD_2 = "2-byte-bcd"
    ASCII_4 = "4-ascii"
    HEX_4 = "hex4"


class GatewayIso8583(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    dialect: Dialect = Dialect.UNIONPAY
    framing: Framing = Framing.BYTES_2
    tpdu: Annotated[str, described("10 digits", "10 位数字", pattern=r"^[0-9]{10}$")] = "6000030000"
    header: Annotated[str, described("12 digits", "12 位数字", pattern=r"^[0-9]{12}$")] = "603100311000"
    terminal_id: Annotated[str, described("up to 8 letters or digits", "最多 8 位字母或数字", pattern=r"^[A-Za-z0-9]{0,8}$")] = ""
    merchant_id: Annotated[str, described("up to 15 letters or digits", "最多 15 位字母或数字", pattern=r"^[A-Za-z0-9]{0,15}$")] = ""
    response_codes: dict[
        Annotated[str, described("a response code of two characters", "两位的应答码", pattern=r"^[A-Za-z0-9]{2}$")], str
    ] = {}


class Gateway(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    host: Host
    port: Port
    protocol: GatewayProtocol
    tls: bool = True
    ca_file: str = ""
    client_cert_file: str = ""
    client_key_file: str = ""
    role: Role = Role.PRIMARY
    app_interval_s: Annotated[float, Meta(ge=0)] = 300
    keep_open: bool = False
    http: GatewayHttp = GatewayHttp()
    iso8583: GatewayIso8583 = GatewayIso8583()

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is to be encrypted."""
        return self.protocol in (GatewayProtocol.TLS, GatewayProtocol.HTTPS) or (self.protocol is GatewayProtocol.ISO8583 and self.tls)


class SerialRole(StrEnum):
    PRINTER = "printer"
    PINPAD = "pinpad"
    MODEM = "modem"
    ECR = "ecr"
    OTHER = "other"


class SerialProtocol(StrEnum):
    PRESENCE = "presence"
    OPEN = "open"
    ESCPOS = "escpos"
    ENQ = "enq"
    AT = "at"
    EXPECT = "expect"


class PortOwner(StrEnum):
    APP = "app"
    AGENT = "agent"


class Parity(StrEnum):
    NONE = "none"
    EVEN = "even"
    ODD = "odd"
    MARK = "mark"
    SPACE = "space"


class Flow(StrEnum):
    NONE = "none"
    RTSCTS = "rtscts"
    XONXOFF = "xonxoff"
    DSRDTR = "dsrdtr"


class SerialExpect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    send: HexBytes = "05"
    reply: HexBytes = "06"


class SerialDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    label: Annotated[str, Meta(max_length=80)] = ""
    role: SerialRole = SerialRole.OTHER
    port: Annotated[
        str,
        described(
            "an absolute path such as /dev/ttyUSB0, rfc2217://… or socket://…",
            "绝对路径（如 /dev/ttyUSB0）、rfc2217://… 或 socket://…",
            pattern=r"^(/\S+|rfc2217://\S+|socket://\S+)?$",
            max_length=256,
        ),
    ] = ""
    usb: Annotated[
        str, described("vendor:product, such as 067b:2303", "厂商号:产品号，如 067b:2303", pattern=r"^([0-9A-Fa-f]{4}:[0-9A-Fa-f]{4})?$")
    ] = ""
    usb_serial: Annotated[str, Meta(max_length=128)] = ""
    protocol: SerialProtocol = SerialProtocol.PRESENCE
    owner: PortOwner = PortOwner.APP
    baudrate: Annotated[int, Meta(ge=50, le=4_000_000)] = 9600
    bytesize: Annotated[int, Meta(ge=5, le=8)] = 8
    parity: Parity = Parity.NONE
    stopbits: Annotated[float, Meta(ge=1, le=2)] = 1
    flow: Flow = Flow.NONE
    reset_on_open: bool = False
    required: bool = False
    expect: SerialExpect = SerialExpect()


class App(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    process: Annotated[str, described("a regular expression", "正则表达式", min_length=1, max_length=512)]
    required: bool = True


class Beside(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A terminal that is examined from this machine, over the shop's network or over adb. `adb`: `usb:SERIAL` or `HOST:PORT`."""

    name: Name
    address: Annotated[str, Meta(max_length=255)] = ""
    mac: Annotated[
        str,
        described(
            "a MAC address, such as 02:00:00:00:00:01", "MAC 地址，如 02:00:00:00:00:01", pattern=r"^(([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})?$"
        ),
    ] = ""
    ports: Annotated[list[Annotated[int, Meta(ge=1, le=65535)]], Meta(max_length=8)] = []
    adb: Annotated[
        str,
        described(
            "usb:SERIAL, or HOST:PORT such as 192.168.1.20:5555",
            "usb:序列号，或 主机:端口，如 192.168.1.20:5555",
            pattern=r"^(usb:\S+|\S+:[0-9]{1,5})?$",
            max_length=255,
        ),
    ] = ""
    package: Annotated[
        str,
        described(
            "an Android package, such as com.example.pay",
            "安卓应用的包名，如 com.example.pay",
            pattern=r"^([A-Za-z][\w.]*)?$",
            max_length=255,
        ),
    ] = ""
    adb_server: Annotated[
        str,
        described(
            "an address with a port, or localfilesystem:/PATH",
            "带端口的地址，或 localfilesystem:/路径",
            pattern=r"^(localfilesystem:/\S+|\S+:[0-9]{1,5})$",
            max_length=255,
        ),
    ] = "127.0.0.1:5037"
    adb_start: bool = False
    adb_key_file: PathOrEmpty = ""
    required: bool = True
    lease_file: PathOrEmpty = ""


ValueName = Annotated[str, described("the name of a value", "数值的名称", min_length=1, max_length=40)]
Plain = Annotated[
    Any,
    described("text, number, true, false, or lists and tables of them", "文字、数字、true、false，或由它们组成的列表和表"),
]
Limit = dict[ValueName, Annotated[float, Meta(ge=-1e12, le=1e12)]]
Code = Annotated[str, described("a cause's code", "原因代码", min_length=1, max_length=80)]


class Plugin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A probe of somebody else's (`probes/plugin.py`). `supports`: causes for which its failed check is evidence."""

    name: Name
    settings: dict[Annotated[str, Meta(min_length=1, max_length=64)], Plain] = {}
    timeout_s: Annotated[float, Meta(gt=0, le=60)] = 5
    warn_above: Limit = {}
    warn_below: Limit = {}
    fail_above: Limit = {}
    fail_below: Limit = {}
    supports: Annotated[list[Code], Meta(max_length=16)] = []


class DateKind(StrEnum):
    FEE = "fee"
    CONTRACT = "contract"
    LICENCE = "licence"
    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    KEYS = "keys"
    SIM_PLAN = "sim_plan"
    AUDIT = "audit"
    TRAINING = "training"
    OTHER = "other"


class DateOwner(StrEnum):
    """Who has to see to it."""

    MERCHANT = "merchant"
    CASHIER = "cashier"
    TECHNICIAN = "technician"
    ISP = "isp"
    ACQUIRER = "acquirer"
    VENDOR = "vendor"


class DueDate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day by which something has to be done. `every`: again and again, counted from `due` (`probes.assess.dates`); empty: once."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    kind: DateKind = DateKind.OTHER
    due: Annotated[date, described("a day, such as 2027-01-31", "日期，如 2027-01-31")]
    every: Annotated[str, described('a time, such as "1 month", or empty', '间隔，如 "1 month"，或留空', max_length=40)] = ""
    remind_days: Annotated[int, Meta(ge=0, le=366)] = 14
    owner: DateOwner = DateOwner.MERCHANT
