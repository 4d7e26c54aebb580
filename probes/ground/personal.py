"""Numbers that nobody may keep, in what a person types: of cards, of SIM cards and their owners, of telephones. Where it cannot be told
whether something is one of them, it is taken for one, but for the number of a ticket, which has no form of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from probes.ground.masking import HIDDEN, mask_number

# what people put between the digits of one number: spaces of every width, dashes, dots, brackets
_BETWEEN = r"[\s\u00a0\u2000-\u200a\u202f\u3000\-\u2010-\u2015\u2212\uff0d._/,，、·()（）\[\]]{0,3}"
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d)+")
_TRACK = re.compile(r"%[A-Za-z]?[0-9 \-]{8,24}\^[^?\n]{0,120}\??|[;+]?\d{8,19}\s?[=Dd]\s?\d{4,40}\??")
_GROUP = re.compile(r"\d+")
_CARD = range(12, 20)  # digits (ISO/IEC 7812)
_SIM = range(18, 23)  # digits of an ICCID (ITU-T E.118), which begins with 89
_IMSI = 15
# of cards that are in use, with how long they are: what stands among other digits begins so
_SCHEMES = (
    (re.compile("4"), (13, 16, 19)),
    (re.compile("5|2[2-7]"), (16,)),
    (re.compile("3[47]"), (15,)),
    (re.compile("3[0689]"), (14,)),
    (re.compile("35|6|81|9"), (16, 17, 18, 19)),
)
_DAY = re.compile(r"20[2-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")  # many tickets begin with one, and no IMSI does
_TELEPHONE = re.compile(
    rf"\+{_BETWEEN}\d(?:{_BETWEEN}\d){{6,14}}"  # E.164
    rf"|(?<!\d)00{_BETWEEN}[1-9](?:{_BETWEEN}\d){{8,13}}(?!\d)"
    rf"|(?<!\d)1[3-9](?:{_BETWEEN}\d){{9}}(?!\d)"  # mobile, China
    rf"|(?<!\d)[(（]?0(?:{_BETWEEN}\d){{8,11}}(?!\d)"  # with its area code
    r"|(?<!\d)\(?[2-9]\d{2}\)?[ .\-]{1,2}[2-9]\d{2}[ .\-]\d{4}(?!\d)"  # North America
)
_CALLED = re.compile(
    rf"(?i)(tel(?:ephone)?|phone|mobile|cell|call(?:ed|back)?|fax|wechat|whatsapp|电话|手机|座机|致电|拨打|联系|微信|传真)"
    rf"([^\d\n]{{0,12}}?)(\+?\d(?:{_BETWEEN}\d){{6,14}})(?!\d)"
)
_HOTLINE = re.compile(r"[48]00\d{7}")  # nobody's own
_LEAST_CONTACT = 5  # digits of a hotline
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


def plain_digits(text: str) -> str:
    """With figures of every script and width as 0 to 9."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def mask_personal(text: str, contacts: Collection[str] = ()) -> str:
    """`contacts`: telephone numbers that stand in the configuration, and are no secret."""
    text = mask_tracks(plain_digits(text))
    known = {digits[-_LEAST_CONTACT:] for each in contacts if len(digits := _digits(each)) >= _LEAST_CONTACT}
    text = _RUN.sub(lambda found: _masked_run(found[0], known), text)
    text = _CALLED.sub(lambda found: found[1] + found[2] + _telephone(found[3], known), text)
    return _TELEPHONE.sub(lambda found: _telephone(found[0], known), text)


def mask_tracks(text: str) -> str:
    """Without what stands on the magnetic stripe of a card: its number, its holder, and what its chip or stripe is checked by."""
    return _TRACK.sub(HIDDEN, text)


def _digits(text: str) -> str:
    return "".join(each for each in plain_digits(text) if each.isdigit())


def _telephone(number: str, known: Collection[str]) -> str:
    digits = _digits(number)
    if _HOTLINE.fullmatch(digits) or any(digits.endswith(each) for each in known):
        return number
    return mask_number(digits)


def _masked_run(run: str, known: Collection[str]) -> str:
    """Digits with little between them: the numbers among them, the longest first, without what stands between their digits."""
    for begin, end in _spans(run):
        digits = _digits(run[begin:end])
        if _is_secret(run[begin:end], digits) and not any(digits.endswith(each) for each in known):
            return _masked_run(run[:begin], known) + mask_number(digits) + _masked_run(run[end:], known)
    digits = _digits(run)
    return HIDDEN if _holds_a_card(digits) else run


def _spans(run: str) -> Iterator[tuple[int, int]]:
    """Whole groups of digits that stand beside each other, together of a length that a number may have; the longest first."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    found = []
    for first, (begin, _) in enumerate(groups):
        digits = 0
        for start, end in groups[first:]:
            digits += end - start
            if digits > _SIM[-1]:
                break
            if digits >= _CARD[0]:
                found.append((digits, begin, end))
    for _, begin, end in sorted(found, key=lambda each: (-each[0], each[1])):
        yield begin, end


def _is_secret(written: str, digits: str) -> bool:
    if _ADDRESS.fullmatch(written):
        return False
    if len(digits) in _SIM and digits.startswith("89"):
        return True
    if len(digits) == _IMSI and digits[0] in "234567" and not _DAY.match(digits):
        return True
    return len(digits) in _CARD and luhn(digits)


def _holds_a_card(digits: str) -> bool:
    """With other digits written to it, such as the month that it ends in."""
    first = 8 if _DAY.match(digits) else 0
    return any(
        luhn(digits[begin : begin + length])
        for begin in range(first, len(digits))
        for form, lengths in _SCHEMES
        if form.match(digits, begin)
        for length in lengths
        if begin + length <= len(digits)
    )


def luhn(digits: str) -> bool:
    """The check digit of cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
