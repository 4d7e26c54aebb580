"""Steps fit what is known: the kind of uplink, the system with its menus, and where the log lies. Over all causes."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.remedy.catalogue import PLACEHOLDER, Entry, all_entries, menus
from agent.remedy.here import FOR_UPLINKS, SOMEWHERE, UPLINKS, Here, Platform, look_around, uplinks
from agent.remedy.steps import advise
from agent.settings.model import AgentSettings, Settings
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts, Layer, Outcome
from tests.support.remedy_facts import advice, check, finding

INTERFACES = {"ethernet": "eth0", "wifi": "wlan0", "cellular": "wwan0"}
# what belongs to one kind of uplink alone, or to one system's menus
OF_UPLINK = {
    "ethernet": r"网线|LAN 口|网口|\bcable\b|\bsocket lamp|LAN (socket|lamp)",
    "wifi": r"Wi-Fi|WLAN|\bWi-Fi\b",
    "cellular": r"流量卡|SIM|飞行模式|移动数据|移动网络|airplane|mobile (data|network)|(?<!2\.)\b4G",
    "ethernet wifi": r"光猫|optical modem|WAN|路由器|\brouter|宽带|店[里内]的?网络|shop's (own |public )?(network|line|IP)",
}
OF_SYSTEM = {
    Platform.ANDROID: r"“设置 →|Settings →|飞行模式"
    r"|airplane|安卓|Android|最近任务|recent-apps|长按电源键 →|hold the power key →|强行停止|Force stop",
    Platform.LINUX: r"systemctl|nmcli|timedatectl|nft list|resolv\.conf|rfkill|mmcli|\bLinux\b|iptables|ps aux",
}
# the kinds of uplink that can have it; all where none is named
OF_THESE_ALONE = {
    **dict.fromkeys((Cause.CABLE_UNPLUGGED, Cause.LINK_ERRORS), ("ethernet",)),
    **dict.fromkeys((Cause.WIFI_NOT_JOINED, Cause.WIFI_PASSWORD), ("wifi",)),
    **dict.fromkeys((Cause.WEAK_SIGNAL, Cause.RADIO_OFF), ("wifi", "cellular")),
    **dict.fromkeys((Cause.SIM_MISSING, Cause.SIM_LOCKED, Cause.DATA_PLAN_STOPPED, Cause.APN_MISCONFIGURED), ("cellular",)),
    Cause.NOT_REGISTERED: ("cellular",),
    Cause.ADDRESS_CONFLICT: ("ethernet", "wifi"),
}
# speaks of another uplink on purpose: another device has it, or it is a way to try
ELSEWHERE = re.compile(
    r"手机|phone|hotspot|热点|没有备用网络|backup connection|改连店里|join the shop's Wi-Fi|先连 Wi-Fi"
    r"|over Wi-Fi|客用|蹭|guest|贵宾|LAN cable|网线两头的灯|USB|数据线|data cable|串口|serial cable"
    r"|账户销户|⑧|\(8\)|移机|moved terminal|光猫到路由器|from the optical modem|给终端拉一根网线|改用网线|插网线"
    r"|on a cable|lay a cable|a cable or your own|Wi-Fi 放大器|repeater|路由器密码"
    r"|router passwords|无线 AP|换机|adapter|飞机|aeroplane|access point|上网卡或 4G 路由器|4G router|路由器顶上|top of the router"
)


def path_of(kind: str) -> list[Check[Facts]]:
    name = INTERFACES[kind]
    return [
        check(f"link:{name}", Outcome.FAIL, kind=kind, used=True, signal_dbm=-99),
        check(f"address:{name}", Outcome.FAIL),
        check("internet:check-1", Outcome.FAIL, interface=name),
        check("gateway:acquirer-a", Outcome.FAIL, interface=name),
    ]


def told(code: Cause, kind: str, platform: Platform, log: str = "") -> list[str]:
    checks = path_of(kind)
    evidence = [each.id for each in checks if each.layer is code.layer] or ["gateway:acquirer-a"]
    found = finding(code, *evidence, subject=INTERFACES[kind], candidates=(Cause.INTERNET_DOWN, Cause.GATEWAY_DOWN))
    diagnosis = Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=(found,))
    steps = advise(diagnosis, checks, Settings(), Here(platform=platform, log=log))
    assert steps, code
    return [text for step in steps for text in (f"{step.text.zh} → {step.expect.zh}", f"{step.text.en} → {step.expect.en}")]


def applies(code: Cause, kind: str) -> bool:
    """Whether a terminal that sells over this kind of uplink can have the cause there."""
    return kind in OF_THESE_ALONE.get(code, tuple(INTERFACES))


@pytest.mark.parametrize(("code", "kind", "platform"), [each for each in product(Cause, INTERFACES, Platform) if applies(each[0], each[1])])
def test_no_step_is_for_another_uplink_or_another_system(code: Cause, kind: str, platform: Platform) -> None:
    others = "|".join(words for of, words in OF_UPLINK.items() if kind not in of.split())
    if code.layer in (Layer.SERIAL, Layer.APP):
        others = OF_UPLINK["cellular"]  # a printer has a cable and an address of its own, whatever the terminal sells over
    menus_of_others = "|".join(words for of, words in OF_SYSTEM.items() if of is not platform)
    wrong = []
    for text in told(code, kind, platform):
        if (kind in INTERFACES and re.search(others, text) and not ELSEWHERE.search(text)) or re.search(menus_of_others, text):
            wrong.append(text)
    assert wrong == []


PATH = (Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY, Layer.SYSTEM)


@pytest.mark.parametrize("code", [code for code in Cause if code.layer in PATH and applies(code, "cellular")])
def test_no_step_for_a_sim_speaks_of_the_shops_router_whatever_was_seen(code: Cause) -> None:
    """Those too that stand only where another check passed or failed."""
    known = next(each for each in all_entries() if each.code is code)
    steps = [step for step in known.steps if not step.uplink or "cellular" in {kind.value for kind in step.uplink}]
    texts = [text for step in steps for text in (f"{step.zh} → {step.expect.zh}", f"{step.en} → {step.expect.en}")]
    texts = [PLACEHOLDER.sub("…", text) for text in texts]
    assert texts and not [text for text in texts if re.search(OF_UPLINK["ethernet wifi"], text) and not ELSEWHERE.search(text)]


# an answer of the host's, of a name server or from beyond the router is what each of these rests on
HEARD = (Cause.GATEWAY_DOWN, Cause.GATEWAY_ERROR, Cause.TLS_INCOMPATIBLE, Cause.DNS_FAILING, Cause.DNS_SLOW, Cause.DNS_UNREACHABLE)
HEARD_BELOW = (Cause.TUNNEL_DOWN,)  # the line below it was tried
WORKS = re.compile(
    r"(network|line|router) (works|is (fine|good|ok))|router fine|(网络|线路|路由器)(是好的|正常|没问题)|(router|路由器)(有应答| answers)"
)


@pytest.mark.parametrize("each", all_entries(), ids=lambda each: each.code.value)
def test_that_the_network_works_is_said_only_where_somebody_was_heard(each: Entry) -> None:
    plain = [each.summary, *(Bilingual(other.zh, other.en) for other in each.others if not other.passed)]
    steps = [Bilingual(step.zh, step.en) for step in each.steps if not step.only_if]
    said = [text for both in (*plain, *steps) for text in (both.zh, both.en) if WORKS.search(text)]
    assert not said or each.code in (*HEARD, *HEARD_BELOW)
    for other in each.others:
        if WORKS.search(other.zh + other.en):
            assert other.passed == ("router:*",) or each.code in HEARD, "by the check that it names"


@pytest.mark.parametrize("code", Cause)
def test_every_uplink_has_a_first_step_and_one_that_says_whom_to_call(code: Cause) -> None:
    for kind, platform in product(INTERFACES, Platform):
        if applies(code, kind):
            assert len(told(code, kind, platform)) >= 4, (kind, platform)


@pytest.mark.parametrize(("code", "kind"), list(product(Cause, INTERFACES)))
def test_the_log_is_kept_only_where_it_is_said_where_it_lies(code: Cause, kind: str) -> None:
    if not applies(code, kind):
        return
    for text in told(code, kind, Platform.LINUX, "/var/log/posdiag/posdiag.log"):
        assert "/var/log/posdiag/posdiag.log" in text or "posdiag log" not in text
    for text in told(code, kind, Platform.LINUX):
        assert "posdiag log" not in text


@pytest.mark.parametrize("code", Cause)
def test_nothing_is_to_be_read_in_the_log_that_stands_above(code: Cause) -> None:
    """What the log has besides is said in the step itself, or not at all."""
    for step in next(each for each in all_entries() if each.code is code).steps:
        assert not re.search(r"\{log\}(里|中)?有|in \{log\}|\{log\} \(|\{log\}（|which has|见\{log\}", step.zh + step.en)


def test_where_the_uplink_is_not_known_each_step_says_for_whom_it_is() -> None:
    said = [step.text.en for step in advice([], finding(Cause.DHCP_FAILED, "address:eth0"))]
    assert [text for text in said if text.startswith("With a cable: ")]
    assert [text for text in said if text.startswith("On a SIM: ")]


def test_every_choice_of_uplinks_can_be_said() -> None:
    used = {frozenset(kind.value for kind in step.uplink) for each in all_entries() for step in each.steps if step.uplink}
    assert used <= set(FOR_UPLINKS) and all(kinds < UPLINKS for kinds in used)


def test_every_menu_is_told_for_every_system_and_is_used() -> None:
    assert all(set(by) == set(Platform) for by in menus().values())
    named = {name for each in all_entries() for step in each.steps for name in PLACEHOLDER.findall(step.zh)}
    assert set(menus()) <= named


def test_the_uplink_in_question() -> None:
    both = [*path_of("ethernet"), *path_of("cellular")[:2]]
    assert uplinks(finding(Cause.WEAK_SIGNAL, "link:wwan0"), both) == {"cellular"}
    assert uplinks(finding(Cause.INTERNET_DOWN, "internet:check-1"), both) == {"ethernet"}
    assert uplinks(finding(Cause.GATEWAY_DOWN, "app:none"), both) == {"ethernet", "cellular"}
    route = check("address:route", routers=({"router": "192.0.2.1", "interface": "wwan0", "metric": 700},))
    assert uplinks(finding(Cause.CLOCK_WRONG, "app:none"), [*both, route]) == {"cellular"}
    modem = check("serial:modem", role="modem")
    assert uplinks(finding(Cause.RADIO_OFF, "serial:modem"), [*both, modem]) == {"cellular"}
    tunnel = [check("link:wg0", kind="other", tunnel=True, carries=("wlan0",)), check("link:wlan0", kind="wifi")]
    assert uplinks(finding(Cause.TUNNEL_DOWN, "link:wg0"), tunnel) == {"wifi"}
    assert uplinks(finding(Cause.INTERNET_DOWN), []) == frozenset()


def test_the_system_is_told_by_its_own_files(tmp_path: Path) -> None:
    settings = Settings(agent=AgentSettings(log_dir=str(tmp_path / "log")))
    assert look_around(settings, writes_log=False, root=tmp_path) == SOMEWHERE
    (tmp_path / "system").mkdir()
    (tmp_path / "system/build.prop").write_text("ro.product.model=X\n")
    assert look_around(settings, writes_log=True, root=tmp_path) == Here(platform=Platform.ANDROID, log=str(tmp_path / "log/posdiag.log"))
    (tmp_path / "log").mkdir()
    (tmp_path / "log/posdiag.log").write_text("")
    assert look_around(settings, writes_log=False, root=tmp_path).log == str(tmp_path / "log/posdiag.log")
