"""How much one call may ask, the same on every way in: each limit with its number and its words.

A document is refused for its size while it is read, for its shape before it is validated, and for
its cost (cost.py) before it is executed. The shape of a fragment is computed once however often
it is spread, so a bomb of nested fragments costs no more to refuse than it cost to write.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)

from server.api.errors import error

NUL = re.compile(r"\\u(0000|\{0+\})")  # as a string of the document may spell it


class Limit(Enum):
    """What is limited: the most allowed, its words and unit, and what to do instead."""

    URL = 16 * 1024, "网址", "字节", "改用 POST"
    HEADERS = 100, "请求头", "个", "删去多余的请求头"
    HEADER_BYTES = 32 * 1024, "请求头总长", "字节", "删去多余的请求头"
    COOKIE = 8 * 1024, "Cookie 总长", "字节", "清除本站 Cookie 后重新登录"
    BODY = 256 * 1024, "未登录时的请求体", "字节", "缩短请求，或登录后再发"
    UPLOAD = 12 * 1024 * 1024, "请求体", "字节", "分几次发送"
    VALUES = 20_000, "请求体中的值（按逗号计）", "个", "分几次发送"
    DOCUMENT = 32 * 1024, "查询文档", "字节", "把长文本放进变量"
    TOKENS = 1_000, "查询文档", "个词元", "分成几次查询"
    DEPTH = 12, "字段嵌套", "层", "分成几次查询"
    ALIASES = 15, "别名（片段展开后）", "个", "分成几次查询"
    SELECTIONS = 1_000, "选择项（片段展开后）", "个", "分成几次查询"
    REPEATS = 30, "同一位置的同名字段", "次", "合并重复的字段"
    PAGE = 100, "每页条数 first、last", "条", "用 after 翻页"
    NODES = 5_000, "一次查询的对象（乘以条数）", "个", "减小 first、last，用 after 翻页"
    COST = 50_000, "一次查询的字段（乘以条数）", "个", "减小 first、last，或少取字段"
    SECONDS = 10, "一次查询的用时", "秒", "缩小范围再查"

    def __init__(self, most: int, words: str, unit: str, advice: str) -> None:
        self.most, self.words, self.unit, self.advice = most, words, unit, advice

    def exceeded(self, found: int | None = None, node: Node | None = None) -> GraphQLError:
        here = ""
        if found is not None:
            # A bomb's number has no end; nobody reads past a billion.
            here = f"，这里是 {found:,}" if found < 10**9 else "，这里超过 10 亿"
        return GraphQLError(
            f"{self.words}最多 {self.most:,} {self.unit}{here}。请{self.advice}",
            node,
            extensions={"code": "LIMIT", "limit": self.name.lower(), "most": self.most},
        )


def parse_document(text: str) -> DocumentNode:
    """The parsed document. Raises GraphQLError if it is too long or too deep, or is no GraphQL."""
    if NUL.search(text):
        raise error("MALFORMED", "查询文档中不能有空字符（U+0000），请删去后再试")
    if (size := len(text.encode("utf-8", "surrogatepass"))) > Limit.DOCUMENT.most:
        raise Limit.DOCUMENT.exceeded(size)
    try:
        return parse(text, max_tokens=Limit.TOKENS.most)
    except GraphQLError as refused:
        # graphql-core tells these from other errors of syntax by their last words alone.
        if refused.message.endswith("tokens. Parsing aborted."):
            raise Limit.TOKENS.exceeded() from None
        if refused.message.endswith("nested too deeply. Parsing aborted."):
            raise Limit.DEPTH.exceeded() from None
        raise


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def asks_only_name(node: FieldNode) -> bool:
    """Whether a type of that name exists: no secret, since every refused field tells as much."""
    return node.name.value == "__type" and all(
        isinstance(each, FieldNode) and each.name.value in ("name", "kind", "__typename")
        for each in (node.selection_set.selections if node.selection_set else ())
    )


class Shape(NamedTuple):
    """A selection set as it is with its fragments written out."""

    selections: int = 0
    aliases: int = 0
    depth: int = 0


@dataclass
class Place:
    """How often a field is asked under one name in one place of the answer."""

    times: int = 0
    below: dict[str, "Place"] = field(default_factory=dict)


class Measure:
    """The shape of a document. `visits` counts the selections looked at: each one written, once."""

    def __init__(self, document: DocumentNode) -> None:
        self.visits = 0
        self.cyclic = False
        self.introspects = False
        self._operations = operations_of(document)
        self._fragments = fragments_of(document)
        self._known: dict[str, Shape | None] = {}

    def check(self) -> None:
        """Raises GraphQLError for the first limit that the document exceeds."""
        total, roots = 0, []
        for root in self._roots():
            shape = self.shape(root.selection_set)
            total += shape.selections
            roots.append(root)
            for limit, found in (
                (Limit.DEPTH, shape.depth),
                (Limit.ALIASES, shape.aliases),
                (Limit.SELECTIONS, total),
            ):
                if found > limit.most:
                    raise limit.exceeded(found, root)
        for root in () if self.cyclic else roots:
            self._check_repeats(root.selection_set, Place())

    def _roots(self) -> Iterator[OperationDefinitionNode | FragmentDefinitionNode]:
        """The operations, and the fragments that none of them spreads: validation reads both."""
        yield from self._operations
        for name, fragment in self._fragments.items():
            if name not in self._known:
                yield fragment

    def shape(self, selection_set: SelectionSetNode) -> Shape:
        selections = aliases = depth = 0
        for node in selection_set.selections:
            self.visits += 1
            inner = self._within(node)
            selections += 1 + inner.selections
            aliases += inner.aliases
            depth = max(depth, inner.depth)
        return Shape(selections, aliases, depth)

    def _within(self, node: SelectionNode) -> Shape:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        assert isinstance(node, FieldNode | InlineFragmentNode)
        inner = self.shape(node.selection_set) if node.selection_set else Shape()
        if isinstance(node, InlineFragmentNode):
            return inner
        depth = 1 + inner.depth
        if node.name.value in ("__schema", "__type"):
            # Tools ask for types nine levels deep, and graphql-core has its own rule for that.
            depth = 1
            self.introspects = self.introspects or not asks_only_name(node)
        return Shape(inner.selections, inner.aliases + (node.alias is not None), depth)

    def _fragment(self, name: str) -> Shape:
        if name not in self._fragments:
            return Shape()
        if name not in self._known:
            self._known[name] = None
            self._known[name] = self.shape(self._fragments[name].selection_set)
        shape = self._known[name]
        self.cyclic = self.cyclic or shape is None
        return shape or Shape()

    def _check_repeats(self, selection_set: SelectionSetNode, place: Place) -> None:
        """Validation compares every two fields that answer under one name in one place.

        Here fragments are written out, which is safe now that the number of selections is known.
        """
        for node in selection_set.selections:
            if isinstance(node, FragmentSpreadNode):
                if fragment := self._fragments.get(node.name.value):
                    self._check_repeats(fragment.selection_set, place)
                continue
            assert isinstance(node, FieldNode | InlineFragmentNode)
            here = place
            if isinstance(node, FieldNode):
                here = place.below.setdefault((node.alias or node.name).value, Place())
                here.times += 1
                if here.times > Limit.REPEATS.most:
                    raise Limit.REPEATS.exceeded(node=node)
            if node.selection_set:
                self._check_repeats(node.selection_set, here)
