"""Which fields an operation selects, so that services can leave out what nobody asked for."""

from __future__ import annotations

from graphql import DocumentNode, FieldNode, Visitor, visit

from gateway.discussions.kinds import DETAILS
from gateway.fields import camel
from kit import requested_fields

_OPTIONAL = requested_fields.OPTIONAL | {one.name for one in DETAILS}
# The fields of a person that say how they and the viewer have asked each other.
_REQUESTS = frozenset({"connection", "incomingRequest", "outgoingRequest"})
_BY_ID = "node(id:)"  # in the place of a name: the operation reads something by its id
# Fields whose resolvers read something of another name.
_READ_BY = {
    "eligibility": {"viewerEligibility"},
    "credential_policy": {"credentialPolicy", "viewerEligibility"},
    "body": {"body", "bodyHtml", "bodyText"},
    "handle": {"handle", "url"},
    # By their ids too, which reads the whole that they are part of.
    "licences": {"licences", _BY_ID},
    "poll_options": {"pollOptions", _BY_ID},
}


class _FieldNames(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add(node.name.value)
        if node.arguments and node.name.value in {"node", "nodes"}:  # those of a page have none
            self.found.add(_BY_ID)


def field_names(document: DocumentNode) -> frozenset[str]:
    """The names of all fields that a document selects, in any of its operations and fragments."""
    visitor = _FieldNames()
    visit(document, visitor)
    return frozenset(visitor.found)


def optional_parts(names: frozenset[str]) -> str | None:
    """What an operation that selects these fields can want of people, groups and discussions; None for everything."""
    if names & _REQUESTS:
        return None
    return requested_fields.write(frozenset(name for name in _OPTIONAL if names & _READ_BY.get(name, {camel(name)})))
