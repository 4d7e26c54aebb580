"""Words of the guide: what the check of a step shows now, against what it showed before."""

from __future__ import annotations

from agent.present.page import Page
from agent.present.words import state_of, subject_of
from agent.remedy.walk import Walk
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts, Kind, Outcome, Symptom, kind_of

_S = Symptom
# while it is so, and once it is not any more
_PAIRS: dict[Symptom, tuple[Bilingual, Bilingual]] = {
    _S.NO_CARRIER: (Bilingual("网线还是没有信号", "still no signal on the cable"), Bilingual("网线有信号了", "the cable is in")),
    _S.ADMIN_DOWN: (Bilingual("接口还是停用的", "the port is still switched off"), Bilingual("接口启用了", "the port is on")),
    _S.ABSENT: (Bilingual("还是找不到网络接口", "the network port is still missing"), Bilingual("网络接口有了", "the port is there")),
    _S.RADIO_OFF: (Bilingual("无线还是关着", "the radio is still off"), Bilingual("无线打开了", "the radio is on")),
    _S.NOT_ASSOCIATED: (Bilingual("还是没连上 Wi-Fi", "still not on the Wi-Fi"), Bilingual("连上 Wi-Fi 了", "the Wi-Fi is joined")),
    _S.WRONG_PASSWORD: (
        Bilingual("Wi-Fi 密码还是不对", "the password is still refused"),
        Bilingual("连上 Wi-Fi 了", "the Wi-Fi is joined"),
    ),
    _S.SIM_MISSING: (Bilingual("还是没有 SIM 卡", "still no SIM card"), Bilingual("有 SIM 卡了", "the SIM card is in")),
    _S.NO_ADDRESS: (Bilingual("还是没有得到地址", "still no network address"), Bilingual("得到地址了", "the address is there")),
    _S.LINK_LOCAL_ONLY: (Bilingual("还是没有得到地址", "still no network address"), Bilingual("得到地址了", "the address is there")),
    _S.ROUTER_SILENT: (
        Bilingual("路由器还是没有应答", "the router still does not answer"),
        Bilingual("路由器有应答了", "the router answers"),
    ),
    _S.PAPER_OUT: (Bilingual("还是没有纸", "still no paper"), Bilingual("纸装好了", "the paper is in")),
    _S.PAPER_LOW: (Bilingual("纸还是快用完了", "paper is still low"), Bilingual("纸装好了", "the paper is in")),
    _S.COVER_OPEN: (Bilingual("上盖还开着", "the cover is still open"), Bilingual("上盖合上了", "the cover is closed")),
    _S.DEVICE_MISSING: (Bilingual("还是找不到设备", "the device is still missing"), Bilingual("设备接上了", "the device is there")),
    _S.NOT_RUNNING: (
        Bilingual("收款程序还没有运行", "the payment application still does not run"),
        Bilingual("收款程序运行了", "the payment application runs"),
    ),
}
_TIMEOUTS: dict[Kind, tuple[Bilingual, Bilingual]] = {
    Kind.RESOLVER: (
        Bilingual("域名服务器还是没有应答", "the name server still does not answer"),
        Bilingual("域名服务器有应答了", "the name server answers"),
    ),
    Kind.GATEWAY: (
        Bilingual("收单主机还是没有应答", "the acquirer's host still does not answer"),
        Bilingual("收单主机有应答了", "the acquirer's host answers"),
    ),
}


def now_shown(walk: Walk, page: Page) -> str:
    """What the step's check showed in the last look; empty before the first one."""
    check = walk.check
    if check is None:
        return ""
    if walk.good:
        pair = _pair(check.id, _before(walk))
        return page.words(pair[1]) if pair else f"{subject_of(check.id, page)}{page.say('：正常了', ': fine now')}"
    pair = _pair(check.id, check.symptom if check.outcome is Outcome.FAIL else None)
    return page.words(pair[0]) if pair else f"{subject_of(check.id, page)}{page.say('：', ': ')}{_state(check, page)}"


def _state(check: Check[Facts], page: Page) -> str:
    return state_of(check, page)


def _pair(check_id: str, symptom: Symptom | None) -> tuple[Bilingual, Bilingual] | None:
    if symptom is None:
        return None
    return _TIMEOUTS.get(kind_of(check_id)) if symptom is Symptom.TIMEOUT else _PAIRS.get(symptom)


def _before(walk: Walk) -> Symptom | None:
    """What was wrong when the steps were taken from the document."""
    verify = walk.step.verify if walk.step else ""
    return next((each.symptom for each in walk.status.checks if each.id == verify), None)
