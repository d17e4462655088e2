"""Kinds of credentials and discussions and uses of names are the same ones in the schema, the service and the catalogue."""

from __future__ import annotations

from graphql import GraphQLInputObjectType, get_named_type
from marshmallow.fields import List, Nested

from catalogues.authorities import authorities
from catalogues.messages import Message
from gateway.catalogue.types import CredentialKind
from gateway.discussions import kinds as gateway_kinds
from gateway.fields import camel
from gateway.people.licences import VerificationMethod as Method
from gateway.people.types import NameUse
from gateway.schema import schema
from graph.discussions import kinds as graph_kinds
from kit.cards import PREFERRED
from profiles.credentials.domain import METHODS, METHODS_FOR
from profiles.credentials.kinds import IDENTIFYING_RANK, KINDS, Kind, kind_of
from profiles.people.domain import NAME_USES


def values(enum: type) -> set[str]:
    """The names of a GraphQL enum's values."""
    return {value.name for value in enum._meta.enum}  # type: ignore[attr-defined]


def test_every_kind_has_its_rules_and_its_place_in_the_schema() -> None:
    """Whoever adds a kind says what it counts for."""
    assert values(CredentialKind) == set(KINDS)
    assert values(NameUse) == set(NAME_USES)
    assert PREFERRED in NAME_USES
    assert values(Method) == set(METHODS)


def test_authorities_give_only_kinds_that_name_one() -> None:
    """A name is given by nobody's register."""
    given = {kind for authority in authorities().values() for kind in authority.kinds}
    assert given <= {name for name, kind in KINDS.items() if kind.takes_source}


def test_every_reason_to_validate_has_a_method_for_every_kind() -> None:
    """Else a reason that the schema offers could not be used."""
    for name, kind in KINDS.items():
        for reason, methods in METHODS_FOR.items():
            assert kind.methods is None or kind.methods & set(methods), (name, reason)


def test_only_identities_and_licences_say_for_themselves_who_somebody_is() -> None:
    """And another name never does; a kind that this version does not know counts for nothing."""
    assert {n for n, k in KINDS.items() if k.naming_rank is not None and k.naming_rank <= IDENTIFYING_RANK} == {
        "LICENCE", "IDENTITY",
    }  # fmt: skip
    assert KINDS["NAME"].naming_rank is None
    assert kind_of("FROM_A_LATER_VERSION") == Kind(Message("CredentialKind", "from a later version"), naming_rank=None)


def test_both_services_have_the_same_kinds_of_discussions() -> None:
    """In one order, with details of the same names and fields, so that none is dropped on the way or refused."""
    graph = {name: kind.details.name if kind.details else None for name, kind in graph_kinds.KINDS.items()}
    gateway = {kind.name: kind.details.name if kind.details else None for kind in gateway_kinds.KINDS}
    assert list(gateway.items()) == list(graph.items())
    fields = get_named_type(schema().mutation_type.fields["createDiscussion"].args["input"].type).fields  # type: ignore[union-attr,attr-defined]
    for details in graph_kinds.DETAILS:
        inner = get_named_type(fields[camel(details.name)].type)
        if isinstance(inner, GraphQLInputObjectType):
            assert isinstance(details.input, Nested)
            assert inner.fields.keys() == {camel(name) for name in details.input.schema.fields}, details.name
        else:
            assert isinstance(details.input, List), details.name
