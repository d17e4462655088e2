"""The GraphQL schema, put together from its parts."""

from __future__ import annotations

from functools import cache

import graphene
from graphql import GraphQLInputObjectType, GraphQLScalarType, GraphQLSchema, print_schema

from gateway.accounts.mutations import MUTATIONS as ACCOUNTS
from gateway.accounts.types import ViewerQueries
from gateway.addresses.mutations import MUTATIONS as ADDRESSES
from gateway.administration.queries import AdministrationQueries
from gateway.audit.queries import AuditQueries
from gateway.catalogue.connections import CatalogueConnections
from gateway.catalogue.mutations import MUTATIONS as CATALOGUE
from gateway.catalogue.queries import CatalogueQueries
from gateway.connections.mutations import MUTATIONS as CONNECTIONS
from gateway.credentials.mutations import MUTATIONS as CREDENTIALS
from gateway.credentials.queries import CredentialQueries
from gateway.deadletters.mutations import MUTATIONS as DEAD_LETTERS
from gateway.deadletters.queries import DeadLetterQueries
from gateway.desk.mutations import MUTATIONS as DESK
from gateway.directory.mutations import MUTATIONS as DIRECTORY
from gateway.directory.types import HidingQueries
from gateway.discussions.mutations import MUTATIONS as DISCUSSIONS
from gateway.discussions.queries import DiscussionQueries
from gateway.groups.mutations import MUTATIONS as GROUPS
from gateway.groups.queries import GroupQueries
from gateway.insights.queries import InsightQueries
from gateway.instance.types import InstanceQueries
from gateway.introductions.mutations import MUTATIONS as INTRODUCTIONS
from gateway.list_sizes import declare_list_sizes
from gateway.moderation.mutations import MUTATIONS as MODERATION
from gateway.moderation.queries import ModerationQueries
from gateway.node import NodeQueries
from gateway.notifications.mutations import MUTATIONS as NOTIFICATIONS
from gateway.people.mutations import MUTATIONS as PEOPLE
from gateway.people.queries import PeopleQueries
from gateway.personal_tokens.mutations import MUTATIONS as PERSONAL_TOKENS
from gateway.proofs.types import ProofQueries
from gateway.rates.types import RateQueries
from gateway.registers.mutations import MUTATIONS as REGISTERS
from gateway.registers.queries import RegisterQueries
from gateway.rights.mutations import MUTATIONS as RIGHTS
from gateway.roles.mutations import MUTATIONS as ROLES
from gateway.roles.queries import RoleQueries
from gateway.scalars import SPECIFIED_BY
from gateway.second_factor.mutations import MUTATIONS as SECOND_FACTOR
from gateway.second_factor.types import SecondFactorQueries
from gateway.sessions.mutations import MUTATIONS as SESSIONS
from gateway.streams.types import Subscription
from gateway.suspensions.mutations import MUTATIONS as SUSPENSIONS
from gateway.suspensions.queries import SuspensionQueries

ONE_OF = ("ProfessionalBy", "GroupBy")


class Query(
    NodeQueries,
    InstanceQueries,
    ViewerQueries,
    PeopleQueries,
    CatalogueQueries,
    CatalogueConnections,
    GroupQueries,
    CredentialQueries,
    ProofQueries,
    AuditQueries,
    DiscussionQueries,
    ModerationQueries,
    InsightQueries,
    RateQueries,
    AdministrationQueries,
    RoleQueries,
    DeadLetterQueries,
    SecondFactorQueries,
    HidingQueries,
    SuspensionQueries,
    RegisterQueries,
):
    """What can be read. Signed out, one sees the catalogues and the instance."""


_MUTATIONS: dict[str, graphene.Field] = {
    **ACCOUNTS,
    **SESSIONS,
    **PERSONAL_TOKENS,
    **ADDRESSES,
    **SECOND_FACTOR,
    **PEOPLE,
    **DIRECTORY,
    **RIGHTS,
    **CREDENTIALS,
    **DESK,
    **CONNECTIONS,
    **INTRODUCTIONS,
    **GROUPS,
    **DISCUSSIONS,
    **MODERATION,
    **NOTIFICATIONS,
    **SUSPENSIONS,
    **ROLES,
    **DEAD_LETTERS,
    **REGISTERS,
    **CATALOGUE,
}
for _field in _MUTATIONS.values():
    _field.reset_counter()  # graphene sorts by when a field was made, which depends on what was imported first
Mutation = type(
    "Mutation",
    (graphene.ObjectType,),
    {
        "__doc__": "What can be changed. An expected failure is a userError, and nothing was changed, unless its code is "
        "HELD_FOR_REVIEW or OUTCOME_UNKNOWN. A retry with the same Idempotency-Key header has one effect; several "
        "mutations in one request may share a key.",
        **_MUTATIONS,
    },
)


@cache
def schema() -> GraphQLSchema:
    """The executable schema."""
    built: GraphQLSchema = graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription).graphql_schema
    for name in ONE_OF:
        # graphene has no way to say @oneOf.
        input_type = built.get_type(name)
        assert isinstance(input_type, GraphQLInputObjectType)
        input_type.is_one_of = True
    for name, address in SPECIFIED_BY.items():
        scalar = built.get_type(name)
        assert isinstance(scalar, GraphQLScalarType)
        scalar.specified_by_url = address
    declare_list_sizes(built)
    return built


def sdl() -> str:
    """The schema's text, as it is committed in `schema.graphql`."""
    return print_schema(schema()) + "\n"
