"""The instance and its policies."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import graphene

from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.roles.types import RoleRule
from gateway.scalars import LANGUAGE, Date, LanguageTag
from gateway.things import Node, resolve_global_id
from kit.errors import DomainError
from kit.guard import LANGUAGES

KEPT_SECONDS = 30
KNOWN_SECONDS = 0.5
PolicyKind = enum(
    "PolicyKind",
    "What a policy is about.",
    {
        "TERMS": "The terms of use of the instance.",
        "PRIVACY": "What happens to personal data.",
        "COMMUNITY_GUIDELINES": "How people treat each other.",
        "CASE_PUBLICATION": "How cases are described.",
    },
)


class Policy(graphene.ObjectType):
    """One edition of a policy of this instance."""

    class Meta:
        interfaces = (Node,)

    policy_kind = PolicyKind(required=True, description="What it is about.")
    edition = graphene.String(required=True, description="The edition of the policy text.")
    name = graphene.String(required=True, language=LANGUAGE, description="What it is called.")
    text = graphene.String(required=True, language=LANGUAGE, description="Its text, in Markdown.")
    effective_on = Date(required=True, description="From when it holds.")
    must_accept = graphene.Boolean(required=True, description="Whether one must accept it to write.")

    resolve_id = staticmethod(resolve_global_id("Policy"))

    @staticmethod
    def resolve_name(root: Any, info: Any, language: str | None = None) -> str:
        return _in_language(root["names"], of(info).language(language))

    @staticmethod
    def resolve_text(root: Any, info: Any, language: str | None = None) -> str:
        return _in_language(root["texts"], of(info).language(language))


def _in_language(texts_by_tag: dict[str, str], tag: str | None) -> str:
    return texts_by_tag.get(tag or "en") or texts_by_tag.get((tag or "en").split("-")[0]) or texts_by_tag["en"]


class PasswordRules(graphene.ObjectType):
    """What a new password must be. A form checks these rules while one types; the service applies the same."""

    minimum_length = graphene.Int(required=True, description="The fewest characters, in Unicode code points.")
    maximum_length = graphene.Int(required=True, description="The most characters, in Unicode code points.")
    minimum_distinct_characters = graphene.Int(
        required=True, description="How many different characters a password has at least."
    )
    needs_letter = graphene.Boolean(
        required=True, description="Whether a password of digits and signs alone is refused."
    )
    refuses_common = graphene.Boolean(
        required=True,
        description="Whether a common password is refused, also with digits or signs behind it, or written twice. Which are "
        "common only the service knows; `signUp(input: {validate: true})` tells.",
    )


class Instance(graphene.ObjectType):
    """This instance of Consilium."""

    name = graphene.String(required=True, description="What it is called.")
    operator = graphene.String(required=True, description="Who runs it and answers for its data.")
    contact = graphene.String(required=True, description="How to reach the operator.")
    demo = graphene.Boolean(required=True, description="Whether it holds the invented demo network.")
    version = graphene.String(required=True, description="The version of the running software.")
    policies = texts(Policy, max_items=20, description="The policies in their present edition.")
    guard_languages = texts(
        LanguageTag,
        max_items=100,
        description="Languages that the guard for patients' privacy knows, for example `de`. In another "
        "language, and in another script than Latin, a text with a number, a date or an age is HELD where moderators can "
        "look at it, and refused elsewhere.",
    )

    password_rules = graphene.Field(
        PasswordRules,
        description="What a new password must be, for a form; null while it cannot be read.",
    )
    roles_are_given_by = RoleRule(
        description="By whom roles of verifiers, moderators and admins are given now: TWO_ADMINS, or ONE_ADMIN where there is "
        "only one whose role counts, who then gives them alone. An admin whom another one alone made within 30 days is no "
        "second one; one whom another admin has removed or suspended counts for 30 days. Null while it cannot be read."
    )
    second_factor_reset_hours = graphene.Int(
        description="How many hours a reset of a lost second factor waits after an admin has agreed "
        "(`approveSecondFactorReset`), in place of a second admin: 72 with ONE_ADMIN. Null with TWO_ADMINS, where it is done "
        "when the second one agrees; also null while it cannot be read. Nobody decides about their own account, so that of "
        "two admins each waits for the other one alone."
    )

    @staticmethod
    def resolve_roles_are_given_by(_root: Any, info: Any) -> Any:
        return _role_rule(of(info))["given_by"]

    @staticmethod
    def resolve_second_factor_reset_hours(_root: Any, info: Any) -> Any:
        return _role_rule(of(info)).get("reset_hours")

    @staticmethod
    def resolve_password_rules(root: dict[str, object], _info: object) -> object:
        # A profiles service of the release before does not say them.
        return root.get("password_rules")

    @staticmethod
    def resolve_guard_languages(_root: Any, _info: Any) -> list[str]:
        return list(LANGUAGES)


def _role_rule(context: Context) -> dict[str, Any]:
    """By which rule roles are given, read once for an operation."""
    return context.once("role_rule", lambda: context.profiles("GET", "/v1/instance/roles"))  # type: ignore[no-any-return]


def read_instance(context: Context) -> dict[str, Any]:
    """The instance, kept for 30 s, and longer while the profiles service does not answer.

    Raises:
        DomainError: it has never answered.
    """
    services = context.services
    if time.monotonic() - services.instance_at > KEPT_SECONDS:
        # Where it is known, the rest of the operation must not wait long for it.
        patient = services.instance is None
        call = context.call if patient else replace(context.call, deadline=time.monotonic() + KNOWN_SECONDS)
        try:
            found = services.profiles.call("GET", "/v1/instance", context=call)
        except DomainError:
            if services.instance is None:
                raise
        else:
            for policy in found["policies"]:
                policy |= {"__typename": "Policy", "id": policy["key"]}
            services.instance, services.instance_at = found, time.monotonic()
    assert services.instance is not None
    return services.instance


def read_policies(context: Context, keys: list[str]) -> list[dict[str, Any]]:
    """Policies by key, those that the instance has."""
    return [policy for policy in read_instance(context)["policies"] if policy["key"] in keys]


class InstanceQueries(graphene.ObjectType):
    """Root fields of the instance."""

    instance = graphene.Field(Instance, required=True, description="This instance: who runs it, under which policies.")

    @staticmethod
    def resolve_instance(_root: Any, info: Any) -> Any:
        return read_instance(of(info))
