"""What is wrong with what was read, in words."""

from __future__ import annotations

from agent.fleet.reading.flaws import Flaw
from probes.ground.bilingual import Bilingual

WORDS: dict[Flaw, Bilingual] = {
    Flaw.TRUNCATED: Bilingual("在中间断掉", "cut off"),
    Flaw.DAMAGED: Bilingual("损坏，不是 JSON", "damaged: no JSON"),
    Flaw.TOO_LARGE: Bilingual("比状态文件允许的大", "larger than a status document may be"),
    Flaw.FOREIGN: Bilingual("不是 posdiag 的文件", "not of posdiag"),
    Flaw.UNFIT: Bilingual("内容不符合它声明的格式", "do not keep to the schema that they name"),
    Flaw.UNKNOWN_VERSION: Bilingual("来自更新的版本，这里读不了", "of a later version that cannot be read here"),
    Flaw.NOT_PERMITTED: Bilingual("没有权限读取", "not permitted to read"),
    Flaw.NOT_A_FILE: Bilingual("管道、套接字或设备，不是文件", "pipes, sockets or devices, and no files"),
    Flaw.DANGLING_LINK: Bilingual(
        "链接，指向的文件不在这里（收集时跟随链接：rsync -L）", "links to what is not here (follow them when collecting: rsync -L)"
    ),
    Flaw.UNREADABLE: Bilingual("系统读不了", "cannot be read by the system"),
    Flaw.BAD_ARCHIVE: Bilingual("压缩文件损坏或不完整", "compressed, and damaged or incomplete"),
    Flaw.EMPTY: Bilingual("空的", "empty"),
    Flaw.VANISHED: Bilingual("读的时候不见了", "gone while they were read"),
    Flaw.NOTHING_THERE: Bilingual("来源里没有找到任何状态文件", "sources in which no status document was found"),
    Flaw.LATER_VERSION: Bilingual("来自更新的版本，认识的部分已读", "of a later version, read as far as it is known"),
    Flaw.OLDER: Bilingual("同一终端有更新的，略过", "passed over: of a terminal that told something newer"),
    Flaw.LABELS_LEFT_OUT: Bilingual("标签的种类太多，多出的没有用", "labels beyond the most that are told apart, left out"),
    Flaw.LINKED_DIRECTORY: Bilingual("指向目录的链接，没有进去", "links to directories, not followed"),
    Flaw.RETIRED: Bilingual("已停用的终端，略过", "of retired terminals, left out"),
    Flaw.NOT_IN_INVENTORY: Bilingual("不在清单里的终端", "terminals that the inventory does not have"),
    Flaw.NOT_AS_IN_INVENTORY: Bilingual("序列号或机器与清单不同的终端", "terminals whose serial number or machine is not the inventory's"),
    Flaw.INVENTORY_LINE: Bilingual("清单里有错的行（对的部分照用）", "lines of the inventory with a fault (what is right in them counts)"),
    Flaw.INVENTORY_TWICE: Bilingual("清单里重复的终端（以前面那行为准）", "lines of the inventory for a terminal that an earlier line has"),
    Flaw.INVENTORY_COLUMN: Bilingual("清单里不认识或重复的列，没有用", "columns of the inventory that are not known, or there twice"),
    Flaw.STATE_DAMAGED: Bilingual("上次留下的文件损坏，已重新读取", "files of the last scan were damaged: everything was read anew"),
}
