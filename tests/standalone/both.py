"""The package on Debian's Python and the archive in a root that has nothing else, to be held beside each other."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.standalone.archive import PACKAGE, TREES, Bare, unpack
from tests.support.world import World, config


def of_package(folder: Path) -> Path:
    root = folder / "package"
    shutil.copytree(TREES / "python", root, symlinks=True)
    (unpack(folder / "archive", PACKAGE) / "opt").rename(root / "opt")
    for program in ("compile.py", "library.py"):
        argv = ["/usr/bin/python3", "-ISB", "-X", "no_debug_ranges", f"/opt/posdiag/share/{program}", "/opt/posdiag/lib"]
        subprocess.run(["chroot", str(root), *argv], check=True)
    return root


def of_standalone(folder: Path) -> Path:
    root = folder / "standalone"
    root.mkdir()
    (unpack(folder / "alone") / "opt").rename(root / "opt")
    for name in ("etc", "proc", "sys", "dev"):
        (root / name).mkdir()
    return root


def examined(root: Path, world: World) -> subprocess.CompletedProcess[str]:
    """At the world's terminal, with its configuration and name servers."""
    (root / "etc/posdiag").mkdir(exist_ok=True)
    tables = {key: value for key, value in world.config.items() if key != "agent"}
    tables["gateway"] = [each | {"ca_file": "/etc/posdiag/ca.pem"} for each in tables["gateway"]]
    shutil.copy(world.authority.root_file, root / "etc/posdiag/ca.pem")
    (root / "etc/posdiag/agent.toml").write_text(config.toml(tables))
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    shutil.copy(Path("/etc/netns") / world.terminal / "resolv.conf", root / "etc/resolv.conf")
    return Bare(root, world.terminal).run("/opt/posdiag/bin/posdiag", "--check", "--json")
