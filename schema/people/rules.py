"""Posts in units: who holds which on a day, and when one may be given.

A person holds any number of posts, each from a day to a day with a document. A right on a day is a
post held on that day; nothing else gives one. Days are the city's, both ends included.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schema.city.rules import RuleBroken, normal_name, parse_uscc
from schema.city.rules.codes import LENGTH as USCC_LENGTH
from schema.city.rules.text import half_width

HOLDER_NAME_LIMIT = 100


class Post(StrEnum):
    """What a post lets its holder do; permissions are given to these."""

    OFFICE = "OFFICE"  # 领导小组办公室
    GROUP = "GROUP"  # 产业招商小组
    PLACE = "PLACE"  # 县(区)、高新区、临空经济区
    DEPARTMENT = "DEPARTMENT"  # 市级部门
    BRANCH = "BRANCH"  # 驻外分局、投资促进中心
    AGENT = "AGENT"  # 委托招商机构
    LEADER = "LEADER"  # 市领导
    INSPECTION = "INSPECTION"  # 督查室、目标绩效办
    EXPERT = "EXPERT"  # 专家
    PARTNER = "PARTNER"  # 合作机构、邻市系统
    PUBLIC = "PUBLIC"  # 未登录的公众


class HolderRole(StrEnum):
    """What somebody is to a company."""

    CONTROLLER = "CONTROLLER"  # 实际控制人
    SHAREHOLDER = "SHAREHOLDER"  # 股东
    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"  # 法定代表人


NOBODY = "无"
"""What is written in the place of holders where there is none any more."""
HOLDERS_MOST = 50
HOLDER_WORDS = {
    HolderRole.CONTROLLER: "实际控制人",
    HolderRole.SHAREHOLDER: "股东",
    HolderRole.LEGAL_REPRESENTATIVE: "法定代表人",
}
HOLDER_FIELDS = {
    HolderRole.LEGAL_REPRESENTATIVE: "legalRepresentative",
    HolderRole.CONTROLLER: "controllers",
    HolderRole.SHAREHOLDER: "shareholders",
}
"""The field of an act in which the holders of a role are written, one a line."""
SHARE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%", re.ASCII)
WHOLE = 10_000
PART, CODE = r"\d+(?:\.\d+)?%", r"(?<![0-9A-Za-z])[0-9A-Z]{18}(?![0-9A-Za-z])"
"""A share, and what has the shape of a credit code."""
FORM_ABROAD = (
    r"(?:inc|incorporated|ltd|limited|llc|llp|l\.?\s?p|co|corp|corporation|company|plc|gmbh|s\.?\s?a|b\.?\s?v"
    r"|n\.?\s?v|ag|pte|pty)(?![a-z])"
)
COMMA = re.compile(rf"[、,](?!\s*(?:\d|{FORM_ABROAD}))", re.IGNORECASE)
"""A comma that may stand between two names; before Inc. it stands within one."""
IDLE_ZEROS = re.compile(r"(\.\d\d)0+%")
OF_SHARE = r"(?:(?:持股|占股|出资)(?:比例)?|持有|占比?|比例)?\s*[为:]?"
IN_BRACKETS = re.compile(rf"\(\s*{OF_SHARE}\s*({PART})\s*\)")
BEFORE_SHARE = re.compile(rf"(?<=[^\d.\s])\s*{OF_SHARE}\s*(?<![\d.])({PART})")
NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+|.{2,}(?:公司|企业|集团|中心|厂|店|合作社|联合社"
    r"|基金|基金会|委员会|国资委|管委会|局|厅|政府|院|所|大学|银行|信托|协会|商会|持股会|工会|控股|资本|\((?:有限|普通)合伙\))"
)
FIGURE = re.compile(
    r"\d+(?:\.\d+)?[百千]?[万亿]元|(?:(?<=[^\d.])|^)\d*\.?\d+(?:[百千]?[万亿]?(?:元|股)|[万亿]|成)?[)\]】]*$"
)
"""A figure behind a holder's name that is no part in %: 甲实业 60, 甲实业(0.6), 张三(认缴600万元)."""
NUMBERED = re.compile(r"[A-Za-z][^\u4e00-\u9fff]* \d+")
"""A name abroad with a number: Fund 2."""
DITTO = re.compile(r"(?:同上|同前|同左|[〃″\"'“”]+)(?:[(].*[)])?")


