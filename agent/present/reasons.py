"""Why something was not examined, in both languages: the probes say it in English, as the document has it.

A text that no line of the table knows, as of a later version or of a plug-in, is shown as it stands.
"""

from __future__ import annotations

import re
from functools import cache

from agent.present.page import Page
from agent.present.reasons_of_devices import OF_DEVICES
from probes.ground.bilingual import Bilingual, same
from probes.model.rights import RIGHTS

_RESTART = "重启终端"
# the whole text as an expression, and the Chinese for it with what the expression found; the first that fits
_TABLE: tuple[tuple[str, str], ...] = (
    # of messages to a host
    (
        r"the last message was sent (\d+) s ago, and the acquirer allows one in (\d+) s",
        r"上一条报文是 \1 秒前发的，收单机构每 \2 秒只允许一条",
    ),
    (
        r"the last message was sent before this start of the machine, (\d+) s ago or earlier, and the acquirer allows one in (\d+) s",
        r"上一条报文是本次开机之前发的（至少 \1 秒前），收单机构每 \2 秒只允许一条",
    ),
    (
        r"the record of messages sent could not be believed, so the last counts as sent (\d+) s ago, "
        r"and the acquirer allows one in (\d+) s",
        r"发送记录不可信，只能当作 \1 秒前刚发过，收单机构每 \2 秒只允许一条",
    ),
    (r"the payment application received data from the host (\d+) s ago", r"收款程序 \1 秒前收到过主机的数据"),
    (r"the record of messages sent cannot be kept: (.*)", r"发送记录无法保存：{1}"),
    (
        r"(\S+) may not be written by this user\. Run it as root, or as the user of the service",
        r"当前用户不能写 \1。请用 root 或服务的用户运行",
    ),
    (r"(\S+) does not exist\. Run it as root, or as the user of the service", r"\1 不存在。请用 root 或服务的用户运行"),
    (r"(\S+) is locked by another program", r"\1 被另一个程序锁住"),
    (r"(\S+) can be written by others", r"\1 可以被其他用户改写"),
    (r"no echo is sent: terminal_id or merchant_id is not configured", r"没有发回响测试：没有配置 terminal_id 或 merchant_id"),
    (r"the data budget is used up", r"本月流量额度已用完"),
    (r"the machine has just started, and not all terminals call at once: looked at in (\d+) s", r"刚开机，各终端错开查询，\1 秒后检查"),
    # of this machine
    (r"no battery", r"没有电池"),
    (r"the battery does not tell its charge", r"电池不报告电量"),
    (r"no temperature sensor", r"没有温度传感器"),
    (r"no sensor shows a plausible temperature", r"没有传感器给出可信的温度"),
    (r"no sensor is known to belong to the processor or the battery", r"没有属于处理器或电池的传感器"),
    (r"the only sensor that tells stands still at (\S+) °C", r"唯一的传感器一直停在 \1 °C"),
    (r"the kernel does not tell its load", r"系统不报告负荷"),
    (r"the sensors under /sys cannot be read", r"读不了 /sys 下的传感器"),
    (r"(\S+) has no size: it is not kept on a disk", r"\1 不在磁盘上"),
    (r"(\S+) does not exist", r"没有 \1"),
    (r"(\S+) cannot be read(?:: .*)?", r"读不了 \1"),
    (r"/proc/meminfo is not there or not readable as such", r"读不了 /proc/meminfo"),
    (r"the kernel tells no amount of memory", r"系统不报告内存数量"),
    (r"the time server does not answer", r"时间服务器没有应答"),
    (r"the neighbour entry has not expired yet", r"邻居表的记录还没有过期"),
    (r"no IPv4 on Ethernet here", r"这里没有以太网上的 IPv4 地址"),
    (r"no name to ask for", r"没有要查询的域名"),
    (r"no name is needed", r"不需要查询域名"),
    (r"the name was not found \(\S+\)", r"没有查到这个域名"),
    (r"answers were lost by chance", r"个别应答偶然丢失"),
    (r"not a name", r"不是域名"),
    (r"the answer is not that of a time server", r"应答不是时间服务器的"),
    (r"the server asks to be left alone \((.*)\)", r"时间服务器要求暂停询问（\1）"),
    (r"the server's own clock is not synchronised", r"时间服务器自己还没有校准"),
    (r"the server sent no time", r"时间服务器没有给出时间"),
    (r"the agent's own fault", r"posdiag 自身出错"),
    (r"no result before its deadline", r"到时限还没有结果"),
    (r"still running since an earlier examination", r"上次检查还没有结束"),
    (
        r"there was no time left for it beside all else that is configured: configure fewer checks, or a longer --timeout",
        r"配置的检查太多，轮不到这一项：减少检查，或加大 --timeout",
    ),
    # of devices and programs
    (r"bytes are moving on the port: it is examined when it is quiet", r"端口正在传数据，空闲时再检查"),
    (r"another program opened the port in this moment", r"另一个程序刚好打开了端口"),
    (r"another program opened the printer in this moment", r"另一个程序刚好打开了打印机"),
    (r"earlier questions for names still wait for the system's answer", r"之前查询域名，系统还没有答复"),
    (r"psutil cannot be loaded here \((.*)\)", r"本机装不了 psutil：{1}"),
    *OF_DEVICES,
    # of answers and files
    (r"ended in the middle of a message", r"报文中途断开"),
    (r"only other trace numbers were answered", r"只应答了别的流水号"),
    (r"an empty message", r"报文是空的"),
    (r"(\S+) has no end that is near: put back .*", r"\1 没完没了：换回系统原来的文件"),
    (r"(\S+) is no file, and programs that look names up wait for it: put back .*", r"\1 不是文件，查域名的程序会等它：换回系统原来的文件"),
    (r"the time server cannot be asked: (.*)", r"问不了时间服务器：{1}"),
    (r"the name (\S+) was not found", r"没有查到域名 \1"),
    (r"the name (\S+) has no address", r"域名 \1 没有地址"),
    (r"the certificates could not be looked at: (.*)", r"看不了证书：{1}"),
    (r"the client certificate in (\S+) or its key cannot be read: (.*)", r"读不了证书文件 \1 或它的私钥，{2}"),
    (r"the authorities in (\S+) cannot be read: (.*)", r"读不了证书文件 \1，{2}"),
    (r"(/\S+): (No such file or directory|Is a directory|Permission denied|not a regular file|damaged, .*)", r"\1：{2}"),
    (r"No such file or directory", r"没有这个文件"),
    (r"Is a directory", r"是目录"),
    (r"Permission denied", r"没有权限"),
    (r"not a regular file", r"不是普通文件"),
    (r"damaged, or not what it should be", r"已损坏，或不是该有的内容"),
    (r"(/\S+): ([A-Z][A-Z0-9_ ]+)", r"\1：证书文件用不了（OpenSSL：\2）"),
    (r"(?:Hostname|IP address) mismatch, certificate is not valid for '(.*)'\.?", r"证书不是给 \1 的"),
    # of plug-ins
    (r"the plug-in (\S+) is not installed: .*", r"插件 \1 没有安装：请安装它的软件包"),
    (r"several packages offer a plug-in (\S+) \((.*)\): remove all but one", r"有几个软件包都提供插件 \1（\2）：只留一个"),
    (r"the plug-in (\S+) is made for version (\S+) of the interface, .*", r"插件 \1 是给接口版本 \2 做的：请安装合适的版本"),
    (r"the plug-in (\S+) cannot be imported \((.*)\): .*", r"插件 \1 装载不了（\2）：请重新安装它的软件包和所需的包"),
    (r"the plug-in (\S+) .*", r"插件 \1 自身有错"),
    (r"it gave no number (.*), which has a limit", r"没有给出设了界限的数值 \1"),
    (r"the plug-in does not say why", r"插件没有说明原因"),
    # of what is short
    (r"no file descriptor is left for this process.*", r"本进程没有可用的文件描述符：重启它，或调高服务的 LimitNOFILE"),
    (r"no file descriptor is left on this machine.*", rf"本机没有可用的文件描述符：结束占用多的程序，或{_RESTART}"),
    (r"no memory is left for this process.*", rf"本进程没有可用内存：结束占内存的程序，{_RESTART}，或调高服务的 MemoryMax"),
    (r"the kernel has no buffer left.*", rf"系统没有收发缓冲区了：结束大量发送的程序，或{_RESTART}"),
    (r"no space is left \(.*", r"没有空间了（磁盘或系统的监视数）：清理不要的内容，或调高 fs.inotify.max_user_watches"),
    (r"this user's share of the disk is used up: .*", r"当前用户的磁盘配额用完了：清理不要的内容，或调高配额"),
    (r"the program's module (\S+) cannot be loaded \((.*)\): install posdiag again", r"装载不了程序模块 \1（\2）：请重新安装 posdiag"),
    (
        r"this machine has no such connections: (.*): load the driver, .*",
        r"本机没有这种连接（\1）：加载驱动，或在服务里放行（RestrictAddressFamilies）",
    ),
    (
        r"the system gave an error that says nothing about the other side: (.*): restart the terminal, .*",
        rf"系统报错（\1），说明不了对方的好坏：{_RESTART}；再出现就把这段话告诉技术员",
    ),
    (
        r"the kernel gives this user no further inotify instance, .*",
        r"系统不给当前用户更多的监视（inotify）：结束监视很多文件的程序，或调高 fs.inotify.max_user_instances",
    ),
    (r"no further thread or process can be started.*", rf"不能再启动线程或进程：结束占用多的程序，{_RESTART}，或调高服务的 TasksMax"),
    (
        r"this user may not do that: (.*): run it as root, or give its service the right",
        r"当前用户没有这个权限（\1）：用 root 运行，或给服务授权",
    ),
)
_RIGHTS = tuple((each.pattern, each.sentence.zh.replace("{}", r"\1")) for each in RIGHTS)
# where the document has only a name
_ENGLISH = {
    "the agent's own fault": "posdiag itself failed",
}


@cache
def _begin(expression: str) -> str:
    """What every text that it fits begins with. Those alone that a text begins like are compiled: all of them take 0.1 MiB and 50 ms."""
    plain = re.match(r"(?:[^\\.?*+|()\[\]{}^$]|\\[^a-zA-Z0-9])*(?![?*+{])", expression)
    return re.sub(r"\\(.)", r"\1", plain[0]) if plain else ""


def in_both(text: str) -> Bilingual:
    for expression, zh in (*_RIGHTS, *_TABLE):
        found = re.fullmatch(expression, text, re.DOTALL) if text.startswith(_begin(expression)) else None
        if found is not None:
            said = found.expand(zh)
            for place in filter(lambda each: f"{{{each}}}" in zh, (1, 2)):  # a reason of its own within
                said = said.replace(f"{{{place}}}", in_both(found[place]).zh)
            return Bilingual(said, _ENGLISH.get(text, text))
    return same(text)


def reason(text: str, page: Page) -> str:
    return page.fit(page.words(in_both(text)))
