"""Why something was not examined, in both languages: the probes say it in English, as the document has it.

A text that no line of the table knows, as of a later version or of a plug-in, is shown as it stands.
"""

from __future__ import annotations

import re
from functools import cache

from agent.present.page import Page
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
    # of a terminal beside this machine
    (
        r"allow USB debugging for this computer on its screen, and tick “always”",
        r"在它的屏幕上允许这台电脑进行 USB 调试，并勾选“一律允许”",
    ),
    (
        r"pull its USB cable and push it in again, or switch its debugging off and on",
        r"把它的 USB 线拔下再插上，或把它的调试开关关掉再打开",
    ),
    (r"choose “reboot system now” on its screen", r"在它的屏幕上选“重新启动”（reboot system now）"),
    (r"wait until its home screen is there, or start it again", r"等它显示桌面，或者重新开机"),
    (r"switch its debugging over the network off and on, or start it again", r"把它的网络调试关掉再打开，或者重新开机"),
    (
        r"switch on its debugging over the network: it is there and refuses, as many do that have just started",
        r"打开它的网络调试：它在，但拒绝连接，许多终端重启后都这样",
    ),
    (
        r"give it back with adb attach: another program took it from this adb server \(adb detach\)",
        r"用 adb attach 拿回来：别的程序从这个 adb 服务里拿走了它（adb detach）",
    ),
    (
        r"name its USB port in place of the serial number, as `adb devices -l` shows it: adb = \"usb:1-2\"",
        r'不写序列号，改写 adb devices -l 显示的 USB 口：adb = "usb:1-2"',
    ),
    (
        r"look at it over the network alone \(address = …\): its Android is older than 7",
        r"只能从网络上看它（写 address）：它的安卓比 7 还旧",
    ),
    (
        r"start one at (\S+): adb start-server, or write adb_start = true",
        r"在 \1 启动它：adb start-server，或者在配置里写 adb_start = true",
    ),
    (
        r"start the adb server at (\S+) anew, which is silent: adb kill-server, then adb start-server",
        r"重新启动 \1 上没有应答的 adb 服务：先 adb kill-server，再 adb start-server",
    ),
    (
        r"install a newer adb, as the server at (\S+) is too old \((.*)\), and then: adb kill-server",
        r"安装新的 adb，因为 \1 上的版本太旧（{2}），再运行 adb kill-server",
    ),
    (
        r"see which program answers at (\S+) \(ss -ltnp\), as it is no adb server, or write another adb_server",
        r"看 \1 上应答的是哪个程序（ss -ltnp），它不是 adb 服务；或者在配置里另写 adb_server",
    ),
    (r"of an unknown version", r"版本不明"),
    (r"install adb on this machine, which is not there: apt-get install adb", r"本机没有 adb，请安装：apt-get install adb"),
    (r"choose a shorter state_dir: (\S+) is too long for a socket", r"state_dir 改短一些：\1 作套接字太长"),
    (r"move (\S+) away: it is no directory that its owner alone may read", r"移走 \1：它不是只有所有者能读的目录"),
    (
        r"adb made no key at (\S+): see whether its directory is there and may be written",
        r"adb 没能生成密钥 \1：看它的目录在不在、能不能写",
    ),
    (r"take the key away from others, who may read it: chmod 600 (\S+)", r"密钥别人能读，请收紧权限：chmod 600 \1"),
    (r"the adb server that was started ended at once, with (\S+)", r"启动的 adb 服务马上就退出了（\1）"),
    (r"the adb server that was started listens not yet", r"启动的 adb 服务还没有准备好"),
    (r"see why this machine cannot reach the adb server at (\S+)", r"查本机为什么到不了 \1 上的 adb 服务"),
    (r"no machine is called (\S+), where the adb server should be", r"没有叫 \1 的机器，所以找不到 adb 服务"),
    (
        r"see whether it is on, its debugging over the network on, and adb = … right",
        r"看它是否开着、网络调试是否打开、配置里的 adb 是否写对",
    ),
    (r"let this user have its USB node \(a udev rule\)", r"让当前用户能用它的 USB 设备（udev 规则）"),
    (
        r"adb knows no such device, and it was never seen: is its cable in, its debugging on, and adb = … right\?",
        r"adb 里没有这台设备，以前也没有见过：线插好了吗？调试打开了吗？配置里的 adb 写对了吗？",
    ),
    (r"adb knows no such device, only (.*), and it was never .*", r"adb 里没有这台设备，只有 \1，以前也没有见过：线、调试、adb 都对吗？"),
    (r"the terminal itself cannot be asked: no adb is configured", r"没有配置 adb，问不到终端自己"),
    (r"the device did not answer: (.*)", r"设备没有应答：{1}"),
    (r"the device did not tell of its network: dumpsys connectivity came to no end, or is not there", r"设备没有说它的网络情况"),
    (r"the device did not say whether it connected", r"设备没有说连上了没有"),
    (r"the device did not tell what is plugged into it", r"设备没有说它插着什么"),
    (r"the device has no ping that finds names", r"设备上没有可用的 ping"),
    (r"its values were set by hand \(dumpsys battery reset\)", r"它的数值是手工设的（dumpsys battery reset 可恢复）"),
    (r"dumpsys battery told nothing", r"dumpsys battery 没有结果"),
    (r"df told nothing of it", r"df 没有结果"),
    (r"/proc/meminfo cannot be read there", r"那里读不到 /proc/meminfo"),
    (r"date told no time", r"date 没有结果"),
    (r"pidof told nothing of it", r"pidof 没有结果"),
    (
        r"its ports were not tried: another program does so now, or this user may not write down when\. Run it as root",
        r"没有试它的端口：别的程序正在试，或者当前用户不能记下时间。请用 root 运行",
    ),
    (r"this machine has no way to it", r"本机没有到它的路"),
    (r"nobody here has its MAC address", r"这里没有设备用它的 MAC 地址"),
    (
        r"another machine than before answers at its address: where it was replaced, put its MAC address into \[\[beside\]\]",
        r"它的地址上应答的已不是原来那台设备；如果终端换过，请把新的 MAC 地址写进 [[beside]]",
    ),
    (r"the lease file (\S+) cannot be read \((.*)\)", r"读不了租约文件 \1（{2}）"),
    (r"this address is this machine's own: write the terminal's into \[\[beside\]\]", r"这是本机的地址：请在 [[beside]] 里写终端的"),
    (r"its name is not found", r"查不到它的名称"),
    (r"another machine has its address", r"它的地址现在被另一台设备用着"),
    (r"beyond a router silence proves nothing", r"隔着路由器，没有应答说明不了什么"),
    (r"nobody else on this network answers either", r"这个网络里也没有别的设备应答"),
    (r"it was never seen there", r"以前在那里没有见过它"),
    (r"another examination by posdiag has the port", r"posdiag 的另一次检查正在用这个端口"),
    (r"ModemManager cannot use the modem: (.*)", r"ModemManager 用不了这个模块：\1"),
    (r"ModemManager is not done with the modem: (.*)", r"ModemManager 还在准备这个模块：\1"),
    (r"ModemManager runs and cannot be asked, so its modem is not opened: (.*)", r"ModemManager 在运行但问不到，它的模块不去打开，{1}"),
    (r"whether the holder is the application cannot be told: its expression takes too long", r"分不清占用者是不是收款程序：匹配式太慢"),
    (
        r"the expression may take too long, and no process of its own can be started for it: write a simpler one",
        r"匹配式可能太慢，请改简单",
    ),
    (r"only its presence is asked for", r"按配置只看在不在"),
    (r"not opened: it is the system's console", r"没有打开：它是系统控制台"),
    (
        r"not opened: several devices answer to this description, and it may be the wrong one \(give it a port or usb_serial\)",
        r"没有打开：有几个设备符合这个描述，可能不是它（请写 port 或 usb_serial）",
    ),
    (r"not opened: the device resets when it is", r"没有打开：一打开设备就会重启"),
    (r"not opened: who holds the port cannot be told: (.*)", r"没有打开：看不出谁占着端口，{1}"),
    (r"not opened: a program here has a connection to it", r"没有打开：本机有程序正连着它"),
    (r"served elsewhere, not opened: who holds it cannot be told from here", r"没有打开：端口在别的主机上，这里看不出谁占着它"),
    (r"another user's process that holds it would not be seen: (.*)", r"看不到其他用户的占用者，{1}"),
    (r"whether it resets again and again is not seen: (.*)", r"看不到它是否反复重启，{1}"),
    (r"ModemManager has the port and could not be asked", r"ModemManager 占着端口，问不到它"),
    (r"pppd has the port: it is connected over it", r"pppd 占着端口，正用它上网"),
    (r"(\S+) did not open: (.*)", r"打不开 \1：{2}"),
    (r"its line cannot be set as configured: (.*)", r"设不了配置里的串口参数：{1}"),
    (r"another device is at (.*)", r"\1 上是另一个设备"),
    (r"(\S+) is not a device; something else has its name", r"\1 不是设备，是别的东西"),
    (r"(\S+) is a device, but not a serial port", r"\1 是设备，但不是串口"),
    (r"no serial port belongs to a USB device (.*)", r"没有属于 USB 设备 \1 的串口"),
    (r"opened exclusively by somebody else", r"被别的程序独占"),
    (r"it went away while being looked at", r"检查时设备消失了"),
    (
        r"the expression takes too long on the name or command line of a process: write a simpler one, .*",
        r"匹配进程名或命令行太慢：请把匹配式写简单，重复里面和后面不要再用重复",
    ),
    (r"the machine is too busy to match the expression, .*", r"本机太忙，来不及另开进程匹配：写简单的匹配式就不用另开"),
    (r"its connections cannot be seen: (.*)", r"看不到它的连接，{1}"),
    (r"its connections are told by its user: (.*)", r"只能按用户看它的连接，{1}"),
    (r"packets to many arrived as well", r"同时到达了发给许多终端的数据包，分不清"),
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
