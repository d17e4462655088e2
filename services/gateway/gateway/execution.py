"""From a request's text to its answer: parse, limit, validate, execute, and mask what must not be told."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import gevent
import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values
from graphql.utilities import get_operation_ast
from graphql.validation import MaxIntrospectionDepthRule

from gateway import limits
from gateway.completion import TolerantExecution, is_server_fault
from gateway.context import Context
from gateway.cost import Cost, estimate, introspections, root_fields
from gateway.errors import INTERNAL, graphql_error
from gateway.plan import Plan, compiled
from gateway.requested import field_names, optional_parts
from kit.caches import BoundedCache
from kit.errors import DomainError, Unavailable
from kit.logs import log

# Documents that are cached: how many, and how many bytes they take together. One takes about 600 bytes a token, with its
# plan, and has at most 1,000.
MAX_DOCUMENTS, MAX_DOCUMENT_BYTES = 500, 64_000_000
TOKEN_BYTES = 600
# Answers about the schema, which takes a tenth of a second and more to read out; a few texts are sent again and again.
MAX_SCHEMA_ANSWERS, MAX_SCHEMA_BYTES = 20, 60_000_000
JSON_FACTOR = 10  # about how much more memory an answer takes than its JSON
SCHEMA_WAIT_SECONDS = 3.0  # for others who read the schema


class RequestRejected(Exception):
    """The operation is not run; `errors` say why, and the answer's status is 400 where the media type allows."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


