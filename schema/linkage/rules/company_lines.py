"""Lists of companies as offices and credit platforms have them: a line for a company, or one for a shareholder."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from schema.city.rules import RuleBroken, normal_name
from schema.city.rules.text import half_width
from schema.linkage.rules.companies import Amendment, Standing, amendment_faults, same_holders
from schema.people.rules import HOLDER_FIELDS, Holder, HolderRole, read_holders, written_holder

PART = r"\d{1,3}(?:\.\d+)?%"
BETWEEN = re.compile(rf"[;\n]|(?<=%)\s*[、,]|[、,](?!\s*(?:[0-9A-Z]{{18}}(?![0-9A-Z])|{PART}))")
"""What stands between two holders in one cell: a comma stands before a code or a part of the same one as well."""
COLUMNS = {
    HolderRole.LEGAL_REPRESENTATIVE: "legal_representative",
    HolderRole.CONTROLLER: "controllers",
    HolderRole.SHAREHOLDER: "shareholders",
}
"""The column of a list, and the field of the act, in which the holders of a role stand."""
IN_BRACKETS = re.compile(rf"\(\s*({PART})\s*\)")
GLUED = re.compile(rf"(?<=[^\d.\s])({PART})")
FIGURE = re.compile(
    r"\d+(?:\.\d+)?[百千]?[万亿]元|(?:(?<=[^\d.])|^)\d+(?:\.\d+)?(?:[百千]?[万亿]?(?:元|股)|[万亿]|成)?[)\]】]*$"
)
"""A figure behind a holder's name that is no part in %: 甲实业 60, 甲实业(0.6), 张三(认缴600万元)."""
CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
DITTO = re.compile(r"(?:同上|同前|同左|[〃″\"'“”]+)(?:[(].*[)])?")
IDLE_ZEROS = re.compile(r"(\.\d\d)0+%")


class OfOne(NamedTuple):
    """The lines of one company, as pairs of the line's number and its values."""

    lines: Sequence[tuple[int, Mapping[str, Any]]]

    @property
    def first(self) -> int:
        return self.lines[0][0]

    def cells(self, column: str) -> dict[Any, int]:
        """What a column says, each once with the line that says it first: a merged cell says it on every line."""
        found: dict[Any, int] = {}
        for row, values in self.lines:
            if column in values:
                found.setdefault(values[column], row)
        return found

    def value(self, column: str) -> Any:
        return next(iter(self.cells(column)), None)


def by_company(lines: Iterable[tuple[int, Mapping[str, Any]]]) -> list[OfOne]:
    """Lines by their company: those that have one name are of one."""
    found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for row, values in lines:
        found.setdefault(normal_name(values.get("name", "")), []).append((row, values))
    return [OfOne(each) for each in found.values()]


def differing(one: OfOne, columns: Sequence[str]) -> list[tuple[int, str, str]]:
    """What keeps the lines of a company from being one: line, column and message of each fault.

    Of each of these columns they say one thing, and no line says all that another says.
    """
    found: list[tuple[int, str, str]] = []
    for column in columns:
        first, *others = one.cells(column).items() or [(None, 0)]
        for _, row in others:
            message = f"与第 {first[1]} 行是同一家企业，这一格写的不同，请核对"
            found.append((row, column, message))
    known: dict[tuple[tuple[str, Any], ...], int] = {}
    for row, values in one.lines:
        same = known.setdefault(tuple(sorted(values.items())), row)
        if same != row:
            found.append((row, "name", f"与第 {same} 行完全相同，请删去一行"))
    return found


def read_amendment(
    one: OfOne, known: Standing, today: date
) -> tuple[Amendment, list[RuleBroken], dict[str, str]]:
    """What the lines of a company record of it, what is wrong, at the fields of `companyAmend`, and who is
    known by now of each column whose holders become others. Blank cells say nothing; holders that are known
    are recorded by another source where one is named.
    """
    holders, faults, others = dict[HolderRole, list[Holder]](), list[RuleBroken](), dict[str, str]()
    for role, column in COLUMNS.items():
        try:
            given = listed_holders(role, one, column, "share" if column == "shareholders" else "")
        except RuleBroken as broken:
            faults.append(broken)
            continue
        held = known.of(role)
        same = same_holders(held, given)
        if given and (one.value("source") or not same):
            holders[role] = given
        if given and held and not same:
            others[column] = written_holders(each.holder for each in held)
    on, code, region = one.value("as_of"), one.value("uscc"), one.value("region")
    day = date.fromisoformat(on) if on else None
    given_all = Amendment(holders, one.value("source") or "", day, code, region)
    return given_all, [*faults, *amendment_faults(given_all, known, today)], others


def says_nothing_new(given: Amendment, known: Standing) -> bool:
    """Whether all that would be recorded is known already."""
    code, region = given.uscc in (None, known.uscc), given.region in (None, known.region)
    return code and region and not given.holders


def listed_holders(role: HolderRole, one: OfOne, column: str, part: str = "") -> list[Holder]:
    """The holders of a role that the lines of a company name, in one cell or on lines of their own.

    `甲公司 60%；乙 40%`, `张三(60%)`, `李柠、王橙`; `part` is a column with the part of the one in the
    line's cell. Raises `RuleBroken` (`INVALID`) at the act's field of the role.
    """
    texts: dict[str, None] = {}
    for _, values in one.lines:
        named = split(values.get(column, ""))
        share = IDLE_ZEROS.sub(r"\1%", half_width(values.get(part, "")))
        if share and (len(named) != 1 or not re.fullmatch(PART, share)):
            message = "请写成百分数，例如 60%；一格里有几个股东的，比例写在各自的名称后面"
            raise RuleBroken(message, part, "INVALID")
        for each in named:
            check_written(role, each)
        texts |= dict.fromkeys(f"{each} {share}".strip() for each in named)
    return list(read_holders(role, "\n".join(texts))) if texts else []


def check_written(role: HolderRole, text: str) -> None:
    """A holder is named, and a figure behind the name is a part in %. Raises `RuleBroken` (`INVALID`) at the
    act's field of the role.
    """
    field, own = HOLDER_FIELDS[role], CODE.sub("", re.sub(rf"{PART}\s*$", "", text)).strip()
    if DITTO.fullmatch(own):
        raise RuleBroken(f"请写名称，不写“{own}”", field, "INVALID")
    if found := FIGURE.search(own):
        instead = "写持股比例请带 %，例如“甲实业 60%”；出资额不写在这里"
        if role is not HolderRole.SHAREHOLDER:
            instead = "这里只写名称和信用代码"
        raise RuleBroken(
            f"“{own[:40]}”里的“{found[0].rstrip(')]】')}”看不出是什么，{instead}", field, "INVALID"
        )


def split(cell: str) -> list[str]:
    """What a cell says of each holder, as it is typed."""
    text = IDLE_ZEROS.sub(r"\1%", half_width(cell))
    parts = BETWEEN.split(IN_BRACKETS.sub(r" \1 ", text))
    return [" ".join(GLUED.sub(r" \1", each).split()) for each in parts if each.strip()]


def written_holders(holders: Iterable[Holder]) -> str:
    """Holders in one cell, as `listed_holders` reads them; of several rows of one holder once."""
    lines = (written_holder(each.name, each.uscc, each.share) for each in holders)
    return "；".join(dict.fromkeys(lines))
