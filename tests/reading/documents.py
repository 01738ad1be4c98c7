"""Documents made up over the real schema: aliases, fragments, directives, variables, pages, filters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from schema.query.fields import metadata_of
from schema.query.loaders import write_cursor
from schema.query.sql import Order, Seek

ROOTS = (
    "projects",
    "companies",
    "organizations",
    "agreements",
    "transfers",
    "credits",
    "judgementQueue",
    "project",
    "group",
    "places",
    "groups",
    "viewer",
)
FILTERS: dict[str, tuple[str, ...]] = {
    "projects": (
        "{stage: [JUDGED, SIGNED]}",
        '{text: "kq"}',
        '{landingPlace: {slug: ["hightech"]}}',
        '{investor: {text: "装备"}, amount: {min: "1亿"}}',
        "{disputed: false}",
        "{transferred: true}",
        '{signedOn: {since: "2026-01-01"}}',
        "{stage: []}",
    ),
    "companies": ('{text: "sichuan"}', "{uscc: []}"),
    "organizations": ("{kind: [OFFICE, PLACE]}",),
    "agreements": ("{kind: [FORMAL]}",),
    "credits": ("{role: [LANDING]}", '{place: {slug: ["hightech"]}}'),
    "judgementQueue": ("{disputed: false}",),
    "transfers": ("{state: [TAKEN_UP]}", '{toPlace: {slug: ["hightech"]}}'),
}
OF_FIELDS = (GraphQLObjectType, GraphQLInterfaceType)
PLAIN = {"facet", "to_one", "has_many", "has_one", "connection", "function"}
ORDERS = {
    "projects": ("REPORTED_AT", "UPDATED_AT", "AMOUNT", "SIGNED_ON", "PAID_IN_FUNDS", "DUE_AT"),
    "companies": ("NAME", "CREATED_AT"),
}


@dataclass
class Maker:
    """Makes one document; `variables` are what it is asked with."""

    schema: GraphQLSchema
    random: Random
    numbers: tuple[str, ...]
    declared: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)

    def document(self) -> str:
        query = self.schema.query_type
        assert query is not None
        roots = self.random.sample(ROOTS, self.random.choice((1, 1, 1, 2, 3)))
        body = " ".join(
            self.root(f"r{index}", name, query.fields[name]) for index, name in enumerate(roots)
        )
        declared = ", ".join(f"${name}: {kind}" for name, kind in self.declared.items())
        return f"query Made{f'({declared})' if declared else ''} {{ {body} }} {' '.join(self.fragments)}"

    def root(self, alias: str, name: str, declared: GraphQLField) -> str:
        parts: list[str] = []
        if name == "project":
            parts.append(f"no: {self.given('String!', self.random.choice(self.numbers))}")
        if name == "group":
            parts.append('slug: "modern-agriculture"')
        if "first" in declared.args:
            parts += self.window()
        if name in FILTERS and self.random.random() < 0.5:
            parts.append(f"filter: {self.random.choice(FILTERS[name])}")
        if name in ORDERS and self.random.random() < 0.6:
            direction = self.random.choice(("ASC", "DESC"))
            parts.append(
                f"orderBy: {{field: {self.random.choice(ORDERS[name])}, direction: {direction}}}"
            )
        called = f"{alias}: {name}" if self.random.random() < 0.5 else name
        arguments = f"({', '.join(parts)})" if parts else ""
        return f"{called}{arguments} {self.selection(declared, 4)}"

    def window(self) -> list[str]:
        size = self.random.randint(1, 6)
        word = self.random.choice(("first", "first", "first", "last"))
        return [f"{word}: {self.given('Int', size)}"] if self.random.random() < 0.8 else []

    def nested_window(self, list_name: str, order: Order) -> list[str]:
        """Of a page below a row: the first or the last rows, within cursors of the list or of another."""
        parts = []
        if self.random.random() < 0.8:
            size = self.given("Int", self.random.randint(1, 4))
            parts.append(f"{self.random.choice(('first', 'last'))}: {size}")
        for argument in ("after", "before"):
            if self.random.random() < 0.3:
                key = self.random.randint(1, 30)
                cursor = write_cursor(list_name, order, Seek(key, key))
                wrong = self.random.random() < 0.05
                parts.append(f"{argument}: {self.given('String', '00' if wrong else cursor)}")
        return parts

    def given(self, kind: str, value: Any) -> str:
        """The value as a literal, or by a variable."""
        if self.random.random() < 0.5:
            return f'"{value}"' if isinstance(value, str) else str(value)
        name = f"v{len(self.declared)}"
        self.declared[name], self.variables[name] = kind, value
        return f"${name}"

    def selection(self, declared: GraphQLField, depth: int) -> str:
        of = get_named_type(declared.type)
        assert isinstance(of, OF_FIELDS)
        wanted: Callable[[str], bool] = lambda name: self.worth(of.fields[name], depth)  # noqa: E731
        names = [name for name in of.fields if wanted(name)]
        chosen = self.random.sample(names, min(len(names), self.random.randint(1, 6)))
        if self.random.random() < 0.15:
            chosen.append("__typename")
        if of.name.endswith("Connection") and "nodes" not in chosen and "edges" not in chosen:
            chosen.append("nodes")
        parts = [self.part(of, name, depth) for name in dict.fromkeys(chosen)]
        return f"{{ {' '.join(parts or ['__typename'])} }}"

    def worth(self, declared: GraphQLField, depth: int) -> bool:
        about = metadata_of(declared)
        if any(map(is_required_argument, declared.args.values())):
            return False  # nothing is made up for it
        if is_leaf_type(get_named_type(declared.type)):
            return True
        if depth == 0 or not isinstance(get_named_type(declared.type), OF_FIELDS):
            return False
        plain = PLAIN & set(about) or not about
        return bool(plain) and self.random.random() < 0.7

    def part(self, of: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        if name == "__typename":
            return name
        declared = of.fields[name]
        text = name
        about = metadata_of(declared)
        if "connection" in about and self.random.random() < 0.7:
            window = self.nested_window(f"{of.name}.{name}", about["default"])
            text += f"({', '.join(window)})" if window else ""
        if not is_leaf_type(get_named_type(declared.type)):
            text += f" {self.selection(declared, depth - 1)}"
        chance = self.random.random()
        if chance < 0.1:
            text = f"other{name.title()}: {text}"
        elif chance < 0.2:
            holds = self.given("Boolean!", self.random.choice((True, False))).lower()
            text = f"... @{self.random.choice(('include', 'skip'))}(if: {holds}) {{ {text} }} __typename"
        elif chance < 0.3:
            text = f"... on {of.name} {{ {text} }}"
        elif chance < 0.4:
            fragment = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {fragment} on {of.name} {{ {text} }}")
            text = f"...{fragment}"
        return text
