"""What a probe of somebody else's is made of: the interface between posdiag and a plug-in. `docs/plugins.md` has an example.

A package offers it under the entry point group `posdiag.probes`, as an object of `PluginProbe`; the configuration asks for it by the name
of the entry point. Within one `API_VERSION` nothing here is renamed, dropped or made stricter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from probes.ground.deadline import Deadline

API_VERSION = 1
GROUP = "posdiag.probes"

Value = str | int | float | bool | None


class PluginResult(Struct, frozen=True, kw_only=True):
    """What was seen. `target`: what people call the thing looked at. `failed`: the plug-in itself knows that something is wrong; None
    where it only measures, and the configured limits judge. `unknown`: why it could not be told, in words. `values`: by name, with the
    unit in it (`battery_percent`).
    """

    target: str = ""
    failed: bool | None = None
    unknown: str = ""
    values: Mapping[str, Value] = {}


Look = Callable[[Mapping[str, str], Deadline], PluginResult]


class PluginProbe(Struct, frozen=True, kw_only=True):
    """`called_zh`, `called_en`: what people call it. `probe` is given its settings as they stand in the configuration, and a deadline:
    `deadline.remaining()` seconds are left. It opens nothing on the payment path and sends no application message."""

    called_zh: str
    called_en: str
    probe: Look
    api: int = API_VERSION


class PluginUnusable(Exception):
    """There is no such plug-in, or not of this kind; the text says which, and what to do."""


def load(name: str) -> PluginProbe:
    """Imports it. Raises `PluginUnusable`, and whatever the import raises."""
    found = _offered(name)
    if not found:
        raise PluginUnusable(f"the plug-in {name} is not installed: install its package into the Python that runs posdiag")
    if len(found) > 1:
        raise PluginUnusable(f"several packages offer a plug-in {name}: remove all but one")
    made = found[0].load()
    if not isinstance(made, PluginProbe):
        raise PluginUnusable(f"the plug-in {name} offers a {type(made).__name__} where a PluginProbe belongs")
    if made.api != API_VERSION:
        raise PluginUnusable(f"the plug-in {name} is made for version {made.api} of the interface, this is {API_VERSION}: update it")
    return made


def installed(name: str) -> bool:
    """Whether a package offers it; nothing of it is imported."""
    return bool(_offered(name))


def _offered(name: str):  # type: ignore[no-untyped-def]  # EntryPoints: importlib.metadata is imported only where plug-ins are
    from importlib.metadata import entry_points

    return list({(each.name, each.value): each for each in entry_points(group=GROUP, name=name)}.values())
