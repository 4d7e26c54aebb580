"""Every option, once: with which commands it goes, its value, and its words for `--help`, the manual page and the completion."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agent.present.addressed import COMMANDS
from probes.ground.bilingual import Bilingual, same


class Option(Struct, frozen=True, kw_only=True):
    """`value`: how its value is written, empty for a flag; `needs`: the value in words. `choices`: all that it may be, where that is a
    closed list. `of`: the commands that it goes with, none for all; `without`: of others, why not. `alias`: its short name."""

    name: str
    says: Bilingual
    value: str = ""
    needs: Bilingual = same("")
    choices: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    without: Mapping[str, Bilingual] = {}
    alias: str = ""

    @property
    def written(self) -> str:
        return f"{self.name} {self.value}".rstrip()


FORMATS = ("json", "json-compact", "nagios", "prometheus", "tsv")
LANGUAGES = ("zh", "en")
_RESULTS = ("check", "status")
PAPERS = ("status", "letter", "bundle", "runbook", "report")  # commands that make a paper

_OF_THIS_MACHINE = Bilingual("它只讲这台机器", "it is of this machine alone")
_WITHOUT_BESIDE = {
    "runbook": Bilingual(
        "手册是全店的，已经包括旁边的终端：posdiag runbook",
        "the book is the whole shop's, with the terminals beside this machine: posdiag runbook",
    ),
    **dict.fromkeys(("audit", "drill", "watch"), _OF_THIS_MACHINE),
    "run": Bilingual("服务本来就检查每一台旁边的终端", "the service examines every terminal beside this machine anyway"),
}

OPTIONS = (
    Option(
        name="--details",
        of=_RESULTS,
        says=Bilingual("全部内容：路径、依据、已排除的原因、所有步骤", "everything: the path, the evidence, what was ruled out, all steps"),
    ),
    Option(name="--quiet", of=_RESULTS, says=Bilingual("只用一行说结果", "the result in one line")),
    Option(
        name="--only",
        value="LAYER|ID",
        needs=Bilingual("层或检查的标识", "a layer or the id of a check"),
        of=("check",),
        says=Bilingual("只查这一层或这一项，如 dns、gateway:acquirer-a", "look at one layer or check alone: dns, gateway:acquirer-a"),
    ),
    Option(
        name="--beside",
        value="NAME|all",
        needs=Bilingual("旁边那台终端在配置里的名称，或 all", "the configured name of a terminal beside this machine, or all"),
        of=COMMANDS,
        without=_WITHOUT_BESIDE,
        says=Bilingual(
            "旁边的终端（[[beside]]），不是本机；all 是每一台，用于 check 和 status",
            "a terminal beside this machine ([[beside]]), and not this one; all, of check and status: each of them",
        ),
    ),
    Option(
        name="--format",
        value="FORMAT",
        needs=Bilingual("一种格式", "a format"),
        choices=FORMATS,
        of=_RESULTS,
        says=Bilingual(f"给程序看的输出：{'、'.join(FORMATS)}", f"output for programs: {', '.join(FORMATS)}"),
    ),
    Option(
        name="--json",
        of=(*_RESULTS, "history", "audit"),
        says=Bilingual(
            "就是 --format json：状态文档；history 则输出故障记录，audit 输出自查结果",
            "the same as --format json: the status document; of history and audit what they found",
        ),
    ),
    Option(
        name="--csv",
        of=("history",),
        says=Bilingual("故障列成表格（CSV），给电子表格用", "the incidents for a spreadsheet (CSV)"),
    ),
    Option(
        name="--since",
        value="DATE",
        needs=Bilingual("日期，如 2026-01-31", "a date such as 2026-01-31"),
        of=("history", "report"),
        says=Bilingual("从这一天起（也可写到时分：2026-01-31T08:00）", "from this day on, or this moment: 2026-01-31T08:00"),
    ),
    Option(
        name="--until",
        value="DATE",
        needs=Bilingual("日期，如 2026-01-31", "a date such as 2026-01-31"),
        of=("history", "report"),
        says=Bilingual("到这一天为止（含当天）", "up to the end of this day, or up to this moment"),
    ),
    Option(
        name="--month",
        value="YYYY-MM",
        needs=Bilingual("月份，如 2026-01", "a month such as 2026-01"),
        of=("report",),
        says=Bilingual("这一个月", "this month"),
    ),
    Option(
        name="--compare",
        value="DATE",
        needs=Bilingual("日期，如 2026-01-31", "a date such as 2026-01-31"),
        of=("report",),
        says=Bilingual("比较这一天之前和之后，说明有多大把握", "compare what was before and after this day, and say how sure that is"),
    ),
    Option(
        name="--cause",
        value="CODE",
        needs=Bilingual("原因代码", "a cause's code"),
        of=("history",),
        says=Bilingual("只看这个原因或这一类的故障", "incidents of this cause or category alone"),
    ),
    Option(
        name="--incident",
        value="ID",
        needs=Bilingual("故障编号（posdiag history 里有）", "the name of an incident, as posdiag history shows it"),
        of=("letter", "bundle", "told"),
        says=Bilingual("是哪一次故障；不写就是最近相关的一次", "which incident; else the last that it can be about"),
    ),
    Option(
        name="--did",
        value="[CODE:]STEP",
        needs=Bilingual("步骤的编号或名字", "the number or the id of a step"),
        of=("told",),
        says=Bilingual("做了这一步：屏幕上的编号（2）或名字（restart_router）", "a step was done: its number on the screen, or its id"),
    ),
    Option(
        name="--helped",
        value="yes|no",
        needs=Bilingual(" yes 或 no", "yes or no"),
        choices=("yes", "no"),
        of=("told",),
        says=Bilingual("这一步有没有用", "whether it helped"),
    ),
    Option(
        name="--called",
        value="WHO",
        needs=Bilingual("打给了谁", "who was called"),
        of=("told",),
        says=Bilingual("打过电话给谁", "who was called"),
    ),
    Option(
        name="--ticket",
        value="T",
        needs=Bilingual("工单号", "a ticket"),
        of=("told",),
        says=Bilingual("对方给的工单号", "the ticket given"),
    ),
    Option(
        name="--promised",
        value="DATE",
        needs=Bilingual("日期，如 2026-01-31", "a day such as 2026-01-31"),
        of=("told",),
        says=Bilingual("对方答应哪天解决：日期、明天或天数", "the day that they promised: a date, tomorrow or in so many days"),
    ),
    Option(
        name="--date",
        value="NAME",
        needs=Bilingual("配置里日期的名字", "the name of a date of the configuration"),
        of=("told",),
        says=Bilingual("配置里的这个日期已经办完", "this date of the configuration is done with"),
    ),
    Option(
        name="--maintenance",
        value="UNTIL",
        needs=Bilingual("到几点，如 18:00", "until when, such as 18:00"),
        of=("told",),
        says=Bilingual(
            "计划内维护，到几点（18:00）、到哪天、多久（2h）；now 则已结束",
            "planned work until 18:00, until a day, or for 2h; now, where it is over",
        ),
    ),
    Option(
        name="--forget",
        value="ID",
        needs=Bilingual("要撤回的那句话的名字", "the name of what was said"),
        of=("told",),
        says=Bilingual("撤回一句话，或关于一次故障的所有话", "take back what was said, or all that was said about an incident"),
    ),
    Option(
        name="--qr",
        of=_RESULTS,
        says=Bilingual("另外显示二维码，内容是简要状态", "show a QR code of the compact status as well"),
    ),
    Option(
        name="--timeout",
        value="SECONDS",
        needs=Bilingual("秒数", "a number of seconds"),
        of=("check", "guide", "run"),
        says=Bilingual("整次检查的时限，默认 15 秒", "time for the whole examination, 15 by default"),
    ),
    Option(
        name="--html",
        of=("status",),
        says=Bilingual(
            "做成网页，给后台的屏幕看：颜色、原因、怎么办、最近 30 天",
            "as a page for a back-office screen: its colour, the cause, what to do, the last 30 days",
        ),
    ),
    Option(
        name="--output",
        alias="-o",
        value="FILE",
        needs=Bilingual("文件名（- 为标准输出）", "a file, or - for the standard output"),
        of=PAPERS,
        says=Bilingual("写到这个文件；- 为标准输出", "write to this file; - is the standard output"),
    ),
    Option(
        name="--until-ok",
        of=("watch",),
        says=Bilingual("一切正常后自己结束，退出码 0", "leave with status 0 once all is well"),
    ),
    Option(name="--once", of=("run",), says=Bilingual("只做一轮", "make one cycle and leave")),
    Option(
        name="--config",
        value="FILE",
        needs=Bilingual("文件名", "a file"),
        says=Bilingual(
            "配置文件；默认依次为 $POSDIAG_CONFIG、/etc/posdiag/agent.toml、内置默认值",
            "configuration file; else $POSDIAG_CONFIG, else /etc/posdiag/agent.toml, else built-in defaults",
        ),
    ),
    Option(
        name="--lang",
        value="zh|en|both",
        needs=Bilingual(" zh、en 或 both", "zh, en or both"),
        choices=(*LANGUAGES, "both"),
        says=Bilingual("语言；both 用于网页和文书：中英文都有", "language; both for pages and papers: one below the other"),
    ),
    Option(name="--no-color", says=Bilingual("不用颜色", "no colours")),
    Option(name="--version", says=Bilingual("版本", "version")),
    Option(name="--help", alias="-h", says=Bilingual("本说明", "this text")),
)
BY_NAME = {option.name: option for option in OPTIONS}
