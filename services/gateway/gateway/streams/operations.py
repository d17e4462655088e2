"""What a subscription follows: its one field, the sources of its events, and where it begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import FieldNode, GraphQLError, GraphQLObjectType, OperationDefinitionNode
from graphql.execution.values import get_argument_values, get_variable_values

from contracts.streams import SourceKind
from gateway.execution import Engine, Prepared, RequestRejected
from gateway.ids import decode, expect
from gateway.streams.changes import Topic
from kit.errors import Invalid

_POSITION = re.compile("[A-Za-z0-9_-]{80,1000}")  # as the graph service makes them
# The source of each field, and the argument that names what it follows.
_SOURCES = {
    "discussionAdded": (SourceKind.DISCUSSIONS_ADDED, "group"),
    "discussionChanged": (SourceKind.DISCUSSION_TOUCHED, "discussion"),
    "postAdded": (SourceKind.POSTS_ADDED, "discussion"),
    "postChanged": (SourceKind.POSTS_CHANGED, "discussion"),
}
# Fields that begin after a node, too, as they did before events had positions.
_NODES = {"notificationAdded": "Notification", "discussionAdded": "Discussion", "postAdded": "Post"}
_TYPES = {"group": "Group", "discussion": "Discussion"}


@dataclass(frozen=True)
class Start:
    """Where a stream begins; from now on where neither is given.

    Args:
        position: of the last event that the client received.
        node: the own id of the last node that it received.
    """

    position: str | None = None
    node: str | None = None


@dataclass(frozen=True)
class Operation:
    """A subscription that was checked and may begin.

    Args:
        arguments: of its field, as the schema reads them.
        last_event_id: the header with which a client resumes.
    """

    prepared: Prepared
    variables: dict[str, object] | None
    name: str | None
    field: str
    arguments: Mapping[str, object]
    last_event_id: str | None = None

    def topics(self, person: str) -> list[Topic]:
        """What it follows.

        Args:
            person: who follows it.

        Raises:
            NotFound: an id can be none of what it should be.
            Invalid: it follows nothing.
        """
        if self.field == "notificationAdded":
            return [(SourceKind.NOTIFICATIONS_ADDED, person)]
        if self.field in _SOURCES:
            kind, argument = _SOURCES[self.field]
            return [(kind, self._own_id(argument))]
        found: list[Topic] = []
        if self.arguments.get("discussion") is not None:
            own = self._own_id("discussion")
            kinds = (SourceKind.DISCUSSION_CHANGED, SourceKind.POSTS_ADDED, SourceKind.POSTS_CHANGED)
            found += [(kind, own) for kind in kinds]
        if self.arguments.get("group") is not None:
            own = self._own_id("group")
            found += [(SourceKind.DISCUSSIONS_ADDED, own), (SourceKind.DISCUSSIONS_CHANGED, own)]
        if self.arguments.get("notifications"):
            found.append((SourceKind.NOTIFICATIONS_ADDED, person))
        if not found:
            raise Invalid(
                "Say what to follow: `discussion`, `group` or `notifications: true`, or several of them.",
                field=["discussion"],
            )
        return found

    def start(self) -> Start:
        """Where it begins: the header, which a client sends again by itself, wins over `after`.

        Raises:
            Invalid: it is neither a position nor the id of such a node.
        """
        if self.last_event_id:
            if not _POSITION.fullmatch(self.last_event_id):
                raise Invalid("Last-Event-ID must be the id of an event of a stream.", field=["after"])
            return Start(position=self.last_event_id)
        after = str(self.arguments.get("after") or "")
        if not after:
            return Start()
        if decode(after) is None and _POSITION.fullmatch(after):
            return Start(position=after)
        if self.field in _NODES:
            return Start(node=expect(after, _NODES[self.field], "after"))
        raise Invalid("after must be the position of an event.", field=["after"])

    def _own_id(self, argument: str) -> str:
        return expect(str(self.arguments[argument]), _TYPES[argument], argument, missing=True)


def prepared(
    engine: Engine,
    document: Prepared,
    operation: OperationDefinitionNode,
    *,
    variables: dict[str, object] | None,
    name: str | None,
    last_event_id: str | None = None,
) -> Operation:
    """The one field that a subscription follows, with its arguments.

    Raises:
        RequestRejected: the variables do not fit, or it follows several fields.
    """
    root = engine.schema.subscription_type
    assert isinstance(root, GraphQLObjectType)
    values = get_variable_values(engine.schema, operation.variable_definitions or (), variables or {})
    if isinstance(values, list):
        raise RequestRejected(values)
    fields = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    if len(fields) != 1 or len(operation.selection_set.selections) != 1 or fields[0].name.value.startswith("__"):
        raise RequestRejected([GraphQLError("A subscription selects one field, not in a fragment.")])
    try:
        arguments = get_argument_values(root.fields[fields[0].name.value], fields[0], values)
    except GraphQLError as error:
        raise RequestRejected([error]) from error
    return Operation(document, variables, name, fields[0].name.value, arguments, last_event_id)
