"""From a request's text to its answer: parse, limit, validate, execute, and mask what must not be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.utilities import get_operation_ast
from graphql.validation import MaxIntrospectionDepthRule

from gateway import limits
from gateway.base import graphql_error
from gateway.context import Context
from kit.errors import DomainError
from kit.logs import log

DOCUMENTS_KEPT = 500


class Refused(Exception):
    """The operation is not run; `errors` say why, and the answer's status is 400 where the media type allows."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True)
class Engine:
    """Runs operations on one schema."""

    schema: GraphQLSchema
    prepared: Callable[[str, bool], DocumentNode | tuple[GraphQLError, ...]]

    @classmethod
    def of(cls, schema: GraphQLSchema) -> Engine:
        """An engine that keeps the documents it has parsed and validated."""

        @lru_cache(DOCUMENTS_KEPT)
        def prepared(source: str, introspection: bool) -> DocumentNode | tuple[GraphQLError, ...]:
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
            errors = validate(schema, document, rules, max_errors=20)
            return tuple(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors) or document

        return cls(schema, prepared)

    def prepare(self, source: str, *, introspection: bool) -> DocumentNode:
        """The document of a source text, limited and validated.

        Raises:
            Refused: it is above a limit, does not parse or is not valid.
        """
        if len(source) > limits.MAX_SOURCE_CHARACTERS:
            raise Refused(
                [
                    graphql_error(
                        limits.TooComplex(f"A query may have at most {limits.MAX_SOURCE_CHARACTERS} characters.")
                    )
                ]
            )
        found = self.prepared(source, introspection)
        if isinstance(found, tuple):
            raise Refused(list(found))
        return found

    @staticmethod
    def operation_type(document: DocumentNode, name: str | None) -> OperationType:
        """What kind the named operation is of.

        Raises:
            Refused: the document has no such operation, or several and none is named.
        """
        operation = get_operation_ast(document, name)
        if operation is None:
            message = (
                f"Unknown operation named {name!r}."
                if name
                else "Must provide operation name if query contains multiple operations."
            )
            raise Refused([GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})])
        return operation.operation

    def run(
        self,
        document: DocumentNode,
        *,
        variables: dict[str, Any] | None,
        operation: str | None,
        context: Context,
        root: Any = None,
    ) -> ExecutionResult:
        """Execute a document.

        Args:
            root: the event, for a subscription.

        Raises:
            Refused: the variables do not fit.
        """
        result = execute(self.schema, document, root, context, variable_values=variables, operation_name=operation)
        assert isinstance(result, ExecutionResult)
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            raise Refused([_coded(error, "BAD_USER_INPUT") for error in result.errors])
        if result.errors:
            result = ExecutionResult(result.data, [masked(error) for error in result.errors])
        return result


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def masked(error: GraphQLError) -> GraphQLError:
    """What the client is told: known failures as they are, anything else only that it happened."""
    original = error.original_error
    if isinstance(original, DomainError):
        told = graphql_error(original)
        return GraphQLError(told.message, nodes=error.nodes, path=error.path, extensions=told.extensions)
    if original is None or isinstance(original, GraphQLError):
        # graphql-core's own: a value that does not fit its type.
        if "code" not in (error.extensions or {}):
            _coded(error, "BAD_USER_INPUT")
        return error
    log().error("resolver_failed", path=error.path, error=type(original).__name__, exc_info=original)
    return GraphQLError(
        "Something went wrong here; it has been logged under this request id.",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL_SERVER_ERROR"},
    )
