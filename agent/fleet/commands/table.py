"""Every command of `posdiag fleet`, once, and every option of them: what is understood, and what `posdiag fleet --help` is made of."""

from __future__ import annotations

from msgspec import Struct

from agent.commands.option_table import LANGUAGES, Option
from agent.fleet.commands.table_of_history import OF_HISTORY
from probes.ground.bilingual import Bilingual


class FleetCommand(Struct, frozen=True, kw_only=True):
    """`words`: what stands behind it, as `--help` writes it; `least`, `most`: how many of them. `instead`: an option that takes their
    place. `module`: of `agent.fleet.commands`; its function `command` does it."""

    name: str
    module: str
    says: Bilingual
    words: str = ""
    instead: str = ""
    least: int = 0
    most: int = 0

    @property
    def written(self) -> str:
        return f"posdiag fleet {self.name} {self.words}".rstrip()


MANY = 1_000_000
COMMANDS: tuple[FleetCommand, ...] = (
    FleetCommand(
        name="scan",
        module="scan",
        words="SOURCE…",
        instead="--from",
        least=1,
        most=MANY,
        says=Bilingual(
            "读状态文件的目录树、NDJSON（可用 gzip 或 zstd 压缩）、诊断包或标准输入（写 - ），说出哪里坏了",
            "read trees of status files, NDJSON (also .gz, .zst), bundles, or - (standard input), and tell what is broken where",
        ),
    ),
    FleetCommand(
        name="watch",
        module="watch",
        words="SOURCE…",
        least=1,
        most=MANY,
        says=Bilingual(
            "反复查看：更新网页、fleet.json、指标，把每个共同故障作为一条告警交给 Alertmanager",
            "look again and again: page, fleet.json, metrics, and each shared fault as one alert to Alertmanager",
        ),
    ),
    FleetCommand(
        name="trends",
        module="trends",
        says=Bilingual(
            "从 --store 的历史看每天、每组终端能收款的时间、故障次数和修复时间；--compare 比较某天之前和之后",
            "from the history in --store, by day and group: how much of the time payments were possible, incidents, time to repair; "
            "--compare sets before beside after",
        ),
    ),
    FleetCommand(
        name="lessons",
        module="lessons",
        words="SOURCE…",
        least=1,
        most=MANY,
        says=Bilingual(
            "从故障经过（posdiag history --json）、记录、诊断包、摘要看哪个步骤解决了哪种故障；-o 写成终端的 agent.lessons",
            "which step ended which cause how often, from histories, records, bundles, summaries; -o writes agent.lessons of the terminals",
        ),
    ),
    FleetCommand(
        name="show",
        module="show",
        words="FAULT|TERMINAL",
        least=1,
        most=1,
        says=Bilingual(
            "上次看到的一个故障：哪些终端、从何时起、同一处正常的、可以怎样告诉对方；或一台终端",
            "one fault of the last scan: who has it, since when, who there has not, what to say to its owner; or one terminal",
        ),
    ),
    FleetCommand(
        name="pack",
        module="pack",
        words="SOURCE…",
        least=1,
        most=MANY,
        says=Bilingual("把收来的写成一个文件，一行一份", "what was collected as one file, a document a line"),
    ),
    FleetCommand(
        name="retire",
        module="retire",
        words="ID…",
        least=1,
        most=MANY,
        says=Bilingual("终端已经不在了：不再计入，再有消息时自动回来", "a terminal is gone: left out until something newer comes of it"),
    ),
    FleetCommand(
        name="ack",
        module="ack",
        words="FAULT",
        least=1,
        most=1,
        says=Bilingual("故障有人处理了", "somebody has taken a fault on"),
    ),
    FleetCommand(
        name="serve",
        module="serve",
        says=Bilingual(
            "接收终端推送的状态（POST /v1/status），并提供页面、fleet.json、/metrics、/healthz",
            "receive what terminals push (POST /v1/status), and serve the page, fleet.json, /metrics, /healthz",
        ),
    ),
    FleetCommand(
        name="token",
        module="token",
        words="NAME",
        least=1,
        most=1,
        says=Bilingual(
            "做一个新口令，只显示一次，并给出要写进 fleet.toml 的几行",
            "make a new token, shown only once, with the lines for fleet.toml",
        ),
    ),
)
OPTIONS: tuple[Option, ...] = (
    Option(
        name="--json",
        of=("scan", "show", "trends"),
        says=Bilingual(
            "输出 fleet.json（posdiag.fleet/1）；show 则是其中一个故障；trends 则是 posdiag.trends/1",
            "print fleet.json (posdiag.fleet/1); show: one fault of it; trends: posdiag.trends/1",
        ),
    ),
    Option(name="--csv", of=("show",), says=Bilingual("受影响的终端，CSV", "those that have it, as CSV")),
    Option(
        name="--note",
        value="TEXT",
        needs=Bilingual("文字", "a text"),
        of=("ack",),
        says=Bilingual("谁在处理、单号等", "who has taken it on, a ticket, and the like"),
    ),
    Option(
        name="--until",
        value="TIME",
        needs=Bilingual("日期或时间", "a day or a time"),
        of=("ack",),
        says=Bilingual("到这时为止，默认到故障结束", "until then; without, until the fault ends"),
    ),
    Option(
        name="--html",
        value="FILE",
        needs=Bilingual("文件，或 -（标准输出）", "a file, or - for the standard output"),
        of=("scan", "watch"),
        says=Bilingual("把答案写成一页，随处都能打开", "write the answer as a page, which opens anywhere"),
    ),
    Option(
        name="--victims",
        value="DIR",
        needs=Bilingual("目录", "a directory"),
        of=("scan",),
        says=Bilingual(
            "把每个故障的全部终端写成这里的 CSV 文件；页面改为链接到它们",
            "write all terminals of each fault as a CSV file there; the page then links them",
        ),
    ),
    Option(
        name="--store",
        value="DIR",
        needs=Bilingual("目录", "a directory"),
        of=("scan", "show", "retire", "ack", "watch", "serve", "trends"),
        says=Bilingual(
            "记在这里：下次只读改变的文件，故障的标识不变，历史按天存为 Parquet",
            "keep it here: next time only what changed is read, faults keep their ids, and each day is kept as Parquet",
        ),
    ),
    Option(
        name="--inventory",
        value="FILE.csv",
        needs=Bilingual("文件", "a file"),
        of=("scan", "show", "watch"),
        says=Bilingual(
            "终端清单（id,serial_number,machine_id,store,region,isp,model,retired）：补上缺的，说出谁从未报到",
            "the inventory (id,serial_number,machine_id,store,region,isp,model,retired): fills gaps, tells who never reported",
        ),
    ),
    *OF_HISTORY,
    Option(
        name="--now",
        value="TIME",
        needs=Bilingual("时间", "a time"),
        of=("scan", "lessons"),
        says=Bilingual(
            "当作在这个时刻看，如 2026-01-31T08:00:00Z；文件自己的时间代替收到的时间",
            "judge as of this moment, as in 2026-01-31T08:00:00Z; the documents' own times stand for their receipt",
        ),
    ),
    Option(
        name="--output",
        alias="-o",
        value="FILE",
        needs=Bilingual("文件", "a file"),
        of=("lessons", "pack", "watch"),
        says=Bilingual(
            "写到这个文件，- 为标准输出；pack 按文件名的后缀用 zstd 或 gzip 压缩；watch：fleet.json",
            "write to this file, - for the standard output; pack compresses by its name (.zst, .gz); watch: fleet.json",
        ),
    ),
    Option(
        name="--metrics",
        value="FILE",
        needs=Bilingual("文件", "a file"),
        of=("watch",),
        says=Bilingual("Prometheus 指标（textfile collector）", "metrics for Prometheus (textfile collector)"),
    ),
    Option(
        name="--alertmanager",
        value="URL",
        needs=Bilingual("地址", "an address"),
        of=("watch",),
        says=Bilingual(
            "告警交给它，如 http://127.0.0.1:9093；集群的每一个都写上，用逗号分开",
            "hand alerts to it, as http://127.0.0.1:9093; of a cluster all, with commas between them",
        ),
    ),
    Option(
        name="--every",
        value="SECONDS",
        needs=Bilingual("秒数", "seconds"),
        of=("watch",),
        says=Bilingual("隔多少秒看一次，默认 60", "look again after so many seconds, by default 60"),
    ),
    Option(
        name="--config",
        value="FILE",
        needs=Bilingual("文件", "a file"),
        says=Bilingual("配置文件，默认 /etc/posdiag/fleet.toml", "the settings, by default /etc/posdiag/fleet.toml"),
    ),
    Option(
        name="--listen",
        value="ADDRESS:PORT",
        needs=Bilingual("地址加端口", "an address with a port"),
        of=("serve",),
        says=Bilingual("在哪里接收（默认 127.0.0.1:8420）", "where to listen (default 127.0.0.1:8420)"),
    ),
    Option(
        name="--cert",
        value="FILE",
        needs=Bilingual("文件", "a file"),
        of=("serve",),
        says=Bilingual("证书链（PEM），用 TLS 接收", "certificate chain (PEM): receive by TLS"),
    ),
    Option(
        name="--key",
        value="FILE",
        needs=Bilingual("文件", "a file"),
        of=("serve",),
        says=Bilingual("它的私钥；不写就在证书文件里找", "its private key; in the certificate's file where it is left out"),
    ),
    Option(
        name="--ids",
        value="PATTERNS",
        needs=Bilingual("编号", "ids"),
        of=("token",),
        says=Bilingual("能为哪些终端上报，如 T-1001 或 'N-*,S-*'", "the terminals it may push for, such as T-1001 or 'N-*,S-*'"),
    ),
    Option(name="--reads", of=("token",), says=Bilingual("能看页面、fleet.json、/metrics", "it reads the page, fleet.json and /metrics")),
    Option(
        name="--lang",
        value="zh|en",
        needs=Bilingual("语言", "a language"),
        choices=LANGUAGES,
        says=Bilingual("语言", "the language"),
    ),
    Option(name="--no-color", says=Bilingual("不用颜色", "no colours")),
    Option(name="--help", alias="-h", says=Bilingual("本说明", "this text")),
)
