"""The commented example is right as it is, with its comments taken off, and names every key."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from agent.resources import data_path
from agent.settings.load import load
from agent.settings.model import Settings
from tests.support.settings_files import loaded

EXAMPLE = data_path("config", "agent.example.toml")


def test_the_example_is_right_and_says_the_defaults() -> None:
    assert load(str(EXAMPLE)).settings == Settings()


def uncommented() -> str:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    code = re.compile(r'#\s*(\[+[a-z0-9._]+\]+|["a-z0-9_]+ = .*)')
    return "\n".join(line.lstrip("# ") if code.match(line) else line for line in lines)


def test_the_example_with_its_comments_taken_off_is_right_too(tmp_path: Path) -> None:
    result = loaded(tmp_path, uncommented())
    assert result.settings.gateway[0].iso8583.response_codes == {"58": "operator.account_suspended"}
    assert result.settings.gateway[1].http.codes == {"403": "operator.account_suspended"}


def test_the_example_names_every_key_there_is(tmp_path: Path) -> None:
    def keys(shape: msgspec.inspect.Type, prefix: str) -> set[str]:
        while isinstance(shape, msgspec.inspect.Metadata):
            shape = shape.type
        if isinstance(shape, msgspec.inspect.ListType):
            return keys(shape.item_type, f"{prefix}[0]")
        if not isinstance(shape, msgspec.inspect.StructType):
            return {prefix}
        return set().union(*(keys(each.type, f"{prefix}.{each.encode_name}" if prefix else each.encode_name) for each in shape.fields))

    named = {
        key.replace("gateway[1].http", "gateway[0].http").replace("output[1]", "output[0]") for key in loaded(tmp_path, uncommented()).given
    }
    lists = (
        "network.addresses",
        "network.public_names",
        "network.ntp",
        "network.proxy",
        "system.disk_paths",
        "gateway[0].http.status",
        "plugin[0].supports",
        "beside[0].ports",
    )
    expected = keys(msgspec.inspect.type_info(Settings), "")
    missing = {key for key in expected - named if not key.removesuffix("[0]").startswith(lists) or key.removesuffix("[0]") not in named}
    assert missing == set()
