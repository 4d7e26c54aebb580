"""The table of probes: every kind of check has its one place in it, and a name that people can read."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import fields

from agent.examination.registry import PROBES
from agent.settings.model import Settings
from probes.model import Kind

MADE_BY_NO_PROBE = {Kind.EXAMINATION, Kind.DOCUMENT, Kind.OTHER}


def test_every_kind_of_check_stands_in_it_once() -> None:
    assert Counter(probe.kind for probe in PROBES) == Counter(set(Kind) - MADE_BY_NO_PROBE)


def test_each_has_a_name_in_both_languages() -> None:
    assert all(probe.called.zh and probe.called.en for probe in PROBES)


def test_each_names_a_table_of_the_configuration_or_none() -> None:
    assert {probe.settings for probe in PROBES} - {field.name for field in fields(Settings)} == {""}
