"""Every command and option, once: what is understood, and what `--help`, the manual page and the shells' completion are made of."""

from __future__ import annotations

from msgspec import Struct

from probes.ground.bilingual import Bilingual, same


class Option(Struct, frozen=True, kw_only=True):
    """`value`: how its value is written, empty for a flag; `needs`: the value in words. `choices`: all that it may be, where that is a
    closed list. `of`: the commands that it goes with, none for all. `alias`: its short name."""

    name: str
    says: Bilingual
    value: str = ""
    needs: Bilingual = same("")
    choices: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    alias: str = ""

    @property
    def written(self) -> str:
        return f"{self.name} {self.value}".rstrip()


class Command(Struct, frozen=True, kw_only=True):
    """`words`: what may stand behind it, as `--help` writes it. `actions`: the words that may stand first there. `most`: how many words."""

    name: str
    says: Bilingual
    words: str = ""
    actions: tuple[str, ...] = ()
    most: int = 0

    @property
    def written(self) -> str:
        return f"posdiag {self.name} {self.words}".rstrip()


FORMATS = ("json", "json-compact", "nagios", "prometheus", "tsv")
LANGUAGES = ("zh", "en")
_RESULTS = ("check", "status")
PAPERS = ("status", "letter")  # commands that make a paper

COMMANDS = (
    Command(
        name="check",
        says=Bilingual(
            "现在完整检查一遍：能不能收款、为什么、怎么办；写 posdiag 或 posdiag --check 也一样",
            "examine everything now: can it take payments, why not, what to do; posdiag alone and posdiag --check do the same",
        ),
    ),
    Command(name="status", says=Bilingual("posdiag 服务最近一次的结果", "the service's last result")),
    Command(
        name="history",
        words="[ID]",
        most=1,
        says=Bilingual(
            "这台终端的故障记录：什么时候、多久、什么原因、之前变了什么、怎么结束的，以及多少时间能收款；写上 ID 则逐条列出那一次的经过",
            "the incidents of this terminal: when, how long, why, what changed before and what ended it, and how much of the time it could "
            "take payments; with ID that one as a timeline",
        ),
    ),
    Command(
        name="guide",
        says=Bilingual(
            "带着人一步一步排除故障：一次一步，自己看有没有用，并记下来",
            "lead a person through the steps, one at a time; it sees by itself when one has helped, and records it",
        ),
    ),
    Command(
        name="letter",
        says=Bilingual(
            "给收单机构的信：账户被停用时的申请，或收单主机中断的情况说明，附材料清单和通话记录表",
            "a letter to the acquirer: about a stopped account, or an outage of its host, with what documents to prepare",
        ),
    ),
    Command(
        name="watch",
        says=Bilingual(
            "实时看这台终端到收单主机的路径，原地刷新，Ctrl-C 结束；不在终端窗口里时，每有变化写一行",
            "the path to the acquirer live, redrawn in place until Ctrl-C; without a terminal, a line for each change",
        ),
    ),
    Command(
        name="told",
        words="[TEXT]",
        most=200,
        says=Bilingual(
            "把做过的事、打过的电话和其他要留下的话记进记录：关于现在的故障，没有则是最近一次；什么都不写则列出步骤和还没兑现的承诺",
            "note for the record what was done, who was called and whatever else is worth keeping, about the incident that is open "
            "or was the last; with nothing behind it the steps and open promises are listed",
        ),
    ),
    Command(
        name="explain",
        words="[WHAT]",
        most=1,
        says=Bilingual(
            "解释原因代码、应答码（如 03）、电话里报的短码，或搜索一个词（如 网线）；不写则全部列出",
            "explain a cause's code, a response code such as 03 or a short code, or search for a word such as cable; without WHAT list all",
        ),
    ),
    Command(
        name="run", says=Bilingual("在前台运行服务（平时由系统启动）", "run the service in the foreground (the system starts it otherwise)")
    ),
    Command(
        name="config",
        words="check|show|example|schema [agent|history]",
        actions=("check", "show", "example", "schema"),
        most=2,
        says=Bilingual(
            "检查配置（一次列出所有错误）；实际生效的配置（敏感内容已遮盖）；带注释的示例；状态文档、配置或故障记录的 JSON Schema",
            "validate the configuration, every error at once; the one in effect, secrets masked; a commented example; "
            "the JSON Schema of the status document, of the configuration or of the history",
        ),
    ),
    Command(name="help", says=Bilingual("本说明", "this text")),
)

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
        name="--format",
        value="FORMAT",
        needs=Bilingual("一种格式", "a format"),
        choices=FORMATS,
        of=_RESULTS,
        says=Bilingual(f"给程序看的输出：{'、'.join(FORMATS)}", f"output for programs: {', '.join(FORMATS)}"),
    ),
    Option(
        name="--json",
        of=(*_RESULTS, "history"),
        says=Bilingual(
            "就是 --format json：状态文档；history 则输出故障记录", "the same as --format json: the status document; the history"
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
        of=("history",),
        says=Bilingual("从这一天起（也可写到时分：2026-01-31T08:00）", "from this day on, or this moment: 2026-01-31T08:00"),
    ),
    Option(
        name="--until",
        value="DATE",
        needs=Bilingual("日期，如 2026-01-31", "a date such as 2026-01-31"),
        of=("history",),
        says=Bilingual("到这一天为止（含当天）", "up to the end of this day, or up to this moment"),
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
        of=("letter", "told"),
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
