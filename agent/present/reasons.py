"""Why something was not examined, in both languages: the probes say it in English, as the document has it.

A text that no line of the table knows, as of a later version or of a plug-in, is shown as it stands.
"""

from __future__ import annotations

import re

from agent.present.page import Page
from probes.ground.bilingual import Bilingual, same

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
    (
        r"the machine has just started, and not all terminals call at once: looked at in (\d+) s",
        r"刚开机，各终端错开查询，\1 秒后检查",
    ),
    # of this machine
    (r"no battery", r"没有电池"),
    (r"the battery does not tell its charge", r"电池不报告电量"),
    (r"no temperature sensor", r"没有温度传感器"),
    (r"no sensor shows a plausible temperature", r"没有传感器给出可信的温度"),
    (r"no sensor is known to belong to the processor or the battery", r"没有属于处理器或电池的传感器"),
    (r"the only sensor that tells stands still at (\S+) °C", r"唯一的传感器一直停在 \1 °C"),
    (r"the kernel does not tell its load", r"系统不报告负荷"),
    (r"no permission to (?:read|list|enter|look at|see) (.*)", r"没有权限查看 \1"),
    (r"the sensors under /sys cannot be read", r"读不了 /sys 下的传感器"),
    (r"(\S+) has no size: it is not kept on a disk", r"\1 不在磁盘上"),
    (r"(\S+) does not exist", r"没有 \1"),
    (r"(\S+) cannot be read(?:: .*)?", r"读不了 \1"),
    (r"/proc/meminfo is not there or not readable as such", r"读不了 /proc/meminfo"),
    (r"the kernel tells no amount of memory", r"系统不报告内存数量"),
    (r"(?:netlink|interfaces|addresses|/proc/net/route) \((.*)\)", r"读不了本机的网络设置（\1）"),
    (r"the time server does not answer", r"时间服务器没有应答"),
    (r"CAP_NET_RAW", r"缺少 CAP_NET_RAW 权限"),
    (r"neighbour table", r"读不了邻居表"),
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
    (r"the agent's own fault", r"检查程序自身出错"),
    (r"no result before its deadline", r"到时限还没有结果"),
    (r"still running since an earlier examination", r"上次检查还没有结束"),
    (
        r"there was no time left for it beside all else that is configured: configure fewer checks, or a longer --timeout",
        r"配置的检查太多，轮不到这一项：减少检查，或加大 --timeout",
    ),
    # of devices and programs
    (r"bytes are moving on the port: it is examined when it is quiet", r"端口正在传数据，空闲时再检查"),
    (r"another program opened the port in this moment", r"另一个程序刚好打开了端口"),
    (r"another examination by posdiag has the port", r"posdiag 的另一次检查正在用这个端口"),
    (r"ModemManager cannot use the modem: (.*)", r"ModemManager 用不了这个模块：\1"),
    (r"ModemManager is not done with the modem: (.*)", r"ModemManager 还在准备这个模块：\1"),
    (
        r"ModemManager runs and cannot be asked, and a modem that may be its is not opened behind its back",
        r"ModemManager 在运行但问不到，它可能在用的模块不去打开",
    ),
    (r"whether the holder is the application cannot be told: its expression takes too long", r"分不清占用者是不是收款程序：匹配式太慢"),
    (
        r"the expression may take too long, and no process of its own can be started for it: write a simpler one",
        r"匹配式可能太慢，请改简单",
    ),
    (
        r"the processes of other users are hidden \(hidepid or a sandbox\): run as root, or in the group that may read /proc",
        r"看不到其他用户的进程（hidepid 或沙盒）：请用 root 或能读 /proc 的组运行",
    ),
    (r"it gave no number (.*), which has a limit", r"没有给出设了界限的数值 \1"),
    (r"the plug-in does not say why", r"插件没有说明原因"),
    # of what is short
    (r"no file descriptor is left for this process.*", r"本进程没有可用的文件描述符：重启它，或调高服务的 LimitNOFILE"),
    (r"no file descriptor is left on this machine.*", rf"本机没有可用的文件描述符：结束占用多的程序，或{_RESTART}"),
    (r"no memory is left for this process.*", rf"本进程没有可用内存：结束占内存的程序，{_RESTART}，或调高服务的 MemoryMax"),
    (r"the kernel has no buffer left.*", rf"系统没有收发缓冲区了：结束大量发送的程序，或{_RESTART}"),
    (r"no space is left \(.*", r"没有空间了（磁盘或系统的监视数）：清理不要的内容，或调高 fs.inotify.max_user_watches"),
    (r"no further thread or process can be started.*", rf"不能再启动线程或进程：结束占用多的程序，{_RESTART}，或调高服务的 TasksMax"),
    (
        r"this user may not do that: (.*): run it as root, or give its service the right",
        r"当前用户没有这个权限（\1）：用 root 运行，或给服务授权",
    ),
)
_COMPILED = tuple((re.compile(text, re.DOTALL), zh) for text, zh in _TABLE)
# where the document has only a name
_ENGLISH = {
    "CAP_NET_RAW": "the right CAP_NET_RAW is missing",
    "neighbour table": "the neighbour table cannot be read",
    "the agent's own fault": "the program itself failed",
}


def in_both(text: str) -> Bilingual:
    for expression, zh in _COMPILED:
        found = expression.fullmatch(text)
        if found is not None:
            inner = in_both(found[1]).zh if "{1}" in zh else ""
            return Bilingual(found.expand(zh).replace("{1}", inner), _ENGLISH.get(text, text))
    return same(text)


def reason(text: str, page: Page) -> str:
    return page.fit(page.words(in_both(text)))
