"""What stands between this process and a device node, and the command that removes it."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path
from typing import Any


def missing_right(node: str) -> dict[str, Any]:
    """Facts: `group` whose members may use the node (left out where membership would not help), and `fix`, a command."""
    seen = Path(node).stat()
    wanted = stat.S_IRGRP | stat.S_IWGRP
    user, group = _user_name(), _group_name(seen.st_gid)
    if os.geteuid() == 0:
        return {"fix": "systemctl show posdiag -p DevicePolicy -p DeviceAllow"}  # root is refused by a sandbox only
    if seen.st_mode & wanted != wanted or seen.st_gid == 0:
        return {"fix": f"chgrp dialout {node} && chmod 0660 {node}"}
    if seen.st_gid in {os.getegid(), *os.getgroups()}:
        return {"fix": "systemctl show posdiag -p DevicePolicy -p DeviceAllow"}
    if user in _members(seen.st_gid):
        return {"group": group, "fix": "systemctl restart posdiag"}  # a member already, and started before that
    return {"group": group, "fix": f"usermod -aG {group} {user}"}


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
