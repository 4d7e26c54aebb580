"""What a check is about: its kind, which gives its id and its layer. Ids are made and taken apart here and nowhere else."""

from __future__ import annotations

from enum import StrEnum

from probes.model.vocabulary import Layer


class Kind(StrEnum):
    """The value is what ids of this kind begin with; `one` has no name behind it."""

    layer: Layer
    one: bool
    between: str

    def __new__(cls, prefix: str, layer: Layer, one: bool = False, between: str = ":") -> Kind:
        member = str.__new__(cls, prefix)
        member._value_ = prefix
        member.layer, member.one, member.between = layer, one, between
        return member

    def id(self, name: str = "") -> str:
        """`gateway:acquirer-a`; of a kind of which there is only one, `system:memory`."""
        return self.value if self.one else f"{self.value}{self.between}{name}"

    def subject_of(self, check_id: str) -> str:
        """What stands behind the kind in an id of it: a gateway's name, an interface, an address. Empty where there is only one."""
        return "" if self.one else check_id.removeprefix(self.value + self.between)

    LINK = ("link", Layer.LINK)
    ADDRESS = ("address", Layer.ADDRESS)
    DEFAULT_ROUTE = ("address:route", Layer.ADDRESS, True)
    CONFLICT = ("address:conflict", Layer.ADDRESS)
    ROUTER = ("router", Layer.ROUTER)
    RESOLVER = ("dns", Layer.DNS)
    NO_RESOLVER = ("dns:config", Layer.DNS, True)
    HTTP_CHECK = ("internet:check", Layer.INTERNET, False, "-")
    REACH = ("internet", Layer.INTERNET)
    PROXY = ("internet:proxy", Layer.INTERNET, True)
    LOSS = ("internet:loss", Layer.INTERNET)
    BACKUP = ("internet:via", Layer.INTERNET)
    NAMES_ELSEWHERE = ("internet:names", Layer.INTERNET)
    TLS_SPOKEN = ("internet:tls", Layer.INTERNET)
    NTP = ("internet:ntp", Layer.INTERNET)
    GATEWAY = ("gateway", Layer.GATEWAY)
    SERIAL = ("serial", Layer.SERIAL)
    SERIAL_PRESENT = ("serial:present", Layer.SERIAL, True)
    APP = ("app", Layer.APP)
    DISK = ("system:disk", Layer.SYSTEM)
    MEMORY = ("system:memory", Layer.SYSTEM, True)
    LOAD = ("system:load", Layer.SYSTEM, True)
    TEMPERATURE = ("system:temperature", Layer.SYSTEM, True)
    BATTERY = ("system:battery", Layer.SYSTEM, True)
    CLOCK = ("system:clock", Layer.SYSTEM, True)
    EXAMINATION = ("system:examination", Layer.SYSTEM, True)
    DOCUMENT = ("system:document", Layer.SYSTEM, True)
    PLUGIN = ("plugin", Layer.SYSTEM)  # its id names the plug-in, not what it looked at
    OTHER = ("other", Layer.SYSTEM)  # of a later version: its id and its layer are its own


def kind_of(check_id: str) -> Kind:
    """The kind that an id names; `OTHER` for an id that none of them makes."""
    fits = [kind for kind in Kind if (check_id == kind.value if kind.one else check_id.startswith(kind.value + kind.between))]
    return max(fits, key=len, default=Kind.OTHER)
