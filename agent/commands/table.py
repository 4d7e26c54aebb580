"""Every command, once: what is understood, and what `--help`, the manual page and the shells' completion are made of."""

from __future__ import annotations

from msgspec import Struct

from probes.ground.bilingual import Bilingual


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
        name="bundle",
        says=Bilingual(
            "给服务商技术支持的压缩包：状态、记录、日志、配置、版本、网络和设备；卡号、密钥、密码和各种号码都已遮盖",
            "a zip for the provider's support: status, record, log, configuration, versions, network and devices, with card numbers, keys, "
            "passwords and other numbers masked",
        ),
    ),
    Command(
        name="runbook",
        says=Bilingual(
            "这家店自己的应急手册：联系人、头五分钟、先怎样收款，这份配置会遇到的每种故障一页，打印出来挂在收银台旁",
            "the shop's own emergency book: contacts, the first five minutes, how to go on selling, and a page for each fault that this "
            "configuration can meet, to be hung beside the till",
        ),
    ),
    Command(
        name="audit",
        says=Bilingual(
            "自查：什么会拖长下次故障，为什么要紧，现在做什么；最要紧的在前",
            "what would make the next outage long, why it matters and what to do now; the worst first",
        ),
    ),
    Command(
        name="drill",
        words="uplink|gateway|staff [NAME]",
        actions=("uplink", "gateway", "staff"),
        most=2,
        says=Bilingual(
            "演练：现在真的试一次备用网络或备用收单主机，什么都不切换；staff 让店员练一次编出来的故障（NAME 是原因代码）",
            "a drill: try the backup uplink or the backup gateway for real now, nothing is switched; staff: people practise a "
            "made-up fault (NAME: a cause's code)",
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
        name="report",
        says=Bilingual(
            "一段时间的报告（默认最近 30 天），有图：多少时间能收款、什么原因、多久恢复、怎么结束、线路和主机的快慢；"
            "也可以比较某一天之前和之后",
            "a report of the last 30 days, or of another time, with pictures: how much of it payments were possible, what went wrong, how "
            "long repairs took and what ended it, lines and hosts; and before and after a day",
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
        words="check|show|example|schema [agent|history|audit]",
        actions=("check", "show", "example", "schema"),
        most=2,
        says=Bilingual(
            "检查配置（一次列出所有错误）；实际生效的配置（敏感内容已遮盖）；带注释的示例；状态文档、配置、故障记录或自查的 JSON Schema",
            "validate the configuration, every error at once; the one in effect, secrets masked; a commented example; "
            "the JSON Schema of the status document, the configuration, the history or the audit",
        ),
    ),
    Command(
        name="fleet",
        words="COMMAND …",
        says=Bilingual(
            "给管理许多终端的人：从收集来的状态文件看出哪里坏了、是一个故障还是许多个（posdiag fleet --help）",
            "for whoever looks after many terminals: from collected status files, what is broken where, and whether it is one fault "
            "or many (posdiag fleet --help)",
        ),
    ),
    Command(name="help", says=Bilingual("本说明", "this text")),
)
