"""What is wrong with what was read, in words."""

from __future__ import annotations

from agent.fleet.reading.flaws import Flaw
from probes.ground.bilingual import Bilingual

WORDS: dict[Flaw, Bilingual] = {
    Flaw.TRUNCATED: Bilingual("在中间断掉", "cut off"),
    Flaw.DAMAGED: Bilingual("损坏，不是 JSON", "damaged: no JSON"),
    Flaw.TOO_LARGE: Bilingual("比状态文件允许的大", "larger than a status document may be"),
    Flaw.FOREIGN: Bilingual("不是 posdiag 的文件", "not of posdiag"),
    Flaw.UNFIT: Bilingual("内容不符合它声明的格式", "not as the schema says that is named in it"),
    Flaw.UNKNOWN_VERSION: Bilingual("来自别的版本，这里读不了", "of another version that cannot be read here"),
    Flaw.NOT_PERMITTED: Bilingual("没有权限读取", "not permitted to read"),
    Flaw.NOT_A_FILE: Bilingual("管道、套接字或设备，不是文件", "a pipe, socket or device, and no file"),
    Flaw.DANGLING_LINK: Bilingual(
        "链接，指向的文件不在这里（收集时跟随链接：rsync -L）", "a link to what is not here (follow links when collecting: rsync -L)"
    ),
    Flaw.UNREADABLE: Bilingual("系统读不了", "cannot be read by the system"),
    Flaw.BAD_ARCHIVE: Bilingual("压缩文件损坏或不完整", "compressed, and damaged or incomplete"),
    Flaw.EMPTY: Bilingual("空的", "empty"),
    Flaw.VANISHED: Bilingual("读的时候不见了", "gone while it was read"),
    Flaw.NOTHING_THERE: Bilingual("来源里没有找到任何状态文件", "source without any status document"),
    Flaw.LATER_VERSION: Bilingual("来自更新的版本，认识的部分已读", "of a later version, read as far as it is known"),
    Flaw.OLDER: Bilingual("同一终端有更新的，略过", "passed over: of a terminal that told something newer"),
    Flaw.LABELS_LEFT_OUT: Bilingual("标签的种类太多，多出的没有用", "label beyond the most that are told apart, left out"),
    Flaw.LINKED_DIRECTORY: Bilingual("指向目录的链接，没有进去", "link to a directory, not followed"),
    Flaw.RETIRED: Bilingual("已停用的终端，略过", "of a retired terminal, left out"),
    Flaw.NOT_IN_INVENTORY: Bilingual("不在清单里的终端", "not in the inventory"),
    Flaw.NOT_AS_IN_INVENTORY: Bilingual("序列号或机器与清单不同的终端", "serial number or machine not the inventory's"),
    Flaw.RENAMED: Bilingual("终端改了编号：旧编号不再计入", "earlier id of a terminal that reports under another one now, left out"),
    Flaw.INVENTORY_LINE: Bilingual("清单里有错的行（对的部分照用）", "line of the inventory with a fault (what is right in it counts)"),
    Flaw.INVENTORY_TWICE: Bilingual("清单里重复的终端（以前面那行为准）", "line of the inventory for a terminal that an earlier line has"),
    Flaw.INVENTORY_COLUMN: Bilingual("清单里不认识或重复的列，没有用", "column of the inventory that is not known, or there twice"),
    Flaw.STATE_DAMAGED: Bilingual("上次留下的文件损坏，已重新读取", "damaged file of the last scan: everything was read anew"),
}