@dataclass(frozen=True)
class Holder:
    """Who is something to a company: a name, a company's credit code, a part in ten-thousandths."""

    role: HolderRole
    name: str
    uscc: str | None = None
    share: int | None = None

    @property
    def normal(self) -> str:
        return normal_name(self.name)

    @property
    def key(self) -> str:
        """By which holders are the same: the credit code where it is known, else the name."""
        return self.uscc or self.normal


def read_holders(role: HolderRole, text: str) -> tuple[Holder, ...]:
    """The holders of a role as they are typed, one a line: name, credit code if any, part if any.

    `四川柠檬集团有限公司 91512000MA62K0000X 51%`. Raises `RuleBroken` (`INVALID`) at the role's field.
    """
    try:
        lines = holders_in(text)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, HOLDER_FIELDS[role], "INVALID") from None
    return read_each(role, lines)


def read_each(role: HolderRole, lines: Iterable[str]) -> tuple[Holder, ...]:
    """The holders of a role, each as `read_holder` takes one. Raises `RuleBroken` at the role's field."""
    found: list[Holder] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(read_holder(role, line))
        except RuleBroken as broken:
            raise RuleBroken(f"第 {number} 个：{broken}", HOLDER_FIELDS[role], "INVALID") from None
    check_holders(role, found)
    return tuple(found)


def holders_in(text: str, alone: bool = False) -> list[str]:
    """What a text says of each holder: one a line, or between semicolons.

    Commas are letters of a name as well: they separate where each part has its own share, or, where nothing
    else separates, each part is a name by itself. What may be one or several is asked (`RuleBroken`). With
    `alone` no comma separates.

    >>> holders_in("Tesla, Inc. 60%；A、B合伙企业 40%")
    ['Tesla, Inc. 60%', 'A、B合伙企业 40%']
    >>> holders_in("甲公司（60%），乙公司持股40%"), holders_in("李柠、王橙")
    (['甲公司 60%', '乙公司 40%'], ['李柠', '王橙'])
    """
    lines = [plain_holders(each) for each in re.split(r"[;\n]", half_width(text))]
    found: list[str] = []
    for line in filter(None, lines):
        parts = [] if alone else [each.strip() for each in COMMA.split(line) if each.strip()]
        if len(parts) < 2:
            found.append(line)
            continue
        coded = [False] * (len(parts) - 1) + [True]
        named, alone_here = all(map(is_name, parts)), len(lines) == 1
        if all(re.search(PART, each) for each in parts) or (alone_here and named):
            found += parts
        elif [bool(re.search(CODE, each)) for each in parts] == coded or not (alone_here or named):
            found.append(line)
        else:
            one = "写上信用代码，或在末尾加“；”" if alone_here else "写上信用代码"
            raise RuleBroken(
                f"“{line[:40]}”看不出是一个还是几个。几个的请一行写一个，或都用“；”隔开；是一个的{one}"
            )
    return found


def plain_holders(text: str) -> str:
    """Holders half-width, with a blank before codes and shares in place of marks and words: 张三：60%, 张三持股60%."""
    text = IN_BRACKETS.sub(r" \1 ", IDLE_ZEROS.sub(r"\1%", half_width(text)))
    text = re.sub(rf"[、,:](?=\s*(?:{PART}|{CODE}))", " ", text)
    text = BEFORE_SHARE.sub(r" \1 ", text)
    return " ".join(text.split())


def is_name(text: str) -> bool:
    """Whether a text can be a holder's name by itself: a person's, or a company's with its form."""
    return bool(
        NAME.fullmatch(FIGURE.sub("", re.sub(rf"\s*(?:{PART}|{CODE})\s*", "", text)).strip())
    )


