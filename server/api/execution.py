"""Documents of the graph: prepared once, run as often as they are asked for.

Pages, partners, widgets and commands share this path. It is Strawberry's own without parsing and
validating at every call: the same executor, resolvers, field extensions and scalars.
"""

import asyncio
import sys
from collections.abc import Awaitable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from inspect import CORO_CREATED, getcoroutinestate, isawaitable
from types import CoroutineType
from typing import Any, TypeGuard

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLSchema,
    NoFragmentCyclesRule,
    OperationDefinitionNode,
    OperationType,
    execute,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    specified_rules,
    validate,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.database import Unavailable
from schema.database.bounded import BoundedCache, CacheScope, compiled
from schema.query.compiler import CompiledQuery, NotCompilable
from server.api.act_variables import take_unreadable
from server.api.cost import CostFormula, cost_formula
from server.api.errors import original_exception, with_code
from server.api.limits import Limit, Measure, operations_of, parse_document

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
ERRORS_MOST = 20
TOKEN_BYTES = 550  # measured: what a token of a parsed document takes in memory


@dataclass(frozen=True, eq=False)
class Prepared:
    """A document that is valid and within the limits of shape."""

    schema: GraphQLSchema
    document: DocumentNode
    introspects: bool
    kept: CacheScope

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of that name, or the only one. Raises GraphQLError when neither can be had."""
        chosen = [each for each in self.operations if name is None or name == name_of(each)]
        if len(chosen) == 1:
            return chosen[0]
        names = "、".join(filter(None, map(name_of, self.operations)))
        message = f"请用 operationName 指明执行哪一个操作：{names}" if names else "文档中没有操作"
        raise GraphQLError(message, extensions={"code": "OPERATION"})

    def cost(self, name: str | None) -> CostFormula:
        """What the operation costs, as a formula of its variables."""
        operation = self.operation(name)
        key = name_of(operation)
        if key not in self._costs:
            self._costs[key] = cost_formula(self.schema, self.document, operation)
        return self._costs[key]

    @cached_property
    def operations(self) -> list[OperationDefinitionNode]:
        return operations_of(self.document)

    def compiled(
        self, operation: OperationDefinitionNode, schema: strawberry.Schema
    ) -> CompiledQuery:
        """The plans of one of its queries."""
        key = name_of(operation)
        if key not in self._compiled:
            fragments = {
                each.name.value: each
                for each in self.document.definitions
                if isinstance(each, FragmentDefinitionNode)
            }
            self._compiled[key] = CompiledQuery(
                self.schema, operation, fragments, schema, self.kept
            )
        return self._compiled[key]

    @cached_property
    def _compiled(self) -> dict[str | None, CompiledQuery]:
        return {}

    @cached_property
    def _costs(self) -> dict[str | None, CostFormula]:
        return {}


def name_of(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


class Graph:
    """A Strawberry schema, ready to run documents."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        seconds: float = Limit.SECONDS.most,
        cache: BoundedCache = compiled,
    ) -> None:
        if schema.extensions or schema.directives:
            # They would never be called: limits, caches and masking are this package's own.
            raise TypeError("schema extensions and operation directives are not run here")
        self.schema = schema
        self.core = schema._schema
        self._seconds, self._cache = seconds, cache
        self._executor = type("Executor", (NotesItems, schema.execution_context_class), {})
        self._raw_executor = type("RawExecutor", (PythonLeaves, self._executor), {})

    def prepare(self, text: str, *, trusted: bool = False) -> Prepared | list[GraphQLError]:
        """The document ready to run, or the errors for which it is refused, with `extensions.code`.

        LIMIT names a limit, SYNTAX and VALIDATION are the specification's. A `trusted` document is
        that of one of our own pages: it may be of any shape, and the caller keeps it.
        """
        key = (self, text)
        if kept := self._cache.get(key):
            assert isinstance(kept, Prepared)
            return kept
        try:
            document = parse(text, no_location=True) if trusted else parse_document(text)
            measure = Measure(document)
            if not trusted:
                measure.check()
        except GraphQLError as error:
            return [with_code(error, "SYNTAX")]
        # A cycle hides the true shape, so no other rule is run on such a document.
        rules = (NoFragmentCyclesRule,) if measure.cyclic else RULES
        if errors := validate(self.core, document, rules, ERRORS_MOST, hide_suggestions=True):
            return [with_code(error, "VALIDATION") for error in errors]
        scope = CacheScope(self._cache)
        prepared = Prepared(self.core, document, measure.introspects, scope)
        if not trusted:
            self._cache.put(key, prepared, document_size(text, document), scope=scope)
        return prepared

    async def answer(
        self,
        prepared: Prepared,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        context: Any,
    ) -> ExecutionResult:
        """As `run`, but `data` may be JsonText, written by the database.

        What a query has no plan for, and whatever is wrong with it, goes through graphql-core.
        """
        operation = prepared.operation(operation_name)
        if operation.operation is OperationType.QUERY and not prepared.introspects:
            compiled = prepared.compiled(operation, self.schema)

            async def rest(document: DocumentNode) -> Mapping[str, Any]:
                left = replace(prepared, document=document)
                result = await self.run(left, operation_name, variables, context)
                if result.errors or result.data is None:
                    raise NotCompilable("part of it has errors")
                return result.data

            try:
                async with asyncio.timeout(self._seconds):
                    text = await compiled.answer(variables or {}, context, rest)
                return ExecutionResult(text, None)  # type: ignore[arg-type]
            except (NotCompilable, GraphQLError):
                pass
        return await self.run(prepared, operation_name, variables, context)

    async def run(
        self,
        prepared: Prepared,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        context: Any,
        *,
        raw: bool = False,
        patient: bool = False,
    ) -> ExecutionResult:
        """The answer to a query or a mutation; its errors are as they were raised, not yet masked.

        With `raw`, enums and custom scalars stay what the resolvers returned (an enum's member,
        `date`, `datetime`, fen), for templates to format. Ids, texts, numbers and truth values are
        the same either way. An answer without data and with an error that has no path means that
        nothing was executed. Raises TimeoutError when a query takes too long; acts are let finish,
        and so is a query that is asked `patient`, for a file that takes its time. Raises Unavailable
        where the database cannot answer, unless another act of the document was done before.
        """
        operation = prepared.operation(operation_name)
        given = dict(variables or {})
        if unreadable := take_unreadable(self.core, operation, given):
            context.unreadable = unreadable
        hurried = operation.operation is OperationType.QUERY and not patient
        with closing(StartedWork()) as started:
            async with asyncio.timeout(self._seconds if hurried else None):
                result = execute(
                    self.core,
                    prepared.document,
                    context_value=context,
                    variable_values=given,
                    operation_name=operation_name,
                    executor_class=self._raw_executor if raw else self._executor,
                    is_awaitable=started.is_awaitable,
                    max_coercion_errors=ERRORS_MOST,
                    hide_suggestions=True,
                    operation_extensions=None,
                )
                answer = await result if isawaitable(result) else result
        if trouble := outage(answer, operation.operation):
            raise trouble
        return answer


