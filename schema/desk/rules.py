"""Saved views: with whom one may be shared, and what of a list's address it keeps. How long drafts stay."""

from collections.abc import Collection
from enum import StrEnum
from urllib.parse import parse_qsl

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import Number

DRAFT_KEPT = Number("draft.kept", "草稿的保存期", "其他", unit="日", least=1, most=366)


class Audience(StrEnum):
    """Who sees a saved view: its author, the author's unit, everybody."""

    ME = "ME"
    UNIT = "UNIT"
    ALL = "ALL"


def audiences(*, in_a_unit: bool, curator: bool) -> list[Audience]:
    """With whom somebody may share. A curator also withdraws what is shared: the office.

    >>> audiences(in_a_unit=True, curator=False)
    [<Audience.ME: 'ME'>, <Audience.UNIT: 'UNIT'>]
    """
    unit = [Audience.UNIT] if in_a_unit else []
    return [Audience.ME, *unit, *([Audience.ALL] if curator else [])]


def check_audience(shared: Audience, *, in_a_unit: bool, curator: bool) -> None:
    """Raises RuleBroken (RULE, `shared`) for an audience that is not this person's to choose."""
    if shared in audiences(in_a_unit=in_a_unit, curator=curator):
        return
    if shared is Audience.ALL:
        message = "全市共享的视图由领导小组办公室保存，请改选本单位或本人"
    else:
        message = "您没有所属单位，请改选本人"
    raise RuleBroken(message, "shared", "RULE")


def check_shared(shared: Audience) -> None:
    """Raises RuleBroken (RULE, `view`) where there is nothing to withdraw."""
    if shared is Audience.ME:
        raise RuleBroken("这个视图没有共享给别人，不用撤下", "view", "RULE")


def check_query(query: str, keys: Collection[str]) -> str:
    """The query string without its question mark. `keys` are those that the list reads.

    Raises RuleBroken (INVALID, `query`) naming every other key: what the list would not read, a view
    must not seem to keep.
    """
    query = query.removeprefix("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise RuleBroken(
            "查询串请写成 名称=值，用 & 连接，例如 stage=SIGNED&amount.min=10亿", "query", "INVALID"
        ) from None
    unknown = sorted({key for key, _ in pairs} - set(keys))
    if unknown:
        raise RuleBroken(
            f"这个列表没有这些条件，请去掉后再保存：{'、'.join(unknown)}", "query", "INVALID"
        )
    return query
