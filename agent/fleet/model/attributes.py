"""What terminals may have in common, and what each family of causes can be explained by.

The families and their cells are those of a Bernoulli scan (Kulldorff 1997) with sequential deletion (Zhang, Assunção, Kulldorff 2010):
a pair stands beside its two parts only where faults of that kind are known to lie in the meeting of both.
"""

from __future__ import annotations

from enum import StrEnum

ATTRIBUTES = (
    "host",  # the acquirer's
    "address",  # of that host; the last known where names fail
    "isp",
    "resolver",
    "region",
    "store",
    "version",  # of the agent
    "config",  # its fingerprint
    "model",
    "firmware",
    "uplink",  # its kind
    "operator",  # of the mobile network
)
GROUPS = ("version", "isp", "model", "region", "store")  # of which trends are told apart
LABEL = "label:"  # and a label's name: any other


class Family(StrEnum):
    """What kind of fault it is, by what can explain it."""

    GATEWAY = "gateway"
    INTERNET = "internet"
    NAMES = "names"
    DEVICE = "device"
    CONFIGURATION = "configuration"
    SILENCE = "silence"


Cell = tuple[str, ...]  # one attribute, or a pair of them
CELLS: dict[Family, tuple[Cell, ...]] = {
    Family.GATEWAY: (("host",), ("address",), ("config",), ("isp",), ("region",), ("isp", "region"), ("host", "isp")),
    Family.INTERNET: (("isp",), ("region",), ("store",), ("uplink",), ("operator",), ("config",), ("isp", "region"), ("isp", "uplink")),
    Family.NAMES: (("resolver",), ("isp",), ("store",), ("isp", "region")),
    Family.DEVICE: (("version",), ("model",), ("firmware",), ("config",), ("store",), ("region",), ("version", "model")),
    Family.CONFIGURATION: (("config",), ("version",), ("store",), ("host",)),
    Family.SILENCE: (("isp",), ("region",), ("store",), ("uplink",), ("version",), ("isp", "region")),
}
