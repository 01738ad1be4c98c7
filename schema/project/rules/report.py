"""Article 3: what the fields of a report may hold. Each check is of one field, so that all are answered at once."""

import re
from datetime import date

from schema.city.rules import RuleBroken
from schema.city.rules.personal import MASK
from schema.city.rules.text import half_width
from schema.project.rules.classes import industries

CURRENCIES = ("USD", "EUR", "HKD", "JPY", "GBP")
FOREIGN_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?", re.ASCII)
LAND = re.compile(r"\d{1,7}(\.\d{1,2})?", re.ASCII)
PHONE = re.compile(r"[\d\s+()\-—–−*#.、,;/转分机extEXT]+", re.ASCII)
MOBILE = re.compile(r"(?<!\d)(1\d{2})[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)", re.ASCII)
SHORTEST_PHONE, LONGEST_PHONE = 7, 32


def check_amount(fen: int) -> None:
    """A planned investment is above 0. Raises `RuleBroken` (`INVALID`) at `amount`."""
    if fen <= 0:
        raise RuleBroken("计划总投资要大于 0，例如“12.5亿”或“125000万元”", "amount", "INVALID")


def check_fixed_assets(fen: int | None, amount_fen: int | None) -> None:
    """The part that is fixed assets is at most the whole, in fen. Raises `RuleBroken` at `fixedAssets`."""
    if fen is not None and amount_fen is not None and fen > amount_fen:
        raise RuleBroken("固定资产投资不能大于计划总投资，请核对两个金额", "fixedAssets", "INVALID")


def check_industry(code: str) -> str:
    """The code of GB/T 4754—2017 as it is stored: a division, group or class, 2 to 4 digits.

    Raises `RuleBroken` (`INVALID`) at `industryCode` for one that the standard does not have.
    """
    typed = half_width(code)
    if typed and typed not in industries():
        raise RuleBroken(
            "国标行业分类（GB/T 4754—2017）没有这个代码，请填小类的四位数字，例如“3585”",
            "industryCode",
            "INVALID",
        )
    return typed


def check_land(mu: str) -> str:
    """An area in 亩 with at most two decimals, above 0. Raises `RuleBroken` (`INVALID`) at `landMu`."""
    typed = half_width(mu).replace(",", "").removesuffix("亩").strip()
    if typed and (not LAND.fullmatch(typed) or not float(typed)):
        raise RuleBroken(
            "拟用地面积请只写大于 0 的数字，单位为亩，例如“120.5”", "landMu", "INVALID"
        )
    return typed


def check_phone(phone: str) -> None:
    """One telephone number or several, 7 digits at least. Raises `RuleBroken` at `contactPhone`."""
    typed = half_width(phone)
    if MASK in typed:
        raise RuleBroken("联系电话隐去了几位，请写完整的号码", "contactPhone", "INVALID")
    digits = sum(each.isdigit() for each in typed)
    known = PHONE.fullmatch(typed) and SHORTEST_PHONE <= digits <= LONGEST_PHONE
    if typed and not known:
        raise RuleBroken(
            "联系电话请写号码，例如“13800000000”“028-26110000”或“+65 6123 4567”",
            "contactPhone",
            "INVALID",
        )


def format_phones(phone: str) -> str:
    """Telephones as they are read aloud, each in its groups; whoever leaves out a digit sees it.

    Raises `RuleBroken` (`INVALID`) where it is none.

    >>> format_phones("13800000000"), format_phones("０２８—26110000转12；+65 61234567")
    ('138 0000 0000', '028-26110000转12；+65 61234567')
    """
    check_phone(phone)
    typed = re.sub("[—–−]", "-", half_width(phone)).replace(";", "；")
    return MOBILE.sub(r"\1 \2 \3", typed)


def parse_foreign_amount(text: str) -> int | None:
    """An amount of another currency in hundredths, above 0; None for no text.

    Raises `RuleBroken` (`INVALID`) at `foreignAmount`.
    """
    typed = half_width(text).replace(",", "")
    if not typed:
        return None
    whole, _, part = typed.partition(".")
    cents = (
        int(whole) * 100 + int(part.ljust(2, "0") or 0) if FOREIGN_AMOUNT.fullmatch(typed) else 0
    )
    if not cents:
        raise RuleBroken(
            "原币金额请只写数字，大于 0，单位为元，例如“12000000.00”", "foreignAmount", "INVALID"
        )
    return cents


def check_currency(currency: str) -> str:
    """Raises `RuleBroken` (`INVALID`) at `currency` for one that is not kept."""
    if currency.upper() not in CURRENCIES:
        raise RuleBroken(f"币种请写 {'、'.join(CURRENCIES)} 之一", "currency", "INVALID")
    return currency.upper()


def check_rate_date(rate_on: date | None, today: date) -> None:
    """The day of a central rate has come. Raises `RuleBroken` (`INVALID`) at `rateDate`."""
    if rate_on is None:
        raise RuleBroken("请填折算所用央行中间价的日期", "rateDate", "INVALID")
    if rate_on > today:
        raise RuleBroken(
            f"汇率日期不能晚于今天（{today}），请填折算所用中间价的日期", "rateDate", "INVALID"
        )
