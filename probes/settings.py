"""What a probe may be told: the parts of the configuration that describe one thing to examine.

Each struct is one table of the configuration file; ranges and patterns here are what `posdiag config check` enforces.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="letters, digits, . _ -")]
Host = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$", description="a host name or an address")]
Port = Annotated[int, Meta(ge=1, le=65535)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Status = Annotated[int, Meta(ge=100, le=599)]
Digits = Annotated[str, Meta(pattern=r"^[0-9]*$", max_length=32, description="digits")]
HexBytes = Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{2})*$", max_length=512, description="hexadecimal bytes, such as 0506")]


class UplinkKind(StrEnum):
    ETHERNET = "ethernet"
    WIFI = "wifi"
    CELLULAR = "cellular"


class Role(StrEnum):
    PRIMARY = "primary"
    BACKUP = "backup"


class Uplink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    interface: Annotated[str, Meta(min_length=1, max_length=15, pattern=r"^[^/\s]+$", description="an interface name of the kernel")]
    kind: UplinkKind | UnsetType = UNSET
    role: Role = Role.PRIMARY
    monthly_mb: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class InternetCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+", max_length=2048, description="an http:// or https:// address")]
    status: Status = 204


class GatewayProtocol(StrEnum):
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    HTTPS = "https"
    ISO8583 = "iso8583"


class GatewayHttp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: Annotated[str, Meta(pattern=r"^/[^\s]*$", max_length=2048, description="a path that begins with /")] = "/health"
    status: Annotated[list[Status], Meta(min_length=1)] = field(default_factory=lambda: [200])
    codes: dict[Annotated[str, Meta(pattern=r"^[1-5][0-9][0-9]$", description="an HTTP status")], str] = {}


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
    tpdu: Annotated[str, Meta(pattern=r"^[0-9]{10}$", description="10 digits")] = "6000030000"
    header: Annotated[str, Meta(pattern=r"^[0-9]{12}$", description="12 digits")] = "603100311000"
    terminal_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{0,8}$", description="up to 8 letters or digits")] = ""
    merchant_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{0,15}$", description="up to 15 letters or digits")] = ""
    response_codes: dict[Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{2}$", description="a response code of two characters")], str] = {}


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


class Owner(StrEnum):
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
        str, Meta(pattern=r"^(/dev/\S+|rfc2217://\S+|socket://\S+)?$", max_length=256, description="/dev/…, rfc2217://… or socket://…")
    ] = ""
    usb: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{4}:[0-9A-Fa-f]{4})?$", description="vendor:product, such as 067b:2303")] = ""
    usb_serial: Annotated[str, Meta(max_length=128)] = ""
    protocol: SerialProtocol = SerialProtocol.PRESENCE
    owner: Owner = Owner.APP
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
    process: Annotated[str, Meta(min_length=1, max_length=512, description="a regular expression")]
    required: bool = True
