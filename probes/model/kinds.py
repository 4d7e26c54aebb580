"""What a check is about: its kind, which gives its id, its layer and its human name. Ids are made and taken apart here and nowhere else."""

from __future__ import annotations

from enum import StrEnum

from probes.ground.bilingual import Bilingual, same
from probes.model.vocabulary import Layer


class Kind(StrEnum):
    """The value is what ids of this kind begin with; `called` is what people call its subject; `one` has no name behind it."""

    layer: Layer
    called: Bilingual
    one: bool
    between: str

    def __new__(cls, prefix: str, layer: Layer, called: Bilingual, one: bool = False, between: str = ":") -> Kind:
        member = str.__new__(cls, prefix)
        member._value_ = prefix
        member.layer, member.called, member.one, member.between = layer, called, one, between
        return member

    def id(self, name: str = "") -> str:
        """`gateway:acquirer-a`; of a kind of which there is only one, `system:memory`."""
        return self.value if self.one else f"{self.value}{self.between}{name}"

    def subject_of(self, check_id: str) -> str:
        """What stands behind the kind in an id of it: a gateway's name, an interface, an address. Empty where there is only one."""
        return "" if self.one else check_id.removeprefix(self.value + self.between)

    LINK = ("link", Layer.LINK, Bilingual("网络接口", "interface"))
    ADDRESS = ("address", Layer.ADDRESS, Bilingual("网络地址", "address"))
    DEFAULT_ROUTE = ("address:route", Layer.ADDRESS, Bilingual("默认路由", "default route"), True)
    CONFLICT = ("address:conflict", Layer.ADDRESS, Bilingual("地址占用", "address conflict"))
    OVERLAP = ("address:overlap", Layer.ADDRESS, Bilingual("本机网段重叠", "network of our own"))
    ROUTER = ("router", Layer.ROUTER, Bilingual("路由器", "router"))
    RESOLVER = ("dns", Layer.DNS, Bilingual("域名服务器", "name server"))
    NO_RESOLVER = ("dns:config", Layer.DNS, Bilingual("域名服务器设置", "name server setting"), True)
    NAME_COST = ("dns:lookup", Layer.DNS, Bilingual("域名查询用时", "time to find a name"))
    HTTP_CHECK = ("internet:check", Layer.INTERNET, Bilingual("互联网检查", "internet check"), False, "-")
    REACH = ("internet", Layer.INTERNET, Bilingual("互联网", "internet"))
    PROXY = ("internet:proxy", Layer.INTERNET, Bilingual("代理", "proxy"), True)
    LOSS = ("internet:loss", Layer.INTERNET, Bilingual("丢包", "packet loss"))
    BACKUP = ("internet:via", Layer.INTERNET, Bilingual("备用网络", "backup uplink"))
    TUNNEL = ("internet:tunnel", Layer.INTERNET, Bilingual("隧道（VPN）", "tunnel (VPN)"))
    NAMES_ELSEWHERE = ("internet:names", Layer.INTERNET, Bilingual("别处查询域名", "name asked elsewhere"))
    OTHER_ADDRESS = ("internet:address", Layer.INTERNET, Bilingual("另一地址", "host tried elsewhere"))
    DATE = ("internet:date", Layer.INTERNET, Bilingual("外部时间", "time told elsewhere"), False, "-")
    PAGE = ("internet:page", Layer.INTERNET, Bilingual("网页试探", "web page tried"))
    TLS_SPOKEN = ("internet:tls", Layer.INTERNET, Bilingual("加密试探", "TLS tried"))
    NTP = ("internet:ntp", Layer.INTERNET, Bilingual("网络时间", "network time"))
    GATEWAY = ("gateway", Layer.GATEWAY, Bilingual("收单主机", "acquirer's host"))
    SERIAL = ("serial", Layer.SERIAL, Bilingual("串口设备", "serial device"))
    SERIAL_PRESENT = ("serial:present", Layer.SERIAL, Bilingual("未配置的串口", "ports that nobody configured"), True)
    APP = ("app", Layer.APP, Bilingual("收款程序", "payment application"))
    DISK = ("system:disk", Layer.SYSTEM, Bilingual("磁盘", "disk"))
    MEMORY = ("system:memory", Layer.SYSTEM, Bilingual("内存", "memory"), True)
    LOAD = ("system:load", Layer.SYSTEM, Bilingual("处理器负荷", "processor load"), True)
    TEMPERATURE = ("system:temperature", Layer.SYSTEM, Bilingual("温度", "temperature"), True)
    BATTERY = ("system:battery", Layer.SYSTEM, Bilingual("电池", "battery"), True)
    CLOCK = ("system:clock", Layer.SYSTEM, Bilingual("时钟", "clock"), True)
    DUE_DATE = ("system:date", Layer.SYSTEM, Bilingual("到期日", "date"))
    DEVICE = ("device", Layer.SYSTEM, Bilingual("安卓终端", "Android terminal"))
    ON_LAN = ("lan", Layer.LINK, Bilingual("局域网上的终端", "terminal on the LAN"))
    ARRIVALS = ("system:arrivals", Layer.SYSTEM, Bilingual("收到的数据", "what arrives"), True)
    EXAMINATION = ("system:examination", Layer.SYSTEM, Bilingual("整次检查", "the examination"), True)
    DOCUMENT = ("system:document", Layer.SYSTEM, Bilingual("状态文档", "status document"), True)
    PLUGIN = ("plugin", Layer.SYSTEM, Bilingual("插件", "plug-in"))  # a plug-in's; its layer is its own
    OTHER = ("other", Layer.SYSTEM, same("other"))  # of a later version: its id and its layer are its own


def kind_of(check_id: str) -> Kind:
    """The kind that an id names; `OTHER` for an id that none of them makes."""
    fits = [kind for kind in Kind if (check_id == kind.value if kind.one else check_id.startswith(kind.value + kind.between))]
    return max(fits, key=len, default=Kind.OTHER)