def read_holder(role: HolderRole, line: str) -> Holder:
    """One line of holders. Raises `RuleBroken` for what is none."""
    uscc = share = None
    name, at_share = list[str](), 0
    for word in plain_holders(line).split():
        if match := SHARE.fullmatch(word):
            if share is not None:
                raise RuleBroken("有两个持股比例，请一行写一个，例如“张三 49%”")
            share = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
            at_share = len(name)
        elif len(word) == USCC_LENGTH and word.isalnum() and word.isascii():
            if uscc:
                raise RuleBroken("有两个信用代码，请一行写一个")
            uscc = parse_uscc(word)
        elif "%" in word:
            raise RuleBroken(f"持股比例“{word[:20]}”读不出，请写到小数点后两位，例如“33.33%”")
        else:
            name.append(word)
    written = " ".join(name).strip("、, ")
    if share is not None and 0 < at_share < len(name):
        raise RuleBroken(f"持股比例写在最后，后面的“{' '.join(name[at_share:])[:20]}”请删去")
    check_written(role, written)
    if not written or written == NOBODY or len(written) > HOLDER_NAME_LIMIT:
        raise RuleBroken("请写名称，例如“四川柠檬集团有限公司 51%”或“张三 49%”")
    if share is not None and (role is not HolderRole.SHAREHOLDER or not 0 < share <= WHOLE):
        raise RuleBroken("只有股东写持股比例，大于 0、不超过 100%，例如“张三 49%”")
    return Holder(role, written, uscc, share)


def check_written(role: HolderRole, name: str) -> None:
    """A holder is named, and no figure stands behind the name. Raises `RuleBroken`."""
    if DITTO.fullmatch(name):
        raise RuleBroken(f"请写名称，不写“{name}”")
    if (found := FIGURE.search(name)) and not NUMBERED.fullmatch(name):
        instead = "写持股比例请带 %，例如“甲实业 60%”；出资额不写在这里"
        if role is not HolderRole.SHAREHOLDER:
            instead = "这里只写名称和信用代码"
        raise RuleBroken(f"“{name[:40]}”里的“{found[0].rstrip(')]】')}”看不出是什么，{instead}")


def check_holders(role: HolderRole, found: Sequence[Holder]) -> None:
    """Nobody twice, no more than the whole, one legal representative. Raises `RuleBroken` at the field."""
    field, word = HOLDER_FIELDS[role], HOLDER_WORDS[role]
    most = 1 if role is HolderRole.LEGAL_REPRESENTATIVE else HOLDERS_MOST
    if len(found) > most:
        raise RuleBroken(f"{word}最多写 {most} 个，一行一个", field, "INVALID")
    keys = [each.key for each in found]
    if twice := next((each.name for each in found if keys.count(each.key) > 1), None):
        raise RuleBroken(f"{word}{twice}写了两次，请核对", field, "INVALID")
    total = sum(each.share or 0 for each in found)
    if total > WHOLE:
        raise RuleBroken(f"持股比例合计 {total / 100:g}%，超过 100%，请核对", field, "INVALID")


def written_holder(name: str, uscc: str | None, share: int | None) -> str:
    """A holder as it is typed."""
    part = "" if share is None else f"{share / 100:g}%"
    return " ".join(each for each in (name, uscc or "", part) if each)


@dataclass(frozen=True)
class Party:
    """A company and who controls it on a day: what conflicts and groups are told by."""

    id: int
    name: str
    uscc: str | None
    holders: tuple[Holder, ...] = ()

    def controllers(self) -> dict[str, Holder]:
        """Who controls it, by key: as such, or with more than half of it."""
        return {
            each.key: each
            for each in self.holders
            if each.role is HolderRole.CONTROLLER
            or (each.role is HolderRole.SHAREHOLDER and (each.share or 0) * 2 > WHOLE)
        }


def same_group(a: Party, b: Party) -> str | None:
    """Why two companies belong to one group: one controller, or one controls the other; else None.

    Companies are compared by their credit code where both have one, persons by their name, which
    may be that of two people: so it says, and people judge.
    """
    if a.id == b.id:
        return None
    ours, theirs = a.controllers(), b.controllers()
    for child, parent, controllers in ((a, b, ours), (b, a, theirs)):
        if {parent.uscc or "", normal_name(parent.name)} & controllers.keys():
            return f"{parent.name}控制{child.name}"
    common = [holder for key, holder in ours.items() if key in theirs]
    if not common:
        return None
    sure = any(each.uscc for each in common)
    names = "、".join(each.name for each in common)
    return f"同一控制人：{names}" if sure else f"控制人同名：{names}，请核对是否同一人"


class Scope(StrEnum):
    """What a token of a partner's opens beside what is published; without any, nothing else."""

    SIGNED_PROJECTS = "SIGNED_PROJECTS"  # 已签约项目


