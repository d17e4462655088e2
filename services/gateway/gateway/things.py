"""Things with an id: the node interface, and which type of the schema a message is shown as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from contracts.messages import Message
from gateway.ids import encode


class Node(graphene.Interface):
    """An object with a global id, which `node` reads again."""

    id = graphene.ID(
        required=True, description="Opaque global id; it never changes. Send it to `node` to read the object again."
    )

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        """The thing's type; graphene reads the `__typename` of what has one, and believes classes only of anything else."""
        return _SHOWN_AS.get(type(instance))


# The types of messages that are nodes; a thing that is no message yet carries its own `__typename`.
_SHOWN_AS: dict[type[Message], type[graphene.ObjectType]] = {}


def shown_as(kind: type[graphene.ObjectType], *messages: type[Message]) -> None:
    """Declare that these messages are shown as a type of the schema."""
    _SHOWN_AS.update(dict.fromkeys(messages, kind))


def type_name(thing: Any) -> str:
    """The name of a thing's type in the schema."""
    return str(_SHOWN_AS[type(thing)]._meta.name if isinstance(thing, Message) else thing["__typename"])


def resolve_global_id(kind: str) -> Callable[[Any, Any], str]:
    """A resolver for `id` of a type."""

    def resolve_id(root: Any, _info: Any) -> str:
        own = root.id if isinstance(root, Message) else root["id"] if isinstance(root, dict) else root  # type: ignore[attr-defined]
        return encode(kind, own)

    return resolve_id
