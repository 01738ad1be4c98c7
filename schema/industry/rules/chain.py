"""Article 2: a group's chain: its nodes, what the city has of each, negotiates and lacks."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import islice

from schema.city.rules import RuleBroken, normal_name, search_key, search_term
from schema.project.rules.classes import class_names


class Position(StrEnum):
    """上游、中游、下游、支撑."""

    UPSTREAM = "UPSTREAM"
    MIDSTREAM = "MIDSTREAM"
    DOWNSTREAM = "DOWNSTREAM"
    SUPPORT = "SUPPORT"


class NodeState(StrEnum):
    """缺口、在谈补位、已有、暂无."""

    GAP = "GAP"
    TALKS = "TALKS"
    HAVE = "HAVE"
    NONE = "NONE"


def node_state(gap: bool, in_city: int, negotiating: int, whole: bool = True) -> NodeState | None:
    """How a node stands: a gap is what the group has marked as one, whatever is negotiated meanwhile.

    Of what is counted in part only, that there is something is known, that there is nothing is not: None.

    >>> node_state(True, 0, 2), node_state(False, 0, 2), node_state(False, 3, 2), node_state(False, 0, 0)
    (<NodeState.GAP: 'GAP'>, <NodeState.TALKS: 'TALKS'>, <NodeState.HAVE: 'HAVE'>, <NodeState.NONE: 'NONE'>)
    >>> node_state(False, 3, 2, whole=False), node_state(False, 0, 2, whole=False)
    (<NodeState.HAVE: 'HAVE'>, None)
    """
    if gap:
        return NodeState.GAP
    if in_city:
        return NodeState.HAVE
    if not whole:
        return None
    return NodeState.TALKS if negotiating else NodeState.NONE


@cache
def class_keys() -> dict[str, str]:
    """The search keys of the classes' names: characters, full pinyin, initials."""
    return {code: search_key(name) for code, name in class_names().items()}


def find_classes(text: str, first: int) -> list[str]:
    """The codes of the first classes that begin with these digits, or whose name has every word.

    >>> find_classes("345", 2), find_classes("gundongzhoucheng", 5)
    (['3451', '3452'], ['3451'])
    """
    words = [search_term(word) for word in text.split()]
    found = (
        code
        for code, key in class_keys().items()
        if all(code.startswith(word) or word in key for word in words)
    )
    return list(islice(found, first))


@cache
def node_key(text: str) -> str:
    """The search key of a node's name: `search_key`, kept, for a search looks at every node."""
    return search_key(text)


def is_found(text: str, no: str, name: str) -> bool:
    """Whether a search finds a node: each of its words in the number, or in the name, pinyin or initials.

    >>> is_found("zccl", "G1-01", "轴承齿轮"), is_found("g1-0 齿轮", "G1-01", "轴承齿轮"), is_found("刹车", "G1-01", "轴承")
    (True, True, False)
    """
    words = [search_term(word) for word in text.split()]
    return all(word in no.casefold() or word in node_key(name) for word in words)


def read_classes(text: str) -> str:
    """Codes of classes as people write them, parted by commas, blanks or 、; kept parted by blanks.

    Raises `RuleBroken` (`INVALID`) at `classes` for one that GB/T 4754-2017 does not have.
    """
    codes = [each for each in re.split(r"[\s,，;；、]+", text.strip()) if each]
    unknown = [each for each in codes if each not in class_names()]
    if unknown:
        raise RuleBroken(
            f"GB/T 4754-2017 没有小类“{unknown[0]}”，小类是四位数字，例如“3582”（口腔科用设备及器具制造）",
            "classes",
            "INVALID",
        )
    if not codes:
        raise RuleBroken("请填写至少一个四位的行业小类代码", "classes", "INVALID")
    return " ".join(dict.fromkeys(codes))


def gap_faults(gap: bool | None, reason: str | None, wish: str | None) -> Iterator[RuleBroken]:
    """A gap says why it is one, and what is wished for; what is none says neither."""
    if gap:
        if not reason:
            yield RuleBroken("缺口须写明原因，例如“本地无此类企业，整车厂外购”", "gapReason")
        if not wish:
            yield RuleBroken("缺口须写明想引进什么，例如“一家年产 10 万套的齿轮厂”", "wish")
    elif gap is False:
        for field, value in (("gapReason", reason), ("wish", wish)):
            if value:
                yield RuleBroken("没有标为缺口，这一项请留空", field, "INVALID")


def check_new_firm(name: str, there: Iterable[str]) -> None:
    """A firm stands once on a node, however its name is written. Raises `RuleBroken` at `name`."""
    for each in there:
        if normal_name(each) == normal_name(name):
            raise RuleBroken(f"“{each}”已计入这个环节", "name", "DUPLICATE")