@dataclass
class Prepared:
    """An operation's document, parsed, limited and validated, with what was worked out about it."""

    document: DocumentNode
    costs: dict[str | None, Cost] = field(default_factory=dict)  # by operation, of those that no variable changes
    plans: dict[str | None, Plan | None] = field(default_factory=dict)
    selected: dict[str | None, Counter[str]] = field(default_factory=dict)

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of all fields that it selects."""
        return field_names(self.document)

    @cached_property
    def optional_parts(self) -> str | None:
        """What it can want of people, groups and discussions; see `gateway.requested`."""
        return optional_parts(self.field_names)

    def root_fields(self, operation: OperationDefinitionNode) -> Counter[str]:
        """How often one of its operations selects each root field; counted once, because every request asks."""
        name = operation.name.value if operation.name else None
        found = self.selected.get(name)
        if found is None:
            found = self.selected[name] = root_fields(self.document, operation)
        return found


@dataclass(frozen=True)
class Engine:
    """Runs operations on one schema."""

    schema: GraphQLSchema
    plans: bool
    documents: BoundedCache[tuple[str, bool], Prepared | tuple[GraphQLError, ...]]
    schema_answers: BoundedCache[tuple[str, str | None, bytes], dict[str, Any]] = field(
        default_factory=lambda: BoundedCache(
            MAX_SCHEMA_ANSWERS, bytes=MAX_SCHEMA_BYTES, size=lambda _, data: JSON_FACTOR * len(orjson.dumps(data))
        )
    )
    reading_schema: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, schema: GraphQLSchema, *, plans: bool = True) -> Engine:
        """An engine that keeps the documents it has parsed and validated.

        Args:
            plans: whether queries are compiled.
        """

        return cls(schema, plans, BoundedCache(MAX_DOCUMENTS, bytes=MAX_DOCUMENT_BYTES, size=_document_bytes))

    def _validated(self, source: str, introspection: bool) -> Prepared | tuple[GraphQLError, ...]:
        try:
            document = parse(source, no_location=False, max_tokens=limits.MAX_TOKENS)
        except GraphQLError as error:
            return (_coded(error, "GRAPHQL_PARSE_FAILED"),)
        try:
            limits.check(document)
        except limits.TooComplex as error:
            return (graphql_error(error),)
        rules = [*specified_rules, MaxIntrospectionDepthRule]
        if not introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        # Without introspection, an error must not tell names of the schema that the client did not use.
        errors = validate(
            self.schema, document, rules, max_errors=limits.MAX_ERRORS, hide_suggestions=not introspection
        )
        return tuple(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors) or Prepared(document)

    def has_cached(self, source: str, *, introspection: bool) -> bool:
        """Whether a text need not be parsed and validated, because that was done before."""
        return self.documents.get((source, introspection)) is not None

    def prepare(self, source: str, *, introspection: bool) -> Prepared:
        """The operation of a source text, limited and validated.

        Raises:
            RequestRejected: it is above a limit, does not parse or is not valid.
        """
        if len(source) > limits.MAX_SOURCE_CHARACTERS:
            raise RequestRejected(
                [
                    graphql_error(
                        limits.TooComplex(f"A query may have at most {limits.MAX_SOURCE_CHARACTERS} characters.")
                    )
                ]
            )
        key = (source, introspection)
        found = self.documents.get(key)
        if found is None:
            found = self._validated(source, introspection)
            self.documents.put(key, found)
        if isinstance(found, tuple):
            raise RequestRejected(list(found))
        return found

    @staticmethod
    def operation(prepared: Prepared, name: str | None) -> OperationDefinitionNode:
        """The named operation, or the only one.

        Raises:
            RequestRejected: the document has no such operation, or several and none is named.
        """
        operation = get_operation_ast(prepared.document, name)
        if operation is None:
            message = (
                f"Unknown operation named {name!r}."
                if name
                else "Must provide operation name if query contains multiple operations."
            )
            raise RequestRejected([GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})])
        return operation

    def variables(
        self, operation: OperationDefinitionNode, given: dict[str, Any] | None, *, hide_suggestions: bool = False
    ) -> dict[str, Any]:
        """The values of an operation's variables, coerced to their types, with defaults.

        Args:
            hide_suggestions: whether errors must not tell names that the client did not use.

        Raises:
            RequestRejected: they do not fit.
        """
        if not operation.variable_definitions:
            return {}
        values = get_variable_values(
            self.schema, operation.variable_definitions, given or {}, limits.MAX_ERRORS, hide_suggestions
        )
        if isinstance(values, list):
            raise RequestRejected([_coded(error, "BAD_USER_INPUT") for error in values])
        return values

    def cost(self, prepared: Prepared, operation: OperationDefinitionNode, values: dict[str, Any]) -> Cost:
        """Estimate what an operation costs with these variables.

        Only a cost that no variable changes is cached: any key made of variables would have to spell them as
        graphql-core reads them.

        Args:
            values: from `variables`.

        Raises:
            RequestRejected: too much.
        """
        name = operation.name.value if operation.name else None
        if name in prepared.costs:
            return prepared.costs[name]
        try:
            found = estimate(self.schema, prepared.document, operation, values)
        except limits.TooComplex as error:
            raise RequestRejected([graphql_error(error)]) from error
        if found.constant:
            prepared.costs[name] = found.cost
        return found.cost

    def run(
        self,
        prepared: Prepared,
        *,
        variables: dict[str, Any] | None,
        operation: str | None,
        context: Context,
        root: Any = None,
        hide_suggestions: bool = False,
    ) -> ExecutionResult:
        """Execute a document.

        Args:
            root: the event, for a subscription.
            hide_suggestions: whether errors must not tell names that the client did not use.

        Raises:
            RequestRejected: the variables do not fit.
            Unavailable: too many others read the schema.
        """
        asked = get_operation_ast(prepared.document, operation)
        if asked is not None and introspections(prepared.root_fields(asked)):
            return self._read_schema(prepared.document, variables, operation)
        if root is None and self.plans:
            data = self._planned(prepared, operation, variables, context)
            if data is not None:
                return ExecutionResult(data, None)
        result = execute(
            self.schema,
            prepared.document,
            root,
            context,
            variable_values=variables,
            operation_name=operation,
            hide_suggestions=hide_suggestions,
            max_coercion_errors=limits.MAX_ERRORS,
            execution_context_class=TolerantExecution,
        )
        assert isinstance(result, ExecutionResult)
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            raise RequestRejected([_coded(error, "BAD_USER_INPUT") for error in result.errors])
        if result.errors:
            result = ExecutionResult(result.data, [masked(error) for error in result.errors])
        return result

    def _read_schema(
        self, document: DocumentNode, variables: dict[str, Any] | None, name: str | None
    ) -> ExecutionResult:
        """Answer what the schema is: in a thread, one at a time, so that other requests go on meanwhile."""
        assert document.loc is not None
        key = (document.loc.source.body, name, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS))
        data = self.schema_answers.get(key)
        if data is not None:
            return ExecutionResult(data, None)
        if not self.reading_schema.acquire(timeout=SCHEMA_WAIT_SECONDS):
            raise Unavailable("Others read the schema now; try again in a moment.", extra={"retryAfter": 2})
        try:
            result = gevent.get_hub().threadpool.apply(
                execute, (self.schema, document), {"variable_values": variables, "operation_name": name}
            )
        finally:
            self.reading_schema.release()
        assert isinstance(result, ExecutionResult)
        if result.errors or result.data is None:
            raise RequestRejected([_coded(error, "BAD_USER_INPUT") for error in result.errors or ()])
        self.schema_answers.put(key, result.data)
        return result

    def _planned(
        self, prepared: Prepared, name: str | None, variables: dict[str, Any] | None, context: Context
    ) -> dict[str, Any] | None:
        """The data of a compiled query; None where graphql-core must execute it."""
        if name not in prepared.plans:
            found = get_operation_ast(prepared.document, name)
            prepared.plans[name] = compiled(self.schema, prepared.document, found) if found else None
        plan = prepared.plans[name]
        if plan is None:
            return None
        try:
            return plan.run(context, variables)
        except limits.TooComplex as error:
            raise RequestRejected([graphql_error(error)]) from error
        except Exception:  # of whatever kind: graphql-core finds it again and words it
            return None


def _document_bytes(key: tuple[str, bool], found: Prepared | tuple[GraphQLError, ...]) -> int:
    """About how many bytes a cached document takes; errors hold on to the document that they are about."""
    document = found.document if isinstance(found, Prepared) else None
    tokens = document.token_count if document else min(limits.MAX_TOKENS, len(key[0]))
    return 4 * len(key[0]) + TOKEN_BYTES * tokens


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def masked(error: GraphQLError) -> GraphQLError:
    """What the client is told: known failures as they are, anything else only that it happened."""
    original = error.original_error
    if isinstance(original, DomainError):
        told = graphql_error(original)
        return GraphQLError(told.message, nodes=error.nodes, path=error.path, extensions=told.extensions)
    if not is_server_fault(error):
        return error if "code" in (error.extensions or {}) else _coded(error, "BAD_USER_INPUT")
    # graphql-core's own errors quote the value, which may be personal, so only where it stood is logged.
    own = isinstance(original, GraphQLError)
    log().error(
        "resolver_failed", path=error.path, error=type(original or error).__name__, exc_info=None if own else original
    )
    return GraphQLError(
        INTERNAL,
        nodes=error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL_SERVER_ERROR"},
    )
