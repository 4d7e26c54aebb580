"""What stands between this process and a device node, and the command that removes it."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

from msgspec import Struct

from probes.edge.failures import raise_if_ours


class MissingRight(Struct, frozen=True, kw_only=True):
    """`group`: whose members may use the node, None where membership would not help. `fix`: a command."""

    fix: str
    group: str | None = None


def missing_right(node: str) -> MissingRight:
    """Raises CannotTell, and OSError where the node is gone."""
    try:
        seen = Path(node).stat()
    except OSError as error:
        raise_if_ours(error)
        raise
    wanted = stat.S_IRGRP | stat.S_IWGRP
    user, group = _user_name(), _group_name(seen.st_gid)
    if os.geteuid() == 0:
        return MissingRight(fix="systemctl show posdiag -p DevicePolicy -p DeviceAllow")  # root is refused by a sandbox only
    if seen.st_mode & wanted != wanted or seen.st_gid == 0:
        return MissingRight(fix=f"chgrp dialout {node} && chmod 0660 {node}")
    if seen.st_gid in {os.getegid(), *os.getgroups()}:
        return MissingRight(fix="systemctl show posdiag -p DevicePolicy -p DeviceAllow")
    if user in _members(seen.st_gid):
        return MissingRight(group=group, fix="systemctl restart posdiag")  # a member already, and started before that
    return MissingRight(group=group, fix=f"usermod -aG {group} {user}")


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _members(gid: int) -> list[str]:
    try:
        return grp.getgrgid(gid).gr_mem
    except KeyError:
        return []
