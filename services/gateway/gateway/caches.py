"""What caches of clients must know of the schema, for `examples/cache/schema.json`, which `make schema` writes."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type

_PAGE = frozenset({"first", "after", "last", "before"})
_ROOTS = frozenset({"Mutation", "Subscription"})


def client_material(schema: GraphQLSchema) -> Mapping[str, object]:
    """The possible types of each interface, the types without an id, and each connection with the arguments that choose it."""
    objects = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    own = [kind for kind in objects if not kind.name.startswith("__") and kind.name not in _ROOTS]
    return {
        "possibleTypes": {
            kind.name: sorted(one.name for one in schema.get_possible_types(kind))
            for kind in schema.type_map.values()
            if isinstance(kind, GraphQLInterfaceType)
        },
        "withoutId": sorted(kind.name for kind in own if "id" not in kind.fields and kind.name != "Query"),
        "connections": {
            kind.name: found
            for kind in sorted(own, key=lambda one: one.name)
            if (
                found := {
                    name: sorted(field.args.keys() - _PAGE)
                    for name, field in sorted(kind.fields.items())
                    if get_named_type(field.type).name.endswith("Connection")
                }
            )
        },
    }
