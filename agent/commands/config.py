"""`posdiag config check|show|example|schema`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.commands.context import configuration, page_for
from agent.commands.request import Request
from agent.present import output
from agent.present.page import Page
from agent.settings.load import Loaded
from agent.settings.problem import Problem, SettingsError, found
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape
from probes.settings import Beside, Gateway, GatewayProtocol


def config(request: Request) -> int:
    match request.what:
        case "check":
            _check(request)
        case "show":
            from agent.settings.show import show

            output.say(show(configuration(request)).splitlines())
        case "example":
            from agent.resources import data_path

            output.say(data_path("config", "agent.example.toml").read_text("utf-8").splitlines())
        case _:
            output.say_bytes(_schema(request.words[1:]))
    return 0


def _check(request: Request) -> None:
    loaded = configuration(request)
    if problems := (*loaded.lacking, *_plugins(loaded)):
        raise SettingsError(problems, loaded.settings.terminal.language.value)
    page = page_for(request, loaded)
    output.say([*page.wrap(_overview(loaded, page)), *(line for hint in _hints(loaded) for line in page.wrap(hint.of(page.language)))])


def _overview(loaded: Loaded, page: Page) -> str:
    settings = loaded.settings
    source = page.fit(loaded.path) if loaded.path is not None else page.say("内置默认值（没有配置文件）", "built-in defaults (no file)")
    hosts, lines, devices, apps = len(settings.gateway), len(settings.uplink), len(settings.serial), len(settings.app)
    more = page.say(f"，插件 {len(settings.plugin)}", f", plug-ins {len(settings.plugin)}") if settings.plugin else ""
    if settings.beside:
        more = page.say(f"，旁边的终端 {len(settings.beside)}", f", terminals beside this machine {len(settings.beside)}") + more
    return (
        page.say(
            f"配置有效：{source} · 收单主机 {hosts}，指定的线路 {lines}，串口设备 {devices}，收款程序 {apps}",
            f"The configuration is valid: {source} · hosts {hosts}, uplinks {lines}, serial devices {devices}, applications {apps}",
        )
        + more
    )


def _hints(loaded: Loaded) -> Iterator[Bilingual]:
    """What is valid, and could be better."""
    from agent.settings import left_in
    from agent.settings.mask import known_numbers
    from probes.edge.kernel.matching import costly

    if any(number in loaded.settings.terminal.id for number in known_numbers(loaded.settings)):
        yield Bilingual(
            "提示：terminal.id 里有收单机构的商户号或终端号。各处都会显示 terminal.id，而这些号码在别处都已遮盖。请换一个名称",
            "Hint: terminal.id holds the acquirer's number of the merchant or terminal. It is shown everywhere, where these numbers are "
            "masked otherwise. Better choose another name",
        )

    yield from left_in.hints(loaded.settings)
    for gateway in loaded.settings.gateway:
        if text := _shallow(gateway):
            yield text
    for terminal in loaded.settings.beside:
        yield from _of_beside(terminal)
    for index, app in enumerate(loaded.settings.app):
        if costly(app.process):
            yield Bilingual(
                f"提示：app[{index}].process 匹配较长的进程名或命令行可能非常慢，要另开一个进程并限时，超时则无法判断。"
                "请写简单些：不要在重复里或重复后再用重复（+ * {}）",
                f"Hint: app[{index}].process can be very slow on long names or command lines. It is then matched in a process of its own, "
                "and in vain where that takes too long. Write it simpler, with no repeat (+ * {}) inside or behind another",
            )


def _of_beside(terminal: Beside) -> Iterator[Bilingual]:
    name = escape(terminal.name)
    if terminal.package and not terminal.adb:
        yield Bilingual(
            f'提示：beside "{name}" 写了 package，没有写 adb：不经 adb 看不到收款程序',
            f'Hint: beside "{name}" has package and no adb: without adb its payment application is not seen',
        )
    if terminal.lease_file:
        from probes.edge.net.lease_file import lease_lines

        try:
            lease_lines(terminal.lease_file)
        except (OSError, ValueError) as error:
            why = escape(error.strerror if isinstance(error, OSError) and error.strerror else str(error))
            yield Bilingual(
                f'提示：beside "{name}" 的 lease_file 读不了：{escape(terminal.lease_file)}（{why}）',
                f'Hint: the lease_file of beside "{name}" cannot be read: {escape(terminal.lease_file)} ({why})',
            )


def _shallow(gateway: Gateway) -> Bilingual | None:
    """What a gateway's configuration can never show."""
    name = escape(gateway.name)
    if gateway.protocol in (GatewayProtocol.TCP, GatewayProtocol.TLS):
        return Bilingual(
            f'提示：gateway "{name}" 只写了 protocol = "{gateway.protocol}"，只能看出主机连得上，看不出账户是否正常；'
            '要问账户，用 protocol = "iso8583" 或 "https"',
            f'Hint: gateway "{name}" with protocol = "{gateway.protocol}" shows that the host is reached, never whether the account is in '
            'order; protocol = "iso8583" or "https" asks it',
        )
    numbers = gateway.iso8583
    if gateway.protocol is GatewayProtocol.ISO8583 and not (numbers.terminal_id and numbers.merchant_id):
        return Bilingual(
            f'提示：gateway "{name}" 没有写 iso8583.terminal_id 和 merchant_id，不会发应用报文，看不出账户是否正常',
            f'Hint: gateway "{name}" has no iso8583.terminal_id and merchant_id: no message is sent, and whether the account is in '
            "order stays unknown",
        )
    return None


