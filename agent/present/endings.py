"""What ended an incident, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.contract.trace import Trace
from agent.present.page import Page
from probes.ground.bilingual import Bilingual, same

TRACES: dict[Trace, Bilingual] = {
    Trace.LINK_REPLUGGED: Bilingual("网线拔下又插上", "the cable was unplugged and plugged in again"),
    Trace.ROUTER_RESTARTED: Bilingual("路由器重启了", "the router was restarted"),
    Trace.ROUTER_REPLACED: Bilingual("路由器换了一台", "the router was replaced"),
    Trace.ADDRESS_RENEWED: Bilingual("重新获取了地址", "the address was renewed"),
    Trace.RESOLVERS_CHANGED: Bilingual("换了域名服务器", "the name servers were changed"),
    Trace.UPLINK_SWITCHED: Bilingual("改走了另一条线路", "another way out was taken"),
    Trace.WIFI_JOINED: Bilingual("连上了 Wi-Fi", "the Wi-Fi was joined"),
    Trace.RADIO_ON: Bilingual("打开了无线开关", "the radio was switched on"),
    Trace.SIM_CHANGED: Bilingual("SIM 卡状态变了", "the SIM card's state changed"),
    Trace.PAPER_LOADED: Bilingual("装了纸", "paper was loaded"),
    Trace.COVER_CLOSED: Bilingual("盖子关上了", "the cover was closed"),
    Trace.DEVICE_REPLUGGED: Bilingual("设备拔下又插上", "the device was unplugged and plugged in again"),
    Trace.DEVICE_RESTARTED: Bilingual("设备重启了", "the device was restarted"),
    Trace.APP_RESTARTED: Bilingual("收款程序重新启动了", "the application was restarted"),
    Trace.TERMINAL_RESTARTED: Bilingual("终端重启了", "the terminal was restarted"),
    Trace.CONFIG_CHANGED: Bilingual("posdiag 的配置改了", "the configuration of posdiag was changed"),
    Trace.CLOCK_SET: Bilingual("时钟被调了", "the clock was set"),
    Trace.DISK_FREED: Bilingual("磁盘腾出了空间", "room was made on the disk"),
    Trace.POWER_CONNECTED: Bilingual("接上了充电器", "the charger was connected"),
    Trace.HOST_RECOVERED: Bilingual("现场没有动过，主机自己恢复了", "the host came back, and nothing was moved on site"),
    Trace.LINE_RECOVERED: Bilingual("现场没有动过，线路自己恢复了", "the line came back, and nothing was moved on site"),
    Trace.ACCOUNT_RESTORED: Bilingual("账户恢复了", "the account was restored"),
}


def in_words(ending: Mapping[str, Any], page: Page) -> str:
    """Of `ended_by` or of one of `tried`. Empty where it is not known."""
    trace, step, told = ending.get("trace"), ending.get("step"), ending.get("how") == "told"
    if isinstance(trace, str) and trace:
        text = page.words(TRACES.get(Trace(trace)) or same(trace))
    elif told and isinstance(step, str) and step:
        text = page.say("做了 ", "done: ") + page.fit(step.rpartition(":")[2])
    else:
        return ""
    return text + (page.say("（有人这样说）", " (somebody said so)") if told else "")
