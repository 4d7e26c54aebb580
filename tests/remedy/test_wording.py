"""Read aloud, no text stumbles: one name for one thing, no Latin sentence in Chinese, short sentences, one way to space and to stop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.present.symptoms import SYMPTOMS
from agent.remedy.catalogue import PLACEHOLDER, all_entries, entry, menus, response_codes
from probes.ground.bilingual import Bilingual
from probes.model import Kind

ROOT = Path(__file__).resolve().parents[2]
# what one name stands for, and other names for it that no text has
GLOSSARY_ZH = {
    "收款程序": ("支付应用", "支付程序", "收款应用"),
    "顾客": ("客人",),
    "代码": ("返回码", "返回代码"),
    "打给": ("致电", "拨打"),
    "收银电脑": ("收银主机",),
    "通信模块": ("调制解调器",),
    "插线板": ("插排",),
    "自检页": ("自检票",),
    "测试小票": ("测试票",),
    "负荷": ("负载",),
    "应答": ("回应", "回答"),
    "posdiag 服务": ("守护进程",),
    "收款终端": ("付款终端",),
    "线路正常": ("网通，", "网通了"),
    "安全网关": ("杀毒盒子",),
    "解析不了": ("查不出要用的名字",),
    "发布日期": ("制作日期",),
    "电话里的说法": ("POS机", "SIM卡", "IP地址", "Wifi", "WIFI", "wifi"),
}
GLOSSARY_EN = {
    "receipt": ("slip", "slips"),
    "mobile operator": ("carrier", "the operator"),
    "service provider or internet provider": ("the provider",),
    "till computer": ("terminal or host",),
    "check": ("next examination",),
    "current": ("of today",),
    "Settings → Network & internet → Wi-Fi": ("WLAN off", "WLAN shows", "Settings → Wi-Fi"),
    "do not accept cards": ("Take no card",),
    "it may be": ("possible causes",),
    "security gateway": ("security box",),
}
_SIGNAL = re.compile(r"sees no carrier")  # of the kernel, in what a technician reads
GETS_ZH = re.compile("知道|得到|拿到|收到")
# Latin words that a Chinese text may have in a row: menus, commands, names of things that have no other
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z'’-]*(?: [A-Za-z][A-Za-z'’-]*){2,}")
_COMMANDS = re.compile(
    r"posdiag config check|systemctl (?:restart|cat|status) posdiag|ausearch -m avc|ip route get|ip link (?:show|set)|"
    r"System clock synchronized|openssl x509 -noout -subject -dates -in|ls -l|cat /|fuser -v|sort -h|usermod -aG|attached to ttyUSB|"
    r"sudo (?:ip link set|rfkill unblock all)|rfkill list|Hard blocked|Soft blocked|DLE EOT|timedatectl set-ntp true|nft list ruleset|"
    r"ip xfrm (?:policy|state)|posdiag drill staff|iptables -S OUTPUT|nmcli connection|I/O error|EXT4-fs error"
)
_EXPRESSIONS = ("reasons.py", "cures.py", "syntax.py", "personal.py", "inventory.py")  # expressions, or what people type
_JOINED = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")
_HALF = re.compile(r"[\u4e00-\u9fff] ?[,;:?!](?: |$)|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]|[，。；：、！？][,.;:!?，。；：、！？]")
_WORD = re.compile(r"[!-~]+")
_LONGEST_EN, _LONGEST_ZH = 25, 55  # words, and characters, between two of full stop, semicolon, colon; a Latin word is one


def every() -> Iterator[tuple[str, Bilingual]]:
    for each in all_entries():
        yield f"{each.code} name", each.name
        yield f"{each.code} summary", each.summary
        yield f"{each.code} recognised", each.recognised
        for number, other in enumerate(each.others, 1):
            yield f"{each.code} summary {number}", Bilingual(other.zh, other.en)
        for number, step in enumerate(each.steps, 1):
            yield f"{each.code} {number}", Bilingual(step.zh, step.en)
            yield f"{each.code} {number} expect", step.expect
    yield from ((f"menu {name} {system}", words) for name, by in menus().items() for system, words in by.items())
    for code, said in response_codes().items():
        for text in filter(None, (said.meaning, said.do, said.on_sale)):
            yield f"code {code}", text
    yield from ((f"symptom {symptom}", said) for symptom, said in SYMPTOMS.items())
    yield from ((f"kind {kind}", kind.called) for kind in Kind if kind is not Kind.OTHER)


EVERY = tuple(every())


@pytest.mark.parametrize(("name", "others"), GLOSSARY_ZH.items())
def test_one_chinese_name_for_one_thing(name: str, others: tuple[str, ...]) -> None:
    assert [(where, other) for where, text in EVERY for other in others if other in PLACEHOLDER.sub("", text.zh)] == [], name


@pytest.mark.parametrize(("name", "others"), GLOSSARY_EN.items())
def test_one_english_name_for_one_thing(name: str, others: tuple[str, ...]) -> None:
    found = [
        (where, other)
        for where, text in EVERY
        for other in others
        if re.search(rf"\b{re.escape(other)}\b", _SIGNAL.sub("", text.en), re.IGNORECASE)
    ]
    assert found == [], name


def test_the_program_s_own_texts_have_the_same_names_and_spaces() -> None:
    """Whatever stands in the code in Chinese, and the page that a shop reads first."""
    others = [other for each in GLOSSARY_ZH.values() for other in each] + ["认识的键"]
    found = []
    for path in sorted(path for folder in ("agent", "probes", "tools") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            said = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if re.search("[\u4e00-\u9fff]", said):
                odd = [other for other in others if other in said and path.name != "personal.py"]  # what people type
                spaced = path.name in _EXPRESSIONS or not (_JOINED.search(said) or _HALF.search(said))
                found += [(path.name, said)] if odd or not spaced else []
    readme = (ROOT / "README.zh.md").read_text("utf-8")
    assert found == [] == [other for other in others if other in readme]


def test_no_latin_sentence_stands_in_chinese() -> None:
    found = [(where, run[0]) for where, text in EVERY for run in _LATIN_RUN.finditer(_COMMANDS.sub("·", PLACEHOLDER.sub("·", text.zh)))]
    assert found == []


def test_chinese_and_latin_are_spaced_alike_and_stops_are_full_width() -> None:
    for where, text in EVERY:
        assert not _JOINED.search(text.zh), where
        assert not _HALF.search(PLACEHOLDER.sub("甲", text.zh)), where
        assert not re.search(r" [，。；：、（）“”]|[，。；：、（）“”] ", text.zh), where
        assert not re.search(r"[，。；：、（）“”！？]", text.en), where


def test_no_sentence_is_too_long_to_be_said_in_one_breath() -> None:
    for where, text in EVERY:
        plain = re.sub(r"\([^()]*\)", "", text.en)
        for part in re.split(r"(?<=[.;:!?])\s", plain):
            assert len(part.split()) <= _LONGEST_EN or "(1)" in text.en, (where, part)
        for part in re.split("[。；：！？]", re.sub("（[^（）]*）", "", text.zh)):
            assert len(_WORD.sub("甲", PLACEHOLDER.sub("甲", part))) <= _LONGEST_ZH or "①" in part, (where, part)


@pytest.mark.parametrize("code", Cause)
def test_every_step_says_what_follows_as_seen_or_as_known(code: Cause) -> None:
    """ "You should see: the lamp lights up", or "You should know …": never "You should see: you know"."""
    for number, step in enumerate(entry(code).steps, 1):
        zh, en = step.expect.zh, step.expect.en
        assert bool(GETS_ZH.match(zh)) is en.startswith("You "), (number, zh, en)
        assert not re.match(r"You (?!know |get |have |hear )|They |If |The (technician|service provider|acquirer) ", en), (number, en)


def test_the_log_is_never_spoken_of_without_its_place() -> None:
    for where, text in EVERY:
        if "posdiag 日志" in text.zh or "posdiag log" in text.en:
            assert "{log}" in text.zh and "{log}" in text.en, where


@pytest.mark.parametrize("code", Cause)
def test_what_a_cashier_reads_speaks_no_slang_of_the_trade(code: Cause) -> None:
    slang = re.compile(r"\b(?:DHCP|ARP|MTU|MSS|QoS|ICMP|NTP|TLS|TPDU|rfkill|dmesg|lsusb|udev|systemctl|ifconfig|NAT)\b")
    for number, step in enumerate(entry(code).steps, 1):
        if step.who.value == "cashier":
            quoted = re.sub(r"“[^”]*”", "", step.zh)  # what is to be said word for word
            assert not slang.search(quoted), (number, step.zh)
            assert not slang.search(re.sub(r'"[^"]*"', "", step.en)), (number, step.en)