class StartedWork:
    """The coroutines of one execution, so that none is left behind that was never awaited.

    graphql-core makes those of a whole level before it awaits the first. Where a neighbour fails
    or time runs out, the rest are dropped, and Python warns of each when memory is cleared.
    """

    def __init__(self) -> None:
        self._coroutines: list[CoroutineType[Any, Any, Any]] = []

    def is_awaitable(self, value: Any) -> TypeGuard[Awaitable[Any]]:
        if not optimized_is_awaitable(value):
            return False
        if isinstance(value, CoroutineType):
            self._coroutines.append(value)
        return True

    def close(self) -> None:
        for each in self._coroutines:
            if getcoroutinestate(each) == CORO_CREATED:
                each.close()


def outage(answer: ExecutionResult, kind: OperationType) -> Unavailable | None:
    """The database's trouble that leaves nothing of an answer worth giving."""
    acts = kind is OperationType.MUTATION
    if acts and any((answer.data or {}).values()):
        return None
    for each in answer.errors or ():
        if isinstance(trouble := original_exception(each), Unavailable):
            # Below an act's own field, its payload is read again after it is stored.
            stored = acts and len(each.path or ()) > 1
            return Unavailable(trouble.reason, uncertain=trouble.uncertain or stored)
    return None


def document_size(text: str, document: DocumentNode) -> int:
    """About how many bytes a document takes: a long comment counts as well as many tokens."""
    return sys.getsizeof(text) + TOKEN_BYTES * document.token_count


class NotesItems:
    """An executor that shows what it waits for of a list's items to `is_awaitable`, as all else."""

    def complete_list_item_value(self, item: Any, results: list[Any], *rest: Any) -> bool:
        waits: bool = super().complete_list_item_value(item, results, *rest)  # type: ignore[misc]
        if waits:
            self.is_awaitable(results[-1])  # type: ignore[attr-defined]
        return waits


class PythonLeaves:
    """An executor that leaves enums and custom scalars as Python values."""

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        if is_specified_scalar_type(return_type) or is_introspection_type(return_type):
            return return_type.coerce_output_value(result)
        if isinstance(return_type, CustomGraphQLEnumType) and not isinstance(result, Enum):
            return return_type.wrapped_cls(result)
        return result
