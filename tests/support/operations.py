"""The operations that are measured: in plain style, as people write them, and in Relay's, as compilers do."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode, Visitor, parse, print_ast, visit

from gateway.ids import decode

# The own id of something that does not exist, in the form that ids have.
ABSENT = "0e7a51ce-6f9c-4b0e-8d1b-1a4f1e1f2a3b"
SAVED = Path(__file__).parents[2] / "services" / "gateway" / "graphiql" / "operations"
_CARD = "id name headline verification regions { code } practisedSpecialties { specialty { code } }"
PLAIN = {
    "Q1": f"query Q1($f: PeerFilter!) {{ peers(filter: $f, first: 20, orderBy: NAME) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {_CARD} }} }} }}",
    "Q2": f"query Q2($f: PeerFilter!) {{ peers(filter: $f, first: 20, orderBy: MUTUAL_CONNECTIONS) {{ edges {{ mutualCount node {{ {_CARD} }} }} }} }}",
    "Q3": "query Q3($id: ID!) { group(by: {id: $id}) { id name memberCount discussions(first: 20) { nodes { id title createdAt author { name headline } } } } }",
    "Q4": "{ __typename }",
    "Q5": "query Q5 { viewer { connections(first: 20) { nodes { id name groups(first: 5) { nodes { id name discussions(first: 1) { nodes { id title createdAt } } } } } } } }",
}


_PAGE = parse("{ pageInfo { endCursor hasNextPage } edges { cursor node { __typename } } }").definitions[0]


class _Relay(Visitor):
    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        """Replace `nodes` by `pageInfo` and `edges`."""
        if node.name.value != "nodes":
            return None
        page = copy.deepcopy(_PAGE.selection_set.selections)  # type: ignore[attr-defined]
        inner = page[1].selection_set.selections[1]
        inner.selection_set.selections += node.selection_set.selections  # type: ignore[union-attr]
        return InlineFragmentNode(
            type_condition=None, directives=(), selection_set=SelectionSetNode(selections=tuple(page))
        )


def relay(text: str) -> str:
    """The same with `edges`, `cursor`, `pageInfo` and `__typename`, as Relay's compiler asks."""
    return print_ast(visit(parse(text), _Relay()))


RELAY = {f"{name} as Relay": relay(text) for name, text in PLAIN.items()}


def saved() -> dict[str, str]:
    """The operations that the page at / offers."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SAVED.glob("*.graphql"))}


def own_id(global_id: str) -> str:
    """What a service calls the thing of this global id."""
    found = decode(global_id)
    assert found is not None
    return found[1]
