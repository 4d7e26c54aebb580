"""What installed packages offer as entry points. Looking for them imports none of them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from probes.ground.text import escape


class Offered(Struct, frozen=True):
    """`load` imports it, and raises whatever that raises. `package`: that offers it, with its version."""

    name: str
    package: str
    load: Any  # Callable[[], object]; mypy would take it for a method


def offered(group: str) -> list[Offered]:
    """In the order in which packages are found. One whose own description is damaged offers nothing."""
    from importlib.metadata import distributions  # loaded only where something is looked for

    found: dict[tuple[str, str], Offered] = {}
    for distribution in distributions():
        try:
            if group not in (distribution.read_text("entry_points.txt") or ""):
                continue
            package, version = distribution.metadata["Name"], distribution.version
            for point in distribution.entry_points:
                if point.group == group:  # of two copies of one package the first counts, as for the import of its modules
                    one = Offered(point.name, escape(f"{package} {version}", 80), point.load)
                    found.setdefault((str(package).lower(), point.name), one)
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return list(found.values())
