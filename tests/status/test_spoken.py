"""What people say before it is kept: no number that nobody may keep, nothing that hides, and all else as it was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.contract.word import NAME, TEXT, Word, read, written
from agent.settings.model import Contact, Settings, Support, TerminalSettings
from agent.status.spoken import fit
from probes.ground.personal import luhn

MERCHANT = "898123456789012"
SETTINGS = Settings(
    terminal=TerminalSettings(merchant_id=MERCHANT),
    support=Support(isp=Contact(name="ISP", phone="0755-8888 9999"), acquirer=Contact(phone="13900139000")),
)
FIT = fit(SETTINGS)


def said(text: str, settings: Settings | None = SETTINGS) -> str:
    return fit(settings)(Word(word="w-00000000", what="note", text=text)).text


def card(digits: str) -> str:
    """With its check digit."""
    return next(f"{digits}{last}" for last in "0123456789" if luhn(f"{digits}{last}"))


SCHEMES = {"4": (16, 16), "51": (16, 16), "2221": (16, 16), "34": (15, 15), "35": (16, 16), "62": (16, 19)}  # how long their numbers are
CARDS = st.builds(
    card,
    st.sampled_from(sorted(SCHEMES)).flatmap(
        lambda scheme: st.from_regex(
            rf"{scheme}[0-9]{{{SCHEMES[scheme][0] - len(scheme) - 1},{SCHEMES[scheme][1] - len(scheme) - 1}}}", fullmatch=True
        )
    ),
)
SPACED = st.sampled_from(["", " ", "-", " - ", "\u00a0", "\u3000", ".", "\u2013", "\u200b"])
AROUND = st.sampled_from(["", "card ", "卡号：", "退款 ", "x", "(", "…", "the customer's "])


@given(number=CARDS, between=SPACED, before=AROUND, after=AROUND, wide=st.booleans())
def test_no_card_however_it_is_written(number: str, between: str, before: str, after: str, wide: bool) -> None:
    typed = between.join(number[begin : begin + 4] for begin in range(0, len(number), 4))
    typed = "".join(chr(0xFF10 + int(each)) if each.isdigit() else each for each in typed) if wide else typed
    kept = written(
        FIT(Word(word="w-00000000", what="called", who=f"{before}{typed}{after}"[:NAME], text=f"{before}{typed}{after}"))
    ).decode()
    digits = "".join(each for each in kept if each.isdigit())
    assert number not in digits and number[:8] not in digits


@given(number=CARDS, month=st.sampled_from(["2512", "0129", "991"]))
def test_no_card_with_its_month_written_to_it(number: str, month: str) -> None:
    assert number[:8] not in said(f"{number}{month}") and number[:8] not in said(f"{month}{number}")


@given(number=CARDS, rest=st.from_regex(r"[0-9]{4,20}", fullmatch=True), name=st.sampled_from(["DOE/JOHN", "WANG/LI", ""]))
def test_no_track(number: str, rest: str, name: str) -> None:
    for track in (
        f"%B{number}^{name}^{rest}?",
        f";{number}={rest}?",
        f"{number}={rest}",
        f"{number}D{rest}",
        f"%B{number}^{name}^{rest}?;{number}={rest}?",
    ):
        kept = said(f"swiped {track} twice")
        assert number[:8] not in kept and (not name or name not in kept)


@given(
    number=st.one_of(
        st.from_regex(r"460[0-9]{12}", fullmatch=True),
        st.from_regex(r"310[0-9]{12}", fullmatch=True),
        st.from_regex(r"8986[0-9]{15,16}", fullmatch=True),
        st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(lambda each: each != "13900139000"),
        st.from_regex(r"\+49[1-9][0-9]{8,10}", fullmatch=True),
    ),
    between=st.sampled_from(["", " ", "-"]),
)
def test_no_subscriber_no_card_of_a_sim_no_telephone(number: str, between: str) -> None:
    typed = between.join(number[begin : begin + 4] for begin in range(0, len(number), 4))
    kept = "".join(each for each in said(f"his is {typed} he says") if each.isdigit())
    assert number.lstrip("+")[:-4] not in kept


@pytest.mark.parametrize("typed", [MERCHANT, "898 1234 5678 9012", "898-123456789012", "no.898123456789012!"])
def test_no_merchant_number_however_it_is_spaced(typed: str) -> None:
    kept = said(f"they asked for {typed}")
    assert "89812345" not in kept.replace(" ", "").replace("-", "") and "9012" in kept


@pytest.mark.parametrize(
    "text",
    [
        "路由器换了插座，14:30 恢复",
        "ISP 说 2026-11-28 下午来，工单 GD20261127-0012",
        "ticket 2026112700123",
        "ticket INC0012345",
        "restarted twice, 3 min each, at 08:05 and 08:15",
        "new router 192.168.100.1, was 192.168.1.1",
        "call 400-820-8888 or 95533",
        "the ISP's number is 0755-8888 9999, or 0755 88889999",
        "amount 1,299.00, receipt 000123",
        "a+b = c; 50 % of 3",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert said(text) == text


def test_without_the_settings_every_long_number_goes_but_that_of_a_ticket() -> None:
    kept = fit(None)(Word(word="w-00000000", what="called", who="bank 12345678", ticket="12345678", text=f"for {MERCHANT}"))
    assert "12345678" not in kept.who + kept.text and kept.ticket == "12345678"


@given(st.text(max_size=TEXT))
def test_whatever_is_typed_is_one_line_that_hides_nothing_and_is_read_again(text: str) -> None:
    word = FIT(Word(word="w-00000000", what="note", text=text))
    assert word.text.isprintable() and not set(word.text) & set("\u202e\u200b\x1b\x07\n\r")
    assert read(written(word)) == word
    assert FIT(word) == word, "masking twice is masking once"


@given(st.text(alphabet="0123456789 -=;%B^?.D", max_size=120))
def test_masking_twice_is_masking_once_for_digits(text: str) -> None:
    once = FIT(Word(word="w-00000000", what="note", text=text))
    assert FIT(once) == once
