"""Executes operations as graphql-core does, but lets a value that cannot be answered empty one item and not a whole list.

A service that is newer than this gateway answers values and types that the schema here does not have yet, at every
upgrade. A list of which one item has such a value would otherwise be lost as a whole, because its items are not nullable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    is_non_null_type,
    located_error,
)
from graphql.pyutils import AwaitableOrValue, Path

from gateway.limits import Objects
from kit.errors import DomainError
from kit.logs import log

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")


class UnknownValue(Exception):
    """A service answered an enum value or a type that this schema does not have."""


def is_server_fault(error: GraphQLError) -> bool:
    """Whether an error is neither an expected failure nor about an argument that the client sent."""
    original = error.original_error
    if isinstance(original, DomainError):
        return False
    if original is None or isinstance(original, GraphQLError):
        # graphql-core's own. Those about arguments begin so; a value that does not fit its type is ours.
        return "code" not in (error.extensions or {}) and not error.message.startswith("Argument ")
    return True


def unknown_value(kind: str, value: Any) -> UnknownValue:
    """Return the error for a value that this release does not know, noted in the log; the value only if it is a name."""
    log().warning(
        "unknown_value", type=kind, value=value if isinstance(value, str) and _NAME.fullmatch(value) else None
    )
    return UnknownValue(f"{kind} has no such value.")


class TolerantExecution(ExecutionContext):
    """graphql-core's execution, with items that cannot be answered left out of their lists.

    Unknown enum values and types are logged as a warning: a nullable field that has one is null, and a list leaves the item
    out. Anything else that the server cannot complete is an error, which `gateway.execution.masked` logs and masks.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._objects = Objects()

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: object,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """See ExecutionContext; each object is counted."""
        self._objects.take()
        return super().complete_object_value(return_type, field_nodes, info, path, result)

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """See ExecutionContext."""
        try:
            return ExecutionContext.complete_leaf_value(return_type, result)
        except (GraphQLError, TypeError, ValueError) as error:
            if isinstance(return_type, GraphQLEnumType):
                raise unknown_value(return_type.name, result) from error
            raise

    def ensure_valid_runtime_type(
        self,
        runtime_type_name: Any,
        return_type: Any,
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        result: Any,
    ) -> GraphQLObjectType:
        """See ExecutionContext."""
        try:
            return super().ensure_valid_runtime_type(runtime_type_name, return_type, field_nodes, info, result)
        except GraphQLError as error:
            raise unknown_value(return_type.name, runtime_type_name) from error

    def handle_field_error(self, error: GraphQLError, return_type: Any, path: Path) -> None:
        """See ExecutionContext."""
        if isinstance(error.original_error, UnknownValue) and not is_non_null_type(return_type):
            return
        super().handle_field_error(error, return_type, path)

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
    ) -> list[Any]:
        """See ExecutionContext; resolvers are never asynchronous here."""
        if not isinstance(result, Iterable) or isinstance(result, str | bytes | dict):
            raise TypeError(f"{info.parent_type.name}.{info.field_name} is no list.")
        item_type, completed = return_type.of_type, []
        for index, item in enumerate(result):
            item_path = path.add_key(index, None)
            try:
                completed.append(self.complete_value(item_type, field_nodes, info, item_path, item))
            except Exception as raw_error:
                error = located_error(raw_error, field_nodes, item_path.as_list())
                if not is_non_null_type(item_type):
                    self.handle_field_error(error, item_type, item_path)
                    completed.append(None)
                elif not is_server_fault(error):
                    raise error from raw_error
                elif not isinstance(error.original_error, UnknownValue):
                    self.collected_errors.add(error, item_path)
        return completed