@dataclass(frozen=True)
class HeldPost:
    """A post held on the day of a request: the appointment's id, what it is, in which unit.

    `place` is the unit's, `group` the industry group whose office the unit is, `group_slug` its
    short name, which decides nothing. `acting_for` is the
    name of the person who is stood in for. `verifies` are the indicators that the rulebook of the day
    has the unit verify, `left_over` those of which it verifies only what still waits, since the
    rulebook names no unit any more. `scopes` are those of the token with which a partner comes.
    """

    post: Post
    id: int | None = None
    title: str = ""
    organization: int | None = None
    unit: str = ""
    place: int | None = None
    group: int | None = None
    group_slug: str = ""
    acting_for: str = ""
    verifies: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()


NO_POST = HeldPost(Post.PUBLIC)


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person with the posts held on the day, the main one first; or the public.

    Rights are the union of the posts'. Whoever holds none today sees what the public sees.
    """

    name: str = ""
    person: int | None = None
    posts: tuple[HeldPost, ...] = (NO_POST,)

    @property
    def signed_in(self) -> bool:
        return self.person is not None

    @property
    def main(self) -> HeldPost:
        """The post by which the person is shown; it decides nothing."""
        return self.posts[0]

    @property
    def post(self) -> Post:
        return self.main.post

    @property
    def organization(self) -> int | None:
        return self.main.organization

    @property
    def unit(self) -> str:
        return self.main.unit

    @property
    def place(self) -> int | None:
        return self.main.place

    @property
    def group(self) -> int | None:
        return self.main.group


PUBLIC = Viewer()


@dataclass(frozen=True)
class Term:
    """A post of one person in one unit, from a day to a day; `ends_on` None while it is open.

    `acting_for` is the appointment that it stands in for. `recorded_at` and `ended_at` are when the
    beginning and the end were written down, which may be on other days.
    """

    id: int
    organization: int
    post: Post
    main: bool
    starts_on: date
    ends_on: date | None
    acting_for: int | None
    recorded_at: datetime
    ended_at: datetime | None

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def held_at(self, at: datetime, day: date) -> bool:
        """Whether it was held at a moment, on that day of the city, by what was known then.

        What is written down later, of whatever day, changes nothing of it.
        """
        if self.recorded_at > at:
            return False
        if self.ended_at is not None and self.ended_at > at:
            return self.starts_on <= day
        return self.held_on(day)


def signed_as(
    terms: Iterable[Term],
    at: datetime,
    day: date,
    posts: Iterable[Post] = (),
    organization: int | None = None,
) -> Term | None:
    """The post in which somebody did something at `at`: of those held then by what was known then,
    one of `posts`, in `organization` where that is known, the main one, the oldest.
    """
    known, wanted = [each for each in terms if each.held_at(at, day)], set(posts)
    return min(
        known,
        key=lambda each: (
            bool(wanted) and each.post not in wanted,
            organization is not None and each.organization != organization,
            not each.main,
            each.acting_for is not None,
            each.id,
        ),
        default=None,
    )


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """Whether two spans share a day; an end of None is open."""
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])


def check_appointment(
    starts_on: date, ends_on: date | None, acting: tuple[date, date | None] | None
) -> None:
    """A post ends after it begins; standing in has an end, within the post stood in for.

    `acting` is the span of the post stood in for. Raises `RuleBroken` at its field.
    """
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("任职结束日期不能早于开始日期，请核对", "endsOn", "INVALID")
    if acting is None:
        return
    if ends_on is None:
        raise RuleBroken("代理（A/B 角）要写明结束日期", "endsOn", "INVALID")
    until = acting[1]
    if starts_on < acting[0] or (until is not None and ends_on > until):
        raise RuleBroken("代理期限要在被代理人任期之内，请核对日期", "endsOn", "INVALID")


def check_end(starts_on: date, known: date | None, ended: bool, ends_on: date, today: date) -> None:
    """A post is ended once, before its end that is known, never before it began. Raises `RuleBroken`.

    `known` is the last day that was given with it or when it was `ended`; a post that is over stays
    as it was held.
    """
    if ended:
        raise RuleBroken(f"这次任职已办理免职，到 {known} 为止，不能再改", "id", "INVALID")
    if known is not None and known < today:
        raise RuleBroken(f"这次任职已于 {known} 到期，不用再办免职", "id", "INVALID")
    if ends_on < starts_on:
        raise RuleBroken(f"任职自 {starts_on} 起，结束日期不能更早", "endsOn", "INVALID")
    if known is not None and ends_on > known:
        raise RuleBroken(
            f"任职到 {known} 为止，不能延后；延期请另登记一次任职", "endsOn", "INVALID"
        )
