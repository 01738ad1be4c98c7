"""The unified social credit code of GB 32100-2015 and the GB 11714 code inside it."""

import re

from schema.city.rules.errors import RuleBroken
from schema.city.rules.text import half_width

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3**place % 31 for place in range(17)]
BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
KINDS = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "123459",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "1239",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
"""The kinds of body (second character) of each registering authority (first), table 1 of GB 32100-2015.

The civil affairs' 4 and 5 are of villagers' and residents' committees, which have had codes since.
"""
LOOK_ALIKE = {"I": "1", "O": "0", "S": "5", "Z": "2"}


def parse_uscc(text: str) -> str:
    """The code, half-width, in capitals, without blanks. Raises `RuleBroken` (`INVALID`)."""
    fault = uscc_fault(text)
    if fault:
        raise RuleBroken(fault, code="INVALID")
    return standard(text)


def read_uscc(text: str) -> str:
    """The code of a field that may be empty, or empty. Raises `RuleBroken` (`INVALID`) at `uscc`."""
    if text and (fault := uscc_fault(text)):
        raise RuleBroken(fault, "uscc", "INVALID")
    return standard(text) if text else ""


def uscc_fault(code: str) -> str | None:
    """What is wrong with a code and how to correct it, in Chinese; None when it is right.

    Blanks, hyphens, full-width and small letters are no faults. Checks length, characters, the
    registering authority with the kind of body, the six digits of the region, the check digit of the
    organization code (GB 11714) and that of the whole (GB 32100-2015).
    """
    code = standard(code)
    if len(code) != LENGTH:
        return (
            f"统一社会信用代码应为 {LENGTH} 位，现在是 {len(code)} 位，"
            "请对照营业执照核对，例如“91110000600037341L”"
        )
    for place, character in enumerate(code, start=1):
        if character not in ALPHABET:
            meant = LOOK_ALIKE.get(character)
            hint = (
                f"，是否应为“{meant}”" if meant else "，代码只用数字和除 I、O、S、V、Z 外的大写字母"
            )
            return f"统一社会信用代码第 {place} 位不会是“{character}”{hint}，请对照营业执照核对"
    if code[1] not in KINDS.get(code[0], ""):
        return (
            f"统一社会信用代码不会以“{code[:2]}”开头：企业的以“91”开头，个体工商户的以“92”开头，"
            "请对照营业执照核对"
        )
    if not code[2:8].isdigit():
        return "统一社会信用代码第 3 至 8 位是登记机关的行政区划代码，应为数字，请对照营业执照核对"
    if body_check(code[8:16]) != code[16]:
        return "统一社会信用代码第 9 至 17 位的校验位不符，其中有字符抄错，请对照营业执照核对"
    if check(code[:17]) != code[17]:
        return "统一社会信用代码的校验位（第 18 位）不符，其中有字符抄错，请对照营业执照核对"
    return None


def check(body: str) -> str:
    """The 18th character (GB 32100-2015, after GB/T 17710 mod 31)."""
    total = sum(
        ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def body_check(body: str) -> str:
    """The 17th character, which closes the organization code (GB 11714, mod 11 with X for 10)."""
    total = sum(
        BODY_ALPHABET.index(character) * weight
        for character, weight in zip(body, BODY_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def standard(text: str) -> str:
    """A code without blanks and hyphens, half-width and in capitals."""
    return re.sub(r"[\s-]", "", half_width(text)).upper()
