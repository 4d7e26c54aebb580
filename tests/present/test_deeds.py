"""A reason is no deed: \"To do\" stands before what is to be done alone."""

from __future__ import annotations

import pytest

from agent.present.deeds import is_deed
from probes import android_device


@pytest.mark.parametrize("text", [*android_device._TO_DO.values(), android_device._HANGS_THERE, android_device._OFF_THERE])
def test_what_is_to_be_done_is_a_deed(text: str) -> None:
    assert is_deed(text)


@pytest.mark.parametrize(
    "text",
    [
        "nobody else on this network answers either",
        "it was never seen there",
        "another machine has its address",
        "its name is not found",
        "the device did not answer: getprop left with 1",
        "",
    ],
)
def test_a_reason_is_none(text: str) -> None:
    assert not is_deed(text)
