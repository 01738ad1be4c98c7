"""Article 3: what the fields of a report may hold, whether they come by a form or by a ledger.

Each check is of one field, so that all are answered at once.
"""

import re
from datetime import date
from decimal import Decimal

from schema.city.rules import RuleBroken, clean_text, format_money
from schema.city.rules.money import half_up
from schema.city.rules.personal import MASK
from schema.city.rules.rulebook import Number
from schema.city.rules.text import half_width
from schema.project.rules.classes import industries, section_of

RATE_TOLERANCE = Number(
    "report.rate_tolerance",
    "原币金额按中间价折合的人民币与计划总投资最多相差",
    "第三条",
    unit="%",
    most=100,
    zero="须相等",
)
LIMITS = {
    "name": 100,
    "investor_name": 100,
    "investor_region": 60,
    "contact_name": 60,
    "contact_phone": 40,
    "summary": 2000,
    "contact_by": 100,
    "owner_name": 60,
}
"""The longest text of each field of a report that a ledger has as well, in characters."""

CURRENCIES = ("USD", "EUR", "HKD", "JPY", "GBP")
FOREIGN_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?", re.ASCII)
RATE = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
MICRO = 10**6
INDUSTRY = re.compile(r"([A-Z]?)(\d{2,4})", re.ASCII)
LAND = re.compile(r"(?:约|近)?(\d{1,9}(?:\.\d{1,2})?)余?(?:亩(?:左右)?)?", re.ASCII)
MOST_MU = 100_000
PHONE = re.compile(r"[\d\s+()\-—–−*#.、,;/转分机extEXT]+", re.ASCII)
MOBILE = re.compile(r"(?<!\d)(1\d{2})[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)", re.ASCII)
COUNTRY = re.compile(r"(?<!\d)(?:\+|00)?86[\s-]?(?=1\d{2}[\s-]?\d{4}[\s-]?\d{4}(?!\d))", re.ASCII)
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
    """The code of GB/T 4754—2017 as it is stored: a division, group or class, 2 to 4 digits, typed with
    the letter of its section or without.

    Raises `RuleBroken` (`INVALID`) at `industryCode` for one that the standard does not have.
    """
    typed = re.sub(r"\s", "", half_width(code)).upper()
    match = INDUSTRY.fullmatch(typed)
    known = match and match[2] in industries() and match[1] in ("", section_of(match[2]))
    if typed and not known:
        raise RuleBroken(
            "国标行业分类（GB/T 4754—2017）没有这个代码，请填小类的四位数字，例如“3585”或“C3585”",
            "industryCode",
            "INVALID",
        )
    return match[2] if match else ""


def check_land(mu: str) -> str:
    """An area in 亩 with at most two decimals, up to MOST_MU; 0 takes no land. `约120亩` is kept as 120.

    Raises `RuleBroken` (`INVALID`) at `landMu`.
    """
    typed = re.sub(r"[,\s]", "", half_width(mu))
    match = LAND.fullmatch(typed)
    if typed and not match:
        raise RuleBroken(
            "拟用地面积请只写数字，最多两位小数，单位为亩，例如“120.5”", "landMu", "INVALID"
        )
    if not match:
        return ""
    area = Decimal(match[1])
    check_mu(area)
    return f"{area.normalize():f}"


def check_mu(area: Decimal) -> None:
    """An area in 亩 is at most MOST_MU. Raises `RuleBroken` (`INVALID`) at `landMu`."""
    if area > MOST_MU:
        raise RuleBroken(f"拟用地面积超过 {MOST_MU} 亩，请核对单位，应为亩", "landMu", "INVALID")


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


def phone_of(phone: str) -> str:
    """Telephones as they are stored: half-width, on one line, mobile numbers without +86.

    Raises `RuleBroken` as `check_phone`.

    >>> phone_of("+86 138 0000 0000；０２８-26110000"), phone_of("+65 6123 4567")
    ('138 0000 0000;028-26110000', '+65 6123 4567')
    """
    check_phone(phone)
    typed = COUNTRY.sub("", half_width(phone))
    return clean_text(typed, LIMITS["contact_phone"], one_line=True)


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


def parse_rate(text: str) -> int:
    """A central rate, yuan for one unit of another currency, in millionths of a yuan; above 0.

    Raises `RuleBroken` (`INVALID`) at `rate`.

    >>> parse_rate("7.0821"), parse_rate("0.046")
    (7082100, 46000)
    """
    typed = half_width(text).replace(",", "")
    micro = int(Decimal(typed) * MICRO) if RATE.fullmatch(typed) else 0
    if not micro:
        raise RuleBroken(
            "请填折算所用的央行中间价，1 单位原币折合多少元人民币，最多六位小数，例如“7.0821”"
            "（日元按 1 日元填，例如“0.0461”）",
            "rate",
            "INVALID",
        )
    return micro


def format_rate(micro: int) -> str:
    """A rate as it is read: `7.0821`."""
    return f"{(Decimal(micro) / MICRO).normalize():f}"


def check_converted(fen: int, cents: int, micro: int, percent: int) -> None:
    """An amount of another currency, in hundredths, makes by its rate the planned investment, up to `percent` of it.

    Raises `RuleBroken` at `amount`.
    """
    converted = half_up(cents * micro, MICRO)
    if abs(fen - converted) * 100 > percent * converted:
        raise RuleBroken(
            f"原币金额按中间价 {format_rate(micro)} 折合 {format_money(converted)}，与计划总投资"
            f" {format_money(fen)} 相差超过 {percent}%，请核对两个金额、币种和汇率",
            "amount",
        )


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
