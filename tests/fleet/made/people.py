"""Who there is in a made fleet: shops, each in a region and on a line of some provider, with terminals of some model, version, and host.

Shares are Zipf's, as markets are: the largest provider has a third, the smallest a hundredth. A shop's terminals share its region,
provider, line, acquirer and chain; a chain buys one model, mostly; a version is rolled out in stages.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Numbers = NDArray[Any]
LABELLED = ("isp", "region", "store", "model", "firmware", "label:chain")  # what people wrote, and may have left out or got wrong


class Attribute(Struct):
    """`codes[n]` is where in `values` the n-th terminal's is; `values[0]` is the unknown one."""

    values: list[str]
    codes: Numbers


class People(Struct):
    size: int
    attributes: dict[str, Attribute]


def zipf(count: int, power: float = 1.0) -> Numbers:
    shares = 1.0 / np.arange(1, count + 1) ** power
    scaled: Numbers = shares / shares.sum()
    return scaled


def people(size: int, chance: np.random.Generator) -> People:
    """Some eight terminals to a shop: most have two or three, a few have forty."""
    sizes = np.minimum(1 + chance.geometric(1 / 7, size=size), 40)
    shop = np.repeat(np.arange(size), sizes)[:size] if size else np.zeros(0, dtype=int)
    shops = int(shop[-1]) + 1 if size else 0
    regions, providers, hosts, chains, models = (max(2, round(most * min(1, size / 2000) ** 0.3)) for most in (24, 12, 8, 40, 10))
    region = chance.choice(regions, size=shops, p=zipf(regions, 0.7))
    # every region has its own favourites among the providers
    favour = np.array([chance.permutation(providers) if chance.random() < 0.5 else np.arange(providers) for _ in range(regions)])
    provider = favour[region, chance.choice(providers, size=shops, p=zipf(providers, 0.9))]
    chain = chance.choice(chains, size=shops, p=zipf(chains, 0.8))
    host_of_chain = chance.choice(hosts, size=chains, p=zipf(hosts, 0.8))
    host = np.where(chance.random(shops) < 0.7, host_of_chain[chain], chance.choice(hosts, size=shops, p=zipf(hosts, 0.8)))
    uplink = chance.choice(3, size=shops, p=(0.6, 0.15, 0.25))
    line = chance.integers(0, 2, size=shops)  # which of the provider's two resolvers; some shops have their own
    own_resolver = chance.random(shops) < 0.4
    model_of_chain = chance.choice(models, size=chains, p=zipf(models, 0.8))
    model = np.where(chance.random(size) < 0.8, model_of_chain[chain][shop], chance.choice(models, size=size, p=zipf(models, 0.8)))
    firmware = model * 3 + chance.choice(3, size=size, p=(0.7, 0.25, 0.05))
    version = chance.choice(5, size=size, p=(0.62, 0.22, 0.1, 0.04, 0.02))
    addresses = chance.integers(1, 4, size=hosts)
    address = host * 4 + chance.integers(0, 1 << 30, size=shops) % addresses[host]
    config = host[shop] * 4 + chance.choice(4, size=size, p=(0.6, 0.25, 0.1, 0.05))
    resolver = np.where(own_resolver, 2 * providers, provider * 2 + line)
    operator = np.where(uplink == 2, chance.choice(3, size=shops, p=(0.5, 0.3, 0.2)), -1)
    made = {
        "host": _named([f"pay{n}.example.com" for n in range(hosts)], host[shop]),
        "address": _named([f"198.51.{n // 4}.{10 + n % 4}" for n in range(4 * hosts)], address[shop]),
        "isp": _named([f"isp-{chr(97 + n)}" for n in range(providers)], provider[shop]),
        "resolver": _named([*(f"203.0.113.{n + 1}" for n in range(2 * providers)), "192.168.1.1"], resolver[shop]),
        "region": _named([f"region-{n + 1:02}" for n in range(regions)], region[shop]),
        "store": _named([f"S-{n + 1:05}" for n in range(shops)], shop),
        "version": _named(["1.4.2", "1.4.1", "1.5.0", "1.3.9", "1.2.7"], version),
        "config": _named([f"{0x5F3759DF + 7919 * n:08x}" for n in range(4 * hosts)], config),
        "model": _named([f"POS-{n + 1}00" for n in range(models)], model),
        "firmware": _named([f"POS-{n // 3 + 1}00/{n % 3 + 1}.0" for n in range(3 * models)], firmware),
        "uplink": _named(["ethernet", "wifi", "cellular"], uplink[shop]),
        "operator": _named(["mobile-x", "mobile-y", "mobile-z"], operator[shop]),
        "label:chain": _named([f"chain-{n + 1:02}" for n in range(chains)], chain[shop]),
    }
    return People(size, made)


def _named(values: list[str], numbers: Numbers) -> Attribute:
    return Attribute(["", *values], (numbers + 1).astype(np.int32))


def smudged(known: People, chance: np.random.Generator, *, missing: float, wrong: float) -> People:
    """What the labels say of them: some left out, some wrong. What the agent sees by itself is right."""
    made = dict(known.attributes)
    for name in LABELLED:
        attribute = known.attributes[name]
        codes = attribute.codes.copy()
        swapped = chance.random(known.size) < wrong
        codes[swapped] = chance.permutation(attribute.codes)[swapped]
        codes[chance.random(known.size) < missing] = 0
        made[name] = Attribute(attribute.values, codes)
    return People(known.size, made)


def at(known: People, where: dict[str, str]) -> Numbers:
    there = np.ones(known.size, dtype=bool)
    for name, value in where.items():
        attribute = known.attributes[name]
        there &= attribute.codes == attribute.values.index(value)
    return there
