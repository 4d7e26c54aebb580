"""A small world of network namespaces in which posdiag is tried for real. `World` makes it, `faults` break it."""

from tests.support.world.world import World

__all__ = ["World"]
