"""Every document under templates/, joined with its fragments and validated when the process starts.

A page is a pair: NAME.graphql says what it asks and what its forms send, NAME.html how it looks. A
partial is a pair too: `_name.html` with `_name.graphql`, its fragment and what its own forms send:
a page whose query spreads the fragment has those forms. A wrong document stops the start.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from graphql import (
    ArgumentNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputType,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    type_from_ast,
    visit,
)

from server.api.execution import Graph, Prepared


class BadDocument(Exception):
    """A document that does not fit the schema; the message names its file."""


@dataclass(frozen=True)
class Variable:
    """A variable of an operation: its type, its default as a Python value, and its words.

    The words are those of the argument that it is given to first, or else its name.
    """

    name: str
    type: GraphQLInputType
    default: object = None
    label: str = ""


@dataclass(frozen=True)
class Operation:
    """One query or mutation of a page, ready to run."""

    name: str
    source: str
    prepared: Prepared
    node: OperationDefinitionNode

    @cached_property
    def variables(self) -> list[Variable]:
        found = []
        for each in self.node.variable_definitions or ():
            kind = type_from_ast(self.prepared.schema, each.type)
            default = getattr(each.default_value, "value", None)
            if kind is not None:
                name = each.variable.name.value
                label = self._arguments.get(name, name)
                found.append(Variable(name, kind, default, label))  # type: ignore[arg-type]
        return found

    @cached_property
    def _arguments(self) -> dict[str, str]:
        """The words of the arguments to which variables are given, by the variables' names."""
        types = TypeInfo(self.prepared.schema)
        found: dict[str, str] = {}

        class Collect(Visitor):
            def enter_argument(self, node: ArgumentNode, *_: object) -> None:
                known = types.get_argument()
                if isinstance(node.value, VariableNode) and known and known.description:
                    words = re.split("[，（；]", known.description)[0]
                    found.setdefault(node.value.name.value, words)

        visit(self.prepared.document, TypeInfoVisitor(types, Collect()))
        return found

    @cached_property
    def act(self) -> str:
        """The root field that a mutation sends."""
        selection = self.node.selection_set.selections[0]
        return selection.name.value  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True)
class Document:
    """What a page asks, and the acts that its forms may send, by the operation's name."""

    name: str
    query: Operation | None = None
    mutations: dict[str, Operation] = field(default_factory=dict)


def load_documents(folder: Path, graph: Graph) -> dict[str, Document]:
    """All documents by their path without its ending. Raises BadDocument for the first wrong one."""
    parsed = {
        path: parse(path.read_text(), no_location=True)
        for path in sorted(folder.rglob("*.graphql"))
    }
    fragments = {
        node.name.value: node
        for document in parsed.values()
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    sent_beside = {
        node.name.value: mutations_of(document)
        for document in parsed.values()
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    return {
        document_name(folder, path): build_document(
            document_name(folder, path), document, fragments, sent_beside, graph
        )
        for path, document in parsed.items()
        if not path.name.startswith("_")
    }


def document_name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def mutations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.operation.value == "mutation"
    ]


def build_document(
    name: str,
    document: DocumentNode,
    fragments: dict[str, FragmentDefinitionNode],
    sent_beside: dict[str, list[OperationDefinitionNode]],
    graph: Graph,
) -> Document:
    """`sent_beside` are the mutations of a fragment's file, by the fragment's name."""
    queries: list[Operation] = []
    mutations: dict[str, Operation] = {}
    own = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    spread = [each.name.value for node in own for each in fragments_used(node, fragments)]
    beside = [node for each in dict.fromkeys(spread) for node in sent_beside[each]]
    for node in (*own, *(each for each in beside if each not in own)):
        if node.name is None:
            raise BadDocument(f"{name}.graphql: every operation needs a name")
        needed = fragments_used(node, fragments)
        source = print_ast(DocumentNode(definitions=(node, *needed)))
        prepared = graph.prepare(source, trusted=True)
        if isinstance(prepared, list):
            raise BadDocument(f"{name}.graphql: " + "; ".join(error.message for error in prepared))
        operation = Operation(node.name.value, source, prepared, node)
        if node.operation.value == "query":
            queries.append(operation)
        else:
            mutations[operation.name] = operation
    if len(queries) > 1:
        raise BadDocument(f"{name}.graphql: a page asks one query, not {len(queries)}")
    return Document(name, queries[0] if queries else None, mutations)


def fragments_used(
    node: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """Every fragment that an operation spreads, directly or through another."""
    needed: dict[str, FragmentDefinitionNode] = {}
    waiting = list(fragment_spreads(node))
    while waiting:
        each = waiting.pop()
        if each not in needed and each in fragments:
            needed[each] = fragments[each]
            waiting += fragment_spreads(fragments[each])
    return list(needed.values())


def fragment_spreads(node: OperationDefinitionNode | FragmentDefinitionNode) -> Iterator[str]:
    found: list[str] = []

    class Collect(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            found.append(spread.name.value)

    visit(node, Collect())
    return iter(found)
