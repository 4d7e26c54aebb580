"""What lets this user read a file: the group that may, or the superuser's rights."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

ALLOWED = Bilingual("当前用户能读取的文件", "a file that this user may read")


def cure(path: str) -> Bilingual | None:
    """None for root: who may do everything and still may not is kept out by something else than a file's mode."""
    if os.geteuid() == 0:
        return None
    group = _group(path)
    if group is None:
        return Bilingual("在命令前加上 sudo 再运行", "put sudo before the command")
    user = _user()
    if user in group.gr_mem:
        zh = f"在命令前加上 sudo 再运行；{user} 已加入用户组 {group.gr_name}，重新登录后就能读取"
        return Bilingual(zh, f"put sudo before the command; {user} is in the group {group.gr_name}, which counts from the next login")
    name = escape(group.gr_name)
    zh = f"在命令前加上 sudo 再运行；或者加入用户组 {name}（sudo usermod -aG {name} {user}）后重新登录"
    return Bilingual(zh, f"put sudo before the command, or join the group {name} (sudo usermod -aG {name} {user}) and log in again")


def _group(path: str) -> grp.struct_group | None:
    """The one that may read the file, or may enter the directory that bars the way to it. Never root's: that would grant far more."""
    for each in (*reversed(Path(path).absolute().parents), Path(path)):
        wanted = os.X_OK if each != Path(path) else os.R_OK
        if os.access(each, wanted):
            continue
        try:
            seen = each.stat()
            allowed = stat.S_IXGRP if wanted == os.X_OK else stat.S_IRGRP
            return grp.getgrgid(seen.st_gid) if seen.st_gid and seen.st_mode & allowed else None
        except (OSError, KeyError):  # a group without a name
            return None
    return None


def _user() -> str:
    try:
        return escape(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        return '"$USER"'