def _plugins(loaded: Loaded) -> Iterator[Problem]:
    """Those that are asked for and not to be had. Examinations go on without: their checks are then unknown."""
    if not loaded.settings.plugin:
        return
    from probes.plugged import packages

    for index, plugin in enumerate(loaded.settings.plugin):
        offering = packages(plugin.name)
        if len(offering) == 1:
            continue
        was = found(plugin.name)
        wanted = Bilingual("已安装的插件（入口点组 posdiag.probes）", "an installed plug-in (entry point group posdiag.probes)")
        if offering:
            wanted = Bilingual("只有一个软件包提供的插件", "a plug-in that one package alone offers")
            was = Bilingual(f"{was.zh}，来自 {'、'.join(offering)}", f"{was.en}, of {' and '.join(offering)}")
        yield Problem(escape(loaded.path or ""), same(f"plugin[{index}].name"), wanted, was)


def _schema(words: Sequence[str]) -> bytes:
    """Of the status document, or with a word of the configuration (`agent`) or of what `posdiag history --json` prints (`history`)."""
    import msgspec

    match words:
        case ["agent", *_]:
            from agent.settings.schema import schema
        case ["audit", *_]:
            from agent.contract.schema import audit_schema as schema
        case ["history", *_]:
            from agent.contract.schema import history_schema as schema
        case _:
            from agent.contract.schema import schema
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2) + b"\n"


def problem_lines(problems: tuple[Problem, ...], page: Page) -> list[str]:
    """Every fault of a configuration, each with its place, what was expected and what was found."""
    count = len(problems)
    title = page.say(f"配置有 {count} 处错误：", f"The configuration has {count} error{'' if count == 1 else 's'}:")
    if all(problem.denied for problem in problems):
        title = page.say("当前用户没有权限读取（不是配置写错了）：", "This user may not read it (nothing is wrong with the configuration):")
    lines = page.paint_all(page.wrap(title), "red")
    for problem in problems:
        where = (problem.named or problem.place).of(page.language)
        number = page.say(f"第 {problem.line} 行", f"line {problem.line}") if problem.line else ""
        lines += page.wrap(": ".join(filter(None, (problem.file, number, where))), first="  - ")
        lines += page.wrap(problem.expected.of(page.language), first=page.say("    应为：", "    expected: "))
        lines += page.wrap(problem.found.of(page.language), first=page.say("    实际：", "    found:    "))
        if problem.cure is not None:
            lines += page.wrap(problem.cure.of(page.language), first=page.say("    改法：", "    cure:     "))
    return lines
